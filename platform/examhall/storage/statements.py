"""Statements that both engines understand but SQLAlchemy keeps in two dialects."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from examhall.extensions import db


def table(model: type) -> sa.Table:
    """The table behind a model, for statements that carry values and not entities."""
    found: sa.Table = model.__table__  # type: ignore[attr-defined]  # every model has one
    return found


def insert(model: type) -> Any:
    """An insert that may say `on_conflict_do_nothing` or `on_conflict_do_update`.

    Never trust its rowcount, which is -1 for done and refused alike: ask for `returning`.
    """
    dialect = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(table(model))
