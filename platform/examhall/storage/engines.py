"""Engines, shared by URL: durable settings asserted at each connect, one queue of writers for each SQLite file."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url

from examhall.errors import ConfigurationError
from examhall.settings import Settings
from examhall.tenancy.tenant import Tenant

#: Milliseconds that a writer of another process is waited for.
BUSY_MS = 5000
#: Settings of each connection without which a promise of durability or integrity would not hold.
PRAGMAS: dict[str, str | int] = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": BUSY_MS}
#: KiB of pages that a connection keeps, once it has read them: enough for the index behind a list of 20,000 questions.
CACHE_KIB = 8192


class Engines:
    """URL to engine; tenants with the same URL share one."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._engines: dict[URL, Engine] = {}
        self._lock = threading.Lock()

    def url_of(self, tenant: Tenant, *, owner: bool = False) -> URL:
        """Where the tenant's data lives; for migrations as the `owner` of the tables."""
        template = tenant.settings.storage.database_url or self.settings.database_url
        if owner and self.settings.owner_database_url and not template.startswith("sqlite"):
            template = self.settings.owner_database_url
        instance = self.settings.instance_folder.absolute()
        try:
            url = make_url(template)
            names = {"instance": instance, "slug": tenant.slug, "id": tenant.id}
            return url.set(database=(url.database or "").format(**names))  # a password may hold braces, a folder a "?"
        except (sa.exc.ArgumentError, KeyError, IndexError, ValueError) as error:
            raise ConfigurationError(
                "settings", "database_url", "give a URL such as postgresql+psycopg://user@host/name"
            ) from error

    def of(self, tenant: Tenant) -> Engine:
        """The engine that the tenant's requests use."""
        return self.at(self.url_of(tenant))

    def at(self, url: URL) -> Engine:
        """The engine of a URL, made at first use; no connection is opened yet."""
        engine = self._engines.get(url)
        if engine is None:
            with self._lock:
                engine = self._engines.get(url) or self._engines.setdefault(
                    url, make_engine(url, self.settings.database_pool)
                )
        return engine

    def dispose(self) -> None:
        """Close every pooled connection."""
        with self._lock:
            for engine in self._engines.values():
                engine.dispose()


def make_engine(url: URL, pool_size: int) -> Engine:
    """An engine for SQLite or PostgreSQL, with the settings that the promises of durability rest on.

    Parameters never stand in the log of an error: they hold answers and hashes of passwords.
    """
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise ConfigurationError(
                "settings", "database_url", "an in-memory database loses what it acknowledged; name a file"
            )
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # isolation_level None: the driver never begins by itself. Reads are single statements (READ COMMITTED, as on
        # PostgreSQL), and `storage.transactions.writing` begins IMMEDIATE for writers.
        engine = sa.create_engine(
            url, pool_size=pool_size, max_overflow=0, pool_timeout=5, hide_parameters=True,
            connect_args={"isolation_level": None, "check_same_thread": False, "timeout": BUSY_MS / 1000},
        )  # fmt: skip
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "before_cursor_execute", _refuse_stray_writes)
        return engine
    # Each statement gets a plan of its own: one kept from when a table was small would serve when an exam has filled it
    options = (
        "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000 "
        "-c synchronous_commit=on -c timezone=UTC -c plan_cache_mode=force_custom_plan -c jit=off"
    )
    # AUTOCOMMIT: the driver never begins by itself either; sessions begin and name the tenant in one message (see
    # `storage.transactions.begin_as_tenant`).
    engine = sa.create_engine(
        url, pool_size=pool_size, max_overflow=0, pool_timeout=5, pool_pre_ping=False, pool_use_lifo=True,
        hide_parameters=True, isolation_level="AUTOCOMMIT",
        connect_args={"options": options, "connect_timeout": 5},
    )  # fmt: skip
    event.listen(engine, "connect", _refuse_powerful_role)
    event.listen(engine, "before_cursor_execute", _refuse_stray_writes)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for name, value in PRAGMAS.items():
        cursor.execute(f"PRAGMA {name} = {value}")
        found = cursor.execute(f"PRAGMA {name}").fetchone()[0]
        if found != value:
            raise ConfigurationError(
                "database", name, f"SQLite runs with {found!r} where {value!r} is needed to keep answers safe"
            )
    cursor.execute(f"PRAGMA cache_size = {-CACHE_KIB}")
    cursor.close()
    # SQLite's own lower() knows ASCII only; a search for «ética» has to find «Ética» on both engines
    connection.create_function(
        "lower", 1, lambda text: text.lower() if isinstance(text, str) else text, deterministic=True
    )


def _refuse_stray_writes(
    connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
) -> None:
    written = context is not None and (context.isinsert or context.isupdate or context.isdelete)
    if written and not connection.get_execution_options().get("writing"):
        raise RuntimeError(
            "a write outside of storage.transactions.writing() would not be atomic: open one in the operation"
        )


def _refuse_powerful_role(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        name, powerful = cursor.fetchone()
    connection.rollback()
    if powerful:
        raise ConfigurationError(
            "settings",
            "database_url",
            f"role {name!r} bypasses row level security; make roles with `flask storage roles` and use the app's",
        )
