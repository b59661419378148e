"""Several writes in one transaction on both engines: what fails and is caught leaves nothing behind."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from examhall.extensions import db
from examhall.identity.models import User
from examhall.storage.records import tenant_id
from examhall.storage.transactions import together, writing
from hall import Hall


def add(email: str, *, fail: bool = False) -> None:
    with writing() as session:
        session.add(User(email=email, name="Somebody", role="candidate", password_hash="-"))
        session.flush()
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
