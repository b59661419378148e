"""Every write of an attempt: start, save, submit, expire.

Each locks the attempt, asks the pure engine, and stores what it says.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app, g

from examhall.attempts import statements
from examhall.attempts.engine import grading, paper, saving, steps, timing
from examhall.attempts.engine.paper import Paper
from examhall.attempts.engine.states import Kind, State, after
from examhall.attempts.files import handed_up
from examhall.attempts.models import Attempt
from examhall.attempts.statements import WITH_PAPER, attempts, papers
from examhall.bank import operations as bank
from examhall.clock import now
from examhall.errors import NotFound
from examhall.exams import access
from examhall.exams.models import Exam
from examhall.extensions import db, limiter
from examhall.storage.records import new_id, tenant_id
from examhall.storage.statements import insert, table
from examhall.storage.transactions import writes, writing
from examhall.web.scope import scope

audit = logging.getLogger("examhall.audit")

_exams = table(Exam).c

#: Attempts that one pass finishes; the next pass takes the rest.
BATCH = 500


@dataclass(frozen=True)
class Found:
    """An attempt as it stands in the database, with its paper."""

    id: UUID
    exam_id: UUID
    user_id: UUID
    number: int
    state: State
    started_at: datetime
    deadline_at: datetime | None
    submitted_at: datetime | None
    head: steps.Head
    paper: Paper

    @property
    def step(self) -> int:
        """The number of the last step."""
        return self.head.number

    def state_at(self, moment: datetime) -> State:
        """Where the attempt stands at a moment: an open one whose time is up is expired, written down or not."""
        return timing.state_at(self.state, moment, self.deadline_at, grace())


def grace() -> timedelta:
    """How long after the deadline an answer still counts: it was on its way."""
    return timedelta(seconds=current_app.settings.grace_seconds)  # type: ignore[attr-defined]


def start(exam_id: UUID, user_id: UUID, access_code: str | None = None) -> tuple[Found, bool]:
    """The candidate's open attempt of an exam, and whether it was made by this call.

    Of parallel starts exactly one makes it and all get it. Raises `NotFound` unless the exam is published and assigned,
    `Conflict` or `Forbidden` where its rules do not admit another attempt now, and the limiter's 429 after too many
    wrong access codes. The exam is held, so that no paper is drawn from what is being changed.
    """
    if access_code:
        g.guessing = f"{exam_id}:{user_id}"
        _count_wrong_codes()
    with writing():
        moment = now()
        admission = access.admission(exam_id, user_id, hold=True)
        if admission is not None and admission.open_attempt_id is not None:
            attempt = load(admission.open_attempt_id, user_id, lock=True)
            if attempt.state_at(moment) is State.OPEN:
                return attempt, False
            if attempt.state is State.OPEN:
                _finish([attempt], Kind.EXPIRE, moment)
            admission = access.admission(exam_id, user_id, hold=True)
        if admission is None:
            raise NotFound()
        if problem := access.refusal(admission, moment, access_code):
            g.wrong_code = problem.code == access.WRONG_CODE
            raise problem
        made = _begin(admission, user_id, moment)
        if made is not None:
            audit.info("attempt %s of exam %s started by %s", made.id, exam_id, user_id)
            return made, True
    # Another start was quicker and has committed by now: the next try finds its attempt
    return start(exam_id, user_id, access_code)


@limiter.shared_limit(
    lambda: scope().limits["sign_in"],
    scope="wrong_access_codes",
    key_func=lambda: f"{scope().id}:{g.guessing}",
    deduct_when=lambda response: g.get("wrong_code", False),
)
def _count_wrong_codes() -> None:
    """Refuse further tries of a person at an exam after as many wrong access codes as passwords."""


def _begin(admission: access.Admission, user_id: UUID, moment: datetime) -> Found | None:
    """Draw the paper and store attempt, paper and step 0; None where another start was quicker."""
    seed = secrets.token_hex(16)
    drawn = paper.draw(access.rules(admission.exam_id), seed)
    bodies = bank.bodies([item.ref.version_id for item in drawn])
    composed = paper.compose(drawn, bodies, seed, admission.shuffle_options)
    first = steps.begin(composed, at=moment, actor=user_id)
    attempt = Found(
        new_id(), admission.exam_id, user_id, admission.attempts_used + 1, State.OPEN, moment,
        timing.deadline(moment, admission.time_limit, admission.extra, admission.closes_at), None, first.head, composed,
    )  # fmt: skip
    tenant = tenant_id()
    row = {
        "tenant_id": tenant, "id": attempt.id, "exam_id": attempt.exam_id, "user_id": user_id, "number": attempt.number,
        "state": State.OPEN.value, "started_at": moment, "deadline_at": attempt.deadline_at, "step_count": 1,
        "last_hash": first.hash, "max_points": composed.max_points, "pending": 0, "created_at": moment,
    }  # fmt: skip
    if db.session.scalar(insert(Attempt).on_conflict_do_nothing().returning(attempts.c.id), row) is None:
        return None
    db.session.execute(
        sa.insert(papers), {"tenant_id": tenant, "id": attempt.id, "content": composed.to_json(), "created_at": moment}
    )
    _append(attempt.id, [first])
    return attempt


def load(attempt_id: UUID, user_id: UUID | None = None, *, lock: bool = False) -> Found:
    """An attempt with its paper; of one person only where `user_id` is given. Raises `NotFound`."""
    statement = statements.one(own=user_id is not None, lock=lock)
    named = {"tenant": tenant_id(), "attempt": attempt_id} | ({} if user_id is None else {"user": user_id})
    row = db.session.execute(statement, named).one_or_none()
    if row is None:
        raise NotFound()
    return _found(row)


def _found(row: sa.Row[Any]) -> Found:
    head = steps.Head(row.step_count - 1, row.last_hash)
    return Found(
        row.id, row.exam_id, row.user_id, row.number, State(row.state), row.started_at,
        row.deadline_at, row.submitted_at, head, Paper.from_json(row.content),
    )  # fmt: skip


def stored_answers(
    attempt_ids: Sequence[UUID], slots: Iterable[int] | None = None
) -> dict[UUID, dict[int, saving.Stored]]:
    """Attempt to slot to what is stored there, in one statement."""
    asked: dict[str, Any] = {"tenant": tenant_id(), "attempts": list(attempt_ids)}
    statement = statements.ANSWERS
    if slots is not None:
        statement, asked["slots"] = statements.ANSWERS_OF_SLOTS, list(slots)
    found: dict[UUID, dict[int, saving.Stored]] = {attempt_id: {} for attempt_id in attempt_ids}
    for attempt_id, slot, seq, response in db.session.execute(statement, asked):
        found[attempt_id][slot] = saving.Stored(seq, response)
    return found


@dataclass(frozen=True)
class Saved:
    """What became of the saves of one call."""

    decisions: Sequence[saving.Accepted | saving.Refused]
    server_time: datetime
    deadline_at: datetime | None
    step: int


@writes
def save(attempt_id: UUID, user_id: UUID, saves: Sequence[saving.Save]) -> Saved:
    """Judge and store answers in one durable transaction: what comes back as accepted is on disk.

    Answers that came too late are kept as late steps and refused. Raises `NotFound` for another's attempt.
    """
    moment = now()
    attempt = load(attempt_id, user_id, lock=True)
    slots = {item.slot for item in saves if -(2**31) <= item.slot < 2**31}
    expired = attempt.state_at(moment) is State.EXPIRED
    sitting = saving.Sitting(
        attempt.state, attempt.deadline_at, grace(), attempt.paper, stored_answers([attempt_id], slots)[attempt_id],
        _kept_late(attempt_id, slots) if expired else {}, handed_up(attempt, slots),
    )  # fmt: skip
    decisions = saving.decide(sitting, saves, moment)
    head, fresh = attempt.head, {}
    new: list[steps.Step] = []
    for item, decision in zip(saves, decisions, strict=True):
        if isinstance(decision, saving.Accepted) and decision.fresh:
            kind = Kind.SAVE
            fresh[item.slot] = item
        elif isinstance(decision, saving.Refused) and decision.keep_late:
            kind = Kind.LATE
        else:
            continue
        step = steps.append(
            head,
            kind=kind,
            at=moment,
            actor=user_id,
            slot=item.slot,
            response=item.response,
            seq=item.seq,
            client_time=item.client_time,
        )
        new.append(step)
        head = step.head
    if new:
        _append(attempt_id, new)
        _put(attempt_id, fresh)
        reached = {"attempt": attempt_id, "steps": head.number + 1, "hash": head.hash}
        db.session.execute(statements.SET_HEAD, {"tenant": tenant_id(), **reached})
    if expired and attempt.state is State.OPEN:
        head = _finish([load(attempt_id)], Kind.EXPIRE, moment)[attempt_id]
    return Saved(decisions, moment, attempt.deadline_at, head.number)


def _kept_late(attempt_id: UUID, slots: Iterable[int]) -> dict[int, saving.Stored]:
    asked = {"tenant": tenant_id(), "attempt": attempt_id, "slots": list(slots)}
    rows = db.session.execute(statements.LATE, asked)
    return {slot: saving.Stored(seq, response) for slot, seq, response in rows}


def submit(attempt_id: UUID, user_id: UUID) -> Found:
    """End an attempt and grade it. Once ended, the answer stays the same. Raises `NotFound` for another's attempt.

    The attempt is locked first and its answers are read after, in a second statement: a save that commits while this
    waits is graded, and one that comes later is refused.
    """
    with writing():
        moment = now()
        attempt = load(attempt_id, user_id, lock=True)
        if attempt.state is not State.OPEN:
            return attempt
        kind = Kind.SUBMIT if attempt.state_at(moment) is State.OPEN else Kind.EXPIRE
        head = _finish([attempt], kind, moment)[attempt_id]
    audit.info("attempt %s ended: %s", attempt_id, kind)
    ended_at = moment if kind is Kind.SUBMIT else attempt.deadline_at
    return replace(attempt, state=after(State.OPEN, kind), submitted_at=ended_at, head=head)


def finish_overdue(exam_id: UUID | None = None, attempt_id: UUID | None = None, user_id: UUID | None = None) -> int:
    """Write down that the time of open attempts is up, and grade them; returns how many.

    That they are expired is arithmetic and needs no job; this makes their grades appear, in a constant number of
    statements.
    """
    a = attempts.c
    moment = now()
    overdue = [a.tenant_id == tenant_id(), a.state == State.OPEN.value, a.deadline_at < moment - grace()]
    if exam_id is not None:
        overdue.append(a.exam_id == exam_id)
    if attempt_id is not None:
        overdue.append(a.id == attempt_id)
    if user_id is not None:
        overdue.append(a.user_id == user_id)
    if db.session.scalar(sa.select(a.id).where(*overdue).limit(1)) is None:
        return 0
    with writing():
        rows = db.session.execute(
            WITH_PAPER.where(*overdue).limit(BATCH).with_for_update(of=attempts, skip_locked=True)
        ).all()
        _finish([_found(row) for row in rows], Kind.EXPIRE, moment)
    return len(rows)


def _finish(ending: Sequence[Found], kind: Kind, moment: datetime) -> Mapping[UUID, steps.Head]:
    """Grade attempts that are locked and open, and write their last step and their grade."""
    given = stored_answers([attempt.id for attempt in ending])
    bodies = bank.bodies({slot.version_id for attempt in ending for slot in attempt.paper.slots})
    pass_marks = _pass_marks({attempt.exam_id for attempt in ending})
    rows, last = [], []
    for attempt in ending:
        responses = {slot: stored.response for slot, stored in given[attempt.id].items()}
        graded = grading.grade(attempt.paper, bodies, responses)
        step = steps.append(attempt.head, kind=kind, at=moment, actor=attempt.user_id)
        last.append((attempt.id, step))
        rows.append(
            {
                "attempt": attempt.id,
                "state": after(attempt.state, kind).value,
                "submitted_at": moment if kind is Kind.SUBMIT else attempt.deadline_at,
                "step_count": step.number + 1,
                "last_hash": step.hash,
                "points": graded.points,
                "percent": graded.percent,
                "passed": grading.passed(graded, pass_marks[attempt.exam_id]),
                "pending": graded.pending,
                "marks": {str(mark.slot): _worth(mark) for mark in graded.marks if mark.answered},
            }
        )
    if rows:
        _append_all(last)
        db.session.execute(statements.SET_GRADES.where(attempts.c.tenant_id == tenant_id()), rows)
    return {attempt_id: step.head for attempt_id, step in last}


def _worth(mark: grading.SlotMark) -> list[str | None]:
    """Fraction and mark as text, both None while the answer waits for a marker."""
    return [None if worth is None else str(worth) for worth in (mark.fraction, mark.mark)]


def _pass_marks(exam_ids: Iterable[UUID]) -> dict[UUID, Any]:
    rows = db.session.execute(_PASS_MARKS, {"tenant": tenant_id(), "exams": list(exam_ids)})
    return {exam_id: pass_mark for exam_id, pass_mark in rows}


_PASS_MARKS = sa.select(_exams.id, _exams.pass_mark).where(
    _exams.tenant_id == sa.bindparam("tenant"), _exams.id.in_(sa.bindparam("exams", expanding=True))
)


def _append(attempt_id: UUID, new: Sequence[steps.Step]) -> None:
    _append_all([(attempt_id, step) for step in new])


def _append_all(new: Sequence[tuple[UUID, steps.Step]]) -> None:
    tenant = tenant_id()
    rows = [
        {
            "tenant_id": tenant, "id": new_id(), "attempt_id": attempt_id, "number": step.number,
            "kind": step.kind.value, "at": step.at, "actor_id": step.actor, "slot": step.slot, "seq": step.seq,
            "response": step.response, "client_time": step.client_time, "data": step.data,
            "previous": step.previous, "hash": step.hash, "created_at": step.at,
        }
        for attempt_id, step in new
    ]  # fmt: skip
    db.session.execute(statements.ADD_STEPS, rows)


def _put(attempt_id: UUID, fresh: Mapping[int, saving.Save]) -> None:
    if not fresh:
        return
    tenant = tenant_id()
    rows = [
        {
            "tenant_id": tenant,
            "id": new_id(),
            "attempt_id": attempt_id,
            "slot": slot,
            "seq": item.seq,
            "response": item.response,
            "created_at": now(),
        }
        for slot, item in fresh.items()
    ]
    db.session.execute(statements.put_answers(db.session.get_bind().dialect.name), rows)
