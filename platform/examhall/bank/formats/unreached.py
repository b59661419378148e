"""Answers that no response reaches, as one before them matches all that they do: they say nothing, and are left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from examhall.bank.types import type_named
from examhall.bank.types.contract import Body
from examhall.errors import N_, FieldError, Invalid

#: What to tell of each; its parameter `first` is the number of the answer before it.
UNREACHED = N_("Answer %(first)s already matches all that this one does, so this one is left out.")
_ANSWER = re.compile(r"(?:gaps\.(?P<gap>[0-9]+)\.)?answers\.(?P<answer>[0-9]+)\.")


def validated(type_name: str, data: Mapping[str, Any]) -> tuple[Body, tuple[FieldError, ...]]:
    """The body that a type makes of `data`, and for each answer that was left out the error that would refuse it.

    Raises Invalid for all else that is wrong.
    """
    kind = type_named(type_name)
    try:
        return kind.validate(data), ()
    except Invalid as invalid:
        errors = invalid.errors
    found = [_ANSWER.match(error.field) if "first" in error.params else None for error in errors]
    if not all(found):
        raise Invalid(errors=errors)
    gone = {(match["gap"] and int(match["gap"]), int(match["answer"])) for match in found if match}
    kept = dict(data)
    if "answers" in data:
        kept["answers"] = _left(data, None, gone)
    if "gaps" in data:
        kept["gaps"] = [
            {**gap, "answers": _left(gap, place, gone)} if "answers" in gap else gap
            for place, gap in enumerate(data["gaps"])
        ]
    try:
        return kind.validate(kept), errors
    except Invalid:  # without them no answer is right
        raise Invalid(errors=errors) from None


def _left(holder: Mapping[str, Any], gap: int | None, gone: set[Any]) -> list[Any]:
    return [answer for place, answer in enumerate(holder["answers"]) if (gap, place) not in gone]
