"""The third wall alone: PostgreSQL's row level security, with statements that no guard of ours looks at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from examhall.errors import ConfigurationError
from examhall.extensions import db
from examhall.storage.engines import make_engine
from examhall.storage.rls import APP, OPERATOR, OWNER, make_roles
from examhall.storage.scope_guard import refuse_foreign, refuse_unscoped
from examhall.storage.transactions import writing
from hall import Hall, MakeHall
from servers import Postgres

pytestmark = pytest.mark.postgres


@pytest.fixture
def hall(make_hall: MakeHall) -> Iterator[Hall]:
    """One person in each tenant, one connection for both, no guard."""
    hall = make_hall("postgresql", database_pool=1)
    hall.person("candidate", email="own@northwind.example")
    hall.person("candidate", "qalam", email="own@qalam.example")
    event.remove(Session, "do_orm_execute", refuse_unscoped)
    event.remove(Session, "before_flush", refuse_foreign)
    yield hall
    event.listen(Session, "do_orm_execute", refuse_unscoped)
    event.listen(Session, "before_flush", refuse_foreign)


EVERYBODY = sa.text("SELECT email FROM users")


def test_an_unscoped_query_sees_own_rows_only(hall: Hall) -> None:
    with hall.inside():
        assert db.session.scalars(EVERYBODY).all() == ["own@northwind.example"]


def test_a_pooled_connection_carries_nothing_from_one_tenant_to_the_next(hall: Hall) -> None:
    for number in range(40):
        slug = ("northwind", "qalam")[number % 2]
        with hall.inside(slug):
            assert db.session.scalars(EVERYBODY).all() == [f"own@{slug}.example"]
            if number % 3 == 0:
                db.session.commit()
            elif number % 3 == 1:
                db.session.rollback()


def test_a_write_leaves_no_tenant_behind_on_the_connection(hall: Hall) -> None:
    with hall.inside(write=True):
        db.session.execute(sa.text("UPDATE users SET name = 'x'"))
    with hall.app().engines[None].connect() as connection:
        assert connection.execute(EVERYBODY).all() == []


def test_statements_stay_prepared_from_one_request_to_the_next(hall: Hall) -> None:
    for _ in range(8):
        with hall.inside():
            db.session.scalars(EVERYBODY).all()
    with hall.inside():
        prepared = db.session.scalars(sa.text("SELECT statement FROM pg_prepared_statements")).all()
        assert str(EVERYBODY) in prepared


def test_a_connection_that_is_lost_ends_the_read_quietly(hall: Hall, postgres: Postgres) -> None:
    with hall.inside():
        process = db.session.scalars(sa.text("SELECT pg_backend_pid()")).one()
        postgres.execute(f"SELECT pg_terminate_backend({process})")
    hall.app().engines[None].dispose()
    with hall.inside():
        assert db.session.scalars(EVERYBODY).all() == ["own@northwind.example"]


def test_without_a_tenant_there_is_nothing(hall: Hall) -> None:
    with hall.app().engines[None].connect() as connection:
        assert connection.execute(EVERYBODY).all() == []
        assert connection.exec_driver_sql("UPDATE users SET name = 'x'").rowcount == 0
        assert connection.exec_driver_sql("DELETE FROM users").rowcount == 0


def test_a_foreign_row_can_be_neither_made_nor_changed_nor_deleted(hall: Hall, postgres: Postgres) -> None:
    foreign = hall.app("qalam").tenant.id
    with hall.inside():
        insert = sa.text(
            "INSERT INTO user_sessions (tenant_id, id, user_id, kind, refresh_jti, rotated_at, expires_at, created_at) "
            f"SELECT '{foreign}', id, id, 'app', 'j', created_at, created_at, created_at FROM users"
        )
        with pytest.raises(sa.exc.ProgrammingError, match="row-level security"), writing() as session:
            session.execute(insert)
        with pytest.raises(sa.exc.ProgrammingError, match="row-level security"), writing() as session:
            session.execute(sa.text(f"UPDATE users SET tenant_id = '{foreign}'"))
        with writing() as session:
            session.execute(sa.text("UPDATE users SET name = 'Changed'"))
            session.execute(sa.text("DELETE FROM users WHERE email = 'own@qalam.example'"))
    database = str(hall.app().engines[None].url.database)
    rows = postgres.execute("SELECT email, name FROM users ORDER BY email", database=database)
    assert rows == [("own@northwind.example", "Changed"), ("own@qalam.example", "Somebody own@qalam.example")]


def test_the_owner_of_the_tables_is_held_too(hall: Hall, postgres: Postgres) -> None:
    database = str(hall.app().engines[None].url.database)
    assert postgres.execute("SELECT email FROM users", database=database, user=OWNER) == []


def test_the_operator_reads_everything_and_writes_nothing(hall: Hall, postgres: Postgres) -> None:
    database = str(hall.app().engines[None].url.database)
    assert len(postgres.execute("SELECT email FROM users", database=database, user=OPERATOR)) == 2
    with pytest.raises(Exception, match="permission denied"):
        postgres.execute("UPDATE users SET name = 'x'", database=database, user=OPERATOR)


@pytest.mark.parametrize("role", ["postgres", OPERATOR])
def test_the_app_refuses_a_role_that_bypasses_the_wall(hall: Hall, postgres: Postgres, role: str) -> None:
    url = make_url(postgres.url(str(hall.app().engines[None].url.database), user=role))
    engine = make_engine(url, 1)
    with pytest.raises(ConfigurationError, match="bypasses row level security"):
        engine.connect()
    engine.dispose()


def test_every_table_is_held(hall: Hall, postgres: Postgres) -> None:
    database = str(hall.app().engines[None].url.database)
    held = postgres.execute(
        "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'",
        database=database,
    )
    assert dict(held) == dict.fromkeys(db.metadata.tables, True)
    rule = "(tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)"
    policies = postgres.execute("SELECT tablename, cmd, qual, with_check FROM pg_policies", database=database)
    assert sorted(policies) == sorted((name, "ALL", rule, rule) for name in db.metadata.tables)


def test_roles_are_made_once_and_keep_their_passwords(postgres: Postgres, hall: Hall) -> None:
    with postgres.database() as name:
        engine = sa.create_engine(postgres.url(name), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            assert make_roles(connection, name) == {}
        rights = postgres.execute(f"SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = '{APP}'", database=name)
        assert rights == [(False, False)]
