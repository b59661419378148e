"""Questions of a bank as a file: which they are, what they show, and what the format can't say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.filing import criteria
from examhall.bank.formats import CategoryInfo, Export, Item, Medium, Message
from examhall.bank.formats.folder import Lost
from examhall.bank.formats.registry import WRITTEN, format_named
from examhall.bank.formats.unsaid import UNSAYABLE
from examhall.bank.formats.worker import grouped
from examhall.bank.models import Bank, Category, Question, QuestionVersion, StoredMedium
from examhall.bank.types import type_named
from examhall.errors import N_, FieldError, Invalid
from examhall.extensions import db
from examhall.storage import media
from examhall.storage.records import tenant_id
from examhall.storage.statements import table

QUESTIONS_LIMIT = 50_000
#: Bytes of media that one file takes along.
MEDIA_LIMIT = 200 * 2**20

_questions, _versions, _media, _tree = table(Question), table(QuestionVersion), table(StoredMedium), table(Category)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which questions: those of the ids, or all that `criteria.read` narrows to."""

    ids: frozenset[UUID] = frozenset()
    asked: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exported:
    """A file, how many questions are in it, and what of them the format can't say."""

    file: Export
    questions: int
    losses: list[Lost]


def export(bank: Bank, format: str, chosen: Chosen) -> Exported:
    """The latest versions of questions as a file of a format. Raises `Invalid` for an unknown format or too much."""
    kind = format_named(format, WRITTEN)
    infos = _infos(bank)
    items = _items(bank, chosen, infos)
    told = _above(items, infos)
    write = kind.describing(told) if kind.describing else kind.export
    assert write  # WRITTEN names only those
    file = write(items, _shown(items), bank.name)
    losses = [
        replace(loss, line=0, element=loss.element or items[loss.line - 1].name) if loss.line else loss
        for loss in file.losses
    ]
    if not kind.describing and any(info.description for info in told):
        losses.append(Message(0, UNSAYABLE, {"what": N_("The description of a category"), "format": kind.label}))
    return Exported(file, len(items), grouped(losses))


def _infos(bank: Bank) -> dict[UUID, CategoryInfo]:
    """What the categories of a bank say of themselves, for those that say something."""
    rows = db.session.execute(
        sa.select(_tree.c.id, _tree.c.path, _tree.c.external_id, _tree.c.description).where(
            _tree.c.tenant_id == tenant_id(), _tree.c.bank_id == bank.id,
            sa.or_(_tree.c.external_id != "", _tree.c.description != ""),
        ).order_by(_tree.c.path)
    )  # fmt: skip
    return {row.id: CategoryInfo(row.path, row.external_id, row.description) for row in rows}


def _above(items: Sequence[Item], infos: Mapping[UUID, CategoryInfo]) -> list[CategoryInfo]:
    """Those of the categories in which the questions stand, and of those above them."""
    paths = {path for used in {item.category for item in items} for path in accumulate(used.split("/"), "{}/{}".format)}
    return [info for info in infos.values() if info.path in paths]


def _items(bank: Bank, chosen: Chosen, infos: Mapping[UUID, CategoryInfo]) -> list[Item]:
    column = _questions.c
    given = criteria.values(chosen.asked, bank.id)
    statement, _ = criteria.narrowed(
        sa.select(Question.id).where(Question.tenant_id == tenant_id(), Question.bank_id == bank.id), given
    )
    wanted = set(db.session.scalars(statement, given))
    wanted = wanted & chosen.ids if chosen.ids else wanted
    if len(wanted) > QUESTIONS_LIMIT:
        message = N_("These are more than %(limit)s questions. Narrow them down and export the parts.")
        raise Invalid(message, limit=QUESTIONS_LIMIT)
    rows = db.session.execute(
        sa.select(
            column.id, _versions.c.name, _versions.c.type, _versions.c.body, column.category, column.category_id,
            column.tags, column.external_id, column.difficulty, column.language, column.points, column.status,
        )
        .join(
            _versions,
            sa.and_(_versions.c.tenant_id == column.tenant_id, _versions.c.id == column.latest_version_id),
        )
        .where(column.tenant_id == tenant_id(), column.bank_id == bank.id)
        .order_by(column.category, column.created_at, column.id)
    )  # fmt: skip
    silent = CategoryInfo("")
    return [
        Item(
            line=0, name=row.name, type=row.type, body=row.body, category=row.category,
            category_external_id=infos.get(row.category_id, silent).external_id, tags=row.tags,
            external_id=row.external_id, difficulty=row.difficulty, language=row.language, points=row.points,
            status=row.status,
        )
        for row in rows
        if row.id in wanted
    ]  # fmt: skip


def _shown(items: Sequence[Item]) -> dict[str, Medium]:
    """The media that questions show, by digest."""
    digests: set[str] = set()
    for item in items:
        kind = type_named(item.type)
        digests |= kind.media(kind.load(item.body))
    if not digests:
        return {}
    rows = db.session.execute(
        sa.select(_media.c.digest, _media.c.name, _media.c.media_type, _media.c.size).where(
            _media.c.tenant_id == tenant_id(), _media.c.digest.in_(digests)
        )
    ).all()
    if sum(row.size for row in rows) > MEDIA_LIMIT:
        message = N_("The pictures, sounds and films of these questions have more than %(limit)s MB. Export fewer.")
        raise Invalid(errors=[FieldError("ids", message, {"limit": MEDIA_LIMIT // 2**20})])
    # What the disk has lost the exporters tell as a loss, as they do of a medium that was never there
    return {
        row.digest: Medium(row.name, row.media_type, media.path_of(row.digest).read_bytes())
        for row in rows
        if media.exists(row.digest)
    }
