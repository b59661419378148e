"""Who uses a question: other slices say where it stands, so that nothing is taken away from under them.

The bank knows nothing of exams and attempts. They bring a finder each, which the app hands over when it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Use:
    """Something that uses questions: what it is (a msgid, `%(name)s` in it), which one."""

    text: str
    id: UUID
    name: str


#: Finds what uses any of these questions, or of these versions, since a moment; a few are enough.
Finder = Callable[[Collection[UUID], Collection[UUID], datetime], list[Use]]

_finders: tuple[Finder, ...] = ()


def init_uses(*finders: Finder) -> None:
    """Take the finders of the slices above."""
    global _finders  # set once, when the app is made
    _finders = finders


def uses_of(questions: Collection[UUID], versions: Collection[UUID], since: datetime) -> list[Use]:
    """What uses any of these, one after the other; at most a few of each kind."""
    return [use for find in _finders for use in find(questions, versions, since)]
