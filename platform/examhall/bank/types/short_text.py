"""A word or a phrase to write, compared with the answers that the author foresaw.

Rules: reference semantics §2.2. `*` in an answer stands for any run of characters, `\\*` for a star; the whole text is
compared, both sides in NFC with white space folded; the first answer that matches wins, so their order has meaning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Annotated

from pydantic import Field, StrictBool, field_validator

from examhall.bank.richtext import plain_text
from examhall.bank.types.contract import (
    ONE,
    ZERO,
    AnswerText,
    Arrangement,
    Body,
    Fraction,
    InvalidResponse,
    Part,
    QuestionType,
    Revelation,
    RichText,
    at_least,
    only,
    refusal,
    writable,
)
from examhall.errors import N_, FieldError

RESPONSE_LIMIT = 2_000
ANSWERS_LIMIT = 100
_STAR = re.compile(r"(?<!\\)\*+")


class TextAnswer(Part):
    """One answer and the fraction, 0 to 1, that it earns."""

    text: AnswerText
    fraction: Fraction
    feedback: RichText = ""

    @field_validator("text")
    @classmethod
    def _not_blank(cls, text: str) -> str:
        if not text.strip():
            raise refusal(N_("Write a text here."))
        return text

    @field_validator("fraction")
    @classmethod
    def _not_negative(cls, fraction: Decimal) -> Decimal:
        if fraction < 0:
            raise refusal(N_("A written answer cannot earn less than 0. Give it a fraction from 0 to 1."))
        return fraction


class ShortTextBody(Body):
    """A prompt and its answers, in the order in which they are tried."""

    case_sensitive: StrictBool = False
    answers: Annotated[tuple[TextAnswer, ...], Field(max_length=ANSWERS_LIMIT), at_least(1)]


class ShortText(QuestionType[ShortTextBody]):
    """The response is worth the fraction of the first answer that matches it, or 0."""

    name = "short_text"
    label = N_("Short text")
    Body = ShortTextBody

    def check(self, body: ShortTextBody) -> Iterator[FieldError]:
        if ONE not in (answer.fraction for answer in body.answers):
            yield FieldError("answers", N_("No answer earns the whole mark. Give the right one the fraction 1."))
        seen: dict[tuple[str, ...], int] = {}
        for place, answer in enumerate(body.answers):
            pattern = _pieces(answer.text, body.case_sensitive)
            first = seen.get(("", ""), seen.get(pattern))
            if first is not None:
                message = N_(
                    "Answer %(first)s already matches all of this, and the first match counts. Move or remove one."
                )
                yield FieldError(f"answers.{place}.text", message, {"first": first + 1})
            seen.setdefault(pattern, place)

    def read(self, arrangement: Arrangement, response: object) -> str | None:
        if response is None:
            return None
        text = only(response, "text")
        if not isinstance(text, str) or not writable(text):
            raise InvalidResponse(N_("Write a text, without control characters."))
        if len(text) > RESPONSE_LIMIT:
            raise InvalidResponse(N_("Shorten your answer to at most 2000 characters."))
        return text if text.strip() else None

    def grade(self, body: ShortTextBody, response: str | None) -> Decimal:
        answer = _match(body, response)
        return answer.fraction if answer else ZERO

    def reveal(self, body: ShortTextBody, arrangement: Arrangement, response: str | None) -> Revelation:
        answer = _match(body, response)
        right = next(answer.text for answer in body.answers if answer.fraction == ONE)
        anything = _pieces(right, body.case_sensitive) == ("", "")
        return {
            "correct": None if anything else {"text": right.replace("\\*", "*")},
            "feedback": [answer.feedback] if answer and plain_text(answer.feedback) else [],
            "general_feedback": body.feedback,
        }

    def bounds(self, body: ShortTextBody) -> tuple[Decimal, Decimal]:
        return ZERO, ONE


def _match(body: ShortTextBody, response: str | None) -> TextAnswer | None:
    if response is None or not response.strip():
        return None
    text = _folded(response, body.case_sensitive)
    return next((answer for answer in body.answers if _matches(_pieces(answer.text, body.case_sensitive), text)), None)


def _folded(text: str, case_sensitive: bool) -> str:
    """A text as it is compared: NFC, trimmed, every run of white space one space, without case unless it counts."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    return line if case_sensitive else unicodedata.normalize("NFC", line.casefold())


@lru_cache(maxsize=4096)
def _pieces(pattern: str, case_sensitive: bool) -> tuple[str, ...]:
    """The literal runs of a pattern, between its stars: one piece when it has none."""
    return tuple(piece.replace("\\*", "*") for piece in _STAR.split(_folded(pattern, case_sensitive)))


def _matches(pieces: Sequence[str], text: str) -> bool:
    """Whether the text is the pieces with any runs between them; linear in the text for each piece, no regex."""
    if len(pieces) == 1:
        return text == pieces[0]
    head, *middle, tail = pieces
    if len(text) < len(head) + len(tail) or not text.startswith(head) or not text.endswith(tail):
        return False
    place, end = len(head), len(text) - len(tail)
    for piece in middle:
        found = text.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return True
