"""Writes about what an exam asks: its sections, and the checks before it can be sat."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.attempts.engine.paper import draw as draw_paper
from examhall.bank import operations as bank
from examhall.bank.content import texts
from examhall.bank.filing.pools import undrawable
from examhall.bank.models import Access, Category, QuestionVersion
from examhall.bank.reading import load_bank
from examhall.bank.sharing.access import outside
from examhall.clock import now
from examhall.errors import N_, Conflict, FieldError, Invalid, NotFound, PreconditionFailed
from examhall.exams.access import has_attempts, rules
from examhall.exams.models import Exam, ExamState, Section, SectionQuestion
from examhall.exams.schemas import SECTIONS_LIMIT, TITLE_LIMIT
from examhall.extensions import db
from examhall.storage.records import tenant_id
from examhall.storage.transactions import writes

audit = logging.getLogger("examhall.audit")

#: One fixed question as it is handed in: `question_id` and `points`.
Picked = Mapping[str, Any]


def sections_of(exam_id: UUID) -> list[Section]:
    """The sections of an exam in their order, read anew."""
    statement = (
        sa.select(Section)
        .where(Section.tenant_id == tenant_id(), Section.exam_id == exam_id)
        .order_by(Section.position, Section.id)
        .execution_options(populate_existing=True)
    )
    return [*db.session.scalars(statement)]


def picks_of(section_ids: Iterable[UUID]) -> dict[UUID, list[SectionQuestion]]:
    """The fixed questions of sections, in their order, in one statement."""
    found: dict[UUID, list[SectionQuestion]] = {section_id: [] for section_id in section_ids}
    statement = (
        sa.select(SectionQuestion)
        .where(SectionQuestion.tenant_id == tenant_id(), SectionQuestion.section_id.in_(list(found)))
        .order_by(SectionQuestion.position, SectionQuestion.id)
    )
    for pick in db.session.scalars(statement) if found else ():
        found[pick.section_id].append(pick)
    return found


@writes
def add_section(
    exam: Exam, *, title: str = "", position: int | None = None, shuffle: bool = False,
    questions: Sequence[Picked] = (), draw: Mapping[str, Any] | None = None,
) -> Section:  # fmt: skip
    """A new section of an exam, the last unless `position` (from 1) says otherwise.

    `questions` are mappings of question_id, points and, where it is pinned to one, version (its number) or version_id;
    `draw` is one of bank_id, count, tag, category (or category_id) and points.
    Raises `Invalid` naming what is not there, `Conflict` once somebody has started the exam.
    """
    exam = _composable(exam.id)
    sections = sections_of(exam.id)
    if len(sections) >= SECTIONS_LIMIT:
        raise Conflict(
            N_("An exam takes at most %(limit)s sections. Put questions into one of these."), limit=SECTIONS_LIMIT
        )
    section = Section(
        exam_id=exam.id, position=0, title=texts.one_line("title", title, TITLE_LIMIT), shuffle=shuffle, **_drawn(draw)
    )
    _place(section, sections, position)
    db.session.add(section)
    db.session.flush()
    _put_questions(section, questions)
    _settle(exam)
    audit.info("section %s added to exam %s", section.id, exam.id)
    return section


@writes
def update_section(section: Section, *, seen: int | None = None, **changes: Any) -> Section:
    """Change what is given: title, position, shuffle, draw, questions (all of them) or further ones.

    `seen` is the revision that all this is made of. Raises as `add_section` does, and `PreconditionFailed` where the
    section has another one by now.
    """
    exam, sections = _hold_section(section, seen)
    if "title" in changes:
        section.title = texts.one_line("title", changes["title"], TITLE_LIMIT)
    section.shuffle = changes.get("shuffle", section.shuffle)
    if "draw" in changes:
        for name, value in _drawn(changes["draw"], section.bank_id).items():
            setattr(section, name, value)
    if changes.get("position") is not None:
        _place(section, [other for other in sections if other is not section], changes["position"])
    if "questions" in changes:
        _put_questions(section, changes["questions"])
    if "further" in changes:  # behind those that are there now, whoever put them there meanwhile
        there = picks_of([section.id])[section.id]
        held = [
            {"question_id": pick.question_id, "points": pick.points, "version_id": pick.version_id} for pick in there
        ]
        _put_questions(section, [*held, *changes["further"]])
    if "questions" in changes or "further" in changes:
        section.updated_at = now()  # a section that holds others is another one, whoever asks by its revision
    db.session.flush()
    _settle(exam)
    audit.info("section %s of exam %s changed", section.id, exam.id)
    return section


@writes
def remove_section(section: Section, *, seen: int | None = None) -> None:
    """Take a section out of its exam; the questions stay in their bank. Raises as `update_section` does."""
    exam, sections = _hold_section(section, seen)
    for number, other in enumerate((other for other in sections if other is not section), start=1):
        other.position = number
    db.session.delete(section)
    db.session.flush()
    _settle(exam)
    audit.info("section %s of exam %s removed", section.id, exam.id)


def copy_sections(source_id: UUID, target: Exam) -> None:
    """Give an exam the sections of another. Call it inside a write transaction."""
    sections = sections_of(source_id)
    picks = picks_of(section.id for section in sections)
    columns = ("position", "title", "shuffle", "bank_id", "draw_count", "draw_tag", "draw_category_id", "draw_points")
    pairs = [
        (section.id, Section(exam_id=target.id, **{name: getattr(section, name) for name in columns}))
        for section in sections
    ]
    db.session.add_all(copy for _, copy in pairs)
    db.session.flush()
    db.session.add_all(
        SectionQuestion(
            section_id=copy.id, question_id=pick.question_id, version_id=pick.version_id, position=pick.position,
            points=pick.points,
        )
        for section_id, copy in pairs for pick in picks[section_id]
    )  # fmt: skip
    db.session.flush()


def check_complete(exam_id: UUID) -> None:
    """Raise `Conflict`, naming the remedy, unless a paper can be drawn for every candidate."""
    sections = rules(exam_id)
    if not any(rule.fixed or rule.count for rule in sections):
        message = N_("This exam has no questions yet. Add a section with questions, then publish it.")
        raise Conflict(message, code="exam_empty")
    draw_paper(sections, "trial")


def hold(exam_id: UUID) -> Exam:
    """The exam read anew and held to the end of the transaction. Raises `NotFound`."""
    exam = db.session.scalars(
        sa.select(Exam)
        .where(Exam.tenant_id == tenant_id(), Exam.id == exam_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if exam is None:
        raise NotFound()
    return exam


def _composable(exam_id: UUID) -> Exam:
    exam = hold(exam_id)
    if has_attempts(exam_id):
        message = N_(
            "Somebody has started this exam already, so its questions stay as they are. Copy it and change the copy."
        )
        raise Conflict(message, code="exam_has_attempts")
    return exam


def _hold_section(section: Section, seen: int | None) -> tuple[Exam, list[Section]]:
    """The exam of a section, held, and all its sections: that one among them, of the revision that was seen."""
    exam = _composable(section.exam_id)
    sections = sections_of(exam.id)
    if section not in sections:
        raise NotFound()
    if seen not in (None, section.revision):
        raise PreconditionFailed()
    return exam, sections


def _settle(exam: Exam) -> None:
    """What is published stays fit to be sat."""
    if exam.state == ExamState.PUBLISHED:
        check_complete(exam.id)


def _place(section: Section, others: list[Section], position: int | None) -> None:
    others.insert(len(others) if position is None else position - 1, section)
    for number, each in enumerate(others, start=1):
        each.position = number


def _drawn(draw: Mapping[str, Any] | None, present: UUID | None = None) -> dict[str, Any]:
    """The columns of a draw. From its `present` bank a section goes on drawing, whoever may use that now."""
    if draw is None:
        return {"bank_id": None, "draw_count": 0, "draw_tag": "", "draw_category_id": None, "draw_points": Decimal(1)}
    try:
        if draw["bank_id"] != present:
            load_bank(draw["bank_id"], Access.USE)
    except NotFound:
        message = N_("There is no such question bank. Take one that you can list.")
        raise Invalid(errors=[FieldError("draw.bank_id", message)]) from None
    return {
        "bank_id": draw["bank_id"], "draw_count": draw["count"],
        "draw_tag": texts.one_line("draw.tag", draw.get("tag", ""), texts.TAG_LIMIT),
        "draw_category_id": _category(draw), "draw_points": draw.get("points", Decimal(1)),
    }  # fmt: skip


def _category(draw: Mapping[str, Any]) -> UUID | None:
    """The category that a draw names by its path or its id. Raises `Invalid` where the bank has none such."""
    path, id_ = texts.category(draw.get("category", "")), draw.get("category_id")
    if not path and id_ is None:
        return None
    named = Category.id == id_ if id_ is not None else Category.path == path
    found: UUID | None = db.session.scalar(
        sa.select(Category.id).where(Category.tenant_id == tenant_id(), Category.bank_id == draw["bank_id"], named)
    )
    if found is None:
        message = N_("The bank has no such category. Take one that it lists.")
        raise Invalid(errors=[FieldError("draw.category", message)])
    return found


def _put_questions(section: Section, questions: Sequence[Picked]) -> None:
    """Let the section hold exactly these questions, in this order."""
    asked = [item["question_id"] for item in questions]
    present = {pick.question_id: pick for pick in picks_of([section.id])[section.id]}
    further = [question_id for question_id in asked if question_id not in present]
    known = bank.latest_refs(asked).keys() - (outside(further) if further else set()) if asked else set()
    pinned = _pinned(questions)
    # A question that follows the latest ready version, and did not before
    following = {
        item["question_id"]
        for item in questions
        if item.get("version") is None and item.get("version_id") is None
        and (item["question_id"] not in present or present[item["question_id"]].version_id)
    }  # fmt: skip
    unready = undrawable(following) if following else set()
    errors = []
    for index, question_id in enumerate(asked):
        field = f"questions.{index}.question_id"
        if question_id not in known:
            errors.append(FieldError(field, N_("There is no such question. Take one from your question banks.")))
        elif question_id in unready:
            message = N_("No version of this question is ready, or it is retired. Make it ready first.")
            errors.append(FieldError(field, message))
        elif question_id in asked[:index]:
            errors.append(FieldError(field, N_("This question stands here twice. Name it once.")))
    for index, item in enumerate(questions):
        if item.get("version") is not None and (item["question_id"], item["version"]) not in pinned:
            message = N_("This question has no such version. Name one that it has, or none for the latest ready one.")
            errors.append(FieldError(f"questions.{index}.version", message))
    if errors:
        raise Invalid(errors=errors)
    for gone in present.keys() - set(asked):
        db.session.delete(present[gone])
    for position, item in enumerate(questions, start=1):
        points = item.get("points", Decimal(1))
        version_id = pinned.get((item["question_id"], item.get("version")), item.get("version_id"))
        pick = present.get(item["question_id"])
        if pick is None:
            db.session.add(
                SectionQuestion(
                    section_id=section.id,
                    question_id=item["question_id"],
                    version_id=version_id,
                    position=position,
                    points=points,
                )
            )
        else:
            pick.position, pick.points, pick.version_id = position, points, version_id
    db.session.flush()


def _pinned(questions: Sequence[Picked]) -> dict[tuple[UUID, int | None], UUID]:
    """The versions that questions are pinned to, by question and number; no statement where none is."""
    wanted = {item["question_id"]: item["version"] for item in questions if item.get("version") is not None}
    if not wanted:
        return {}
    rows = db.session.execute(
        sa.select(QuestionVersion.question_id, QuestionVersion.number, QuestionVersion.id).where(
            QuestionVersion.tenant_id == tenant_id(), QuestionVersion.question_id.in_(list(wanted))
        )
    )
    return {(question_id, number): id_ for question_id, number, id_ in rows if wanted[question_id] == number}
