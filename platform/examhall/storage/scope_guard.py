"""The second wall between tenants: a guard that raises on an unscoped read and on a foreign write.

It sees every statement that goes through the session, ORM and Core alike, and every flush. `text()` and statements on a
bare connection pass it by: a lint forbids them, and the database itself stands behind (a file per tenant, row level
security).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, BooleanClauseList, ColumnClause, Grouping
from sqlalchemy.util import LRUCache

from examhall.storage.records import Record, tenant_id


class ScopeError(RuntimeError):
    """A statement that would reach beyond its tenant: a fault of ours, never of the input."""


def refuse_unscoped(state: ORMExecuteState) -> None:
    """Raise `ScopeError` unless every table of the statement is held to the current tenant.

    A table is held by `tenant_id = <the current tenant's id>` or by equality with the tenant_id of a table that is
    held; an insert by the `tenant_id` of each of its rows.
    """
    current = tenant_id()
    if state.is_insert:
        given = state.parameters or {}
        rows = [given] if isinstance(given, Mapping) else given
        if not all(row.get("tenant_id") == current for row in rows):
            raise ScopeError("every row of an insert has to name the current tenant in its parameters")
        return
    parameters = state.parameters if isinstance(state.parameters, Mapping) else {}
    binds = _KNOWN.get(state.statement)
    if binds is not None and all(_value(bind, parameters) == current for bind in binds):
        return
    key = state.statement._generate_cache_key()  # type: ignore[attr-defined]  # what sessions execute has it
    holders = _HOLDERS.get(key.key) if key else None
    if key and holders is not None and all(_value(key.bindparams[at], parameters) == current for at in holders):
        _KNOWN[state.statement] = tuple(key.bindparams[at] for at in holders)
        return
    named = _Named(current, parameters)
    named.read(state.statement)
    if missing := named.missing():
        names = ", ".join(sorted(table.name for table in missing))
        raise ScopeError(f"no tenant is named for {names}: begin with self.query() or compare tenant_id")
    holders = tuple(at for at, bind in enumerate(key.bindparams) if bind in named.holders) if key else ()
    if key and len(holders) == len(named.holders):
        _HOLDERS[key.key] = holders


#: Forms of statements that were found to be held, as SQLAlchemy tells them apart, and the places of the values in them
#: that have to be the current tenant's id. To read a statement each time would cost more than to run it.
_HOLDERS: LRUCache[Any, tuple[int, ...]] = LRUCache(1000)

#: The same of statements that are made once, by themselves: even to tell their form takes a while.
_KNOWN: WeakKeyDictionary[Any, tuple[BindParameter[Any], ...]] = WeakKeyDictionary()


def _value(bind: BindParameter[Any], parameters: Mapping[str, Any]) -> Any:
    return parameters.get(bind.key, bind.effective_value)


class _Named:
    """Which tables a statement reads or writes, and which of them its conditions hold to the current tenant.

    Only what must be true of every row counts: a part of an AND in WHERE or ON; nothing under OR or NOT, no column. The
    ON of an outer join holds the table that is joined, never the one whose rows stay without a partner.
    """

    def __init__(self, current: UUID, parameters: Mapping[str, Any]) -> None:
        self.current, self.parameters = current, parameters
        self.tables: set[Any] = set()
        self.held: set[Any] = set()
        self.links: list[tuple[Any, Any]] = []
        #: The values that were the current tenant's id.
        self.holders: set[BindParameter[Any]] = set()

    def read(self, element: Any, *, sure: bool = False, only: Any = None) -> None:
        """Take in an element and all below it; `sure` where it must be true, `only` the table that it may hold."""
        alias = isinstance(element, sa.Alias) and isinstance(element.element, sa.Table)
        if alias or isinstance(element, sa.Table):  # under each of its names a table is another one
            if "tenant_id" in element.c:
                self.tables.add(element)
        elif isinstance(element, sa.Select):
            # A select whose columns were replaced, as for a count, keeps its joins with the columns that it had
            before = [join for earlier in element._memoized_select_entities for join in earlier._setup_joins]
            for target, condition, _left, flags in (*before, *element._setup_joins):
                self.read(condition, sure=True, only=target if flags["isouter"] or flags["full"] else None)
            self._read_where(element)
        elif isinstance(element, sa.Update | sa.Delete):
            self._read_where(element)
        elif isinstance(element, sa.Join):
            self.read(element.left)
            self.read(element.right)
            self.read(element.onclause, sure=True, only=element.right if element.isouter or element.full else None)
        elif element is not None:
            if sure and isinstance(element, BinaryExpression) and element.operator is operators.eq:
                self._compare(self._side(element.left), self._side(element.right), only)
            conjunction = isinstance(element, BooleanClauseList) and element.operator is operators.and_
            sure = sure and (conjunction or isinstance(element, Grouping))
            for child in element.get_children():
                self.read(child, sure=sure, only=only)

    def _read_where(self, statement: Any) -> None:
        where = statement._where_criteria
        for child in statement.get_children():
            self.read(child, sure=any(child is condition for condition in where))

    def _compare(self, left: Any, right: Any, only: Any) -> None:
        for one, other in ((left, right), (right, left)):
            if one is None or other is None or one is True or (only is not None and one != only):
                continue
            if other is True:
                self.held.add(one)
            else:
                self.links.append((other, one))

    def _side(self, element: Any) -> Any:
        """The table whose tenant_id this is; True for the current tenant's id as a value; else None."""
        if isinstance(element, BindParameter):
            if _value(element, self.parameters) != self.current:
                return None
            self.holders.add(element)
            return True
        if isinstance(element, ColumnClause) and element.name == "tenant_id":
            return element.table
        return None

    def missing(self) -> set[Any]:
        """The tables that nothing holds, directly or by equality with one that is held."""
        grown = True
        while grown:
            grown = False
            for holder, table in self.links:
                if holder in self.held and table not in self.held:
                    self.held.add(table)
                    grown = True
        return self.tables - self.held


def refuse_foreign(session: Session, _context: object, _instances: object) -> None:
    """Raise `ScopeError` for a flush that would write a record of another tenant."""
    current = tenant_id()
    for record in (*session.new, *session.dirty, *session.deleted):
        if isinstance(record, Record) and record.tenant_id not in (None, current):
            raise ScopeError(f"a {type(record).__name__} of another tenant can't be written here")


def init_scope_guard() -> None:
    """Listen to the session; called once, however many platforms a process builds."""
    if not event.contains(Session, "do_orm_execute", refuse_unscoped):
        event.listen(Session, "do_orm_execute", refuse_unscoped)
        event.listen(Session, "before_flush", refuse_foreign)
