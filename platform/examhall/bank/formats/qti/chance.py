"""The operators of template processing that draw: each finds its draw, a number from 0 to below 1, in an attribute."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from types import MappingProxyType
from typing import Any

from examhall.bank.formats.qti.operators import Arguments, Operator
from examhall.bank.formats.qti.values import Value, number
from examhall.bank.types.contract import exact

DRAW = "draw"
_PLACES = Decimal("1e-6")


def _of(element: Any, name: str, otherwise: str) -> Decimal:
    found = exact(element.get(name, otherwise))
    if found is None:
        raise ValueError(name)
    return found


def _integer(element: Any, _: Arguments) -> Value | None:
    low, high, step = _of(element, "min", "0"), _of(element, "max", ""), _of(element, "step", "1")
    if step <= 0 or high < low:
        raise ValueError("step")
    steps = ((high - low) / step).to_integral_value(ROUND_FLOOR) + 1
    place = (Decimal(element.get(DRAW)) * steps).to_integral_value(ROUND_FLOOR)
    return Value((low + place * step,), "integer")


def _float(element: Any, _: Arguments) -> Value | None:
    low, high = _of(element, "min", "0"), _of(element, "max", "")
    return number((low + (high - low) * Decimal(element.get(DRAW))).quantize(_PLACES))


def _one(element: Any, arguments: Arguments) -> Value | None:
    (container,) = arguments
    if container is None:
        return None
    place = int(Decimal(element.get(DRAW)) * len(container.items))
    return Value((container.items[place],), container.base)


OPERATORS: Mapping[str, Operator] = MappingProxyType({"randomInteger": _integer, "randomFloat": _float, "random": _one})
