"""Migrations on both engines: from nothing to the models, and over filled databases without losing a row."""

from __future__ import annotations

import fcntl
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import URL, Engine, make_url

from examhall import models
from examhall.extensions import db
from examhall.storage import migrate
from examhall.storage.rls import OWNER
from hall import Hall, MakeHall
from servers import Postgres

PLANTED = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", {head!r}

def upgrade():
"""
REBUILD_PARENTS = """
for parent in ("users", "exams", "banks"):
    with op.batch_alter_table(parent, recreate="auto") as batch:
        batch.add_column(sa.Column("planted", sa.String(20), nullable=True))
        batch.alter_column("tenant_id", existing_type=sa.Uuid(), nullable=False)  # SQLite makes the table anew for this
with op.batch_alter_table("users") as batch:
    batch.alter_column("name", type_=sa.String(250), existing_type=sa.String(200), existing_nullable=False)
"""
ORPHAN_CHILDREN = """
op.execute("ALTER TABLE users ADD COLUMN planted VARCHAR(20)")
op.execute("DELETE FROM banks")
"""

Plant = Callable[[str], None]


@pytest.fixture
def owners_url(hall: Hall) -> URL:
    """The first tenant's database, as its owner."""
    url: URL = hall.platform.extensions["engines"].url_of(hall.app().tenant, owner=True)
    return url


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Adds a revision to a copy of the migrations, which is used from then on."""
    copy = tmp_path / "migrations"
    newest = migrate.head()
    shutil.copytree(migrate.MIGRATIONS, copy)
    monkeypatch.setattr(migrate, "MIGRATIONS", copy)

    def write(body: str) -> None:
        (copy / "versions" / "9999_planted.py").write_text(PLANTED.format(head=newest) + indent(body, "    "))

    return write


def fill(hall: Hall) -> None:
    """A few rows in parents and their children, of both tenants."""
    for slug in ("northwind", "qalam"):
        with hall.inside(slug, write=True) as app:
            session, tenant = db.session, app.tenant.id
            for number in range(3):
                user = models.User(email=f"p{number}@{slug}.example", name="P", role="candidate", password_hash="-")
                bank, exam = models.Bank(name=f"Bank {number}"), models.Exam(title=f"Exam {number}")
                session.add_all([user, bank, exam])
                session.flush()
                session.add(
                    models.UserSession(user_id=user.id, kind="app", refresh_jti="j", rotated_at=user.created_at,
                                       expires_at=user.created_at)
                )  # fmt: skip
                session.add(models.Assignment(exam_id=exam.id, user_id=user.id))
                session.add(models.Section(exam_id=exam.id, bank_id=bank.id, position=1))
                assert user.tenant_id == tenant
                session.flush()


def row_counts(hall: Hall, request: pytest.FixtureRequest) -> dict[str, int]:
    """Rows by table, whoever's they are."""
    url = hall.app().engines[None].url
    if hall.engine == "postgresql":
        cluster: Postgres = request.getfixturevalue("postgres")
        url = make_url(cluster.url(str(url.database)))
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return {
            name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in db.metadata.tables
        }


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_name": migrate.of_the_models}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, db.metadata))


def test_the_migrated_schema_is_that_of_the_models(hall: Hall, owners_url: URL) -> None:
    engine = sa.create_engine(owners_url, poolclass=sa.NullPool)
    assert differences(engine) == []
    assert migrate.revision_of(owners_url) == migrate.head()


def test_the_comparison_finds_a_planted_difference(hall: Hall, owners_url: URL) -> None:
    engine = sa.create_engine(owners_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE users ADD COLUMN forgotten VARCHAR(10)")
    assert len(differences(engine)) == 1


def test_a_filled_database_keeps_every_row(
    hall: Hall, owners_url: URL, plant: Plant, request: pytest.FixtureRequest
) -> None:
    fill(hall)
    before = row_counts(hall, request)
    assert before["users"] >= 3
    assert before["user_sessions"] == before["assignments"] == before["sections"] == before["users"]
    plant(REBUILD_PARENTS)
    migrate.migrate_database(owners_url)
    assert migrate.revision_of(owners_url) == "9999"
    assert row_counts(hall, request) == before
    hall.dispose()
    person = hall.person("candidate")
    assert hall.api(person).get("/me").status_code == 200


def test_a_migration_that_orphans_children_changes_nothing(
    hall: Hall, owners_url: URL, plant: Plant, request: pytest.FixtureRequest
) -> None:
    if hall.engine == "postgresql":  # the owner, held by row level security itself, would see no row to delete
        owners_url = make_url(request.getfixturevalue("postgres").url(str(owners_url.database)))
    fill(hall)
    before, newest = row_counts(hall, request), migrate.head()
    plant(ORPHAN_CHILDREN)
    with pytest.raises((RuntimeError, sa.exc.IntegrityError)):
        migrate.migrate_database(owners_url)
    assert migrate.revision_of(owners_url) == newest
    assert row_counts(hall, request) == before
    engine = sa.create_engine(owners_url, poolclass=sa.NullPool)
    assert "planted" not in {column["name"] for column in sa.inspect(engine).get_columns("users")}


def test_one_process_migrates_at_a_time(make_hall: MakeHall, tmp_path: Path) -> None:
    hall = make_hall("sqlite")
    engines, tenants = hall.platform.extensions["engines"], list(hall.platform.directory)
    for tenant in tenants:
        Path(engines.url_of(tenant).database).unlink()
    with (hall.settings.instance_folder / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as another process would
        waiting = threading.Thread(target=lambda: list(migrate.migrate(engines, tenants)))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        assert migrate.revision_of(engines.url_of(tenants[0])) is None
    waiting.join(30)
    assert [migrate.revision_of(engines.url_of(tenant)) for tenant in tenants] == [migrate.head()] * 2


def test_the_owner_alone_may_change_tables(make_hall: MakeHall, postgres: Postgres) -> None:
    hall = make_hall("postgresql")
    with (
        hall.app().engines[None].connect() as connection,
        pytest.raises(sa.exc.ProgrammingError, match="must be owner"),
    ):
        connection.exec_driver_sql("ALTER TABLE users ADD COLUMN sly INTEGER")
    assert OWNER in {row[0] for row in postgres.execute("SELECT rolname FROM pg_roles")}
