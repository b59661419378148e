"""What the framework asks of the app it is mounted on: whose app it is and what the present request is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, cast
from uuid import UUID

from flask import current_app, g


class Scope(Protocol):
    """The part of a tenant that the framework needs."""

    @property
    def id(self) -> UUID:
        """First key of every record of this tenant."""

    @property
    def slug(self) -> str:
        """Short name in addresses and file names."""

    @property
    def limits(self) -> Mapping[str, str]:
        """Bucket name to limit, such as `{"read": "600/minute"}`."""


def scope() -> Scope:
    """The tenant whose app answers the present request."""
    return cast(Scope, cast(Any, current_app)._get_current_object().tenant)


def request_id() -> str:
    """The id of the present request: it stands in the answer, in error pages and in each line of the log."""
    return str(g.get("request_id", ""))
