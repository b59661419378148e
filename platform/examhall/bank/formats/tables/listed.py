"""Options that stand in one cell of a table: as JSON, with a letter before each, or with a sign between them."""

from __future__ import annotations

import json
import re
from typing import Any

from examhall.bank.formats.tables.fields import LETTERS

_LABEL = re.compile(r"(?:^|(?<=[\s,;|]))\(?([A-Za-z])\s?(?:[).:]|[-=]>)\s*")
_QUOTED = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*+)'|"((?:[^"\\]|\\.)*+)")\s*(?:,|\Z)""")
_SIGNS = ("||", "|", "\n", ";", ",")
_AROUND = " \t\r\n,;|"


def options_of(text: str) -> list[str]:
    """The options, in order; none where the text does not part them."""
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return _of_list(text)
    if text.startswith("{") and text.endswith("}"):
        return _of_object(text)
    if parts := _labelled(text):
        return parts
    sign = next((sign for sign in _SIGNS if sign in text), None)
    parts = [part.strip() for part in text.split(sign)] if sign else []
    return parts if len(parts) <= len(LETTERS) and all(parts) else []


def _of_list(text: str) -> list[str]:
    """The texts of a list as JSON or Python writes it."""
    try:
        made = json.loads(text)
    except (ValueError, RecursionError):
        inner, place, made = text[1:-1], 0, []
        while place < len(inner) and (found := _QUOTED.match(inner, place)):
            made.append(re.sub(r"\\(.)", r"\1", found[1] if found[1] is not None else found[2]))
            place = found.end()
        if place < len(inner):
            return []
    return _texts(made)


def _of_object(text: str) -> list[str]:
    """The texts of an object of JSON whose names are A, B and so on."""
    try:
        made = json.loads(text)
    except (ValueError, RecursionError):
        return []
    letters = "".join(name.strip().rstrip(".):").lower() for name in made)
    return _texts(list(made.values())) if letters == LETTERS[: len(made)] else []


def _texts(made: list[Any]) -> list[str]:
    fit = len(made) <= len(LETTERS) and all(isinstance(part, str | int | float) for part in made)
    return [str(part).strip() for part in made] if fit else []


def _labelled(text: str) -> list[str]:
    """The texts behind A), B) and so on."""
    starts: list[tuple[int, int]] = []
    for found in _LABEL.finditer(text):
        if found[1].lower() == LETTERS[len(starts) : len(starts) + 1]:
            starts.append((found.start(), found.end()))
    if len(starts) < 2 or starts[0][0]:
        return []
    ends = [start for start, _ in starts[1:]] + [len(text)]
    parts = [text[begin:end].strip(_AROUND) for (_, begin), end in zip(starts, ends, strict=True)]
    return parts if all(parts) else []
