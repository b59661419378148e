"""Write transactions: one per operation, one writer at a time on SQLite, all or nothing on both engines."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from flask import has_app_context
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session, SessionTransaction

from examhall.errors import Unavailable
from examhall.extensions import db
from examhall.web.scope import scope

P = ParamSpec("P")
R = TypeVar("R")

audit = logging.getLogger("examhall.audit")

#: Seconds that a writer waits for those before it on the same SQLite file.
PATIENCE = 5.0

# SQLite's own busy handler sleeps up to 100 ms between looks, so writers of one file queue here: p99 7 instead of 80 ms
_queues: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()
_queues_lock = threading.Lock()


@contextmanager
def writing() -> Iterator[Session]:
    """A write transaction: committed at the end, rolled back on any error. Inside another one it joins that.

    What was read before it began may be stale by now: lock or read again what the write depends on.
    Raises `Unavailable` when the database is busy for too long.
    """
    session = db.session()
    told = session.info
    if told.get("writing"):
        yield session
        return
    until: ExitStack | None = told.get("until")
    first = until is not None and "then" not in told
    before = len(told.get("then", ()))
    try:
        with ExitStack() as own:
            if until is None or first:
                (until or own).enter_context(_transaction(session))
            else:
                own.enter_context(session.begin_nested())
            told["writing"] = True
            try:
                yield session
            finally:
                told["writing"] = False
    except BaseException as error:  # also one of what is only written at the end
        if "then" in told:
            told["then"], taken_back = told["then"][:before], told["then"][before:]
            _act(taken_back, stands=False)
        if until is not None and first:  # whoever catches it finds nothing half done
            until.__exit__(type(error), error, error.__traceback__)
        raise


@contextmanager
def together() -> Iterator[Callable[[], bool]]:
    """One write transaction for all writes within, from the first of them on: work before it keeps nobody waiting.

    A write that fails takes back only itself. What is yielded tells whether there is anything to commit.
    """
    session = db.session()
    with ExitStack() as until:
        session.info["until"] = until
        try:
            yield lambda: "then" in session.info
        finally:
            del session.info["until"]


@contextmanager
def _transaction(session: Session) -> Iterator[Session]:
    connection = session.connection()
    lock = _queue(connection) if connection.dialect.name == "sqlite" else None
    if lock is not None and not lock.acquire(timeout=PATIENCE):
        raise Unavailable()
    session.info["then"] = []
    stands = False
    try:
        if lock is not None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.execution_options(writing=True)  # without it `engines` refuses to write
        yield session
        session.commit()
        stands = True
    except BaseException:
        session.rollback()
        raise
    finally:
        then = session.info.pop("then")
        if lock is not None:
            lock.release()
        _act(then, stands=stands)


def _act(then: Sequence[tuple[bool, Callable[[], object]]], *, stands: bool) -> None:
    for when, act in then:
        if when is stands:
            act()


def after_commit(act: Callable[[], object]) -> None:
    """Do this once what is being written stands, at once where nothing is; never where it is taken back."""
    then = db.session().info.get("then")
    if then is None:
        act()
    else:
        then.append((True, act))


def after_rollback(act: Callable[[], object]) -> None:
    """Do this where what is being written is taken back, be it after the operation has ended. Only inside a write."""
    db.session().info["then"].append((False, act))


def writes(operation: Callable[P, R]) -> Callable[P, R]:
    """Decorator: run an operation in a write transaction."""

    @wraps(operation)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with writing():
            return operation(*args, **kwargs)

    return inside


def _queue(connection: Connection) -> threading.Lock:
    with _queues_lock:
        return _queues.setdefault(connection.engine, threading.Lock())


def begin_as_tenant(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """Begin on PostgreSQL, and tell it whose rows this transaction may touch.

    A literal `SET LOCAL` is gone with the transaction and is the one form that reaches the workers of a Citus cluster;
    the value is a UUID, so that nothing needs quoting.
    """
    if connection.dialect.name == "postgresql" and not transaction.nested:
        connection.exec_driver_sql(f"BEGIN; SET LOCAL app.tenant = '{scope().id}'")


def told_now(line: logging.LogRecord) -> bool:
    """Whether a line of the audit log is written now: one about what is not committed yet waits for that."""
    if not has_app_context() or "then" not in db.session().info:
        return True
    after_commit(lambda: audit.handle(line))
    return False


def init_transactions() -> None:
    """Listen to the session and the audit log; called once, however many platforms a process builds."""
    audit.addFilter(told_now)
    if not event.contains(Session, "after_begin", begin_as_tenant):
        event.listen(Session, "after_begin", begin_as_tenant)
