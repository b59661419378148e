"""Which answers are taken: each save is judged by one list of rules, in one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from examhall.attempts.engine.paper import Paper
from examhall.attempts.engine.states import State
from examhall.attempts.engine.timing import state_at
from examhall.bank.types import type_named
from examhall.bank.types.contract import InvalidResponse

#: The greatest number that every JSON client keeps exactly (a double's 53 bits); it also fits a BIGINT.
MAX_SEQ = 2**53 - 1


class Code(StrEnum):
    """Why a save was refused."""

    INVALID = "invalid"
    CLOSED = "closed"
    LATE = "late"
    STALE = "stale"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Save:
    """One answer as a client sends it.

    `response` is JSON, None clears the slot. `seq` rises per slot from 1. `base` is the seq that the client last saw
    stored there (0: nothing), None where it does not say.
    """

    slot: int
    response: object
    seq: int
    base: int | None = None
    client_time: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What stands in a slot."""

    seq: int
    response: object


@dataclass(frozen=True, slots=True)
class Sitting:
    """An attempt as a save finds it.

    `stored` holds the accepted answers by slot, `late` what was last kept as late, `files` the ids of files that were
    handed up for a slot.
    """

    state: State
    deadline_at: datetime | None
    grace: timedelta
    paper: Paper
    stored: Mapping[int, Stored]
    late: Mapping[int, Stored] = field(default_factory=dict)
    files: Mapping[int, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer stands. `fresh` is False for a repeat of what stood already: nothing is to be written."""

    slot: int
    seq: int
    fresh: bool
    response: object


@dataclass(frozen=True, slots=True)
class Refused:
    """The answer does not count. `current` is what stands instead; `keep_late` asks for a late step to be written."""

    slot: int
    seq: int
    code: Code
    current: Stored | None
    keep_late: bool = False


def decide(sitting: Sitting, saves: Sequence[Save], now: datetime) -> list[Accepted | Refused]:
    """One decision for each save, in the same order; each sees the effect of those before it.

    The first rule that fits decides:

    1. a slot that is not in the paper, a seq outside 1..MAX_SEQ, a response of the wrong shape or with a file that is
       not there: `invalid`;
    2. an exact repeat of what is stored: accepted again, at any time, for the client never got its acknowledgement;
    3. the attempt is submitted: `closed`;
    4. the attempt is expired, or `now` is past deadline and grace: `late`, kept unless it repeats what was kept last;
    5. a seq that is not above the stored one: `stale`;
    6. a base that is given and is not the stored seq: `conflict`;
    7. else accepted.
    """
    state = state_at(sitting.state, now, sitting.deadline_at, sitting.grace)
    stored, late = dict(sitting.stored), dict(sitting.late)
    decisions: list[Accepted | Refused] = []
    for save in saves:
        decision = _judge(sitting, state, save, stored.get(save.slot), late.get(save.slot))
        if isinstance(decision, Accepted):
            stored[save.slot] = Stored(save.seq, save.response)
        elif decision.keep_late:
            late[save.slot] = Stored(save.seq, save.response)
        decisions.append(decision)
    return decisions


def _judge(
    sitting: Sitting, state: State, save: Save, stored: Stored | None, late: Stored | None
) -> Accepted | Refused:
    def refused(code: Code, keep_late: bool = False) -> Refused:
        return Refused(save.slot, save.seq, code, stored, keep_late)

    if not _readable(sitting, save):
        return refused(Code.INVALID)
    if _repeats(save, stored):
        return Accepted(save.slot, save.seq, False, save.response)
    if state is State.SUBMITTED:
        return refused(Code.CLOSED)
    if state is State.EXPIRED:
        return refused(Code.LATE, keep_late=not _repeats(save, late))
    stored_seq = stored.seq if stored else 0
    if save.seq <= stored_seq:
        return refused(Code.STALE)
    if save.base is not None and save.base != stored_seq:
        return refused(Code.CONFLICT)
    return Accepted(save.slot, save.seq, True, save.response)


def _readable(sitting: Sitting, save: Save) -> bool:
    slot = sitting.paper.slot(save.slot)
    if slot is None or not 1 <= save.seq <= MAX_SEQ:
        return False
    if save.response is None:
        return True
    kind = type_named(slot.type)
    try:
        inner = kind.read(slot.options, save.response)
    except InvalidResponse:
        return False
    return set(kind.files(inner)) <= sitting.files.get(slot.number, frozenset())


def _repeats(save: Save, stored: Stored | None) -> bool:
    return stored is not None and save.seq == stored.seq and save.response == stored.response
