"""A question type from outside Examhall: something to rate on a scale, as near as possible to what experts say."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from examhall.bank.types.contract import ONE, ZERO, Arrangement, Body, QuestionType, Revelation, only
from examhall.bank.types.parts import OptionalLabel, key_of, whole
from examhall.errors import FieldError


class ScaleRatingBody(Body):
    """A scale from 1 to `steps`, labels for its ends, and the step that experts chose."""

    steps: Annotated[int, whole(2, 10)] = 5
    expected: Annotated[int, whole(1, 10)]
    low_label: OptionalLabel = ""
    high_label: OptionalLabel = ""


class ScaleRating(QuestionType[ScaleRatingBody]):
    """The whole mark for the experts' step, nothing for the one farthest from it, and a share between.

    A response has the shape of a single choice, so that pages and apps know how to send it.
    """

    name = "scale_rating"
    label = "Rating on a scale"
    Body = ScaleRatingBody

    def check(self, body: ScaleRatingBody) -> Iterator[FieldError]:
        if body.expected > body.steps:
            yield FieldError("expected", "Choose a step of the scale, at most %(steps)s.", {"steps": body.steps})

    def arrange(self, body: ScaleRatingBody, rng: random.Random, shuffle: bool) -> list[str]:
        return [str(step) for step in range(1, body.steps + 1)]

    def present(self, body: ScaleRatingBody, arrangement: Arrangement) -> dict[str, Any]:
        return {
            "prompt": body.prompt,
            "low_label": body.low_label,
            "high_label": body.high_label,
            "options": [{"id": shown, "text": step} for step, shown in arrangement.items()],
        }

    def read(self, arrangement: Arrangement, response: object) -> str | None:
        return None if response is None else key_of(arrangement, only(response, "choice"))

    def grade(self, body: ScaleRatingBody, response: str | None) -> Decimal:
        if response is None:
            return ZERO
        farthest = max(body.expected - 1, body.steps - body.expected)
        return max(ONE - Decimal(abs(int(response) - body.expected)) / farthest, ZERO)

    def reveal(self, body: ScaleRatingBody, arrangement: Arrangement, response: str | None) -> Revelation:
        shown = arrangement.get(self.full(body))
        return {
            "correct": {"choice": shown} if shown else None,
            "feedback": [],
            "general_feedback": body.feedback,
        }

    def bounds(self, body: ScaleRatingBody) -> tuple[Decimal, Decimal]:
        return ZERO, ONE

    def guess(self, body: ScaleRatingBody) -> Decimal:
        return sum((self.grade(body, str(step)) for step in range(1, body.steps + 1)), ZERO) / body.steps

    def full(self, body: ScaleRatingBody) -> str:
        return str(body.expected)
