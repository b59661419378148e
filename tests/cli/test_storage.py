"""`flask storage roles` on a real PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from click.testing import Result

from servers import own_postgres

Flask = Callable[..., Result]


@pytest.mark.postgres
def test_roles_are_made_once_with_passwords_that_are_shown_once(flask: Flask) -> None:
    with own_postgres() as cluster:
        cluster.execute("CREATE DATABASE examhall")
        first = flask("storage", "roles", "--url", cluster.url("examhall"))
        assert first.exit_code == 0, first.output
        urls = re.findall(r"(EXAMHALL_\w+)=postgresql\+psycopg://(\w+):([\w-]{32})@", first.output)
        assert [(setting, role) for setting, role, _ in urls] == [
            ("EXAMHALL_OWNER_DATABASE_URL", "examhall_owner"),
            ("EXAMHALL_DATABASE_URL", "examhall_app"),
        ]
        rights = "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'examhall%' ORDER BY 1"
        assert cluster.execute(rights) == [
            ("examhall_app", False, False), ("examhall_ops", False, True), ("examhall_owner", False, False),
        ]  # fmt: skip
        again = flask("storage", "roles", "--url", cluster.url("examhall"))
        assert again.exit_code == 0
        assert "://" not in again.output


@pytest.mark.parametrize("url", ["nonsense", "sqlite:///a.sqlite", "postgresql+psycopg://postgres@host"])
def test_another_address_is_refused(flask: Flask, url: str) -> None:
    answer = flask("storage", "roles", "--url", url)
    assert answer.exit_code == 2
    assert "give" in answer.output
    assert "Traceback" not in answer.output


def test_a_server_that_is_not_there_is_told(flask: Flask) -> None:
    answer = flask("storage", "roles", "--url", "postgresql+psycopg://postgres@127.0.0.1:1/examhall")
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: the database refused")
