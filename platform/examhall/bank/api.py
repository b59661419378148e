"""The JSON face of the bank: banks, questions, versions, imports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from examhall.bank import operations
from examhall.bank.formats import Import, Item, Message
from examhall.bank.models import Bank, Question, QuestionVersion
from examhall.bank.reading import QuestionList, counted_banks, load_bank, load_question, question_count
from examhall.bank.schemas import (
    BankChange,
    BankIn,
    BankOut,
    ImportArguments,
    ImportedOut,
    ImportOut,
    LineOut,
    QuestionArguments,
    QuestionChange,
    QuestionFull,
    QuestionIn,
    QuestionOut,
    UploadIn,
    VersionIn,
    VersionOut,
)
from examhall.errors import N_, BadRequest, FieldError, Invalid
from examhall.extensions import Statement
from examhall.web.conditional import require_match
from examhall.web.guards import permitted, throttled
from examhall.web.views import ListView, MethodView, json_of, paging_headers

FORMATS = ("gift",)


@permitted(GET="banks.read", POST="banks.write")
class Banks(ListView):
    """The question banks of the organization."""

    model, schema = Bank, BankOut
    search, ordering = ("name", "description"), ("name", "created_at", "updated_at")
    bodies = {"POST": BankIn}
    answers = {"POST": (201, BankOut)}

    def query(self) -> Statement:
        """Banks with the number of their questions."""
        return counted_banks()

    def represent(self, record: Any) -> dict[str, Any]:
        """A bank and its number of questions."""
        bank, question_count = record
        return _bank(bank, question_count)

    def post(self, data: BankIn) -> ResponseReturnValue:
        """Make a new, empty bank."""
        bank = operations.create_bank(data.name, data.description)
        return json_of(bank, _bank(bank, 0), 201)


@permitted(GET="banks.read", PATCH="banks.write")
class BankItem(MethodView):
    """One bank."""

    model, schema = Bank, BankOut
    bodies = {"PATCH": BankChange}

    def get(self, id: UUID) -> ResponseReturnValue:
        """Show a bank."""
        bank = load_bank(id)
        return json_of(bank, _bank(bank, question_count(id)))

    def patch(self, id: UUID, data: BankChange) -> ResponseReturnValue:
        """Change name or description. Send the ETag that you read as `If-Match`."""
        bank = load_bank(id)
        require_match(bank)
        operations.update_bank(bank, name=data.name, description=data.description)
        return json_of(bank, _bank(bank, question_count(id)))


@permitted(GET="banks.read", POST="banks.write")
class Questions(QuestionList):
    """The questions of one bank. `category` finds those below it, too; `tag` and `q` narrow further."""

    schema = QuestionOut
    bodies = {"POST": QuestionIn}
    answers = {"POST": (201, QuestionFull)}
    arguments = {"GET": QuestionArguments}

    def get(self, id: UUID) -> ResponseReturnValue:
        """List the questions, without their bodies."""
        load_bank(id)
        rows, page = self.page_of(self.query().where(Question.bank_id == id))
        return [self.represent(row) for row in rows], 200, paging_headers(page, {"id": id})

    def post(self, id: UUID, data: QuestionIn) -> ResponseReturnValue:
        """Add a question with its first version."""
        load_bank(id)
        question = operations.create_question(
            id, data.type, data.name, data.body, tags=data.tags, category=data.category, status=data.status
        )
        return json_of(question, _question(question), 201)


@permitted(GET="banks.read", PATCH="banks.write")
class QuestionItem(MethodView):
    """One question, with what it asks now."""

    model, schema = Question, QuestionFull
    bodies = {"PATCH": QuestionChange}

    def get(self, id: UUID) -> ResponseReturnValue:
        """Show a question with the body of its latest version."""
        question = load_question(id)
        return json_of(question, _question(question))

    def patch(self, id: UUID, data: QuestionChange) -> ResponseReturnValue:
        """Change name, tags, category or status. Send the ETag that you read as `If-Match`.

        To change what it asks, add a version.
        """
        question = load_question(id)
        require_match(question)
        operations.update_question(question, name=data.name, category=data.category, tags=data.tags, status=data.status)
        return json_of(question, _question(question))


@permitted(GET="banks.read", POST="banks.write")
class Versions(ListView):
    """What a question asked, version by version. A version never changes; attempts keep the one they began with."""

    model, schema = QuestionVersion, VersionOut
    ordering = ("-number",)
    bodies = {"POST": VersionIn}
    answers = {"POST": (201, VersionOut)}

    def get(self, id: UUID) -> ResponseReturnValue:
        """List the versions, the latest first."""
        load_question(id)
        rows, page = self.page_of(self.query().where(QuestionVersion.question_id == id))
        return [self.represent(row) for row in rows], 200, paging_headers(page, {"id": id})

    def post(self, id: UUID, data: VersionIn) -> ResponseReturnValue:
        """Let the question ask something else from now on.

        A body that says what the latest version says already adds none: then that version is the answer.
        """
        version = operations.add_version(load_question(id), data.body, data.name)
        return self.represent(version), 201


@permitted("banks.write")
@throttled(POST="import")
class Imports(MethodView):
    """Questions from a file, sent as multipart/form-data: `file`, and `format` (`gift`, which it is without it)."""

    schema = ImportOut
    uploads, arguments = {"POST": UploadIn}, {"POST": ImportArguments}
    answers = {"POST": [(201, ImportOut), (200, ImportOut)]}

    def post(self, id: UUID) -> ResponseReturnValue:
        """Import all questions of a file, or none.

        With `?dry_run=true` nothing is written: the answer (200) tells what the file holds and what is wrong with it.
        Without it a file that has errors is refused (422); the problem's `errors` name each line as `line 12`.
        """
        load_bank(id)
        dry_run = _flag("dry_run")
        found = operations.check_gift(id, _upload())
        if not dry_run:
            refuse_faulty(found)
            operations.import_questions(id, found.questions)
        answer = ImportOut(
            questions=[_imported(parsed) for parsed in found.questions],
            errors=[_line(message) for message in found.errors],
            committed=not dry_run,
        )
        return answer.model_dump(mode="json"), 200 if dry_run else 201


def refuse_faulty(found: Import) -> None:
    """Raise `Invalid`, with an error for each line, unless every question of a file is sound."""
    if found.errors:
        raise Invalid(
            N_("The file has errors, so nothing was imported. Mend these lines and send it again."),
            errors=[FieldError(f"line {message.line}", message.text, message.params) for message in found.errors],
        )


def _upload() -> bytes:
    upload = request.files.get("file")
    if upload is None:
        message = N_("Send the file as multipart/form-data, in the field “file”.")
        raise Invalid(errors=[FieldError("file", message)])
    name = request.form.get("format", FORMATS[0])
    if name not in FORMATS:
        message = N_("There is no such format. Choose one of: %(known)s.")
        raise Invalid(errors=[FieldError("format", message, {"known": ", ".join(FORMATS)})])
    data: bytes = upload.read()
    return data


def _flag(name: str) -> bool:
    text = request.args.get(name, "false")
    if text not in ("true", "false"):
        message = N_("Give true or false.")
        raise BadRequest(message, errors=[FieldError(name, message)])
    return text == "true"


def _bank(bank: Bank, question_count: int) -> dict[str, Any]:
    values = {name: getattr(bank, name) for name in BankOut.model_fields if name != "question_count"}
    return BankOut(**values, question_count=question_count).model_dump(mode="json")


def _question(question: Question) -> dict[str, Any]:
    body = operations.bodies([question.latest_version_id])[question.latest_version_id]
    shown = QuestionOut.model_validate(question, from_attributes=True).model_dump(mode="json")
    return shown | {"body": body.to_json()}


def _imported(parsed: Item) -> ImportedOut:
    return ImportedOut(
        line=parsed.line,
        name=parsed.name,
        type=parsed.type,
        category=parsed.category,
        tags=parsed.tags,
        body=parsed.body,
        warnings=[_line(message) for message in parsed.warnings],
    )


def _line(message: Message) -> LineOut:
    return LineOut(line=message.line, message=gettext(message.text, **message.params))
