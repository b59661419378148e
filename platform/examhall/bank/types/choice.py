"""Questions with options: one to choose, or several to tick.

Rules: reference semantics §2.2. A choice may cost marks; what is not answered never does.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, StrictBool, StringConstraints, field_validator

from examhall.bank.richtext import plain_text
from examhall.bank.types.contract import (
    ONE,
    ZERO,
    Arrangement,
    Body,
    Fraction,
    InvalidResponse,
    Part,
    QuestionType,
    Revelation,
    RichText,
    ShownText,
    as_text,
    at_least,
    only,
    refusal,
)
from examhall.errors import N_, FieldError

OPTIONS_LIMIT = 50
# Thirds and sevenths cannot be written exactly: 3 x 33.3 % must pass, 90 % must not.
_ROUNDING = Decimal("0.001")


class Option(Part):
    """One option. `key` names it through every version; `pinned` keeps its place when the others are shuffled."""

    key: Annotated[str, StringConstraints(pattern=r"^([a-z0-9]{1,16})?$")] = ""
    text: ShownText
    fraction: Fraction
    feedback: RichText = ""
    pinned: StrictBool = False


class ChoiceBody(Body):
    """A prompt with 2 to 50 options."""

    options: Annotated[tuple[Option, ...], Field(max_length=OPTIONS_LIMIT), at_least(2)]
    shuffle: StrictBool = True

    @field_validator("options", mode="after")
    @classmethod
    def _keyed(cls, options: tuple[Option, ...]) -> tuple[Option, ...]:
        taken = [option.key for option in options if option.key]
        if len(set(taken)) < len(taken):
            raise refusal(N_("Two options have the same key. Give each its own, or leave it out."))
        free = (f"o{number}" for number in range(1, 2 * OPTIONS_LIMIT + 1) if f"o{number}" not in taken)
        return tuple(option if option.key else option.model_copy(update={"key": next(free)}) for option in options)


class _Choice(QuestionType[ChoiceBody]):
    """What both kinds share."""

    Body = ChoiceBody

    def check(self, body: ChoiceBody) -> Iterator[FieldError]:
        seen: dict[str, int] = {}
        for place, option in enumerate(body.options):
            first = seen.setdefault(" ".join(option.text.split()), place)
            if first != place:
                message = N_("This option says the same as option %(first)s. Change or remove one of them.")
                yield FieldError(f"options.{place}.text", message, {"first": first + 1})

    def arrange(self, body: ChoiceBody, rng: random.Random, shuffle: bool) -> list[str]:
        keys = [option.key for option in body.options]
        if not shuffle or not body.shuffle:
            return keys
        loose = [place for place, option in enumerate(body.options) if not option.pinned]
        shuffled = [keys[place] for place in loose]
        rng.shuffle(shuffled)
        for place, key in zip(loose, shuffled, strict=True):
            keys[place] = key
        return keys

    def present(self, body: ChoiceBody, arrangement: Arrangement) -> dict[str, Any]:
        texts = {option.key: option.text for option in body.options}
        options = [{"id": shown, "text": texts[key]} for key, shown in arrangement.items()]
        return {"prompt": body.prompt, "options": options}

    def _feedback(self, body: ChoiceBody, keys: list[str]) -> list[str]:
        return [option.feedback for option in body.options if option.key in keys and plain_text(option.feedback)]


class SingleChoice(_Choice):
    """One option to choose; its fraction is the worth of the response, below 0 if the author says so."""

    name = "single_choice"
    label = N_("Single choice")

    def check(self, body: ChoiceBody) -> Iterator[FieldError]:
        yield from super().check(body)
        if ONE not in (option.fraction for option in body.options):
            yield FieldError("options", N_("No option earns the whole mark. Give the right one the fraction 1."))

    def read(self, arrangement: Arrangement, response: object) -> str | None:
        return None if response is None else _key(arrangement, only(response, "choice"))

    def grade(self, body: ChoiceBody, response: str | None) -> Decimal:
        return next((option.fraction for option in body.options if option.key == response), ZERO)

    def reveal(self, body: ChoiceBody, arrangement: Arrangement, response: str | None) -> Revelation:
        right = [option.key for option in body.options if option.fraction == ONE and option.key in arrangement]
        shown = response if response in right else next(iter(right), None)
        return {
            "correct": {"choice": arrangement[shown]} if shown else None,
            "feedback": [] if response is None else self._feedback(body, [response]),
            "general_feedback": body.feedback,
        }

    def bounds(self, body: ChoiceBody) -> tuple[Decimal, Decimal]:
        return min(ZERO, *(option.fraction for option in body.options)), ONE


class MultipleChoice(_Choice):
    """Options to tick; the response is worth the sum of their fractions, between 0 and 1."""

    name = "multiple_choice"
    label = N_("Multiple choice")

    def check(self, body: ChoiceBody) -> Iterator[FieldError]:
        yield from super().check(body)
        total = sum((option.fraction for option in body.options if option.fraction > 0), ZERO)
        if total == 0:
            yield FieldError("options", N_("No option is right. Give the right ones fractions that add up to 1."))
        elif abs(total - 1) > _ROUNDING:
            message = N_(
                "The fractions of the right options add up to %(total)s. Change them so that they add up to 1."
            )
            yield FieldError("options", message, {"total": as_text(total)})

    def read(self, arrangement: Arrangement, response: object) -> list[str] | None:
        if response is None:
            return None
        choices = only(response, "choices")
        if not isinstance(choices, list) or len(choices) > len(arrangement):
            raise InvalidResponse(N_("Send the ticked options as a list, each once."))
        ticked = {_key(arrangement, choice) for choice in choices}
        if len(ticked) < len(choices):
            raise InvalidResponse(N_("Send the ticked options as a list, each once."))
        return [key for key in arrangement if key in ticked] or None

    def grade(self, body: ChoiceBody, response: list[str] | None) -> Decimal:
        ticked = response or []
        earned = sum((option.fraction for option in body.options if option.key in ticked), ZERO)
        right = {option.key: option.fraction for option in body.options if option.fraction > 0}
        if right.keys() <= set(ticked):
            earned += ONE - sum(right.values())  # all right ones are exactly 1, however thirds were rounded
        return min(max(earned, ZERO), ONE)

    def reveal(self, body: ChoiceBody, arrangement: Arrangement, response: list[str] | None) -> Revelation:
        right = {option.key for option in body.options if option.fraction > 0}
        return {
            "correct": {"choices": [shown for key, shown in arrangement.items() if key in right]},
            "feedback": self._feedback(body, response or []),
            "general_feedback": body.feedback,
        }

    def bounds(self, body: ChoiceBody) -> tuple[Decimal, Decimal]:
        return ZERO, ONE


def _key(arrangement: Arrangement, shown: object) -> str:
    for key, opaque in arrangement.items():
        if opaque == shown:
            return key
    raise InvalidResponse(N_("This question has no such option. Reload the page and choose again."))
