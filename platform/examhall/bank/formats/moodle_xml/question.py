"""One question while it is read: its element, its texts, and what its author should know."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from html import unescape
from typing import Any, Literal

from examhall.bank.formats.moodle_xml.node import Node, shortened
from examhall.bank.formats.moodle_xml.texts import Texts
from examhall.bank.types.contract import as_text, exact
from examhall.errors import N_

Grades = Literal["keep", "error", "nearest"]

# The fractions that Moodle's own forms offer, positive and negative.
_KNOWN = tuple(
    Decimal(number).scaleb(-7)
    for number in (
        10000000, 9000000, 8333333, 8000000, 7500000, 7000000, 6666667, 6000000, 5000000, 4000000, 3333333,
        3000000, 2500000, 2000000, 1666667, 1428571, 1250000, 1111111, 1000000, 500000, 0,
    )
)  # fmt: skip
_CLOSE = Decimal("0.00001")
_PLACES = 12
_TIMES_TEN = re.compile(r"\s*[x×*·]\s*10\s*(?:\^|\*\*)\s*\(?\s*(-?[0-9]{1,2})\)?")
_PARAGRAPH = re.compile(r"<(?P<tag>p|div|span)\b[^<>]*>(?P<words>[^<>]*)(?:<br\s*/?>)?</(?P=tag)>", re.IGNORECASE)
_FALSE = {"false", "0", "no", ""}


@dataclass
class Question:
    """A question of the file: `places` tells where each field of the body stands, by paths such as `options.2`."""

    node: Node
    kind: str
    texts: Texts
    grades: Grades = "keep"
    places: dict[str, Node] = field(default_factory=dict)

    def warn(self, node: Node, text: str, /, **params: Any) -> None:
        self.texts.warnings.append(node.message(text, **params))

    def lose(self, node: Node, text: str, /, **params: Any) -> None:
        self.texts.losses.append(node.message(text, **params))

    def html(self, tag: str) -> str:
        """The HTML of a child of the question."""
        node = self.node.take(tag)
        return self.texts.html(node, None if node and tag == "questiontext" else self.texts.text_format)

    def feedback(self, answer: Node) -> str:
        """The HTML that stands in the <feedback> of an answer."""
        return self.texts.html(answer.take("feedback"))

    def answers(self, tag: str = "answer") -> list[Node]:
        """The answers that say something. An empty one, which forms leave behind, is left out."""
        said = []
        for answer in self.node.take_all(tag):
            if answer.speaker.text or answer.speaker.children:
                said.append(answer)
                continue
            if answer.attributes.get("fraction", "0").strip("0.") or _says_something(answer):
                self.lose(answer, N_("This answer has no text, so it is left out."))
            answer.forget()
        return said

    def written(self, answer: Node) -> str:
        """The words of an answer to be written. One that stands in a paragraph of HTML is what is in it."""
        text_format = answer.take_attribute("format")
        text = answer.take_text()
        found = _PARAGRAPH.fullmatch(text)
        if found is None or text_format == "plain_text":
            return text
        self.warn(answer, N_("The answer is read without the HTML around it."))
        return unescape(found["words"]).replace("\xa0", " ").strip()

    def fraction(self, answer: Node) -> Decimal:
        """The fraction that an answer earns: percent in an attribute, or in old files 0 to 1 in a child."""
        inside = answer.take("fraction")
        text = answer.take_attribute("fraction")
        if inside is not None:  # old files, which then have no use for the attribute
            number = self.number(inside, inside.take_text())
        elif text is None:
            self.warn(answer, N_('This answer has no "fraction" and earns nothing. Is it wrong?'))
            return Decimal(0)
        else:
            number = self.number(answer, text.rstrip("% ") or "0").scaleb(-2)
        if not -1 <= number <= 1:
            message = N_('The fraction "%(fraction)s" is not between -100 and 100 percent. Correct it.')
            raise answer.fault(message, fraction=shortened(text or str(number)))
        return self._known(answer, round(number, _PLACES))

    def _known(self, answer: Node, fraction: Decimal) -> Decimal:
        if self.grades == "keep":
            return fraction
        nearest = min(_KNOWN, key=lambda known: abs(known - abs(fraction)))
        if abs(nearest - abs(fraction)) < _CLOSE:
            return fraction
        shown = as_text(fraction.scaleb(2))
        if self.grades == "error":
            message = N_("Moodle offers no grade of %(percent)s %%. Correct it, or import with the nearest grade.")
            raise answer.fault(message, percent=shown)
        known = nearest.copy_sign(fraction)
        message = N_("The grade %(percent)s %% was changed to %(nearest)s %%, the nearest one that Moodle offers.")
        self.warn(answer, message, percent=shown, nearest=as_text(known.scaleb(2)))
        return known

    def number(self, node: Node, text: str) -> Decimal:
        """The number that a text is, with a point or one comma. Raises Fault for anything else."""
        number, compact = _read(text)
        if number is not None and "," in compact:
            self.warn(node, N_("%(text)s is read as %(number)s."), text=compact, number=as_text(number))
        if number is None:
            message = N_('"%(text)s" is not a number. Write digits and a point, such as 3.14.')
            raise node.fault(message, text=shortened(text))
        return number

    def whole(self, tag: str, default: int) -> int:
        """A whole number in a child of the question."""
        node = self.node.take(tag)
        text = node.take_text() if node else ""
        if node is None or not text:
            return default
        number = self.number(node, text)
        if abs(number) > 2**53 or number != int(number):
            raise node.fault(N_("Write a whole number here."))
        return int(number)

    def yes(self, tag: str, default: bool) -> bool:
        """A child of the question that says true or false; an empty one says false."""
        node = self.node.take(tag)
        return default if node is None else node.take_text().lower() not in _FALSE


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[Decimal | None, str]:
    """The number that a text is, and the text without its spaces."""
    compact = _TIMES_TEN.sub(r"e\1", text.strip()).replace(" ", "").replace("\u2212", "-")
    number = exact(compact)
    if number is None and compact.count(",") == 1 and "." not in compact:
        number = exact(compact.replace(",", "."))
    return number, compact


def _says_something(answer: Node) -> bool:
    return any(child.text or _says_something(child) for child in answer.children)
