"""A body that was read, before its type has checked it: to be tried against the rules of the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from examhall.bank.types import type_named
from examhall.bank.types.contract import Body


def drafted(type_name: str, data: Mapping[str, Any]) -> Body | None:
    """The body; None where something is wrong with it, which its type tells when it checks it."""
    try:
        body: Body = type_named(type_name).load(dict(data))
    except ValidationError:
        return None
    return body
