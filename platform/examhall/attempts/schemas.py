"""What goes in and out about attempts, as apps see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from examhall.attempts.engine.states import State
from examhall.identity.schemas import Strict


class StartIn(Strict):
    """How an attempt is started; the code where the exam asks for one."""

    access_code: str | None = Field(default=None, max_length=200)


class SaveIn(Strict):
    """One answer. `seq` rises per slot; `base` is the seq that this client last saw stored there, 0 for none."""

    slot: int
    response: Any
    seq: int
    base: int | None = None
    client_time: str | None = Field(default=None, max_length=40)


class SavesIn(Strict):
    """Answers to save, in the order in which they were given."""

    answers: list[SaveIn] = Field(min_length=1, max_length=500)


class OptionOut(BaseModel):
    """One option; its id is this attempt's own."""

    id: str
    text: str


class SlotOut(BaseModel):
    """One question of the paper, without its key. Texts are sanitised HTML in which formulas are MathML.

    Which further fields there are depends on the type: `options`, `rows` and `labels` (kprim), `stems` and `choices`
    (matching), `items` (ordering), `gaps` (cloze; {#1} in the prompt marks the first), `units` (numeric, calculated),
    `image`, `width`, `height` and `regions` (hotspot), the limits of essay and upload, and `files`, what was handed up
    for this slot. `answerable` is false for a text between questions, which takes no response.
    """

    model_config = ConfigDict(extra="allow")

    slot: int
    type: str
    prompt: str
    points: str
    answerable: bool = True
    options: list[OptionOut] | None = None


class AnswerOut(BaseModel):
    """What is stored in a slot."""

    slot: int
    response: Any
    seq: int


class AttemptOut(BaseModel):
    """An attempt as its candidate sees it. `paper` is null once access has ended; `step` is the last step's number."""

    id: UUID
    exam_id: UUID
    state: State
    number: int
    started_at: datetime
    deadline_at: datetime | None
    submitted_at: datetime | None
    server_time: datetime
    paper: list[SlotOut] | None
    answers: list[AnswerOut]
    step: int


class AcceptedOut(BaseModel):
    """An answer that is stored."""

    slot: int
    seq: int


class StoredOut(BaseModel):
    """The copy that stands on the server."""

    seq: int
    response: Any


class RefusedOut(BaseModel):
    """An answer that was not taken, why, and what stands in its place."""

    slot: int
    seq: int
    code: str
    current: StoredOut | None


class SavedOut(BaseModel):
    """What became of each answer. Only what stands under `accepted` is stored."""

    accepted: list[AcceptedOut]
    refused: list[RefusedOut]
    server_time: datetime
    deadline_at: datetime | None
    step: int


class FileIn(BaseModel):
    """A file for one question."""

    slot: int
    file: bytes = Field(json_schema_extra={"contentMediaType": "application/octet-stream"})


class FileOut(BaseModel):
    """A file that is kept; an answer names it by its id."""

    id: str
    name: str
    size: int
    media_type: str


class SubmittedOut(BaseModel):
    """How the attempt ended."""

    state: State
    submitted_at: datetime


class OwnAttemptOut(BaseModel):
    """One of one's own attempts, in a list."""

    id: UUID
    exam_id: UUID
    exam_title: str
    number: int
    state: State
    started_at: datetime
    deadline_at: datetime | None
    submitted_at: datetime | None


class ExamAttemptOut(BaseModel):
    """One attempt at an exam, as those who watch see it; `step_count` grows with everything that happens in it."""

    id: UUID
    user_id: UUID
    name: str
    email: str
    number: int
    state: State
    started_at: datetime
    deadline_at: datetime | None
    submitted_at: datetime | None
    step_count: int
