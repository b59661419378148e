"""How the rest of the house names a question without its content."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID


class QuestionRef(NamedTuple):
    """One version of one question, and its type's name."""

    question_id: UUID
    version_id: UUID
    type: str
