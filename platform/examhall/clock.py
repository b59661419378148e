"""The one place that asks what time it is, so that tests can decide it and a lint can hold everybody else to it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
