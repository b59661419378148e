"""Which attempts were asked questions of the bank: their papers are frozen and name them for ever."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from examhall.attempts.engine.paper import Paper
from examhall.attempts.models import Attempt, StoredPaper
from examhall.bank.uses import Use
from examhall.errors import N_
from examhall.exams.models import Exam
from examhall.extensions import db
from examhall.storage.records import tenant_id


def in_attempts(questions: Collection[UUID], versions: Collection[UUID], since: datetime) -> list[Use]:
    """The first attempt since a moment whose paper holds one of these versions."""
    wanted = frozenset(versions)
    rows = db.session.execute(
        sa.select(Attempt.id, Exam.title, StoredPaper.content)
        .join(Exam, sa.and_(Exam.tenant_id == Attempt.tenant_id, Exam.id == Attempt.exam_id))
        .join(StoredPaper, sa.and_(StoredPaper.tenant_id == Attempt.tenant_id, StoredPaper.id == Attempt.id))
        .where(Attempt.tenant_id == tenant_id(), Attempt.started_at >= since)
        .execution_options(yield_per=100)
    )
    with rows:
        for id, title, content in rows:
            if wanted & {slot.version_id for slot in Paper.from_json(content).slots}:
                return [Use(N_("Somebody who sits “%(name)s” was asked one of them."), id, title)]
    return []
