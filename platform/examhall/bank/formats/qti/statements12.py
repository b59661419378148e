"""Statements to judge one by one in QTI 1.2, as OLAT writes them: each verdict is an answer such as `a:correct`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from operator import eq
from typing import Any

from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.presentation12 import Presentation, Response
from examhall.bank.formats.qti.rules12 import Rules
from examhall.bank.formats.qti.scoring import rounded_points
from examhall.bank.formats.qti.subject import Draft, keys
from examhall.bank.formats.qti.types12 import texts_of
from examhall.bank.types.kprim import EARNS, ROWS, Scheme
from examhall.errors import N_

_CLOSE = Decimal("0.002")
_VERDICTS = {True: "correct", False: "wrong"}


def are_judged(item: Any, response: Response) -> bool:
    """Whether the choices of a response are four statements."""
    compared = {tree.words(found) for found in item.iter("varequal") if found.get("respident") == response.name}
    verdicts = {f"{name}:{verdict}" for name in response.choices for verdict in _VERDICTS.values()}
    return len(response.choices) == ROWS and bool(compared) and compared <= verdicts


def statements(shown: Presentation, rules: Rules) -> Draft:
    """Four statements, by the scheme that comes closest to what the file gives for each way to judge them."""
    (response,) = shown.responses
    names = list(response.choices)

    def given(verdicts: Sequence[bool]) -> dict[str, frozenset[str]]:
        judged = zip(names, verdicts, strict=True)
        return {response.name: frozenset(f"{name}:{_VERDICTS[verdict]}" for name, verdict in judged)}

    scores = {verdicts: rules.outcome(given(verdicts)).score for verdicts in product((True, False), repeat=ROWS)}
    right = max(scores, key=lambda verdicts: scores[verdicts])
    best = scores[right]
    if best <= 0:
        raise shown.notes.fault(shown.item, N_("No option earns anything. Name the right one in the file."))
    misfits: dict[Scheme, tuple[int, Decimal]] = {}
    for scheme, earns in EARNS.items():
        here = {verdicts: earns[sum(map(eq, verdicts, right))] for verdicts in scores}
        apart = [abs(max(scores[one], Decimal(0)) / best - here[one]) for one in scores]
        misfits[scheme] = (sum(part > _CLOSE for part in apart), sum(apart, Decimal(0)))
    scheme = min(misfits, key=lambda name: misfits[name])
    if misfits[scheme][0]:
        message = N_(
            "Some answers earn other points than in the file: of %(tried)s that were tried, %(misfits)s."
            " The scheme that comes closest was taken; check it."
        )
        shown.notes.loss(shown.item, message, tried=len(scores), misfits=misfits[scheme][0])
    texts = texts_of(shown, rules, [given(right), given([not verdict for verdict in right])], best)
    rows = [
        {"key": key, "text": response.choices[name], "correct": verdict}
        for name, key, verdict in zip(names, keys(names), right, strict=True)
    ]
    render = next(response.element.iter("render_choice"), response.element)
    shuffle = render.get("shuffle", "No").lower() == "yes"
    return Draft("kprim", {"rows": rows, "scheme": scheme, "shuffle": shuffle}, texts, rounded_points(best))
