"""Rows of a table as questions. What is wrong is told with its row and column; one wrong row hides no other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NoReturn

from examhall.bank.authoring.markup import to_html, to_number
from examhall.bank.content.richtext import plain_text
from examhall.bank.formats import Import, Item, Message
from examhall.bank.formats.attributes import READ_AS_TEXT, listed, settled
from examhall.bank.formats.passage import Fault
from examhall.bank.formats.tables.fields import DIFFICULTIES, LETTERS, TYPES, chosen, plain_words
from examhall.bank.formats.tables.listed import options_of
from examhall.bank.formats.tables.rights import Counting, NotNamed, Options, counting
from examhall.bank.formats.tables.sheets import Row
from examhall.bank.formats.tags import TAG, told_apart_by_tags, without_tags
from examhall.bank.types import type_named
from examhall.bank.types.contract import as_text, exact
from examhall.errors import N_, Invalid

QUESTIONS_LIMIT = 10_000

_NAME_FROM_STEM = 60
_TYPES = (
    "single_choice", "multiple_choice", "true_false", "kprim", "short_text", "numeric", "matching", "ordering", "essay",
    "description",
)  # fmt: skip
_VERDICTS = {
    "true": True, "t": True, "yes": True, "verdadero": True, "صحيح": True, "wahr": True, "richtig": True,
    "false": False, "f": False, "no": False, "falso": False, "خطأ": False, "falsch": False,
}  # fmt: skip
_OF_COLUMNS = frozenset({"a", "b"})  # beside which options in one cell are not read
_TOLERANCE = re.compile(r"(.+?)\s*(?:\+-|±|\+/-)\s*(.+)")
_RANGE = re.compile(r"(.+?)\s*\.\.\s*(.+)")
_ARROW = re.compile(r"(.*?)\s*->\s*(.*)", re.DOTALL)
_COUNTED: Mapping[Counting, str] = {
    "0": N_("The right answers are counted from 0 in this table, as one of them is 0."),
    "1?": N_("The right answers are counted from 1 in this table, though all of them could be counted from 0."),
}
_NO_NUMBER = N_("“%(text)s” is no number. Write digits, with a point before decimals.")


def parse(rows: Sequence[Row], mapping: Mapping[str, str] | None = None) -> Import:
    """The questions of a table whose first row names its columns. Raises Invalid (field `mapping`)."""
    places = chosen(rows, mapping)
    readers = [_Reader(number, cells, places, _in_one_cell(cells, places)) for number, cells in rows[1:]]
    right_is_a = bool(readers) and readers[0].right_is_a
    counted = "text" if right_is_a else counting([(reader.known(), reader.cell("right")) for reader in readers])
    if counted == "1?" and _bear_numbers(rows[0][1], places):
        counted = "1"
    result = Import([], [], losses=list(_unread(rows, places) if mapping is None else ()))
    width = len(rows[0][1])
    for reader in readers:
        if len(result.questions) + len(result.errors) >= QUESTIONS_LIMIT:
            message = N_("There are more than %(limit)s questions. Split the file and import the parts.")
            result.errors.append(Message(reader.number, message, {"limit": QUESTIONS_LIMIT}))
            break
        try:
            reader.within(width)
            result.questions.append(replace(reader, counting=counted).item())
        except Fault as fault:
            result.errors.extend(fault.messages)
    if not result.questions and not result.errors:
        result.errors.append(Message(1, N_("There is no question in this file. Is it the right one?")))
    return result


def _bear_numbers(names: Sequence[str], places: Mapping[str, int]) -> bool:
    """Whether the columns of options bear numbers from 1, and that of the right ones speaks of no index."""
    first, right = (names[places[field]] if field in places else "" for field in ("a", "right"))
    return re.search(r"(?<![0-9])1(?![0-9])", first) is not None and re.search(r"ind[ei]|idx", right, re.I) is None


def _in_one_cell(cells: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    """Letter to text, of options that stand in one cell together."""
    place = places.get("options", len(cells))
    if place >= len(cells) or not _OF_COLUMNS.isdisjoint(places):
        return {}
    return dict(zip(LETTERS, options_of(cells[place]), strict=False))


def _unread(rows: Sequence[Row], places: Mapping[str, int]) -> Iterator[Message]:
    """A message for each column that nobody said anything of, and whose name says nothing."""
    taken = {place for field, place in places.items() if field != "options" or _OF_COLUMNS.isdisjoint(places)}
    for place, name in enumerate(rows[0][1]):
        if place not in taken and any(len(cells) > place and cells[place].strip() for _, cells in rows[1:]):
            message = N_("The column “%(name)s” is left out. Say what it holds, if it belongs to the questions.")
            yield Message(rows[0][0], message, {"name": name[:100]}, f"column {_column(place)}")


@dataclass(frozen=True, slots=True)
class _Reader:
    """One row."""

    number: int
    cells: Sequence[str]
    places: Mapping[str, int]
    #: Letter to text, where all options stand in one cell.
    listed: Mapping[str, str] = field(default_factory=dict)
    counting: Counting = ""
    warnings: list[Message] = field(default_factory=list)
    losses: list[Message] = field(default_factory=list)

    def cell(self, field: str) -> str:
        """What stands in the column of a field, "" where there is none."""
        if field == "a" and self.right_is_a:
            field = "right"
        if field in self.listed:
            return self.listed[field]
        place = self.places.get(field, len(self.cells))
        return self.cells[place].strip() if place < len(self.cells) else ""

    @property
    def right_is_a(self) -> bool:
        """Whether the columns hold one right answer and the wrong ones, which are the options from b."""
        return "a" not in self.places and "b" in self.places

    def refuse(self, field: str, message: str, **params: Any) -> NoReturn:
        raise Fault([self.message(field, message, params)])

    def message(self, field: str, message: str, params: Mapping[str, Any]) -> Message:
        place = self.places.get("options" if field in self.listed else field)
        column = f", column {_column(place)}" if place is not None else ""
        return Message(self.number, message, params, f"row {self.number}{column}")

    def within(self, width: int) -> None:
        """Raises Fault for a row with more cells than the table has columns: most likely one was cut in two."""
        if place := next((place for place in range(width, len(self.cells)) if self.cells[place].strip()), 0):
            message = N_(
                "This row has more cells than the table has columns. Put quotes around a text that holds the delimiter."
            )
            element = f"row {self.number}, column {_column(place)}"
            raise Fault([Message(self.number, message, {}, element)])

    def item(self) -> Item:
        kind, warnings, losses = self.kind(), self.warnings, self.losses
        data = {"prompt": self.html("question"), "feedback": self.html("feedback")}
        try:
            body = type_named(kind).validate(data | BODIES[kind](self))
        except Invalid as invalid:
            raise Fault(
                self.message(self.field_of(error.field), error.message, error.params) for error in invalid.errors
            ) from None
        points = self.cell("points")
        worth = exact(to_number(points)) if points else Decimal(1)
        if worth is None:
            self.refuse(
                "points", N_("“%(text)s” is no number. Write digits, with a point before decimals."), text=points[:40]
            )
        if not self.cell("type") and kind == "short_text":
            note = N_("No column tells the type of this question, so it is read as a short text.")
            warnings.append(self.message("question", note, {}))
        if self.counting in _COUNTED and self.cell("right").isdigit():
            warnings.append(self.message("right", _COUNTED[self.counting], {}))
        said = self.cell("difficulty")
        difficulty = DIFFICULTIES.get(plain_words(said), "")
        if said and not difficulty:
            message = N_("The difficulty “%(text)s” is none of %(known)s, so it is left out.")
            losses.append(self.message("difficulty", message, {"text": said[:40], "known": "easy, medium, hard"}))
        return Item(
            line=self.number, name=self.cell("name") or plain_text(body.prompt, _NAME_FROM_STEM), type=kind,
            body=body.to_json(), category=self.cell("category"), external_id=self.cell("id"), points=worth,
            tags=[tag.strip() for tag in re.split("[,،;]", self.cell("tags")) if tag.strip()],
            difficulty=difficulty, language=self.cell("language"), warnings=warnings, losses=losses,
            status=self.cell("status").lower() or "ready", element=f"row {self.number}",
        )  # fmt: skip

    def kind(self) -> str:
        """The type that the row names, or else the one that its right answers and options tell."""
        said = self.cell("type")
        named = TYPES.get(plain_words(said), re.sub(r"[\s_-]+", "_", said.lower()))
        if said in _TYPES or named in _TYPES:
            return said if said in _TYPES else named
        if named:
            message = N_("There is no type “%(type)s” in tables. Choose one of: %(known)s.")
            self.refuse("type", message, type=named[:40], known=", ".join(_TYPES))
        right = self.cell("right")
        if self.letters():
            return "multiple_choice" if len(list(self.named())) > 1 else "single_choice"
        if right.lower() in _VERDICTS:
            return "true_false"
        if len(right) > 1 and not right.isdigit() and self.unread() < 2:
            return "short_text"
        return self.refuse("type", N_("Say of what type this question is: its options and answers don't tell."))

    def unread(self) -> int:
        """How many cells of the row hold something that nobody said anything of, options perhaps."""
        known = set(self.places.values())
        return sum(bool(cell.strip()) for place, cell in enumerate(self.cells) if place not in known)

    def letters(self) -> list[str]:
        """The letters of the options that the row has."""
        return [letter for letter in LETTERS if self.cell(letter)]

    def shares(self, usual: Callable[[int], str]) -> dict[str, str]:
        """Letter to fraction, of those that `right` names; `usual` gives that of one of so many without a percent."""
        named: dict[str, str | None] = {}
        for letter, said in self.named():
            percent = exact(said) if said else None
            if said and percent is None:
                self.refuse("right", _NO_NUMBER, text=said)
            named[letter] = as_text(percent / 100) if percent is not None else None
        plain = usual(sum(fraction is None for fraction in named.values()))
        return {letter: plain if fraction is None else fraction for letter, fraction in named.items()}

    def known(self) -> Options:
        """The options of the row, by which its right answers are named."""
        return Options({letter: self.cell(letter) for letter in self.letters()}, self.counting)

    def named(self) -> Iterator[tuple[str, str | None]]:
        """The letters of the right options, each with its percents as they are written, if at all."""
        if self.right_is_a:
            yield "a", None
            return
        try:
            yield from self.known().named(self.cell("right"))
        except NotNamed as cause:
            self.refuse("right", cause.message, **cause.params)

    def options(self, shares: Mapping[str, str], **more: Any) -> list[dict[str, Any]]:
        of_tags = told_apart_by_tags([self.cell(letter) for letter in self.letters()])
        return [
            {
                "text": self.html(letter, of_tags=of_tags),
                "fraction": shares.get(letter, "0"),
                "feedback": self.feedback(letter),
            }
            | more
            for letter in self.letters()
        ]

    def feedback(self, letter: str) -> str:
        return self.html(f"{letter}_feedback")

    def html(self, field: str, text: str | None = None, *, of_tags: bool = False) -> str:
        """The HTML of a field, or of a part of it. With `of_tags` its tags are what is said."""
        said = self.cell(field) if text is None else text

        def message(text: str, /, **params: Any) -> Message:
            return self.message(field, text, params)

        if of_tags and (tags := TAG.findall(said)):
            self.warnings.append(message(READ_AS_TEXT, tags=listed(tags)))
            said = without_tags(said)
        return settled(to_html(said), message, self.warnings, self.losses)

    def field_of(self, path: str) -> str:
        """The field in which a fault of a body stands."""
        head, _, rest = path.partition(".")
        if head in ("options", "answers", "rows", "items", "stems") and rest:
            letters, place = self.letters(), rest.partition(".")[0]
            if place.isdigit() and int(place) < len(letters):
                letter = letters[int(place)]
                return (
                    "right"
                    if rest.endswith("fraction")
                    else f"{letter}_feedback"
                    if rest.endswith("feedback")
                    else letter
                )
        return {"prompt": "question", "feedback": "feedback"}.get(
            head, "right" if "right" in self.places else "question"
        )


def _one(row: _Reader) -> dict[str, Any]:
    return {"options": row.options(row.shares(lambda count: "1"))}


def _several(row: _Reader) -> dict[str, Any]:
    return {"options": row.options(row.shares(lambda count: as_text(Decimal(1) / max(count, 1))[:14]))}


def _verdict(row: _Reader) -> dict[str, Any]:
    said = row.cell("right").lower()
    if said not in _VERDICTS and row.letters():
        said = next((row.cell(letter).lower() for letter, _ in row.named()), "")
    if said not in _VERDICTS:
        row.refuse("right", N_("Write true or false."))
    return {"correct": _VERDICTS[said], "feedback_true": row.feedback("a"), "feedback_false": row.feedback("b")}


def _kprim(row: _Reader) -> dict[str, Any]:
    shares = row.shares(lambda count: "1")
    return {
        "rows": [
            {"text": row.html(letter), "correct": letter in shares, "feedback": row.feedback(letter)}
            for letter in row.letters()
        ]
    }


def _written(row: _Reader) -> Iterator[tuple[str, dict[str, Any]]]:
    """The answers, all of them right unless the row says which are. Else what is called right are the answers."""
    if not row.letters():
        yield from ((text.strip(), {"fraction": "1"}) for text in row.cell("right").split(";") if text.strip())
        return
    shares = row.shares(lambda count: "1")
    for letter in row.letters():
        fraction = shares.get(letter, "0") if shares else "1"
        yield row.cell(letter), {"fraction": fraction, "feedback": row.feedback(letter)}


def _short(row: _Reader) -> dict[str, Any]:
    return {"answers": [{"text": text, **rest} for text, rest in _written(row)]}


def _number(row: _Reader) -> dict[str, Any]:
    return {"answers": [_interval(text) | rest for text, rest in _written(row)]}


def _interval(text: str) -> dict[str, Any]:
    if text == "*":
        return {"any": True}
    if bounds := _RANGE.fullmatch(text):
        return {"tolerance_type": "range", "low": to_number(bounds[1]), "high": to_number(bounds[2])}
    if near := _TOLERANCE.fullmatch(text):
        return {"value": to_number(near[1]), "tolerance": to_number(near[2])}
    return {"value": to_number(text)}


def _matching(row: _Reader) -> dict[str, Any]:
    stems: list[dict[str, str]] = []
    choices: dict[str, str] = {}
    places: dict[str, str] = {}
    for letter in row.letters():
        pair = _ARROW.fullmatch(row.cell(letter))
        if pair is None:
            row.refuse(letter, N_("Write a pair as “stem -> choice”, a choice without a stem as “-> choice”."))
        key = choices.setdefault(pair[2], f"c{len(choices) + 1}")
        places.setdefault(key, letter)
        if pair[1]:
            stems.append({"text": row.html(letter, pair[1]), "choice": key})
    shown = [{"key": key, "text": row.html(places[key], text)} for text, key in choices.items()]
    return {"stems": stems, "choices": shown}


def _ordering(row: _Reader) -> dict[str, Any]:
    return {"items": [{"text": row.html(letter)} for letter in row.letters()]}


def _nothing(row: _Reader) -> dict[str, Any]:
    return {}


BODIES: Mapping[str, Callable[[_Reader], dict[str, Any]]] = {
    "single_choice": _one, "multiple_choice": _several, "true_false": _verdict, "kprim": _kprim, "short_text": _short,
    "numeric": _number, "matching": _matching, "ordering": _ordering, "essay": _nothing, "description": _nothing,
}  # fmt: skip


def _column(place: int) -> str:
    """The letters by which a spreadsheet calls a column: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = LETTERS[rest].upper() + name
    return name
