"""Tables of exams: what is sat, how questions are chosen, and who may sit."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, declared_attr, mapped_column

from examhall.bank.models import Category
from examhall.storage.records import Exact, Moment, MutableRecord, belongs_to


class ExamState(StrEnum):
    """`draft` is composed, `published` can be sat in its window, `closed` is over for everybody."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


#: What a candidate sees of a finished attempt, unless the exam says otherwise: at once the grade, all once it closed.
REVIEW_DEFAULT = {
    "immediately": ["grade"],
    "closed": ["grade", "responses", "correctness", "solutions", "feedback"],
}


class Exam(MutableRecord):
    """What is sat: its rules; the questions come from its sections."""

    __tablename__ = "exams"
    __table_args__ = (sa.Index(None, "tenant_id", "state"),)

    title: Mapped[str] = mapped_column(sa.String(200))
    #: Shown to candidates before they start; sanitised HTML.
    description: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[str] = mapped_column(sa.String(10), default=ExamState.DRAFT.value)
    opens_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
    time_limit_minutes: Mapped[int | None]
    #: None: as many as one likes. No default here: it would take the place of a None.
    attempts_allowed: Mapped[int | None]
    access_code: Mapped[str | None] = mapped_column(sa.String(100))
    #: Percent that passes; None: neither pass nor fail.
    pass_mark: Mapped[Decimal | None] = mapped_column(Exact(5, 2))
    shuffle_options: Mapped[bool] = mapped_column(default=True)
    review: Mapped[dict[str, list[str]]] = mapped_column(sa.JSON, default=lambda: {**REVIEW_DEFAULT})


class Section(MutableRecord):
    """A part of an exam: named questions, and `draw_count` more drawn from a bank by tag or category."""

    __tablename__ = "sections"
    __table_args__ = (
        belongs_to("exams", "exam_id", ondelete="CASCADE"),
        belongs_to("banks", "bank_id"),
        belongs_to("categories", "draw_category_id"),
        sa.Index(None, "tenant_id", "exam_id", "position"),
    )

    exam_id: Mapped[UUID] = mapped_column(sa.Uuid)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    shuffle: Mapped[bool] = mapped_column(default=False)
    bank_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    draw_count: Mapped[int] = mapped_column(default=0)
    draw_tag: Mapped[str] = mapped_column(sa.String(100), default="")
    draw_category_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    draw_points: Mapped[Decimal] = mapped_column(Exact(8, 2), default=Decimal(1))

    @declared_attr
    @classmethod
    def draw_category(cls) -> Mapped[str]:
        """Where that category is now, however it was renamed or moved: its path, "" for none."""
        path = sa.select(Category.path).where(Category.tenant_id == cls.tenant_id, Category.id == cls.draw_category_id)
        return column_property(sa.func.coalesce(path.correlate_except(Category).scalar_subquery(), ""))


class SectionQuestion(MutableRecord):
    """A question that everybody gets, with its points.

    An attempt takes the version that is the latest at its start, or the one that is pinned here.
    """

    __tablename__ = "section_questions"
    __table_args__ = (
        belongs_to("sections", "section_id", ondelete="CASCADE"),
        belongs_to("questions", "question_id"),
        belongs_to("question_versions", "version_id"),
        sa.UniqueConstraint("tenant_id", "section_id", "question_id"),
        sa.Index(None, "tenant_id", "question_id"),
    )

    section_id: Mapped[UUID] = mapped_column(sa.Uuid)
    question_id: Mapped[UUID] = mapped_column(sa.Uuid)
    version_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    position: Mapped[int]
    points: Mapped[Decimal] = mapped_column(Exact(8, 2), default=Decimal(1))


class Assignment(MutableRecord):
    """Who may sit an exam, with personal accommodations. An own window takes the place of the exam's."""

    __tablename__ = "assignments"
    __table_args__ = (
        belongs_to("exams", "exam_id", ondelete="CASCADE"),
        belongs_to("users", "user_id", ondelete="CASCADE"),
        sa.UniqueConstraint("tenant_id", "exam_id", "user_id"),
        sa.Index(None, "tenant_id", "user_id"),
    )

    exam_id: Mapped[UUID] = mapped_column(sa.Uuid)
    user_id: Mapped[UUID] = mapped_column(sa.Uuid)
    extra_minutes: Mapped[int] = mapped_column(default=0)
    extra_attempts: Mapped[int] = mapped_column(default=0)
    opens_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
