"""The form of texts with gaps."""

from __future__ import annotations

from typing import Any

import wtforms
from flask_babel import lazy_gettext as _

from examhall.bank.authoring.forms.choices import OptionRow
from examhall.bank.authoring.forms.fields import FlagField, KeyField, OneOfField, Row, Rows, WholeField
from examhall.bank.authoring.forms.question import QuestionForm
from examhall.bank.authoring.forms.written import NumberRow, TextRow

#: How a gap of each kind looks by itself, with its options below each other, and with them in a row.
_DISPLAYS = {
    "short_text": {"": "text"},
    "numeric": {"": "text"},
    "choice": {"": "dropdown", "column": "radio", "row": "radio_row"},
    "multiple": {"": "checkbox", "column": "checkbox", "row": "checkbox_row"},
}
#: The rows that a gap of each kind has, and the member of the body that they are.
_ROWS = {
    "short_text": ("texts", "answers"),
    "numeric": ("numbers", "answers"),
    "choice": ("options", "options"),
    "multiple": ("options", "options"),
}


class GapRow(Row):
    """One gap, with rows for every kind; only those of its own kind count."""

    needed = ("texts", "numbers", "options")
    lead_name = "kind"

    key = KeyField()
    kind = OneOfField(
        _("Filled by"),
        [
            ("short_text", _("writing a word")),
            ("numeric", _("writing a number")),
            ("choice", _("choosing one option")),
            ("multiple", _("ticking options")),
        ],
    )
    weight = WholeField(_("Weight"), blank=1, default="1")
    display = OneOfField(
        _("Looks like"),
        [("", _("as is usual")), ("column", _("options below each other")), ("row", _("options in a row"))],
    )
    case_sensitive = FlagField(_("Capital and small letters are different"))
    shuffle = FlagField(_("Shuffle the options"))
    texts = Rows(TextRow, _("Answer"), least=1, first={"fraction": "1"})
    numbers = Rows(NumberRow, _("Answer"), least=1, first={"fraction": "1"})
    options = Rows(OptionRow, _("Option"), first={"fraction": "1"})

    @classmethod
    def values_of(cls, gap: dict[str, Any]) -> dict[str, Any]:
        """The answers or options in the rows of the gap's kind, and its look by the word for it."""
        shown, member = _ROWS[gap["kind"]]
        look = next(word for word, display in _DISPLAYS[gap["kind"]].items() if display == gap["display"])
        rows = gap[member]
        if shown == "numbers":
            rows = [NumberRow.values_of(answer) for answer in rows]
        return {name: value for name, value in gap.items() if name != member} | {shown: rows, "display": look}

    def part(self, name: str) -> wtforms.Field | None:
        """Answers and options in the rows of the gap's kind."""
        shown, member = _ROWS.get(self.kind.said, ("texts", "answers"))
        return super().part(shown if name == member else name)

    def said(self) -> dict[str, Any]:
        """The gap, without the rows of other kinds; a look that its kind can't have gives way to the usual one."""
        said = super().said()
        shown, member = _ROWS.get(self.kind.said, ("texts", "answers"))
        rows = said[shown]
        said = {name: value for name, value in said.items() if name not in ("texts", "numbers", "options")}
        looks = _DISPLAYS.get(self.kind.said, {"": "text"})
        return said | {member: rows, "display": looks.get(self.display.said, looks[""])}


class ClozeForm(QuestionForm):
    """A text with places {#1}, {#2} and so on, and what belongs there."""

    lead_name = "gaps"

    gaps = Rows(GapRow, _("Gap"), least=1)

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """The gaps as their rows take them."""
        return body | {"gaps": [GapRow.values_of(gap) for gap in body["gaps"]]}
