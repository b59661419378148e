"""Demonstration accounts, and the mark they leave behind: their password is published, so production refuses it."""

from __future__ import annotations

from pathlib import Path

from examhall.errors import ConfigurationError
from examhall.settings import Settings

MARK = "demo"
#: Published on purpose, in the README and on the page that lists the portals.
PASSWORD = "open-the-exam-hall"  # noqa: S105
ROLES = ("candidate", "author", "admin")


def accounts(settings: Settings, slug: str) -> list[str]:
    """The addresses of a tenant's demonstration accounts; none where nobody has made them."""
    marked = settings.demo_accounts and mark(settings, slug).is_file()
    return [f"{role}@{slug}.example" for role in ROLES] if marked else []


def mark(settings: Settings, slug: str) -> Path:
    """The file that says that this tenant's database holds demonstration accounts."""
    return settings.instance_folder / slug / MARK


def leave_mark(settings: Settings, slug: str) -> None:
    """Say so, before the first such account is made."""
    file = mark(settings, slug)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)


def refuse_marked(settings: Settings) -> None:
    """Raise `ConfigurationError` when production finds a mark in its instance folder."""
    if settings.environment != "production":
        return
    marked = sorted(settings.instance_folder.glob(f"*/{MARK}"))
    if marked:
        raise ConfigurationError.together(
            [
                ConfigurationError(
                    file,
                    "demonstration accounts",
                    "their password is published, so production refuses them: begin with an empty database and "
                    f"without the folder {file.parent}",
                )
                for file in marked
            ]
        )
