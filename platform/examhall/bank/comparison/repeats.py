"""Questions of a bank that ask the same, or nearly: found when somebody asks. Retired ones are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.comparison.duplicates import COMPARED, near
from examhall.bank.content.texts import NAME_LIMIT
from examhall.bank.content.wording import words_in
from examhall.bank.models import Question, Status
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
    """Questions that ask the same word for word, two statements."""
    twice = (
        sa.select(Question.fingerprint)
        .where(*_present(bank_id), Question.fingerprint != "")
        .group_by(Question.fingerprint)
        .having(sa.func.count() > 1)
    )
    total = db.session.scalar(sa.select(sa.func.count()).select_from(twice.subquery())) or 0
    some = twice.order_by(Question.fingerprint).limit(TOLD).subquery()
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
    """Pairs that ask nearly the same, but not the same, the nearest first; two statements and some two seconds."""
    rows = db.session.execute(
        sa.select(
            Question.id, Question.name, Question.excerpt, Question.fingerprint,
            sa.func.substr(Question.words, 1, COMPARED + NAME_LIMIT).label("words"),
        )
        .where(*_present(bank_id))
        .order_by(Question.created_at.desc(), Question.id.desc())
        .limit(COMPARABLE)
    ).all()  # fmt: skip
    prints = {row.id: row.fingerprint for row in rows}
    pairs = [
        (each.similarity, id_, each.key)
        for id_, found in near({row.id: _asked(row) for row in reversed(rows)}, {})
        for each in found
        if prints[id_] != prints[each.key]
    ]
    pairs.sort(key=lambda pair: -pair[0])
    told = pairs[:TOLD]
    wanted = {id_ for _, *both in told for id_ in both}
    known = {
        row.id: row
        for row in db.session.execute(sa.select(*_COLUMNS).where(*_present(bank_id), Question.id.in_(wanted)))
    }
    return Repeats(
        len(pairs), [Repeat(similarity, [known[first], known[second]]) for similarity, second, first in told]
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
