"""How the rest of the house names a question without its content."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class QuestionRef:
    """One version of one question, and its type's name."""

    question_id: UUID
    version_id: UUID
    type: str
