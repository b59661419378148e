"""The statements of each save and submit, made once: to put one together costs more than to run it.

Each names its tenant as `tenant`; the guard of tenants and SQLAlchemy know them again by their form.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from examhall.attempts.engine.states import Kind
from examhall.attempts.models import Answer, Attempt, StoredPaper, StoredStep
from examhall.extensions import Statement
from examhall.storage.statements import table

attempts, papers, answers, kept_steps = (table(model) for model in (Attempt, StoredPaper, Answer, StoredStep))

_TENANT: Any = sa.bindparam("tenant")
_ATTEMPT: Any = sa.bindparam("attempt")
_SLOTS: Any = sa.bindparam("slots", expanding=True)
_a, _c, _k = attempts.c, answers.c, kept_steps.c

#: What `operations.Found` is made of.
WITH_PAPER: Statement = sa.select(
    _a.id, _a.exam_id, _a.user_id, _a.number, _a.state, _a.started_at, _a.deadline_at, _a.submitted_at, _a.step_count,
    _a.last_hash, papers.c.content,
).join(papers, sa.and_(papers.c.tenant_id == _a.tenant_id, papers.c.id == _a.id))  # fmt: skip

#: Answers of `attempts`; of these `slots`.
ANSWERS: Statement = sa.select(_c.attempt_id, _c.slot, _c.seq, _c.response).where(
    _c.tenant_id == _TENANT, _c.attempt_id.in_(sa.bindparam("attempts", expanding=True))
)
ANSWERS_OF_SLOTS = ANSWERS.where(_c.slot.in_(_SLOTS))

#: What came too late for `slots` of `attempt`.
LATE: Statement = (
    sa.select(_k.slot, _k.seq, _k.response)
    .where(_k.tenant_id == _TENANT, _k.attempt_id == _ATTEMPT, _k.kind == Kind.LATE.value, _k.slot.in_(_SLOTS))
    .order_by(_k.number)
)

ADD_STEPS = sa.insert(kept_steps)

#: How far `attempt` has come.
SET_HEAD = (
    sa.update(attempts)
    .where(_a.tenant_id == _TENANT, _a.id == _ATTEMPT)
    .values(step_count=sa.bindparam("steps"), last_hash=sa.bindparam("hash"))
)

#: The end of `attempt` and its grade, a row of parameters for each. The tenant is to be a condition besides and no
#: parameter: the guard of tenants reads none of many rows.
SET_GRADES = (
    sa.update(attempts)
    .where(_a.id == _ATTEMPT)
    .values({
        name: sa.bindparam(name)
        for name in (
            "state", "submitted_at", "step_count", "last_hash", "points", "percent", "passed", "pending", "marks",
        )
    })
)  # fmt: skip


@cache
def one(*, own: bool, lock: bool) -> Statement:
    """One `attempt` with its paper: with `own` that of `user`; with `lock` nobody else may change it meanwhile."""
    statement = WITH_PAPER.where(_a.tenant_id == _TENANT, _a.id == _ATTEMPT)
    if own:
        statement = statement.where(_a.user_id == sa.bindparam("user"))
    return statement.with_for_update(of=attempts) if lock else statement


@cache
def put_answers(dialect: str) -> Any:
    """Rows of answers, each in the place of what its slot held before."""
    insert: Any = (sqlite if dialect == "sqlite" else postgresql).insert(answers)
    return insert.on_conflict_do_update(
        index_elements=["tenant_id", "attempt_id", "slot"],
        set_={"seq": insert.excluded.seq, "response": insert.excluded.response},
    )
