"""A number to write, within an interval that the author gave.

Rules: reference semantics §2.2, without binary floating point: every bound is exact and inclusive. The first answer
whose interval holds the response wins.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal, localcontext
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, model_validator

from examhall.bank.richtext import plain_text
from examhall.bank.types.contract import (
    ONE,
    ZERO,
    Arrangement,
    Body,
    Fraction,
    InvalidResponse,
    Number,
    Part,
    QuestionType,
    Revelation,
    RichText,
    as_text,
    at_least,
    exact,
    only,
    refusal,
)
from examhall.errors import N_, FieldError

ANSWERS_LIMIT = 100
# `exact` admits 64 digits below 1e100: sums span at most 263 digits, products 327.
_EXACT = Context(prec=400)


class NumericAnswer(Part):
    """One answer and the fraction, 0 to 1, that it earns: any number, or those near enough to `value`.

    nominal: |x - value| <= tolerance; relative: |x - value| <= |value| * tolerance; geometric: x between
    value / (1 + tolerance) and value * (1 + tolerance), which for a negative value are sorted.
    """

    any: StrictBool = False
    value: Number | None = None
    tolerance: Number = ZERO
    tolerance_type: Literal["nominal", "relative", "geometric"] = "nominal"
    fraction: Fraction
    feedback: RichText = ""

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        if self.any == (self.value is not None):
            raise refusal(N_('Give either a value or "any": true for every other number.'))
        if self.tolerance < 0:
            raise refusal(N_("A tolerance cannot be negative. Write 0 or more."))
        if self.fraction < 0:
            raise refusal(N_("A written answer cannot earn less than 0. Give it a fraction from 0 to 1."))
        return self

    def interval(self) -> tuple[Decimal, Decimal] | None:
        """The least and the greatest number that it holds, None for any; a geometric lower bound is rounded."""
        if self.value is None:
            return None
        with localcontext(_EXACT):
            if self.tolerance_type == "geometric":
                factor = 1 + self.tolerance
                low, high = sorted((self.value / factor, self.value * factor))
                return low, high
            reach = self.tolerance * (abs(self.value) if self.tolerance_type == "relative" else 1)
            return self.value - reach, self.value + reach

    def holds(self, number: Decimal) -> bool:
        """Whether a number lies in the interval, its bounds included."""
        bounds = self.interval()
        if self.value is None or bounds is None:
            return True
        if self.tolerance_type != "geometric":
            return bounds[0] <= number <= bounds[1]
        with localcontext(_EXACT):
            # Multiplied instead of divided, so that no bound is rounded.
            near, far, factor = abs(number), abs(self.value), 1 + self.tolerance
            return number * self.value >= 0 and far <= near * factor and near <= far * factor


class NumericBody(Body):
    """A prompt and its answers, in the order in which they are tried."""

    answers: Annotated[tuple[NumericAnswer, ...], Field(max_length=ANSWERS_LIMIT), at_least(1)]


class Numeric(QuestionType[NumericBody]):
    """The response is worth the fraction of the first answer that holds it, or 0."""

    name = "numeric"
    label = N_("Number")
    Body = NumericBody

    def check(self, body: NumericBody) -> Iterator[FieldError]:
        if ONE not in (answer.fraction for answer in body.answers):
            yield FieldError("answers", N_("No answer earns the whole mark. Give the right one the fraction 1."))
        intervals = [answer.interval() for answer in body.answers]
        for place, interval in enumerate(intervals):
            for first, earlier in enumerate(intervals[:place]):
                if earlier is None or (interval and earlier[0] <= interval[0] and interval[1] <= earlier[1]):
                    message = N_(
                        "Answer %(first)s already holds all of this, and the first match counts. Move or remove one."
                    )
                    yield FieldError(f"answers.{place}.value", message, {"first": first + 1})
                    break

    def read(self, arrangement: Arrangement, response: object) -> str | None:
        if response is None:
            return None
        text = only(response, "number")
        if text == "":
            return None
        if not isinstance(text, str) or exact(text) is None:
            raise InvalidResponse(N_('Write a number with the digits 0 to 9 and a point, such as "12.5".'))
        return text

    def grade(self, body: NumericBody, response: str | None) -> Decimal:
        answer = _match(body, response)
        return answer.fraction if answer else ZERO

    def reveal(self, body: NumericBody, arrangement: Arrangement, response: str | None) -> Revelation:
        answer = _match(body, response)
        right = next(answer.value for answer in body.answers if answer.fraction == ONE)
        return {
            "correct": None if right is None else {"number": as_text(right)},
            "feedback": [answer.feedback] if answer and plain_text(answer.feedback) else [],
            "general_feedback": body.feedback,
        }

    def bounds(self, body: NumericBody) -> tuple[Decimal, Decimal]:
        return ZERO, ONE


def _match(body: NumericBody, response: str | None) -> NumericAnswer | None:
    number = None if response is None else exact(response)
    return None if number is None else next((answer for answer in body.answers if answer.holds(number)), None)
