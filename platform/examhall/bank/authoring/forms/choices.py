"""Forms of questions that are answered by choosing."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from examhall.bank.authoring.forms.fields import (
    FlagField,
    KeyField,
    MarkedRow,
    NumberField,
    OneOfField,
    PlainField,
    RichField,
    Row,
    Rows,
)
from examhall.bank.authoring.forms.question import QuestionForm


class OptionRow(MarkedRow):
    """An option to choose."""

    key = KeyField()
    text = RichField(_("Text"))
    pinned = FlagField(_("Stays in its place when the options are shuffled"))


class TickRow(OptionRow):
    """An option to tick."""

    unticked = NumberField(_("Fraction when it is left"), blank="0")


class SingleChoiceForm(QuestionForm):
    """Options, of which one is chosen."""

    options = Rows(OptionRow, _("Option"), least=4, first={"fraction": "1"})
    shuffle = FlagField(_("Shuffle the options"), default=True)


class MultipleChoiceForm(QuestionForm):
    """Options, of which any number is ticked."""

    scheme = OneOfField(
        _("How ticks become marks"),
        [
            ("sum", _("Fractions of what is ticked, added up")),
            ("right_minus_wrong", _("Right ticks less wrong ticks")),
            ("every_decision", _("Every option rightly ticked or rightly left")),
            ("ticked_unticked", _("A fraction for ticking and one for leaving each option")),
            ("all_or_nothing", _("All or nothing")),
        ],
    )
    options = Rows(TickRow, _("Option"), least=4, first={"fraction": "1"})
    shuffle = FlagField(_("Shuffle the options"), default=True)


class StatementRow(Row):
    """A statement to judge."""

    key = KeyField()
    text = RichField(_("Statement"))
    correct = FlagField(_("This statement is true"))
    feedback = RichField(_("Feedback"))
    pinned = FlagField(_("Stays in its place when the statements are shuffled"))


class KprimForm(QuestionForm):
    """Four statements, each to be judged."""

    lead_name = "rows"

    rows = Rows(StatementRow, _("Statement"), least=4, most=4)
    shuffle = FlagField(_("Shuffle the statements"), default=True)
    true_label = PlainField(_("Word for “True”"), description=_("Empty: the portal’s own word."))
    false_label = PlainField(_("Word for “False”"), description=_("Empty: the portal’s own word."))
    scheme = OneOfField(
        _("How verdicts become marks"),
        [
            ("kprim", _("All four the whole mark, three half of it, else nothing")),
            ("every_decision", _("A quarter for each")),
            ("all_or_nothing", _("All or nothing")),
        ],
    )


class TrueFalseForm(QuestionForm):
    """A statement."""

    correct = RadioField(
        _("The statement is"), [InputRequired(_("Say whether the statement is true or false."))],
        choices=[SelectChoice("true", _("True")), SelectChoice("false", _("False"))],
    )  # fmt: skip
    feedback_true = RichField(_("Feedback for “True”"))
    feedback_false = RichField(_("Feedback for “False”"))

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """The verdict as the name of a choice."""
        return body | {"correct": "true" if body["correct"] else "false"}

    def said(self) -> dict[str, Any]:
        """The verdict as a truth value."""
        return super().said() | {"correct": self.correct.data == "true"}
