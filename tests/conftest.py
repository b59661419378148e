"""Fixtures for every test: a hall on a fresh database of either engine, and refusal of what leaks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

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
from servers import Postgres, shared_postgres

ENGINES = ("sqlite", "postgresql")

#: HYPOTHESIS_PROFILE=long looks far longer than a run of the whole suite can.
hypothesis.settings.register_profile("suite", max_examples=20)
hypothesis.settings.register_profile("long", max_examples=1000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


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


@pytest.fixture
def make_hall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeHall]:
    """`make_hall("sqlite" or "postgresql", **settings)`: a hall with both example tenants on a fresh database."""
    halls, databases = [], []

    def make(engine: str = "sqlite", **changes: object) -> Hall:
        instance = tmp_path / f"instance-{len(halls)}"
        values: dict[str, object] = {"instance_folder": instance, "tenants_folder": PROJECT / "tenants"}
        if engine == "postgresql":
            cluster: Postgres = request.getfixturevalue("postgres")
            database = cluster.database(request.getfixturevalue("postgres_template"))
            name = database.__enter__()
            databases.append(database)
            values |= {"database_url": cluster.url(name, user=APP), "owner_database_url": cluster.url(name, user=OWNER)}
        base = load_settings({"EXAMHALL_ENV": "testing"})
        hall = Hall(Settings.model_validate(base.model_dump() | values | changes), engine)
        if engine == "sqlite":
            engines = hall.platform.extensions["engines"]
            for tenant in hall.platform.directory:
                file = Path(engines.url_of(tenant).database)
                file.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(request.getfixturevalue("sqlite_template"), file)
        halls.append(hall)
        limiter.reset()
        return hall

    yield make
    for hall in halls:
        hall.dispose()
    for database in databases:
        database.__exit__(None, None, None)


@pytest.fixture(params=ENGINES)
def hall(request: pytest.FixtureRequest, make_hall: MakeHall) -> Hall:
    """A hall; every test that uses it runs on both engines."""
    return make_hall(request.param)
