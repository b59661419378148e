"""The life of an attempt: its states, the kinds of steps, and the one table that says which step leads where."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from examhall.errors import N_, Conflict


class State(StrEnum):
    """Where an attempt stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    EXPIRED = "expired"


class Kind(StrEnum):
    """What a step records. `late` is an answer that came after the time was up: kept, and not counted."""

    START = "start"
    SAVE = "save"
    LATE = "late"
    SUBMIT = "submit"
    EXPIRE = "expire"


#: (state before, step) -> state after. What does not stand here does not happen. Before the start there is no state.
TRANSITIONS: Mapping[tuple[State | None, Kind], State] = MappingProxyType(
    {
        (None, Kind.START): State.OPEN,
        (State.OPEN, Kind.SAVE): State.OPEN,
        (State.OPEN, Kind.LATE): State.OPEN,
        (State.OPEN, Kind.SUBMIT): State.SUBMITTED,
        (State.OPEN, Kind.EXPIRE): State.EXPIRED,
        (State.EXPIRED, Kind.LATE): State.EXPIRED,
    }
)


def after(state: State | None, kind: Kind) -> State:
    """The state that a step leads to; raises Conflict where the table has no such step."""
    try:
        return TRANSITIONS[state, kind]
    except KeyError:
        raise Conflict(
            N_("An attempt that is %(state)s does not take the step “%(kind)s”. Reload to see how it stands."),
            state=state.value if state else "not started",
            kind=kind.value,
        ) from None
