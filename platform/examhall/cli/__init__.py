"""What the operator types: `flask tenants …`, and the same with users, attempts, bank, storage, demo."""

from __future__ import annotations

from examhall.cli.attempts import attempts
from examhall.cli.bank import bank
from examhall.cli.demo import demo
from examhall.cli.storage import storage
from examhall.cli.tenants import tenants
from examhall.cli.users import users
from examhall.tenancy.apps import Platform


def init_cli(platform: Platform) -> None:
    """Give the platform its commands; every tenant app shares them."""
    for group in (tenants, users, attempts, bank, storage, demo):
        platform.cli.add_command(group)
