"""Write transactions on both engines: all or nothing, nested ones join, stale writes are refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from examhall.extensions import db
from examhall.identity.models import User
from examhall.storage.records import tenant_id
from examhall.storage.transactions import writes, writing
from hall import Hall, MakeHall
from servers import Postgres


def add_user(email: str) -> User:
    user = User(email=email, name="Somebody", role="candidate", password_hash="-")
    db.session.add(user)
    db.session.flush()
    return user


@writes
def fail_after(act: Callable[[], object]) -> None:
    act()
    raise ZeroDivisionError


def emails() -> list[str]:
    return sorted(db.session.scalars(sa.select(User.email).where(User.tenant_id == tenant_id())))


def test_an_error_takes_back_everything(hall: Hall) -> None:
    with hall.inside():
        with pytest.raises(ZeroDivisionError):
            fail_after(lambda: add_user("ada@northwind.example"))
        assert emails() == []
        with writing():
            add_user("bob@northwind.example")
        assert emails() == ["bob@northwind.example"]


def test_a_write_outside_of_a_transaction_is_refused(hall: Hall) -> None:
    with hall.inside():
        with pytest.raises(RuntimeError, match="writing"):
            add_user("ada@northwind.example")
        db.session.rollback()
        with writing():
            add_user("bob@northwind.example")
        with pytest.raises(RuntimeError, match="writing"):
            db.session.execute(sa.delete(User).where(User.tenant_id == tenant_id()))
    with hall.inside():
        assert emails() == ["bob@northwind.example"]


def test_what_was_never_written_is_dropped_at_the_end(hall: Hall) -> None:
    with hall.inside():
        assert emails() == []
        db.session.add(User(email="ada@northwind.example", name="Somebody", role="candidate", password_hash="-"))
    with hall.inside():
        assert emails() == []


def test_a_session_that_is_closed_in_the_middle_of_a_write_keeps_nothing_of_it(hall: Hall) -> None:
    with hall.inside(write=True):
        add_user("ada@northwind.example")
        db.session.close()
    with hall.inside():
        assert emails() == []


def test_a_connection_that_was_lost_while_reading_costs_that_request_alone(
    make_hall: MakeHall, postgres: Postgres
) -> None:
    hall = make_hall("postgresql")

    def lose() -> None:
        number = db.session.scalar(sa.select(sa.func.pg_backend_pid()))
        postgres.execute(f"SELECT pg_terminate_backend({number}, 5000)")

    def read_on() -> None:
        with hall.inside():
            lose()
            emails()

    with pytest.raises(OperationalError):
        read_on()
    with hall.inside():
        lose()
    with hall.inside(write=True):
        add_user("ada@northwind.example")
    with hall.inside():
        assert emails() == ["ada@northwind.example"]


def test_an_operation_inside_another_joins_its_transaction(hall: Hall) -> None:
    add = writes(add_user)
    with hall.inside():
        with pytest.raises(ZeroDivisionError):
            fail_after(lambda: (add("ada@northwind.example"), add("bob@northwind.example")))
        assert emails() == []
        with writing():
            add("ada@northwind.example")
            add("bob@northwind.example")
    with hall.inside():
        assert emails() == ["ada@northwind.example", "bob@northwind.example"]


def test_what_was_acknowledged_is_there_for_the_next_request(hall: Hall) -> None:
    with hall.inside(write=True):
        user = add_user("ada@northwind.example")
        assert user.revision == 1
        assert user.created_at.tzinfo is not None
    with hall.inside():
        found = db.session.scalars(sa.select(User).where(User.tenant_id == tenant_id())).one()
        assert (found.id, found.created_at) == (user.id, user.created_at)
        assert found.id.version == 7


def test_of_two_writers_who_read_the_same_revision_one_is_refused(hall: Hall) -> None:
    with hall.inside(write=True):
        add_user("ada@northwind.example")
    mine = sa.select(User).where(User.email == "ada@northwind.example")
    with hall.inside():
        slow = db.session.scalars(mine.where(User.tenant_id == tenant_id())).one()
        with hall.inside(write=True):
            quick = db.session.scalars(mine.where(User.tenant_id == tenant_id())).one()
            quick.name = "Quick"
        assert quick.revision == 2
        with pytest.raises(StaleDataError), writing():
            slow.name = "Slow"  # flushed with the commit
    with hall.inside():
        assert db.session.scalars(sa.select(User.name).where(User.tenant_id == tenant_id())).one() == "Quick"


def test_an_update_says_when_and_counts_up(hall: Hall) -> None:
    with hall.inside(write=True):
        add_user("ada@northwind.example")
    with hall.inside(write=True):
        user = db.session.scalars(sa.select(User).where(User.tenant_id == tenant_id())).one()
        before = user.updated_at
        user.name = "Ada"
        db.session.flush()
        assert user.revision == 2
        assert user.updated_at > before
