"""What both faces read: banks with their figures, the list of a bank's questions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from flask import request
from sqlalchemy.orm import defer
from sqlalchemy.sql import operators

from examhall.bank.filing import criteria
from examhall.bank.models import Access, Bank, Question
from examhall.bank.sharing import access as rights
from examhall.errors import NotFound
from examhall.extensions import Statement, db
from examhall.storage.records import tenant_id
from examhall.web.query import Page, filtered, order_of, read_page
from examhall.web.views import ListView

#: What rows are ordered by: a column, up or down, and where two may share its value, what tells them apart.
Order = tuple[sa.UnaryExpression[Any], *tuple[Any, ...]]
#: How the rows of a page are read, each with the number of all beside it, and how that number is read alone.
Found = tuple[Statement, Statement]


def load_bank(bank_id: UUID, access: Access | None = None) -> Bank:
    """A bank with which the present person may do this; None: what the request is for (see `sharing.access`).

    Raises `NotFound`, `Forbidden`.
    """
    bank, level = load_bank_level(bank_id)
    rights.require(level, access)
    return bank


def load_bank_level(bank_id: UUID) -> tuple[Bank, int]:
    """A bank with which the present person may do anything at all, and how much: see `sharing.access`.

    Raises `NotFound`.
    """
    found = db.session.execute(_BANK, {"tenant": tenant_id(), "bank": bank_id}).one_or_none()
    if found is None:
        raise NotFound()
    bank, level = found
    rights.require(level, Access.USE)
    bank.writable = level == rights.LEVELS[Access.WRITE]
    return bank, level


_BANK = sa.select(Bank, rights.granted).where(Bank.tenant_id == sa.bindparam("tenant"), Bank.id == sa.bindparam("bank"))


def load_question(question_id: UUID, access: Access | None = None) -> Question:
    """A question of a bank with which the present person may do this, as for `load_bank`.

    Raises `NotFound`, `Forbidden`.
    """
    of_bank = sa.and_(Bank.tenant_id == Question.tenant_id, Bank.id == Question.bank_id)
    statement = sa.select(Question, rights.granted).join(Bank, of_bank)
    found = db.session.execute(
        statement.where(Question.tenant_id == tenant_id(), Question.id == question_id)
    ).one_or_none()
    if found is None:
        raise NotFound()
    question, level = found
    rights.require(level, access)
    return question


def question_count(bank_id: UUID) -> int:
    """How many questions a bank holds, whatever their status."""
    statement = sa.select(sa.func.count()).where(Question.tenant_id == tenant_id(), Question.bank_id == bank_id)
    return db.session.scalar(statement) or 0


def counted_banks() -> Statement:
    """The banks that the present person may at least use, each with the number of its questions and their level."""
    count = (
        sa.select(sa.func.count())
        .where(Question.tenant_id == Bank.tenant_id, Question.bank_id == Bank.id)
        .scalar_subquery()
        .label("question_count")
    )
    level = rights.granted
    return sa.select(Bank, count, level.label("level")).where(Bank.tenant_id == tenant_id(), level > 0)


class QuestionList(ListView):
    """Questions, narrowed by `criteria.NAMES`. Of very many only so many are counted that there is a next page."""

    model = Question
    filters: Sequence[str] = ("type", "status", "difficulty", "language", "author_id", "import_id")
    search = ("words",)
    ordering = ("created_at", "name", "type", "category", "status", "difficulty", "points", "updated_at")
    page_size = 25
    #: How many questions are counted, of more the list says that there are more; by what it may be narrowed and counts
    #: on all the same; and how far it does so then, None: to the end.
    counted: ClassVar[int] = 500
    counts_on: ClassVar[frozenset[str]] = frozenset(criteria.NAMES) - {"q", "tag"}
    counted_on: ClassVar[int | None] = None
    #: What a row holds, where that is less than the whole question.
    columns: ClassVar[Sequence[Any]] = ()

    def page_of(self, statement: Statement, bank_id: UUID | None = None) -> tuple[Sequence[Any], Page]:
        """The questions of the page that the request asks for, without their words; of one bank where it is named."""
        args = {name: value for name, value in request.args.items() if value}
        page = read_page(args, self.page_size, self.max_page_size)
        wanted = criteria.read(args)
        rest = {name: value for name, value in args.items() if name not in criteria.NAMES}
        statement = filtered(statement, Question, [*self.filters, *criteria.NAMES], rest)
        given = criteria.values(wanted, bank_id)
        sought = bool(wanted.keys() - self.counts_on)
        within = self.counted if sought else self.counted_on
        if within:
            within = max(within, page.offset + 4 * page.size)
        made = _made if statement is OF_BANK else _made.__wrapped__
        form = Form(type(self), tuple(given), args.get("order"), tuple(self.ordering), sought, bool(within))
        rows_of, counted = made(statement, form)
        given |= {"bank": bank_id, "most": within and within + 1, "take": page.size, "skip": page.offset}
        found = db.session.execute(rows_of, given).all()
        total = found[0][-1] if found else 0
        if not found and page.number > 1:
            total = db.session.scalar(counted, given) or 0
            page = page.of(total, there=bool(self.template))
            found = db.session.execute(rows_of, given | {"skip": page.offset}).all() if self.template else []
        rows = found if self.columns else [row[0] for row in found]
        more = bool(within and total > within)
        return rows, Page(page.number, page.size, within if more and within else total, more)


#: The questions of one bank, to be narrowed.
OF_BANK: Statement = sa.select(Question).where(
    Question.tenant_id == sa.bindparam("tenant"), Question.bank_id == sa.bindparam("bank")
)
_TAKE, _SKIP, _MOST = (sa.bindparam(name, type_=sa.Integer) for name in ("take", "skip", "most"))


class Form(NamedTuple):
    """What lists of questions have in common that differ in their values alone."""

    view: type[QuestionList]
    #: What narrows, by the names of `criteria.values`.
    given: tuple[str, ...]
    order: str | None
    ordering: tuple[str, ...]
    sought: bool
    limited: bool


@lru_cache(maxsize=500)
def _made(statement: Statement, form: Form) -> Found:
    """The rows of a page and how their number is read alone; made once, as that takes as long as to run it."""
    statement, natural = criteria.narrowed(statement, form.given)
    order: Order = (order_of(Question, form.ordering, form.order or form.ordering[0]), Question.id)
    if natural is not None and form.order is None:
        order = (natural.asc(),)
    return (_sought if form.sought else _whole)(statement, form, order)


def _whole(statement: Statement, form: Form, order: Order) -> Found:
    """The rows of a page, each with their number beside it: one statement for both, unless there is no row."""
    numbered = statement.with_only_columns(sa.literal(1))
    counted = sa.select(sa.func.count()).select_from((numbered.limit(_MOST) if form.limited else numbered).subquery())
    rows = _read(statement, form).add_columns(counted.scalar_subquery()).order_by(*order)
    return rows.limit(_TAKE).offset(_SKIP), counted


def _sought(statement: Statement, form: Form, order: Order) -> Found:
    """As `_whole`, of a list that is narrowed: what fits is looked for once, and then read and counted."""
    by, down = order[0].element, order[0].modifier is operators.desc_op
    fits = statement.with_only_columns(Question.id, by.label("place"), maintain_column_froms=True).order_by(*order)
    hits = (fits.limit(_MOST) if form.limited else fits).cte("hits")
    counted = sa.select(sa.func.count()).select_from(hits)
    here = _placed(sa.select(hits), hits, down).limit(_TAKE).offset(_SKIP).subquery("here")
    rows = _read(sa.select(Question).where(Question.tenant_id == sa.bindparam("tenant")), form)
    rows = rows.join(here, here.c.id == Question.id)
    return _placed(rows.add_columns(counted.scalar_subquery()), here, down), counted


def _read(statement: Statement, form: Form) -> Statement:
    """What a row holds."""
    if form.view.columns:
        return statement.with_only_columns(*form.view.columns, maintain_column_froms=True)
    return statement.options(defer(Question.words, raiseload=True))


def _placed(statement: Statement, hits: sa.FromClause, down: bool) -> Statement:
    """In the order in which the hits were found."""
    return statement.order_by(hits.c.place.desc() if down else hits.c.place, hits.c.id)
