"""What all groups of commands share: refusals in one clear message, tenants by their slug, tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from examhall.errors import ConfigurationError, Problem
from examhall.storage.engines import Engines
from examhall.tenancy.apps import Platform
from examhall.tenancy.tenant import Tenant


class Commands(AppGroup):
    """A group whose refusals end in a message and exit status 1, never in a stack trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ConfigurationError as error:
            raise click.ClickException(error.told()) from error
        except Problem as problem:
            raise click.ClickException(_told(problem)) from problem
        except DBAPIError as error:
            raise click.ClickException(f"the database refused: {error.orig}") from error
        except PoolTimeout as error:
            raise click.ClickException("the database has no connection free; try again") from error


def _told(problem: Problem) -> str:
    fields = [f"{error.field}: {error.message % dict(error.params)}" for error in problem.errors]
    return "\n".join(fields or [str(problem)])


def the_platform() -> Platform:
    """The platform that the command runs on."""
    return cast(Platform, current_app._get_current_object())  # type: ignore[attr-defined]


def the_engines() -> Engines:
    """Its engines."""
    return cast(Engines, the_platform().extensions["engines"])


def tenant_named(slug: str) -> Tenant:
    """The tenant of a slug.

    Raises `click.BadParameter` where there is none, `ConfigurationError` where its files can't be right.
    """
    directory = the_platform().directory
    if slug in directory.broken:
        raise directory.broken[slug]
    if slug not in directory.by_slug:
        raise click.BadParameter(f"there is no tenant {slug!r}; `flask tenants list` shows them")
    return directory.by_slug[slug]


def show_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows of text in columns."""
    lines = [tuple(headings), *(tuple(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
