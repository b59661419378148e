"""The base classes of every table: composite keys that begin with the tenant, ids made by the app, audit columns."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import g, has_request_context
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from uuid_utils.compat import uuid7

from examhall.clock import now
from examhall.extensions import db
from examhall.web.scope import scope


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware moment in UTC. SQLite has no such type: there it is the same moment without its zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment; a wrong guess of its zone would move a deadline."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone can't be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(sa.types.TypeDecorator[Decimal]):
    """An exact decimal with up to `scale` places. SQLite would make it a float: there it is text."""

    impl = sa.Numeric
    cache_ok = True
    #: As text, 9 would come after 10.
    sorts_as = sa.Float()

    def __init__(self, precision: int = 12, scale: int = 5) -> None:
        super().__init__(precision, scale)
        self.scale = scale

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """Text on SQLite, NUMERIC elsewhere."""
        return (
            dialect.type_descriptor(sa.String(32)) if dialect.name == "sqlite" else super().load_dialect_impl(dialect)
        )

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Round to the scale that the column has on every engine."""
        if value is None:
            return None
        value = value.quantize(Decimal(1).scaleb(-self.scale))
        return str(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Give back a plain decimal without trailing zeros, so that 1.00000 reads as 1."""
        return None if value is None else plain(Decimal(value))


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent."""
    value = value.normalize()
    exponent = value.as_tuple().exponent
    return value.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else value


def new_id() -> UUID:
    """A UUIDv7: made by the app, ordered by time."""
    return uuid7()


def tenant_id() -> UUID:
    """The current tenant's id."""
    return scope().id


def actor_id() -> UUID | None:
    """Who acts in the present request; None for commands."""
    person = g.get("principal") if has_request_context() else None
    return person.id if person else None


class Record(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes Model at run time
    """A row of one tenant, found by (tenant_id, id)."""

    __abstract__ = True

    tenant_id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True, default=tenant_id, sort_order=-3)
    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True, default=new_id, sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now, sort_order=90)


class MutableRecord(Record):
    """A record that changes: it says when, by whom, and how often; a stale write is refused by its revision."""

    __abstract__ = True

    updated_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now, sort_order=91)
    updated_by: Mapped[UUID | None] = mapped_column(sa.Uuid, default=actor_id, onupdate=actor_id, sort_order=92)
    revision: Mapped[int] = mapped_column(sa.Integer, default=1, sort_order=93)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return (
            {"version_id_col": cls.__table__.c.revision}
            if hasattr(cls, "__table__")
            else {"version_id_col": cls.revision}
        )


def belongs_to(table: str, column: str, *, ondelete: str = "RESTRICT") -> sa.ForeignKeyConstraint:
    """A foreign key to another record of the same tenant: (tenant_id, column) -> table (tenant_id, id)."""
    return sa.ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=ondelete)
