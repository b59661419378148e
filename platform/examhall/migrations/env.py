"""Run by Alembic: opens the database that `storage.migrate` names and runs the revisions on it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from sqlalchemy.engine import URL, make_url

import examhall.models  # noqa: F401  (fills the metadata that autogenerate compares with)
from examhall.extensions import db
from examhall.storage.migrate import of_the_models


def run() -> None:
    """Upgrade in one transaction. On SQLite foreign keys rest meanwhile, and are checked before it commits."""
    url: URL = context.config.attributes.get("url") or make_url(
        context.config.get_main_option("sqlalchemy.url") or "sqlite://"
    )
    sqlite = url.get_backend_name() == "sqlite"
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"isolation_level": None} if sqlite else {})
    with engine.connect() as connection:
        if sqlite:
            # A batch migration drops and renames tables: with foreign keys on it would take the children along
            connection.exec_driver_sql("PRAGMA journal_mode = wal")
            connection.exec_driver_sql("PRAGMA foreign_keys = 0")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        context.configure(
            connection=connection, target_metadata=db.metadata, render_as_batch=sqlite, compare_type=True,
            include_name=of_the_models,
        )  # fmt: skip
        with context.begin_transaction():
            context.run_migrations()
        if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
            connection.rollback()
            raise RuntimeError(f"the migration would leave rows without their parents: {broken[:5]}")
        connection.commit()
    engine.dispose()


run()
