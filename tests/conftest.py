"""Fixtures for every test: a hall on a fresh database of either engine, and refusal of what leaks."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from flask.globals import _cv_app
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from examhall.storage.migrate import migrate_database
from examhall.storage.rls import OWNER, make_roles
from hall import Hall, MakeHall
from servers import Postgres, quick_folder, shared_postgres
from standing import Standing, halls

ENGINES = ("sqlite", "postgresql")

#: HYPOTHESIS_PROFILE=long looks far longer than a run of the whole suite can.
hypothesis.settings.register_profile("suite", max_examples=20)
hypothesis.settings.register_profile("long", max_examples=1000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

# What tests write goes where their databases are quick too; pytest reads this when the first asks for a folder
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(quick_folder()))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that at the end no worker waits for another's long test."""
    long = ("fault", "browser")
    items.sort(key=lambda item: next((place for place, name in enumerate(long) if item.get_closest_marker(name)), 2))


def pytest_collection_finish() -> None:
    """Spare the garbage collector what was imported: it would look through all of it again every few tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


@pytest.fixture(autouse=True)
def _no_context_left() -> Iterator[None]:
    """Fail a test that leaves an app context pushed: the next one would run inside it."""
    yield
    assert _cv_app.get(None) is None, "a context was left pushed"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite file; each test's tenants get copies."""
    file = tmp_path_factory.mktemp("template") / "empty.sqlite"
    migrate_database(make_url(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The run's PostgreSQL cluster, shared by all workers."""
    with shared_postgres() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """An empty, migrated database with the three roles."""

    def build(name: str) -> None:
        superuser = create_engine(postgres.url(name), isolation_level="AUTOCOMMIT")
        with superuser.connect() as connection:
            make_roles(connection, name)
        superuser.dispose()
        migrate_database(make_url(postgres.url(name, user=OWNER)))

    return postgres.template("examhall_template", build)


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Standing]]:
    """The platforms that stand ready, by engine."""
    platforms: dict[str, Standing] = {}
    yield platforms
    for platform in platforms.values():
        platform.hall.dispose()


@pytest.fixture
def make_hall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeHall]:
    """`make_hall("sqlite" or "postgresql", **settings)`: a hall with both example tenants on a fresh database.

    Without `settings` it is on a platform that stands ready; with them, and for a second hall, on one of its own.
    """
    with halls(request, tmp_path) as make:
        yield make


@pytest.fixture(params=ENGINES)
def hall(request: pytest.FixtureRequest, make_hall: MakeHall) -> Hall:
    """A hall; every test that uses it runs on both engines."""
    return make_hall(request.param)
