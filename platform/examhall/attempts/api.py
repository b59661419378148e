"""The JSON face of attempts: start, read, save, submit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response, request, send_file
from flask.typing import ResponseReturnValue

from examhall.attempts import operations
from examhall.attempts.engine import paper, saving
from examhall.attempts.engine.states import State
from examhall.attempts.files import hand_up, load_file, refuse_large, with_files
from examhall.attempts.models import Attempt, AttemptFile
from examhall.attempts.operations import Found
from examhall.attempts.schemas import (
    AttemptOut,
    ExamAttemptOut,
    FileIn,
    FileOut,
    OwnAttemptOut,
    SavedOut,
    SavesIn,
    StartIn,
    SubmittedOut,
)
from examhall.bank import operations as bank
from examhall.bank.content.media import shown
from examhall.clock import now
from examhall.errors import N_, FieldError, Invalid, NotFound
from examhall.exams.access import find_exam
from examhall.exams.models import Exam
from examhall.extensions import Statement
from examhall.identity.models import User
from examhall.identity.principal import me
from examhall.storage import media
from examhall.storage.records import tenant_id
from examhall.web.export import csv_file, csv_wanted
from examhall.web.guards import permitted, throttled
from examhall.web.query import filtered
from examhall.web.views import DetailView, ListView, MethodView

#: What a file of attempts tells of each.
COLUMNS = ("name", "email", "number", "state", "started_at", "deadline_at", "submitted_at", "step_count")


def attempt_out(attempt: Found) -> dict[str, Any]:
    """An attempt as its candidate sees it; the paper only while it is open."""
    moment = now()
    state = attempt.state_at(moment)
    # Before the first save there is nothing to ask for
    stored = operations.stored_answers([attempt.id])[attempt.id] if attempt.step else {}
    questions = None
    if state is State.OPEN:
        questions = paper.present(attempt.paper, bank.bodies([slot.version_id for slot in attempt.paper.slots]))
        questions = with_files(attempt.id, questions, "api_attempt_file")
    return {
        "id": attempt.id,
        "exam_id": attempt.exam_id,
        "state": state,
        "number": attempt.number,
        "started_at": attempt.started_at,
        "deadline_at": attempt.deadline_at,
        "submitted_at": attempt.submitted_at if state is attempt.state else attempt.deadline_at,
        "server_time": moment,
        "paper": questions,
        "answers": [
            {"slot": slot, "response": kept.response, "seq": kept.seq} for slot, kept in sorted(stored.items())
        ],
        "step": attempt.step,
    }


def attempt_json(attempt: Found) -> dict[str, Any]:
    """The same as apps get it: with addresses of media, and formulas as MathML."""
    data = attempt_out(attempt)
    return _json(data | {"paper": shown(data["paper"])}, AttemptOut)


def _json(data: dict[str, Any], schema: type[AttemptOut] | type[SavedOut] | type[SubmittedOut]) -> dict[str, Any]:
    return schema.model_validate(data).model_dump(mode="json", exclude_unset=True)


@permitted("exams.sit")
@throttled("start")
class Start(MethodView):
    """Begin an exam, or go on with the attempt that is open."""

    schema = AttemptOut
    bodies = {"POST": StartIn}
    answers = {"POST": [(201, AttemptOut), (200, AttemptOut)]}

    def post(self, exam_id: UUID, data: StartIn) -> ResponseReturnValue:
        """Start an attempt: 201 for a new one, 200 for the open one. However often it is called, there is one."""
        attempt, created = operations.start(exam_id, me().id, data.access_code)
        return attempt_json(attempt), 201 if created else 200


@permitted("attempts.read")
class ExamAttempts(ListView):
    """All attempts at one exam, for those who watch."""

    model, schema = Attempt, ExamAttemptOut
    filters, search, ordering = ("state", "user_id"), (), ("-started_at", "number")

    def get(self, exam_id: UUID) -> ResponseReturnValue:
        """Who sat the exam, and how far they are; as JSON, or all of them as CSV (`Accept` or `?format=csv`)."""
        exam = find_exam(exam_id)
        operations.finish_overdue(exam_id=exam_id)
        return self.csv(exam.title) if csv_wanted() else super().get(exam_id=exam_id)

    def query(self) -> Statement:
        """The attempts at the exam of the address, with their candidates."""
        columns = [Attempt.id, Attempt.user_id, User.name, User.email, Attempt.number, Attempt.state,
                   Attempt.started_at, Attempt.deadline_at, Attempt.submitted_at, Attempt.step_count]  # fmt: skip
        return (
            sa.select(*columns)
            .join(User, sa.and_(User.tenant_id == Attempt.tenant_id, User.id == Attempt.user_id))
            .where(Attempt.tenant_id == tenant_id(), Attempt.exam_id == (request.view_args or {})["exam_id"])
        )

    def csv(self, title: str) -> Response:
        """All rows, streamed as they come from the database."""
        statement = filtered(self.query(), Attempt, self.filters, request.args)
        return csv_file(f"attempts-{title}", COLUMNS, statement.order_by(User.name, Attempt.number, Attempt.id))


@permitted("exams.sit")
class OwnAttempts(ListView):
    """One's own attempts, the newest first."""

    model, schema = Attempt, OwnAttemptOut
    filters, ordering = ("exam_id", "state"), ("-started_at",)

    def get(self) -> ResponseReturnValue:
        """Which exams one sat, and how each attempt stands."""
        operations.finish_overdue(user_id=me().id)
        return super().get()

    def query(self) -> Statement:
        """The candidate's own, with the exam's title."""
        columns = [Attempt.id, Attempt.exam_id, Exam.title.label("exam_title"), Attempt.number, Attempt.state,
                   Attempt.started_at, Attempt.deadline_at, Attempt.submitted_at]  # fmt: skip
        return (
            sa.select(*columns)
            .join(Exam, sa.and_(Exam.tenant_id == Attempt.tenant_id, Exam.id == Attempt.exam_id))
            .where(Attempt.tenant_id == tenant_id(), Attempt.user_id == me().id)
        )


@permitted("exams.sit")
class OwnAttempt(DetailView):
    """One of one's own attempts, with its stored answers; its paper while it is open, null after."""

    schema = AttemptOut

    def load(self, **url: Any) -> Found:
        """The candidate's own."""
        return operations.load(url["id"], me().id)

    def represent(self, record: Found) -> dict[str, Any]:
        """As its candidate sees it."""
        return attempt_json(record)


@permitted("exams.sit")
@throttled("save")
class Answers(MethodView):
    """The answers of an open attempt."""

    schema = SavedOut
    bodies = {"PUT": SavesIn}

    def put(self, id: UUID, data: SavesIn) -> ResponseReturnValue:
        """Save answers. 200 whatever becomes of each: only what stands under `accepted` is stored, durably.

        Codes of refusal: `invalid` (unknown slot or wrong shape), `late`, `closed`, `stale` (seq not above the stored
        one), `conflict` (base is not the stored seq: another tab or device has saved meanwhile).
        """
        saves = [saving.Save(item.slot, item.response, item.seq, item.base, item.client_time) for item in data.answers]
        return saved_out(operations.save(id, me().id, saves))


def saved_out(saved: operations.Saved) -> dict[str, Any]:
    """What became of the saves, as the API gives it out."""
    refused = [
        {"slot": decision.slot, "seq": decision.seq, "code": decision.code.value,
         "current": {"seq": decision.current.seq, "response": decision.current.response} if decision.current else None}
        for decision in saved.decisions if isinstance(decision, saving.Refused)
    ]  # fmt: skip
    accepted = [
        {"slot": decision.slot, "seq": decision.seq}
        for decision in saved.decisions
        if isinstance(decision, saving.Accepted)
    ]
    data = {
        "accepted": accepted,
        "refused": refused,
        "server_time": saved.server_time,
        "deadline_at": saved.deadline_at,
        "step": saved.step,
    }
    return _json(data, SavedOut)


@permitted("exams.sit")
@throttled("save")
class Files(MethodView):
    """Files for the questions of an open attempt that ask for some."""

    schema = FileOut
    uploads = {"POST": FileIn}
    answers = {"POST": (201, FileOut)}

    def admit(self, *_: Any, **url: Any) -> None:
        """Refuse what is larger than any file that the attempt takes."""
        most = refuse_large(operations.load(url["id"], me().id), request.content_length)
        request.max_content_length = min(most, request.max_content_length or most)

    def post(self, id: UUID) -> ResponseReturnValue:
        """Hand up a file. It counts as soon as an answer names it: `{"files": ["<id>"]}`, saved as every answer is."""
        upload, number = request.files.get("file"), request.form.get("slot", "")
        if upload is None:
            raise Invalid(errors=[FieldError("file", N_("Send the file as multipart/form-data, in the field “file”."))])
        if not (number.isascii() and number.isdigit() and len(number) < 6):
            raise Invalid(errors=[FieldError("slot", N_("Give the number of the question's slot."))])
        attempt = operations.load(id, me().id)
        return _file(hand_up(attempt, int(number), upload.filename or "", upload.read())), 201


@permitted("exams.sit")
class OwnFile(MethodView):
    """A file that one handed up."""

    def get(self, id: UUID, file_id: str) -> ResponseReturnValue:
        """Download it; a browser never shows it inline."""
        return _download(load_file(id, file_id, me().id))


@permitted("attempts.read")
class AnyFile(MethodView):
    """A file that a candidate handed up, for those who mark."""

    def get(self, id: UUID, file_id: str) -> ResponseReturnValue:
        """Download it; a browser never shows it inline."""
        return _download(load_file(id, file_id))


def _download(file: AttemptFile) -> Response:
    if not media.exists(file.digest):
        raise NotFound()
    return send_file(
        media.path_of(file.digest), "application/octet-stream", as_attachment=True, download_name=file.name
    )


def _file(file: AttemptFile) -> dict[str, Any]:
    data = {"id": file.id.hex, "name": file.name, "size": file.size, "media_type": file.media_type}
    return FileOut.model_validate(data).model_dump(mode="json")


@permitted("exams.sit")
@throttled("save")
class Submit(MethodView):
    """The end of an attempt."""

    schema = SubmittedOut

    def post(self, id: UUID) -> ResponseReturnValue:
        """Submit. Once it is done, doing it again gives the same answer."""
        attempt = operations.submit(id, me().id)
        if attempt.submitted_at is None:
            raise NotFound()
        return _json({"state": attempt.state, "submitted_at": attempt.submitted_at}, SubmittedOut)
