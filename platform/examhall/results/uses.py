"""Where a question is used, and how it behaved: read off sections, papers and marks, in four statements.

Papers are JSON. Whose paper holds a question is found by its id in the text of the paper; slots and marks are taken
apart for the latest `MEASURED` of them only, so that many thousand attempts cost a moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.attempts.engine.states import State
from examhall.attempts.models import Attempt, StoredPaper
from examhall.bank.models import Question, QuestionVersion, Status
from examhall.exams.models import Exam, Section, SectionQuestion
from examhall.extensions import db
from examhall.storage.records import tenant_id

#: Finished attempts, the latest ones, that figures are taken from.
MEASURED = 2_000


@dataclass(frozen=True)
class InExam:
    """An exam that asks a question, or may: `fixed` names it, `draws` says that a section may draw it now.

    `version` is the number of the version it is pinned to; None where it follows the latest ready one. `attempts` were
    asked it, those in progress included.
    """

    id: UUID
    title: str
    fixed: bool
    version: int | None
    draws: bool
    attempts: int


@dataclass(frozen=True)
class Behaviour:
    """How one version did in finished attempts.

    Of `asked`, `answered` gave an answer, and `pending` of these wait for a marker. `facility` is the mean fraction of
    all that do not wait, no answer being 0; None where there is none yet.
    """

    version: int
    asked: int
    answered: int
    pending: int
    facility: Decimal | None


@dataclass(frozen=True)
class Uses:
    """Where a question is used; `measured` finished attempts are behind the figures, of the latest `MEASURED`."""

    exams: Sequence[InExam]
    attempts: int
    measured: int
    behaviours: Sequence[Behaviour]


def uses(question: Question) -> Uses:
    """Exams that ask a question, with their attempts, and how its versions behaved, the latest first."""
    numbers = _numbers(question.id)
    rows = _sections(question)
    exams = {row.id: row.title for row in rows}
    counts = _counts(question.id, exams) if exams else {}
    fixed = {row.id: numbers.get(row.version_id) for row in rows if row.picked}
    drawing = {row.id for row in rows if _draws(question, row)}
    listed = [
        InExam(id_, title, id_ in fixed, fixed.get(id_), id_ in drawing, counts.get(id_, 0))
        for id_, title in exams.items()
        if id_ in fixed or id_ in drawing or id_ in counts
    ]
    listed.sort(key=lambda each: (-each.attempts, each.title))
    behaviours = _behaviours(question.id, exams, numbers) if counts else []
    return Uses(listed, sum(counts.values()), sum(each.asked for each in behaviours), behaviours)


def _numbers(question_id: UUID) -> dict[UUID | None, int]:
    """The numbers of a question's versions by their ids."""
    rows = db.session.execute(
        sa.select(QuestionVersion.id, QuestionVersion.number).where(
            QuestionVersion.tenant_id == tenant_id(), QuestionVersion.question_id == question_id
        )
    )
    return {id_: number for id_, number in rows}


def _sections(question: Question) -> Sequence[Any]:
    """Sections that name the question or draw from its bank, which it never leaves: no other paper can hold it."""
    pick = sa.and_(
        SectionQuestion.tenant_id == Section.tenant_id, SectionQuestion.section_id == Section.id,
        SectionQuestion.question_id == question.id,
    )  # fmt: skip
    statement = (
        sa.select(
            Exam.id, Exam.title, Section.bank_id, Section.draw_count, Section.draw_tag, Section.draw_category,
            SectionQuestion.version_id, SectionQuestion.id.is_not(None).label("picked"),
        )
        .join(Section, sa.and_(Section.tenant_id == Exam.tenant_id, Section.exam_id == Exam.id))
        .outerjoin(SectionQuestion, pick)
        .where(
            Exam.tenant_id == tenant_id(),
            sa.or_(SectionQuestion.id.is_not(None), Section.bank_id == question.bank_id),
        )
    )  # fmt: skip
    return db.session.execute(statement).all()


def _draws(question: Question, section: Any) -> bool:
    """Whether a section may draw the question as both are now."""
    if section.bank_id != question.bank_id or not section.draw_count:
        return False
    if question.status == Status.RETIRED.value or question.ready_version_id is None:
        return False
    place = section.draw_category
    filed = not place or f"{question.category}/".startswith(f"{place}/")
    return filed and (not section.draw_tag or section.draw_tag in question.tags)


def _asked(question_id: UUID, exams: Iterable[UUID]) -> sa.Select[Any]:
    """Attempts at the exams whose paper holds the question, joined with that paper."""
    text, sought = sa.cast(StoredPaper.content, sa.Text), f'"{question_id.hex}"'
    paper = sa.and_(StoredPaper.tenant_id == Attempt.tenant_id, StoredPaper.id == Attempt.id)
    return (
        sa.select(Attempt.exam_id)
        .join(StoredPaper, paper)
        .where(
            Attempt.tenant_id == tenant_id(),
            Attempt.exam_id.in_(list(exams)),
            sa.func.replace(text, sought, "") != text,
        )
    )


def _counts(question_id: UUID, exams: Iterable[UUID]) -> dict[UUID, int]:
    """Exam to the number of its attempts that were asked the question."""
    asked = _asked(question_id, exams)
    rows = db.session.execute(asked.add_columns(sa.func.count()).group_by(Attempt.exam_id))
    return {exam_id: count for exam_id, count in rows}


def _behaviours(question_id: UUID, exams: Iterable[UUID], numbers: dict[UUID | None, int]) -> list[Behaviour]:
    latest = (
        _asked(question_id, exams)
        .with_only_columns(StoredPaper.content, Attempt.marks)
        .where(Attempt.state != State.OPEN.value)
        .order_by(Attempt.started_at.desc(), Attempt.id)
        .limit(MEASURED)
        .subquery()
    )
    slots, part, worth = _takers()
    slot = slots(latest.c.content)
    number, question, version = (part(slot.c.value, place) for place in (0, 2, 3))
    marked, fraction = worth(latest.c.marks, number)
    rows = db.session.execute(
        sa.select(
            version, sa.func.count(), sa.func.count(marked), sa.func.count(fraction),
            sa.func.sum(sa.cast(fraction, sa.Float)),
        )
        .select_from(latest.join(slot, sa.true()))
        .where(question == question_id.hex)
        .group_by(version)
    )  # fmt: skip
    found = []
    for version_id, asked, answered, graded, total in rows:
        known = asked - (answered - graded)
        facility = Decimal(str(round((total or 0.0) / known, 4))) if known else None
        found.append(Behaviour(numbers[UUID(version_id)], asked, answered, answered - graded, facility))
    return sorted(found, key=lambda each: -each.version)


def _takers() -> tuple[Any, Any, Any]:
    """How this engine takes JSON apart: a paper's slots, a slot's part, and a slot's mark and fraction, as text."""
    if db.session.get_bind().dialect.name == "sqlite":
        return (
            lambda paper: sa.func.json_each(paper, "$.slots").table_valued("value", name="slot"),
            lambda slot, place: sa.func.json_extract(slot, f"$[{place}]"),
            lambda marks, number: (
                sa.func.json_extract(marks, '$."' + sa.cast(number, sa.Text) + '"'),
                sa.func.json_extract(marks, '$."' + sa.cast(number, sa.Text) + '"[0]'),
            ),
        )
    return (
        lambda paper: (
            sa.func.json_array_elements(sa.func.json_extract_path(paper, "slots"))
            .table_valued("value", name="slot")
            .render_derived()
            .lateral()
        ),
        lambda slot, place: sa.func.json_extract_path_text(slot, str(place)),
        lambda marks, number: (
            sa.func.json_extract_path_text(marks, number),
            sa.func.json_extract_path_text(marks, number, "0"),
        ),
    )
