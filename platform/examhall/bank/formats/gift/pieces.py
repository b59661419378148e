"""The answers of a block, parted from each other: which =, ~ and # begin something, and which are text.

Rules: reference semantics §2.3. A trap of the original that is not copied: there, any unescaped "=" begins another
answer. Here one within a word, a formula or a feedback is text, unless nothing else in the block would be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from examhall.bank.formats import Message
from examhall.bank.formats.passage import Passage
from examhall.bank.types.choice import OPTIONS_LIMIT
from examhall.bank.types.short_text import ANSWERS_LIMIT
from examhall.errors import N_

_PIECES_LIMIT = max(OPTIONS_LIMIT, ANSWERS_LIMIT) + 1
_MARK = re.compile(r"(?P<line>\n[^\S\n]*+)?(?P<mark>~=?|=|#)")
_WEIGHT = re.compile(r"\s*%\s*(?P<weight>[-+\u2212]?(?:[0-9]{1,3}(?:[.,][0-9]{0,40})?|[.,][0-9]{1,40}))\s*%")
_LIKE_A_WEIGHT = re.compile(r"\s*%\s*[-+0-9.,\u2212]*[0-9][-+0-9.,\u2212]*\s*%")
_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})(?!\w)")
_SIGNS_OF_NUMBERS = str.maketrans({",": ".", "\u2212": "-"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One answer: its mark ("=", "~" or "" for a bare one), its weight in percent, its text and its feedback."""

    mark: str
    weight: Decimal | None
    text: Passage
    feedback: Passage | None

    @property
    def percent(self) -> Decimal:
        """The weight, or what the mark alone means."""
        return self.weight if self.weight is not None else Decimal(0 if self.mark == "~" else 100)


def pieces_of(block: Passage, warnings: list[Message], *, numbers: bool = False) -> list[Piece]:
    """The answers of a block, in order; never none. With `numbers` no answer is a colour. Raises Fault."""
    starts = list(_starts(block, warnings))
    first = starts[0][0] if starts else len(block.text)
    bare = [(0, 0, "")] if not starts or block.text[:first].strip() else []
    bounds = [*bare, *starts]
    ends = [start for start, _, _ in bounds[1:]] + [len(block.text)]
    pieces = [_piece(mark, block.cut(begin, end)) for (_, begin, mark), end in zip(bounds, ends, strict=True)]
    return pieces if numbers else [_coloured(piece, warnings) for piece in pieces]


def _starts(block: Passage, warnings: list[Message]) -> Iterator[tuple[int, int, str]]:
    """Where each answer's mark begins and ends, and the mark."""
    text, in_feedback, count = block.text, False, 0
    marks = list(_MARK.finditer(text))
    glued_is_text, spaced_is_text = _layout(text, marks)
    for found in marks:
        mark, place = found["mark"], found.start("mark")
        if mark == "#":
            in_feedback = True
            continue
        count += 1
        if count > 2 * _PIECES_LIMIT:
            raise block.fault(N_("This question has too many answers. Is a } or a blank line missing?"))
        if mark == "=" and not found["line"] and place and not _WEIGHT.match(text, place + 1):
            glued, spaced = not text[place - 1].isspace(), not text[place + 1 : place + 2].strip()
            if (glued or spaced) if in_feedback else (glued_is_text if glued else spaced and spaced_is_text):
                note = N_("An = within a text is read as text. Write \\= there; begin an answer on a line of its own.")
                if (message := block.cut(place).message(note)) not in warnings:
                    warnings.append(message)
                continue
        yield place, found.end(), mark[-1]
        in_feedback = False


def _layout(text: str, marks: list[re.Match[str]]) -> tuple[bool, bool]:
    """Whether an = within a word is text, and whether one between spaces is.

    Within a word it is where others stand apart. Between spaces it is where each answer has a line of its own.
    """
    tildes = [found for found in marks if found["mark"] != "=" and found["mark"] != "#"]
    apart = sum(
        1
        for found in marks
        if found["mark"].endswith("=") and (found["line"] or not found.start("mark") or _after_space(text, found))
    )
    lined = any(found["line"] for found in marks if found["mark"] != "#")
    return apart > (0 if tildes else 1), lined and all(found["line"] or not found.start("mark") for found in tildes)


def _after_space(text: str, found: re.Match[str]) -> bool:
    return found["mark"] == "~=" or text[found.start("mark") - 1].isspace()


def _piece(mark: str, passage: Passage) -> Piece:
    weight = _WEIGHT.match(passage.text)
    percent = Decimal(weight["weight"].translate(_SIGNS_OF_NUMBERS)) if weight else None
    if (percent is None and _LIKE_A_WEIGHT.match(passage.text)) or (percent is not None and not -100 <= percent <= 100):
        message = N_("Write a weight as a number from -100 to 100 with a point, such as %(example)s.")
        raise passage.stripped().fault(message, example="%33.333%")
    text, feedback = passage.cut(weight.end() if weight else 0).parted("#")
    return Piece(mark, percent, text.stripped(), feedback)


def _coloured(piece: Piece, warnings: list[Message]) -> Piece:
    """The answer, of which the # is no feedback but the beginning of a colour such as #ff0000."""
    if piece.text.text or piece.feedback is None or not _COLOUR.match(f"#{piece.feedback.text}"):
        return piece
    text, feedback = piece.feedback.parted("#")
    note = N_("The # of a colour is read as text. Write \\# there.")
    warnings.append(text.message(note))
    return replace(piece, text=Passage(f"#{text.text}", text.line).stripped(), feedback=feedback)
