"""The servers that other tests stand on: they answer, are quick, are shared, and leave nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from textwrap import dedent

import psycopg
import pytest
import redis
from sqlalchemy import create_engine, text

import servers
from servers import Postgres, Valkey

OF_THIS_RUN = os.environ | {"PYTEST_XDIST_TESTRUNUID": servers.RUN, "PYTHONPATH": str(Path(servers.__file__).parent)}


def processes_in(room: Path) -> list[int]:
    """The processes that work in this folder: a server changes to its own, and its children stay there."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            folder = str((entry / "cwd").readlink()).removesuffix(" (deleted)")
            if Path(folder).is_relative_to(room):
                found.append(int(entry.name))
    return found


def all_gone(room: Path) -> bool:
    """Whether no process is left there; one that has closed its socket may take a moment more to end."""
    last = time.monotonic() + 5
    while processes_in(room) and time.monotonic() < last:
        time.sleep(0.02)
    return processes_in(room) == [] and not room.exists()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with servers.shared_postgres() as server:
        yield server


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    with servers.own_valkey() as server:
        yield server


@pytest.mark.postgres
def test_postgres_answers_by_the_url_that_the_platform_is_given(postgres: Postgres) -> None:
    with postgres.database() as name:
        engine = create_engine(postgres.url(name))
        with engine.connect() as connection:
            assert connection.execute(text("SELECT current_database(), current_user")).one() == (name, "postgres")
        engine.dispose()


@pytest.mark.postgres
def test_a_role_is_made_and_signs_in_without_being_able_to_bypass_anything(postgres: Postgres) -> None:
    role = f"visitor_{os.getpid()}"
    postgres.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS")
    rows = postgres.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user", user=role)
    postgres.execute(f"DROP ROLE {role}")

    assert rows == [(False, False)]


@pytest.mark.postgres
def test_a_database_is_copied_from_a_template_that_is_built_once(postgres: Postgres) -> None:
    builds = []

    def build(name: str) -> None:
        builds.append(name)
        postgres.execute(*(f"CREATE TABLE t{n} (id uuid PRIMARY KEY, body jsonb)" for n in range(60)), database=name)

    template = f"sixty_tables_{os.getpid()}"
    assert postgres.template(template, build) == postgres.template(template, build) == template
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        with postgres.database(template) as name:
            seconds.append(time.perf_counter() - began)
            assert postgres.execute("SELECT count(*) FROM pg_tables WHERE tablename LIKE 't__'", database=name) == [
                (50,)
            ]

    assert builds == [template]
    assert min(seconds) < (0.2 if postgres.room.is_relative_to(servers.MEMORY) else 2), "busy cores delay one, not all"


@pytest.mark.postgres
def test_a_template_that_could_not_be_built_is_not_taken_for_one(postgres: Postgres) -> None:
    template = f"broken_{os.getpid()}"

    def fail(name: str) -> None:
        postgres.execute("CREATE TABLE half (id int)", "SELECT nonsense", database=name)

    with pytest.raises(psycopg.errors.UndefinedColumn):
        postgres.template(template, fail)
    assert postgres.execute(f"SELECT 1 FROM pg_database WHERE datname = '{template}'") == []


@pytest.mark.postgres
def test_every_process_of_a_run_gets_the_same_cluster(postgres: Postgres) -> None:
    program = dedent("""
        import servers
        with servers.shared_postgres() as server:
            print(server.execute("SELECT pg_postmaster_start_time()::text"))
    """)
    other = subprocess.run([sys.executable, "-c", program], env=OF_THIS_RUN, check=True, capture_output=True, text=True)

    assert other.stdout.strip() == str(postgres.execute("SELECT pg_postmaster_start_time()::text"))


@pytest.mark.postgres
def test_a_durable_cluster_writes_through_and_is_gone_after_use() -> None:
    with servers.own_postgres(durable=True) as server:
        assert [server.execute(f"SHOW {name}") for name in ("fsync", "synchronous_commit")] == [[("on",)], [("on",)]]
        assert processes_in(server.room)

    assert all_gone(server.room)


@pytest.mark.fault
@pytest.mark.postgres
def test_the_servers_of_a_killed_process_are_cleared_away_by_the_next() -> None:
    program = dedent("""
        import servers, time
        with servers.own_postgres() as postgres, servers.own_valkey() as valkey:
            print(postgres.room, valkey.room, flush=True)
            time.sleep(60)
    """)
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, env=OF_THIS_RUN, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        rooms = [Path(word) for word in process.stdout.readline().split()]
        running = [processes_in(room) for room in rooms]
        process.kill()
    with servers.own_valkey():
        pass

    assert len(rooms) == 2
    assert all(running)
    assert all(all_gone(room) for room in rooms)


def test_valkey_answers_and_comes_back_empty_at_the_same_address(valkey: Valkey) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        assert client.ping()
        client.set("seat", "12")
        valkey.stop()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        valkey.start()
        assert client.get("seat") is None


def test_a_stopped_valkey_leaves_no_process() -> None:
    with servers.own_valkey() as valkey:
        assert processes_in(valkey.room)

    assert all_gone(valkey.room)
