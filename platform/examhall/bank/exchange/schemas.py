"""What goes in and out about imports and exports."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from examhall.bank.content.texts import CATEGORY_LIMIT
from examhall.bank.formats.registry import READ, WRITTEN
from examhall.bank.models import ImportState
from examhall.bank.schemas import ReadStatus
from examhall.identity.schemas import Strict

Formats = Field(description=f"One of {', '.join(READ)}; without it the file's content tells.", max_length=20)
Text = Annotated[str, Field(max_length=200)]
Place = Annotated[int, Field(ge=1, le=1_000_000, strict=False)]
Duplicates = Literal["add", "skip", "new_version"]


class UploadIn(BaseModel):
    """A file of questions, and what is chosen beforehand; all but the file may be changed later."""

    file: bytes = Field(json_schema_extra={"contentMediaType": "application/octet-stream"})
    format: Annotated[str, Formats] = ""
    grades: Literal["error", "nearest"] = "error"
    duplicates: Duplicates = "add"
    category: str = Field(default="", max_length=CATEGORY_LIMIT)
    status: ReadStatus | None = None
    leave_out_faulty: bool = False


class ImportArguments(BaseModel):
    """What becomes of a file at once."""

    commit: bool = Field(default=False, description="Put the questions into the bank as soon as they are read.")


class ImportChange(Strict):
    """What may be chosen about an import. A change of the first three reads the file again."""

    format: Annotated[str, Formats] | None = None
    grades: Literal["error", "nearest"] | None = Field(
        default=None, description="What to do with a percentage that is none of the usual: refuse it, or mend it."
    )
    mapping: Annotated[dict[Text, Text], Field(max_length=200)] | None = Field(
        default=None, description="Which column of a table holds what: column to field, as `columns` names them."
    )
    duplicates: Duplicates | None = Field(
        default=None, description="What becomes of a question whose id or text stands in the bank, or before, already."
    )
    items: Annotated[dict[Place, Duplicates], Field(max_length=20_000)] | None = Field(
        default=None, description="The same for single questions, by their `place`; `skip` leaves out any."
    )
    category: str | None = Field(default=None, max_length=CATEGORY_LIMIT, description="Category that all go below.")
    status: ReadStatus | None = Field(default=None, description="The status that all get; null: as the file says.")
    leave_out_faulty: bool | None = Field(default=None, description="Import the sound questions of a faulty file.")


class MessageOut(BaseModel):
    """Something to know about a line of the file (counted from 1; 0 where lines say little), or an element of it."""

    line: int
    element: str
    message: str


class LossOut(BaseModel):
    """One kind of thing that the bank can't hold: how often it stands in the file, and where first."""

    count: int
    samples: list[MessageOut]


class ColumnsOut(BaseModel):
    """A table's columns and first rows, what each seems to hold, and the fields that there are."""

    names: list[str]
    rows: list[list[str]]
    proposed: dict[str, str]
    fields: list[str]


class ProgressOut(BaseModel):
    """What the reader is at, and the share of it that is done, 0 to 1."""

    stage: str = Field(description="`reading` or `comparing` with what the bank holds.")
    share: float


class ImportOut(BaseModel):
    """An import and where it stands.

    `found` counts questions, errors, warnings, losses, duplicates and near ones, and after the commit what was added,
    got a version, stayed unchanged or was skipped. Errors, losses and columns are told while it is `read`.
    """

    id: UUID
    bank_id: UUID
    state: ImportState
    format: str
    file_name: str
    size: int = Field(description="Bytes.")
    options: dict[str, Any]
    found: dict[str, int]
    progress: ProgressOut | None
    failure: str = Field(description="Why it could not be read.")
    errors: list[MessageOut] = Field(description="The first hundred.")
    losses: list[LossOut]
    columns: ColumnsOut | None
    created_at: datetime
    committed_at: datetime | None


class DuplicateOut(BaseModel):
    """A question that this one may repeat: one of the bank, by id, or one of the file, by place."""

    kind: str = Field(description="`id`, `same` (the same words) or `near`.")
    name: str
    similarity: int
    question_id: UUID | None
    place: int | None


class ImportedOut(BaseModel):
    """A question that the file holds, as it would be kept."""

    place: int
    line: int
    element: str
    name: str
    type: str
    category: str
    tags: list[str]
    difficulty: str
    language: str
    points: str
    status: str
    external_id: str
    body: dict[str, Any]
    warnings: list[MessageOut]
    losses: list[MessageOut]
    duplicates: list[DuplicateOut]
    choice: Duplicates | None = Field(description="What was chosen for this one alone.")


class ExportArguments(BaseModel):
    """What is exported, and how; what a list of questions may be narrowed by narrows this as well."""

    format: str = Field(default="examhall", description=f"One of {', '.join(WRITTEN)}.")
    ids: str = Field(default="", description="Ids of questions with commas between them; without them, all.")


class ExportCheckOut(BaseModel):
    """What a format can't say of these questions, told before the download."""

    format: str
    questions: int = Field(description="How many were chosen; the losses tell which of them the file leaves out.")
    losses: list[LossOut]
