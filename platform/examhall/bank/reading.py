"""What both faces read: banks with their figures, the list of a bank's questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import request

from examhall.bank.models import Bank, Question
from examhall.bank.operations import with_tag, within
from examhall.errors import N_, BadRequest, FieldError, NotFound
from examhall.extensions import Statement, db
from examhall.storage.records import tenant_id
from examhall.web.query import Page, filtered, ordered, read_page, searched
from examhall.web.views import ListView


def load_bank(bank_id: UUID) -> Bank:
    """A bank of the tenant. Raises `NotFound`."""
    bank = db.session.scalars(sa.select(Bank).where(Bank.tenant_id == tenant_id(), Bank.id == bank_id)).one_or_none()
    if bank is None:
        raise NotFound()
    return bank


def load_question(question_id: UUID) -> Question:
    """A question of the tenant. Raises `NotFound`."""
    statement = sa.select(Question).where(Question.tenant_id == tenant_id(), Question.id == question_id)
    question = db.session.scalars(statement).one_or_none()
    if question is None:
        raise NotFound()
    return question


def question_count(bank_id: UUID) -> int:
    """How many questions a bank holds, whatever their status."""
    statement = sa.select(sa.func.count()).where(Question.tenant_id == tenant_id(), Question.bank_id == bank_id)
    return db.session.scalar(statement) or 0


def counted_banks() -> Statement:
    """Banks, each with the number of its questions."""
    count = (
        sa.select(sa.func.count())
        .where(Question.tenant_id == Bank.tenant_id, Question.bank_id == Bank.id)
        .scalar_subquery()
        .label("question_count")
    )
    return sa.select(Bank, count).where(Bank.tenant_id == tenant_id())


class QuestionList(ListView):
    """Questions of one bank: narrowed by type, status, tag and category (those below it included), or by words."""

    model = Question
    filters, search = ("type", "status"), ("name", "excerpt")
    ordering = ("created_at", "name", "type", "category", "status", "updated_at")
    page_size = 25

    def page_of(self, statement: Statement) -> tuple[Sequence[Any], Page]:
        """As in every list; an empty value, which a form of a page sends, narrows nothing."""
        args = {name: value for name, value in request.args.items() if value}
        page = read_page(args, self.page_size, self.max_page_size)
        if tag := _plain(args, "tag"):
            statement = statement.where(with_tag(tag))
        if category := _plain(args, "category"):
            statement = statement.where(within(category))
        statement = searched(filtered(statement, Question, self.filters, args), Question, self.search, args)
        total = db.session.scalar(statement.with_only_columns(sa.func.count()).order_by(None))
        statement = ordered(statement, Question, self.ordering, args.get("order"))
        rows = db.session.scalars(statement.limit(page.size).offset(page.offset)).all()
        return rows, Page(page.number, page.size, total or 0)


def _plain(args: dict[str, str], name: str) -> str:
    text = args.pop(name, "")
    if "\0" in text or len(text) > 200:
        message = N_("This value can't be filtered by. Check how it is written.")
        raise BadRequest(message, errors=[FieldError(name, message)])
    return text
