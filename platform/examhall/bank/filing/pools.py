"""What exams draw and what lists narrow by: the ready versions of a bank's questions, their tags and categories."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.models import Category, Question, Status
from examhall.bank.types import TYPES
from examhall.bank.types.reference import QuestionRef
from examhall.extensions import db
from examhall.storage.records import tenant_id
from examhall.storage.statements import table

_questions = table(Question).c

#: The types that are answered, and those that nobody has to answer.
ANSWERED = frozenset(name for name, kind in TYPES.items() if kind.answerable)
TEXTS = TYPES.keys() - ANSWERED


def drawable() -> sa.ColumnElement[bool]:
    """Whether an exam may take a question: it is not retired, and a version of it is ready."""
    return sa.and_(_questions.status != Status.RETIRED.value, _questions.ready_version_id.is_not(None))


def in_pools() -> sa.ColumnElement[bool]:
    """Whether it may also come by chance: no text, which would make a paper shorter, and none whose package is gone."""
    return sa.and_(drawable(), _questions.type.in_(ANSWERED))


def undrawable(question_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the questions that no exam may draw; one statement."""
    statement = sa.select(_questions.id).where(
        _questions.tenant_id == tenant_id(), _questions.id.in_(list(question_ids)), sa.not_(drawable())
    )
    return set(db.session.scalars(statement))


def shown_version() -> sa.ColumnElement[UUID]:
    """The version that an exam takes which names the question: the latest ready one, else the latest."""
    return sa.func.coalesce(_questions.ready_version_id, _questions.latest_version_id, type_=sa.Uuid())


def pool(bank_id: UUID, tag: str = "", category: str = "") -> list[QuestionRef]:
    """What may be drawn from a bank, of a tag and from a category or below it where given; one statement."""
    statement = sa.select(_questions.id, _questions.ready_version_id, _questions.type).where(
        _questions.tenant_id == tenant_id(), _questions.bank_id == bank_id, in_pools()
    )
    if tag:
        statement = statement.where(with_tag(tag))
    if category:
        statement = statement.where(within(category))
    return [QuestionRef(*row) for row in db.session.execute(statement.order_by(_questions.id))]


def latest_refs(question_ids: Iterable[UUID]) -> dict[UUID, QuestionRef]:
    """The version of each question that exams take, by the question's id; ids that the tenant lacks are left out."""
    statement = sa.select(_questions.id, shown_version(), _questions.type).where(
        _questions.tenant_id == tenant_id(), _questions.id.in_(list(question_ids))
    )
    return {row.id: QuestionRef(*row) for row in db.session.execute(statement)}


def categories(bank_id: UUID) -> list[str]:
    """The paths of a bank's categories, in order: `a`, `a/b`."""
    statement = sa.select(Category.path).where(Category.tenant_id == tenant_id(), Category.bank_id == bank_id)
    return sorted(db.session.scalars(statement), key=lambda path: path.split("/"))


def tags(bank_id: UUID) -> list[str]:
    """The tags of a bank's questions, in order."""
    statement = sa.select(_questions.tags).where(_questions.tenant_id == tenant_id(), _questions.bank_id == bank_id)
    return sorted({tag for words in db.session.scalars(statement.distinct()) for tag in words})


# LIKE ignores case on SQLite and heeds it on PostgreSQL; these two mean the same on both.


def with_tag(tag: str) -> sa.ColumnElement[bool]:
    """Whether a question has a tag, written exactly so."""
    return tagged(sa.literal(f"|{tag}|"))


def tagged(barred: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """The same of a tag between bars, as tags are stored."""
    stored = sa.type_coerce(_questions.tags, sa.Text)
    return sa.func.replace(stored, barred, "") != stored


def within(category: str) -> sa.ColumnElement[bool]:
    """Whether a question is filed in the category of a path or below it."""
    below = f"{category}/"
    return sa.or_(_questions.category == category, sa.func.substr(_questions.category, 1, len(below)) == below)
