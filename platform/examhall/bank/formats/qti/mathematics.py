"""Operators of rules that calculate beyond arithmetic: functions, statistics, powers, divisors, given figures.

Facts: QTI 2.1, mathOperator, mathConstant, statsOperator, power, gcd, lcm, roundTo. What has no value is NULL.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from examhall.bank.formats.qti.operators import Arguments, Operator, numeric, rounded
from examhall.bank.formats.qti.values import Value, number

_CONSTANTS = {"pi": Decimal(str(math.pi)), "e": Decimal(str(math.e))}
_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "asin": math.asin, "acos": math.acos, "atan": math.atan,
    "atan2": math.atan2, "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh, "log": math.log10, "ln": math.log,
    "exp": math.exp, "abs": abs, "floor": math.floor, "ceil": math.ceil, "toDegrees": math.degrees,
    "toRadians": math.radians, "sec": lambda x: 1 / math.cos(x), "csc": lambda x: 1 / math.sin(x),
    "cot": lambda x: 1 / math.tan(x), "signum": lambda x: (x > 0) - (x < 0),
}  # fmt: skip
_STATISTICS: Mapping[str, Callable[[Sequence[Decimal]], Decimal]] = {
    "mean": statistics.mean, "sampleVariance": statistics.variance, "sampleSD": statistics.stdev,
    "popVariance": statistics.pvariance, "popSD": statistics.pstdev,
}  # fmt: skip
_DIGITS = 12  # of a float that are kept: 0.1 + 0.2 is 0.3


def _constant(element: Any, _: Arguments) -> Value | None:
    found = _CONSTANTS.get(element.get("name", ""))
    return None if found is None else number(found)


def _function(element: Any, arguments: Arguments) -> Value | None:
    function = _FUNCTIONS.get(element.get("name", ""))
    if function is None:
        raise ValueError(element.get("name"))

    return numeric(lambda numbers: _as_decimal(lambda: function(*map(float, numbers))))(element, arguments)


def _as_decimal(calculate: Callable[[], float]) -> Decimal:
    try:
        return Decimal(f"{calculate():.{_DIGITS}g}")
    except (ArithmeticError, ValueError, TypeError):
        return Decimal("NaN")


def _statistic(element: Any, arguments: Arguments) -> Value | None:
    function = _STATISTICS.get(element.get("name", ""))
    if function is None:
        raise ValueError(element.get("name"))
    return numeric(lambda numbers: function(numbers) if len(numbers) > 1 else Decimal("NaN"))(element, arguments)


def _round_to(element: Any, arguments: Arguments) -> Value | None:
    figures = element.get("figures", "")
    if not figures.isascii() or not figures.isdigit() or len(figures) > 2:
        raise ValueError(figures)
    mode = element.get("roundingMode", "significantFigures")
    return numeric(lambda numbers: rounded(numbers[0], mode, int(figures)))(element, arguments)


def _power(numbers: list[Decimal]) -> Decimal:
    base, exponent = numbers
    if exponent == int(exponent) and abs(exponent) <= 1000:
        return base**exponent
    return _as_decimal(lambda: float(base) ** float(exponent))


def _whole(calculate: Callable[..., int]) -> Callable[[list[Decimal]], Decimal]:
    return lambda numbers: Decimal(calculate(*(int(amount) for amount in numbers if abs(amount) < 10**30)))


MATHEMATICS: Mapping[str, Operator] = MappingProxyType({
    "mathConstant": _constant, "mathOperator": _function, "statsOperator": _statistic, "roundTo": _round_to,
    "power": numeric(_power), "gcd": numeric(_whole(math.gcd)), "lcm": numeric(_whole(math.lcm)),
})  # fmt: skip
