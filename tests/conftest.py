"""Fixtures for every test: a hall on a fresh database of either engine, and refusal of what leaks."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from flask.globals import _cv_app
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from examhall.extensions import limiter
from examhall.settings import PROJECT, Settings, load_settings
from examhall.storage.migrate import migrate_database
from examhall.storage.rls import APP, OWNER, make_roles
from hall import Hall, MakeHall
from servers import Postgres, quick_folder, shared_postgres
from standing import Standing

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
def make_hall(
    request: pytest.FixtureRequest,
    standing: dict[str, Standing],
    sqlite_template: Path,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[MakeHall]:
    """`make_hall("sqlite" or "postgresql", **settings)`: a hall with both example tenants on a fresh database.

    Without `settings` it is on a platform that stands ready; with them, and for a second hall, on one of its own.
    """
    testing = load_settings({"EXAMHALL_ENV": "testing"})
    folders = count()
    ends = ExitStack()

    def make(engine: str = "sqlite", **changes: object) -> Hall:
        ready = standing.get(engine)
        stands = not changes and not (ready and ready.lent)
        name = f"standing_{os.getpid()}" if stands else f"test_{uuid4().hex}"
        instance = tmp_path_factory.getbasetemp() / name if stands else tmp_path / f"instance-{next(folders)}"
        values: dict[str, object] = {"instance_folder": instance, "tenants_folder": PROJECT / "tenants"}
        if engine == "postgresql":
            cluster: Postgres = request.getfixturevalue("postgres")
            ends.enter_context(cluster.database(request.getfixturevalue("postgres_template"), name))
            values |= {"database_url": cluster.url(name, user=APP), "owner_database_url": cluster.url(name, user=OWNER)}
        settings = Settings.model_validate(testing.model_dump() | values | changes)
        if stands:
            ready = standing[engine] = ready or Standing.of(settings, engine)
            hall = ready.lend()
            ends.callback(ready.take_back)
        else:
            hall = Hall(settings, engine)
            ends.callback(hall.dispose)
        if engine == "sqlite":
            engines = hall.platform.extensions["engines"]
            for tenant in hall.platform.directory:
                file = Path(engines.url_of(tenant).database)
                file.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(sqlite_template, file)
        limiter.reset()
        return hall

    with ends:
        yield make


@pytest.fixture(params=ENGINES)
def hall(request: pytest.FixtureRequest, make_hall: MakeHall) -> Hall:
    """A hall; every test that uses it runs on both engines."""
    return make_hall(request.param)
