"""Imports: a file comes, is read by a process of its own, is looked at, and goes into the bank or away.

What is read lies in a folder of the tenant under the import's id; the row tells where it stands. Reading comes before
any write transaction, so that it keeps no other writer waiting. What is in the bank then is the matter of `importing`.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Protocol
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from pydantic import BaseModel, Field

from examhall.bank.content.recognition import file_name
from examhall.bank.content.texts import CATEGORY_LIMIT
from examhall.bank.content.texts import category as category_path
from examhall.bank.formats import Message, folder, launch, registry
from examhall.bank.formats.folder import Entry, Known, Order, Report
from examhall.bank.models import ImportJob, ImportState, Question, Status
from examhall.bank.reading import load_bank
from examhall.clock import now
from examhall.errors import N_, Conflict, FieldError, Invalid, NotFound, PayloadTooLarge, TooManyRequests
from examhall.extensions import db
from examhall.storage.records import new_id, tenant_id
from examhall.storage.statements import table
from examhall.storage.transactions import after_commit, after_rollback, writing

audit = logging.getLogger("examhall.audit")
logger = logging.getLogger("examhall.imports")

#: How long an import that nobody commits is kept.
KEPT = timedelta(days=7)
#: How long a folder may be without an import: far longer than any request lives.
UNCLAIMED = timedelta(hours=1)
#: Files that are read at the same time for one tenant.
READERS = 4
WORDS_KNOWN = 1_000
#: Bytes of a file that can be mended on its page.
MENDABLE = 200_000
STOPPED = N_(
    "Reading took more time or memory than a file of this size may take, or was broken off. Split it, or try again."
)
GONE = N_("The file and what was found in it are not on this server any more. Send it again.")

#: States in which an import needs its folder.
_UNDECIDED = (ImportState.READING.value, ImportState.READ.value, ImportState.FAILED.value)
_HEX = re.compile(r"[0-9a-f]{32}")

_imports, _questions = table(ImportJob), table(Question)

Duplicates = Literal["add", "skip", "new_version"]


class Options(BaseModel):
    """What an author chooses about an import. The first three matter to the reading, the rest to the commit."""

    format: str = ""
    grades: Literal["error", "nearest"] = "error"
    #: Column to field, of a table; None: as the columns' names suggest.
    mapping: dict[str, str] | None = None
    #: What becomes of questions that the bank, or the file before them, holds already.
    duplicates: Duplicates = "add"
    #: The same for single questions, by their place in the file; `skip` leaves out any.
    items: dict[int, Duplicates] = Field(default_factory=dict)
    #: Category below which all are filed.
    category: str = ""
    #: The status that all get; None: as the file says.
    status: Status | None = None
    #: Import the sound questions of a faulty file.
    leave_out_faulty: bool = False

    def order(self) -> Order:
        """What of it the reader is told."""
        return Order(self.format, {"grades": self.grades} | ({"mapping": self.mapping} if self.mapping else {}))


class Upload(Protocol):
    """A file that came with a request."""

    def save(self, dst: Path) -> None:
        """Write it to a path."""


# reading --------------------------------------------------------------------------------------------------------


def folder_of(import_id: UUID) -> Path:
    """Where the files of an import lie."""
    return Path(current_app.instance_path) / f"{tenant_id()}.imports" / import_id.hex


def load_import(import_id: UUID) -> ImportJob:
    """An import of the tenant, as it stands now: one whose reader has ended since is settled. Raises `NotFound`."""
    job = db.session.scalars(_job(import_id)).one_or_none()
    if job is None:
        raise NotFound()
    seen = job.revision
    load_bank(job.bank_id)
    found: Report | str | None = None
    if job.state == ImportState.READING.value:
        found = _outcome(import_id)
    elif job.state == ImportState.READ.value and not (folder_of(import_id) / folder.REPORT).exists():
        found = GONE
    if found:
        with writing() as session:
            job = held(import_id)
            if job.revision == seen:  # else somebody went on with it, and what was found is no news of it
                _settle(job, found)
            session.flush()
    return job


def progress(job: ImportJob) -> tuple[str, float]:
    """What the reader is at, and which share of that is done."""
    return folder.load_progress(folder_of(job.id))


def report(job: ImportJob) -> Report:
    """What was found in the file. Raises `Conflict` while, or where, there is nothing to look at."""
    found = folder.load_report(folder_of(job.id)) if job.state == ImportState.READ.value else None
    if found is None:
        message = N_("There is nothing to look at: this import is not read yet, or is done with.")
        raise Conflict(message, code="import_not_read")
    return found


def entries(job: ImportJob, start: int = 0, count: int | None = None) -> Iterator[Entry]:
    """The questions that were found, from an offset on. Raises `Conflict` as `report` does."""
    report(job)
    return folder.load_entries(folder_of(job.id), start, count)


def text_of(job: ImportJob) -> str | None:
    """The file as a text that can be mended on a page; None for what is too long, or no text."""
    if job.size > MENDABLE:
        return None
    try:
        return (folder_of(job.id) / folder.FILE).read_text("utf-8-sig")
    except (UnicodeDecodeError, FileNotFoundError):
        return None


def options_of(job: ImportJob) -> Options:
    """What its author chose."""
    return Options.model_validate(job.options)


# writing --------------------------------------------------------------------------------------------------------


def begin(bank_id: UUID, upload: Upload, name: str, options: Options, patience: float) -> ImportJob:
    """Take a file and have it read; after `patience` seconds the import is given back whether it is read or not.

    Raises `Invalid` and `PayloadTooLarge` for a file that can't be read at all (nothing is kept of it), and
    `TooManyRequests` while too many others are being read.
    """
    checked(options)
    _refuse_crowd()
    _sweep()
    job = ImportJob(
        id=new_id(), bank_id=bank_id, file_name=file_name(name), size=0, state=ImportState.READING.value,
        options=options.model_dump(mode="json", exclude_defaults=True),
    )  # fmt: skip
    place = folder_of(job.id)
    place.mkdir(mode=0o700, parents=True)
    reader = None
    try:
        upload.save(place / folder.FILE)
        job.size = (place / folder.FILE).stat().st_size
        folder.save_order(place, options.order())
        folder.save_known(place, _known(bank_id))
        db.session.rollback()  # nothing is held while the reader works
        reader = launch.start(place)
        if reader.wait(patience) and (found := _outcome(job.id)):
            _refuse(found)
            _settle(job, found)
        with writing() as session:
            after_rollback(lambda: _forget(place))  # with an Idempotency-Key the request may be refused yet
            session.execute(sa.delete(_imports).where(_imports.c.tenant_id == tenant_id(), _old()))
            session.add(job)
            session.flush()
    except BaseException:
        if reader:
            reader.stop()
        shutil.rmtree(place, ignore_errors=True)
        raise
    audit.info("import %s of %s bytes into bank %s begun", job.id, job.size, bank_id)
    return job


def change(job: ImportJob, changes: Mapping[str, Any], patience: float, mended: str | None = None) -> ImportJob:
    """Choose otherwise, or put a mended text in the file's place; where it matters it is read again, as in `begin`.

    Raises `Invalid`, and `Conflict` for an import that is being read or is done with.
    """
    _require(job, ImportState.READ, ImportState.FAILED)
    before = options_of(job)
    options = checked(Options.model_validate(before.model_dump() | dict(changes)))
    import_id, place, reader = job.id, folder_of(job.id), None
    again = options.order() != before.order() or mended is not None
    if again and not (place / folder.FILE).exists():
        raise Conflict(GONE, code="import_gone")
    try:
        with writing() as session:
            job = unchanged(job, ImportState.READ, ImportState.FAILED)
            job.options = options.model_dump(mode="json", exclude_defaults=True)
            if again:
                if mended is not None:
                    (place / folder.FILE).write_text(mended, "utf-8", newline="")
                folder.save_order(place, options.order())
                job.size = (place / folder.FILE).stat().st_size
                job.state, job.format, job.failure, job.found = ImportState.READING.value, "", "", {}
                reader = launch.start(place)  # it is told in the same breath, so that nobody takes it for gone
            session.flush()
    except BaseException:
        if reader:
            reader.stop()
        raise
    return load_import(import_id) if reader and reader.wait(patience) else job


def discard(job: ImportJob) -> None:
    """Forget an import that is not in the bank, its file and its reader too. Raises `Conflict` for one that is."""
    with writing() as session:
        job = held(job.id)
        if job.state == ImportState.COMMITTED.value:
            message = N_("This import is in the bank. Undo it to take its questions out again.")
            raise Conflict(message, code="import_committed")
        session.delete(job)
        session.flush()
        after_commit(lambda: _forget(folder_of(job.id)))
    audit.info("import %s discarded", job.id)


def _forget(place: Path) -> None:
    launch.end(place)
    shutil.rmtree(place, ignore_errors=True)


def held(import_id: UUID, *states: ImportState) -> ImportJob:
    """An import, read anew inside a write and held to its end.

    Raises `NotFound` for one that is discarded by now, `Conflict` unless it is in one of the states, where some are
    named.
    """
    job = db.session.scalars(_locked(import_id)).one_or_none()
    if job is None:
        raise NotFound()
    if states:
        _require(job, *states)
    return job


def unchanged(job: ImportJob, *states: ImportState) -> ImportJob:
    """The same for one that must be as it was when it was loaded. Raises `Conflict` for what changed meanwhile."""
    seen = job.revision
    job = held(job.id, *states)
    if job.revision != seen:
        raise _gone_on(job)
    return job


def checked(options: Options) -> Options:
    """The options, if they can be. Raises `Invalid` with the field's name."""
    if options.format:
        registry.format_named(options.format)
    options.category = category_path(options.category[: CATEGORY_LIMIT + 1])
    return options


def _require(job: ImportJob, *states: ImportState) -> None:
    if job.state not in {state.value for state in states}:
        raise _gone_on(job)


def _gone_on(job: ImportJob) -> Conflict:
    message = N_("This import is being read, or is done with. Reload to see where it stands.")
    return Conflict(message, code=f"import_{job.state}")


# parts ----------------------------------------------------------------------------------------------------------


def _job(import_id: UUID) -> sa.Select[ImportJob]:
    return sa.select(ImportJob).where(ImportJob.tenant_id == tenant_id(), ImportJob.id == import_id)


def _locked(import_id: UUID) -> sa.Select[ImportJob]:
    return _job(import_id).with_for_update().execution_options(populate_existing=True)


def _known(bank_id: UUID) -> Iterator[Known]:
    column = _questions.c
    rows = db.session.execute(
        sa.select(
            column.id, column.name, column.external_id, column.fingerprint,
            sa.func.substr(column.words, 1, WORDS_KNOWN),
        )
        .where(column.tenant_id == tenant_id(), column.bank_id == bank_id)
        .order_by(column.id)
        .execution_options(yield_per=1000)
    )  # fmt: skip
    return (Known(*row) for row in rows)


def _outcome(import_id: UUID) -> Report | str | None:
    """What the reader found, or why it found nothing (a msgid); None while it reads."""
    place = folder_of(import_id)
    if launch.alive(place):
        return None
    found = folder.load_report(place)
    if found is None:
        trace = place / folder.TRACE
        said = trace.read_text("utf-8", "replace")[-2_000:] if trace.exists() else "its folder is gone"
        logger.error("the reader of import %s ended without a report: %s", import_id, said)
    return found or STOPPED


def _settle(job: ImportJob, found: Report | str) -> None:
    """Put into the row what the reader found."""
    if isinstance(found, str):
        job.state, job.failure = ImportState.FAILED.value, found
    elif found.refusal:
        job.state, job.failure = ImportState.FAILED.value, found.refusal.message.text
        job.found = {"params": dict(found.refusal.message.params)}
    else:
        job.state, job.format, job.found = ImportState.READ.value, found.format, dict(found.figures)


def _refuse(found: Report | str) -> None:
    if isinstance(found, str):
        raise Invalid(errors=[FieldError("file", found)])
    if refusal := found.refusal:
        message: Message = refusal.message
        if refusal.code == PayloadTooLarge.code:
            raise PayloadTooLarge(message.text, **message.params)
        raise Invalid(errors=[FieldError(refusal.field, message.text, message.params)])


def _refuse_crowd() -> None:
    reading = sa.select(_imports.c.id).where(
        _imports.c.tenant_id == tenant_id(), _imports.c.state == ImportState.READING.value
    )
    if sum(launch.alive(folder_of(id)) for id in db.session.scalars(reading)) >= READERS:
        raise TooManyRequests(N_("Other files are being read. Wait until one of them is done."))


def _old() -> sa.ColumnElement[bool]:
    """Whether nobody went on with an import."""
    return sa.and_(_imports.c.updated_at < now() - KEPT, _imports.c.state.in_(_UNDECIDED))


def _sweep() -> None:
    """Remove folders that no import claims: it is done with, or its request was killed before there was one."""
    place = Path(current_app.instance_path) / f"{tenant_id()}.imports"
    before = (now() - UNCLAIMED).timestamp()
    old = set()
    for entry in place.glob("*"):
        with suppress(FileNotFoundError):  # another request sweeps, too
            if _HEX.fullmatch(entry.name) and entry.stat().st_mtime < before:
                old.add(entry.name)
    if not old:
        return
    claimed = db.session.scalars(
        sa.select(_imports.c.id).where(
            _imports.c.tenant_id == tenant_id(), _imports.c.state.in_(_UNDECIDED), sa.not_(_old())
        )
    )
    for name in old - {id.hex for id in claimed}:
        shutil.rmtree(place / name, ignore_errors=True)
