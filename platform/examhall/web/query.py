"""Filter, order and page a select by the request's arguments: whitelisted, total, capped. Knows no request."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.errors import N_, BadRequest, FieldError
from examhall.extensions import Statement

#: Arguments that every list understands beside its filters.
PAGING = frozenset({"page", "page_size", "order", "q", "format"})


@dataclass(frozen=True)
class Page:
    """Which part of a list is asked for, and how long the whole is once that is known."""

    number: int
    size: int
    total: int = 0
    #: Whether there are more than `total`: only so many were counted.
    more: bool = False

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.number - 1) * self.size

    def of(self, total: int, *, there: bool) -> Page:
        """This page of a list of `total` rows; `there`: the last one where it would lie beyond that."""
        page = replace(self, total=total)
        return replace(page, number=min(page.number, page.pages)) if there else page

    def links(self) -> dict[str, int]:
        """Relation to page number, for the `Link` header and the pager."""
        links = {"first": 1} if self.more else {"first": 1, "last": self.pages}
        if self.number > 1:
            links["prev"] = min(self.number - 1, self.pages)
        if self.number < self.pages:
            links["next"] = self.number + 1
        return links


def read_page(args: Mapping[str, str], size: int, maximum: int) -> Page:
    """`page` and `page_size` out of the arguments. Raises `BadRequest` unless both are plain whole numbers in range.

    So does a `format` other than JSON: who gives another one does not get as far as a page.
    """
    if args.get("format") not in (None, "", "json"):
        message = N_("There is no such format. Choose one of: %(known)s.")
        raise BadRequest(message, known="json", errors=[FieldError("format", message, {"known": "json"})])
    number = _whole(args, "page", 1, 1_000_000)
    return Page(number, _whole(args, "page_size", size, maximum))


def _whole(args: Mapping[str, str], name: str, default: int, maximum: int) -> int:
    text = args.get(name)
    if not text:
        return default
    # int() would also take " 7 ", "1_0" and "٧"
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= maximum):
        message = N_("Give a whole number from 1 to %(maximum)s.")
        raise BadRequest(message, maximum=maximum, errors=[FieldError(name, message, {"maximum": maximum})])
    return int(text)


def filtered(statement: Statement, model: type, filters: Sequence[str], args: Mapping[str, str]) -> Statement:
    """Narrow by equality on whitelisted columns; an empty value, as filter bars send it, narrows nothing.

    Raises `BadRequest` for an unknown argument or an unreadable value.
    """
    refuse_others(args, {*filters, *PAGING})
    for name in filters:
        if args.get(name):  # an empty one, as a form's "All" sends it, narrows nothing
            column = getattr(model, name)
            statement = statement.where(column == _value(name, column.type, args[name]))
    return statement


def refuse_others(args: Mapping[str, str], known: Collection[str]) -> None:
    """Raise `BadRequest`, naming those that are known, for any other argument."""
    for name in args:
        if name not in known:
            message = N_("There is no filter of this name. Known ones: %(known)s.")
            listed = ", ".join(sorted(known))
            raise BadRequest(message, known=listed, errors=[FieldError(name, message, {"known": listed})])


def searched(statement: Statement, model: type, columns: Sequence[str], args: Mapping[str, str]) -> Statement:
    """Narrow to rows in which one of `columns` holds the words of the argument `q`, whatever their case."""
    text = args.get("q", "").strip()
    if not text:
        return statement
    if "\0" in text or len(text) > 200 or not columns:
        message = (
            N_("Search for at most 200 characters of plain text.") if columns else N_("This list can't be searched.")
        )
        raise BadRequest(message, errors=[FieldError("q", message)])
    return statement.where(sa.or_(*(getattr(model, name).icontains(text, autoescape=True) for name in columns)))


def _value(name: str, kind: sa.types.TypeEngine[Any], text: str) -> Any:
    try:
        if isinstance(kind, sa.Uuid):
            return UUID(text)
        if isinstance(kind, sa.Boolean):
            return {"true": True, "false": False}[text]
        if isinstance(kind, sa.Integer):
            if not (text.isascii() and text.lstrip("-").isdigit() and len(text) <= 18):
                raise ValueError(text)
            return int(text)
    except (ValueError, KeyError) as error:
        message = N_("This value can't be filtered by. Check how it is written.")
        raise BadRequest(message, errors=[FieldError(name, message)]) from error
    if "\0" in text or len(text) > 200:
        message = N_("This value can't be filtered by. Check how it is written.")
        raise BadRequest(message, errors=[FieldError(name, message)])
    return text


def ordered(statement: Statement, model: Any, ordering: Sequence[str], asked: str | None) -> Statement:
    """Order by `asked` (one of the names in `ordering`, `-` before it to turn it round) or by all of `ordering`.

    The key comes last, so that the order is total and paging neither skips nor repeats. Raises `BadRequest` for
    another name.
    """
    names = [asked] if asked else ordering
    return statement.order_by(*(order_of(model, ordering, name) for name in names), model.id)


def order_of(model: Any, ordering: Sequence[str], asked: str) -> sa.UnaryExpression[Any]:
    """What a select is ordered by for one name, as for `ordered`."""
    known = {name.removeprefix("-") for name in ordering}
    name = asked.removeprefix("-")
    if name not in known:
        message = N_("The list can't be ordered by this. Known orders: %(known)s.")
        text = ", ".join(sorted(known))
        raise BadRequest(message, known=text, errors=[FieldError("order", message, {"known": text})])
    column = _sortable(getattr(model, name))
    return column.asc() if asked == name else column.desc()  # type: ignore[no-any-return]


def _sortable(column: Any) -> Any:
    """The column, or what its type sorts as where that is not how it is stored."""
    kind = getattr(column.type, "sorts_as", None)
    return column if kind is None else sa.cast(column, kind)
