"""Variables of calculated questions: ranges, and the values that are drawn from them."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext
from itertools import islice, product
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from examhall.bank.types.contract import Number, Part, refusal
from examhall.errors import N_

VARIABLES_LIMIT = 30
DECIMALS_LIMIT = 30
VALUE_LIMIT = Decimal("1e30")
_CORNERS, _SAMPLES = 250, 50
_EXACT = Context(prec=100)
_DRAWING = Context(prec=40)

Values = Mapping[str, str]
"""Name -> value as it is shown, such as "3.0"."""


def _named(name: str) -> str:
    return unicodedata.normalize("NFC", name)


Name = Annotated[str, AfterValidator(_named), StringConstraints(max_length=32)]


class Variable(Part):
    """A name and the range that its value is drawn from, both ends included, in steps of 10^-decimals.

    uniform: every step is as likely; log: every order of magnitude is.
    """

    name: Name
    low: Number
    high: Number
    decimals: Annotated[int, Field(strict=True)] = 1
    scale: Literal["uniform", "log"] = "uniform"

    @model_validator(mode="after")
    def _some_value(self) -> Self:
        if not 0 <= self.decimals <= DECIMALS_LIMIT:
            raise refusal(N_("Choose from 0 to %(limit)s decimals."), limit=DECIMALS_LIMIT)
        if max(abs(self.low), abs(self.high)) >= VALUE_LIMIT:
            raise refusal(N_("Values lie between -1e30 and 1e30. Choose another unit."))
        if self.low > self.high:
            raise refusal(N_("The least number is above the greatest. Change them around."))
        if self.scale == "log" and self.low <= 0:
            raise refusal(N_("A logarithmic range lies above 0. Raise its least number or choose the uniform scale."))
        first, last = self.steps()
        if first > last:
            raise refusal(N_("No number with so many decimals lies in this range. Widen it or allow more decimals."))
        return self

    def steps(self) -> tuple[int, int]:
        """The first and the last value, in units of the last decimal."""
        with localcontext(_EXACT):
            low, high = self.low.scaleb(self.decimals), self.high.scaleb(self.decimals)
            return int(low.to_integral_value(ROUND_CEILING)), int(high.to_integral_value(ROUND_FLOOR))

    def text(self, step: int) -> str:
        """A value as it is shown, with all its decimals."""
        with localcontext(_EXACT):
            return format(Decimal(step).scaleb(-self.decimals), "f")

    def draw(self, rng: random.Random) -> str:
        """A value by chance."""
        first, last = self.steps()
        if self.scale == "uniform":
            return self.text(rng.randint(first, last))
        with localcontext(_DRAWING):
            low, high = self.low.ln(), self.high.ln()
            value = (low + Decimal(rng.random()) * (high - low)).exp()
        with localcontext(_EXACT):
            step = int(value.scaleb(self.decimals).to_integral_value(ROUND_HALF_UP))
        return self.text(min(max(step, first), last))

    def ends(self) -> list[str]:
        """Where formulas fail first: both ends, and 0 between them."""
        first, last = self.steps()
        return [self.text(step) for step in sorted({first, last} | ({0} if first < 0 < last else set()))]


def drawn(variables: Sequence[Variable], rng: random.Random) -> Values:
    """A value for each variable."""
    return {variable.name: variable.draw(rng) for variable in variables}


def samples(variables: Sequence[Variable], rng: random.Random) -> Iterator[Values]:
    """Values to try a formula on: the corners of the ranges, the first 250 of them, and 50 by chance."""
    names = [variable.name for variable in variables]
    for corner in islice(product(*(variable.ends() for variable in variables)), _CORNERS):
        yield dict(zip(names, corner, strict=True))
    if variables:
        yield from (drawn(variables, rng) for _ in range(_SAMPLES))
