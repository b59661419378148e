"""Questions of a file into the bank: all of them or none, in few statements however many they are."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.content.richtext import plain_text
from examhall.bank.content.texts import CATEGORY_LIMIT, EXCERPT_LIMIT
from examhall.bank.content.wording import fingerprint_of, words_of
from examhall.bank.exchange import imports
from examhall.bank.exchange.rows import add_versions, insert_media, insert_questions, rows_of
from examhall.bank.filing import categories
from examhall.bank.formats import CategoryInfo, Import, Item, Message, folder, registry
from examhall.bank.formats.filing import all_filed
from examhall.bank.formats.folder import Entry
from examhall.bank.models import Category, ImportJob, ImportState, Question
from examhall.clock import now
from examhall.errors import N_, FieldError, Invalid
from examhall.extensions import db
from examhall.storage import media
from examhall.storage.records import tenant_id
from examhall.storage.statements import table
from examhall.storage.transactions import after_commit, writing

audit = logging.getLogger("examhall.audit")

#: Characters of the prompt that name a question whose author did not.
NAME_FROM_PROMPT = 60
#: Errors that one refusal tells.
TOLD = 50

_questions, _tree = table(Question), table(Category)


def read(data: bytes, format: str = "gift") -> Import:
    """The questions of a file that is our own, read here and now. Raises `Invalid` as the parsers do."""
    parse = registry.format_named(format).parse
    assert parse  # the registry names only those
    return all_filed(parse(data))


def import_questions(bank_id: UUID, items: Sequence[Item]) -> list[UUID]:
    """Put all questions into the bank, or none. Gives their ids, in their order."""
    with writing() as session:
        places = categories.place(bank_id, {item.category for item in items})
        ids = insert_questions(session, (
            rows_of(bank_id, _entry(number, item), item.category, places.get(item.category), item.status)
            for number, item in enumerate(items, 1)
        ))  # fmt: skip
    audit.info("%s questions imported into bank %s", len(ids), bank_id)
    return ids


def commit(job: ImportJob) -> ImportJob:
    """Put an import into the bank: everything, or nothing.

    Raises `Invalid` for a faulty file (unless its options say to leave out what is), `Conflict` where the import is not
    there to be committed.
    """
    found, options = imports.report(job), imports.options_of(job)
    if not options.leave_out_faulty:
        refuse_faulty(found.errors)
    place = imports.folder_of(job.id)
    try:
        for digest in found.media:
            media.put((place / folder.MEDIA / digest).read_bytes())
    except FileNotFoundError:
        with writing():  # somebody committed it meanwhile, or discarded it
            imports.held(job.id, ImportState.READ)
        raise
    with writing() as session:
        job = imports.unchanged(job, ImportState.READ)
        categories.hold(job.bank_id)
        plan = _Plan.of(job.bank_id, options)
        chosen = [(entry, target) for entry in folder.load_entries(place) for target in plan.verdict(entry)]
        new = [entry for entry, target in chosen if target is None]
        paths = {entry.place: plan.category(entry) for entry in new}
        before = _category_ids(job.bank_id)
        places = categories.place(job.bank_id, paths.values(), plan.infos(found.categories, paths.values()))
        insert_questions(session, (
            rows_of(job.bank_id, entry, path := paths[entry.place], places.get(path),
                    options.status or entry.item.status, job.id)
            for entry in new
        ))  # fmt: skip
        changed = add_versions(session, {target: entry for entry, target in chosen if target})
        insert_media(session, found.media)
        job.written = {
            "categories": [id.hex for id in _category_ids(job.bank_id) - before], "versions": changed,
        }  # fmt: skip
        job.state, job.committed_at = ImportState.COMMITTED.value, now()
        job.found = job.found | {
            "added": len(new), "versions": len(changed), "unchanged": len(chosen) - len(new) - len(changed),
            "skipped": plan.skipped,
        }  # fmt: skip
        session.flush()
        after_commit(lambda: shutil.rmtree(place, ignore_errors=True))
    audit.info("import %s committed into bank %s: %s", job.id, job.bank_id, job.found)
    return job


def refuse_faulty(errors: Sequence[Message]) -> None:
    """Raise `Invalid`, with an error for each place, unless every question of a file is sound."""
    if errors:
        raise Invalid(
            N_("The file has errors, so nothing was imported. Mend these lines and send it again."),
            errors=[FieldError(place_of(message), message.text, message.params) for message in errors[:TOLD]],
        )


def place_of(message: Message) -> str:
    """Where in the file, for programs: `line 12`, or the element."""
    return message.element or f"line {message.line}"


# what becomes of each question ----------------------------------------------------------------------------------


@dataclass
class _Plan:
    """Decides, question by question, by what the bank holds at this moment and what stood before it in the file."""

    options: imports.Options
    by_id: dict[str, Any]
    by_words: dict[str, Any]
    in_bank: dict[str, Any]
    seen: set[str] = field(default_factory=set)
    skipped: int = 0
    given: set[UUID] = field(default_factory=set)

    @classmethod
    def of(cls, bank_id: UUID, options: imports.Options) -> _Plan:
        """A plan for a bank as it is now."""
        column = _questions.c
        rows = db.session.execute(
            sa.select(column.id, column.external_id, column.fingerprint, column.type)
            .where(_of(_questions), column.bank_id == bank_id)
            .order_by(column.id.desc())
        ).all()
        return cls(
            options,
            by_id={row.external_id: row for row in rows if row.external_id},
            by_words={row.fingerprint: row for row in rows if row.fingerprint},
            in_bank={row.id.hex: row for row in rows},
        )

    def verdict(self, entry: Entry) -> Iterator[UUID | None]:
        """Nothing for a question that is left out, None for a new one, else the question that gets a version."""
        item = entry.item
        own = self.options.items.get(entry.place)
        wish = own or self.options.duplicates
        known = self.by_id.get(item.external_id) or self.by_words.get(entry.fingerprint)
        if own == "new_version" and known is None:
            named = (self.in_bank.get(twin.question) for twin in entry.twins)
            known = next((row for row in named if row), None)
        again = {f"id {item.external_id}"} if item.external_id else set()
        again.add(f"words {entry.fingerprint}")
        repeated = bool(again & self.seen)
        self.seen |= again
        if wish == "skip" and (own or known or repeated):
            self.skipped += 1
        elif wish == "new_version" and known and known.type == item.type and known.id not in self.given:
            self.given.add(known.id)
            yield known.id
        elif wish == "new_version" and repeated and not own:
            self.skipped += 1
        else:
            yield None

    def category(self, entry: Entry) -> str:
        """The path under which a question is filed."""
        path = "/".join(filter(None, (self.options.category, entry.item.category)))
        if len(path) > CATEGORY_LIMIT:
            message = N_("With this category before it, “%(path)s” is too long. Choose a shorter one.")
            raise Invalid(errors=[FieldError("category", message, {"path": entry.item.category})])
        return path

    def infos(self, told: Iterable[CategoryInfo], used: Collection[str]) -> list[CategoryInfo]:
        """What the file tells of the categories that are used and of those above, under their paths in the bank."""
        top = f"{self.options.category}/" if self.options.category else ""
        above = {each for path in used for each in accumulate(path.split("/"), "{}/{}".format)}
        return [replace(info, path=top + info.path) for info in told if top + info.path in above]


def _entry(place: int, item: Item) -> Entry:
    prompt = str(item.body.get("prompt", ""))
    named = item if item.name else replace(item, name=plain_text(prompt, NAME_FROM_PROMPT))
    excerpt = plain_text(prompt, EXCERPT_LIMIT)
    return Entry(place, named, excerpt, words_of(named.name, item.body), fingerprint_of(item.body))


def _category_ids(bank_id: UUID) -> set[UUID]:
    return set(db.session.scalars(sa.select(_tree.c.id).where(_of(_tree), _tree.c.bank_id == bank_id)))


def _of(stored: sa.Table) -> sa.ColumnElement[bool]:
    return stored.c.tenant_id == tenant_id()
