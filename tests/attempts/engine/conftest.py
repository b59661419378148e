"""What every story of the engine begins with."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from attempts.engine.example import Example, example_paper


@pytest.fixture(scope="session")
def example() -> Example:
    return example_paper()


@pytest.fixture(scope="session")
def nine() -> datetime:
    """Nine o'clock, when the stories begin."""
    return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def candidate() -> UUID:
    return UUID(int=7)
