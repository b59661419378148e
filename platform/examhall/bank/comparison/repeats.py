"""Questions of a bank that ask the same, or nearly: found when somebody asks.

Retired ones are left out, and so are those that are kept beside each other (`keeping`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from examhall.bank.comparison.duplicates import COMPARED, alike, near
from examhall.bank.comparison.keeping import pairs_of
from examhall.bank.content.texts import NAME_LIMIT
from examhall.bank.content.wording import words_in
from examhall.bank.models import KeptPair, Question, Status
from examhall.extensions import db
from examhall.storage.records import tenant_id

#: Repeats of a kind that are told; the rest shows when these are settled.
TOLD = 100
#: Questions that are compared for nearness, the newest ones: what takes some two seconds.
COMPARABLE = 20_000

_COLUMNS = (
    Question.id, Question.name, Question.excerpt, Question.type, Question.category, Question.status,
    Question.created_at, Question.revision,
)  # fmt: skip
_WORDS = sa.func.substr(Question.words, 1, COMPARED + NAME_LIMIT).label("words")
#: The two questions of a kept pair.
_first, _second = aliased(Question), aliased(Question)


@dataclass(frozen=True)
class Repeat:
    """Questions that ask the same (`similarity` 100) or nearly, the oldest first; each a row of its columns."""

    similarity: int
    questions: Sequence[Any]


@dataclass(frozen=True)
class Repeats:
    """At most `TOLD` of all that were found, the nearest first."""

    total: int
    told: Sequence[Repeat]


def same(bank_id: UUID) -> Repeats:
    """Questions that ask the same word for word, two statements; left out where each is kept beside each other."""
    of_same = (
        _kept(bank_id)
        .with_only_columns(_first.fingerprint, sa.func.count().label("pairs"))
        .where(_first.fingerprint == _second.fingerprint)
        .group_by(_first.fingerprint)
        .subquery()
    )
    found = (
        sa.select(Question.fingerprint, sa.func.count().label("times"))
        .where(*_present(bank_id), Question.fingerprint != "")
        .group_by(Question.fingerprint)
        .having(sa.func.count() > 1)
        .subquery()
    )
    pairs = found.c.times * (found.c.times - 1) / 2
    twice = (
        sa.select(found.c.fingerprint)
        .outerjoin(of_same, of_same.c.fingerprint == found.c.fingerprint)
        .where(pairs > sa.func.coalesce(of_same.c.pairs, 0))
    )
    total = db.session.scalar(sa.select(sa.func.count()).select_from(twice.subquery())) or 0
    some = twice.order_by(found.c.fingerprint).limit(TOLD).subquery()
    rows = db.session.execute(
        sa.select(Question.fingerprint, *_COLUMNS)
        .where(*_present(bank_id), Question.fingerprint.in_(sa.select(some.c.fingerprint)))
        .order_by(Question.fingerprint, Question.created_at, Question.id)
    )
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.fingerprint, []).append(row)
    return Repeats(total, [Repeat(100, group) for group in groups.values()])


def nearly(bank_id: UUID) -> Repeats:
    """Pairs that ask nearly the same, but not the same, the nearest first; three statements and some two seconds."""
    rows = db.session.execute(
        sa.select(Question.id, Question.name, Question.excerpt, Question.fingerprint, _WORDS)
        .where(*_present(bank_id))
        .order_by(Question.created_at.desc(), Question.id.desc())
        .limit(COMPARABLE)
    ).all()
    prints, left_out = {row.id: row.fingerprint for row in rows}, pairs_of(bank_id)
    pairs = [
        (each.similarity, id_, each.key)
        for id_, found in near({row.id: _asked(row) for row in reversed(rows)}, {})
        for each in found
        if prints[id_] != prints[each.key] and frozenset((id_, each.key)) not in left_out
    ]
    pairs.sort(key=lambda pair: -pair[0])
    told = pairs[:TOLD]
    wanted = {id_ for _, *both in told for id_ in both}
    known = {
        row.id: row
        for row in db.session.execute(sa.select(*_COLUMNS).where(*_present(bank_id), Question.id.in_(wanted)))
    }
    return Repeats(
        len(pairs),
        [
            Repeat(similarity, [known[first], known[second]])
            for similarity, second, first in told
            if first in known and second in known  # and not retired meanwhile
        ],
    )


def kept_count(bank_id: UUID) -> int:
    """How many pairs are kept beside each other."""
    return db.session.scalar(_kept(bank_id).with_only_columns(sa.func.count())) or 0


def kept(bank_id: UUID) -> Repeats:
    """Pairs that are kept beside each other, the latest first; three statements."""
    pairs = _kept(bank_id).order_by(KeptPair.created_at.desc(), KeptPair.id.desc()).limit(TOLD)
    rows = db.session.execute(pairs).all()
    found = db.session.execute(
        sa.select(*_COLUMNS, Question.fingerprint, _WORDS).where(
            *_present(bank_id), Question.id.in_({id_ for row in rows for id_ in row})
        )
    )
    known = {row.id: row for row in found}
    told = []
    for ids in rows:
        if not known.keys() >= {*ids}:  # one was retired meanwhile
            continue
        first, second = sorted((known[id_] for id_ in ids), key=lambda row: (row.created_at, row.id))
        same = first.fingerprint == second.fingerprint != ""
        told.append(Repeat(100 if same else alike(_asked(first), _asked(second)), [first, second]))
    return Repeats(kept_count(bank_id), told)


def _kept(bank_id: UUID) -> sa.Select[UUID, UUID]:
    """The pairs that are kept, of questions that are not retired."""
    first, second = (
        sa.and_(each.tenant_id == KeptPair.tenant_id, each.id == id_, each.status != Status.RETIRED.value)
        for each, id_ in ((_first, KeptPair.first_id), (_second, KeptPair.second_id))
    )
    return (
        sa.select(KeptPair.first_id, KeptPair.second_id)
        .join(_first, first)
        .join(_second, second)
        .where(KeptPair.tenant_id == tenant_id(), KeptPair.bank_id == bank_id)
    )


def _present(bank_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Question.tenant_id == tenant_id(), Question.bank_id == bank_id, Question.status != Status.RETIRED.value,
    )  # fmt: skip


def _asked(row: Any) -> str:
    """The words of what it asks, without those of its name, unless it is only called by its own beginning."""
    name, words = words_in(row.name), row.words.split()
    if words_in(row.excerpt)[: len(name)] == name:
        return str(row.words)
    return " ".join(words[len(name) :] if words[: len(name)] == name else words)
