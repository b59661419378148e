"""Stems, for each of which the choice that belongs to it has to be found.

Rules: reference semantics §2.2: right pairs / stems. Choices that no stem names are distractors.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, StrictBool

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
from examhall.bank.types.parts import Key, Keyed, key_of, keyed, repeated, shuffled
from examhall.errors import N_, FieldError

STEMS_LIMIT = 50
CHOICES_LIMIT = 100
_STEM, _CHOICE = "s.", "c."


class Stem(Keyed):
    """What is to be matched, and the key of the `choice` that belongs to it."""

    text: ShownText
    choice: Key


class Choice(Keyed):
    """What may be matched with a stem; several stems may share it."""

    text: ShownText


class MatchingBody(Body):
    """1 to 50 stems and 2 to 100 choices. The keys of choices, where missing, are made as c1, c2, … in their order."""

    stems: Annotated[tuple[Stem, ...], Field(max_length=STEMS_LIMIT), at_least(1), keyed("s")]
    choices: Annotated[tuple[Choice, ...], Field(max_length=CHOICES_LIMIT), at_least(2), keyed("c")]
    shuffle: StrictBool = True


class Matching(QuestionType[MatchingBody]):
    """Each right pair earns its share. `shuffle` is for the stems: choices in the authored order would tell too much.

    The keys of an arrangement are `s.KEY` for stems and `c.KEY` for choices.
    """

    name = "matching"
    label = N_("Matching")
    Body = MatchingBody

    def check(self, body: MatchingBody) -> Iterator[FieldError]:
        yield from repeated("stems", (stem.text for stem in body.stems))
        yield from repeated("choices", (choice.text for choice in body.choices))
        known = {choice.key for choice in body.choices}
        for place, stem in enumerate(body.stems):
            if stem.choice not in known:
                message = N_("Name the choice that belongs to this stem by its key, one of: %(known)s.")
                yield FieldError(f"stems.{place}.choice", message, {"known": ", ".join(sorted(known))})

    def arrange(self, body: MatchingBody, rng: random.Random, shuffle: bool) -> list[str]:
        choices = shuffled([_CHOICE + choice.key for choice in body.choices], rng)
        stems = [_STEM + stem.key for stem in body.stems]
        return (shuffled(stems, rng) if shuffle and body.shuffle else stems) + choices

    def present(self, body: MatchingBody, arrangement: Arrangement) -> dict[str, Any]:
        texts = {_STEM + stem.key: stem.text for stem in body.stems}
        texts |= {_CHOICE + choice.key: choice.text for choice in body.choices}
        parts = {
            prefix: [{"id": shown, "text": texts[key]} for key, shown in arrangement.items() if key.startswith(prefix)]
            for prefix in (_STEM, _CHOICE)
        }
        return {"prompt": body.prompt, "stems": parts[_STEM], "choices": parts[_CHOICE]}

    def read(self, arrangement: Arrangement, response: object) -> dict[str, str] | None:
        if response is None:
            return None
        matches = only(response, "matches")
        if not isinstance(matches, dict):
            raise InvalidResponse(N_("Send the id of a choice for each stem that you match."))
        stems, choices = _side(arrangement, _STEM), _side(arrangement, _CHOICE)
        matched = {key_of(stems, stem): key_of(choices, choice) for stem, choice in matches.items()}
        return {stem: matched[stem] for stem in stems if stem in matched} or None

    def grade(self, body: MatchingBody, response: dict[str, str] | None) -> Decimal:
        matched = response or {}
        return Decimal(sum(matched.get(stem.key) == stem.choice for stem in body.stems)) / len(body.stems)

    def reveal(self, body: MatchingBody, arrangement: Arrangement, response: dict[str, str] | None) -> Revelation:
        stems, choices, key = _side(arrangement, _STEM), _side(arrangement, _CHOICE), self.full(body)
        known = [stem for stem in stems if key.get(stem) in choices]
        return {
            "correct": {"matches": {stems[stem]: choices[key[stem]] for stem in known}} if known else None,
            "feedback": [],
            "general_feedback": body.feedback,
        }

    def bounds(self, body: MatchingBody) -> tuple[Decimal, Decimal]:
        return ZERO, ONE

    def guess(self, body: MatchingBody) -> Decimal:
        return ONE / len(body.choices)

    def full(self, body: MatchingBody) -> dict[str, str]:
        return {stem.key: stem.choice for stem in body.stems}


def _side(arrangement: Arrangement, prefix: str) -> dict[str, str]:
    return {key.removeprefix(prefix): shown for key, shown in arrangement.items() if key.startswith(prefix)}
