"""Whether what is stored of attempts is what happened: the chain of steps, the paper, the answers read off them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.attempts import operations
from examhall.attempts.engine import saving, steps
from examhall.attempts.engine.paper import Paper
from examhall.attempts.engine.states import Kind
from examhall.attempts.models import Attempt, StoredPaper, StoredStep
from examhall.extensions import db
from examhall.storage.records import tenant_id
from examhall.storage.statements import table
from examhall.storage.transactions import writing

attempts, papers, kept_steps = table(Attempt), table(StoredPaper), table(StoredStep)

#: Attempts that are read at once.
BATCH = 100


@dataclass(frozen=True)
class Fault:
    """An attempt whose records contradict each other, and how."""

    attempt_id: UUID
    what: str


def verify() -> tuple[int, list[Fault]]:
    """Check every attempt of the tenant: how many there are, and what is wrong with which. Nothing is changed."""
    checked, found = 0, []
    for ids in _batches():
        checked += len(ids)
        suspects = [fault.attempt_id for fault in _faults(ids)]
        if suspects:  # a save between two reads looks like a fault: look again while nobody can save
            with writing():
                held = sa.select(attempts.c.id).where(attempts.c.tenant_id == tenant_id(), attempts.c.id.in_(suspects))
                db.session.execute(held.with_for_update())
                found += _faults(suspects)
        db.session.rollback()  # no transaction stays open over the whole run
    return checked, found


def _batches() -> Iterator[Sequence[UUID]]:
    a = attempts.c
    statement = sa.select(a.id).where(a.tenant_id == tenant_id()).order_by(a.id).limit(BATCH)
    ids = db.session.scalars(statement).all()
    while ids:
        yield ids
        ids = db.session.scalars(statement.where(a.id > ids[-1])).all()


def _faults(ids: Sequence[UUID]) -> list[Fault]:
    tenant, a, k = tenant_id(), attempts.c, kept_steps.c
    rows = db.session.execute(
        sa.select(a.id, a.step_count, a.last_hash, papers.c.content)
        .join(papers, sa.and_(papers.c.tenant_id == a.tenant_id, papers.c.id == a.id), isouter=True)
        .where(a.tenant_id == tenant, a.id.in_(ids))
    ).all()
    kept = db.session.execute(
        sa.select(kept_steps).where(k.tenant_id == tenant, k.attempt_id.in_(ids)).order_by(k.attempt_id, k.number)
    )
    chains = {attempt_id: [_step(row) for row in found] for attempt_id, found in groupby(kept, lambda r: r.attempt_id)}
    answers = operations.stored_answers(ids)
    found = ((row.id, _fault(row, chains.get(row.id, []), answers[row.id])) for row in rows)
    return [Fault(attempt_id, what) for attempt_id, what in found if what is not None]


def _step(row: sa.Row[Any]) -> steps.Step:
    return steps.Step(
        row.number, row.kind, row.at, row.actor_id, row.slot, row.response, row.seq, row.client_time, row.data,
        row.previous, row.hash,
    )  # fmt: skip


def _fault(row: Any, chain: list[steps.Step], answers: dict[int, saving.Stored]) -> str | None:
    broken = steps.verify(chain, steps.Head(row.step_count - 1, row.last_hash))
    if broken is not None:
        return f"step {broken} was changed or is missing"
    began = chain[0].data or {}
    if row.content is None or Paper.from_json(row.content).digest != began.get("paper"):
        return "the paper is not the one that it began with"
    saved = {step.slot: saving.Stored(step.seq or 0, step.response) for step in chain if step.kind == Kind.SAVE}
    if saved != answers:
        slots = sorted(slot for slot in {*saved, *answers} if slot and saved.get(slot) != answers.get(slot))
        return f"the answers in slots {', '.join(map(str, slots))} are not those that were saved last"
    return None
