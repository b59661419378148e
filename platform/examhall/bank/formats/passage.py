"""A stretch of GIFT text that knows its line. Escapes are masked, so that what is left of : # = ~ { } is syntax."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from examhall.bank.formats import Message

# Each escape becomes one Unicode noncharacter, which no text interchanges, and turns into its character at the end.
_ESCAPED = dict(zip(r"\:#={}~n", map(chr, range(0xFDD0, 0xFDD8)), strict=True))
_ESCAPE = re.compile(r"\\([\\:#={}~n])")
_RESTORED = str.maketrans({mask: "\n" if char == "n" else char for char, mask in _ESCAPED.items()})
_FOR_GAPS = _RESTORED | {ord(_ESCAPED[char]): f"\\{char}" for char in "}#~"}
_SIGNS = str.maketrans({char: _ESCAPED[char] for char in ":#={}~"})

_ATTRIBUTED = re.compile(r"""<[A-Za-z][A-Za-z0-9]*(?:\s+[A-Za-z][A-Za-z0-9:-]*\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))+\s*/?>""")
# A backslash may be escaped here or not. What begins as an answer does, after $$ or on a line, is no formula, except
# for an = where braces follow a command, ^ or _.
_FORMULA = re.compile(
    r"[\\\ufdd0]\((?:[^\\\ufdd0]|[\\\ufdd0][^()])*+[\\\ufdd0]\)"
    r"|[\\\ufdd0]\[(?:[^\\\ufdd0]|[\\\ufdd0][^][])*+[\\\ufdd0]\]"
    r"|\$\$(?!\s*~|\s+=)(?:[^$\n]|\n(?![ \t]*[~=#]))++\$\$"
    r"|\$\$(?=[^$]*(?:[\\\ufdd0][A-Za-z]+|[\^_])\{)(?!\s*~)(?:[^$\n]|\n(?![ \t]*[~#]))++\$\$"
)
# Between single signs of money it is a formula only where braces follow a command, ^ or _.
_DOLLARS = re.compile(r"\$(?=[^$\n]*(?:[\\\ufdd0][A-Za-z]+|[\^_])\{)[^$\n]+\$")
_NUMBERED = re.compile(r"&#(?=[0-9]{1,7};|[xX][0-9A-Fa-f]{1,6};)")  # a character of HTML, such as &#39;
_LATEX = re.compile(r"[\\\ufdd0^_]")
_BREAK_OR_COMMAND = re.compile(_ESCAPED["n"] + "(?=[A-Za-z])")  # \n of GIFT, or the beginning of \neq


class Fault(Exception):
    """A question that cannot be read: what is wrong with it, with lines."""

    def __init__(self, messages: Iterable[Message]) -> None:
        self.messages = tuple(messages)
        super().__init__(*self.messages)


def mask(text: str) -> str:
    """GIFT text with each escape as one character that means nothing to the syntax. The text holds no noncharacters."""
    return _ESCAPE.sub(lambda escape: _ESCAPED[escape[1]], text)


def shield(text: str) -> str:
    """Masked text in which the signs of formulas, of attributes of tags and of numbered characters are masked as well.

    Strictly these signs need a backslash, but nobody means an answer by the = of `style="…"` or the braces of a root,
    nor a feedback by the # of `&#39;`.
    """
    if "<" in text:
        text = _ATTRIBUTED.sub(lambda tag: tag[0].translate(_SIGNS), text)
    if "\\" in text or _ESCAPED["\\"] in text or "$$" in text:
        text = _FORMULA.sub(_shielded, text)
    if "&#" in text:
        text = _NUMBERED.sub("&" + _ESCAPED["#"], text)
    return _DOLLARS.sub(_shielded, text) if "$" in text else text


def _shielded(formula: re.Match[str]) -> str:
    text = formula[0]
    if text.count("{") != text.count("}") or not _LATEX.search(text):
        return text
    if _ESCAPED["\\"] not in text:  # whose author knew nothing of escapes
        text = _BREAK_OR_COMMAND.sub(r"\\n", text)
    return text.translate(_SIGNS)


@dataclass(frozen=True, slots=True)
class Passage:
    """Masked text and the line on which it begins."""

    text: str
    line: int

    def cut(self, start: int, end: int | None = None) -> Passage:
        """The passage between two offsets."""
        return Passage(self.text[start:end], self.line + (self.text.count("\n", 0, start) if start else 0))

    def stripped(self) -> Passage:
        """The passage without the white space around it; a blank one ends where it begins."""
        if not self.text.strip():
            return self.cut(0, 0)
        return self.cut(len(self.text) - len(self.text.lstrip()), len(self.text.rstrip()))

    def parted(self, mark: str) -> tuple[Passage, Passage | None]:
        """What stands before and after the first `mark`; None after it where there is no mark."""
        place = self.text.find(mark)
        if place < 0:
            return self, None
        return self.cut(0, place), self.cut(place + len(mark))

    def of_gaps(self) -> str:
        """The text in the language of gaps, in which some escapes are needed as well."""
        return self.text.strip().translate(_FOR_GAPS)

    def plain(self) -> str:
        """The text that was meant: trimmed, with its escapes undone."""
        return self.text.strip().translate(_RESTORED)

    def message(self, text: str, /, **params: Any) -> Message:
        """A message about the line on which this passage begins."""
        return Message(self.line, text, params)

    def fault(self, text: str, /, **params: Any) -> Fault:
        """The same as a fault, to raise."""
        return Fault([self.message(text, **params)])
