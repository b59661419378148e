"""One tenant with everything in it, on either engine, and a way to see whether any row of any table has changed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from werkzeug.test import TestResponse

from contracts.expected import MAY, ROWS
from contracts.world import HOME, Side, path_of, side_of
from examhall.extensions import db, limiter
from examhall.settings import load_settings
from examhall.storage.rls import APP, OWNER
from examhall.web.openapi import Operation, operations_of
from hall import Api, Hall
from servers import Postgres

SETTINGS = {"address_limit": "1000000/minute", "log_level": "CRITICAL"}
#: A number that rises with every transaction that writes, even one that is taken back.
WRITTEN = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"


@dataclass
class Place:
    """A hall, its first tenant, and something that differs once any row of its database is another."""

    hall: Hall
    home: Side
    rows: Callable[[], object]
    tags: dict[str, dict[str, str]] = field(default_factory=dict)

    def operation(self, endpoint: str, verb: str) -> Operation:
        """What the route declares of a verb: its schemas, its list."""
        route = self.hall.platform.routes[endpoint]
        return next(found for found in operations_of([route]) if found.verb == verb)

    def caller(self, endpoint: str, verb: str) -> Api:
        """Somebody who may do this: the candidate where a candidate may."""
        needs = ROWS[endpoint][verb].needs
        return self.home.people["candidate" if not needs or "candidate" in MAY[needs] else "admin"]

    def path(self, endpoint: str, verb: str, at: str = "") -> str:
        """The address of the row's things, or of those that `at` names."""
        return path_of(self.hall, endpoint, at or ROWS[endpoint][verb].at, self.home.things)

    def send(
        self, endpoint: str, verb: str, path: str = "", headers: dict[str, str] | None = None, **sent: Any
    ) -> TestResponse:
        """The row's call by somebody who may, with another address, header or body."""
        limiter.reset()
        caller, path = self.caller(endpoint, verb), path or self.path(endpoint, verb)
        if ROWS[endpoint][verb].tag and path not in self.tags:
            self.tags[path] = caller.matching(path.removeprefix("/api/v1"))
        told = caller.headers | self.tags.get(path, {}) | (headers or {})
        sent = {"buffered": True, "headers": told} | sent  # read to its end: a file that is sent is open until then
        answer = caller.client.open(path, method=verb, base_url=f"http://{HOME}.localhost", **sent)
        if answer.status_code < 400:  # what is refused leaves every tag as it was
            self.tags.clear()
        return answer


@contextmanager
def on_sqlite(root: Path, empty: Path) -> Iterator[Place]:
    """A place on one SQLite file; `empty` is a migrated one."""
    file = shutil.copy(empty, root / "all.sqlite")
    changes = {"instance_folder": root, "database_url": f"sqlite:///{file}", **SETTINGS}
    hall = Hall(load_settings({"EXAMHALL_ENV": "testing"}).model_copy(update=changes), "sqlite")

    limiter.reset()
    with closing(sqlite3.connect(file)) as watch:
        # a number that rises with every commit of another connection: whatever changes a row, it tells
        yield Place(hall, side_of(hall, HOME), lambda: watch.execute("PRAGMA data_version").fetchone())
    hall.dispose()


@contextmanager
def on_postgres(root: Path, cluster: Postgres, template: str) -> Iterator[Place]:
    """A place on a PostgreSQL database of its own, served by the app's role."""
    with cluster.database(template) as name:
        urls = {"database_url": cluster.url(name, user=APP), "owner_database_url": cluster.url(name, user=OWNER)}
        settings = load_settings({"EXAMHALL_ENV": "testing"})
        hall = Hall(settings.model_copy(update={"instance_folder": root, **SETTINGS, **urls}), "postgresql")
        digests = " UNION ALL ".join(
            f"SELECT '{table.name}', md5(string_agg(one::text, '|' ORDER BY one::text)) FROM {table.name} one"
            for table in db.metadata.sorted_tables
        )
        watch = create_engine(cluster.url(name), isolation_level="AUTOCOMMIT")  # the superuser, whom no policy holds
        limiter.reset()
        latest: object = None
        found: list[tuple[object, ...]] = []

        def rows() -> object:
            """The digests of all tables, taken anew once any transaction has written."""
            nonlocal latest, found
            before, latest = latest, connection.exec_driver_sql(WRITTEN).scalar()
            if latest != before:
                found = sorted(map(tuple, connection.exec_driver_sql(digests)))
            return found

        with watch.connect() as connection:
            yield Place(hall, side_of(hall, HOME), rows)
        watch.dispose()
        hall.dispose()
