"""An import out of the bank again, while nothing uses what it brought."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from examhall.bank.exchange.imports import held
from examhall.bank.exchange.rows import take_back
from examhall.bank.filing import categories
from examhall.bank.models import Category, Comment, ImportJob, ImportState, Question, QuestionVersion
from examhall.bank.uses import uses_of
from examhall.errors import N_, Conflict
from examhall.storage.records import tenant_id
from examhall.storage.statements import table
from examhall.storage.transactions import writing

audit = logging.getLogger("examhall.audit")

_questions, _versions, _comments, _tree = table(Question), table(QuestionVersion), table(Comment), table(Category)


def undo(job: ImportJob) -> ImportJob:
    """Remove the questions, versions and categories that an import brought.

    Media stay: other questions may show them. Raises `Conflict`, saying what is in the way, while anything uses one of
    the questions, or somebody worked on one since.
    """
    with writing() as session:
        job = held(job.id, ImportState.COMMITTED)
        categories.hold(job.bank_id)
        brought = sa.select(_questions.c.id).where(_of(_questions), _questions.c.import_id == job.id)
        changed: dict[str, dict[str, Any]] = job.written["versions"]
        versions = _refuse_changed(session, job, changed)
        _refuse_commented(session, brought)
        ids = set(session.scalars(brought))
        for use in uses_of(ids, versions, job.committed_at or job.created_at):
            raise _in_the_way(use.text, name=use.name)
        take_back(session, changed)
        session.execute(sa.delete(_versions).where(_of(_versions), _versions.c.question_id.in_(brought)))
        session.execute(sa.delete(_questions).where(_of(_questions), _questions.c.import_id == job.id))
        _remove_empty(session, job.bank_id, {UUID(id) for id in job.written["categories"]})
        job.state = ImportState.UNDONE.value
        session.flush()
    audit.info("import %s undone: %s questions", job.id, len(ids))
    return job


def _refuse_changed(session: Session, job: ImportJob, changed: dict[str, dict[str, Any]]) -> set[UUID]:
    """The versions that the import brought. Raises `Conflict` where one of them is not the latest any more."""
    column = _questions.c
    rows = session.execute(
        sa.select(column.id, column.latest_version_id, column.latest_number, column.import_id)
        .where(_of(_questions), column.bank_id == job.bank_id)
        .with_for_update()
    ).all()
    ours = [row for row in rows if row.import_id == job.id]
    latest = {row.id.hex: row.latest_version_id.hex for row in rows}
    if any(row.latest_number > 1 for row in ours) or any(
        latest.get(id) != one["version"] for id, one in changed.items()
    ):
        raise _in_the_way(N_("One of its questions has a newer version by now."))
    return {row.latest_version_id for row in ours} | {UUID(one["version"]) for one in changed.values()}


def _refuse_commented(session: Session, brought: sa.Select[UUID]) -> None:
    statement = sa.select(_comments.c.id).where(_of(_comments), _comments.c.question_id.in_(brought)).limit(1)
    if session.execute(statement).first():
        raise _in_the_way(N_("Somebody commented on one of its questions."))


def _remove_empty(session: Session, bank_id: UUID, made: Collection[UUID]) -> None:
    """Remove the categories that the import made and that nothing stands in; all stay where an exam draws from one."""
    if not made:
        return
    places = session.execute(
        sa.select(_tree.c.id, _tree.c.parent_id, _tree.c.path).where(_of(_tree), _tree.c.bank_id == bank_id)
    ).all()
    column = _questions.c.category_id
    filled = set(session.scalars(sa.select(column).where(_of(_questions), column.is_not(None)).distinct()))
    empty = []
    for place in sorted(places, key=lambda place: -place.path.count("/")):  # those below come first
        if place.id in made and place.id not in filled:
            empty.append({"key": place.id})
        else:
            filled.add(place.parent_id)
    if empty:
        removing = sa.delete(_tree).where(_of(_tree), _tree.c.id == sa.bindparam("key"))
        try:
            with session.begin_nested():
                session.execute(removing, empty)
        except sa.exc.IntegrityError:
            audit.info("categories of an import stay in bank %s: an exam draws from them", bank_id)


def _in_the_way(reason: str, **params: Any) -> Conflict:
    return Conflict(reason, code="import_in_use", **params)


def _of(stored: sa.Table) -> sa.ColumnElement[bool]:
    return stored.c.tenant_id == tenant_id()
