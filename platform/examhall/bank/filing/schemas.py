"""What goes in and out about how questions are filed: categories, saved filters, comments, bulk actions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, RootModel

from examhall.bank.content.texts import CATEGORY_LIMIT, DESCRIPTION_LIMIT, TAG_LIMIT
from examhall.bank.filing.categories import EXTERNAL_ID_LIMIT
from examhall.bank.filing.remarks import COMMENT_LIMIT
from examhall.bank.schemas import ReadStatus
from examhall.identity.schemas import Name, Strict

Id = Annotated[UUID, Field(strict=False)]
ExternalId = Annotated[str, Field(max_length=EXTERNAL_ID_LIMIT, description="What other systems call it.")]
Query = Annotated[
    dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=200)]],
    Field(
        max_length=20, description="Arguments as the list of questions takes them.",
        examples=[{"q": "fire", "status": "ready"}],
    ),
]  # fmt: skip


class CategoryIn(Strict):
    """A new category: at the top of the tree, or below another."""

    name: Annotated[str, Field(min_length=1, max_length=CATEGORY_LIMIT, examples=["fire"])]
    parent_id: Id | None = None
    external_id: ExternalId = ""
    description: str = Field(default="", max_length=DESCRIPTION_LIMIT)


class CategoryChange(Strict):
    """What may change about a category. `parent_id` null moves it to the top; all below it go along."""

    name: Annotated[str, Field(min_length=1, max_length=CATEGORY_LIMIT)] = ""
    parent_id: Id | None = None
    external_id: ExternalId = ""
    description: str = Field(default="", max_length=DESCRIPTION_LIMIT)


class CategoryOut(BaseModel):
    """A place in a bank's tree; `path` is its names from the top, with slashes between them."""

    id: UUID
    bank_id: UUID
    parent_id: UUID | None
    name: str
    path: str
    external_id: str
    description: str
    created_at: datetime
    updated_at: datetime


class CategoryCounted(CategoryOut):
    """A category, and how many questions stand in it itself."""

    question_count: int


class TreeOut(RootModel[list[CategoryCounted]]):
    """All categories of a bank, each before those below it."""


class CategoryArguments(BaseModel):
    """How a category goes."""

    lift: bool = Field(default=False, description="Let what stands in it move to the place above it first.")


class FilterIn(Strict):
    """A way to narrow the list of a bank's questions, kept under a name; the one that has the name goes."""

    name: Name
    query: Query


class FilterOut(BaseModel):
    """A filter that the caller keeps; add its `query` to the address of the list."""

    id: UUID
    bank_id: UUID
    name: str
    query: dict[str, str]
    created_at: datetime


class CommentIn(Strict):
    """What to say; plain text."""

    text: str = Field(min_length=1, max_length=COMMENT_LIMIT)


class CommentOut(BaseModel):
    """A comment on a question as it was in `version`; `author` is the name of who wrote it, null when they are gone."""

    id: UUID
    question_id: UUID
    version: int
    text: str
    author: str | None
    created_by: UUID | None
    created_at: datetime


class BulkIn(Strict):
    """One thing to do to many questions: to those of `ids`, or to all that `filter` finds.

    `tag` and `untag` need `tag`, `status` needs `status`; `move` takes `category_id`, null for the top of the tree.
    """

    action: Literal["tag", "untag", "move", "status"]
    ids: Annotated[list[Id], Field(max_length=5_000)] = Field(default_factory=list)
    filter: Query | None = Field(default=None, description="{} means all questions of the bank.")
    tag: Annotated[str, Field(min_length=1, max_length=TAG_LIMIT)] | None = None
    category_id: Id | None = None
    status: ReadStatus | None = None

    @property
    def value(self) -> str | UUID | None:
        """What the action needs."""
        return {"tag": self.tag, "untag": self.tag, "move": self.category_id, "status": self.status}[self.action]


class BulkOut(BaseModel):
    """What was done: how many questions it changed, and how many it left because they were so already."""

    id: UUID
    bank_id: UUID
    action: str
    changed: int
    unchanged: int
    created_at: datetime


class UndoneOut(BaseModel):
    """How many questions are as they were before, and the ids of those that somebody changed since and that stay."""

    restored: int
    kept: list[UUID]
