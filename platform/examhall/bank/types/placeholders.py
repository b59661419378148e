"""Places in a text of a calculated question: `{name}` for a value, `{=formula}` for what it comes to.

Inside LaTeX, `\\(…\\)` and `\\[…\\]`, the braces stay around the value, so that `\\frac{a}{b}` and `x^{a}` keep their
meaning. Braces around anything else are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from html import unescape

from examhall.bank.types.contract import as_text
from examhall.bank.types.formula import NAME, FormulaError, parse

_SHOWN = Context(prec=12)  # what a formula in a text comes to is shown with so many digits
# Braces inside a formula never begin with "=": so one pass is enough, however many stay open.
_PLACE = re.compile(rf"\{{(?:=(?P<formula>(?:[^{{}}]|\{{(?!=)[^{{}}]*\}})*)|(?P<name>{NAME}))\}}")
_CLOSING = {"\\(": "\\)", "\\[": "\\]"}
_OPENING = re.compile(r"\\[(\[]")


def filled(html: str, values: Mapping[str, str]) -> str:
    """The text with the values put in; a formula that has none is left as it stands."""
    return "".join(_filled(piece, values, maths) for piece, maths in pieces(html))


def formulas_in(html: str) -> Iterator[str]:
    """The formulas of a text."""
    for place in _PLACE.finditer(html):
        if place["formula"] is not None:
            yield unescape(place["formula"])


def _filled(piece: str, values: Mapping[str, str], maths: bool) -> str:
    def value(place: re.Match[str]) -> str:
        if place["name"] is not None:
            found = values.get(place["name"])
        else:
            try:
                result = parse(unescape(place["formula"])).value({name: Decimal(text) for name, text in values.items()})
                found = as_text(_SHOWN.plus(result))
            except FormulaError:
                found = None
        if found is None:
            return place[0]
        return f"{{{found}}}" if maths else found

    return _PLACE.sub(value, piece)


def pieces(html: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is LaTeX."""
    start = 0
    unclosed: set[str] = set()
    for opening in _OPENING.finditer(html):
        sign = opening[0]
        if opening.start() < start or sign in unclosed:
            continue
        end = html.find(_CLOSING[sign], opening.end())
        if end < 0:
            unclosed.add(sign)
            continue
        yield html[start : opening.start()], False
        yield html[opening.start() : end], True
        start = end
    yield html[start:], False
