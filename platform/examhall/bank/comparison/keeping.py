"""Questions that ask the same, or nearly, and are to stay beside each other: their pairs are told no more."""

from __future__ import annotations

import logging
from collections.abc import Collection
from itertools import combinations
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.filing import categories
from examhall.bank.models import KeptPair, Question
from examhall.errors import N_, FieldError, Invalid
from examhall.extensions import db
from examhall.storage.records import tenant_id
from examhall.storage.statements import insert, table
from examhall.storage.transactions import writes

audit = logging.getLogger("examhall.audit")

#: Questions that are kept beside each other at once: each is a pair with each.
TOGETHER = 30

_pairs = table(KeptPair)


def pairs_of(bank_id: UUID) -> set[frozenset[UUID]]:
    """The pairs of a bank that are kept."""
    rows = db.session.execute(sa.select(_pairs.c.first_id, _pairs.c.second_id).where(*_of(bank_id)))
    return {frozenset(row) for row in rows}


@writes
def keep(bank_id: UUID, question_ids: Collection[UUID]) -> None:
    """Tell of these questions no more that they repeat each other. Raises `Invalid` unless they are the bank's."""
    ids = _checked(bank_id, question_ids)
    rows = [
        {"tenant_id": tenant_id(), "bank_id": bank_id, "first_id": first, "second_id": second}
        for first, second in combinations(ids, 2)
    ]
    db.session.execute(insert(KeptPair).on_conflict_do_nothing(), rows)
    audit.info("%s questions of bank %s kept beside each other", len(ids), bank_id)


@writes
def tell_again(bank_id: UUID, question_ids: Collection[UUID]) -> None:
    """Tell again where two of these questions repeat each other. Raises as `keep` does."""
    ids = _checked(bank_id, question_ids)
    among = _pairs.c.first_id.in_(ids), _pairs.c.second_id.in_(ids)
    db.session.execute(sa.delete(_pairs).where(*_of(bank_id), *among))
    audit.info("%s questions of bank %s told of again", len(ids), bank_id)


def _checked(bank_id: UUID, question_ids: Collection[UUID]) -> list[UUID]:
    """The ids in order, so that a pair is always the same two in the same order."""
    categories.hold(bank_id)  # an import that is undone takes questions away
    ids = sorted(set(question_ids))
    there = sa.select(sa.func.count()).where(
        Question.tenant_id == tenant_id(), Question.bank_id == bank_id, Question.id.in_(ids)
    )
    if len(ids) < 2 or db.session.scalar(there) != len(ids):
        raise Invalid(errors=[FieldError("question_ids", N_("Name two or more questions of this bank."))])
    return ids


def _of(bank_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return _pairs.c.tenant_id == tenant_id(), _pairs.c.bank_id == bank_id
