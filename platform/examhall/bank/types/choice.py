"""Questions with options: one to choose, or several to tick.

Rules: reference semantics §2.2. A choice may cost marks; what is not answered never does.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Field, StrictBool

from examhall.bank.content.richtext import plain_text
from examhall.bank.types.contract import (
    ONE,
    ZERO,
    Arrangement,
    Body,
    Fraction,
    QuestionType,
    Revelation,
    RichText,
    ShownText,
    as_text,
    at_least,
    only,
)
from examhall.bank.types.parts import Keyed, key_of, keyed, keys_of, repeated, shuffled
from examhall.errors import N_, FieldError

OPTIONS_LIMIT = 50
# Thirds and sevenths cannot be written exactly: 3 x 33.3 % must pass, 90 % must not.
_ROUNDING = Decimal("0.001")

Scheme = Literal["sum", "right_minus_wrong", "every_decision", "ticked_unticked", "all_or_nothing"]


class Option(Keyed):
    """One option. `pinned` keeps its place when the others are shuffled."""

    text: ShownText
    fraction: Fraction
    feedback: RichText = ""
    pinned: StrictBool = False


class TickOption(Option):
    """An option to tick or to leave; `unticked` is what leaving it earns, in the scheme `ticked_unticked` only."""

    unticked: Fraction = ZERO


class ChoiceBody(Body):
    """A prompt with 2 to 50 options."""

    options: Annotated[tuple[Option, ...], Field(max_length=OPTIONS_LIMIT), at_least(2), keyed("o")]
    shuffle: StrictBool = True


class MultipleBody(ChoiceBody):
    """Options to tick, and how ticks become a fraction.

    An option is right if its fraction is above 0. `sum`: the fractions of what is ticked, between 0 and 1;
    `right_minus_wrong`: (right ticks - wrong ticks) / right options, not below 0 (Canvas); `every_decision`: options
    that are rightly ticked or rightly left / options (Open edX); `ticked_unticked`: `fraction` of what is ticked and
    `unticked` of what is left / the most that can be had so, between 0 and 1 (ILIAS); `all_or_nothing`: 1 for exactly
    the right ones. Only the first and the fourth look at how large a fraction is.
    """

    options: Annotated[tuple[TickOption, ...], Field(max_length=OPTIONS_LIMIT), at_least(2), keyed("o")]
    scheme: Scheme = "sum"


C = TypeVar("C", bound=ChoiceBody)


class _Choice(QuestionType[C]):
    """What both kinds share."""

    def check(self, body: C) -> Iterator[FieldError]:
        message = N_("This option says the same as option %(first)s. Change or remove one of them.")
        yield from repeated("options", (option.text for option in body.options), message)

    def arrange(self, body: C, rng: random.Random, shuffle: bool) -> list[str]:
        keys = [option.key for option in body.options]
        if not shuffle or not body.shuffle:
            return keys
        return shuffled(keys, rng, [option.pinned for option in body.options])

    def present(self, body: C, arrangement: Arrangement) -> dict[str, Any]:
        texts = {option.key: option.text for option in body.options}
        options = [{"id": shown, "text": texts[key]} for key, shown in arrangement.items()]
        return {"prompt": body.prompt, "options": options}

    def _feedback(self, body: C, keys: list[str]) -> list[str]:
        return [option.feedback for option in body.options if option.key in keys and plain_text(option.feedback)]


class SingleChoice(_Choice[ChoiceBody]):
    """One option to choose; its fraction is the worth of the response, below 0 if the author says so."""

    name = "single_choice"
    label = N_("Single choice")
    Body = ChoiceBody

    def check(self, body: ChoiceBody) -> Iterator[FieldError]:
        yield from super().check(body)
        if ONE not in (option.fraction for option in body.options):
            yield FieldError("options", N_("No option earns the whole mark. Give the right one the fraction 1."))

    def read(self, arrangement: Arrangement, response: object) -> str | None:
        return None if response is None else key_of(arrangement, only(response, "choice"))

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

    def guess(self, body: ChoiceBody) -> Decimal:
        return sum((option.fraction for option in body.options), ZERO) / len(body.options)

    def full(self, body: ChoiceBody) -> str:
        return next(option.key for option in body.options if option.fraction == ONE)


class MultipleChoice(_Choice[MultipleBody]):
    """Options to tick; the scheme of the body says what ticks are worth.

    Ticking nothing (`{"choices": []}`) is an answer and earns what its scheme gives; no answer at all earns 0.
    """

    name = "multiple_choice"
    label = N_("Multiple choice")
    Body = MultipleBody
    #: Where "none of them" can earn something. It says so of the scheme and never of the key, which would tell of it.
    none_allowed: ClassVar[frozenset[Scheme]] = frozenset({"every_decision", "ticked_unticked", "all_or_nothing"})

    def check(self, body: MultipleBody) -> Iterator[FieldError]:
        yield from super().check(body)
        if body.scheme == "sum":
            yield from sums_to_one("options", [option.fraction for option in body.options])
        elif body.scheme == "right_minus_wrong" and not self.full(body):
            message = N_("No option is right. Give the right ones a fraction above 0, or choose another scheme.")
            yield FieldError("options", message)
        elif body.scheme == "ticked_unticked" and _best(body) <= 0:
            message = N_("Nothing here earns anything. Give an option a fraction above 0 for being ticked or left.")
            yield FieldError("options", message)

    def present(self, body: MultipleBody, arrangement: Arrangement) -> dict[str, Any]:
        return super().present(body, arrangement) | {"none_allowed": body.scheme in self.none_allowed}

    def read(self, arrangement: Arrangement, response: object) -> list[str] | None:
        return None if response is None else keys_of(arrangement, only(response, "choices"))

    def grade(self, body: MultipleBody, response: list[str] | None) -> Decimal:
        return ZERO if response is None else _GRADE[body.scheme](body, response)

    def reveal(self, body: MultipleBody, arrangement: Arrangement, response: list[str] | None) -> Revelation:
        right = self.full(body)
        return {
            "correct": {"choices": [shown for key, shown in arrangement.items() if key in right]},
            "feedback": self._feedback(body, response or []),
            "general_feedback": body.feedback,
        }

    def bounds(self, body: MultipleBody) -> tuple[Decimal, Decimal]:
        return ZERO, ONE

    def guess(self, body: MultipleBody) -> None:
        return None

    def full(self, body: MultipleBody) -> list[str]:
        left_alone = body.scheme == "ticked_unticked"
        return [option.key for option in body.options if option.fraction > (option.unticked if left_alone else ZERO)]


def sums_to_one(field: str, fractions: Iterable[Decimal]) -> Iterator[FieldError]:
    """A fault unless the fractions above 0 add up to the whole mark, as far as thirds can be written."""
    total = sum((fraction for fraction in fractions if fraction > 0), ZERO)
    if total == 0:
        yield FieldError(field, N_("No option is right. Give the right ones fractions that add up to 1."))
    elif abs(total - 1) > _ROUNDING:
        message = N_("The fractions of the right options add up to %(total)s. Change them so that they add up to 1.")
        yield FieldError(field, message, {"total": as_text(total)})


def summed(fractions: Mapping[str, Decimal], ticked: Iterable[str]) -> Decimal:
    """The sum of the ticked fractions (by key), between 0 and 1."""
    chosen = set(ticked)
    earned = sum((fraction for key, fraction in fractions.items() if key in chosen), ZERO)
    right = {key: fraction for key, fraction in fractions.items() if fraction > 0}
    if right.keys() <= chosen:
        earned += ONE - sum(right.values())  # all right ones are exactly 1, however thirds were rounded
    return _clamped(earned)


def _clamped(fraction: Decimal) -> Decimal:
    return min(max(fraction, ZERO), ONE)


def _sum(body: MultipleBody, ticked: list[str]) -> Decimal:
    return summed({option.key: option.fraction for option in body.options}, ticked)


def _right_minus_wrong(body: MultipleBody, ticked: list[str]) -> Decimal:
    right = [option.fraction > 0 for option in body.options]
    score = sum(1 if option.fraction > 0 else -1 for option in body.options if option.key in ticked)
    return _clamped(Decimal(score) / sum(right))


def _every_decision(body: MultipleBody, ticked: list[str]) -> Decimal:
    decided = sum((option.fraction > 0) is (option.key in ticked) for option in body.options)
    return Decimal(decided) / len(body.options)


def _best(body: MultipleBody) -> Decimal:
    return sum((max(option.fraction, option.unticked) for option in body.options), ZERO)


def _ticked_unticked(body: MultipleBody, ticked: list[str]) -> Decimal:
    earned = sum((option.fraction if option.key in ticked else option.unticked for option in body.options), ZERO)
    return _clamped(earned / _best(body))


def _all_or_nothing(body: MultipleBody, ticked: list[str]) -> Decimal:
    return ONE if {option.key for option in body.options if option.fraction > 0} == set(ticked) else ZERO


_GRADE = {
    "sum": _sum,
    "right_minus_wrong": _right_minus_wrong,
    "every_decision": _every_decision,
    "ticked_unticked": _ticked_unticked,
    "all_or_nothing": _all_or_nothing,
}
