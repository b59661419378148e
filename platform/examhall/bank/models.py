"""Tables of the question bank. A question is found by its bank; what is asked stands in its immutable versions."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column

from examhall.storage.records import MutableRecord, Record, actor_id, belongs_to


class Status(StrEnum):
    """Whether a question may be drawn: `draft` not yet, `ready` yes, `retired` no more."""

    DRAFT = "draft"
    READY = "ready"
    RETIRED = "retired"


class Tags(sa.types.TypeDecorator[list[str]]):
    """A list of tags, kept as `|one|two|` so that both engines find one by LIKE."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str | None:
        """Join."""
        return None if value is None else "".join(f"|{tag}" for tag in value) + "|" * bool(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str]:
        """Split."""
        return [tag for tag in (value or "").split("|") if tag]


class Bank(MutableRecord):
    """A collection of questions."""

    __tablename__ = "banks"

    name: Mapped[str] = mapped_column(sa.String(200))
    description: Mapped[str] = mapped_column(sa.Text, default="")


class Question(MutableRecord):
    """A question as it is kept and found. Changing what it asks adds a version; this row only points to the latest."""

    __tablename__ = "questions"
    __table_args__ = (
        belongs_to("banks", "bank_id"),
        sa.Index(None, "tenant_id", "bank_id", "status"),
        sa.Index(None, "tenant_id", "bank_id", "category"),
    )

    bank_id: Mapped[UUID] = mapped_column(sa.Uuid)
    type: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(300))
    #: The beginning of what it asks, as plain text, for lists and searches.
    excerpt: Mapped[str] = mapped_column(sa.String(300))
    category: Mapped[str] = mapped_column(sa.String(300), default="")
    tags: Mapped[list[str]] = mapped_column(Tags, default=list)
    status: Mapped[str] = mapped_column(sa.String(10), default=Status.READY.value)
    external_id: Mapped[str] = mapped_column(sa.String(200), default="")
    latest_number: Mapped[int] = mapped_column(default=1)
    latest_version_id: Mapped[UUID] = mapped_column(sa.Uuid)


class QuestionVersion(Record):
    """What a question asked from one moment on; never changed after."""

    __tablename__ = "question_versions"
    __table_args__ = (
        belongs_to("questions", "question_id", ondelete="CASCADE"),
        sa.UniqueConstraint("tenant_id", "question_id", "number"),
    )

    question_id: Mapped[UUID] = mapped_column(sa.Uuid)
    number: Mapped[int]
    type: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(300))
    body: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    created_by: Mapped[UUID | None] = mapped_column(sa.Uuid, default=actor_id)
