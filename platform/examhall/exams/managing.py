"""The pages on which exams are made, set, published and looked at before anybody sits them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from babel.numbers import get_decimal_symbol
from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from examhall.attempts.engine import paper
from examhall.attempts.engine.numbering import numbered
from examhall.bank import operations as bank
from examhall.errors import N_, Conflict, Invalid
from examhall.exams import access, operations
from examhall.exams.forms import ExamForm, ExamNewForm, StateForm
from examhall.exams.models import Assignment, Exam, ExamState, Section, SectionQuestion
from examhall.exams.reading import copy_title
from examhall.extensions import Statement
from examhall.storage.records import tenant_id
from examhall.web.forms import Form, require_revision
from examhall.web.guards import permitted
from examhall.web.views import ListView, MethodView

#: What is said once an exam has entered a state.
ENTERED = {
    ExamState.DRAFT: N_("The exam is a draft again. Candidates no longer see it."),
    ExamState.PUBLISHED: N_("The exam is published. Those assigned to it can sit it while it is open."),
    ExamState.CLOSED: N_("The exam is closed. Nobody can start it any more."),
}


def done(act: Callable[[], Any], said: str) -> bool:
    """Whether `act` went through; in either case a message for the next page says so, or why not."""
    try:
        act()
    except (Conflict, Invalid) as problem:
        texts = [gettext(error.message, **error.params) for error in problem.errors]
        flash(" ".join(texts or [gettext(problem.detail, **problem.params)]), "error")
        return False
    flash(said, "success")
    return True


@permitted("exams.read")
class ExamManageList(ListView):
    """The exams of the organization."""

    model, template = Exam, "exams/exam_manage_list.html"
    filters, search, ordering = ("state",), ("title",), ("-created_at", "title", "state", "opens_at")

    def query(self) -> Statement:
        """Exams, each with its number of sections, people and attempts."""
        people = (
            sa.select(sa.func.count(Assignment.id))
            .where(Assignment.tenant_id == Exam.tenant_id, Assignment.exam_id == Exam.id)
            .scalar_subquery()
        )
        statement: Statement = sa.select(
            Exam.id, Exam.title, Exam.state, Exam.opens_at, Exam.closes_at, _questions().label("questions"),
            people.label("people"), access.attempts_at_exam().label("attempts"),
        )  # fmt: skip
        return statement.where(Exam.tenant_id == tenant_id())


def _questions() -> sa.ColumnElement[int]:
    """How many questions a paper of the exam of each row has."""
    own = sa.and_(Section.tenant_id == Exam.tenant_id, Section.exam_id == Exam.id)
    drawn = sa.select(sa.func.coalesce(sa.func.sum(Section.draw_count), 0)).where(own)
    of_pick = sa.and_(SectionQuestion.tenant_id == Section.tenant_id, SectionQuestion.section_id == Section.id)
    fixed = sa.select(sa.func.count(SectionQuestion.id)).join(Section, of_pick).where(own)
    return drawn.scalar_subquery() + fixed.scalar_subquery()


@permitted("exams.write")
class ExamNew(MethodView):
    """A new exam."""

    template = "exams/exam_new.html"

    def get(self) -> ResponseReturnValue:
        """The form."""
        return self.respond(form=ExamNewForm())

    def post(self) -> ResponseReturnValue:
        """Make a draft and go on to its questions."""
        form = ExamNewForm()
        exam = form.accept(lambda: operations.create_exam(title=form.title.data, description=form.written))
        if exam is None:
            return self.respond(form=form), 422
        flash(gettext("The draft is made. Now choose its questions."), "success")
        return redirect(url_for("exam_sections", id=exam.id), 303)


@permitted(GET="exams.read", POST="exams.write")
class ExamEdit(MethodView):
    """The settings of an exam."""

    template = "exams/exam_edit.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """The form; for those who only read it, what is set."""
        exam = access.find_exam(id)
        return self.respond(exam=exam, form=ExamForm.of(exam))

    def post(self, id: UUID) -> ResponseReturnValue:
        """Change the settings."""
        exam = access.find_exam(id)
        form = ExamForm.of(exam)
        require_revision(exam, form)
        if form.accept(lambda: operations.update_exam(exam, **form.changes)) is None:
            return self.respond(exam=exam, form=form), 422
        flash(gettext("Saved."), "success")
        return redirect(url_for("exam_edit", id=id), 303)


@permitted("exams.write")
class ExamStateChange(MethodView):
    """The buttons that publish, close and open an exam again."""

    def post(self, id: UUID) -> ResponseReturnValue:
        """Change the state, or say why that can't be."""
        exam, form = access.find_exam(id), StateForm()
        require_revision(exam, form)
        wanted = form.wanted
        went = done(lambda: operations.update_exam(exam, state=wanted), gettext(ENTERED[wanted]))
        return redirect(url_for("exam_edit" if went else "exam_sections", id=id), 303)


@permitted("exams.write")
class ExamCopy(MethodView):
    """The button that copies an exam."""

    def post(self, id: UUID) -> ResponseReturnValue:
        """Make the copy and go on to it."""
        exam = access.find_exam(id)
        copy = operations.copy_exam(exam, copy_title(exam))
        flash(gettext("This is the copy: a draft without dates, for nobody yet."), "success")
        return redirect(url_for("exam_edit", id=copy.id), 303)


@permitted("exams.write")
class ExamDelete(MethodView):
    """The button that deletes an exam nobody has started."""

    def post(self, id: UUID) -> ResponseReturnValue:
        """Delete it, or say why that can't be."""
        exam = access.find_exam(id)
        require_revision(exam, Form())
        went = done(lambda: operations.delete_exam(exam), gettext("The exam is deleted."))
        return redirect(url_for("exam_manage_list") if went else url_for("exam_edit", id=id), 303)


@permitted("exams.read")
class ExamPreview(MethodView):
    """The paper as a candidate would get it. Nothing of it is kept."""

    template = "exams/exam_preview.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """Draw a paper; the next look draws another."""
        exam, seed = access.find_exam(id), secrets.token_hex(16)
        try:
            drawn = paper.draw(access.rules(id), seed)
        except Conflict as problem:
            flash(gettext(problem.detail, **problem.params), "error")
            return redirect(url_for("exam_sections", id=id), 303)
        bodies = bank.bodies([item.ref.version_id for item in drawn])
        composed = paper.compose(drawn, bodies, seed, exam.shuffle_options)
        return self.respond(
            exam=exam, paper=numbered(paper.present(composed, bodies)), points=composed.max_points,
            decimal=get_decimal_symbol(get_locale()),
        )  # fmt: skip
