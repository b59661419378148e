"""The second wall between tenants: a guard that raises on an unscoped read and on a foreign write.

It sees every statement that goes through the session, ORM and Core alike, and every flush. `text()` and statements on a
bare connection pass it by: a lint forbids them, and the database itself (a file per tenant, row level security) stands behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, ColumnClause

from examhall.storage.records import Record, tenant_id


class ScopeError(RuntimeError):
    """A statement that would reach beyond its tenant: a fault of ours, never of the input."""


def refuse_unscoped(state: ORMExecuteState) -> None:
    """Raise `ScopeError` unless every table of the statement is held to the current tenant.

    A table is held by `tenant_id = <the current tenant's id>` or by equality with the tenant_id of a table that is held;
    an insert by the `tenant_id` of each of its rows.
    """
    current = tenant_id()
    if state.is_insert:
        given = state.parameters or {}
        rows = [given] if isinstance(given, Mapping) else given
        if not all(row.get("tenant_id") == current for row in rows):
            raise ScopeError("every row of an insert has to name the current tenant in its parameters")
        return
    parameters = state.parameters if isinstance(state.parameters, Mapping) else {}
    tables, held, links = _tenants_named(state.statement, current, parameters)
    grown = True
    while grown:
        grown = False
        for one, other in links:
            if (one in held) != (other in held):
                held |= {one, other}
                grown = True
    if missing := tables - {getattr(table, "element", table) for table in held}:
        names = ", ".join(sorted(table.name for table in missing))
        raise ScopeError(f"no tenant is named for {names}: begin with self.query() or compare tenant_id")


def _tenants_named(
    statement: Any, current: UUID, parameters: Mapping[str, Any]
) -> tuple[set[Any], set[Any], list[tuple[Any, Any]]]:
    tables, held, links = set(), set(), []
    for element in visitors.iterate(statement):
        if isinstance(element, sa.Table):
            if "tenant_id" in element.c:
                tables.add(element)
        elif isinstance(element, BinaryExpression) and element.operator is operators.eq:
            left, right = (_side(side, current, parameters) for side in (element.left, element.right))
            if left is True and right is not None:
                held.add(right)
            elif right is True and left is not None:
                held.add(left)
            elif left is not None and right is not None:
                links.append((left, right))
    return tables, held, links


def _side(element: Any, current: UUID, parameters: Mapping[str, Any]) -> Any:
    """The table whose tenant_id this is; True for the current tenant's id as a value; else None."""
    if isinstance(element, BindParameter):
        return True if parameters.get(element.key, element.effective_value) == current else None
    if isinstance(element, ColumnClause) and element.name == "tenant_id":
        return element.table
    return None


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
