"""Forms of questions that are answered by writing a word or a number."""

from __future__ import annotations

from typing import Any

import wtforms
from flask_babel import lazy_gettext as _

from examhall.bank.authoring.forms.fields import (
    FlagField,
    LinesField,
    MarkedRow,
    NumberField,
    OneOfField,
    PlainField,
    Row,
    Rows,
    WholeField,
)
from examhall.bank.authoring.forms.question import QuestionForm

ANY = "*"
_NEAR = [("nominal", _("plus or minus")), ("relative", _("share of the number")), ("geometric", _("factor"))]
_SIGNIFICANT = ("significant", _("significant digits"))


class TextRow(MarkedRow):
    """An answer to be written; plain text, in which * stands for any run of characters, or a pattern."""

    text = PlainField(_("Text"))
    pattern = FlagField(_("This is a pattern (RE2)"))


class ShortTextForm(QuestionForm):
    """Texts that are accepted."""

    answers = Rows(TextRow, _("Answer"), first={"fraction": "1"})
    case_sensitive = FlagField(_("Capital and small letters are different"))


class NumberRow(MarkedRow):
    """A number, a range, or * for any other."""

    needed = ("value", "low", "high", "feedback")
    lead_name = "value"

    tolerance_type = OneOfField(_("Kind of tolerance"), [*_NEAR, ("range", _("from … to …")), _SIGNIFICANT])
    value = NumberField(_("Number"))
    tolerance = NumberField(_("Tolerance"), blank="0")
    low = NumberField(_("Least number"))
    high = NumberField(_("Greatest number"))
    digits = WholeField(_("Digits that count"))
    unit = PlainField(_("Unit"), description=_("Empty: the first unit."))

    @classmethod
    def values_of(cls, answer: dict[str, Any]) -> dict[str, Any]:
        """`*` for an answer that takes any number."""
        return answer | ({"value": ANY} if answer["any"] else {})

    def said(self) -> dict[str, Any]:
        """The answer, without what its kind of tolerance does not use."""
        said = super().said()
        if said["value"] == ANY:
            said["any"] = True
            unused = {"value", "low", "high", "digits"}
        else:
            used = {"range": {"low", "high"}, "significant": {"value", "digits"}}
            unused = {"value", "low", "high", "digits"} - used.get(said["tolerance_type"], {"value"})
        return {name: value for name, value in said.items() if name not in unused}


class UnitRow(Row):
    """A unit; a number in the first one times the multiplier is the number in this one."""

    needed = ("name",)
    lead_name = "name"

    name = PlainField(_("Unit"))
    multiplier = NumberField(_("Multiplier"), blank="1")


class MeasuredForm(QuestionForm):
    """An answer that is a number, perhaps with a unit."""

    unit_use = OneOfField(
        _("Units"),
        [("none", _("No unit is asked for")), ("optional", _("May be written")), ("required", _("Must be written"))],
    )
    units = Rows(UnitRow, _("Unit"), least=1)
    unit_input = OneOfField(_("The unit is"), [("text", _("written")), ("choice", _("chosen from a list"))])
    unit_penalty = NumberField(_("Cost of a wrong unit"), blank="0", default="0.1")
    unit_penalty_of = OneOfField(
        _("It is a share of"), [("mark", _("what the number earned")), ("max", _("the whole mark"))]
    )
    units_left = FlagField(_("The unit stands before the number"))


class NumericForm(MeasuredForm):
    """Numbers that are accepted."""

    lead_name = "answers"

    answers = Rows(NumberRow, _("Answer"), first={"fraction": "1"})

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """The answers as their rows take them."""
        return body | {"answers": [NumberRow.values_of(answer) for answer in body["answers"]]}


class VariableRow(Row):
    """A name and the range of its values."""

    needed = ("name", "low", "high")
    lead_name = "name"

    name = PlainField(_("Name"))
    low = NumberField(_("Least number"))
    high = NumberField(_("Greatest number"))
    decimals = WholeField(_("Decimals"), blank=1)
    scale = OneOfField(_("Drawn"), [("uniform", _("evenly")), ("log", _("by orders of magnitude"))])


class FormulaRow(MarkedRow):
    """A formula for the right number, or * for any other."""

    needed = ("formula", "feedback")
    lead_name = "formula"

    formula = PlainField(_("Formula"))
    tolerance_type = OneOfField(_("Kind of tolerance"), [*_NEAR, _SIGNIFICANT])
    tolerance = NumberField(_("Tolerance"), blank="0")
    digits = WholeField(_("Digits that count"))
    shown_digits = WholeField(_("Shown with"), blank=2)
    shown_kind = OneOfField(_("of"), [("decimals", _("decimals")), ("significant", _("significant digits"))])

    @classmethod
    def values_of(cls, answer: dict[str, Any]) -> dict[str, Any]:
        """How the right number is shown as two fields."""
        return answer | {"shown_digits": answer["shown"]["digits"], "shown_kind": answer["shown"]["kind"]}

    def part(self, name: str) -> wtforms.Field | None:
        """Both parts of `shown` at its digits."""
        return super().part("shown_digits" if name == "shown" else name)

    def said(self) -> dict[str, Any]:
        """The answer."""
        said = super().said()
        said["shown"] = {"digits": said.pop("shown_digits"), "kind": said.pop("shown_kind")}
        if said["tolerance_type"] != "significant" or said["formula"].strip() == ANY:
            del said["digits"]
        return said


class CalculatedForm(MeasuredForm):
    """A number that is worked out from values which are drawn for each candidate."""

    lead_name = "answers"

    variables = Rows(VariableRow, _("Variable"), least=1)
    variants = LinesField(
        _("Ready sets of values"),
        description=_("One set on each line, such as: a = 3.2; b = 4. If there are any, one of them is drawn."),
    )
    answers = Rows(FormulaRow, _("Answer"), first={"fraction": "1"})

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """A line for each set of values."""
        lines = ["; ".join(f"{name} = {value}" for name, value in variant.items()) for variant in body["variants"]]
        answers = [FormulaRow.values_of(answer) for answer in body["answers"]]
        return body | {"variants": "\n".join(lines), "answers": answers}

    def said(self) -> dict[str, Any]:
        """The sets of values as objects; what is no pair is refused as a number that is missing."""
        lines = [line for line in self.variants.said.split("\n") if line.strip()]
        return super().said() | {"variants": [_pairs(line) for line in lines]}


def _pairs(line: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in line.split(";") if pair.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}
