"""What goes out about results."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from examhall.attempts.engine.states import State
from examhall.attempts.schemas import OptionOut


class GradeOut(BaseModel):
    """An attempt's grade, decimals as text; `passed` is null where the exam has no pass mark."""

    points: str
    max: str
    percent: str
    passed: bool | None


class ReviewedSlotOut(BaseModel):
    """One question of a finished attempt; what the policy hides is left out."""

    slot: int
    type: str
    prompt: str
    points: str
    options: list[OptionOut] | None = None
    response: Any = None
    fraction: str | None = None
    mark: str | None = None
    correctness: str | None = None
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
