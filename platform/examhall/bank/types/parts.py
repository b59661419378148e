"""What bodies have in common beside their texts: parts with keys, whole numbers, plain labels."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from examhall.bank.types.contract import Arrangement, InvalidResponse, Part, refusal, storable
from examhall.errors import N_, FieldError

LABEL_LIMIT = 200
SAME = N_("This says the same as entry %(first)s. Change or remove one of them.")

Key = Annotated[str, StringConstraints(pattern=r"^([a-z0-9]{1,16})?$")]
"""The stable name of a part through every version; "" until `keyed` makes one."""


class Keyed(Part):
    """A part that responses name. Its key lives as long as the question; a candidate only sees opaque ids."""

    key: Key = ""


K = TypeVar("K", bound=Keyed)


def keyed(letter: str) -> AfterValidator:
    """Parts whose missing keys are made, as `o1, o2, …` for the letter o, and of which no two share a key."""

    def complete(parts: tuple[K, ...]) -> tuple[K, ...]:
        taken = {part.key for part in parts if part.key}
        if len(taken) < sum(1 for part in parts if part.key):
            raise refusal(N_("Two entries have the same key. Give each its own, or leave it out."))
        free = (key for number in range(1, 2 * len(parts) + 1) if (key := f"{letter}{number}") not in taken)
        return tuple(part if part.key else part.model_copy(update={"key": next(free)}) for part in parts)

    return AfterValidator(complete)


def repeated(field: str, texts: Iterable[str], message: str = SAME, *, name: str = "text") -> Iterator[FieldError]:
    """A fault for each text that says the same as one before it: nobody could tell the two apart."""
    seen: dict[str, int] = {}
    for place, text in enumerate(texts):
        first = seen.setdefault(" ".join(text.split()), place)
        if first != place:
            yield FieldError(f"{field}.{place}.{name}", message, {"first": first + 1})


def shuffled(keys: Sequence[str], rng: random.Random, pinned: Sequence[bool] = ()) -> list[str]:
    """Keys in an order of chance, around those that are pinned to their places."""
    order = list(keys)
    loose = [place for place in range(len(order)) if not (pinned and pinned[place])]
    chance = [order[place] for place in loose]
    rng.shuffle(chance)
    for place, key in zip(loose, chance, strict=True):
        order[place] = key
    return order


def key_of(arrangement: Arrangement, shown: object) -> str:
    """The key behind an opaque id. Raises InvalidResponse where the candidate has seen no such id."""
    for key, opaque in arrangement.items():
        if opaque == shown:
            return key
    raise InvalidResponse(N_("This question has no such option. Reload the page and choose again."))


def keys_of(arrangement: Arrangement, shown: object) -> list[str]:
    """The keys behind a list of opaque ids, in the order shown. Raises InvalidResponse, for ids given twice, too."""
    if not isinstance(shown, list) or len(shown) > len(arrangement):
        raise InvalidResponse(N_("Send the ticked options as a list, each once."))
    ticked = {key_of(arrangement, opaque) for opaque in shown}
    if len(ticked) < len(shown):
        raise InvalidResponse(N_("Send the ticked options as a list, each once."))
    return [key for key in arrangement if key in ticked]


def whole(least: int, most: int) -> BeforeValidator:
    """A whole number between two bounds, both included."""

    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise refusal(N_("Write a whole number from %(least)s to %(most)s."), least=least, most=most)
        return value

    return BeforeValidator(check)


def _plain(value: Any) -> Any:
    return " ".join(storable(value).split()) if isinstance(value, str) else value


def _said(text: str) -> str:
    if not text:
        raise refusal(N_("Write a text here."))
    return text


OptionalLabel = Annotated[str, StringConstraints(max_length=LABEL_LIMIT), BeforeValidator(_plain)]
"""Plain text on one line, not HTML."""
Label = Annotated[OptionalLabel, AfterValidator(_said)]
"""The same where it may not be empty."""
