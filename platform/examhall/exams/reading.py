"""What both faces read: sections and assignments of an exam."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from flask import request
from flask_babel import gettext

from examhall.errors import NotFound
from examhall.exams.models import Assignment, Exam, Section
from examhall.exams.schemas import TITLE_LIMIT
from examhall.extensions import Statement, db
from examhall.identity.models import User
from examhall.storage.records import tenant_id
from examhall.web.views import ListView


def find_section(exam_id: UUID, section_id: UUID) -> Section:
    """A section of an exam. Raises `NotFound`."""
    statement = sa.select(Section).where(
        Section.tenant_id == tenant_id(), Section.exam_id == exam_id, Section.id == section_id
    )
    section = db.session.scalars(statement).one_or_none()
    if section is None:
        raise NotFound()
    return section


def find_assignment(exam_id: UUID, assignment_id: UUID) -> Assignment:
    """An assignment to an exam. Raises `NotFound`."""
    statement = sa.select(Assignment).where(
        Assignment.tenant_id == tenant_id(), Assignment.exam_id == exam_id, Assignment.id == assignment_id
    )
    assignment = db.session.scalars(statement).one_or_none()
    if assignment is None:
        raise NotFound()
    return assignment


def assignments_of(exam_id: UUID) -> Statement:
    """The assignments to an exam with the people's names: the columns of `schemas.AssignmentOut`."""
    return (
        sa.select(
            Assignment.id, Assignment.user_id, User.name, User.email, Assignment.extra_minutes,
            Assignment.extra_attempts, Assignment.opens_at, Assignment.closes_at, Assignment.revision,
        )
        .join(User, sa.and_(User.tenant_id == Assignment.tenant_id, User.id == Assignment.user_id))
        .where(Assignment.tenant_id == tenant_id(), Assignment.exam_id == exam_id)
    )  # fmt: skip


class AssignmentList(ListView):
    """Who may sit the exam in the address: found, filtered and ordered by what the people are."""

    model = User
    filters, search, ordering = ("email",), ("name", "email"), ("name", "email")

    def query(self) -> Statement:
        """The assignments with the people's names."""
        return assignments_of((request.view_args or {})["exam_id"])


def copy_title(exam: Exam) -> str:
    """What a copy is called unless its author says otherwise."""
    title = gettext("%(title)s (copy)", title=exam.title)
    return title if len(title) <= TITLE_LIMIT else exam.title
