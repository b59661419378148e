"""The pages of imports: upload, progress, preview, commit, undo; and the list of a bank's imports."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from examhall.bank.bodies import bodies
from examhall.bank.exchange import importing, imports, undoing
from examhall.bank.exchange.api import failure_of, load_import, patience
from examhall.bank.exchange.forms import OptionsForm, UploadForm
from examhall.bank.exchange.schemas import UploadIn
from examhall.bank.formats import folder
from examhall.bank.formats.folder import Entry, Report
from examhall.bank.formats.registry import FORMATS
from examhall.bank.models import Access, ImportJob, ImportState, Question
from examhall.bank.reading import load_bank
from examhall.bank.types import type_named
from examhall.bank.types.contract import Body, QuestionType
from examhall.errors import N_, BadRequest, Conflict, FieldError, Invalid, NotFound
from examhall.extensions import db
from examhall.storage.records import tenant_id
from examhall.web.guards import permitted, throttled
from examhall.web.query import Page, read_page
from examhall.web.views import ListView, MethodView

#: Errors that a page shows; a list of thousands helps nobody.
SHOWN = 100
#: What a preview may be narrowed to.
NARROWED: Mapping[str, str] = {"warnings": "warnings", "losses": "losses", "duplicates": "twins"}
_LINE_END = re.compile(r"\r\n?|\n")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Pasted:
    """A text that was typed in place of a file."""

    text: str

    def save(self, dst: Path) -> None:
        """Write it to a path."""
        dst.write_bytes(self.text.encode())


@dataclass(frozen=True)
class Shown:
    """A question of the preview, and those of the bank that it may repeat: each with its type and body."""

    entry: Entry
    kind: QuestionType
    body: Body
    twins: list[tuple[Any, QuestionType | None, Body | None]]


@permitted("banks.write")
@throttled(POST="import")
class QuestionImportPage(MethodView):
    """A file of questions comes in. Nothing is written to the bank before its author has seen them all."""

    template = "bank/question_import.html"
    uploads = {"POST": UploadIn}

    def get(self, id: UUID) -> ResponseReturnValue:
        """The form."""
        return self.respond(bank=load_bank(id, Access.WRITE), form=UploadForm(), formats=FORMATS)

    def post(self, id: UUID) -> ResponseReturnValue:
        """Take the file and go on to what it holds."""
        bank, form = load_bank(id, Access.WRITE), UploadForm()
        options = imports.Options(format=form.format.data or "")

        def begin() -> ImportJob:
            upload = form.file.data or Pasted(form.text.data or "")
            name = form.file.data.filename if form.file.data else gettext("Typed text")
            return imports.begin(id, upload, name or "", options, patience())

        job = form.accept(begin)
        if job is None:
            return self.respond(bank=bank, form=form, formats=FORMATS), 422
        return redirect(url_for("import_page", id=job.id), 303)


@permitted("banks.write")
class ImportListPage(ListView):
    """The imports of one bank."""

    model, template = ImportJob, "bank/import_list.html"
    ordering = ("-created_at", "file_name", "state")

    def get(self, id: UUID) -> ResponseReturnValue:
        """The list, the latest first."""
        bank = load_bank(id, Access.WRITE)
        rows, page = self.page_of(self.query().where(ImportJob.bank_id == id))
        return self.respond(bank=bank, rows=rows, page=page, formats=FORMATS)


@permitted("banks.write")
@throttled(POST="import")
class ImportPage(MethodView):
    """One import, wherever it stands."""

    template = "bank/import.html"

    def told_apart(self) -> bool:
        """Only where no file is read meanwhile, which no other write may wait for: there the state says the rest."""
        return request.form.get("act") in ("undo", "discard") and super().told_apart()

    def get(self, id: UUID) -> ResponseReturnValue:
        """How far it is, what it holds, or what became of it."""
        return self._page(load_import(id))

    def post(self, id: UUID) -> ResponseReturnValue:
        """Do what the pressed button says: `options`, `commit`, `undo` or `discard`."""
        job = load_import(id)
        acts = {"options": self._choose, "commit": self._commit, "undo": self._undo, "discard": self._discard,
                "mend": self._mend}  # fmt: skip
        act = acts.get(request.form.get("act", ""))
        if act is None:
            raise BadRequest()
        try:
            return act(job)
        except Conflict as problem:  # pressed twice, or on a page that is out of date: what is shown now is the answer
            if act != self._commit or load_import(id).state != ImportState.COMMITTED.value:
                flash(gettext(problem.detail, **problem.params), "error")
            return redirect(url_for("import_page", id=id), 303)

    def _choose(self, job: ImportJob) -> ResponseReturnValue:
        form = OptionsForm()
        changed = form.accept(lambda: imports.change(job, _chosen(form, job), patience()))
        if changed is None:
            return self._page(job, form), 422  # type: ignore[return-value]  # a page and its status
        shown = {name: request.args[name] for name in ("show", "page") if name in request.args}
        return redirect(url_for("import_page", id=job.id, **shown), 303)  # type: ignore[arg-type]  # nothing of its own

    def _commit(self, job: ImportJob) -> ResponseReturnValue:
        form = OptionsForm()

        def commit() -> ImportJob | None:
            changed = imports.change(job, _chosen(form, job), patience())
            if changed.state != ImportState.READ.value:
                return changed
            if changed.found["errors"] and not form.leave_out_faulty.data:  # the page names each of them anyway
                message = N_("Mend the faulty questions first, or tick this to leave them out.")
                raise Invalid(errors=[FieldError("leave_out_faulty", message)])
            return importing.commit(changed)

        done = form.accept(commit)
        if done is None:
            return self._page(load_import(job.id), form), 422  # type: ignore[return-value]
        return redirect(url_for("import_page", id=job.id), 303)

    def _mend(self, job: ImportJob) -> ResponseReturnValue:
        job = imports.change(job, {}, patience(), mended=request.form.get("text", "").replace("\r\n", "\n"))
        return redirect(url_for("import_page", id=job.id), 303)

    def _undo(self, job: ImportJob) -> ResponseReturnValue:
        try:
            undoing.undo(job)
        except Conflict as problem:
            flash(gettext("This can't be undone.") + " " + gettext(problem.detail, **problem.params), "error")
        else:
            flash(gettext("The import is undone: the bank is as it was before."), "success")
        return redirect(url_for("import_page", id=job.id), 303)

    def _discard(self, job: ImportJob) -> ResponseReturnValue:
        imports.discard(job)
        flash(gettext("The import is discarded."), "success")
        return redirect(url_for("question_list", id=job.bank_id), 303)

    def _page(self, job: ImportJob, form: OptionsForm | None = None) -> ResponseReturnValue:
        bank = load_bank(job.bank_id)
        common = {"bank": bank, "job": job, "formats": FORMATS, "failure": failure_of(job)}
        if job.state == ImportState.READING.value:
            stage, share = imports.progress(job)
            return self.respond(**common, stage=stage, share=share)
        if job.state == ImportState.FAILED.value:
            return self.respond(**common, form=form or _form_of(job))
        if job.state != ImportState.READ.value:
            return self.respond(**common)
        report, options = imports.report(job), imports.options_of(job)
        shown, page = _preview(job)
        text = imports.text_of(job) if report.errors else None
        html = self.respond(
            **common, report=report, options=options, form=form or _form_of(job), shown=shown, page=page,
            faults=[(error, _line(text, error.line)) for error in report.errors[:SHOWN]], text=text,
            settings=FORMATS[report.format].settings,
        )  # fmt: skip
        return _with_media(html, job, report)


@permitted("banks.write")
class ImportMedium(MethodView):
    """A picture, sound or film of an import that is not in the bank yet."""

    template = "bank/import.html"

    def get(self, id: UUID, digest: str) -> ResponseReturnValue:
        """The file."""
        job = load_import(id)
        stored = imports.report(job).media.get(digest)
        if stored is None or not _DIGEST.fullmatch(digest):
            raise NotFound()
        path = imports.folder_of(job.id) / folder.MEDIA / digest
        response: Response = send_file(path, stored.media_type, conditional=True, etag=digest)
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


def _line(text: str | None, number: int) -> str:
    """A line of the file, counted from 1."""
    lines = _LINE_END.split(text or "")
    return lines[number - 1][:200] if 0 < number <= len(lines) else ""


def _preview(job: ImportJob) -> tuple[list[Shown], Page]:
    """One page of the questions, and where it stands among those that are asked for."""
    page = read_page(request.args, 20, 100)
    show = NARROWED.get(request.args.get("show", ""))
    if show is None:
        page = page.of(job.found["questions"], there=True)
        entries = list(imports.entries(job, page.offset, page.size))
    else:
        found = [entry for entry in imports.entries(job) if getattr(entry if show == "twins" else entry.item, show)]
        page = page.of(len(found), there=True)
        entries = found[page.offset : page.offset + page.size]
    known = _known(entries)
    shown = []
    for entry in entries:
        kind = type_named(entry.item.type)
        twins = [(twin, *known.get(twin.question, (None, None))) for twin in entry.twins]
        shown.append(Shown(entry, kind, kind.load(entry.item.body), twins))
    return shown, page


def _known(entries: Sequence[Entry]) -> dict[str, tuple[QuestionType, Body]]:
    """Type and body of the bank's questions that these may repeat, by their ids in hex."""
    ids = {UUID(twin.question) for entry in entries for twin in entry.twins if twin.question}
    if not ids:
        return {}
    rows = db.session.execute(
        sa.select(Question.id, Question.type, Question.latest_version_id).where(
            Question.tenant_id == tenant_id(), Question.id.in_(ids)
        )
    ).all()
    read = bodies(version for _, _, version in rows)
    return {id.hex: (type_named(kind), read[version]) for id, kind, version in rows if version in read}


def _form_of(job: ImportJob) -> OptionsForm:
    options = imports.options_of(job)
    values = options.model_dump(mode="json") | {"format": job.format or options.format, "status": options.status or ""}
    return OptionsForm(formdata=None, data=values)


def _chosen(form: OptionsForm, job: ImportJob) -> dict[str, Any]:
    """What the form and the fields beside it say: `column-…` and `item-…`."""
    before = imports.options_of(job)
    sent = request.form.items()
    columns = {name.removeprefix("column-"): value for name, value in sent if name.startswith("column-")}
    items: dict[int, Any] = dict(before.items)
    for name, value in request.form.items():
        place = name.removeprefix("item-")
        if name.startswith("item-") and place.isascii() and place.isdigit() and len(place) < 7:
            items.pop(int(place), None)
            if value in ("add", "skip", "new_version"):
                items[int(place)] = value
    format = form.format.data if form.format.data != job.format else before.format
    return {
        "format": format, "grades": form.grades.data or before.grades, "duplicates": form.duplicates.data,
        "category": form.category.data or "", "status": form.status.data or None, "items": items,
        "leave_out_faulty": form.leave_out_faulty.data, "mapping": columns or before.mapping,
    }  # fmt: skip


def _with_media(html: str, job: ImportJob, report: Report) -> str:
    """The page with its pictures from the import's folder: they are not among the bank's media yet."""
    for digest in report.media:
        html = html.replace(f"/media/{digest}", f"/manage/imports/{job.id}/media/{digest}")
    return html
