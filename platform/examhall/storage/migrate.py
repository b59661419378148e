"""Bring databases to the present schema: one at a time under a lock between processes, never in a request."""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL

from examhall.storage.engines import Engines
from examhall.tenancy.tenant import Tenant

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"


def migrate(engines: Engines, tenants: Iterable[Tenant]) -> Iterator[URL]:
    """Migrate every database of these tenants; yields each URL when it is up to date."""
    urls = dict.fromkeys(engines.url_of(tenant, owner=True) for tenant in tenants)
    for url in urls:
        with _alone(engines.settings.instance_folder):
            migrate_database(url)
        yield url


def migrate_database(url: URL, revision: str = "head") -> None:
    """Bring one database to a revision. Alembic's state is global to the process: call it from one thread."""
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, revision)


def revision_of(url: URL) -> str | None:
    """The revision that a database is at; None where there is no database or no table yet."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return None
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def of_the_models(name: str | None, _kind: str, _parents: object) -> bool:
    """Alembic's `include_name`: what is compared with the models. Indexes of words are each engine's own."""
    return not (name or "").startswith("question_search")


def head() -> str:
    """The newest revision."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head() or ""


@contextmanager
def _alone(instance: Path) -> Iterator[None]:
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (instance / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
