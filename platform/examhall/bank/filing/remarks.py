"""What people add to a bank for themselves and for each other: saved filters and comments."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.content import texts
from examhall.bank.filing import criteria
from examhall.bank.models import Comment, Question, SavedFilter
from examhall.errors import N_, FieldError, Forbidden, Invalid, NotFound
from examhall.extensions import Statement, db
from examhall.identity.models import User
from examhall.storage.records import tenant_id
from examhall.storage.transactions import writes

audit = logging.getLogger("examhall.audit")

#: Filters that a person keeps for one bank, and characters of a comment, at most.
FILTERS_LIMIT, COMMENT_LIMIT = 50, 5_000


# saved filters --------------------------------------------------------------------------------------------------


@writes
def save_filter(bank_id: UUID, user_id: UUID, name: str, query: Mapping[str, str]) -> SavedFilter:
    """Keep a filter under a name, in place of the one that has it. Raises `Invalid`, `BadRequest` for its values."""
    name = texts.needed("name", name, texts.NAME_LIMIT)
    kept = criteria.read(query)
    if not kept:
        raise Invalid(errors=[FieldError("query", N_("Narrow the list first; then keep that under a name."))])
    mine = filters_of(bank_id, user_id)
    present = db.session.scalars(mine.execution_options(populate_existing=True)).all()
    found = next((each for each in present if each.name == name), None)
    if found is None:
        if len(present) >= FILTERS_LIMIT:
            message = N_("You keep %(limit)s filters for this bank already. Remove one first.")
            raise Invalid(message, limit=FILTERS_LIMIT)
        found = SavedFilter(bank_id=bank_id, user_id=user_id, name=name)
        db.session.add(found)
    found.query = kept
    db.session.flush()
    return found


def filters_of(bank_id: UUID, user_id: UUID) -> sa.Select[SavedFilter]:
    """A person's filters for a bank, by name."""
    return (
        sa.select(SavedFilter)
        .where(SavedFilter.tenant_id == tenant_id(), SavedFilter.user_id == user_id, SavedFilter.bank_id == bank_id)
        .order_by(SavedFilter.name, SavedFilter.id)
    )


def load_filter(filter_id: UUID, user_id: UUID) -> SavedFilter:
    """One's own filter. Raises `NotFound`, for somebody else's as well."""
    statement = sa.select(SavedFilter).where(
        SavedFilter.tenant_id == tenant_id(), SavedFilter.id == filter_id, SavedFilter.user_id == user_id
    )
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound()
    return found


@writes
def remove_filter(kept: SavedFilter) -> None:
    """Forget a filter."""
    db.session.delete(kept)


# comments -------------------------------------------------------------------------------------------------------


@writes
def add_comment(question: Question, text: str) -> Comment:
    """Say something about a question, as it is now. Raises `Invalid`."""
    text = texts.paragraphs("text", text, COMMENT_LIMIT)
    if not text:
        raise Invalid(errors=[FieldError("text", N_("This is needed. Fill it in."))])
    comment = Comment(question_id=question.id, version=question.latest_number, text=text)
    db.session.add(comment)
    db.session.flush()
    audit.info("comment %s on question %s", comment.id, question.id)
    return comment


def comments_on(question_id: UUID) -> Statement:
    """The comments on a question with the names of those who wrote them, None for one who is gone; the oldest first."""
    written_by = sa.and_(User.tenant_id == Comment.tenant_id, User.id == Comment.created_by)
    statement: Statement = (
        sa.select(Comment, User.name.label("author"))
        .outerjoin(User, written_by)
        .where(Comment.tenant_id == tenant_id(), Comment.question_id == question_id)
    )
    return statement


def load_comment(comment_id: UUID) -> Comment:
    """A comment of the tenant. Raises `NotFound`."""
    statement = sa.select(Comment).where(Comment.tenant_id == tenant_id(), Comment.id == comment_id)
    comment = db.session.scalars(statement).one_or_none()
    if comment is None:
        raise NotFound()
    return comment


@writes
def remove_comment(comment: Comment, user_id: Any) -> None:
    """Take one's own comment back. Raises `Forbidden` for another's."""
    if comment.created_by != user_id:
        raise Forbidden(N_("Only who wrote a comment can remove it."))
    db.session.delete(comment)
    audit.info("comment %s removed", comment.id)
