"""One thing done to many questions of a bank at once: all or nothing, and undone where nobody changed them since."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.content import texts
from examhall.bank.filing import categories, criteria
from examhall.bank.models import BulkAction, Category, Question, Status
from examhall.clock import now
from examhall.errors import N_, Conflict, FieldError, Invalid, NotFound
from examhall.extensions import Statement, db
from examhall.storage.records import actor_id, tenant_id
from examhall.storage.statements import table
from examhall.storage.transactions import writes

audit = logging.getLogger("examhall.audit")

ACTIONS = ("tag", "untag", "move", "status")
#: Questions that one action takes at most: on SQLite, candidates who save answers wait for it.
LIMIT = 5_000

_questions = table(Question)


@dataclass(frozen=True)
class Chosen:
    """Which questions of a bank: these, or all that a filter (see `criteria.read`) finds."""

    ids: Sequence[UUID] = ()
    filter: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Undone:
    """What an undo did: how many questions are as before, and which could not be, having changed since."""

    restored: int
    kept: list[UUID] = field(default_factory=list)


@writes
def act(bank_id: UUID, chosen: Chosen, action: str, value: str | UUID | None) -> tuple[BulkAction, int]:
    """Do it to all of them, or to none; gives what was done and how many questions it left as they were already.

    `value`: the tag for `tag` and `untag`, the status for `status`, the category's id (None: to the top) for `move`.
    Raises `Invalid`, also where one of the ids is not in the bank.
    """
    categories.hold(bank_id)
    rows = _rows(bank_id, chosen)
    change = _CHANGES[action](bank_id, value)
    changing = [row for row in rows if change.applies(row)]
    if change.fault and (faulty := sum(map(change.fault, changing))):
        message = N_("%(count)s of these questions have %(limit)s tags already. Leave them out.")
        raise Invalid(errors=[FieldError("tag", message, {"count": faulty, "limit": texts.TAGS_LIMIT})])
    _update([row.id for row in changing], change.values)
    before = {
        str(row.id): [row.revision + 1, {name: _json(getattr(row, name)) for name in change.kept}] for row in changing
    }
    record = BulkAction(bank_id=bank_id, action=action, before=before)
    db.session.add(record)
    db.session.flush()
    db.session.expire_all()
    audit.info("bulk action %s: %s for %s questions of bank %s", record.id, action, len(changing), bank_id)
    return record, len(rows) - len(changing)


def load_action(action_id: UUID) -> BulkAction:
    """A bulk action of the tenant. Raises `NotFound`."""
    statement = sa.select(BulkAction).where(BulkAction.tenant_id == tenant_id(), BulkAction.id == action_id)
    action = db.session.scalars(statement).one_or_none()
    if action is None:
        raise NotFound()
    return action


@writes
def undo(action: BulkAction) -> Undone:
    """Let every question that nobody changed since be what it was before. Raises `Conflict` the second time."""
    held = sa.select(BulkAction.undone_at).where(BulkAction.tenant_id == tenant_id(), BulkAction.id == action.id)
    if db.session.scalar(held.with_for_update()) is not None:
        raise Conflict(N_("This was undone already."), code="undone_already")
    categories.hold(action.bank_id)
    before = {UUID(id_): (revision, values) for id_, (revision, values) in action.before.items()}
    present = {row.id: row for row in _found(action.bank_id, before)}
    paths = _paths(values.get("category_id") for _, values in before.values())
    restored = []
    for id_, (revision, values) in before.items():
        if id_ not in present or present[id_].revision != revision:
            continue
        values = {name: _parsed(name, value) for name, value in values.items()}
        if category_id := values.get("category_id"):
            if category_id not in paths:  # removed meanwhile
                continue
            values["category"] = paths[category_id]
        restored.append({"question_id": id_, **values})
    if restored:
        names = [name for name in restored[0] if name != "question_id"]
        statement = sa.update(_questions).where(
            _questions.c.tenant_id == tenant_id(), _questions.c.id == sa.bindparam("question_id")
        )
        values = {name: sa.bindparam(f"to_{name}", type_=_questions.c[name].type) for name in names}
        db.session.execute(
            statement.values(**values, revision=_questions.c.revision + 1, updated_at=now(), updated_by=actor_id()),
            [
                {("question_id" if name == "question_id" else f"to_{name}"): row[name] for name in row}
                for row in restored
            ],
        )
    action.undone_at = now()
    db.session.flush()
    db.session.expire_all()
    done = {row["question_id"] for row in restored}
    audit.info("bulk action %s undone for %s of %s questions", action.id, len(done), len(before))
    return Undone(len(done), [id_ for id_ in before if id_ not in done])


# the actions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Change:
    """Which rows an action changes, to what, and the columns that an undo needs."""

    applies: Callable[[Any], bool]
    values: Mapping[str, Any]
    kept: tuple[str, ...]
    fault: Callable[[Any], bool] | None = None


def _tag(_bank_id: UUID, value: Any) -> _Change:
    tag, stored = _one_tag(value), sa.type_coerce(_questions.c.tags, sa.Text)
    tagged = sa.case((stored == "", f"|{tag}|"), else_=stored + f"{tag}|")
    return _Change(
        lambda row: tag not in row.tags, {"tags": sa.type_coerce(tagged, sa.Text)}, ("tags",),
        lambda row: len(row.tags) >= texts.TAGS_LIMIT,
    )  # fmt: skip


def _untag(_bank_id: UUID, value: Any) -> _Change:
    tag, stored = _one_tag(value), sa.type_coerce(_questions.c.tags, sa.Text)
    rest = sa.func.replace(stored, f"|{tag}|", "|")
    return _Change(lambda row: tag in row.tags, {"tags": sa.case((rest == "|", ""), else_=rest)}, ("tags",))


def _move(bank_id: UUID, value: Any) -> _Change:
    category = categories.find(bank_id, value) if value else None
    if value and category is None:
        message = N_("There is no such category in this bank. Take one that its tree shows.")
        raise Invalid(errors=[FieldError("category_id", message)])
    to = {"category_id": category.id if category else None, "category": category.path if category else ""}
    return _Change(lambda row: row.category_id != to["category_id"], to, ("category_id", "category"))


def _status(_bank_id: UUID, value: Any) -> _Change:
    if not value:
        raise Invalid(errors=[FieldError("status", N_("This is needed. Fill it in."))])
    status, stored = Status(value), _questions.c
    ready: Any = stored.ready_version_id
    if status is Status.READY:
        ready = stored.latest_version_id
    elif status is Status.DRAFT:  # as `operations.set_status` says
        ready = sa.case((ready != stored.latest_version_id, ready))
    return _Change(
        lambda row: (
            row.status != status.value or (status is Status.READY and row.ready_version_id != row.latest_version_id)
        ),
        {"status": status.value, "status_at": now(), "status_by": actor_id(), "ready_version_id": ready},
        ("status", "status_at", "status_by", "ready_version_id"),
    )


_CHANGES: Mapping[str, Callable[[UUID, Any], _Change]] = {
    "tag": _tag, "untag": _untag, "move": _move, "status": _status,
}  # fmt: skip


def _one_tag(value: Any) -> str:
    words = texts.tags([str(value or "")])
    if not words:
        raise Invalid(errors=[FieldError("tag", N_("This is needed. Fill it in."))])
    return words[0]


# parts ----------------------------------------------------------------------------------------------------------


def _columns(bank_id: UUID) -> Statement:
    columns = (
        Question.id, Question.revision, Question.tags, Question.category_id, Question.category, Question.status,
        Question.status_at, Question.status_by, Question.ready_version_id, Question.latest_version_id,
    )  # fmt: skip
    statement: Statement = sa.select(*columns)
    return statement.where(Question.tenant_id == tenant_id(), Question.bank_id == bank_id)


def _rows(bank_id: UUID, chosen: Chosen) -> list[Any]:
    """The questions as they are now, held to the end of the transaction."""
    if chosen.filter is not None:
        if chosen.ids:
            message = N_("Give either questions or a filter, not both.")
            raise Invalid(errors=[FieldError("ids", message)])
        given = criteria.values(chosen.filter, bank_id)
        statement, _ = criteria.narrowed(_columns(bank_id), given)
        rows = list(db.session.execute(statement.limit(LIMIT + 1).with_for_update(of=Question), given))
    else:
        rows = _found(bank_id, chosen.ids)
        if len(rows) < len(set(chosen.ids)):
            message = N_("Some of these questions are not in this bank. Load the list again and choose anew.")
            raise Invalid(errors=[FieldError("ids", message)])
    if len(rows) > LIMIT:
        message = N_("These are more than %(limit)s questions. Narrow the list.")
        raise Invalid(message, limit=LIMIT)
    if not rows:
        raise Invalid(errors=[FieldError("ids", N_("Choose at least one question."))])
    return rows


def _found(bank_id: UUID, ids: Iterable[UUID]) -> list[Any]:
    held = _columns(bank_id).where(Question.id.in_(list(ids))).with_for_update(of=Question)
    return list(db.session.execute(held))


def _update(ids: Sequence[UUID], values: Mapping[str, Any]) -> None:
    db.session.execute(
        sa.update(_questions)
        .where(_questions.c.tenant_id == tenant_id(), _questions.c.id.in_(ids))
        .values(**values, revision=_questions.c.revision + 1, updated_at=now(), updated_by=actor_id())
    )


def _paths(ids: Iterable[str | None]) -> dict[UUID, str]:
    """The present paths of categories, which stay until the transaction ends."""
    wanted = {UUID(id_) for id_ in ids if id_}
    if not wanted:
        return {}
    rows = db.session.execute(
        sa.select(Category.id, Category.path)
        .where(Category.tenant_id == tenant_id(), Category.id.in_(wanted))
        .with_for_update(read=True)
    )
    return {id_: path for id_, path in rows}


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value


def _parsed(name: str, value: Any) -> Any:
    if value is None or name in ("tags", "category", "status"):
        return value
    return datetime.fromisoformat(value) if name == "status_at" else UUID(value)
