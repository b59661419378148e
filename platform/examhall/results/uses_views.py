"""The two faces of where a question is used."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from examhall.bank.reading import load_bank, load_question
from examhall.results.uses import MEASURED, uses
from examhall.web.guards import permitted
from examhall.web.views import MethodView


class InExamOut(BaseModel):
    """An exam that asks a question, or may.

    `fixed`: a section names it, in the `version` that it is pinned to, or in the latest ready one where that is null.
    `draws`: a section may draw it now. `attempts` were asked it, those in progress included.
    """

    id: UUID
    title: str
    fixed: bool
    version: int | None
    draws: bool
    attempts: int


class BehaviourOut(BaseModel):
    """How one version did in finished attempts."""

    version: int
    asked: int
    answered: int
    pending: int = Field(description="Answers that wait for a marker.")
    facility: str | None = Field(
        description="Mean fraction of all that do not wait, no answer being 0; null where there is none yet.",
        examples=["0.6250"],
    )


class UsesOut(BaseModel):
    """Where a question is used, and how it behaved."""

    attempts: int
    measured: int = Field(description=f"Finished attempts behind the figures: the latest {MEASURED} at most.")
    exams: list[InExamOut]
    versions: list[BehaviourOut]


@permitted("banks.read")
class QuestionUses(MethodView):
    """Where a question is used."""

    schema = UsesOut

    def get(self, id: UUID) -> ResponseReturnValue:
        """Exams that ask it, how many attempts were asked it, and how its versions behaved."""
        found = uses(load_question(id))
        exams = [InExamOut.model_validate(each, from_attributes=True) for each in found.exams]
        versions = [
            BehaviourOut(
                version=each.version, asked=each.asked, answered=each.answered, pending=each.pending,
                facility=_text(each.facility),
            )
            for each in found.behaviours
        ]  # fmt: skip
        told = UsesOut(attempts=found.attempts, measured=found.measured, exams=exams, versions=versions)
        return told.model_dump(mode="json")


@permitted("banks.read")
class QuestionUsesPage(MethodView):
    """Where a question is used."""

    template = "results/question_uses.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """Exams, attempts, and how its versions behaved."""
        question = load_question(id)
        bank = load_bank(question.bank_id)
        return self.respond(question=question, bank=bank, uses=uses(question), most=MEASURED)


def _text(facility: Decimal | None) -> str | None:
    return None if facility is None else f"{facility:.4f}"
