"""The operators of response processing: values in, a value out, NULL for what cannot be told.

Rules: reference semantics §2.6. Numbers are decimals, so that 0.1 + 0.2 is 0.3.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException, localcontext
from types import MappingProxyType
from typing import Any

import re2

from examhall.bank.formats.qti.values import Area, Value, number, value
from examhall.bank.types.contract import exact

Arguments = Sequence[Value | None]
Operator = Callable[[Any, Arguments], Value | None]

_EXACT = Context(prec=200)
_SIGNS = re.compile(r"([\\.*+?()\[\]{}|^$-])")
TRUE, FALSE = Value((True,), "boolean"), Value((False,), "boolean")


def truth(verdict: bool) -> Value:
    """A single boolean."""
    return TRUE if verdict else FALSE


def is_true(found: Value | None) -> bool:
    """Whether a value is a boolean and true: NULL is not."""
    return found is not None and found.items[0] is True


def same(one: Value, other: Value) -> bool:
    """match: a bag without order, a sequence with it; one member matches any of several correct ones."""
    if "ordered" in (one.cardinality, other.cardinality):
        return one.items == other.items
    if len(one.items) == 1 and one.cardinality == other.cardinality == "single":
        return one.items[0] in other.items
    return len(one.items) == len(other.items) and Counter(one.items) == Counter(other.items)


def rounded(amount: Decimal, mode: str, figures: int) -> Decimal:
    """A number with so many significant figures, or decimal places; halves away from zero."""
    places = figures if mode == "decimalPlaces" else figures - 1 - amount.adjusted() if amount else 0
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _EXACT)


def inside(area: Area, point: tuple[Decimal, Decimal]) -> bool:
    """Whether a point lies in an area, its edge included; a polygon by the crossings of a ray."""
    x, y = point
    coords = area.coords
    if area.shape == "rect":
        return coords[0] <= x <= coords[2] and coords[1] <= y <= coords[3]
    if area.shape == "circle":
        return (x - coords[0]) ** 2 + (y - coords[1]) ** 2 <= coords[2] ** 2
    if area.shape == "ellipse":
        across, down = max(coords[2], 1), max(coords[3], 1)
        return ((x - coords[0]) * down) ** 2 + ((y - coords[1]) * across) ** 2 <= (across * down) ** 2
    if area.shape == "default":
        return True
    corners = list(zip(coords[::2], coords[1::2], strict=True))
    crossings = False
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / Decimal(y2 - y1) + x1:
            crossings = not crossings
    return crossings


def _numbers(arguments: Arguments) -> list[Decimal] | None:
    """All members of all arguments as numbers; None where one is NULL or no number."""
    found: list[Decimal] = []
    for argument in arguments:
        if argument is None:
            return None
        for item in argument.items:
            amount = item if isinstance(item, Decimal) else exact(item.strip()) if isinstance(item, str) else None
            if amount is None:
                return None
            found.append(amount)
    return found


def numeric(calculate: Callable[[list[Decimal]], Decimal]) -> Operator:
    """An operator on the members of all its arguments; NULL where one is no number, or what comes out is none."""

    def operator(_: Any, arguments: Arguments) -> Value | None:
        numbers = _numbers(arguments)
        if not numbers:
            return None
        try:
            with localcontext(_EXACT):
                result = calculate(numbers)
        except (DecimalException, IndexError):
            return None
        return number(result) if result.is_finite() and abs(result.adjusted()) < 100 else None

    return operator


def _comparison(compare: Callable[[Decimal, Decimal], bool]) -> Operator:
    def operator(_: Any, arguments: Arguments) -> Value | None:
        numbers = _numbers(arguments)
        return truth(compare(numbers[0], numbers[1])) if numbers and len(numbers) == 2 else None

    return operator


def _product(numbers: list[Decimal]) -> Decimal:
    result = Decimal(1)
    for amount in numbers:
        result *= amount
    return result


def _and(_: Any, arguments: Arguments) -> Value | None:
    if FALSE in arguments:
        return FALSE
    return None if None in arguments else TRUE


def _or(_: Any, arguments: Arguments) -> Value | None:
    if TRUE in arguments:
        return TRUE
    return None if None in arguments else FALSE


def _not(_: Any, arguments: Arguments) -> Value | None:
    return None if arguments[0] is None else truth(arguments[0] == FALSE)


def _any_n(element: Any, arguments: Arguments) -> Value | None:
    least, most = int(element.get("min", "0")), int(element.get("max", str(len(arguments))))
    true, unknown = arguments.count(TRUE), arguments.count(None)
    if least <= true and true + unknown <= most:
        return TRUE
    return FALSE if true > most or true + unknown < least else None


def _match(_: Any, arguments: Arguments) -> Value | None:
    one, other = arguments
    return None if one is None or other is None else truth(same(one, other))


def tolerances(element: Any) -> tuple[Decimal, Decimal]:
    """The reach below and above that an `equal` allows; percents are shares of 1."""
    parts = [exact(part) or Decimal(0) for part in element.get("tolerance", "0").replace(",", " ").split()] or [
        Decimal(0)
    ]
    low, high = parts[0], parts[-1]
    return (low / 100, high / 100) if element.get("toleranceMode") == "relative" else (low, high)


def _equal(element: Any, arguments: Arguments) -> Value | None:
    numbers = _numbers(arguments)
    if numbers is None or len(numbers) != 2:
        return None
    centre, found = numbers
    mode = element.get("toleranceMode", "exact")
    with localcontext(_EXACT):
        below, above = tolerances(element) if mode != "exact" else (Decimal(0), Decimal(0))
        reach = abs(centre) if mode == "relative" else Decimal(1)
        low, high = centre - below * reach, centre + above * reach
        above_low = found >= low if element.get("includeLowerBound", "true") in ("true", "1") else found > low
        below_high = found <= high if element.get("includeUpperBound", "true") in ("true", "1") else found < high
    return truth(above_low and below_high)


def _equal_rounded(element: Any, arguments: Arguments) -> Value | None:
    numbers = _numbers(arguments)
    figures = element.get("figures", "")
    if numbers is None or len(numbers) != 2 or not figures.isascii() or not figures.isdigit() or len(figures) > 2:
        return None
    mode = element.get("roundingMode", "significantFigures")
    one, other = (rounded(amount, mode, int(figures)) for amount in numbers)
    return truth(one == other)


def _string_match(element: Any, arguments: Arguments) -> Value | None:
    if None in arguments:
        return None
    one, other = (str(argument.items[0]) for argument in arguments if argument)
    if element.get("caseSensitive", "true") not in ("true", "1"):
        one, other = one.casefold(), other.casefold()
    return truth(other in one if element.get("substring", "false") in ("true", "1") else one == other)


def _substring(element: Any, arguments: Arguments) -> Value | None:
    if None in arguments:
        return None
    part, whole = (str(argument.items[0]) for argument in arguments if argument)
    if element.get("caseSensitive", "true") not in ("true", "1"):
        part, whole = part.casefold(), whole.casefold()
    return truth(part in whole)


def pattern_of(element: Any) -> str | None:
    """The pattern that a comparison looks for: its own, or any text around a constant; None where it is no pattern."""
    if element.tag == "patternMatch":
        return str(element.get("pattern", ""))
    if element.tag == "substring" or (element.tag == "stringMatch" and element.get("substring") in ("true", "1")):
        constants = ["".join(found.itertext()) for found in element.iter("baseValue")]
        return ".*" + _SIGNS.sub(r"\\\1", constants[0]) + ".*" if constants and constants[0] else None
    return None


def _pattern_match(element: Any, arguments: Arguments) -> Value | None:
    if arguments[0] is None:
        return None
    try:
        return truth(re2.fullmatch(element.get("pattern", ""), str(arguments[0].items[0])) is not None)
    except re2.error:
        return None


def _member(_: Any, arguments: Arguments) -> Value | None:
    one, container = arguments
    return None if one is None or container is None else truth(one.items[0] in container.items)


def _contains(_: Any, arguments: Arguments) -> Value | None:
    container, part = arguments
    if container is None or part is None:
        return None
    if container.cardinality == "ordered":
        size = len(part.items)
        starts = range(len(container.items) - size + 1)
        return truth(any(container.items[start : start + size] == part.items for start in starts))
    return truth(not Counter(part.items) - Counter(container.items))


def _container(cardinality: str) -> Operator:
    def operator(_: Any, arguments: Arguments) -> Value | None:
        held = [argument for argument in arguments if argument is not None]
        base = held[0].base if held else "identifier"
        return value((item for argument in held for item in argument.items), base, cardinality)

    return operator


def _index(element: Any, arguments: Arguments) -> Value | None:
    place = element.get("n", "")
    if (
        arguments[0] is None
        or not place.isascii()
        or not place.isdigit()
        or not 1 <= int(place) <= len(arguments[0].items)
    ):
        return None
    return Value((arguments[0].items[int(place) - 1],), arguments[0].base)


def _delete(_: Any, arguments: Arguments) -> Value | None:
    one, container = arguments
    if one is None or container is None:
        return None
    return value((item for item in container.items if item != one.items[0]), container.base, container.cardinality)


def _size(_: Any, arguments: Arguments) -> Value | None:
    return number(0 if arguments[0] is None else len(arguments[0].items))


def _truncated(amount: Decimal) -> Decimal:
    return Decimal(int(amount))


OPERATORS: Mapping[str, Operator] = MappingProxyType({
    "customOperator": lambda _, arguments: arguments[0],
    "and": _and, "or": _or, "not": _not, "anyN": _any_n,
    "isNull": lambda _, arguments: truth(arguments[0] is None),
    "match": _match, "equal": _equal, "equalRounded": _equal_rounded,
    "stringMatch": _string_match, "patternMatch": _pattern_match,
    "substring": _substring,
    "gt": _comparison(lambda one, other: one > other), "gte": _comparison(lambda one, other: one >= other),
    "lt": _comparison(lambda one, other: one < other), "lte": _comparison(lambda one, other: one <= other),
    "sum": numeric(lambda numbers: sum(numbers, Decimal(0))), "product": numeric(_product),
    "subtract": numeric(lambda numbers: numbers[0] - numbers[1]),
    "divide": numeric(lambda numbers: numbers[0] / numbers[1]),
    "min": numeric(min), "max": numeric(max),
    "truncate": numeric(lambda numbers: _truncated(numbers[0])),
    "round": numeric(lambda numbers: rounded(numbers[0], "decimalPlaces", 0)),
    "integerToFloat": numeric(lambda numbers: numbers[0]),
    "integerDivide": numeric(lambda numbers: (numbers[0] / numbers[1]).to_integral_value("ROUND_FLOOR")),
    "integerModulus": numeric(lambda n: n[0] - n[1] * (n[0] / n[1]).to_integral_value("ROUND_FLOOR")),
    "member": _member, "contains": _contains, "containerSize": _size, "index": _index, "delete": _delete,
    "multiple": _container("multiple"), "ordered": _container("ordered"),
})  # fmt: skip
