"""What the grades of an exam come to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from examhall.attempts.engine.states import State
from examhall.attempts.models import Attempt
from examhall.extensions import db
from examhall.storage.records import tenant_id


@dataclass(frozen=True)
class Figures:
    """Percentages of 0 to 100 over the finished attempts; None without any, the rate also without a pass mark.

    `pending` of them wait for a marker and are in none of the other figures but `count`.
    """

    count: int
    pending: int
    mean: float | None
    median: float | None
    pass_rate: float | None


def figures(exam_id: UUID) -> Figures:
    """Number, mean, median and pass rate of the finished attempts at an exam, by one statement.

    The median is the mean of the one or two in the middle, found by their places: SQLite has no function for it.
    """
    finished = (Attempt.tenant_id == tenant_id(), Attempt.exam_id == exam_id, Attempt.state != State.OPEN.value)
    waiting = sa.select(sa.func.count()).where(*finished, Attempt.pending > 0).scalar_subquery()
    share = sa.cast(Attempt.percent, sa.Float)
    ranked = (
        sa.select(
            share.label("share"),
            Attempt.passed,
            sa.func.row_number().over(order_by=share).label("place"),
            sa.func.count().over().label("total"),
        )
        .where(*finished, Attempt.pending == 0)
        .subquery()
    )
    c = ranked.c
    middle = c.place.in_([(c.total + 1) // 2, (c.total + 2) // 2])
    passed = sa.func.avg(sa.case((c.passed.is_(True), 100.0), (c.passed.is_(False), 0.0)))
    median = sa.func.avg(sa.case((middle, c.share)))
    row = db.session.execute(sa.select(sa.func.count(c.place), waiting, sa.func.avg(c.share), median, passed)).one()
    return Figures(row[0] + row[1], row[1], *(None if value is None else float(value) for value in row[2:]))
