"""Tables of attempts: the sitting, its frozen paper, its append-only steps, and the current answers read off them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from examhall.storage.records import Exact, Moment, Record, belongs_to


class Attempt(Record):
    """One candidate's sitting of one exam. Its steps hold what happened, this row holds where it stands now."""

    __tablename__ = "attempts"
    __table_args__ = (
        belongs_to("exams", "exam_id"),
        belongs_to("users", "user_id"),
        sa.UniqueConstraint("tenant_id", "exam_id", "user_id", "number"),
        # Of parallel starts one wins, whatever engine and however many workers
        sa.Index(
            "uq_attempts_one_open", "tenant_id", "exam_id", "user_id", unique=True,
            sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index(None, "tenant_id", "user_id"),
    )  # fmt: skip

    exam_id: Mapped[UUID] = mapped_column(sa.Uuid)
    user_id: Mapped[UUID] = mapped_column(sa.Uuid)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(10))
    started_at: Mapped[datetime] = mapped_column(Moment)
    deadline_at: Mapped[datetime | None] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    #: How many steps there are, and the hash of the last: what the next one is chained to.
    step_count: Mapped[int]
    last_hash: Mapped[str] = mapped_column(sa.String(64))
    points: Mapped[Decimal | None] = mapped_column(Exact(10, 5))
    max_points: Mapped[Decimal] = mapped_column(Exact(10, 5))
    percent: Mapped[Decimal | None] = mapped_column(Exact(5, 2))
    passed: Mapped[bool | None]
    #: How many answers wait for a marker; until there are none, points and percent are not final and `passed` is None.
    pending: Mapped[int] = mapped_column(default=0)
    #: Slot to `{"fraction", "mark"}`, decimals as text; in one column since they are written and read together.
    marks: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)


class StoredPaper(Record):
    """The paper of the attempt with the same id: which versions in which slots, in which frozen order of options."""

    __tablename__ = "papers"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenant_id", "id"], ["attempts.tenant_id", "attempts.id"], ondelete="RESTRICT"),
    )

    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON)


class StoredStep(Record):
    """One step as it happened; never changed, never deleted. See `attempts.engine.steps`."""

    __tablename__ = "steps"
    __table_args__ = (belongs_to("attempts", "attempt_id"), sa.UniqueConstraint("tenant_id", "attempt_id", "number"))

    attempt_id: Mapped[UUID] = mapped_column(sa.Uuid)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(10))
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[UUID] = mapped_column(sa.Uuid)
    slot: Mapped[int | None]
    seq: Mapped[int | None] = mapped_column(sa.BigInteger)
    response: Mapped[Any] = mapped_column(sa.JSON(none_as_null=True), nullable=True)
    client_time: Mapped[str | None] = mapped_column(sa.String(40))
    data: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    previous: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class Answer(Record):
    """The current answer to one slot: the last accepted save step, so that nothing is replayed to read it."""

    __tablename__ = "answers"
    __table_args__ = (belongs_to("attempts", "attempt_id"), sa.UniqueConstraint("tenant_id", "attempt_id", "slot"))

    attempt_id: Mapped[UUID] = mapped_column(sa.Uuid)
    slot: Mapped[int]
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    response: Mapped[Any] = mapped_column(sa.JSON(none_as_null=True), nullable=True)


class AttemptFile(Record):
    """A file that a candidate handed up for one slot; its bytes lie in the media store under their digest."""

    __tablename__ = "attempt_files"
    __table_args__ = (belongs_to("attempts", "attempt_id"), sa.Index(None, "tenant_id", "attempt_id"))

    attempt_id: Mapped[UUID] = mapped_column(sa.Uuid)
    slot: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64))
    name: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int] = mapped_column(sa.BigInteger)
