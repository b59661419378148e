"""Every write about exams and who may sit them. Writes about their sections stand in `composing`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.content import texts
from examhall.bank.content.richtext import sanitise
from examhall.clock import now
from examhall.errors import N_, Conflict, FieldError, Invalid, PreconditionFailed
from examhall.exams.access import find_exam, has_attempts
from examhall.exams.composing import (
    add_section,
    check_complete,
    copy_sections,
    hold,
    remove_section,
    update_section,
)
from examhall.exams.models import Assignment, Exam, ExamState
from examhall.exams.schemas import CODE_LIMIT, DESCRIPTION_LIMIT, TITLE_LIMIT
from examhall.extensions import db
from examhall.identity.models import User
from examhall.identity.roles import Role
from examhall.storage.records import tenant_id
from examhall.storage.statements import insert, table
from examhall.storage.transactions import writes

__all__ = [
    "add_section", "assign", "assign_all", "copy_exam", "create_exam", "delete_exam", "remove_section", "unassign",
    "update_assignment", "update_exam", "update_section",
]  # fmt: skip

audit = logging.getLogger("examhall.audit")

#: (state before, state after): what else does not happen.
TRANSITIONS = frozenset({
    (ExamState.DRAFT, ExamState.PUBLISHED), (ExamState.PUBLISHED, ExamState.DRAFT),
    (ExamState.PUBLISHED, ExamState.CLOSED), (ExamState.CLOSED, ExamState.PUBLISHED),
})  # fmt: skip

#: What a copy takes over. A window belongs to the one sitting it was made for.
COPIED = (
    "description", "time_limit_minutes", "attempts_allowed", "access_code", "pass_mark", "shuffle_options", "review",
)  # fmt: skip


# exams ----------------------------------------------------------------------------------------------------------


@writes
def create_exam(**fields: Any) -> Exam:
    """A new exam, a draft: `title`, and what else an exam has but its state. Raises `Invalid`."""
    exam = Exam(
        state=ExamState.DRAFT.value, **_written({"title": "", "description": "", "attempts_allowed": 1, **fields})
    )
    _check_window(exam.opens_at, exam.closes_at)
    db.session.add(exam)
    db.session.flush()
    audit.info("exam %s created", exam.id)
    return exam


@writes
def update_exam(exam: Exam, **changes: Any) -> Exam:
    """Change settings, `state` among them; publishing checks that a paper can be drawn for everybody.

    Raises `Invalid`, `Conflict` naming the remedy, and `PreconditionFailed` where the exam changed since it was read.
    """
    exam = _unchanged(exam)
    state = ExamState(changes.pop("state", exam.state))
    for name, value in _written(changes).items():
        setattr(exam, name, value)
    _check_window(exam.opens_at, exam.closes_at)
    if state != exam.state:
        _enter(exam, state)
    db.session.flush()
    audit.info("exam %s changed: state %s", exam.id, exam.state)
    return exam


@writes
def delete_exam(exam: Exam) -> None:
    """Delete an exam with its sections and assignments. Raises `Conflict` once there are attempts: they are records."""
    exam = _unchanged(exam)
    if has_attempts(exam.id):
        message = N_("There are attempts at this exam, so it can't be deleted. Close it instead.")
        raise Conflict(message, code="exam_has_attempts")
    db.session.delete(exam)
    db.session.flush()
    audit.info("exam %s deleted", exam.id)


@writes
def copy_exam(exam: Exam, title: str) -> Exam:
    """A draft with the settings and sections of another exam, without its window and assignments. Raises `Invalid`."""
    same = {name: getattr(exam, name) for name in COPIED}
    copy = Exam(state=ExamState.DRAFT.value, title=texts.needed("title", title, TITLE_LIMIT), **same)
    db.session.add(copy)
    db.session.flush()
    copy_sections(exam.id, copy)
    audit.info("exam %s copied to %s", exam.id, copy.id)
    return copy


def _unchanged(exam: Exam) -> Exam:
    """The exam, held; refused where it is not what its reader saw."""
    revision = exam.revision
    exam = hold(exam.id)
    if exam.revision != revision:
        raise PreconditionFailed()
    return exam


def _written(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields in the form in which they are stored."""
    stored = dict(fields)
    if "title" in stored:
        stored["title"] = texts.needed("title", stored["title"], TITLE_LIMIT)
    if "description" in stored:
        text = texts.paragraphs("description", stored["description"], DESCRIPTION_LIMIT)
        stored["description"] = sanitise(text)
    if "access_code" in stored:
        stored["access_code"] = texts.one_line("access_code", stored["access_code"] or "", CODE_LIMIT) or None
    if "review" in stored:
        stored["review"] = {when: [str(show) for show in shown] for when, shown in stored["review"].items()}
    return stored


def _check_window(opens_at: datetime | None, closes_at: datetime | None) -> None:
    if opens_at is not None and closes_at is not None and closes_at <= opens_at:
        raise Invalid(errors=[FieldError("closes_at", N_("The closing has to come after the opening."))])


def _enter(exam: Exam, state: ExamState) -> None:
    present = ExamState(exam.state)
    if (present, state) not in TRANSITIONS:
        message = N_("An exam that is %(present)s can't become %(wanted)s. Publish it first.")
        raise Conflict(message, code="exam_state", present=present.value, wanted=state.value)
    if state is ExamState.DRAFT and has_attempts(exam.id):
        message = N_("Somebody has started this exam already, so it can't be a draft again. Close it, or copy it.")
        raise Conflict(message, code="exam_has_attempts")
    if state is ExamState.PUBLISHED:
        if exam.closes_at is not None and exam.closes_at <= now():
            message = N_("The closing of this exam lies in the past. Move it or take it away, then publish.")
            raise Conflict(message, code="exam_window_past")
        check_complete(exam.id)
    exam.state = state.value


# assignments ----------------------------------------------------------------------------------------------------


@writes
def assign(exam_id: UUID, user_ids: Iterable[UUID], **accommodations: Any) -> list[UUID]:
    """Let candidates sit an exam, all with the same accommodations; those assigned already are kept as they are.

    Returns the ids of the new assignments. Raises `NotFound`, and `Invalid` naming who is no candidate here.
    """
    exam = _with_window(exam_id, accommodations)
    asked = [*dict.fromkeys(user_ids)]
    candidates = sa.select(User.id).where(
        User.tenant_id == tenant_id(), User.id.in_(asked), User.role == Role.CANDIDATE.value
    )
    known = set(db.session.scalars(candidates))
    message = N_("This is no candidate of your organization. Take one from the list of people.")
    strangers = [index for index, user_id in enumerate(asked) if user_id not in known]
    if strangers:
        fields = [f"user_ids.{index}" for index in strangers] if len(asked) > 1 else ["user_id"]
        raise Invalid(errors=[FieldError(field, message) for field in fields])
    return _insert(exam, asked, accommodations)


@writes
def assign_all(exam_id: UUID, **accommodations: Any) -> list[UUID]:
    """Let every active candidate sit an exam; those assigned already are kept. Returns the new assignments' ids."""
    exam = _with_window(exam_id, accommodations)
    assigned = sa.select(Assignment.user_id).where(
        Assignment.tenant_id == tenant_id(), Assignment.exam_id == exam_id, Assignment.user_id == User.id
    )
    candidates = sa.select(User.id).where(
        User.tenant_id == tenant_id(), User.role == Role.CANDIDATE.value, User.active.is_(True), ~assigned.exists()
    )
    return _insert(exam, db.session.scalars(candidates).all(), accommodations)


@writes
def update_assignment(assignment: Assignment, **changes: Any) -> Assignment:
    """Change accommodations. They hold for attempts that are started from now on. Raises `Invalid`."""
    present = {name: getattr(assignment, name) for name in ("opens_at", "closes_at")}
    _with_window(assignment.exam_id, present | changes)
    for name, value in changes.items():
        setattr(assignment, name, value)
    db.session.flush()
    audit.info("assignment %s changed", assignment.id)
    return assignment


@writes
def unassign(assignment: Assignment) -> None:
    """Let a person start no further attempt. What they have started goes on, and its result stays."""
    db.session.delete(assignment)
    db.session.flush()
    audit.info("assignment %s removed", assignment.id)


def _with_window(exam_id: UUID, accommodations: dict[str, Any]) -> Exam:
    """The exam, where the window that the accommodations make of its own is one."""
    exam = find_exam(exam_id)
    opens_at, closes_at = accommodations.get("opens_at"), accommodations.get("closes_at")
    if opens_at or closes_at:
        _check_window(opens_at or exam.opens_at, closes_at or exam.closes_at)
    return exam


def _insert(exam: Exam, user_ids: Sequence[UUID], accommodations: dict[str, Any]) -> list[UUID]:
    if not user_ids:
        return []
    tenant = tenant_id()
    rows = [{"tenant_id": tenant, "exam_id": exam.id, "user_id": user_id, **accommodations} for user_id in user_ids]
    statement = insert(Assignment).on_conflict_do_nothing(index_elements=["tenant_id", "exam_id", "user_id"])
    made = db.session.scalars(statement.returning(table(Assignment).c.id), rows).all()
    audit.info("%s people assigned to exam %s", len(made), exam.id)
    return [*made]
