"""The JSON face of imports: upload, look, choose, commit, undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from examhall.bank.exchange import importing, imports, undoing
from examhall.bank.exchange.schemas import (
    ColumnsOut,
    DuplicateOut,
    ImportArguments,
    ImportChange,
    ImportedOut,
    ImportOut,
    LossOut,
    MessageOut,
    ProgressOut,
    UploadIn,
)
from examhall.bank.formats import Message
from examhall.bank.formats.folder import Entry, Lost
from examhall.bank.models import Access, ImportJob, ImportState
from examhall.bank.reading import load_bank
from examhall.errors import N_, BadRequest, FieldError, Invalid
from examhall.web.body import validated
from examhall.web.guards import permitted, throttled
from examhall.web.query import Page, read_page, refuse_others
from examhall.web.views import ListView, MethodView, paging_headers

#: Errors that an import tells; whoever has more mends these first.
TOLD = 100


@permitted("banks.write")
@throttled(POST="import")
class Imports(ListView):
    """The imports of a bank."""

    model, schema = ImportJob, ImportOut
    ordering = ("-created_at",)
    uploads, arguments = {"POST": UploadIn}, {"POST": ImportArguments}
    answers = {"POST": [(201, ImportOut), (202, ImportOut)]}

    def get(self, id: UUID) -> ResponseReturnValue:
        """List the imports of the bank, the latest first."""
        load_bank(id, Access.WRITE)
        rows, page = self.page_of(self.query().where(ImportJob.bank_id == id))
        return [represent(row) for row in rows], 200, paging_headers(page, {"id": id})

    def post(self, id: UUID) -> ResponseReturnValue:
        """Send a file of questions, as multipart/form-data.

        It is read by a process of its own. 201: it is read; look at its questions, then commit it. 202: it is still
        being read; ask for the import until its `state` is no more `reading`. A file that can't be read is refused
        (422) and not kept.

        With `?commit=true` a sound file that is read at once is in the bank at once (`state` is `committed`). One with
        errors is refused (422), and the problem's `errors` name each place, such as `line 12`.
        """
        load_bank(id, Access.WRITE)
        commit = _flag("commit")
        upload = request.files.get("file")
        if upload is None:
            message = N_("Send the file as multipart/form-data, in the field “file”.")
            raise Invalid(errors=[FieldError("file", message)])
        job = imports.begin(id, upload, upload.filename or "", _options(), patience())
        if commit and job.state == ImportState.READ.value:
            try:
                job = importing.commit(job)
            except Invalid:
                imports.discard(job)
                raise
        return represent(job), 202 if job.state == ImportState.READING.value else 201


@permitted("banks.write")
class ImportItem(MethodView):
    """One import."""

    schema = ImportOut
    bodies = {"PATCH": ImportChange}
    answers = {"DELETE": (204, None), "PATCH": [(200, ImportOut), (202, ImportOut)]}

    def get(self, id: UUID) -> ResponseReturnValue:
        """Show where an import stands."""
        return represent(load_import(id))

    def patch(self, id: UUID, data: ImportChange) -> ResponseReturnValue:
        """Choose format, columns, mode for grades, duplicates, category and status.

        202: the file is being read again.
        """
        changes = data.model_dump(exclude_unset=True)
        kept = {name: value for name, value in changes.items() if value is not None or name in ("status", "mapping")}
        job = imports.change(load_import(id), kept, patience())
        return represent(job), 202 if job.state == ImportState.READING.value else 200

    def delete(self, id: UUID) -> ResponseReturnValue:
        """Discard an import that is not in the bank."""
        imports.discard(load_import(id))
        return Response(status=204)


@permitted("banks.write")
class ImportQuestions(ListView):
    """The questions of an import that is read."""

    schema = ImportedOut
    arguments = {}

    def get(self, id: UUID) -> ResponseReturnValue:
        """List the questions as they would be kept, with warnings, losses and duplicates, in the file's order."""
        job = load_import(id)
        refuse_others(request.args, ("page", "page_size"))
        page = read_page(request.args, self.page_size, self.max_page_size)
        chosen = imports.options_of(job).items
        rows = [_imported(entry, chosen.get(entry.place)) for entry in imports.entries(job, page.offset, page.size)]
        page = Page(page.number, page.size, job.found["questions"])
        return rows, 200, paging_headers(page, {"id": id})


@permitted("banks.write")
class ImportCommit(MethodView):
    """What is read, into the bank."""

    schema = ImportOut

    def post(self, id: UUID) -> ResponseReturnValue:
        """Put all questions of an import into the bank, or none.

        A faulty file is refused (422, with an error for each place) unless `leave_out_faulty` is chosen.
        """
        return represent(importing.commit(load_import(id)))


@permitted("banks.write")
class ImportUndo(MethodView):
    """What an import brought, out of the bank."""

    schema = ImportOut

    def post(self, id: UUID) -> ResponseReturnValue:
        """Take an import back.

        Refused (409) with the reason while an exam, an attempt or a person uses what it brought.
        """
        return represent(undoing.undo(load_import(id)))


def load_import(import_id: UUID) -> ImportJob:
    """An import into a bank that the present person may write in. Raises `NotFound`, `Forbidden`."""
    job = imports.load_import(import_id)
    load_bank(job.bank_id, Access.WRITE)
    return job


def patience() -> float:
    """Seconds that a request waits for a file to be read."""
    seconds: float = current_app.config["IMPORT_WAIT"]
    return seconds


def represent(job: ImportJob) -> dict[str, Any]:
    """An import as JSON, in the reader's language."""
    read = imports.report(job) if job.state == ImportState.READ.value else None
    progress = None
    if job.state == ImportState.READING.value:
        stage, share = imports.progress(job)
        progress = ProgressOut(stage=stage, share=share)
    columns = read.columns if read else None
    shown = ImportOut(
        id=job.id, bank_id=job.bank_id, state=ImportState(job.state), format=job.format, file_name=job.file_name,
        size=job.size, options=job.options, progress=progress, failure=failure_of(job),
        found={name: count for name, count in job.found.items() if isinstance(count, int)},
        errors=[message_out(message) for message in read.errors[:TOLD]] if read else [],
        losses=losses_out(read.losses) if read else [],
        columns=ColumnsOut(
            names=columns.names, rows=columns.rows, proposed=columns.proposed, fields=list(columns.fields)
        ) if columns else None,
        created_at=job.created_at, committed_at=job.committed_at,
    )  # fmt: skip
    return shown.model_dump(mode="json")


def failure_of(job: ImportJob) -> str:
    """Why a file could not be read, in the reader's language; "" where it could."""
    return gettext(job.failure, **job.found.get("params", {})) if job.failure else ""


def message_out(message: Message) -> MessageOut:
    """A message in the reader's language, in which it names a setting of a question, too."""
    params = dict(message.params)
    if params.keys() >= {"what", "format"}:  # a formula names by `what` what stands in it
        params |= {name: gettext(params[name]) for name in ("what", "format")}
    return MessageOut(line=message.line, element=message.element, message=gettext(message.text, **params))


def losses_out(losses: list[Lost]) -> list[LossOut]:
    """Losses in the reader's language."""
    return [LossOut(count=lost.count, samples=[message_out(message) for message in lost.samples]) for lost in losses]


def _imported(entry: Entry, choice: imports.Duplicates | None) -> dict[str, Any]:
    item = entry.item
    same = ("line", "element", "name", "type", "category", "tags", "difficulty", "language", "status", "external_id")
    return ImportedOut(
        **{name: getattr(item, name) for name in same}, place=entry.place, points=str(item.points), body=item.body,
        warnings=[message_out(message) for message in item.warnings],
        losses=[message_out(message) for message in item.losses], choice=choice,
        duplicates=[
            DuplicateOut(
                kind=twin.kind, name=twin.name, similarity=twin.similarity, place=twin.place or None,
                question_id=UUID(twin.question) if twin.question else None,
            )
            for twin in entry.twins
        ],
    ).model_dump(mode="json")  # fmt: skip


def _options() -> imports.Options:
    """What the fields beside the file say. Raises `Invalid`."""
    sent = {name: request.form[name] for name in UploadIn.model_fields if name in request.form and name != "file"}
    values = validated(UploadIn, {"file": b"", **{name: value for name, value in sent.items() if value}})
    return imports.Options(**values.model_dump(exclude={"file"}, exclude_unset=True))


def _flag(name: str) -> bool:
    text = request.args.get(name, "false")
    if text not in ("true", "false"):
        message = N_("Give true or false.")
        raise BadRequest(message, errors=[FieldError(name, message)])
    return text == "true"
