"""Fields of authoring forms. Each says in `said` what it means for a body, as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

import wtforms
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length, ValidationError
from wtforms.widgets import TextArea

from examhall.bank.authoring.markup import to_html, to_number, to_text
from examhall.bank.content.richtext import foreign_tags
from examhall.bank.forms import typed_number
from examhall.errors import N_
from examhall.web.form_texts import Worded

_LINE_END = re.compile(r"\r\n?")


class RichField(TextAreaField):
    """Words or HTML; `html` is what they mean."""

    def process_data(self, value: str | None) -> None:
        """Show what is stored as its author may go on typing."""
        self.data = to_text(value or "")

    @property
    def html(self) -> str:
        """What was typed, as HTML that is still to be sanitised."""
        return to_html(self.data or "")

    @property
    def said(self) -> str:
        """The HTML."""
        return self.html

    def pre_validate(self, form: object) -> None:
        """Refuse tags that would be left out, so that nothing gets lost without a word."""
        if foreign := foreign_tags(self.html):
            tags = ", ".join(f"<{tag}>" for tag in foreign)
            message = N_("This may not stand in a question: %(tags)s. Remove it, or write &lt; for a less-than sign.")
            raise ValidationError(gettext(message, tags=tags))


class PlainField(StringField):
    """Plain text on one line; what came with several lines keeps them."""

    def process_data(self, value: str | None) -> None:
        """Take a field that holds lines where the text has some."""
        self.data = value or ""
        if "\n" in self.data:
            self.widget = TextArea()

    @property
    def said(self) -> str:
        """The text."""
        return _LINE_END.sub("\n", self.data or "")


class LinesField(TextAreaField):
    """Plain text on any number of lines."""

    @property
    def said(self) -> str:
        """The text."""
        return _LINE_END.sub("\n", self.data or "")


class NumberField(StringField):
    """A number in digits of any script; `blank` is what an empty field means."""

    def __init__(self, label: Any, *, blank: str = "", limit: int = 64, **options: Any) -> None:
        super().__init__(label, [Length(max=limit)], **options)
        self.blank = blank

    @property
    def number(self) -> str:
        """What was typed, in ASCII and with a decimal point."""
        return typed_number(self.data)

    @property
    def said(self) -> str:
        """The number as it travels."""
        return self.number or self.blank


class WholeField(StringField):
    """A whole number in digits of any script. `blank` is what an empty field means."""

    def __init__(self, label: Any, *, blank: int | None = None, **options: Any) -> None:
        super().__init__(label, [Length(max=20)], **options)
        self.blank = blank

    @property
    def said(self) -> int | str | None:
        """The number; what is none as it was typed, for the type to refuse at this field."""
        typed = (
            to_number(self.data or "") if isinstance(self.data, str) else str("" if self.data is None else self.data)
        )
        if not typed:
            return self.blank
        return int(typed) if re.fullmatch(r"-?[0-9]{1,18}", typed) else typed


class FlagField(BooleanField):
    """Yes or no."""

    @property
    def said(self) -> bool:
        """Whether it is ticked."""
        return bool(self.data)


class KeyField(HiddenField):
    """The key that ties a row to the same row of earlier versions; none for a new one."""

    @property
    def said(self) -> str:
        """The key, or nothing."""
        return self.data or ""


class OneOfField(SelectField):
    """One of a few words of the contract, the first of them unless told otherwise."""

    def __init__(self, label: Any, options: Sequence[tuple[str, Any]], **further: Any) -> None:
        choices = [SelectChoice(value, words) for value, words in options]
        super().__init__(label, choices=choices, default=options[0][0], **further)

    @property
    def said(self) -> str:
        """The word."""
        return str(self.data)


class Says:
    """What a form and its rows share: fields that say parts of a body, found by the names that faults give them."""

    #: Where a fault belongs that names no field of the row.
    lead_name: ClassVar[str] = "text"

    def said(self) -> dict[str, Any]:
        """The part of a body."""
        return {field.short_name: field.said for field in self if hasattr(field, "said")}  # type: ignore[attr-defined]

    def part(self, name: str) -> wtforms.Field | None:
        """The field that shows the member `name` of the body."""
        found: wtforms.Field | None = self._fields.get(name)  # type: ignore[attr-defined]
        return found

    def field_at(self, steps: Sequence[str]) -> wtforms.Field | None:
        """The field at a path into the body, or the nearest thing that can be pointed at; None for none at all."""
        if not steps:
            return self.part(self.lead_name)
        field = self.part(steps[0])
        if not isinstance(field, Rows) or len(steps) < 2 or not steps[1].isdigit():
            return field
        written = field.written
        if int(steps[1]) >= len(written):
            return field
        row: Row = written[int(steps[1])]
        return row.field_at(steps[2:]) or row.part(row.lead_name)

    def grow(self) -> None:
        """Add empty rows to write in."""
        for field in self:  # type: ignore[attr-defined]
            if isinstance(field, Rows):
                field.grow()

    def faults(self, place: str = "") -> list[tuple[str, str, str]]:
        """All that is wrong, as (id of the field, its name, message), in the order of the page."""
        found: list[tuple[str, str, str]] = []
        for field in self:  # type: ignore[attr-defined]
            label = f"{place}, {field.label.text}" if place else str(field.label.text)
            if isinstance(field, Rows):
                found += [(field.id, label, error) for error in field.errors if isinstance(error, str)]
                for number, entry in enumerate(field, start=1):
                    found += entry.form.faults(f"{label} {number}")
            elif field.errors:
                found.append((field.id, label, str(field.errors[0])))
        return found


class Row(Says, wtforms.Form):
    """One of several alike: an option, an answer, a unit."""

    Meta = Worded

    #: Fields of which one has to be written in: without, the row is left out.
    needed: ClassVar[Sequence[str]] = ("text", "feedback")

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written here."""
        return not any(_is_written(self._fields[name]) for name in self.needed)

    def said(self) -> dict[str, Any]:
        """The row as a part of a body; a key only where it has one."""
        said = super().said()
        return said if said.get("key", True) else {name: value for name, value in said.items() if name != "key"}


def _is_written(field: wtforms.Field) -> bool:
    if isinstance(field, Rows):
        return bool(field.written)
    return bool(str(field.data or "").strip())


class MarkedRow(Row):
    """A row that earns a fraction."""

    fraction = NumberField(_("Fraction"), blank="0")
    feedback = RichField(_("Feedback"))


class Rows(FieldList):  # type: ignore[type-arg]  # the class is generic in its stubs only
    """Rows that a script or an author adds, moves and removes; gaps in their numbers mean nothing.

    `least` rows stand in the form of a new question; `most` is where it stops to grow; the first new row of a list
    begins with `first`.
    """

    def __init__(
        self,
        row: type[Row],
        label: Any,
        *,
        least: int = 2,
        most: int = 500,
        first: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(FormField(row), label, **options)
        self.least, self.most, self.first = least, most, first or {}

    @property
    def written(self) -> list[Any]:
        """The rows in which something stands."""
        return [entry.form for entry in self if not entry.form.is_blank]

    @property
    def said(self) -> list[dict[str, Any]]:
        """The rows as a part of a body."""
        return [row.said() for row in self.written]

    def grow(self) -> None:
        """Add empty rows: one at the end, and to a new question as many as it will need."""
        for entry in self:
            entry.form.grow()
        while len(self) < self.most and (len(self) < self.least or not self[-1].form.is_blank):
            self.append_entry({} if len(self) else self.first)
            self[-1].form.grow()

    def pattern(self) -> FormField[Row]:
        """An empty row with the next number, which is not added: a script makes further rows of it."""
        self.append_entry({})
        entry: FormField[Row] = self.pop_entry()
        entry.form.grow()
        return entry

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        shape = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,4}})-")
        return (int(found[1]) for name in formdata if (found := shape.match(name)))
