"""The life of an attempt has one table, and nothing happens that is not in it."""

from __future__ import annotations

from itertools import product

import pytest

from examhall.attempts.engine.states import TRANSITIONS, Kind, State, after
from examhall.errors import Conflict

ALLOWED = [
    (None, "start", "open"),
    ("open", "save", "open"),
    ("open", "late", "open"),
    ("open", "submit", "submitted"),
    ("open", "expire", "expired"),
    ("expired", "late", "expired"),
]


@pytest.mark.parametrize(("state", "kind", "expected"), ALLOWED)
def test_a_step_of_the_table_leads_on(state: str | None, kind: str, expected: str) -> None:
    assert after(State(state) if state else None, Kind(kind)) is State(expected)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (state, kind)
        for state, kind in product([None, *State], Kind)
        if (state, kind) not in [(before, step) for before, step, _ in ALLOWED]
    ],
)
def test_any_other_step_is_refused(state: State | None, kind: Kind) -> None:
    with pytest.raises(Conflict) as refusal:
        after(state, kind)
    assert kind.value in str(refusal.value)


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        TRANSITIONS[State.SUBMITTED, Kind.SAVE] = State.OPEN  # type: ignore[index]
