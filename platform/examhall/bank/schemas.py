"""What goes in and out about banks and questions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from examhall.bank.content.texts import CATEGORY_LIMIT, DESCRIPTION_LIMIT, NAME_LIMIT, TAG_LIMIT, TAGS_LIMIT
from examhall.bank.models import Access, Difficulty, Status
from examhall.bank.types.contract import as_text, exact
from examhall.identity.schemas import Name, Strict

Tags = Annotated[list[Annotated[str, Field(min_length=1, max_length=TAG_LIMIT)]], Field(max_length=TAGS_LIMIT)]
Category = Annotated[str, Field(max_length=CATEGORY_LIMIT, examples=["safety/fire"])]
ReadStatus = Annotated[Status, Field(strict=False)]
ReadDifficulty = Annotated[Difficulty, Field(strict=False, description='"" where nobody said.')]
Language = Annotated[str, Field(max_length=35, description='BCP 47; "" where nobody said.', examples=["en-GB"])]
CategoryId = Annotated[UUID, Field(strict=False, description="Instead of `category`: one of the bank by its id.")]


def _number(value: object) -> Decimal:
    number = value if isinstance(value, Decimal) else exact(value) if isinstance(value, str) else None
    if number is None or not number.is_finite():
        raise PydanticCustomError("decimal_type", "no decimal")
    return number


Points = Annotated[
    Decimal, BeforeValidator(_number), PlainSerializer(as_text, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["1.5"]}), Field(description="Its worth unless an exam says more."),
]  # fmt: skip
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
    open: bool = Field(description="Whether every author may write to it, beside those it is shared with.")
    owner_id: UUID | None
    access: Access = Field(description="What you may do with it; each allows those before it.")
    created_at: datetime
    updated_at: datetime


class QuestionIn(Strict):
    """A new question. Without a name it is called by the beginning of its prompt."""

    type: str = Field(max_length=40, examples=["single_choice"])
    name: str = Field(default="", max_length=NAME_LIMIT)
    body: QuestionBody
    tags: Tags = Field(default_factory=list)
    category: Category = ""
    category_id: CategoryId | None = None
    difficulty: ReadDifficulty = Difficulty.UNKNOWN
    language: Language = ""
    points: Points = Decimal(1)
    status: ReadStatus = Status.READY


class QuestionChange(Strict):
    """What may change about a question without changing what it asks."""

    name: Name | None = None
    tags: Tags | None = None
    category: Category | None = None
    category_id: CategoryId | None = None
    difficulty: ReadDifficulty | None = None
    language: Language | None = None
    points: Points | None = None
    status: ReadStatus | None = None


class QuestionOut(BaseModel):
    """A question as lists show it; `excerpt` is the beginning of its prompt as plain text, `version` its latest.

    Exams take the version `ready_version_id`; where `version` is a draft still, that is an earlier one.
    """

    id: UUID
    bank_id: UUID
    type: str
    name: str
    excerpt: str
    category: str
    category_id: UUID | None
    tags: list[str]
    difficulty: Difficulty
    language: str
    points: Points
    status: Status
    status_at: datetime
    status_by: UUID | None
    author_id: UUID | None
    external_id: str
    import_id: UUID | None
    version: int = Field(validation_alias="latest_number")
    ready_version_id: UUID | None
    created_at: datetime
    updated_at: datetime


class QuestionFull(QuestionOut):
    """A question with the body of its latest version, the key included."""

    body: dict[str, Any]


class VersionIn(Strict):
    """What the question asks from now on; without a name or a status it keeps its own."""

    body: QuestionBody
    name: Name | None = None
    status: ReadStatus | None = Field(
        default=None, description="As a `draft` it waits: exams take the version that was ready before."
    )


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
    category: str = Field(default="", description="Only those of the category of this path and of those below it.")
    category_id: UUID | None = Field(default=None, description="The same by the category's id.")
    changed_since: str = Field(
        default="", description="Only those changed since a moment with its zone, or since a day.",
        examples=["2026-09-01", "2026-09-01T08:00:00Z"],
    )  # fmt: skip
