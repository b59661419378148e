"""`flask users …`: the first administrator of a tenant."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from click.testing import Result

from hall import Hall

Flask = Callable[..., Result]


MINA = ("users", "create", "--tenant", "northwind", "--email", "Mina@Example.org", "--name", "Mina", "--role", "admin")


def test_a_one_time_password_is_printed_once_and_has_to_be_changed(flask: Flask, hall: Hall) -> None:
    answer = flask(*MINA)
    assert answer.exit_code == 0, answer.output
    (password,) = re.findall(r"just this once: (\S+)", answer.output)
    api = hall.api()
    tokens = api.post("/auth/login", {"email": "mina@example.org", "password": password}).json
    me = api.get("/me", headers={"Authorization": f"Bearer {tokens['access_token']}"}).json
    assert me["must_change_password"] is True
    assert me["role"] == "admin"


def test_a_password_of_ones_own_is_asked_for_twice(flask: Flask, hall: Hall) -> None:
    own = "a-quiet-hall-with-tables"
    answer = flask(*MINA, "--ask", input=f"{own}\n{own}\n")
    assert answer.exit_code == 0, answer.output
    assert own not in answer.output
    login = hall.api().post("/auth/login", {"email": "mina@example.org", "password": own})
    assert login.status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Mina@Example.org", "mina", "email: Give an e-mail address"),
        ("Mina", " ", "name: Give at least 1 characters"),
        ("admin", "king", "'king' is not one of"),
        ("northwind", "acme", "there is no tenant 'acme'"),
    ],
)
def test_what_can_not_be_is_refused_with_its_field(flask: Flask, old: str, new: str, told: str) -> None:
    answer = flask(*(new if word == old else word for word in MINA))
    assert answer.exit_code != 0
    assert told in answer.output
    assert "Traceback" not in answer.output


def test_an_address_that_is_taken_and_a_weak_password_are_refused(flask: Flask) -> None:
    assert flask(*MINA).exit_code == 0
    assert "Somebody has this e-mail address already" in flask(*MINA).output
    weak = flask(*MINA, "--ask", input="short\nshort\n")
    assert weak.exit_code == 1
    assert "password: Take at least 15 characters" in weak.output
