"""A text that a person marks."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints

from examhall.bank.types.contract import (
    ONE,
    ZERO,
    Arrangement,
    Body,
    InvalidResponse,
    QuestionType,
    Revelation,
    RichText,
    only,
    storable,
    writable,
)
from examhall.bank.types.parts import whole
from examhall.errors import N_, FieldError

RESPONSE_LIMIT = 100_000
TEMPLATE_LIMIT = 10_000
WORDS_LIMIT = 20_000
LINES_LIMIT = 100


Words = Annotated[int, whole(1, WORDS_LIMIT)]


class EssayBody(Body):
    """What is asked, how long it may be and what markers should look for.

    `template` is the plain text that the answer begins with; `min_words` and `max_words` tell the candidate and do not
    refuse anything; `lines` is the height of the field; `marking_notes`, HTML, is for markers only.
    """

    template: Annotated[str, StringConstraints(max_length=TEMPLATE_LIMIT), AfterValidator(storable)] = ""
    min_words: Words | None = None
    max_words: Words | None = None
    lines: Annotated[int, whole(1, LINES_LIMIT)] = 10
    marking_notes: RichText = ""


class Essay(QuestionType[EssayBody]):
    """The response is kept as it was written; a blank one is worth 0, any other what its marker says."""

    name = "essay"
    label = N_("Essay")
    Body = EssayBody
    needs_marker = True

    def check(self, body: EssayBody) -> Iterator[FieldError]:
        if body.min_words and body.max_words and body.min_words > body.max_words:
            yield FieldError("max_words", N_("The most words are fewer than the least. Change one of the two."))

    def present(self, body: EssayBody, arrangement: Arrangement) -> dict[str, Any]:
        return {
            "prompt": body.prompt,
            "template": body.template,
            "min_words": body.min_words,
            "max_words": body.max_words,
            "lines": body.lines,
        }

    def read(self, arrangement: Arrangement, response: object) -> str | None:
        if response is None:
            return None
        text = only(response, "text")
        if not isinstance(text, str) or not writable(text):
            raise InvalidResponse(N_("Write a text, without control characters."))
        if len(text) > RESPONSE_LIMIT:
            raise InvalidResponse(N_("Shorten your answer to at most 100,000 characters."))
        return text if text.strip() else None

    def grade(self, body: EssayBody, response: str | None) -> Decimal | None:
        return None if response and response.strip() else ZERO

    def reveal(self, body: EssayBody, arrangement: Arrangement, response: str | None) -> Revelation:
        return {"correct": None, "feedback": [], "general_feedback": body.feedback}

    def bounds(self, body: EssayBody) -> tuple[Decimal, Decimal]:
        return ZERO, ONE
