"""The answer block of a GIFT question: what stands between its braces decides type and body.

Rules: reference semantics §2.3. What its author surely meant is read, with a warning where other systems read it
otherwise or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from examhall.bank.content.richtext import MARKDOWN_LIMIT, RENDERERS, render, sanitise
from examhall.bank.formats import Message
from examhall.bank.formats.attributes import READ_AS_TEXT, listed, settled
from examhall.bank.formats.gift.pieces import Piece, pieces_of
from examhall.bank.formats.mathml import with_latex
from examhall.bank.formats.passage import Passage
from examhall.bank.formats.tags import TAG, told_apart_by_tags, without_tags
from examhall.bank.types.choice import OPTIONS_LIMIT
from examhall.bank.types.contract import as_text, exact
from examhall.bank.types.nesting import DEPTH_LIMIT, too_deep
from examhall.errors import N_

_FORMAT = re.compile(rf"\s*\[({'|'.join(RENDERERS)})\]", re.IGNORECASE)
_VERDICTS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_COMMENT = re.compile(r"(?:^|\s)//[^\n]*")
_TIMES_TEN = re.compile(r"\s*[x×*·]\s*10\s*(?:\^|\*\*)\s*\(?\s*(-?[0-9]{1,2})\)?")
_ROUNDING = Decimal("0.001")
_PLACES = 12
_ARROW = "->"


@dataclass
class Answers:
    """What an answer block says, for its type to check: `lines` tells where each field of `data` stands."""

    type: str
    data: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)

    def line_of(self, path: str, otherwise: int) -> int:
        """The line of the field at a path such as `options.2.text`, or of the nearest one around it."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path.rpartition(".")[0]
        return otherwise


@dataclass
class Reader:
    """Reads the texts and answers of one question, and notes what its author should know."""

    text_format: str = "moodle"
    warnings: list[Message] = field(default_factory=list)
    losses: list[Message] = field(default_factory=list)

    def format_of(self, passage: Passage) -> tuple[str, Passage]:
        """The format that a text names, or the question's, and the text without that name."""
        named = _FORMAT.match(passage.text)
        return (named[1].lower(), passage.cut(named.end())) if named else (self.text_format, passage)

    def html(self, passage: Passage | None) -> str:
        """The HTML of a text, to be sanitised by the type that checks the body."""
        return "" if passage is None else self.rendered(*self.format_of(passage))

    def rendered(self, text_format: str, text: Passage) -> str:
        """The same of a text whose format is known."""
        if text_format == "markdown" and len(text.text) > MARKDOWN_LIMIT:
            message = N_("Shorten this Markdown text to at most %(limit)s characters.")
            raise text.fault(message, limit=MARKDOWN_LIMIT)
        return self.told(render(text.plain(), text_format), text)

    def told(self, html: str, text: Passage) -> str:
        """The HTML of a text, after telling what of it is not kept."""
        if too_deep(html):
            message = N_("This text has tags within tags, more than %(limit)s deep. Paste it without its formatting.")
            raise text.fault(message, limit=DEPTH_LIMIT)
        html = with_latex(html)
        return settled(html, text.message, self.warnings, self.losses)

    def answers(self, block: Passage) -> Answers:
        """What the block (without its braces) says. Raises Fault when it says nothing that can be imported."""
        block, general = _general_feedback(block)
        block = block.stripped()
        answers = self._reading(block.text)(block)
        for name in ("answers", "options", "stems", "choices"):
            answers.lines.setdefault(name, block.line)
        if general is not None:
            answers.data["feedback"] = self.html(general)
            answers.lines["feedback"] = general.line
        return answers

    def _reading(self, text: str) -> Callable[[Passage], Answers]:
        if not text:
            return _essay
        if text.startswith("#"):
            return self._numeric
        if "~" in text:
            return self._choice
        if "=" in text and _ARROW in text:
            return self._matching
        return self._true_false if _verdict(text.partition("#")[0]) in _VERDICTS else self._short_text

    def _true_false(self, block: Passage) -> Answers:
        verdict, feedback = block.parted("#")
        correct = _VERDICTS[_verdict(verdict.text)]
        wrong, right = feedback.parted("#") if feedback else (None, None)
        names = ("feedback_false", "feedback_true") if correct else ("feedback_true", "feedback_false")
        data = {"correct": correct, names[0]: self.html(wrong), names[1]: self.html(right)}
        lines = {name: part.line for name, part in zip(names, (wrong, right), strict=True) if part}
        return Answers("true_false", data, lines)

    def _choice(self, block: Passage) -> Answers:
        pieces = pieces_of(block, self.warnings)
        if len(pieces) > OPTIONS_LIMIT:
            raise block.fault(N_("Give at most %(max_length)s entries here."), max_length=OPTIONS_LIMIT)
        if len(pieces) < 2:
            raise block.fault(N_("This question has one option only. Add another one, such as ~a wrong answer."))
        if not pieces[0].mark:
            note = N_("An option without = or ~ before it is read as a wrong one. Write ~ there, or = if it is right.")
            self.warnings.append(pieces[0].text.message(note))
        right = [piece for piece in pieces if piece.mark == "=" and piece.percent == 100]
        for piece in pieces:
            if piece.mark == "=" and piece.percent != 100:
                note = N_("An option with = earns the whole mark. It is read with ~, which takes a part of the mark.")
                self.warnings.append(piece.text.message(note))
        if len(right) > 1:
            note = N_(
                "Several options are right, and one may be chosen. To have all ticked, give each a weight: %(example)s."
            )
            self.warnings.append(block.message(note, example="~%50%"))
        told: dict[tuple[str, Decimal], Piece] = {}
        html = self._shown([piece.text for piece in pieces])
        for piece in pieces:
            percent = piece.percent if piece.mark else Decimal(0)
            text = html(piece.text)
            first = told.setdefault((text, percent), piece)
            if first is not piece and first.text.text:
                note = N_("This option stands there twice and is read once.")
                self.warnings.append(piece.text.message(note))
        fractions = [round(percent.scaleb(-2), _PLACES) for _, percent in told]
        if not right:
            fractions = self._sharing(fractions, block)
        options = [
            {"key": f"o{number}", "text": text, "fraction": as_text(fraction), "feedback": self.html(piece.feedback)}
            for number, (((text, _), piece), fraction) in enumerate(zip(told.items(), fractions, strict=True), start=1)
        ]
        kind = "single_choice" if right else "multiple_choice"
        return Answers(kind, {"options": options}, _lines("options", list(told.values())))

    def _shown(self, passages: Sequence[Passage]) -> Callable[[Passage], str]:
        """What gives the HTML of each of these, which nothing but tags may tell apart: <br>, <lb> and <break>."""
        said = [self.format_of(passage)[1].plain() for passage in passages]
        return self._of_tags if told_apart_by_tags(said) else self.html

    def _of_tags(self, passage: Passage) -> str:
        """The HTML of an option in which tags are what is said."""
        text_format, text = self.format_of(passage)
        if text_format == "plain":
            return self.rendered(text_format, text)
        said = text.plain()
        if tags := TAG.findall(said):
            self.warnings.append(text.message(READ_AS_TEXT, tags=listed(tags)))
        return render(without_tags(said), text_format)

    def _sharing(self, fractions: list[Decimal], block: Passage) -> list[Decimal]:
        """Fractions of which those above 0 make 1 together: others are scaled, as all that is right is worth 1."""
        total = sum((fraction for fraction in fractions if fraction > 0), Decimal(0))
        if not total or abs(total - 1) <= _ROUNDING:
            return fractions
        note = N_(
            "The weights of the right options add up to %(total)s %% and not to 100 %%. They are scaled, so that all"
            " right options together earn the whole mark."
        )
        self.warnings.append(block.message(note, total=as_text(total.scaleb(2))))
        return [round(fraction / total, _PLACES) if fraction > 0 else fraction for fraction in fractions]

    def _short_text(self, block: Passage) -> Answers:
        pieces = self._written(block)
        if len(pieces) == 1 and pieces[0].mark != "=" and set(pieces[0].text.text.upper().split()) <= _VERDICTS.keys():
            note = N_("This is read as a text to write. Write TRUE or FALSE in capitals for a true or false question.")
            self.warnings.append(block.message(note))
        answers = [
            {
                "text": self.format_of(piece.text)[1].plain(),
                "fraction": self._fraction(piece),
                "feedback": self.html(piece.feedback),
            }
            for piece in pieces
        ]
        return Answers("short_text", {"answers": answers}, _lines("answers", pieces))

    def _numeric(self, block: Passage) -> Answers:
        pieces = self._written(block.cut(1).stripped(), numbers=True)
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
                answers.append({**self._interval(piece.text), "fraction": self._fraction(piece), "feedback": feedback})
        return Answers("numeric", {"answers": answers}, _lines("answers", pieces))

    def _written(self, block: Passage, *, numbers: bool = False) -> list[Piece]:
        pieces = pieces_of(block, self.warnings, numbers=numbers)
        if not pieces[0].mark and any(piece.mark == "=" for piece in pieces):
            note = N_("An answer without = before it is read as a right one. Begin each answer with =.")
            self.warnings.append(pieces[0].text.message(note))
        return pieces

    def _fraction(self, piece: Piece) -> str:
        """The fraction of an answer that is written: never below 0."""
        if piece.percent < 0:
            message = N_("A written answer cannot earn less than 0, so this one earns 0 and not %(percent)s %%.")
            self.losses.append(piece.text.message(message, percent=as_text(piece.percent)))
        return as_text(round(max(piece.percent, Decimal(0)).scaleb(-2), _PLACES))

    def _matching(self, block: Passage) -> Answers:
        pieces = pieces_of(block, self.warnings)
        stems: list[dict[str, str]] = []
        keys: dict[str, str] = {}
        choices: list[dict[str, str]] = []
        lines: dict[str, int] = {}
        pairs = [(piece, *piece.text.parted(_ARROW)) for piece in pieces]
        stem_html = self._shown([stem.stripped() for _, stem, _ in pairs if stem.text.strip()])
        choice_html = self._shown([choice for _, _, choice in pairs if choice is not None])
        for piece, stem, choice in pairs:
            if piece.mark != "=" or choice is None or not choice.text.strip():
                raise piece.text.fault(N_("Write each pair as =this -> that."))
            if piece.weight is not None or piece.feedback is not None:
                message = N_("A pair has neither a weight nor a feedback of its own, so they are left out.")
                self.losses.append(piece.text.message(message))
            text = sanitise(choice_html(choice))
            key = keys.setdefault(" ".join(text.split()), f"c{len(keys) + 1}")
            if len(keys) > len(choices):
                lines[f"choices.{len(choices)}"] = choice.line
                choices.append({"key": key, "text": text})
            if stem.text.strip():
                lines[f"stems.{len(stems)}"] = stem.line
                stems.append({"text": stem_html(stem.stripped()), "choice": key})
        if len(pieces) < 2:
            raise block.fault(N_("This question has one pair only. Add another one on a line below: =this -> that."))
        if len(choices) < 2:
            raise block.fault(N_("All pairs have the same right side. Add another one, such as = -> that."))
        return Answers("matching", {"stems": stems, "choices": choices}, lines)

    def _interval(self, passage: Passage) -> dict[str, Any]:
        """The value and tolerance of `v` or `v:tolerance`, the bounds of `min..max`, or any number for `*`."""
        if passage.text == "*":
            return {"any": True}
        least, greatest = passage.parted("..")
        if greatest is not None:
            low, high = self._number(least), self._number(greatest)
            if low > high:
                raise passage.fault(N_("Write the smaller number first, such as 1..5."))
            return {"tolerance_type": "range", "low": as_text(low), "high": as_text(high)}
        value, tolerance = passage.parted(":")
        near = as_text(self._number(tolerance)) if tolerance is not None else "0"
        return {"value": as_text(self._number(value)), "tolerance": near}

    def _number(self, passage: Passage) -> Decimal:
        """The number that a text is, with a point, or one comma and some other ways of writing, which are told."""
        text = passage.plain()
        number = exact(text)
        if number is None and len(text) < 100:
            compact = _TIMES_TEN.sub(r"e\1", text).replace("\u2212", "-").replace(" ", "").replace("\u00a0", "")
            number = exact(compact.replace(",", ".") if compact.count(",") == 1 and "." not in compact else compact)
            if number is not None:
                note = N_("%(text)s is read as %(number)s.")
                self.warnings.append(passage.message(note, text=text, number=as_text(number)))
        if number is None:
            note = N_('"%(text)s" is not a number. Write digits and a point: 3.14 or 3.14:0.01 or 3..4.')
            raise passage.fault(note, text=text[:40])
        return number


def _verdict(text: str) -> str:
    """A text without the comments behind it, which some tools write there."""
    return _COMMENT.sub("", text).strip()


def _essay(block: Passage) -> Answers:
    return Answers("essay", {})


def _general_feedback(block: Passage) -> tuple[Passage, Passage | None]:
    place = block.text.rfind("####")
    return (block, None) if place < 0 else (block.cut(0, place), block.cut(place + 4))


def _lines(name: str, pieces: Sequence[Piece]) -> dict[str, int]:
    return {f"{name}.{place}": piece.text.line for place, piece in enumerate(pieces)}
