"""Items to bring into their order."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field

from examhall.bank.types.contract import (
    ONE,
    ZERO,
    Arrangement,
    Body,
    InvalidResponse,
    QuestionType,
    Revelation,
    ShownText,
    at_least,
    only,
)
from examhall.bank.types.parts import Keyed, key_of, keyed, repeated, shuffled
from examhall.errors import N_, FieldError

ITEMS_LIMIT = 20


class Item(Keyed):
    """One item."""

    text: ShownText


class OrderingBody(Body):
    """2 to 20 items in the right order.

    `exact`: the whole mark for the whole order, else nothing; `adjacent`: each pair of right neighbours, one directly
    before the other, earns its share; `position`: each item at its right place does.
    """

    items: Annotated[tuple[Item, ...], Field(max_length=ITEMS_LIMIT), at_least(2), keyed("i")]
    scheme: Literal["exact", "adjacent", "position"] = "exact"


class Ordering(QuestionType[OrderingBody]):
    """A response names every item once. Items are always shuffled: the authored order is the key."""

    name = "ordering"
    label = N_("Ordering")
    Body = OrderingBody

    def check(self, body: OrderingBody) -> Iterator[FieldError]:
        yield from repeated("items", (item.text for item in body.items))

    def arrange(self, body: OrderingBody, rng: random.Random, shuffle: bool) -> list[str]:
        return shuffled(sorted(self.full(body)), rng)

    def present(self, body: OrderingBody, arrangement: Arrangement) -> dict[str, Any]:
        texts = {item.key: item.text for item in body.items}
        items = [{"id": shown, "text": texts[key]} for key, shown in arrangement.items()]
        return {"prompt": body.prompt, "items": items}

    def read(self, arrangement: Arrangement, response: object) -> list[str] | None:
        if response is None:
            return None
        order = only(response, "order")
        if not isinstance(order, list) or len(order) != len(arrangement):
            raise InvalidResponse(N_("Send all items in your order, each once."))
        keys = [key_of(arrangement, shown) for shown in order]
        if len(set(keys)) < len(keys):
            raise InvalidResponse(N_("Send all items in your order, each once."))
        return keys

    def grade(self, body: OrderingBody, response: list[str] | None) -> Decimal:
        right, given = self.full(body), response or []
        if body.scheme == "exact":
            return ONE if given == right else ZERO
        if body.scheme == "adjacent":
            return Decimal(len(set(pairwise(right)) & set(pairwise(given)))) / (len(right) - 1)
        return Decimal(sum(here == there for here, there in zip(right, given, strict=False))) / len(right)

    def reveal(self, body: OrderingBody, arrangement: Arrangement, response: list[str] | None) -> Revelation:
        return {
            "correct": {"order": [arrangement[key] for key in self.full(body) if key in arrangement]},
            "feedback": [],
            "general_feedback": body.feedback,
        }

    def bounds(self, body: OrderingBody) -> tuple[Decimal, Decimal]:
        return ZERO, ONE

    def guess(self, body: OrderingBody) -> Decimal:
        # An item stands at a given place, or directly before a given other, in one of n permutations.
        count = len(body.items)
        return ONE / (math.factorial(count) if body.scheme == "exact" else count)

    def full(self, body: OrderingBody) -> list[str]:
        return [item.key for item in body.items]
