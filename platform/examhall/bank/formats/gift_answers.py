"""The answer block of a GIFT question: what stands between its braces decides type and body.

Rules: reference semantics §2.3. A trap of the original that is not copied: there, an unescaped "=" in a feedback begins
another answer. Here it does only where it stands like one: first on its line, or after a space and before a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import Any

from examhall.bank.formats import Message
from examhall.bank.formats.passage import Passage
from examhall.bank.richtext import MARKDOWN_LIMIT, RENDERERS, foreign_tags, render
from examhall.bank.types.choice import OPTIONS_LIMIT
from examhall.bank.types.contract import as_text, exact
from examhall.bank.types.short_text import ANSWERS_LIMIT
from examhall.errors import N_

_PIECES_LIMIT = max(OPTIONS_LIMIT, ANSWERS_LIMIT) + 1
_MARK = re.compile(r"(?P<line>\n[^\S\n]*+)?(?P<mark>~=?|=|#)")
_WEIGHT = re.compile(r"\s*%(?P<weight>-?[0-9]{1,3}(\.[0-9]*)?)%")
_LIKE_A_WEIGHT = re.compile(r"\s*%[-+0-9.,]+%")
_FORMAT = re.compile(rf"\s*\[({'|'.join(RENDERERS)})\]")
_VERDICTS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_WIDE = Context(prec=400)


@dataclass
class Answers:
    """What an answer block says, for its type to check: `lines` tells where each field of `data` stands."""

    type: str
    data: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One answer: its mark ("=", "~" or "" for a bare one), its weight in percent, its text and its feedback."""

    mark: str
    weight: Decimal | None
    text: Passage
    feedback: Passage | None


@dataclass
class Reader:
    """Reads the texts and answers of one question, and notes what its author should know."""

    text_format: str = "moodle"
    warnings: list[Message] = field(default_factory=list)

    def format_of(self, passage: Passage) -> tuple[str, Passage]:
        """The format that a text names, or the question's, and the text without that name."""
        named = _FORMAT.match(passage.text)
        return (named[1], passage.cut(named.end())) if named else (self.text_format, passage)

    def html(self, passage: Passage | None) -> str:
        """The HTML of a text, to be sanitised by the type that checks the body."""
        if passage is None:
            return ""
        text_format, text = self.format_of(passage)
        if text_format == "markdown" and len(text.text) > MARKDOWN_LIMIT:
            message = N_("Shorten this Markdown text to at most %(limit)s characters.")
            raise passage.fault(message, limit=MARKDOWN_LIMIT)
        html = render(text.plain(), text_format)
        if foreign := foreign_tags(html):
            note = N_("This is left out, as it may not stand in a question: %(tags)s. Write &lt; for a less-than sign.")
            self.warnings.append(passage.message(note, tags=", ".join(f"<{tag}>" for tag in foreign)))
        return html

    def answers(self, block: Passage) -> Answers:
        """What the block (without its braces) says. Raises Fault when it says nothing that can be imported."""
        block, general = _general_feedback(block)
        block = block.stripped()
        answers = self._reading(block)(block)
        answers.lines.setdefault("answers", block.line)
        answers.lines.setdefault("options", block.line)
        if general is not None:
            answers.data["feedback"] = self.html(general)
            answers.lines["feedback"] = general.line
        return answers

    def _reading(self, block: Passage) -> Callable[[Passage], Answers]:
        text = block.text
        if not text:
            raise block.fault(
                N_("Essay questions cannot be imported yet. Write answers between { and }, or remove the question.")
            )
        if text.startswith("#"):
            return self._numeric
        if "~" in text:
            return self._choice
        if "=" in text and "->" in text:
            raise block.fault(N_("Matching questions cannot be imported yet. Remove this one, or ask in another way."))
        return self._true_false if text.partition("#")[0].strip() in _VERDICTS else self._short_text

    def _true_false(self, block: Passage) -> Answers:
        verdict, feedback = block.parted("#")
        correct = _VERDICTS[verdict.text.strip()]
        wrong, right = feedback.parted("#") if feedback else (None, None)
        names = ("feedback_false", "feedback_true") if correct else ("feedback_true", "feedback_false")
        data = {"correct": correct, names[0]: self.html(wrong), names[1]: self.html(right)}
        lines = {name: part.line for name, part in zip(names, (wrong, right), strict=True) if part}
        return Answers("true_false", data, lines)

    def _choice(self, block: Passage) -> Answers:
        pieces = self._pieces(block)
        if not pieces[0].mark:
            raise pieces[0].text.fault(N_("Begin each option with = when it is right, with ~ when it is wrong."))
        if len(pieces) < 2:
            raise block.fault(N_("This question has one option only. Add another one, such as ~a wrong answer."))
        right = [piece for piece in pieces if piece.mark == "="]
        for piece in right:
            if piece.weight not in (None, 100):
                raise piece.text.fault(
                    N_("An option with = earns the whole mark. Write ~ before the weight of a part of it.")
                )
        if len(right) > 1:
            note = N_(
                "Several options are right, and one may be chosen. To have all ticked, give each a weight: %(example)s."
            )
            self.warnings.append(block.message(note, example="~%50%"))
        options = [
            {
                "text": self.html(piece.text),
                "fraction": "1" if piece.mark == "=" else _fraction(piece.weight or Decimal(0)),
                "feedback": self.html(piece.feedback),
            }
            for piece in pieces
        ]
        return Answers("single_choice" if right else "multiple_choice", {"options": options}, _lines("options", pieces))

    def _short_text(self, block: Passage) -> Answers:
        pieces = self._pieces(block)
        if pieces[0].mark != "=":
            if len(pieces) > 1:
                raise pieces[0].text.fault(N_("Begin each answer with =."))
            if pieces[0].text.text.upper() in _VERDICTS:
                note = N_(
                    "This is read as a text to write. Write TRUE or FALSE in capitals for a true or false question."
                )
                self.warnings.append(block.message(note))
        answers = [
            {
                "text": self.format_of(piece.text)[1].plain(),
                "fraction": _fraction(Decimal(100) if piece.weight is None else piece.weight),
                "feedback": self.html(piece.feedback),
            }
            for piece in pieces
        ]
        return Answers("short_text", {"answers": answers}, _lines("answers", pieces))

    def _numeric(self, block: Passage) -> Answers:
        pieces = self._pieces(block.cut(1).stripped())
        if len(pieces) > 1 and not pieces[0].mark and pieces[1].mark == "=":
            raise pieces[0].text.fault(N_("Begin each answer with =."))
        answers = []
        for place, piece in enumerate(pieces):
            feedback = self.html(piece.feedback)
            if piece.mark == "~":
                if piece.text.text.strip() or place + 1 < len(pieces):
                    raise piece.text.fault(
                        N_("In a question for a number, ~#text may follow the answers, for any other number.")
                    )
                answers.append({"any": True, "fraction": "0", "feedback": feedback})
            else:
                weight = Decimal(100) if piece.weight is None else piece.weight
                answers.append({**_interval(piece.text), "fraction": _fraction(weight), "feedback": feedback})
        return Answers("numeric", {"answers": answers}, _lines("answers", pieces))

    def _pieces(self, block: Passage) -> list[_Piece]:
        """The answers of a block, in order; never none."""
        starts: list[tuple[int, int, str]] = []
        in_feedback = False
        for found in _MARK.finditer(block.text):
            mark, place = found["mark"], found.start("mark")
            if mark == "#":
                in_feedback = True
            elif mark == "=" and in_feedback and not (found["line"] or _like_an_answer(block.text, place)):
                note = N_(
                    "An = within a feedback is read as text. Write \\= there; begin an answer on a line of its own."
                )
                self.warnings.append(block.cut(place).message(note))
            else:
                starts.append((place, found.end(), mark[-1]))
                in_feedback = False
            if len(starts) > _PIECES_LIMIT or len(self.warnings) > _PIECES_LIMIT:
                raise block.fault(N_("This question has too many answers. Is a } or a blank line missing?"))
        first = starts[0][0] if starts else len(block.text)
        bare = [(0, 0, "")] if not starts or block.text[:first].strip() else []
        bounds = [*bare, *starts]
        ends = [start for start, _, _ in bounds[1:]] + [len(block.text)]
        return [_piece(mark, block.cut(begin, end)) for (_, begin, mark), end in zip(bounds, ends, strict=True)]


def _like_an_answer(text: str, place: int) -> bool:
    return text[place - 1].isspace() and bool(text[place + 1 : place + 2].strip())


def _general_feedback(block: Passage) -> tuple[Passage, Passage | None]:
    place = block.text.rfind("####")
    return (block, None) if place < 0 else (block.cut(0, place), block.cut(place + 4))


def _piece(mark: str, passage: Passage) -> _Piece:
    weight = _WEIGHT.match(passage.text)
    percent = Decimal(weight["weight"]) if weight else None
    if (percent is None and _LIKE_A_WEIGHT.match(passage.text)) or (percent is not None and not -100 <= percent <= 100):
        message = N_("Write a weight as a number from -100 to 100 with a point, such as %(example)s.")
        raise passage.stripped().fault(message, example="%33.333%")
    text, feedback = passage.cut(weight.end() if weight else 0).parted("#")
    return _Piece(mark, percent, text.stripped(), feedback)


def _lines(name: str, pieces: list[_Piece]) -> dict[str, int]:
    return {f"{name}.{place}": piece.text.line for place, piece in enumerate(pieces)}


def _fraction(percent: Decimal) -> str:
    return as_text(percent.scaleb(-2))


def _interval(passage: Passage) -> dict[str, Any]:
    """The value and tolerance of `v`, `v:tolerance` or `min..max`, or any number for `*`."""
    if passage.text == "*":
        return {"any": True}
    least, greatest = passage.parted("..")
    if greatest is not None:
        low, high = _number(least), _number(greatest)
        if low > high:
            raise passage.fault(N_("Write the smaller number first, such as 1..5."))
        value = _WIDE.divide(_WIDE.add(low, high), Decimal(2))
        return {"value": as_text(value), "tolerance": as_text(_WIDE.subtract(high, value))}
    value_text, tolerance = passage.parted(":")
    return {
        "value": as_text(_number(value_text)),
        "tolerance": as_text(_number(tolerance)) if tolerance is not None else "0",
    }


def _number(passage: Passage) -> Decimal:
    number = exact(passage.plain())
    if number is None:
        note = N_('"%(text)s" is not a number. Write digits and a point: 3.14 or 3.14:0.01 or 3..4.')
        raise passage.fault(note, text=passage.plain()[:40])
    return number
