"""What a list of questions is narrowed by: read from an address or a saved filter, and put into a select."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.filing import categories, search
from examhall.bank.models import Question
from examhall.errors import N_, BadRequest, FieldError
from examhall.extensions import Statement
from examhall.storage.records import tenant_id
from examhall.tenancy import current_tenant

TEXT_LIMIT = 200

#: Arguments that narrow the questions of a bank, beside those of paging.
NAMES = (
    "q", "type", "tag", "category", "category_id", "status", "difficulty", "language", "author_id", "changed_since",
    "import_id",
)  # fmt: skip


def read(args: Mapping[str, str]) -> dict[str, str]:
    """Those of the arguments that narrow; an empty value, as forms send it, narrows nothing.

    Raises `BadRequest` for a value that can't be read.
    """
    asked = {name: args[name] for name in NAMES if args.get(name)}
    for name, text in asked.items():
        if "\0" in text or len(text) > TEXT_LIMIT:
            raise _unreadable(name)
        if name in _READ:
            _value(name, text)
    return asked


def values(asked: Mapping[str, str], bank_id: UUID | None) -> dict[str, Any]:
    """What `read` gave as the parameters of the select that `narrowed` makes of their names; `tenant` is one of them.

    `bank_id` None: of all banks, to which the select holds by itself.
    """
    found = {name: _value(name, text) for name, text in asked.items() if name in _TERMS}
    return {"tenant": tenant_id(), **found, **search.values(bank_id, asked.get("q", ""), asked.get("tag", ""))}


def narrowed(statement: Statement, given: Iterable[str]) -> tuple[Statement, Any]:
    """A select of questions, held to what `values` gives: to be run with that.

    Also gives what to order by where no order was asked for (see `search.searched`); None: nothing special.
    """
    given = list(given)
    for name in given:
        if name in _TERMS:
            statement = statement.where(_TERMS[name](sa.bindparam(name)))
    return search.searched(statement, given)


def _value(name: str, text: str) -> Any:
    try:
        return _READ.get(name, str)(text)
    except (ValueError, OverflowError) as error:
        raise _unreadable(name) from error


def _moment(text: str) -> datetime:
    """A moment with its zone, or a day of the organization's own zone."""
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), time(), current_tenant().zone).astimezone(UTC)
    moment = datetime.fromisoformat(text.replace(" ", "+"))  # a plus that was not written as %2B
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _unreadable(name: str) -> BadRequest:
    message = N_("This value can't be filtered by. Check how it is written.")
    return BadRequest(message, errors=[FieldError(name, message)])


_READ: Mapping[str, Callable[[str], Any]] = {
    "category_id": UUID, "author_id": UUID, "import_id": UUID, "changed_since": _moment,
}  # fmt: skip
_TERMS: Mapping[str, Callable[[Any], sa.ColumnElement[bool]]] = {
    "type": lambda value: Question.type == value,
    "status": lambda value: Question.status == value,
    "difficulty": lambda value: Question.difficulty == value,
    "language": lambda value: Question.language == value,
    "author_id": lambda value: Question.author_id == value,
    "import_id": lambda value: Question.import_id == value,
    # Out of reach of the index by change, whose use would mean to sort all that it finds
    "changed_since": lambda value: sa.func.nullif(Question.updated_at, None, type_=Question.updated_at.type) >= value,
    "category": lambda path: categories.within_path(sa.bindparam("tenant"), sa.type_coerce(path, sa.String)),
    "category_id": lambda id_: categories.within(sa.bindparam("tenant"), id_),
}
