"""Who may sit which exam, when, and from which questions: read for the candidate's list and at every start.

The attempts slice stands above this one, so its table is named here only by the columns that are counted.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.attempts.engine.paper import Pick, SectionRule
from examhall.attempts.engine.states import State
from examhall.bank.filing.pools import TEXTS, in_pools, shown_version, with_tag, within
from examhall.bank.models import Question
from examhall.bank.types.reference import QuestionRef
from examhall.errors import N_, Conflict, Forbidden, NotFound, Problem
from examhall.exams.models import Assignment, Exam, ExamState, Section, SectionQuestion
from examhall.extensions import Statement, db
from examhall.storage.records import Moment, tenant_id

_attempts = sa.table(
    "attempts", sa.column("tenant_id", sa.Uuid), sa.column("id", sa.Uuid), sa.column("exam_id", sa.Uuid),
    sa.column("user_id", sa.Uuid), sa.column("state", sa.String), sa.column("deadline_at", Moment),
).c  # fmt: skip

_TENANT: Any = sa.bindparam("tenant")
_USER: Any = sa.bindparam("user")
_MOMENT: Any = sa.bindparam("moment", type_=Moment)

#: The code of the refusal that is counted, so that nobody tries all of them.
WRONG_CODE = "access_code_wrong"

#: Where a pool comes from: bank, tag, category.
Source = tuple[UUID, str, str]


def find_exam(exam_id: UUID) -> Exam:
    """An exam of the tenant. Raises `NotFound`."""
    exam = db.session.scalars(sa.select(Exam).where(Exam.tenant_id == tenant_id(), Exam.id == exam_id)).one_or_none()
    if exam is None:
        raise NotFound()
    return exam


def has_attempts(exam_id: UUID) -> bool:
    """Whether anybody has started the exam."""
    anyone = sa.select(_attempts.id).where(_attempts.tenant_id == tenant_id(), _attempts.exam_id == exam_id).limit(1)
    return db.session.scalar(anyone) is not None


def attempts_at_exam() -> sa.ScalarSelect[int]:
    """How many attempts there are at the exam of each row of a statement about exams."""
    counted = sa.select(sa.func.count(_attempts.id)).where(
        _attempts.tenant_id == Exam.tenant_id, _attempts.exam_id == Exam.id
    )
    return counted.correlate(Exam).scalar_subquery()


# one candidate ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Admission:
    """An exam as one assigned candidate meets it: their own window, time and attempts where they have such."""

    exam_id: UUID
    title: str
    description: str
    state: ExamState
    opens_at: datetime | None
    closes_at: datetime | None
    #: Without the candidate's extra time; None for none.
    time_limit: timedelta | None
    extra: timedelta
    #: The candidate's extra ones included; None for as many as they like.
    attempts_allowed: int | None
    attempts_used: int
    #: Without a moment: open as far as the database knows; its time may be up.
    open_attempt_id: UUID | None
    access_code: str | None
    pass_mark: Decimal | None
    shuffle_options: bool

    @property
    def attempts_left(self) -> int | None:
        """Attempts that may still be started; None for as many as they like."""
        return None if self.attempts_allowed is None else max(0, self.attempts_allowed - self.attempts_used)

    @property
    def minutes(self) -> int | None:
        """The time limit with the candidate's extra time, in minutes."""
        return None if self.time_limit is None else int((self.time_limit + self.extra).total_seconds() // 60)


def admission(exam_id: UUID, user_id: UUID, moment: datetime | None = None, *, hold: bool = False) -> Admission | None:
    """What holds for a candidate at an exam; None for a draft and where they are not assigned. One statement.

    With a `moment` an attempt whose time is up then is not open. With `hold` nobody changes the exam until the
    transaction ends; any number of candidates may hold it together.
    """
    statement = _admission(timed=moment is not None, hold=hold)
    named = {"tenant": tenant_id(), "exam": exam_id, "user": user_id} | ({"moment": moment} if moment else {})
    row = db.session.execute(statement, named).one_or_none()
    if row is None:
        return None
    limit = None if row.time_limit_minutes is None else timedelta(minutes=row.time_limit_minutes)
    return Admission(
        row.id, row.title, row.description, ExamState(row.state), row.opens_at, row.closes_at, limit,
        timedelta(minutes=row.extra_minutes), row.attempts_allowed, row.attempts_used, row.open_attempt,
        row.access_code, row.pass_mark, row.shuffle_options,
    )  # fmt: skip


@cache
def _admission(*, timed: bool, hold: bool) -> Statement:
    statement: Statement = sa.select(
        Exam.id, Exam.title, Exam.description, Exam.state, *_window(), Exam.time_limit_minutes,
        Assignment.extra_minutes, _allowed(), _used(), _open(_MOMENT if timed else None),
        Exam.access_code, Exam.pass_mark, Exam.shuffle_options,
    )  # fmt: skip
    statement = _assigned(statement).where(Exam.id == sa.bindparam("exam"))
    return statement.with_for_update(of=Exam, read=True, key_share=True) if hold else statement


def refusal(admission: Admission, now: datetime, access_code: str | None) -> Problem | None:
    """Why the candidate can't start another attempt now; None where they can.

    Codes: those of `not_open` and `access_code_wrong` (403).
    """
    if problem := not_open(admission, now):
        return problem
    if admission.access_code and not _same(access_code or "", admission.access_code):
        message = N_("This is not the access code of the exam. Ask your invigilator for it and type it again.")
        return Forbidden(message, code=WRONG_CODE)
    return None


def not_open(admission: Admission, now: datetime) -> Problem | None:
    """Why no attempt can be started now, whatever the access code; None where one can.

    Codes: `exam_closed`, `exam_not_open`, `attempts_used_up` (409).
    """
    if admission.state is ExamState.CLOSED or (admission.closes_at is not None and admission.closes_at <= now):
        message = N_("This exam is closed. Ask your organization if you should still sit it.")
        return Conflict(message, code="exam_closed")
    if admission.opens_at is not None and admission.opens_at > now:
        return Conflict(N_("This exam is not open yet. Come back when it opens."), code="exam_not_open")
    if admission.attempts_left == 0:
        message = N_("You have used all your attempts. Ask your organization if you need another one.")
        return Conflict(message, code="attempts_used_up")
    return None


def _same(given: str, wanted: str) -> bool:
    one, other = (unicodedata.normalize("NFC", text).strip().encode() for text in (given, wanted))
    return hmac.compare_digest(one, other)  # takes as long however much of it is right


@cache
def sittable(*columns: Any, upcoming: bool = False) -> Statement:
    """The published exams that are open to a candidate, those with an attempt in progress included.

    Gives the columns of `schemas.ExamListed` as they hold for the candidate, and further `columns` of `Exam`; to be run
    with `asked_by`. With `upcoming` also the exams that open later; what is in progress comes first then, and those
    last.
    """
    opens_at, closes_at = _window()
    limit = (Exam.time_limit_minutes + Assignment.extra_minutes).label("time_limit_minutes")
    in_progress = _open(_MOMENT)
    statement: Statement = sa.select(
        Exam.id, Exam.title, Exam.state, opens_at, closes_at, limit, _allowed(), _used(), in_progress, *columns
    )
    statement = _assigned(statement).where(Exam.state == ExamState.PUBLISHED.value)
    if upcoming:
        statement = statement.order_by(sa.case((in_progress.is_not(None), 0), (opens_at > _MOMENT, 2), else_=1))
    else:
        statement = statement.where(sa.or_(opens_at.is_(None), opens_at <= _MOMENT, in_progress.is_not(None)))
    return statement.where(sa.or_(closes_at.is_(None), closes_at > _MOMENT, in_progress.is_not(None)))


@cache
def every_exam() -> Statement:
    """All exams with the same columns, as staff see them; to be run with `asked_by`."""
    return sa.select(
        Exam.id, Exam.title, Exam.state, Exam.opens_at, Exam.closes_at, Exam.time_limit_minutes, Exam.attempts_allowed,
        _used(), _open(_MOMENT),
    ).where(Exam.tenant_id == _TENANT)  # fmt: skip


def asked_by(user_id: UUID, moment: datetime) -> dict[str, Any]:
    """For whom, and as of when, a list of exams is read."""
    return {"tenant": tenant_id(), "user": user_id, "moment": moment}


def _assigned(statement: Statement) -> Statement:
    return (
        statement.select_from(Exam)
        .join(Assignment, sa.and_(Assignment.tenant_id == Exam.tenant_id, Assignment.exam_id == Exam.id))
        .where(Exam.tenant_id == _TENANT, Assignment.user_id == _USER, Exam.state != ExamState.DRAFT.value)
    )


def _window() -> tuple[sa.Label[Any], sa.Label[Any]]:
    opens_at = sa.func.coalesce(Assignment.opens_at, Exam.opens_at).label("opens_at")
    return opens_at, sa.func.coalesce(Assignment.closes_at, Exam.closes_at).label("closes_at")


def _allowed() -> sa.Label[Any]:
    return (Exam.attempts_allowed + Assignment.extra_attempts).label("attempts_allowed")


def _own(column: Any) -> sa.Select[Any]:
    own: sa.Select[Any] = sa.select(column).where(
        _attempts.tenant_id == Exam.tenant_id, _attempts.exam_id == Exam.id, _attempts.user_id == _USER
    )
    return own.correlate(Exam)


def _used() -> sa.Label[Any]:
    return _own(sa.func.count(_attempts.id)).scalar_subquery().label("attempts_used")


def _open(moment: Any) -> sa.Label[Any]:
    """The open attempt; with `moment` only where its time is not up."""
    statement = _own(_attempts.id).where(_attempts.state == State.OPEN.value)
    if moment is not None:
        statement = statement.where(sa.or_(_attempts.deadline_at.is_(None), _attempts.deadline_at > moment))
    return statement.scalar_subquery().label("open_attempt")


# the questions ---------------------------------------------------------------------------------------------------


def rules(exam_id: UUID) -> list[SectionRule]:
    """How each section is filled, with the present version of every question: two statements at most."""
    sections = [list(rows) for _, rows in groupby(_composition(exam_id), key=lambda row: row.id)]
    pools = pools_of(source_of(rows[0]) for rows in sections)
    return [_rule(rows, pools) for rows in sections]


def _rule(rows: Sequence[Any], pools: dict[Source, list[QuestionRef]]) -> SectionRule:
    section = rows[0]
    fixed = [
        Pick(QuestionRef(row.question_id, row.version_id, row.type), row.points)
        for row in rows
        if row.question_id is not None
    ]
    source = source_of(section)
    pool = pools[source] if source else []
    return SectionRule(
        tuple(fixed), tuple(pool), section.draw_count, section.draw_points, section.shuffle, section.title
    )


def extent(exam_id: UUID) -> tuple[int, Decimal]:
    """How many questions a paper of the exam has, texts without a question left out, and their points together."""
    count, points = 0, Decimal(0)
    for _, rows in groupby(_composition(exam_id), key=lambda row: row.id):
        section = list(rows)
        fixed = [row.points for row in section if row.question_id is not None and row.type not in TEXTS]
        count += len(fixed) + section[0].draw_count
        points += sum(fixed, Decimal(0)) + section[0].draw_count * section[0].draw_points
    return count, points


def pools_of(sources: Iterable[Source | None]) -> dict[Source, list[QuestionRef]]:
    """What may be drawn from each source, as `bank.filing.pools` finds it for one: in one statement for all."""
    wanted = [*dict.fromkeys(source for source in sources if source is not None)]
    if not wanted:
        return {}
    fits = [_fits(source).label(f"fits_{index}") for index, source in enumerate(wanted)]
    rows: Any = db.session.execute(
        sa.select(Question.id, Question.ready_version_id, Question.type, *fits).where(
            Question.tenant_id == tenant_id(), in_pools(), sa.or_(*fits)
        )
    )
    found: dict[Source, list[QuestionRef]] = {source: [] for source in wanted}
    for id_, version_id, type_name, *held in rows:
        ref = QuestionRef(id_, version_id, type_name)
        for pool, fitting in zip(found.values(), held, strict=True):
            if fitting:
                pool.append(ref)
    return found


def _fits(source: Source) -> sa.ColumnElement[bool]:
    bank_id, tag, category = source
    terms = [Question.bank_id == bank_id]
    terms += [with_tag(tag)] if tag else []
    terms += [within(category)] if category else []
    return sa.and_(*terms)


def source_of(section: Any) -> Source | None:
    """Where a section draws from; None where it draws nothing."""
    return (section.bank_id, section.draw_tag, section.draw_category) if section.bank_id else None


def _composition(exam_id: UUID) -> Sequence[Any]:
    """The sections of an exam in order, a row for each fixed question, and one for a section without any."""
    return db.session.execute(_COMPOSITION, {"tenant": tenant_id(), "exam": exam_id}).all()


_COMPOSITION = (
    sa.select(
        Section.id, Section.title, Section.shuffle, Section.bank_id, Section.draw_count, Section.draw_tag,
        Section.draw_category, Section.draw_points, SectionQuestion.points, Question.id.label("question_id"),
        sa.func.coalesce(SectionQuestion.version_id, shown_version()).label("version_id"), Question.type,
    )
    .outerjoin(
        SectionQuestion,
        sa.and_(SectionQuestion.tenant_id == Section.tenant_id, SectionQuestion.section_id == Section.id),
    )
    .outerjoin(
        Question,
        sa.and_(Question.tenant_id == SectionQuestion.tenant_id, Question.id == SectionQuestion.question_id),
    )
    .where(Section.tenant_id == _TENANT, Section.exam_id == sa.bindparam("exam"))
    .order_by(Section.position, Section.id, SectionQuestion.position, SectionQuestion.id)
)  # fmt: skip
