"""A text between questions: instructions, a case, a source. It takes no answer and has no mark."""

from __future__ import annotations

from decimal import Decimal

from examhall.bank.types.contract import ZERO, Arrangement, Body, InvalidResponse, QuestionType, Revelation
from examhall.errors import N_


class DescriptionBody(Body):
    """Only the prompt is shown."""


class Description(QuestionType[DescriptionBody]):
    """Nothing to answer, nothing to earn."""

    name = "description"
    label = N_("Text without a question")
    Body = DescriptionBody
    answerable = False

    def read(self, arrangement: Arrangement, response: object) -> None:
        if response is not None:
            raise InvalidResponse(N_("This is a text to read. It takes no answer."))

    def grade(self, body: DescriptionBody, response: None) -> Decimal:
        return ZERO

    def reveal(self, body: DescriptionBody, arrangement: Arrangement, response: None) -> Revelation:
        return {"correct": None, "feedback": [], "general_feedback": body.feedback}

    def bounds(self, body: DescriptionBody) -> tuple[Decimal, Decimal]:
        return ZERO, ZERO

    def guess(self, body: DescriptionBody) -> None:
        return None
