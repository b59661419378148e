"""An attempt kept in memory: does with the engine's decisions what the operations do with the database's."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from attempts.engine.example import Example
from examhall.attempts.engine.grading import Grading, grade, replay
from examhall.attempts.engine.saving import Accepted, Save, Sitting, Stored, decide
from examhall.attempts.engine.states import Kind, State, after
from examhall.attempts.engine.steps import append, begin, verify
from examhall.attempts.engine.timing import deadline, has_ended

GRACE = timedelta(seconds=30)


class Hall:
    """One attempt of the example paper, with its steps and what is stored in its slots."""

    def __init__(
        self,
        example: Example,
        candidate: UUID,
        *,
        started_at: datetime,
        time_limit: timedelta | None = None,
        extra: timedelta = timedelta(0),
    ) -> None:
        self.example = example
        self.candidate = candidate
        self.deadline_at = deadline(started_at, time_limit, extra, None)
        self.state = after(None, Kind.START)
        self.steps = [begin(example.paper, at=started_at, actor=candidate)]
        self.stored: dict[int, Stored] = {}
        self.late: dict[int, Stored] = {}

    def save(self, now: datetime, slot: int, response: object, seq: int, base: int | None = None) -> str:
        """Save one answer: "accepted", "repeated", or the code of the refusal."""
        sitting = Sitting(self.state, self.deadline_at, GRACE, self.example.paper, self.stored, self.late)
        (decision,) = decide(sitting, [Save(slot, response, seq, base)], now)
        if isinstance(decision, Accepted):
            if not decision.fresh:
                return "repeated"
            self._write(Kind.SAVE, now, slot, response, seq)
            self.stored[slot] = Stored(seq, response)
            return "accepted"
        if decision.keep_late:
            self._write(Kind.LATE, now, slot, response, seq)
            self.late[slot] = Stored(seq, response)
        return decision.code.value

    def submit(self, now: datetime) -> bool:
        """Whether the attempt is submitted by this; one whose time is up expires instead."""
        if has_ended(self.state, now, self.deadline_at, GRACE):
            if self.state is State.OPEN:
                self._write(Kind.EXPIRE, now)
            return False
        self._write(Kind.SUBMIT, now)
        return True

    def current(self, slot: int) -> tuple[int, object] | None:
        """What is stored in a slot."""
        stored = self.stored.get(slot)
        return (stored.seq, stored.response) if stored else None

    def answers(self) -> dict[int, object]:
        """What grading sees."""
        return replay(self.steps)

    def grading(self) -> Grading:
        return grade(self.example.paper, self.example.bodies, self.answers())

    def verify(self) -> int | None:
        return verify(self.steps, self.steps[-1].head)

    def _write(
        self, kind: Kind, now: datetime, slot: int | None = None, response: object = None, seq: int | None = None
    ) -> None:
        self.state = after(self.state, kind)
        step = append(
            self.steps[-1].head, kind=kind, at=now, actor=self.candidate, slot=slot, response=response, seq=seq
        )
        self.steps.append(step)
