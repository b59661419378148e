"""Tables of the question bank. A question is found by its bank; what is asked stands in its immutable versions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column

from examhall.clock import now
from examhall.storage.records import Exact, Moment, MutableRecord, Record, actor_id, belongs_to


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


class Difficulty(StrEnum):
    """How hard its author takes a question to be."""

    UNKNOWN = ""
    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class Access(StrEnum):
    """What a share of a bank allows; each allows what stands before it."""

    USE = "use"
    READ = "read"
    WRITE = "write"


class Bank(MutableRecord):
    """A collection of questions. A shared one is open only to those it is shared with, its owner and admins."""

    __tablename__ = "banks"

    name: Mapped[str] = mapped_column(sa.String(200))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    #: Who made it; None for the command line.
    owner_id: Mapped[UUID | None] = mapped_column(sa.Uuid, default=actor_id)
    #: Open to every author of the tenant; else only by its shares.
    open: Mapped[bool] = mapped_column(default=True)
    #: Whether the present person may write to it, as `reading.load_bank` found; no column.
    writable = True


class BankShare(Record):
    """What a role or a group (exactly one of the two) may do with a bank that is not open to all."""

    __tablename__ = "bank_shares"
    __table_args__ = (
        belongs_to("banks", "bank_id", ondelete="CASCADE"),
        belongs_to("groups", "group_id"),
        sa.UniqueConstraint("tenant_id", "bank_id", "role", "group_id"),
    )

    bank_id: Mapped[UUID] = mapped_column(sa.Uuid)
    role: Mapped[str] = mapped_column(sa.String(20), default="")
    group_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    access: Mapped[str] = mapped_column(sa.String(10))


class Category(MutableRecord):
    """A place in a bank's tree. Its id stays when it is renamed or moved; `path` is its names from the top: `a/b`."""

    __tablename__ = "categories"
    __table_args__ = (
        belongs_to("banks", "bank_id", ondelete="CASCADE"),
        belongs_to("categories", "parent_id"),
        sa.UniqueConstraint("tenant_id", "bank_id", "path"),
        sa.Index(None, "tenant_id", "parent_id"),
    )

    bank_id: Mapped[UUID] = mapped_column(sa.Uuid)
    parent_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    name: Mapped[str] = mapped_column(sa.String(200))
    path: Mapped[str] = mapped_column(sa.String(300))
    external_id: Mapped[str] = mapped_column(sa.String(200), default="")
    description: Mapped[str] = mapped_column(sa.Text, default="")


class Question(MutableRecord):
    """A question as it is kept and found. Changing what it asks adds a version; this row only points to the latest."""

    __tablename__ = "questions"
    __table_args__ = (
        belongs_to("banks", "bank_id"),
        belongs_to("categories", "category_id"),
        sa.Index(None, "tenant_id", "bank_id", "status"),
        sa.Index(None, "tenant_id", "bank_id", "category"),
        sa.Index(None, "tenant_id", "bank_id", "fingerprint"),
        sa.Index(None, "tenant_id", "import_id"),
        # What lists are ordered by; the first also holds what they are narrowed by, so that counting reads no rows
        sa.Index(
            "ix_questions_list", "tenant_id", "bank_id", "created_at", "id", "status", "type", "difficulty", "language",
            "author_id", "category_id", "updated_at",
        ),
        sa.Index("ix_questions_category", "tenant_id", "category_id", "bank_id", "created_at", "id"),
        sa.Index("ix_questions_changed", "tenant_id", "bank_id", "updated_at", "id"),
        sa.Index("ix_questions_name", "tenant_id", "bank_id", "name", "id"),
    )  # fmt: skip

    bank_id: Mapped[UUID] = mapped_column(sa.Uuid)
    type: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(300))
    #: The beginning of what it asks, as plain text, for lists.
    excerpt: Mapped[str] = mapped_column(sa.String(300))
    category_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    #: The path of its category, kept here as well so that lists need not ask for it.
    category: Mapped[str] = mapped_column(sa.String(300), default="")
    tags: Mapped[list[str]] = mapped_column(Tags, default=list)
    difficulty: Mapped[str] = mapped_column(sa.String(10), default="")
    #: BCP 47, "" where nobody said.
    language: Mapped[str] = mapped_column(sa.String(35), default="")
    #: What it is worth in an exam unless the exam says otherwise.
    points: Mapped[Decimal] = mapped_column(Exact(8, 2), default=Decimal(1))
    status: Mapped[str] = mapped_column(sa.String(10), default=Status.READY.value)
    status_at: Mapped[datetime] = mapped_column(Moment, default=now)
    status_by: Mapped[UUID | None] = mapped_column(sa.Uuid, default=actor_id)
    author_id: Mapped[UUID | None] = mapped_column(sa.Uuid, default=actor_id)
    external_id: Mapped[str] = mapped_column(sa.String(200), default="")
    latest_number: Mapped[int] = mapped_column(default=1)
    latest_version_id: Mapped[UUID] = mapped_column(sa.Uuid)
    #: The latest version that is ready: what exams take while a newer one is still a draft. None: none ever was.
    ready_version_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    #: All its words (name, prompt, options, answers) as plain text, for searches.
    words: Mapped[str] = mapped_column(sa.Text, default="")
    #: What is the same for two questions that ask the same; see `comparison.duplicates`.
    fingerprint: Mapped[str] = mapped_column(sa.String(32), default="")
    #: The import that brought it.
    import_id: Mapped[UUID | None] = mapped_column(sa.Uuid)


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


class Comment(Record):
    """What somebody says about a question to the other authors; plain text."""

    __tablename__ = "question_comments"
    __table_args__ = (
        belongs_to("questions", "question_id", ondelete="CASCADE"),
        sa.Index(None, "tenant_id", "question_id"),
    )

    question_id: Mapped[UUID] = mapped_column(sa.Uuid)
    #: The version that was the latest when this was written.
    version: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    created_by: Mapped[UUID | None] = mapped_column(sa.Uuid, default=actor_id)


class KeptPair(Record):
    """Two questions of a bank that repeat each other and are to; `first_id` is the lesser of the ids."""

    __tablename__ = "kept_pairs"
    __table_args__ = (
        belongs_to("banks", "bank_id", ondelete="CASCADE"),
        belongs_to("questions", "first_id", ondelete="CASCADE"),
        belongs_to("questions", "second_id", ondelete="CASCADE"),
        sa.UniqueConstraint("tenant_id", "first_id", "second_id"),
        sa.Index(None, "tenant_id", "bank_id"),
        sa.Index(None, "tenant_id", "second_id"),
    )

    bank_id: Mapped[UUID] = mapped_column(sa.Uuid)
    first_id: Mapped[UUID] = mapped_column(sa.Uuid)
    second_id: Mapped[UUID] = mapped_column(sa.Uuid)
    created_by: Mapped[UUID | None] = mapped_column(sa.Uuid, default=actor_id)


class StoredMedium(Record):
    """A picture, a sound or a film of the tenant's questions; its bytes lie in the media store under their digest."""

    __tablename__ = "media"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "digest"),)

    digest: Mapped[str] = mapped_column(sa.String(64))
    name: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    created_by: Mapped[UUID | None] = mapped_column(sa.Uuid, default=actor_id)


class SavedFilter(Record):
    """A way to narrow the list of questions that a person keeps under a name; `query` is that of the address."""

    __tablename__ = "saved_filters"
    __table_args__ = (
        belongs_to("users", "user_id", ondelete="CASCADE"),
        belongs_to("banks", "bank_id", ondelete="CASCADE"),
        sa.UniqueConstraint("tenant_id", "user_id", "bank_id", "name"),
    )

    user_id: Mapped[UUID] = mapped_column(sa.Uuid)
    bank_id: Mapped[UUID] = mapped_column(sa.Uuid)
    name: Mapped[str] = mapped_column(sa.String(200))
    query: Mapped[dict[str, str]] = mapped_column(sa.JSON)


class BulkAction(Record):
    """Something done to many questions at once, with what they were before, so that it can be undone."""

    __tablename__ = "bulk_actions"
    __table_args__ = (
        belongs_to("banks", "bank_id", ondelete="CASCADE"),
        sa.Index(None, "tenant_id", "bank_id"),
    )

    bank_id: Mapped[UUID] = mapped_column(sa.Uuid)
    action: Mapped[str] = mapped_column(sa.String(20))
    #: Question id to the values that were changed.
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    created_by: Mapped[UUID | None] = mapped_column(sa.Uuid, default=actor_id)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class ImportState(StrEnum):
    """Where an import stands: being read, ready to look at, in the bank, taken back, or unreadable."""

    READING = "reading"
    READ = "read"
    COMMITTED = "committed"
    UNDONE = "undone"
    FAILED = "failed"


class ImportJob(MutableRecord):
    """A file on its way into a bank. File and findings lie in the tenant's folder of imports under this id."""

    __tablename__ = "imports"
    __table_args__ = (
        belongs_to("banks", "bank_id", ondelete="CASCADE"),
        sa.Index(None, "tenant_id", "bank_id"),
    )

    bank_id: Mapped[UUID] = mapped_column(sa.Uuid)
    state: Mapped[str] = mapped_column(sa.String(10), default=ImportState.READING.value)
    file_name: Mapped[str] = mapped_column(sa.String(200))
    #: "" until it is recognised.
    format: Mapped[str] = mapped_column(sa.String(20), default="")
    size: Mapped[int] = mapped_column(sa.BigInteger)
    #: What the author chose: column mapping, mode for grades, what becomes of duplicates.
    options: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    #: Figures of what was found: questions, errors, warnings, losses, duplicates.
    found: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    #: What committing wrote, for undo: categories made, and what questions were that got a version.
    written: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    #: Why it could not be read; a msgid.
    failure: Mapped[str] = mapped_column(sa.Text, default="")
    created_by: Mapped[UUID | None] = mapped_column(sa.Uuid, default=actor_id)
    committed_at: Mapped[datetime | None] = mapped_column(Moment)
