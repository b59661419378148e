"""`flask attempts …`: what an operator asks about attempts."""

from __future__ import annotations

import click

from examhall.attempts.verification import verify
from examhall.cli.commands import Commands, tenant_named, the_platform

attempts = Commands("attempts", help="Attempts: verify.")


@attempts.command("verify")
@click.argument("slug", required=False)
def verify_attempts(slug: str | None) -> None:
    """Check that nobody has changed what was stored of attempts, of one tenant or of all. Exit status 1 if anybody has.

    Each step is sealed with the hash of the one before it. Run it after a restore, or when an answer is disputed.
    """
    faulty = 0
    for tenant in [tenant_named(slug)] if slug else list(the_platform().directory):
        with the_platform().tenant_app(tenant.slug).app_context():
            checked, faults = verify()
        click.echo(f"{tenant.slug}: {checked} attempts checked, {len(faults)} with faults")
        for fault in faults:
            click.echo(f"  {fault.attempt_id}: {fault.what}")
        faulty += len(faults)
    if faulty:
        raise click.ClickException("Compare these attempts with a backup before you rely on them.")
