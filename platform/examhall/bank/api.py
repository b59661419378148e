"""The JSON face of the bank: banks, questions, versions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from examhall.bank import operations
from examhall.bank.models import Access, Bank, Question, QuestionVersion
from examhall.bank.reading import (
    OF_BANK,
    QuestionList,
    counted_banks,
    load_bank,
    load_bank_level,
    load_question,
    question_count,
)
from examhall.bank.schemas import (
    BankChange,
    BankIn,
    BankOut,
    QuestionArguments,
    QuestionChange,
    QuestionFull,
    QuestionIn,
    QuestionOut,
    VersionIn,
    VersionOut,
)
from examhall.bank.sharing.access import LEVELS, access_of
from examhall.extensions import Statement
from examhall.web.conditional import require_match
from examhall.web.guards import permitted
from examhall.web.views import ListView, MethodView, json_of, paging_headers


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
        bank, question_count, level = record
        return _bank(bank, question_count, level)

    def post(self, data: BankIn) -> ResponseReturnValue:
        """Make a new, empty bank."""
        bank = operations.create_bank(data.name, data.description)
        return json_of(bank, _bank(bank, 0, LEVELS[Access.WRITE]), 201)


@permitted(GET="banks.read", PATCH="banks.write")
class BankItem(MethodView):
    """One bank."""

    model, schema = Bank, BankOut
    bodies = {"PATCH": BankChange}

    def get(self, id: UUID) -> ResponseReturnValue:
        """Show a bank."""
        bank, level = load_bank_level(id)
        return json_of(bank, _bank(bank, question_count(id), level))

    def patch(self, id: UUID, data: BankChange) -> ResponseReturnValue:
        """Change name or description. Send the ETag that you read as `If-Match`."""
        bank = load_bank(id)
        require_match(bank)
        operations.update_bank(bank, name=data.name, description=data.description)
        return json_of(bank, _bank(bank, question_count(id), LEVELS[Access.WRITE]))


@permitted(GET="banks.read", POST="banks.write")
class Questions(QuestionList):
    """The questions of one bank.

    `q` looks for all its words, the last of them as a beginning; "quotes" keep words together, a minus leaves out.
    Where `q` or `tag` find very many, `X-Total-Count` says only how many were counted (500 or more), and no last page
    is linked: follow `next`.
    """

    schema = QuestionOut
    bodies = {"POST": QuestionIn}
    answers = {"POST": (201, QuestionFull)}
    arguments = {"GET": QuestionArguments}

    def get(self, id: UUID) -> ResponseReturnValue:
        """List the questions, without their bodies."""
        load_bank(id)
        rows, page = self.page_of(OF_BANK, id)
        return [self.represent(row) for row in rows], 200, paging_headers(page, {"id": id})

    def post(self, id: UUID, data: QuestionIn) -> ResponseReturnValue:
        """Add a question with its first version."""
        load_bank(id)
        question = operations.create_question(
            id, data.type, data.name, data.body, category_id=data.category_id, tags=data.tags, category=data.category,
            difficulty=data.difficulty, language=data.language, points=data.points, status=data.status,
        )  # fmt: skip
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
        """Change how it is called and filed, or its status. Send the ETag that you read as `If-Match`.

        To change what it asks, add a version.
        """
        question = load_question(id)
        require_match(question)
        operations.update_question(question, **dict(data))
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
        version = operations.add_version(load_question(id), data.body, data.name, status=data.status)
        return self.represent(version), 201


def _bank(bank: Bank, question_count: int, level: int) -> dict[str, Any]:
    told: dict[str, Any] = {"question_count": question_count, "access": access_of(level)}
    values = {name: getattr(bank, name) for name in BankOut.model_fields if name not in told}
    return BankOut(**values, **told).model_dump(mode="json")


def _question(question: Question) -> dict[str, Any]:
    body = operations.bodies([question.latest_version_id])[question.latest_version_id]
    shown = QuestionOut.model_validate(question, from_attributes=True).model_dump(mode="json")
    return shown | {"body": body.to_json()}
