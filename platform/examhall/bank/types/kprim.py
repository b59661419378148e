"""Four statements under one prompt, each to be judged true or false.

The scheme `kprim` is the one of Kprim questions (Krebs 2004; OLAT and Moodle's plug-in of that name follow it): all
four right earn the whole mark, three a half, fewer nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool

from examhall.bank.content.richtext import plain_text
from examhall.bank.types.contract import (
    ONE,
    ZERO,
    Arrangement,
    Body,
    InvalidResponse,
    QuestionType,
    Revelation,
    RichText,
    ShownText,
    at_least,
    only,
)
from examhall.bank.types.parts import Keyed, OptionalLabel, key_of, keyed, repeated, shuffled
from examhall.errors import N_, FieldError

ROWS = 4
Scheme = Literal["kprim", "every_decision", "all_or_nothing"]
#: What 0, 1, 2, 3 and 4 right verdicts earn.
EARNS: Mapping[Scheme, tuple[Decimal, ...]] = {
    "kprim": (ZERO, ZERO, ZERO, Decimal("0.5"), ONE),
    "every_decision": (ZERO, Decimal("0.25"), Decimal("0.5"), Decimal("0.75"), ONE),
    "all_or_nothing": (ZERO, ZERO, ZERO, ZERO, ONE),
}
_WAYS = (1, 4, 6, 4, 1)  # of 16 ways to guess, those with 0, 1, 2, 3 and 4 right verdicts


class Row(Keyed):
    """One statement and whether it is `correct`; `pinned` keeps its place when the others are shuffled."""

    text: ShownText
    correct: StrictBool
    feedback: RichText = ""
    pinned: StrictBool = False


class KprimBody(Body):
    """Exactly four statements. The labels of the two verdicts are plain text; "" stands for the portal's words."""

    rows: Annotated[tuple[Row, ...], Field(max_length=ROWS), at_least(ROWS), keyed("r")]
    shuffle: StrictBool = True
    true_label: OptionalLabel = ""
    false_label: OptionalLabel = ""
    scheme: Scheme = "kprim"


class Kprim(QuestionType[KprimBody]):
    """A verdict that is missing is not right; a response without any verdict is blank."""

    name = "kprim"
    label = N_("Four statements (Kprim)")
    Body = KprimBody

    def check(self, body: KprimBody) -> Iterator[FieldError]:
        yield from repeated("rows", (row.text for row in body.rows))
        if body.true_label and body.true_label == body.false_label:
            yield FieldError("false_label", N_("Both verdicts have the same label. Change one of them."))

    def arrange(self, body: KprimBody, rng: random.Random, shuffle: bool) -> list[str]:
        keys = [row.key for row in body.rows]
        return shuffled(keys, rng, [row.pinned for row in body.rows]) if shuffle and body.shuffle else keys

    def present(self, body: KprimBody, arrangement: Arrangement) -> dict[str, Any]:
        texts = {row.key: row.text for row in body.rows}
        return {
            "prompt": body.prompt,
            "rows": [{"id": shown, "text": texts[key]} for key, shown in arrangement.items()],
            "labels": {"true": body.true_label, "false": body.false_label},
        }

    def read(self, arrangement: Arrangement, response: object) -> dict[str, bool] | None:
        if response is None:
            return None
        verdicts = only(response, "rows")
        if not isinstance(verdicts, dict) or not all(isinstance(verdict, bool) for verdict in verdicts.values()):
            raise InvalidResponse(N_("Send true or false for each statement that you decide on."))
        decided = {key_of(arrangement, shown): verdict for shown, verdict in verdicts.items()}
        return {key: decided[key] for key in arrangement if key in decided} or None

    def grade(self, body: KprimBody, response: dict[str, bool] | None) -> Decimal:
        verdicts = response or {}
        return EARNS[body.scheme][sum(verdicts.get(row.key) is row.correct for row in body.rows)]

    def reveal(self, body: KprimBody, arrangement: Arrangement, response: dict[str, bool] | None) -> Revelation:
        key = self.full(body)
        told = [row.feedback for row in body.rows if row.key in (response or {})]
        return {
            "correct": {"rows": {shown: key[row] for row, shown in arrangement.items() if row in key}},
            "feedback": [feedback for feedback in told if plain_text(feedback)],
            "general_feedback": body.feedback,
        }

    def bounds(self, body: KprimBody) -> tuple[Decimal, Decimal]:
        return ZERO, ONE

    def guess(self, body: KprimBody) -> Decimal:
        return sum((ways * earned for ways, earned in zip(_WAYS, EARNS[body.scheme], strict=True)), ZERO) / sum(_WAYS)

    def full(self, body: KprimBody) -> dict[str, bool]:
        return {row.key: row.correct for row in body.rows}
