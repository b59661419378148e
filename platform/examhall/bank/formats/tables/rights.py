"""Which options a cell of right answers names: by letters, by their texts, or by their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from examhall.bank.formats.tables.fields import LETTERS
from examhall.errors import N_

Counting = Literal["", "text", "0", "1", "1?"]
"""What numbers are: the text of options, or their place from 0 or 1 ("1?" where 0 might be meant as well); "" where the
rows do not tell, so that each is asked by itself."""

_SHARE = re.compile(r"([A-Za-z])(?:[.)]|\s*=\s*(-?[0-9.]+)\s*%)?")
_BETWEEN = re.compile(r"(?:[\s/&+]|\b(?:and|y|und|et)\b)+")
_SEVERAL = re.compile(r"[A-Z]{2,26}")
_LABELLED = re.compile(r"\(?([A-Za-z])\s?(?:[).:]|[-=]>)\s*(.+)", re.DOTALL)
_POINTER = re.compile(
    r"(?:option|answer|choice|opción|opcion|respuesta|antwort|réponse|resposta|risposta)[ _-]?([A-Za-z]|[0-9]{1,2})",
    re.I,
)


class NotNamed(Exception):
    """Why a cell names no option, or several by one word."""

    def __init__(self, message: str, **params: Any) -> None:
        self.message, self.params = message, params
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a row: letter to text."""

    texts: Mapping[str, str]
    counting: Counting = ""

    def saying(self, text: str) -> list[str]:
        """The letters of the options with this text."""
        return [letter for letter, said in self.texts.items() if said.casefold() == text.casefold()]

    def named(self, text: str) -> Iterator[tuple[str, str | None]]:
        """The letters of the options that a cell names, each with its percents as they are written, if at all.

        Instead of its letter an option's own text will do, or its number where that is no text. Raises NotNamed.
        """
        by_place = self.counting not in ("", "text")
        whole = self.saying(text) if len(text) > 1 and not (by_place and text.isdigit()) else []
        for part in filter(None, [text] if len(whole) == 1 else self._parts(text)):
            share = _SHARE.fullmatch(part)
            if share and share[1].lower() not in self.texts:
                raise NotNamed(N_("There is no option %(letter)s in this row."), letter=share[1].upper())
            yield (share[1].lower(), share[2]) if share else (self._meant(part, by_place), None)

    def _meant(self, part: str, by_place: bool) -> str:
        meant = set() if by_place and part.isdigit() else set(self.saying(part))
        if not meant and (labelled := _LABELLED.fullmatch(part)):
            meant = {labelled[1].lower()} & set(self.saying(labelled[2]))
        if not meant and (pointer := _POINTER.fullmatch(part)):
            part = pointer[1]
            meant = {part.lower()} & self.texts.keys()
        place = int(part[:4]) - (self.counting != "0") if part.isascii() and part.isdigit() else -1
        if self.counting != "text" and 0 <= place < len(LETTERS):
            meant |= {LETTERS[place]} & self.texts.keys()
        if len(meant) > 1:
            raise NotNamed(N_("“%(text)s” may mean several options. Write a letter instead."), text=part[:40])
        if not meant:
            message = N_("“%(text)s” names no option. Write letters such as A; C, or with percents A=50%%; C=50%%.")
            raise NotNamed(message, text=part[:40])
        return meant.pop()

    def _parts(self, text: str) -> list[str]:
        """What is named, each: letters with a sign, a word or nothing between them, or others."""
        letters = _BETWEEN.sub("", text)
        known = len(set(letters)) == len(letters) and set(letters.lower()) <= self.texts.keys()
        if known and _SEVERAL.fullmatch(letters) and not self.saying(text):
            return list(letters)
        return [part.strip() for part in re.split("[;,،]", text)]


def counting(rows: Sequence[tuple[Options, str]]) -> Counting:
    """What the numbers in the cells of right answers are, from all rows: the options of each, and its cell."""
    told = [(options, text) for options, text in rows if options.texts]
    told = [(options, text) for options, text in told if text.isascii() and text.isdigit() and len(text) < 3]
    if not told:
        return ""
    texts = all(options.saying(text) for options, text in told)
    ones = all(0 < int(text) <= len(options.texts) for options, text in told)
    zeros = all(int(text) < len(options.texts) for options, text in told)
    if texts == ones:
        return "0" if zeros and not texts and {0} < {int(text) for _, text in told} else ""
    if texts:
        return "text"
    return "1?" if zeros else "1"
