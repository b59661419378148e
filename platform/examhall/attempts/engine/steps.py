"""What happened in an attempt: a chain of steps that only grows, each sealed with the hash of the one before it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from examhall.attempts.engine.canonical import canonical
from examhall.attempts.engine.paper import Paper
from examhall.attempts.engine.states import Kind
from examhall.attempts.engine.timing import utc


class Head(NamedTuple):
    """The end of a chain: all that is needed to append to it without reading it."""

    number: int
    hash: str


#: What the first step is chained to.
BEFORE_START = Head(-1, "")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened.

    `at` is the server's time and the only one that counts; `client_time` is what the device said, kept as it came.
    `response` is the JSON that was sent, `seq` the client's sequence number in that slot. `previous` and `hash` are
    SHA-256 in lower-case hex.
    """

    number: int
    kind: Kind
    at: datetime
    actor: UUID
    slot: int | None
    response: object
    seq: int | None
    client_time: str | None
    data: Mapping[str, Any] | None
    previous: str
    hash: str

    @property
    def head(self) -> Head:
        """Where the next step is appended."""
        return Head(self.number, self.hash)


def begin(paper: Paper, *, at: datetime, actor: UUID) -> Step:
    """Step 0: it keeps the seed and the digest of the paper, so that neither can be changed unseen."""
    return append(BEFORE_START, kind=Kind.START, at=at, actor=actor, data={"seed": paper.seed, "paper": paper.digest})


def append(
    head: Head,
    *,
    kind: Kind,
    at: datetime,
    actor: UUID,
    slot: int | None = None,
    response: object = None,
    seq: int | None = None,
    client_time: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> Step:
    """The step that follows `head`, with its number and its seal."""
    number = head.number + 1
    seal = _seal(number, kind, at, actor, slot, response, seq, client_time, data, head.hash)
    return Step(number, kind, at, actor, slot, response, seq, client_time, data, head.hash, seal)


def verify(steps: Sequence[Step], head: Head | None = None) -> int | None:
    """None if the chain is whole, else the number of the first step that was changed, moved, put in or is missing.

    A chain cannot know by itself that its end was cut off or wholly rewritten: give the `head` that is kept with the
    attempt to see that too.
    """
    expected = BEFORE_START
    for number, step in enumerate(steps):
        seal = _seal(
            number, step.kind, step.at, step.actor, step.slot, step.response, step.seq, step.client_time, step.data,
            expected.hash,
        )  # fmt: skip
        if step.number != number or step.previous != expected.hash or step.hash != seal:
            return number
        expected = step.head
    if not steps:
        return 0
    if head is not None and head != expected:
        return min(head.number, len(steps))
    return None


def _seal(
    number: int,
    kind: Kind,
    at: datetime,
    actor: UUID,
    slot: int | None,
    response: object,
    seq: int | None,
    client_time: str | None,
    data: Mapping[str, Any] | None,
    previous: str,
) -> str:
    # The time in UTC to the microsecond and the actor as text: the same however a database hands them back.
    moment = utc(at).isoformat(timespec="microseconds")
    facts = [number, kind, moment, str(actor), slot, response, seq, client_time, data, previous]
    return hashlib.sha256(canonical(facts).encode("ascii")).hexdigest()
