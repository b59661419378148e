"""The pages on which an exam is composed: its sections, their fixed questions, and what is drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from examhall.bank import operations as bank
from examhall.bank.content import texts
from examhall.bank.filing.pools import drawable
from examhall.bank.models import Access as BankAccess
from examhall.bank.models import Bank, Question, QuestionVersion
from examhall.bank.reading import QuestionList
from examhall.bank.sharing.access import banks_for, may
from examhall.bank.types import TYPES
from examhall.errors import Invalid
from examhall.exams import access, operations
from examhall.exams.composing import picks_of, sections_of
from examhall.exams.forms import SectionForm
from examhall.exams.managing import done
from examhall.exams.models import Section, SectionQuestion
from examhall.exams.reading import find_section
from examhall.exams.schemas import SectionIn
from examhall.extensions import Statement, db
from examhall.storage.records import tenant_id
from examhall.web.body import validated
from examhall.web.forms import Form, require_revision
from examhall.web.guards import permitted
from examhall.web.views import MethodView


@dataclass(frozen=True)
class Part:
    """A section as its pages show it: `picks` are pairs of pick and question; `pool` is None where nothing is drawn.

    By the question's id, `pins` are the numbers of the versions to which picks are pinned, and `ready` those of the
    versions that are taken while a newer one is a draft.
    """

    section: Section
    picks: Sequence[tuple[SectionQuestion, Question]]
    pool: int | None
    pins: Mapping[UUID, int]
    ready: Mapping[UUID, int]


def parts_of(sections: Sequence[Section]) -> list[Part]:
    """Sections with their questions, pins and the present sizes of their pools, in four statements at most."""
    picks = picks_of(section.id for section in sections)
    ids = {pick.question_id for found in picks.values() for pick in found}
    found = db.session.scalars(sa.select(Question).where(Question.tenant_id == tenant_id(), Question.id.in_(ids)))
    questions = {question.id: question for question in found}
    pinned = {pick.question_id: pick.version_id for found in picks.values() for pick in found if pick.version_id}
    waiting = _older(questions.values())
    numbers = _numbers([*pinned.values(), *waiting.values()])
    pins, ready = ({id_: numbers[version] for id_, version in each.items()} for each in (pinned, waiting))
    pools = access.pools_of(access.source_of(section) for section in sections)
    sources = {section.id: access.source_of(section) for section in sections}
    return [
        Part(
            section,
            [(pick, questions[pick.question_id]) for pick in picks[section.id]],
            len(pools[source]) if (source := sources[section.id]) else None,
            pins,
            ready,
        )
        for section in sections
    ]


def _older(questions: Iterable[Question]) -> dict[UUID, UUID]:
    """Question id to the version that exams take, of those whose latest is a draft."""
    return {
        question.id: question.ready_version_id
        for question in questions
        if question.ready_version_id and question.ready_version_id != question.latest_version_id
    }


def _numbers(version_ids: Collection[UUID]) -> dict[UUID, int]:
    """Version id to its number."""
    if not version_ids:
        return {}
    rows = db.session.execute(
        sa.select(QuestionVersion.id, QuestionVersion.number).where(
            QuestionVersion.tenant_id == tenant_id(), QuestionVersion.id.in_(version_ids)
        )
    )
    return {id_: number for id_, number in rows}


def bank_names(*present: UUID | None) -> dict[str, str]:
    """The names of the banks that the person may use by their ids, as choices of a form.

    Those in use already, `present`, are among them even so, but without their names.
    """
    rows = db.session.execute(
        sa.select(Bank.id, Bank.name).where(Bank.tenant_id == tenant_id(), may(BankAccess.USE)).order_by(Bank.name)
    )
    names = {str(id_): name for id_, name in rows}
    return {str(id_): gettext("A bank that is not shared with you") for id_ in present if id_} | names


@permitted("exams.read")
class ExamSections(MethodView):
    """What an exam asks."""

    template = "exams/exam_sections.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """The sections in their order."""
        exam = access.find_exam(id)
        count, points = access.extent(id)
        sections = sections_of(id)
        return self.respond(
            exam=exam, parts=parts_of(sections), banks=bank_names(*(each.bank_id for each in sections)), types=TYPES,
            count=count, points=points, fixed=access.has_attempts(id),
        )  # fmt: skip


class SectionPage(MethodView):
    """The form of a section, new or not."""

    template = "exams/exam_section.html"

    def show(self, exam_id: UUID, form: SectionForm, section: Section | None) -> ResponseReturnValue:
        """The form, with how many questions fit the draw as it stands in the form."""
        words: dict[str, list[str]] = {"tags": [], "categories": []}
        pool = None
        if form.bank_id.data in bank_names():
            bank_id = UUID(form.bank_id.data)
            words = {"tags": bank.tags(bank_id), "categories": bank.categories(bank_id)}
            pool = _fitting(bank_id, form)
        part = parts_of([section])[0] if section else None
        return self.respond(
            exam=access.find_exam(exam_id), form=form, part=part, pool=pool, types=TYPES, **words,
        )  # fmt: skip


def _fitting(bank_id: UUID, form: SectionForm) -> int | None:
    """How many questions of the bank fit tag and category of the form; None where these can't be read."""
    try:
        tag = texts.one_line("tag", form.tag.data or "", texts.TAG_LIMIT)
        return len(bank.pool(bank_id, tag, texts.category(form.category.data or "")))
    except Invalid:
        return None


@permitted("exams.write")
class SectionNew(SectionPage):
    """A new section."""

    def get(self, id: UUID) -> ResponseReturnValue:
        """The form."""
        access.find_exam(id)
        return self.show(id, SectionForm(banks=bank_names()), None)

    def post(self, id: UUID) -> ResponseReturnValue:
        """Add the section; without a draw go on to choose its questions."""
        exam, form = access.find_exam(id), SectionForm(banks=bank_names())
        if "look" in request.form:
            return self.show(id, form, None)
        section = form.accept(lambda: operations.add_section(exam, **form.section()))
        if section is None:
            return self.show(id, form, None), 422  # type: ignore[return-value]  # a page and its status
        flash(gettext("The section is added."), "success")
        if section.bank_id is None:
            return redirect(url_for("exam_section_questions", exam_id=id, id=section.id), 303)
        return redirect(url_for("exam_sections", id=id), 303)


@permitted("exams.write")
class SectionEdit(SectionPage):
    """One section: its title, its fixed questions with points and order, its draw."""

    def get(self, exam_id: UUID, id: UUID) -> ResponseReturnValue:
        """The form."""
        section = find_section(exam_id, id)
        return self.show(exam_id, SectionForm.of(section, bank_names(section.bank_id)), section)

    def post(self, exam_id: UUID, id: UUID) -> ResponseReturnValue:
        """Change the section."""
        section = find_section(exam_id, id)
        form = SectionForm.of(section, bank_names(section.bank_id))
        if "look" in request.form:
            return self.show(exam_id, form, section)
        require_revision(section, form)
        seen, picks = section.revision, picks_of([id])[id]
        changed = form.accept(
            lambda: operations.update_section(section, seen=seen, **form.section(kept(picks, request.form)))
        )
        if changed is None:
            return self.show(exam_id, form, section), 422  # type: ignore[return-value]  # a page and its status
        flash(gettext("Saved."), "success")
        return redirect(url_for("exam_sections", id=exam_id), 303)


def kept(picks: Sequence[SectionQuestion], sent: Mapping[str, str]) -> list[dict[str, Any]]:
    """The fixed questions of a section as its form sends them: those removed left out, the rest in the order typed."""

    def place(numbered: tuple[int, SectionQuestion]) -> tuple[int, int]:
        number, pick = numbered
        text = sent.get(f"place-{pick.question_id}", "")
        typed = int(text) if text.isdecimal() and len(text) <= 9 else number
        # A question that was typed to a place goes before the one that stood there, or behind it when it moves down
        return typed, 0 if typed < number else 2 if typed > number else 1

    staying = [pick for _number, pick in sorted(enumerate(picks, start=1), key=place)]
    return [
        {
            "question_id": str(pick.question_id),
            "points": sent.get(f"points-{pick.question_id}", "").strip(),
            "version": int(version) if (version := sent.get(f"version-{pick.question_id}", "")).isdecimal() else None,
        }
        for pick in staying
        if f"remove-{pick.question_id}" not in sent
    ]


@permitted("exams.write")
class SectionQuestions(QuestionList):
    """Questions to choose for a section."""

    template = "exams/exam_section_questions.html"
    filters = ("bank_id", "type")

    def get(self, exam_id: UUID, id: UUID) -> ResponseReturnValue:
        """The ready questions that the exam does not hold yet, narrowed as asked."""
        exam, section = access.find_exam(exam_id), find_section(exam_id, id)
        rows, page = self.page_of(self.query().where(Question.id.not_in(_held(exam_id))))
        older = _older(rows)
        numbers = _numbers(older.values())
        ready = {id_: numbers[version] for id_, version in older.items()}
        return self.respond(
            exam=exam, section=section, rows=rows, page=page, banks=bank_names(), types=TYPES, ready=ready
        )

    def query(self) -> Statement:
        """Questions of which a version is ready, of all banks that the person may use."""
        ready: Statement = super().query().where(drawable())
        return ready.where(Question.bank_id.in_(banks_for(BankAccess.USE)))

    def post(self, exam_id: UUID, id: UUID) -> ResponseReturnValue:
        """Add the chosen ones at the end of the section, and go on choosing."""
        section = find_section(exam_id, id)
        chosen = request.form.getlist("question_id")
        points = request.form.get("points", "").strip() or "1"
        here = request.script_root + request.full_path
        try:
            new = validated(SectionIn, {"questions": [{"question_id": id_, "points": points} for id_ in chosen]})
        except Invalid as problem:
            flash(gettext(problem.errors[0].message, **problem.errors[0].params), "error")
            return redirect(here, 303)
        if not chosen:
            flash(gettext("Choose at least one question."), "error")
            return redirect(here, 303)
        added = [question.model_dump() for question in new.questions]
        count = len(added)
        said = ngettext("One question is added.", "%(num)s questions are added.", count)
        done(lambda: operations.update_section(section, further=added), said)
        return redirect(here, 303)


def _held(exam_id: UUID) -> sa.Select[Any]:
    of_pick = sa.and_(Section.tenant_id == SectionQuestion.tenant_id, Section.id == SectionQuestion.section_id)
    return (
        sa.select(SectionQuestion.question_id)
        .join(Section, of_pick)
        .where(SectionQuestion.tenant_id == tenant_id(), Section.exam_id == exam_id)
    )


@permitted("exams.write")
class SectionMove(MethodView):
    """The buttons that move a section up and down."""

    def post(self, exam_id: UUID, id: UUID) -> ResponseReturnValue:
        """One place further."""
        section = find_section(exam_id, id)
        step = -1 if request.form.get("direction") == "up" else 1
        place = max(1, section.position + step)
        done(lambda: operations.update_section(section, position=place), gettext("The section is moved."))
        return redirect(url_for("exam_sections", id=exam_id), 303)


@permitted("exams.write")
class SectionRemove(MethodView):
    """The button that removes a section."""

    def post(self, exam_id: UUID, id: UUID) -> ResponseReturnValue:
        """Remove it, or say why that can't be."""
        section = find_section(exam_id, id)
        require_revision(section, Form())
        seen = section.revision
        done(lambda: operations.remove_section(section, seen=seen), gettext("The section is removed."))
        return redirect(url_for("exam_sections", id=exam_id), 303)
