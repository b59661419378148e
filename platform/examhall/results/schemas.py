"""What goes out about results."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from examhall.attempts.engine.states import State
from examhall.attempts.schemas import SlotOut


class GradeOut(BaseModel):
    """An attempt's grade, decimals as text; `passed` is null where the exam has no pass mark.

    While answers wait for a marker (`pending` of them) points and percent are those of the others, and not final;
    `passed` is null.
    """

    points: str
    max: str
    percent: str
    passed: bool | None
    pending: int


class ReviewedSlotOut(SlotOut):
    """One question of a finished attempt; what the policy hides is left out."""

    response: Any = None
    fraction: str | None = None
    mark: str | None = None
    correctness: Literal["unanswered", "pending", "wrong", "partial", "right"] | None = None
    correct: Any = None
    feedback: list[str] | None = None
    general_feedback: str | None = None


class ResultOut(BaseModel):
    """The result of an attempt as far as it is released."""

    released: bool
    grade: GradeOut | None
    slots: list[ReviewedSlotOut]


class ExamResultOut(BaseModel):
    """One finished attempt at an exam, as staff see it."""

    attempt_id: UUID
    user_id: UUID
    name: str
    email: str
    number: int
    state: State
    started_at: datetime
    submitted_at: datetime | None
    points: Decimal
    max_points: Decimal
    percent: Decimal
    passed: bool | None
    pending: int
