"""SQLite as the embedded default: durable at every connect, one writer at a time, nothing half-written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url

from examhall.errors import ConfigurationError, Unavailable
from examhall.extensions import db
from examhall.identity.models import User
from examhall.storage import transactions
from examhall.storage.engines import make_engine
from examhall.storage.records import tenant_id
from examhall.storage.transactions import writing
from hall import Hall, MakeHall


@pytest.fixture
def hall(make_hall: MakeHall) -> Hall:
    return make_hall("sqlite", database_pool=16)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What an engine is asked meanwhile."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def a_user(email: str = "ada@northwind.example") -> User:
    return User(email=email, name="0", role="candidate", password_hash="-")


def users_named() -> sa.Select[tuple[str]]:
    return sa.select(User.name).where(User.tenant_id == tenant_id())


def test_every_connection_keeps_what_it_acknowledges(hall: Hall) -> None:
    with hall.app().engines[None].connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_a_sqlite_that_does_not_sync_is_refused_at_connect(tmp_path: Any) -> None:
    class Deaf(sqlite3.Cursor):
        def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
            return super().execute("PRAGMA synchronous = 1" if "synchronous =" in statement else statement, *parameters)

    class Careless(sqlite3.Connection):
        def cursor(self, *_args: Any) -> Deaf:  # type: ignore[override]
            return super().cursor(Deaf)

    engine = make_engine(make_url(f"sqlite:///{tmp_path / 'a.sqlite'}"), 1)
    event.listen(engine, "do_connect", lambda _d, _r, args, named: sqlite3.connect(*args, factory=Careless, **named))
    with pytest.raises(ConfigurationError, match="synchronous"):
        engine.connect()
    engine.dispose()


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="in-memory"):
        make_engine(make_url("sqlite://"), 1)


def test_a_search_ignores_case_beyond_ascii(hall: Hall) -> None:
    with hall.app().engines[None].connect() as connection:
        assert connection.exec_driver_sql("SELECT lower('ÉTICA')").scalar() == "ética"


def test_a_writer_begins_immediately_and_a_reader_not_at_all(hall: Hall) -> None:
    with hall.inside() as app, statements(app.engines[None]) as seen:
        db.session.scalars(users_named()).all()
        assert not any(statement.startswith("BEGIN") for statement in seen)
        seen.clear()
        with writing():
            db.session.add(a_user())
        assert seen[0] == "BEGIN IMMEDIATE"
        assert seen[1].startswith("INSERT INTO users")


def test_sixteen_threads_lose_no_increment(hall: Hall) -> None:
    with hall.inside(write=True):
        db.session.add(a_user())

    def increment_often(_thread: int) -> None:
        for _ in range(50):
            with hall.inside(write=True) as app:
                user = db.session.scalars(sa.select(User).where(User.tenant_id == app.tenant.id)).one()
                user.name = str(int(user.name) + 1)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(increment_often, range(16)))
    with hall.inside():
        assert db.session.scalars(users_named()).all() == ["800"]


def test_a_writer_that_waits_too_long_is_told_to_come_back(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "PATIENCE", 0.05)

    def another() -> None:
        with hall.inside(), pytest.raises(Unavailable), writing():
            raise AssertionError("two writers at once")

    with hall.inside(write=True), ThreadPoolExecutor(1) as threads:
        threads.submit(another).result()
    with hall.inside(write=True):
        db.session.add(a_user())  # and the queue is open again


def test_a_file_that_another_process_writes_is_waited_for_and_then_given_up(hall: Hall) -> None:
    with hall.inside() as app:
        engine = app.engines[None]
        event.listen(engine, "checkout", lambda connection, *_: connection.execute("PRAGMA busy_timeout = 50"))
        other = sqlite3.connect(str(engine.url.database), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sa.exc.OperationalError, match="locked"), writing():
            raise AssertionError("two writers at once")
        other.execute("ROLLBACK")
        other.close()
        with writing():
            db.session.add(a_user())
