"""What a schema must obey to be distributed by tenant on Citus 13: walked over the models and over PostgreSQL."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from examhall import models
from examhall.extensions import db
from hall import MakeHall
from servers import Postgres

TABLES = sorted(db.metadata.tables.values(), key=lambda table: table.name)
every_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


def test_there_are_tables_to_walk() -> None:
    assert len(TABLES) >= len(models.__all__) - 1


@every_table
def test_the_primary_key_is_tenant_and_id(table: sa.Table) -> None:
    assert [column.name for column in table.primary_key] == ["tenant_id", "id"]
    assert isinstance(table.c.tenant_id.type, sa.Uuid)
    assert isinstance(table.c.id.type, sa.Uuid)


@every_table
def test_whatever_is_unique_is_unique_within_its_tenant(table: sa.Table) -> None:
    unique = [item for item in table.constraints if isinstance(item, sa.UniqueConstraint)]
    for item in [*unique, *table.indexes]:
        assert next(iter(item.columns)).name == "tenant_id", item.name


@every_table
def test_foreign_keys_stay_within_the_tenant(table: sa.Table) -> None:
    for key in table.foreign_key_constraints:
        assert key.column_keys[0] == "tenant_id", key.name
        assert [element.column.name for element in key.elements] == ["tenant_id", "id"], key.name
        assert key.ondelete in {"CASCADE", "RESTRICT"}, key.name  # SET NULL would null the tenant as well
        assert key.onupdate is None, key.name


@every_table
def test_the_app_makes_every_value(table: sa.Table) -> None:
    for column in table.c:
        assert column.server_default is None, column
        assert column.server_onupdate is None, column
        assert column.identity is None, column
        assert column.computed is None, column
        assert not isinstance(column.default, sa.Sequence), column
        assert table.autoincrement_column is None


def test_postgresql_holds_no_sequence_trigger_or_default(make_hall: MakeHall, postgres: Postgres) -> None:
    database = str(make_hall("postgresql").app().engines[None].url.database)

    def found(query: str) -> list[object]:
        return [row[0] for row in postgres.execute(query, database=database)]

    ours = "relnamespace = 'public'::regnamespace"
    assert found(f"SELECT count(*) FROM pg_class WHERE relkind = 'r' AND {ours}") == [len(TABLES) + 1]  # Alembic's own
    assert found(f"SELECT relname FROM pg_class WHERE relkind IN ('S', 'v', 'm') AND {ours}") == []
    assert found("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == []
    assert (
        found(  # what a row's own values make, as the index of words, is no default
            "SELECT adrelid::regclass::text FROM pg_attrdef JOIN pg_class ON pg_class.oid = adrelid "
            f"JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum WHERE attgenerated = '' AND {ours}"
        )
        == []
    )
    unscoped = (
        "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indrelid "
        "JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0] "
        f"WHERE indisunique AND attname <> 'tenant_id' AND relname <> 'alembic_version' AND {ours}"
    )
    assert found(unscoped) == []
