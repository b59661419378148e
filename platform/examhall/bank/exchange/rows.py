"""What a file brings, as rows of the bank: few statements, however many questions there are. For use inside a write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from examhall.bank.formats import Item
from examhall.bank.formats.folder import Entry, Stored
from examhall.bank.models import Question, QuestionVersion, Status, StoredMedium
from examhall.clock import now
from examhall.storage.records import actor_id, new_id, tenant_id
from examhall.storage.statements import insert, table

#: Rows of one statement.
BATCH = 500

Rows = tuple[dict[str, Any], dict[str, Any]]
T = TypeVar("T")

_questions, _versions = table(Question), table(QuestionVersion)
_POINTERS = ("name", "excerpt", "words", "fingerprint", "latest_number", "latest_version_id", "ready_version_id")
_IDS = ("latest_version_id", "ready_version_id")


def rows_of(
    bank_id: UUID, entry: Entry, category: str, category_id: UUID | None, status: str, import_id: UUID | None = None
) -> Rows:
    """A new question and its first version."""
    item = entry.item
    question_id, version_id = new_id(), new_id()
    question = {
        "tenant_id": tenant_id(), "id": question_id, "bank_id": bank_id, "type": item.type, "name": item.name,
        "excerpt": entry.excerpt, "category_id": category_id, "category": category, "tags": item.tags,
        "difficulty": item.difficulty, "language": item.language, "points": item.points, "status": status,
        "external_id": item.external_id, "latest_number": 1, "latest_version_id": version_id,
        "ready_version_id": None if status == Status.DRAFT.value else version_id, "words": entry.words,
        "fingerprint": entry.fingerprint, "import_id": import_id,
    }  # fmt: skip
    return question, _version(question_id, version_id, 1, item)


def insert_questions(session: Session, pairs: Iterable[Rows]) -> list[UUID]:
    """Store questions with their first versions. Gives the ids of the questions, in their order."""
    ids = []
    for batch in in_batches(pairs):
        session.execute(sa.insert(_questions), [question for question, _ in batch])
        session.execute(sa.insert(_versions), [version for _, version in batch])
        ids += [question["id"] for question, _ in batch]
    return ids


def insert_media(session: Session, found: Mapping[str, Stored]) -> None:
    """Name media, by their digests, whose bytes the store has."""
    rows = [
        {
            "tenant_id": tenant_id(), "digest": digest, "name": stored.name, "media_type": stored.media_type,
            "size": stored.size, "width": stored.width, "height": stored.height,
        }
        for digest, stored in found.items()
    ]  # fmt: skip
    if rows:
        session.execute(insert(StoredMedium).on_conflict_do_nothing(), rows)


def add_versions(session: Session, entries: Mapping[UUID, Entry]) -> dict[str, dict[str, Any]]:
    """Let questions of the bank, by their ids, ask what a file says; those that ask and are called so already stay.

    Gives, by id, what each was before and the `version` that it got: what `take_back` needs.
    """
    before: dict[str, dict[str, Any]] = {}
    for ids in in_batches(entries):
        versions, updates = [], []
        for row in session.execute(_as_they_are(ids)):
            entry, version_id = entries[row.id], new_id()
            if (row.body, row.name) == (entry.item.body, entry.item.name):
                continue
            known = {name: row._mapping[name] for name in _POINTERS}
            before[row.id.hex] = {
                "version": version_id.hex,
                **{name: value.hex if isinstance(value, UUID) else value for name, value in known.items()},
            }
            versions.append(_version(row.id, version_id, row.latest_number + 1, entry.item))
            updates.append({
                "key": row.id, "name": entry.item.name, "excerpt": entry.excerpt, "words": entry.words,
                "fingerprint": entry.fingerprint, "latest_number": row.latest_number + 1,
                "latest_version_id": version_id,
                "ready_version_id": version_id if row.status == Status.READY.value else row.ready_version_id,
            })  # fmt: skip
        if versions:
            session.execute(sa.insert(_versions), versions)
            _point(session, updates)
    return before


def take_back(session: Session, before: Mapping[str, Mapping[str, Any]]) -> None:
    """Let questions ask what they asked before `add_versions`, and remove the versions that it added."""
    for batch in in_batches(before.items()):
        _point(session, [
            {"key": UUID(id)} | {name: UUID(one[name]) if name in _IDS and one[name] else one[name]
                                 for name in _POINTERS}
            for id, one in batch
        ])  # fmt: skip
        added = [UUID(one["version"]) for _, one in batch]
        session.execute(sa.delete(_versions).where(_versions.c.tenant_id == tenant_id(), _versions.c.id.in_(added)))


def in_batches(things: Iterable[T]) -> Iterator[list[T]]:
    """Some at a time."""
    rest = iter(things)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _version(question_id: UUID, version_id: UUID, number: int, item: Item) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id(), "id": version_id, "question_id": question_id, "number": number, "type": item.type,
        "name": item.name, "body": item.body,
    }  # fmt: skip


def _as_they_are(ids: Sequence[UUID]) -> sa.Select[Any]:
    column, version = _questions.c, _versions.c
    return (
        sa.select(column.id, column.status, *(column[name] for name in _POINTERS), version.body)
        .join(_versions, sa.and_(version.tenant_id == column.tenant_id, version.id == column.latest_version_id))
        .where(column.tenant_id == tenant_id(), column.id.in_(ids))
        .with_for_update(of=_questions)
    )


def _point(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let questions (`key`) point at other versions; one statement for all."""
    values = {name: sa.bindparam(f"new_{name}", type_=_questions.c[name].type) for name in _POINTERS}
    statement = (
        sa.update(_questions)
        .where(_questions.c.tenant_id == tenant_id(), _questions.c.id == sa.bindparam("key"))
        .values(**values, revision=_questions.c.revision + 1, updated_at=now(), updated_by=actor_id())
    )
    named = [{name if name == "key" else f"new_{name}": value for name, value in row.items()} for row in rows]
    session.execute(statement, named)
