"""A bank's tree of categories: made, renamed, moved, removed; a path that a question is filed under finds its place."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.content import texts
from examhall.bank.formats import CategoryInfo
from examhall.bank.models import Bank, Category, Question
from examhall.clock import now
from examhall.errors import N_, Conflict, FieldError, Invalid, NotFound, PreconditionFailed
from examhall.extensions import db
from examhall.storage.records import actor_id, new_id, tenant_id
from examhall.storage.statements import table
from examhall.storage.transactions import writes

audit = logging.getLogger("examhall.audit")

EXTERNAL_ID_LIMIT = 200
#: Places in the tree of one bank: what a page can still show.
TREE_LIMIT = 2_000

_categories, _questions = table(Category), table(Question)


# reading --------------------------------------------------------------------------------------------------------


def tree(bank_id: UUID) -> list[Category]:
    """The categories of a bank, each before those below it, neighbours by name."""
    found = db.session.scalars(_of(bank_id)).all()
    return sorted(found, key=lambda category: category.path.split("/"))


def load_category(category_id: UUID) -> Category:
    """A category of the tenant. Raises `NotFound`."""
    statement = sa.select(Category).where(Category.tenant_id == tenant_id(), Category.id == category_id)
    category = db.session.scalars(statement).one_or_none()
    if category is None:
        raise NotFound()
    return category


def find(bank_id: UUID, category_id: UUID) -> Category | None:
    """A category of one bank, held against renaming to the end of the transaction; for use inside a write."""
    statement = _of(bank_id).where(Category.id == category_id).with_for_update(read=True)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def within(tenant: sa.ColumnElement[UUID], category_id: sa.ColumnElement[UUID]) -> sa.ColumnElement[bool]:
    """Whether a question is filed in this category or in one below it."""
    top, below = _categories.alias("top"), _categories.alias("below")
    branch = sa.select(below.c.id).where(
        top.c.tenant_id == tenant, top.c.id == category_id,
        below.c.tenant_id == top.c.tenant_id, below.c.bank_id == top.c.bank_id, _beneath(below.c.path, top.c.path),
    )  # fmt: skip
    return Question.category_id.in_(branch)


def within_path(tenant: sa.ColumnElement[UUID], path: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """The same by a path, in whichever bank."""
    branch = sa.select(Category.id).where(Category.tenant_id == tenant, _beneath(Category.path, path))
    return Question.category_id.in_(branch)


def counts(bank_id: UUID) -> dict[UUID, int]:
    """How many questions stand in each category itself; those that hold none are left out."""
    rows = db.session.execute(
        sa.select(Question.category_id, sa.func.count())
        .where(Question.tenant_id == tenant_id(), Question.bank_id == bank_id, Question.category_id.is_not(None))
        .group_by(Question.category_id)
    )
    return {id_: count for id_, count in rows if id_ is not None}


# writing --------------------------------------------------------------------------------------------------------


@writes
def create(
    bank_id: UUID, name: str, parent_id: UUID | None = None, *, external_id: str = "", description: str = ""
) -> Category:
    """A new category below another of the bank, or at the top. Raises `Invalid`."""
    known = _held(bank_id)
    category = Category(
        bank_id=bank_id, parent_id=parent_id, name=_step(name), external_id=_external(external_id, known),
        description=_described(description),
    )  # fmt: skip
    category.path = _path(category, _parent(known, parent_id), known)
    if len(known) >= TREE_LIMIT:
        message = N_("A bank takes at most %(limit)s categories. Remove some that are empty.")
        raise Invalid(message, limit=TREE_LIMIT)
    db.session.add(category)
    db.session.flush()
    audit.info("category %s created in bank %s", category.id, bank_id)
    return category


@writes
def update(category: Category, **changes: Any) -> Category:
    """Change what is given: name, parent_id (None: to the top), external_id, description.

    Below it all paths follow, its questions' too, in one statement each. Raises `Invalid`; one that changed since it
    was read is refused as stale.
    """
    seen = category.revision
    known = _held(category.bank_id)
    if category.id not in known or category.revision != seen:
        raise PreconditionFailed()
    before = category.path
    if "name" in changes:
        category.name = _step(changes["name"])
    if "external_id" in changes:
        category.external_id = _external(changes["external_id"], known, category)
    if "description" in changes:
        category.description = _described(changes["description"])
    parent = _parent(known, changes.get("parent_id", category.parent_id))
    if parent is not None and (parent.id == category.id or parent.path.startswith(f"{before}/")):
        message = N_("A category can't stand below itself. Choose another place.")
        raise Invalid(errors=[FieldError("parent_id", message)])
    path = _path(category, parent, known)
    category.parent_id = parent.id if parent else None
    db.session.flush()
    if path != before:
        _repath(category.bank_id, [(before, path)])
    db.session.expire_all()
    category = load_category(category.id)
    audit.info("category %s changed", category.id)
    return category


@writes
def remove(category: Category, *, lift: bool = False) -> None:
    """Remove an empty category; with `lift` what stands in it moves to the place above it first.

    Raises `Conflict` where it is not empty, where a category of the same name stands above, and where exams draw from
    it.
    """
    known = _held(category.bank_id)
    # Whoever is filing a question in it holds it, too: that question counts
    db.session.execute(_of(category.bank_id).where(Category.id == category.id).with_for_update())
    children = [each for each in known.values() if each.parent_id == category.id]
    questions = db.session.scalar(
        sa.select(sa.func.count()).where(Question.tenant_id == tenant_id(), Question.category_id == category.id)
    )
    if (children or questions) and not lift:
        message = N_("This category is not empty. Move what stands in it first, or let it move up.")
        raise Conflict(message, code="category_not_empty")
    above = known.get(category.parent_id) if category.parent_id else None
    if questions:
        db.session.execute(
            sa.update(_questions)
            .where(_questions.c.tenant_id == tenant_id(), _questions.c.category_id == category.id)
            .values(category_id=category.parent_id, category=above.path if above else "", **_touched(_questions))
        )
    if children:
        _lift(category, above, children, known)
    try:
        db.session.execute(
            sa.delete(_categories).where(_categories.c.tenant_id == tenant_id(), _categories.c.id == category.id)
        )
    except sa.exc.IntegrityError:
        message = N_("An exam draws from this category. Change the exam's section first.")
        raise Conflict(message, code="category_in_use") from None
    audit.info("category %s removed from bank %s", category.id, category.bank_id)
    db.session.expire_all()


def place(bank_id: UUID, paths: Iterable[str], infos: Iterable[CategoryInfo] = ()) -> dict[str, UUID]:
    """The id of each path in a bank; categories that are missing are made, those above them as well.

    For use inside a write: at most two statements where all are there, four where some are made, however many paths.
    `infos` give external id and description to those that are made, and to those that have none. "" has no id.
    """
    told = {info.path: info for info in infos if info.path}
    wanted = {path for path in (*paths, *told) if path}
    if not wanted:
        return {}
    found: dict[str, UUID] = {}
    if len(wanted) == 1:  # is there as a rule, and where it is not, nothing is held before the bank
        found = _ids(bank_id, wanted, told)
    if wanted - found.keys():
        hold(bank_id)
        every = {above for path in wanted for above in accumulate(path.split("/"), "{}/{}".format)}
        found = _ids(bank_id, every, told)
        missing = sorted(every - found.keys(), key=lambda path: path.count("/"))
        made = {path: new_id() for path in missing}
        found |= made
        rows = [
            {
                "tenant_id": tenant_id(), "id": made[path], "bank_id": bank_id, "path": path,
                "parent_id": found.get(path.rpartition("/")[0]), "name": path.rpartition("/")[2],
                "external_id": told[path].external_id if path in told else "",
                "description": told[path].description if path in told else "",
            }
            for path in missing
        ]  # fmt: skip
        if rows:
            db.session.execute(sa.insert(_categories), rows)
    return {path: found[path] for path in wanted}


def _ids(bank_id: UUID, paths: set[str], told: Mapping[str, CategoryInfo]) -> dict[str, UUID]:
    """Ids by path, held against renaming to the end of the transaction; silent ones learn what is told of them."""
    rows = db.session.scalars(_of(bank_id).where(Category.path.in_(paths)).with_for_update(read=True)).all()
    for category in rows:
        info = told.get(category.path)
        if info and not category.external_id and not category.description:
            category.external_id, category.description = info.external_id, info.description
    return {category.path: category.id for category in rows}


# parts ----------------------------------------------------------------------------------------------------------


def _of(bank_id: UUID) -> sa.Select[Category]:
    return sa.select(Category).where(Category.tenant_id == tenant_id(), Category.bank_id == bank_id)


def hold(bank_id: UUID) -> None:
    """Let nobody else change the tree, or many questions, until the transaction ends; single ones may come and change.

    Whoever does so calls this before anything of the bank is held, so that no two wait for each other.
    """
    held = sa.select(Bank.id).where(Bank.tenant_id == tenant_id(), Bank.id == bank_id)
    db.session.execute(held.with_for_update(key_share=True))


def _held(bank_id: UUID) -> dict[UUID, Category]:
    """All categories of a bank by id, read anew and held."""
    hold(bank_id)
    rows = db.session.scalars(_of(bank_id).execution_options(populate_existing=True))
    return {category.id: category for category in rows}


def _parent(known: Mapping[UUID, Category], parent_id: UUID | None) -> Category | None:
    if parent_id is not None and parent_id not in known:
        message = N_("There is no such category in this bank. Take one that its tree shows.")
        raise Invalid(errors=[FieldError("parent_id", message)])
    return known[parent_id] if parent_id else None


def _path(category: Category, parent: Category | None, known: Mapping[UUID, Category]) -> str:
    """Its path below `parent`. Raises `Invalid` where that is taken or becomes too long for what stands below it."""
    path = f"{parent.path}/{category.name}" if parent else category.name
    if any(other.path == path and other is not category for other in known.values()):
        message = N_("A category of this name stands here already. Choose another name.")
        raise Invalid(errors=[FieldError("name", message)])
    before = category.path
    below = (len(each.path) - len(before) for each in known.values() if before and each.path.startswith(f"{before}/"))
    if len(path) + max(below, default=0) > texts.CATEGORY_LIMIT:
        message = N_("With those above it the path has more than %(limit)s characters. Shorten a name.")
        raise Invalid(errors=[FieldError("name", message, {"limit": texts.CATEGORY_LIMIT})])
    return path


def _step(name: str) -> str:
    name = texts.needed("name", name, texts.CATEGORY_LIMIT)
    if "/" in name:
        message = N_("A name can't hold “/”, which stands between the names of a path. Leave it out.")
        raise Invalid(errors=[FieldError("name", message)])
    return name


def _external(text: str, known: Mapping[UUID, Category], mine: Category | None = None) -> str:
    text = texts.one_line("external_id", text, EXTERNAL_ID_LIMIT)
    if text and any(other.external_id == text and other is not mine for other in known.values()):
        message = N_("Another category of this bank has this id. Choose another one.")
        raise Invalid(errors=[FieldError("external_id", message)])
    return text


def _described(text: str) -> str:
    return texts.paragraphs("description", text, texts.DESCRIPTION_LIMIT)


def _beneath(path: Any, top: Any) -> sa.ColumnElement[bool]:
    """Whether a path is another or below it. LIKE ignores case on SQLite and heeds it on PostgreSQL; this does not."""
    below = top + "/"
    return sa.or_(path == top, sa.func.substr(path, 1, sa.func.length(below)) == below)


def _repath(bank_id: UUID, moves: Sequence[tuple[str, str]]) -> None:
    """Let everything at and below the first path of each pair stand at the second: two statements for all pairs."""
    for stored, column in ((_categories, "path"), (_questions, "category")):
        path = stored.c[column]
        tests = [_beneath(path, sa.literal(old)) for old, _ in moves]
        new = sa.case(
            *(
                (test, sa.literal(to) + sa.func.substr(path, len(old) + 1))
                for test, (old, to) in zip(tests, moves, strict=True)
            )
        )
        db.session.execute(
            sa.update(stored)
            .where(stored.c.tenant_id == tenant_id(), stored.c.bank_id == bank_id, sa.or_(*tests))
            .values(**{column: new}, **_touched(stored))
        )


def _lift(
    category: Category, above: Category | None, children: Sequence[Category], known: Mapping[UUID, Category]
) -> None:
    """Let the categories below stand beside the one that goes."""
    base = f"{above.path}/" if above else ""
    moves = [(child.path, f"{base}{child.name}") for child in children]
    taken = {each.path for each in known.values()} - {category.path}
    if clash := next((new for _, new in moves if new in taken), None):
        message = N_("“%(path)s” stands there already. Rename one of the two first.")
        raise Conflict(message, code="category_exists", path=clash)
    if any(new == category.path for _, new in moves):
        _repath(category.bank_id, [(category.path, f"{category.path}\x1f")])  # out of its child's way
        moves = [(f"{category.path}\x1f{old[len(category.path) :]}", new) for old, new in moves]
    db.session.execute(
        sa.update(_categories)
        .where(_categories.c.tenant_id == tenant_id(), _categories.c.parent_id == category.id)
        .values(parent_id=category.parent_id, **_touched(_categories))
    )
    _repath(category.bank_id, moves)


def _touched(stored: sa.Table) -> dict[str, Any]:
    """Another revision, so that nobody overwrites it unseen; for a question it is no change of its own."""
    kept = {"updated_at": stored.c.updated_at, "updated_by": stored.c.updated_by}
    changed = {"updated_at": now(), "updated_by": actor_id()}
    return {"revision": stored.c.revision + 1, **(kept if stored is _questions else changed)}
