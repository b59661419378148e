"""The pages on which people are assigned to an exam."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from examhall.errors import Invalid
from examhall.exams import access, operations
from examhall.exams.forms import AccommodationForm
from examhall.exams.models import Assignment
from examhall.exams.reading import AssignmentList, assignments_of, find_assignment
from examhall.exams.schemas import AssignmentIn
from examhall.extensions import Statement, db
from examhall.identity.models import User
from examhall.identity.roles import Role
from examhall.storage.records import tenant_id
from examhall.web.body import validated
from examhall.web.forms import require_revision
from examhall.web.guards import permitted
from examhall.web.views import ListView, MethodView


@permitted("exams.read")
class ExamAssignments(AssignmentList):
    """Who may sit an exam."""

    template = "exams/exam_assignments.html"

    def get(self, exam_id: UUID) -> ResponseReturnValue:
        """The people, with what they have beside the others."""
        exam = access.find_exam(exam_id)
        rows, page = self.page_of(self.query())
        return self.respond(exam=exam, rows=rows, page=page)


@permitted("exams.assign")
class ExamPeople(ListView):
    """Candidates to choose for an exam."""

    model, template = User, "exams/exam_people.html"
    search, ordering, page_size = ("name", "email"), ("name", "email"), 50

    def get(self, exam_id: UUID) -> ResponseReturnValue:
        """The active candidates who are not assigned yet."""
        exam = access.find_exam(exam_id)
        rows, page = self.page_of(self.query())
        return self.respond(exam=exam, rows=rows, page=page)

    def query(self) -> Statement:
        """Active candidates without those assigned."""
        exam_id = (request.view_args or {})["exam_id"]
        assigned = sa.select(Assignment.user_id).where(
            Assignment.tenant_id == tenant_id(), Assignment.exam_id == exam_id
        )
        return super().query().where(User.role == Role.CANDIDATE.value, User.active.is_(True), User.id.not_in(assigned))

    def post(self, exam_id: UUID) -> ResponseReturnValue:
        """Assign those chosen, or all active candidates."""
        access.find_exam(exam_id)
        if "all" in request.form:
            self._assigned(lambda: operations.assign_all(exam_id))
            return redirect(url_for("exam_assignments", exam_id=exam_id), 303)
        chosen = request.form.getlist("user_id")
        here = request.script_root + request.full_path
        if not chosen:
            flash(gettext("Choose at least one person."), "error")
            return redirect(here, 303)
        self._assigned(lambda: operations.assign(exam_id, validated(AssignmentIn, {"user_ids": chosen}).user_ids or []))
        return redirect(here if self._more(exam_id) else url_for("exam_assignments", exam_id=exam_id), 303)

    def _assigned(self, act: Callable[[], list[UUID]]) -> None:
        try:
            count = len(act())
        except Invalid as problem:
            flash(gettext(problem.errors[0].message, **problem.errors[0].params), "error")
            return
        flash(ngettext("One person is assigned.", "%(num)s people are assigned.", count), "success")

    def _more(self, exam_id: UUID) -> bool:
        return db.session.scalar(self.query().with_only_columns(User.id).limit(1)) is not None


@permitted("exams.assign")
class AssignmentEdit(MethodView):
    """What one person has beside the others."""

    template = "exams/exam_assignment.html"

    def get(self, exam_id: UUID, id: UUID) -> ResponseReturnValue:
        """The form."""
        assignment = find_assignment(exam_id, id)
        return self.show(assignment, AccommodationForm.of(assignment))

    def post(self, exam_id: UUID, id: UUID) -> ResponseReturnValue:
        """Change the accommodations."""
        assignment = find_assignment(exam_id, id)
        form = AccommodationForm.of(assignment)
        require_revision(assignment, form)
        if form.accept(lambda: operations.update_assignment(assignment, **form.changes)) is None:
            return self.show(assignment, form), 422  # type: ignore[return-value]  # a page and its status
        flash(gettext("Saved."), "success")
        return redirect(url_for("exam_assignments", exam_id=exam_id), 303)

    def show(self, assignment: Assignment, form: AccommodationForm) -> ResponseReturnValue:
        """The form beside the person's name."""
        person: Any = db.session.execute(assignments_of(assignment.exam_id).where(Assignment.id == assignment.id)).one()
        return self.respond(exam=access.find_exam(assignment.exam_id), person=person, form=form)


@permitted("exams.assign")
class AssignmentRemove(MethodView):
    """The button that takes a person off an exam."""

    def post(self, exam_id: UUID, id: UUID) -> ResponseReturnValue:
        """Take them off; an attempt in progress goes on."""
        operations.unassign(find_assignment(exam_id, id))
        flash(gettext("The person is taken off this exam."), "success")
        return redirect(url_for("exam_assignments", exam_id=exam_id), 303)
