"""A word or a phrase to write, compared with the answers that the author foresaw.

Rules: reference semantics §2.2. `*` in an answer stands for any run of characters, `\\*` for a star; the whole text is
compared, both sides in NFC with white space folded; the first answer that matches wins, so their order has meaning.
An answer may instead be a pattern in the syntax of RE2, whose time grows with the length of the text only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from typing import Annotated, Any

import re2
from pydantic import Field, StrictBool, field_validator

from examhall.bank.content.richtext import plain_text
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
PATTERNS_LIMIT = 20
PATTERN_MEMORY = 512 * 1024  # bytes for a compiled pattern: 2,000 characters took 9 ms at worst
_STAR = re.compile(r"(?<!\\)\*+")
_EVERYTHING = ("", "")  # the pieces of a star alone


class TextAnswer(Part):
    """One answer and the fraction, 0 to 1, that it earns; with `pattern`, its text is one for the whole response."""

    text: AnswerText
    pattern: StrictBool = False
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

    def matches(self, text: str, case_sensitive: bool) -> bool:
        """Whether a text that is not blank is this answer."""
        if not self.pattern:
            return _matches(_pieces(self.text, case_sensitive), _folded(text, case_sensitive))
        whole = unicodedata.normalize("NFC", text).strip()
        return _compiled(self.text, case_sensitive).fullmatch(whole) is not None


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
        if sum(answer.pattern for answer in body.answers) > PATTERNS_LIMIT:
            message = N_("Give at most %(limit)s patterns. One pattern can hold several: a|b.")
            yield FieldError("answers", message, {"limit": PATTERNS_LIMIT})
            return
        yield from _faulty_answers(body)

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
        answer, right = _match(body, response), self.full(body)
        return {
            "correct": None if right is None else {"text": right},
            "feedback": [answer.feedback] if answer and plain_text(answer.feedback) else [],
            "general_feedback": body.feedback,
        }

    def bounds(self, body: ShortTextBody) -> tuple[Decimal, Decimal]:
        return ZERO, ONE

    def guess(self, body: ShortTextBody) -> Decimal:
        return next((answer.fraction for answer in body.answers if _anything(answer)), ZERO)

    def full(self, body: ShortTextBody) -> str | None:
        """A text that earns the whole mark, None where only patterns or a star tell what does."""
        right = (answer for answer in body.answers if answer.fraction == ONE)
        texts = (answer.text.replace("\\*", "*") for answer in right if not answer.pattern and not _anything(answer))
        return next((text for text in texts if self.grade(body, text) == ONE), None)


def _match(body: ShortTextBody, text: str | None) -> TextAnswer | None:
    if text is None or not text.strip():
        return None
    return next((answer for answer in body.answers if answer.matches(text, body.case_sensitive)), None)


def _faulty_answers(body: ShortTextBody) -> Iterator[FieldError]:
    """Patterns that cannot be, and answers that an earlier one of another worth hides.

    Only a text without stars is held against the stars and patterns before it; all else is looked up.
    """
    case_sensitive = body.case_sensitive
    firsts: dict[object, int] = {}
    wide: list[tuple[int, str, str, Callable[[str], object]]] = []
    for place, answer in enumerate(body.answers):
        if answer.pattern and (reason := _broken(answer.text)):
            message = N_("This pattern cannot be used (%(reason)s). Correct it; patterns follow the syntax of RE2.")
            yield FieldError(f"answers.{place}.text", message, {"reason": reason})
            continue
        key = answer.text if answer.pattern else _pieces(answer.text, case_sensitive)
        first = min(firsts.get(key, place), firsts.get(_EVERYTHING, place))
        if len(key) == 1 and not answer.pattern:
            first = min(first, _first_match(key[0], wide, place))
        if body.answers[first].fraction != answer.fraction:
            message = N_(
                "Answer %(first)s already matches all of this, and the first match counts. Move or remove one."
            )
            yield FieldError(f"answers.{place}.text", message, {"first": first + 1})
        firsts.setdefault(key, place)
        if answer.pattern:
            wide.append((place, "", "", _compiled(answer.text, case_sensitive).fullmatch))
        elif len(key) > 1:
            wide.append((place, key[0], key[-1], partial(_matches, key)))


def _first_match(text: str, wide: Sequence[tuple[int, str, str, Callable[[str], object]]], otherwise: int) -> int:
    """The place of the first of these that matches a text; each with what a text must begin and end with."""
    for place, head, tail, matches in wide:
        if text.startswith(head) and text.endswith(tail) and matches(text):
            return place
    return otherwise


def _anything(answer: TextAnswer) -> bool:
    return not answer.pattern and _pieces(answer.text, True) == _EVERYTHING


def _broken(pattern: str) -> str | None:
    """Why RE2 does not take a pattern."""
    try:
        _compiled(pattern, True)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    return None


def _compiled(pattern: str, case_sensitive: bool) -> Any:
    """A pattern ready to match, from RE2's own cache. Its letters may be decomposed no more than those of a text."""
    options = re2.Options()
    options.case_sensitive, options.log_errors, options.max_mem = case_sensitive, False, PATTERN_MEMORY
    return re2.compile(unicodedata.normalize("NFC", pattern), options)


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
