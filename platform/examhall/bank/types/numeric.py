"""A number to write, near enough to one that the author gave, perhaps with a unit.

Rules: reference semantics §2.2, without binary floating point: every bound is exact and inclusive. The first answer
that holds the response wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field, StrictBool, StringConstraints, model_validator

from examhall.bank.content.richtext import plain_text
from examhall.bank.types.contract import (
    ONE,
    ZERO,
    Arrangement,
    Fraction,
    Number,
    Part,
    QuestionType,
    Revelation,
    RichText,
    as_text,
    at_least,
    exact,
    refusal,
)
from examhall.bank.types.quantities import UNIT_LIMIT, Measured, Quantity, folded
from examhall.errors import N_, FieldError

ANSWERS_LIMIT = 100
DIGITS_LIMIT = 30
# `exact` admits 64 digits between 1e-100 and 1e100: a value, its tolerance and a multiplier make products of 800.
_EXACT = Context(prec=1000)

ToleranceType = Literal["nominal", "relative", "geometric", "range", "significant"]
Interval = tuple[Decimal, Decimal]


class NumericAnswer(Part):
    """One answer and the fraction, 0 to 1, that it earns: any number, or those near enough.

    nominal: |x - value| <= tolerance; relative: |x - value| <= |value| * tolerance; geometric: x between
    value / (1 + tolerance) and value * (1 + tolerance), which for a negative value are sorted; range: x from low to
    high; significant: x and value are the same when both are rounded to `digits` significant digits, halves away from
    zero (Canvas cuts the digits off, so that 0.9996 is not 1.000: a defect).

    `unit` is the one that value, tolerance and bounds are in; without it they are in the first unit.
    """

    any: StrictBool = False
    value: Number | None = None
    tolerance: Number = ZERO
    tolerance_type: ToleranceType = "nominal"
    low: Number | None = None
    high: Number | None = None
    digits: Annotated[int, Field(strict=True, ge=1, le=DIGITS_LIMIT)] | None = None
    unit: Annotated[str, StringConstraints(max_length=UNIT_LIMIT)] = ""
    fraction: Fraction
    feedback: RichText = ""

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        if self.fraction < 0:
            raise refusal(N_("A written answer cannot earn less than 0. Give it a fraction from 0 to 1."))
        if self.tolerance < 0:
            raise refusal(N_("A tolerance cannot be negative. Write 0 or more."))
        if self.tolerance_type == "range" and not self.any:
            if self.low is None or self.high is None or self.value is not None:
                raise refusal(N_("For a range give the least and the greatest number, and no value."))
            if self.low > self.high:
                raise refusal(N_("The least number is above the greatest. Change them around."))
            return self
        if self.any == (self.value is not None):
            raise refusal(N_('Give either a value or "any": true for every other number.'))
        if self.low is not None or self.high is not None:
            raise refusal(N_("Only a range has a least and a greatest number. Leave them out or choose the range."))
        if (self.tolerance_type == "significant" and not self.any) != (self.digits is not None):
            raise refusal(N_("Say how many significant digits count, from 1 to 30; for other tolerances leave it out."))
        return self

    def interval(self) -> Interval | None:
        """The least and the greatest number that it holds, in its own unit; None for any.

        A geometric lower bound is rounded; the bound of significant digits that lies farther from zero is not held.
        """
        if self.low is not None and self.high is not None:
            return self.low, self.high
        if self.value is None:
            return None
        with localcontext(_EXACT):
            if self.tolerance_type == "geometric":
                low, high = sorted((self.value / (1 + self.tolerance), self.value * (1 + self.tolerance)))
                return low, high
            if self.digits is not None:
                return _rounded_to(self.value, self.digits)
            reach = self.tolerance * (abs(self.value) if self.tolerance_type == "relative" else 1)
            return self.value - reach, self.value + reach

    def holds(self, number: Decimal, theirs: Decimal = ONE, mine: Decimal = ONE) -> bool:
        """Whether a number is near enough: `theirs` is the multiplier of its unit, `mine` that of this answer's."""
        with localcontext(_EXACT):
            if self.value is not None and self.digits is not None:
                return _significant(number, self.digits) == _significant(self.value * theirs / mine, self.digits)
            number *= mine
            if self.value is not None and self.tolerance_type == "geometric":
                # Multiplied instead of divided, so that no bound is rounded.
                value, factor = self.value * theirs, 1 + self.tolerance
                near, far = abs(number), abs(value)
                return number * value >= 0 and far <= near * factor and near <= far * factor
            bounds = self.interval()
            return bounds is None or bounds[0] * theirs <= number <= bounds[1] * theirs

    def covers(self, other: NumericAnswer) -> bool:
        """Whether it holds all that another one in the same unit holds."""
        mine, theirs = self.interval(), other.interval()
        if mine is None or theirs is None:
            return mine is None
        return (mine == theirs and self.digits == other.digits) or all(self.holds(bound) for bound in theirs)


def _significant(number: Decimal, digits: int) -> Decimal:
    return Context(prec=digits, rounding=ROUND_HALF_UP).plus(number)


def _rounded_to(value: Decimal, digits: int) -> Interval:
    """The bounds of what is rounded to the same digits; just below a power of ten numbers lie ten times closer."""
    rounded = abs(_significant(value, digits))
    half = Decimal(5).scaleb(rounded.adjusted() - digits) if rounded else ZERO
    below = half / 10 if rounded and rounded.scaleb(-rounded.adjusted()) == 1 else half
    return (rounded - below, rounded + half) if value > 0 else (-rounded - half, below - rounded)


class NumericBody(Measured):
    """A prompt and its answers, in the order in which they are tried."""

    answers: Annotated[tuple[NumericAnswer, ...], Field(max_length=ANSWERS_LIMIT), at_least(1)]


class Match(NamedTuple):
    """The answer that holds a response, and whether its unit was right."""

    answer: NumericAnswer
    unit_right: bool


class Numeric(QuestionType[NumericBody]):
    """The response is worth the fraction of the first answer that holds it, less for a wrong unit, or 0.

    The inner response is a text: the number as it was written and, after a space, the unit.
    """

    name = "numeric"
    label = N_("Number")
    Body = NumericBody

    def check(self, body: NumericBody) -> Iterator[FieldError]:
        yield from (faults := [*body.faulty_units(), *_foreign_units(body)])
        if ONE not in (answer.fraction for answer in body.answers):
            yield FieldError("answers", N_("No answer earns the whole mark. Give the right one the fraction 1."))
        elif not faults:
            yield from _hidden(body)

    def present(self, body: NumericBody, arrangement: Arrangement) -> dict[str, Any]:
        return {"prompt": body.prompt, "units": body.shown_units()}

    def read(self, arrangement: Arrangement, response: object) -> str | None:
        quantity = Quantity.from_outside(response)
        return None if quantity is None else str(quantity)

    def grade(self, body: NumericBody, response: str | None) -> Decimal:
        return earned(body, match(body, body.answers, response))

    def reveal(self, body: NumericBody, arrangement: Arrangement, response: str | None) -> Revelation:
        found = match(body, body.answers, response)
        right = right_quantity(body, body.answers)
        return {
            "correct": right.to_response() if right else None,
            "feedback": [found.answer.feedback] if found and plain_text(found.answer.feedback) else [],
            "general_feedback": body.feedback,
        }

    def bounds(self, body: NumericBody) -> tuple[Decimal, Decimal]:
        return ZERO, ONE

    def guess(self, body: NumericBody) -> Decimal:
        return next((answer.fraction for answer in body.answers if answer.any), ZERO)

    def full(self, body: NumericBody) -> str | None:
        right = right_quantity(body, body.answers)
        return str(right) if right else None


def _foreign_units(body: NumericBody) -> Iterator[FieldError]:
    for place, answer in enumerate(body.answers):
        if answer.unit and body.unit(answer.unit) is None:
            message = N_("This unit is not among the units of the question. Add it there or leave it out here.")
            yield FieldError(f"answers.{place}.unit", message)


def _hidden(body: NumericBody) -> Iterator[FieldError]:
    """Answers that can never be reached, since earlier ones of another worth hold all of theirs."""
    covered = False
    intervals = [answer.interval() for answer in body.answers]
    for place, answer in enumerate(body.answers):
        for first, earlier in enumerate(body.answers[:place]):
            if _apart(intervals[first], intervals[place]):
                continue
            if earlier.any or (folded(earlier.unit) == folded(answer.unit) and earlier.covers(answer)):
                if earlier.fraction == answer.fraction:
                    break  # it changes no grade, and other systems export such lists
                covered = True
                message = N_(
                    "Answer %(first)s already holds all of this, and the first match counts. Move or remove one."
                )
                field = "low" if answer.low is not None else "value"
                yield FieldError(f"answers.{place}.{field}", message, {"first": first + 1})
                break
    fully_any = any(answer.any and answer.fraction == ONE for answer in body.answers)
    if not covered and not fully_any and right_quantity(body, body.answers) is None:
        message = N_("Earlier answers hold all that earns the whole mark. Move the answers with the fraction 1 up.")
        yield FieldError("answers", message)


def _apart(one: Interval | None, other: Interval | None) -> bool:
    """Whether two intervals have nothing in common: most have not, and that is soon seen."""
    return one is not None and other is not None and (one[1] < other[0] or other[1] < one[0])


def match(body: Measured, answers: Sequence[NumericAnswer], response: str | None) -> Match | None:
    """The first answer that holds an inner response.

    A number that is right only when its unit is left aside matches, too, with the unit wrong.
    """
    quantity = None if response is None else Quantity.from_text(response)
    number = None if quantity is None else exact(quantity.number)
    if quantity is None or number is None:
        return None
    if body.unit_use == "none":
        return next((Match(answer, True) for answer in answers if answer.holds(number)), None)
    theirs = body.multiplier(quantity.unit)
    for answer in answers:
        if theirs is not None and answer.holds(number, theirs, body.multiplier(answer.unit, required=False) or ONE):
            return Match(answer, True)
        if answer.holds(number):
            return Match(answer, False)
    return None


def earned(body: Measured, found: Match | None) -> Decimal:
    """The fraction that a match earns."""
    if found is None:
        return ZERO
    return found.answer.fraction if found.unit_right else body.penalised(found.answer.fraction)


def right_quantity(body: Measured, answers: Sequence[NumericAnswer]) -> Quantity | None:
    """A quantity that earns the whole mark; None where only "any" earns it, or nothing does.

    It is the value of the first such answer; where an earlier answer holds that, a number beside it.
    """
    for answer in answers:
        if answer.fraction == ONE and not answer.any:
            unit = (answer.unit or body.units[0].name) if body.unit_use != "none" and body.units else ""
            for number in _candidates(answers, answer):
                quantity = Quantity(number, unit)
                if exact(number) is not None and earned(body, match(body, answers, str(quantity))) == ONE:
                    return quantity
    return None


def _candidates(answers: Sequence[NumericAnswer], answer: NumericAnswer) -> Iterator[str]:
    """Numbers of which one is held by an answer and by no earlier one, if there are any (short of 40 digits)."""
    if answer.value is not None:
        yield as_text(answer.value)
    low, high = answer.interval() or (ZERO, ZERO)
    with localcontext(_EXACT):
        ends = {end for other in answers for end in other.interval() or () if low <= end <= high}
        ordered = sorted({low, high} | ends)
        numbers = [(low + high) / 2, *ordered, *((left + right) / 2 for left, right in pairwise(ordered))]
    yield from (as_text(_significant(number, 40)) for number in numbers)
