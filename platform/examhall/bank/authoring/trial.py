"""A question tried out by its author: what a candidate would see, and what an answer would earn. Nothing is stored."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from examhall.bank.content.richtext import plain_text
from examhall.bank.types.contract import Body, InvalidResponse, QuestionType
from examhall.errors import FieldError, Invalid


def trial(kind: QuestionType, body: Body, response: object = None) -> dict[str, Any]:
    """A slot as the page of a result shows it: with `fraction`, `correctness` and all feedback where it was answered.

    The order is the authored one and drawn values are the same each time, so that a look and an answer fit together.
    Raises Invalid, for the field `response`, when the type cannot read it.
    """
    keys = kind.arrange(body, random.Random(0), False)  # noqa: S311  # the same at each look, and no secret
    arrangement = {key: key for key in keys}
    item = kind.present(body, arrangement)
    if response is None or not kind.answerable:
        return item
    try:
        inner = kind.read(arrangement, response)
    except InvalidResponse as refused:
        raise Invalid(errors=[FieldError("response", str(refused))]) from None
    fraction = kind.grade(body, inner)
    revealed = kind.reveal(body, arrangement, inner)
    said = [*revealed["feedback"], "" if fraction is None else kind.outcome_feedback(body, arrangement, fraction)]
    return item | {
        "response": response,
        "correct": revealed["correct"],
        "fraction": fraction,
        "correctness": _correctness(fraction),
        "feedback": [html for html in said if plain_text(html)],
        "general_feedback": revealed["general_feedback"],
    }


def _correctness(fraction: Decimal | None) -> str:
    if fraction is None:
        return "pending"
    return "right" if fraction >= 1 else "partial" if fraction > 0 else "wrong"
