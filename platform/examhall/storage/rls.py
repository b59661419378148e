"""Row level security on PostgreSQL: the third wall between tenants, which holds even where our own code forgets."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

#: The rows a transaction may touch are those of the tenant it has named; without a name there are none.
RULE = "tenant_id = nullif(current_setting('app.tenant', true), '')::uuid"

#: Whether words fit a search tells nothing but that, and fails for none; only with this mark may PostgreSQL ask its
#: index of words before it has read whose rows they are. Without it (a superuser sets it) searches are right but slow.
SEARCH_BEFORE_RULE = "ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF"

OWNER, APP, OPERATOR = "examhall_owner", "examhall_app", "examhall_ops"


def protect(table: str) -> list[str]:
    """The statements, to be run one by one, that hold a table to the current tenant, its owner included."""
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {table} USING ({RULE}) WITH CHECK ({RULE})",
    ]


def make_roles(
    connection: Connection, database: str, password: Callable[[], str] = lambda: secrets.token_urlsafe(24)
) -> dict[str, str]:
    """Make the three roles where they are missing, and give each what it needs in `database`.

    The owner runs migrations, the app's role serves requests and can't bypass row level security, the operator's role
    reads over all tenants for reports and backups. Returns role to password for the roles that were made.
    Needs a connection of a superuser in autocommit mode.
    """
    made = {}
    quote = connection.dialect.identifier_preparer.quote
    for role, rights in (
        (OWNER, "NOSUPERUSER NOBYPASSRLS"),
        (APP, "NOSUPERUSER NOBYPASSRLS"),
        (OPERATOR, "NOSUPERUSER BYPASSRLS"),
    ):
        if connection.scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}) is None:
            made[role] = password()
            # token_urlsafe has no quote to escape; DDL takes no parameters
            connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN {rights} PASSWORD '{made[role]}'")
    from_now_on = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT"
    for statement in (
        f"GRANT CONNECT ON DATABASE {quote(database)} TO {APP}, {OPERATOR}",
        f"GRANT CREATE, CONNECT ON DATABASE {quote(database)} TO {OWNER}",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}",
        f"GRANT USAGE ON SCHEMA public TO {APP}, {OPERATOR}",
        f"{from_now_on} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}",
        f"{from_now_on} SELECT ON TABLES TO {OPERATOR}",
    ):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(SEARCH_BEFORE_RULE)
    return made
