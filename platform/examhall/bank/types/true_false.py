"""A statement that is true or false."""

from __future__ import annotations

from decimal import Decimal

from pydantic import StrictBool

from examhall.bank.content.richtext import plain_text
from examhall.bank.types.contract import (
    ONE,
    ZERO,
    Arrangement,
    Body,
    InvalidResponse,
    QuestionType,
    Revelation,
    RichText,
    only,
)
from examhall.errors import N_


class TrueFalseBody(Body):
    """A statement, whether it is `correct`, and a feedback for either response."""

    correct: StrictBool
    feedback_true: RichText = ""
    feedback_false: RichText = ""


class TrueFalse(QuestionType[TrueFalseBody]):
    """All or nothing."""

    name = "true_false"
    label = N_("True or false")
    Body = TrueFalseBody

    def read(self, arrangement: Arrangement, response: object) -> bool | None:
        if response is None:
            return None
        value = only(response, "value")
        if not isinstance(value, bool):
            raise InvalidResponse(N_("Answer with true or false."))
        return value

    def grade(self, body: TrueFalseBody, response: bool | None) -> Decimal:
        return ONE if response is body.correct else ZERO

    def reveal(self, body: TrueFalseBody, arrangement: Arrangement, response: bool | None) -> Revelation:
        earned = {True: body.feedback_true, False: body.feedback_false, None: ""}[response]
        return {
            "correct": {"value": body.correct},
            "feedback": [earned] if plain_text(earned) else [],
            "general_feedback": body.feedback,
        }

    def bounds(self, body: TrueFalseBody) -> tuple[Decimal, Decimal]:
        return ZERO, ONE

    def guess(self, body: TrueFalseBody) -> Decimal:
        return Decimal("0.5")

    def full(self, body: TrueFalseBody) -> bool:
        return body.correct
