"""`flask users …`: people, where nobody is there yet who could add them in the portal."""

from __future__ import annotations

import click

from examhall.cli.commands import Commands, tenant_named, the_platform
from examhall.identity.operations import create_user
from examhall.identity.roles import Role
from examhall.identity.schemas import UserIn
from examhall.web.body import validated

users = Commands("users", help="People of a tenant.")


@users.command("create")
@click.option("--tenant", "slug", required=True, help="The tenant's slug.")
@click.option("--email", required=True, help="The address that the person signs in with.")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="What the person is.")
@click.option("--ask", is_flag=True, help="Ask for a password instead of making one that is valid once.")
def create(slug: str, email: str, name: str, role: str, ask: bool) -> None:
    """Add a person. Their one-time password is printed once; they choose their own when they first sign in."""
    tenant = tenant_named(slug)
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else None
    person = validated(UserIn, {"email": email, "name": name, "role": role, "password": password})
    with the_platform().tenant_app(tenant.slug).app_context():
        user, one_time = create_user(person.email, person.name, person.role, person.password)
    click.echo(f"{user.email} is {role} of {tenant.name}.")
    if one_time:
        click.echo(f"One-time password, shown just this once: {one_time}")
