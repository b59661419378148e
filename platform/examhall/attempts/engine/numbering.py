"""What the places of a paper are called: questions are counted, texts between them are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any


def numbered(slots: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The slots, each with its `number` among the questions: 1, 2, …, and None for a text that asks nothing."""
    numbers = count(1)
    return [{**slot, "number": next(numbers) if slot.get("answerable", True) else None} for slot in slots]
