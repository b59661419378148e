"""What goes in and out about banks and questions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from examhall.bank.models import Status
from examhall.bank.texts import CATEGORY_LIMIT, DESCRIPTION_LIMIT, NAME_LIMIT, TAG_LIMIT, TAGS_LIMIT
from examhall.identity.schemas import Name, Strict

Tags = Annotated[list[Annotated[str, Field(min_length=1, max_length=TAG_LIMIT)]], Field(max_length=TAGS_LIMIT)]
Category = Annotated[str, Field(max_length=CATEGORY_LIMIT, examples=["safety/fire"])]
ReadStatus = Annotated[Status, Field(strict=False)]
QuestionBody = Annotated[
    dict[str, Any],
    Field(
        description="Depends on the type. Texts are HTML and are sanitised; fractions and numbers travel as strings.",
        examples=[
            {
                "prompt": "<p>Which of these is a prime number?</p>",
                "options": [{"text": "21", "fraction": "0"}, {"text": "23", "fraction": "1"}],
            }
        ],
    ),
]


class BankIn(Strict):
    """A new bank."""

    name: Name
    description: str = Field(default="", max_length=DESCRIPTION_LIMIT)


class BankChange(Strict):
    """What may change about a bank."""

    name: Name | None = None
    description: str | None = Field(default=None, max_length=DESCRIPTION_LIMIT)


class BankOut(BaseModel):
    """A bank and how many questions it holds."""

    id: UUID
    name: str
    description: str
    question_count: int
    created_at: datetime
    updated_at: datetime


class QuestionIn(Strict):
    """A new question. Without a name it is called by the beginning of its prompt."""

    type: str = Field(max_length=40, examples=["single_choice"])
    name: str = Field(default="", max_length=NAME_LIMIT)
    body: QuestionBody
    tags: Tags = Field(default_factory=list)
    category: Category = ""
    status: ReadStatus = Status.READY


class QuestionChange(Strict):
    """What may change about a question without changing what it asks."""

    name: Name | None = None
    tags: Tags | None = None
    category: Category | None = None
    status: ReadStatus | None = None


class QuestionOut(BaseModel):
    """A question as lists show it; `excerpt` is the beginning of its prompt as plain text, `version` its latest."""

    id: UUID
    bank_id: UUID
    type: str
    name: str
    excerpt: str
    category: str
    tags: list[str]
    status: Status
    external_id: str
    version: int = Field(validation_alias="latest_number")
    created_at: datetime
    updated_at: datetime


class QuestionFull(QuestionOut):
    """A question with the body of its latest version, the key included."""

    body: dict[str, Any]


class VersionIn(Strict):
    """What the question asks from now on; without a name it keeps its own."""

    body: QuestionBody
    name: Name | None = None


class VersionOut(BaseModel):
    """What a question asked from `created_at` on, until the next version."""

    id: UUID
    question_id: UUID
    number: int
    type: str
    name: str
    body: dict[str, Any]
    created_at: datetime
    created_by: UUID | None


class QuestionArguments(BaseModel):
    """What a list of questions may be narrowed by beside its columns."""

    tag: str = Field(default="", description="Only those that have this tag.")
    category: str = Field(default="", description="Only those of this category and of those below it.")


class UploadIn(BaseModel):
    """A file of questions."""

    file: bytes = Field(json_schema_extra={"contentMediaType": "application/octet-stream"})
    format: Literal["gift"] = "gift"


class ImportArguments(BaseModel):
    """How a file is imported."""

    dry_run: bool = Field(default=False, description="Tell what the file holds, and write nothing.")


class LineOut(BaseModel):
    """Something to know about a line of the file, counted from 1."""

    line: int
    message: str


class ImportedOut(BaseModel):
    """A question that the file holds."""

    line: int
    name: str
    type: str
    category: str
    tags: list[str]
    body: dict[str, Any]
    warnings: list[LineOut]


class ImportOut(BaseModel):
    """What a file holds, what is wrong with it, and whether its questions are in the bank now."""

    questions: list[ImportedOut]
    errors: list[LineOut]
    committed: bool
