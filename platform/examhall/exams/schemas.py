"""What goes in and out about exams, their sections and assignments."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    PlainSerializer,
    RootModel,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from examhall.attempts.engine.review import Show
from examhall.bank.content.texts import CATEGORY_LIMIT, TAG_LIMIT
from examhall.bank.types.contract import as_text, exact
from examhall.errors import N_
from examhall.exams.models import REVIEW_DEFAULT, ExamState
from examhall.identity.schemas import Name, Strict

TITLE_LIMIT = 200
DESCRIPTION_LIMIT = 20_000
CODE_LIMIT = 100
#: Sections of an exam; questions of a section, fixed and drawn each.
SECTIONS_LIMIT, QUESTIONS_LIMIT = 50, 500
#: A fortnight, in minutes: homework may take as long as that.
MINUTES_LIMIT = 20_160
ATTEMPTS_LIMIT = 1000
#: People who may be named in one call.
PEOPLE_LIMIT = 1000

_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:")


def _written_out(value: object) -> object:
    """Pydantic would also take seconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and _WRITTEN.match(value)):
        return value
    raise PydanticCustomError("datetime_parsing", "no moment")


def _of_our_time(moment: datetime) -> datetime:
    if not 2000 <= moment.year < 2200:
        raise ValueError(N_("Give a year from 2000 to 2199."))
    return moment.astimezone(UTC)


def _decimal(value: object) -> Decimal:
    number = value if isinstance(value, Decimal) else exact(value) if isinstance(value, str) else None
    if number is None or not number.is_finite():
        raise PydanticCustomError("decimal_type", "no decimal")
    if number != round(number, 2):
        raise ValueError(N_("Give at most two decimals."))
    return number


def _text_of_number(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example]})


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_written_out), AfterValidator(_of_our_time)]
Id = Annotated[UUID, Field(strict=False)]
ReadShow = Annotated[Show, Field(strict=False)]
AsText = PlainSerializer(as_text, return_type=str)
Points = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=1000), _text_of_number("1.5")]
Percent = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=100), _text_of_number("60")]
Minutes = Annotated[int, Field(ge=1, le=MINUTES_LIMIT)]


class ReviewIn(Strict):
    """What a candidate sees of a finished attempt: at once, and what more once the exam has closed."""

    immediately: list[ReadShow] = Field(max_length=len(Show))
    closed: list[ReadShow] = Field(max_length=len(Show))


class ExamSettings(Strict):
    """What an author sets. Null stands for none or no limit; `description` is HTML and is sanitised."""

    description: str = Field(default="", max_length=DESCRIPTION_LIMIT)
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    time_limit_minutes: Minutes | None = None
    attempts_allowed: Annotated[int, Field(ge=1, le=ATTEMPTS_LIMIT)] | None = 1
    access_code: str | None = Field(default=None, max_length=CODE_LIMIT)
    pass_mark: Percent | None = None
    shuffle_options: bool = True
    review: ReviewIn = Field(default_factory=lambda: ReviewIn.model_validate(REVIEW_DEFAULT))


class ExamIn(ExamSettings):
    """A new exam."""

    title: Name


class ExamChange(ExamSettings):
    """What may change about an exam. What is not sent stays as it is."""

    title: Name = ""
    state: Annotated[ExamState, Field(strict=False)] = ExamState.DRAFT


class ExamListed(BaseModel):
    """An exam in a list; window, time and attempts are the caller's own where they have such."""

    id: UUID
    title: str
    state: ExamState
    opens_at: datetime | None
    closes_at: datetime | None
    time_limit_minutes: int | None
    attempts_allowed: int | None
    attempts_used: int
    open_attempt: UUID | None


class ReviewOut(BaseModel):
    """What a candidate sees of a finished attempt: at once, and what more once the exam has closed."""

    immediately: list[Show]
    closed: list[Show]


class ExamOut(BaseModel):
    """An exam with all its settings, as staff see it."""

    id: UUID
    title: str
    description: str
    state: ExamState
    opens_at: datetime | None
    closes_at: datetime | None
    time_limit_minutes: int | None
    attempts_allowed: int | None
    access_code: str | None
    pass_mark: Annotated[Decimal, AsText] | None
    shuffle_options: bool
    review: ReviewOut
    created_at: datetime
    updated_at: datetime


class CandidateExamOut(ExamListed):
    """An exam as its candidate reads it before they start."""

    description: str
    attempts_left: int | None
    access_code_required: bool
    pass_mark: Annotated[Decimal, AsText] | None
    question_count: int
    total_points: Annotated[Decimal, AsText]


class ExamSeen(RootModel[ExamOut | CandidateExamOut]):
    """All settings for staff; for a candidate what they need to know before they start."""


class CopyIn(Strict):
    """A copy's title; without one it is the original's with a word added."""

    title: Name | None = None


class SectionQuestionIn(Strict):
    """A question that everybody gets, and its points.

    With a `version`, the number of one, it stays at that; without it each attempt takes the latest that is ready, and
    there has to be one when the question is added.
    """

    question_id: Id
    points: Points = Decimal(1)
    version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class DrawIn(Strict):
    """`count` questions for each candidate, drawn from a bank; `tag` and `category` narrow what they are drawn from.

    A category is named by its path or by its id, and is followed wherever it is moved to.
    """

    bank_id: Id
    count: int = Field(ge=1, le=QUESTIONS_LIMIT)
    tag: str = Field(default="", max_length=TAG_LIMIT)
    category: str = Field(default="", max_length=CATEGORY_LIMIT)
    category_id: Id | None = None
    points: Points = Decimal(1)


class SectionIn(Strict):
    """A section. Without a position it comes last; `shuffle` mixes its questions for each candidate."""

    title: str = Field(default="", max_length=TITLE_LIMIT)
    position: Annotated[int, Field(ge=1, le=SECTIONS_LIMIT)] | None = None
    shuffle: bool = False
    questions: list[SectionQuestionIn] = Field(default_factory=list, max_length=QUESTIONS_LIMIT)
    draw: DrawIn | None = None


class SectionQuestionOut(BaseModel):
    """A fixed question of a section; `version_id` is the one that it is pinned to."""

    question_id: UUID
    version_id: UUID | None
    points: Annotated[Decimal, AsText]


class DrawOut(BaseModel):
    """How questions are drawn."""

    bank_id: UUID
    count: int
    tag: str
    category: str
    category_id: UUID | None
    points: Annotated[Decimal, AsText]


class SectionOut(BaseModel):
    """A section with its fixed questions, in order, and its draw."""

    id: UUID
    title: str
    position: int
    shuffle: bool
    questions: list[SectionQuestionOut]
    draw: DrawOut | None


class Accommodations(Strict):
    """What one person has beside the others. An own opening or closing takes the place of the exam's."""

    extra_minutes: int = Field(default=0, ge=0, le=MINUTES_LIMIT)
    extra_attempts: int = Field(default=0, ge=0, le=ATTEMPTS_LIMIT)
    opens_at: Moment | None = None
    closes_at: Moment | None = None


class AssignmentIn(Accommodations):
    """Who may sit the exam: one person, several, or all active candidates."""

    user_id: Id | None = None
    user_ids: list[Id] | None = Field(default=None, min_length=1, max_length=PEOPLE_LIMIT)
    all_candidates: bool = False

    @model_validator(mode="after")
    def one_way(self) -> AssignmentIn:
        """Refuse none and more than one way of naming people."""
        if [self.user_id is not None, self.user_ids is not None, self.all_candidates].count(True) != 1:
            raise ValueError(N_("Give one of: user_id, user_ids, all_candidates."))
        return self

    @property
    def accommodations(self) -> dict[str, Any]:
        """What the people get beside the others."""
        return self.model_dump(include=set(Accommodations.model_fields))


class AssignmentOut(BaseModel):
    """Somebody who may sit the exam."""

    id: UUID
    user_id: UUID
    name: str
    email: str
    extra_minutes: int
    extra_attempts: int
    opens_at: datetime | None
    closes_at: datetime | None


class AssignmentsOut(RootModel[AssignmentOut | list[AssignmentOut]]):
    """The assignment, or the list of the new ones where several people were named; who was assigned before is kept."""
