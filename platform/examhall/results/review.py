"""What a candidate sees of a finished attempt: as much as the exam's policy shows now, and never more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from examhall.attempts import operations as attempts
from examhall.attempts.engine.paper import Paper, Slot
from examhall.attempts.engine.review import Policy, Show, shown
from examhall.attempts.engine.states import State
from examhall.attempts.files import with_files
from examhall.attempts.models import Attempt, StoredPaper
from examhall.bank import operations as bank
from examhall.bank.types import type_named
from examhall.bank.types.contract import Body, as_text
from examhall.clock import now
from examhall.errors import NotFound
from examhall.exams.models import Assignment, Exam, ExamState
from examhall.extensions import db
from examhall.storage.records import plain, tenant_id

EVERYTHING = frozenset(Show)
#: What staff see of an attempt that nobody has graded yet.
UNGRADED = frozenset({Show.RESPONSES, Show.SOLUTIONS})


@dataclass(frozen=True)
class Review:
    """A finished attempt as its reader may see it. `grade` is None and `slots` is empty where the policy hides them."""

    attempt_id: UUID
    exam_id: UUID
    exam_title: str
    user_id: UUID
    number: int
    state: State
    started_at: datetime
    submitted_at: datetime | None
    shows: frozenset[Show]
    #: What the candidate will see beside that once the exam has closed, and when that is, where it is set.
    later: frozenset[Show]
    closes_at: datetime | None
    grade: dict[str, Any] | None
    slots: list[dict[str, Any]]

    @property
    def released(self) -> bool:
        """Whether anything may be seen yet."""
        return bool(self.shows)


def review(attempt_id: UUID, user_id: UUID | None = None) -> Review:
    """The review of an attempt: for its candidate by the exam's policy, for staff (`user_id` None) everything.

    An attempt whose time is up is graded first. Raises `NotFound` for another's attempt.
    """
    row = _row(attempt_id, user_id)
    moment = now()
    if row.state == State.OPEN and row.deadline_at is not None and row.deadline_at + attempts.grace() < moment:
        attempts.finish_overdue(attempt_id=attempt_id)
        row = _row(attempt_id, user_id)
    finished = row.state != State.OPEN
    for_staff = EVERYTHING if finished else UNGRADED
    shows = for_staff if user_id is None else shown_of(row, moment)
    grade = None
    if finished and Show.GRADE in shows:
        grade = {
            "points": as_text(row.points), "max": as_text(row.max_points), "percent": as_text(row.percent),
            "passed": row.passed, "pending": row.pending,
        }  # fmt: skip
    files_at = "api_exam_attempt_file" if user_id is None else "api_attempt_file"
    slots = _slots(row, shows, files_at) if shows - {Show.GRADE} else []
    return Review(
        attempt_id,
        row.exam_id,
        row.title,
        row.user_id,
        row.number,
        State(row.state),
        row.started_at,
        row.submitted_at,
        shows,
        shown(policy_of(row.review), True, True) - shows,
        row.closes_at,
        grade,
        slots,
    )


def shown_of(row: Any, moment: datetime) -> frozenset[Show]:
    """What its candidate may see; `row` has the attempt's `state` and the columns of `closing`."""
    closed = row.exam_state == ExamState.CLOSED or (row.closes_at is not None and row.closes_at < moment)
    return shown(policy_of(row.review), row.state != State.OPEN, closed and not row.sitting)


_other = aliased(Attempt)


def closing(running_until: Any) -> list[Any]:
    """What tells, in a statement about attempts and their exams, whether the exam is closed for the candidate.

    Somebody with a closing of their own, or with another attempt in progress (extra time may reach beyond the closing),
    could still use what a closed exam shows: `closes_at` is their own closing, `sitting` whether such an attempt runs,
    whose deadline is not before `running_until`: that of now, less the grace.
    """
    own = sa.select(Assignment.closes_at).where(
        Assignment.tenant_id == Attempt.tenant_id, Assignment.exam_id == Attempt.exam_id,
        Assignment.user_id == Attempt.user_id,
    )  # fmt: skip
    running = sa.select(_other.id).where(
        _other.tenant_id == Attempt.tenant_id, _other.exam_id == Attempt.exam_id, _other.user_id == Attempt.user_id,
        _other.state == State.OPEN.value,
        sa.or_(_other.deadline_at.is_(None), _other.deadline_at >= running_until),
    )  # fmt: skip
    return [
        sa.func.coalesce(own.scalar_subquery(), Exam.closes_at).label("closes_at"),
        running.exists().label("sitting"), Exam.review, Exam.state.label("exam_state"),
    ]  # fmt: skip


def policy_of(stored: Mapping[str, Collection[str]]) -> Policy:
    """The policy that an exam keeps as JSON."""
    return Policy(*(frozenset(Show(name) for name in stored.get(key, ())) for key in ("immediately", "closed")))


def _row(attempt_id: UUID, user_id: UUID | None) -> Any:
    named = {"tenant": tenant_id(), "attempt": attempt_id, "running_until": now() - attempts.grace()}
    if user_id is not None:
        named["user"] = user_id
    row = db.session.execute(_OF_ANYBODY if user_id is None else _OWN, named).one_or_none()
    if row is None:
        raise NotFound()
    return row


_OF_ANYBODY = (
    sa.select(
        Attempt.exam_id, Attempt.user_id, Attempt.number, Attempt.state, Attempt.started_at, Attempt.deadline_at,
        Attempt.submitted_at, Attempt.points, Attempt.max_points, Attempt.percent, Attempt.passed, Attempt.pending,
        Attempt.marks, StoredPaper.content, StoredPaper.id, Exam.title, *closing(sa.bindparam("running_until")),
    )
    .join(StoredPaper, sa.and_(StoredPaper.tenant_id == Attempt.tenant_id, StoredPaper.id == Attempt.id))
    .join(Exam, sa.and_(Exam.tenant_id == Attempt.tenant_id, Exam.id == Attempt.exam_id))
    .where(Attempt.tenant_id == sa.bindparam("tenant"), Attempt.id == sa.bindparam("attempt"))
)  # fmt: skip
_OWN = _OF_ANYBODY.where(Attempt.user_id == sa.bindparam("user"))


def _slots(row: Any, shows: frozenset[Show], files_at: str) -> list[dict[str, Any]]:
    paper = Paper.from_json(row.content)
    bodies = bank.bodies([slot.version_id for slot in paper.slots])
    answers = attempts.stored_answers([row.id])[row.id]
    marks = row.marks or {}
    slots = [
        _slot(
            slot,
            bodies[slot.version_id],
            answers[slot.number].response if slot.number in answers else None,
            marks.get(str(slot.number)),
            shows,
        )
        for slot in paper.slots
    ]
    return with_files(row.id, slots, files_at) if Show.RESPONSES in shows else slots


def _slot(
    slot: Slot, body: Body, response: Any, mark: list[str | None] | None, shows: frozenset[Show]
) -> dict[str, Any]:
    kind = type_named(slot.type)
    if not kind.answerable:
        return {"slot": slot.number, "type": slot.type, "points": "0", "answerable": False,
                **kind.present(body, slot.options)}  # fmt: skip
    fraction, worth = (None if text is None else Decimal(text) for text in mark or ("0", "0"))
    seen = {"slot": slot.number, "type": slot.type, "points": as_text(slot.points), **kind.present(body, slot.options)}
    if Show.RESPONSES in shows:
        seen["response"] = response
    if Show.CORRECTNESS in shows:
        seen["correctness"] = correctness(fraction, response)
        if fraction is not None and worth is not None:
            seen |= {"fraction": as_text(fraction), "mark": as_text(plain(worth))}
    if shows & {Show.SOLUTIONS, Show.FEEDBACK}:
        inner = None if response is None else kind.read(slot.options, response)
        revealed = kind.reveal(body, slot.options, inner)
        if Show.SOLUTIONS in shows:
            seen["correct"] = revealed["correct"]
        if Show.FEEDBACK in shows:
            said = "" if fraction is None else kind.outcome_feedback(body, slot.options, fraction)
            seen["feedback"] = [*revealed["feedback"], said] if said else revealed["feedback"]
            seen["general_feedback"] = revealed["general_feedback"]
    return seen


def correctness(fraction: Decimal | None, response: Any) -> str:
    """`unanswered`, `pending` (it waits for a marker), `wrong`, `partial` or `right`."""
    if response is None:
        return "unanswered"
    if fraction is None:
        return "pending"
    return "right" if fraction >= 1 else "partial" if fraction > 0 else "wrong"
