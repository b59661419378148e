"""`flask tenants …`: the organizations of this deployment."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
from jinja2 import TemplateSyntaxError
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from examhall.cli.commands import Commands, show_table, tenant_named, the_engines, the_platform
from examhall.errors import ConfigurationError
from examhall.storage.migrate import head, migrate, revision_of
from examhall.tenancy.founding import found
from examhall.tenancy.secrets import secrets_file, secrets_of
from examhall.tenancy.tenant import Tenant

tenants = Commands("tenants", help="Organizations: list, check, create, migrate.")


@tenants.command("list")
def list_tenants() -> None:
    """Show every tenant with its hosts, its languages and the state of its database."""
    directory, newest = the_platform().directory, head()
    state_of = cache(lambda url: _state(url, newest))
    rows = [
        (tenant.slug, tenant.name, ", ".join(tenant.settings.hosts), ", ".join(tenant.locales),
         state_of(the_engines().url_of(tenant, owner=True)))
        for tenant in directory
    ]  # fmt: skip
    rows += [(slug, "", "", "", "out of service: see `flask tenants check`") for slug in directory.broken]
    show_table(("SLUG", "NAME", "HOSTS", "LOCALES", "DATABASE"), rows)


def _state(url: URL, newest: str) -> str:
    try:
        revision = revision_of(url)
    except DBAPIError:
        return "does not answer"
    if revision is None:
        return "empty: migrate it"
    return revision if revision == newest else f"{revision}, behind {newest}: migrate it"


@tenants.command("check")
@click.argument("slug", required=False)
def check_tenants(slug: str | None) -> None:
    """Read everything that tenants bring, and tell what is wrong: file, key and remedy. Exit status 1 if anything is.

    Run it before the server starts. Nothing is written.
    """
    directory = the_platform().directory
    errors = [] if slug else [*directory.broken.values()]
    for tenant in [tenant_named(slug)] if slug else directory:
        errors += _faults(tenant)
    if errors:
        raise ConfigurationError.together(errors)
    click.echo(f"{slug} is right." if slug else f"All {len(directory)} tenants are right.")


def _faults(tenant: Tenant) -> Iterator[ConfigurationError]:
    """What the start does not look at, since it would cost every worker time."""
    platform, engines = the_platform(), the_engines()
    try:
        engines.url_of(tenant)
        engines.url_of(tenant, owner=True)
    except ConfigurationError as error:
        yield error
    try:
        if secrets_file(tenant, platform.settings).exists():
            secrets_of(tenant, platform.settings)
    except ConfigurationError as error:
        yield error
    brand = tenant.settings.brand
    for key, name in (("brand.logo", brand.logo), ("brand.favicon", brand.favicon)):
        if not (tenant.folder / "static" / name).is_file():
            yield ConfigurationError(
                tenant.folder / "tenant.toml", key, f"there is no {name} in {tenant.folder / 'static'}"
            )
    for file in sorted((tenant.folder / "templates").rglob("*.html")):
        try:
            platform.jinja_env.compile(file.read_text("utf-8"), file.name, str(file))
        except TemplateSyntaxError as error:
            yield ConfigurationError(file, f"line {error.lineno}", error.message or "not a valid template")
        except UnicodeDecodeError:
            yield ConfigurationError(file, "file", "not UTF-8; save it as UTF-8")


@tenants.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="The organization's name, in the first --locale.")
@click.option("--host", "hosts", required=True, multiple=True, help="A host name of its portal; may be repeated.")
@click.option(
    "--locale", "locales", required=True, multiple=True, help="A language: en, es, ar; the first is the default."
)
@click.option("--time-zone", required=True, help="The zone its dates are shown in, such as Europe/Madrid.")
def create_tenant(slug: str, name: str, hosts: tuple[str, ...], locales: tuple[str, ...], time_zone: str) -> None:
    """Found a tenant: its folder with tenant.toml and a plain brand, its secrets, its database."""
    platform = the_platform()
    tenant = found(platform, slug, name=name, hosts=hosts, locales=locales, time_zone=time_zone)
    platform.tenant_app(slug)  # makes the secrets
    _migrate([tenant])
    click.echo(f"Tenant {slug} stands in {tenant.folder}; servers that run know it after a restart.")
    click.echo(f"Next: flask users create --tenant {slug} --role admin --email … --name …")


@tenants.command("migrate")
@click.argument("slug", required=False)
@click.option("--all", "everybody", is_flag=True, help="Every tenant's database.")
def migrate_tenants(slug: str | None, everybody: bool) -> None:
    """Bring the database of one tenant, or of --all, to the present schema."""
    if (slug is None) != everybody:
        raise click.UsageError("name a tenant, or give --all")
    _migrate([tenant_named(slug)] if slug else list(the_platform().directory))


def _migrate(some: list[Tenant]) -> None:
    for url in migrate(the_engines(), some):
        where = Path(url.database).name if url.get_backend_name() == "sqlite" and url.database else url
        click.echo(f"{where} is at revision {head()}")
