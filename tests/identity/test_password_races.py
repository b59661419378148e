"""Hashing takes its time outside of any transaction; whatever happened meanwhile is not undone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from examhall.extensions import db
from examhall.identity import operations
from examhall.identity.models import User
from examhall.storage.records import tenant_id
from hall import PASSWORD, Hall, Person

NEW = "a-longer-way-to-the-hall"


def while_hashing(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let `act` happen, from another browser, while the next password is hashed."""
    hash_password = operations.hash_password

    def meanwhile(password: str) -> str:
        monkeypatch.undo()
        act()
        return hash_password(password)

    monkeypatch.setattr(operations, "hash_password", meanwhile)


def with_old_hash(hall: Hall) -> Person:
    """A person whose password was hashed at costs that are no longer today's."""
    person = hall.person("candidate")
    with hall.inside(write=True):
        user = db.session.scalars(sa.select(User).where(User.tenant_id == tenant_id(), User.id == person.id)).one()
        user.password_hash = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    return person


def stored_hash(hall: Hall, person: Person) -> str:
    with hall.inside():
        query = sa.select(User.password_hash).where(User.tenant_id == tenant_id(), User.id == person.id)
        return db.session.scalars(query).one()


def test_signing_in_renews_an_outdated_hash(hall: Hall) -> None:
    person = with_old_hash(hall)
    assert "t=2" in stored_hash(hall, person)
    hall.api(person)
    assert "t=1" in stored_hash(hall, person)
    hall.api(person)


def test_a_renewed_hash_does_not_bring_a_changed_password_back(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    person, admin = with_old_hash(hall), hall.api("admin")
    while_hashing(monkeypatch, lambda: admin.patch(f"/users/{person.id}", {"reset_password": True}))
    caught = hall.api().post("/auth/login", {"email": person.email, "password": PASSWORD}).json
    assert hall.api().get("/me", headers={"Authorization": f"Bearer {caught['access_token']}"}).status_code == 401
    assert hall.api().post("/auth/login", {"email": person.email, "password": PASSWORD}).status_code == 401


def test_a_reset_wins_over_a_change_that_was_under_way(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    person, admin = hall.person("candidate"), hall.api("admin")
    thief = hall.api(person)
    given: list[str] = []

    def reset() -> None:
        given.append(admin.patch(f"/users/{person.id}", {"reset_password": True}).json["one_time_password"])

    while_hashing(monkeypatch, reset)
    change = {"current_password": PASSWORD, "new_password": NEW}
    assert thief.post("/auth/password", change).status_code == 422
    assert hall.api().post("/auth/login", {"email": person.email, "password": NEW}).status_code == 401
    assert hall.api().post("/auth/login", {"email": person.email, "password": given[0]}).status_code == 200
