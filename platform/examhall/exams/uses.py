"""Which exams name questions of the bank."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import islice
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.uses import Use
from examhall.errors import N_
from examhall.exams.models import Exam, Section, SectionQuestion
from examhall.extensions import db
from examhall.storage.records import tenant_id

#: Exams that are named; whoever is in the way of something need not be told of all.
TOLD = 5


def in_exams(questions: Collection[UUID], versions: Collection[UUID], since: datetime) -> list[Use]:
    """Exams with a section that names one of these questions."""
    rows = db.session.execute(
        sa.select(Exam.id, Exam.title, SectionQuestion.question_id)
        .join(Section, sa.and_(Section.tenant_id == Exam.tenant_id, Section.exam_id == Exam.id))
        .join(
            SectionQuestion,
            sa.and_(SectionQuestion.tenant_id == Section.tenant_id, SectionQuestion.section_id == Section.id),
        )
        .where(Exam.tenant_id == tenant_id())
        .order_by(Exam.title)
    )
    wanted = frozenset(questions)
    exams = {id: title for id, title, question_id in rows if question_id in wanted}
    return [Use(N_("The exam “%(name)s” asks one of them."), id, title) for id, title in islice(exams.items(), TOLD)]
