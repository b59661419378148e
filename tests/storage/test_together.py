"""Several writes in one transaction on both engines: what fails and is caught leaves nothing behind."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from examhall.extensions import db
from examhall.identity.models import User
from examhall.storage.records import tenant_id
from examhall.storage.transactions import after_commit, after_rollback, together, writing
from hall import Hall

audit = logging.getLogger("examhall.audit")


def add(email: str, *, fail: bool = False) -> None:
    with writing() as session:
        session.add(User(email=email, name="Somebody", role="candidate", password_hash="-"))
        session.flush()
        audit.info("%s added", email)
        if fail:
            raise ZeroDivisionError


def fail_later() -> None:
    add("ada@x.example")
    raise ZeroDivisionError


def emails() -> list[str]:
    return sorted(db.session.scalars(sa.select(User.email).where(User.tenant_id == tenant_id())))


def test_all_or_nothing(hall: Hall) -> None:
    with hall.inside():
        with pytest.raises(ZeroDivisionError), together():
            fail_later()
        assert emails() == []
        with together() as begun:
            assert not begun()
            add("ada@x.example")
            add("bob@x.example")
            assert begun()
    with hall.inside():
        assert emails() == ["ada@x.example", "bob@x.example"]


def test_a_write_that_fails_and_is_caught_is_taken_back_alone(hall: Hall) -> None:
    with hall.inside():
        with together() as begun:
            with pytest.raises(ZeroDivisionError):
                add("ada@x.example", fail=True)
            assert not begun(), "nothing is held for a write that failed"
            add("bob@x.example")
            with pytest.raises(ZeroDivisionError):
                add("cleo@x.example", fail=True)
            assert begun()
            add("dora@x.example")
        assert emails() == ["bob@x.example", "dora@x.example"]


def test_the_audit_log_tells_what_stands_and_nothing_else(
    hall: Hall, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "examhall.audit")

    def full(_session: Session) -> None:
        raise OSError("the disk is full")

    with hall.inside():
        with together():
            with pytest.raises(ZeroDivisionError):
                add("ada@x.example", fail=True)
            add("bob@x.example")
            with pytest.raises(ZeroDivisionError):
                add("cleo@x.example", fail=True)
            add("dora@x.example")
            assert caplog.messages == []
        with pytest.raises(ZeroDivisionError):
            add("emil@x.example", fail=True)
        with monkeypatch.context() as patched:
            patched.setattr(Session, "commit", full)
            with pytest.raises(OSError, match="full"):
                add("finn@x.example")
        audit.info("looked at")
    assert caplog.messages == ["bob@x.example added", "dora@x.example added", "looked at"]


def test_what_waits_for_a_write_that_is_refused_at_its_end_is_never_done(hall: Hall) -> None:
    done: list[str] = []

    def add_again() -> None:
        with writing() as session:  # what was added is flushed with the end of it
            session.add(User(email="ada@x.example", name="Somebody", role="candidate", password_hash="-"))
            after_commit(lambda: done.append("ada"))

    with hall.inside():
        with together():
            add("ada@x.example")
            with pytest.raises(IntegrityError):
                add_again()
            after_commit(lambda: done.append("the rest"))
        assert emails() == ["ada@x.example"]
    assert done == ["the rest"]


def test_what_waits_for_the_commit_may_write_itself(hall: Hall) -> None:
    with hall.inside():
        with writing():
            add("ada@x.example")
            after_commit(lambda: add("bob@x.example"))
        after_commit(lambda: add("cleo@x.example"))
        assert emails() == ["ada@x.example", "bob@x.example", "cleo@x.example"]


def test_what_was_made_for_a_write_is_removed_where_it_is_taken_back(hall: Hall) -> None:
    removed: list[str] = []

    def make(name: str, *, fail: bool = False) -> None:
        with writing():
            after_rollback(lambda: removed.append(name))
            if fail:
                raise ZeroDivisionError

    def make_two() -> None:
        make("whole")
        make("part", fail=True)

    with hall.inside():
        make("stands")
        with pytest.raises(ZeroDivisionError):
            make("alone", fail=True)
        with together():
            make("first")
            with pytest.raises(ZeroDivisionError):
                make("caught", fail=True)
        assert removed == ["alone", "caught"]
        with pytest.raises(ZeroDivisionError), together():
            make_two()
        assert removed == ["alone", "caught", "part", "whole"]
