"""`flask storage …`: what the databases need that tenants share."""

from __future__ import annotations

import click
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from examhall.cli.commands import Commands
from examhall.storage.rls import APP, OWNER, make_roles

storage = Commands("storage", help="Databases: roles of PostgreSQL.")

#: The setting that each role's address belongs into; the operator's role is for reports and backups.
SETTINGS = {APP: "EXAMHALL_DATABASE_URL", OWNER: "EXAMHALL_OWNER_DATABASE_URL"}


@storage.command("roles")
@click.option("--url", required=True, help="A superuser's URL, such as postgresql+psycopg://postgres@host/examhall.")
def roles(url: str) -> None:
    """Make PostgreSQL's roles for owner, app and operator; passwords of those that are new are printed once.

    The app's role can't bypass row level security, and the server refuses to run with one that can.
    """
    try:
        address = make_url(url)
    except sa.exc.ArgumentError as error:
        raise click.BadParameter("give a URL such as postgresql+psycopg://postgres@host/examhall") from error
    if address.get_backend_name() != "postgresql" or not address.database:
        raise click.BadParameter("roles are for PostgreSQL: give the URL of one of its databases")
    engine = sa.create_engine(address, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        made = make_roles(connection, address.database)
    if not made:
        click.echo("All three roles are there already; their rights in this database are set, their passwords stay.")
    for role, password in made.items():
        whole = address.set(username=role, password=password).render_as_string(hide_password=False)
        click.echo(f"{role}, shown just this once: {SETTINGS.get(role, 'for reports and backups')}={whole}")
