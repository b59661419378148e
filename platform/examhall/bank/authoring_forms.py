"""A form for each type of question: its fields, the body that they say, and where its faults belong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

import wtforms
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from examhall.bank.authoring import to_html, to_number, to_text
from examhall.bank.forms import STATUS_CHOICES, TagsField
from examhall.bank.richtext import foreign_tags
from examhall.bank.texts import CATEGORY_LIMIT, NAME_LIMIT
from examhall.bank.types.contract import Body
from examhall.errors import N_, Invalid
from examhall.web.form_texts import Worded
from examhall.web.forms import Form

_AT_ROW = re.compile(r"body\.(options|answers)\.([0-9]+)(?:\.(\w+))?")


class RichField(TextAreaField):
    """Words or HTML; `html` is what they mean."""

    def process_data(self, value: str | None) -> None:
        """Show what is stored as its author may go on typing."""
        self.data = to_text(value or "")

    @property
    def html(self) -> str:
        """What was typed, as HTML that is still to be sanitised."""
        return to_html(self.data or "")

    def pre_validate(self, form: object) -> None:
        """Refuse tags that would be left out, so that nothing gets lost without a word."""
        if foreign := foreign_tags(self.html):
            tags = ", ".join(f"<{tag}>" for tag in foreign)
            message = N_("This may not stand in a question: %(tags)s. Remove it, or write &lt; for a less-than sign.")
            raise ValidationError(gettext(message, tags=tags))


class NumberField(StringField):
    """A number in digits of any script; `number` is how it travels."""

    @property
    def number(self) -> str:
        """What was typed, in ASCII."""
        return to_number(self.data or "")


class Rows(FieldList):  # type: ignore[type-arg]  # the class is generic in its stubs only
    """Rows that a script or an author adds and removes; gaps in their numbers mean nothing."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        shape = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,4}})-")
        return (int(found[1]) for name in formdata if (found := shape.match(name)))

    def pattern(self) -> FormField[Row]:
        """An empty row with the next number, which is not added: a script makes further rows of it."""
        self.append_entry({"fraction": "0"})
        entry: FormField[Row] = self.pop_entry()
        return entry


class Row(wtforms.Form):
    """One option or answer."""

    Meta = Worded

    #: The field that the row is about.
    lead_name: ClassVar[str] = "text"

    fraction = NumberField(_("Fraction"), [Length(max=64)])
    feedback = RichField(_("Feedback"))

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written here: such a row is left out."""
        return not any((field.data or "").strip() for field in (self[self.lead_name], self.feedback))

    def said(self) -> dict[str, Any]:
        """The row as a part of a body."""
        return {"fraction": self.fraction.number or "0", "feedback": self.feedback.html}


class OptionRow(Row):
    """An option to choose or to tick."""

    key = HiddenField()
    text = RichField(_("Text"))
    pinned = BooleanField(_("Stays in its place when the options are shuffled"))

    def said(self) -> dict[str, Any]:
        """The option; its key ties it to the same option of earlier versions."""
        key = {"key": self.key.data} if self.key.data else {}
        return super().said() | key | {"text": self.text.html, "pinned": self.pinned.data}


class TextRow(Row):
    """An answer to be written; plain text, in which * stands for any run of characters."""

    text = StringField(_("Text"))

    def said(self) -> dict[str, Any]:
        """The answer."""
        return super().said() | {"text": self.text.data or ""}


class NumberRow(Row):
    """A number, or * for any other."""

    lead_name = "value"
    value = NumberField(_("Number"), [Length(max=64)])
    tolerance = NumberField(_("Tolerance"), [Length(max=64)])
    tolerance_type = SelectField(
        _("Kind of tolerance"),
        choices=[
            SelectChoice("nominal", _("plus or minus")),
            SelectChoice("relative", _("share of the number")),
            SelectChoice("geometric", _("factor")),
        ],
    )

    def said(self) -> dict[str, Any]:
        """The answer."""
        if self.value.number == "*":
            return super().said() | {"any": True}
        told = {"value": self.value.number, "tolerance": self.tolerance.number or "0"}
        return super().said() | told | {"tolerance_type": self.tolerance_type.data}


class QuestionForm(Form):
    """What every question says. The parts of its body are fields or rows of the same names."""

    name = StringField(
        _("Name"),
        [Length(max=NAME_LIMIT)],
        description=_("For lists; without one the question is called by its beginning."),
    )
    prompt = RichField(_("Question"), [DataRequired(_("Write what is asked."))])
    feedback = RichField(
        _("General feedback"), description=_("Explains the answer to everybody, after the result is released.")
    )
    category = StringField(
        _("Category"), [Length(max=CATEGORY_LIMIT)], description=_("A path such as safety/fire, for drawing questions.")
    )
    tags = TagsField(_("Tags"), [Length(max=1200)], description=_("Words with commas between them."))
    status = SelectField(_("Status"), choices=STATUS_CHOICES)

    #: The name of the field that holds the rows, None where a type has none.
    rows_name: ClassVar[str | None] = None
    #: Rows of a new question.
    least_rows: ClassVar[int] = 2

    @classmethod
    def values_of(cls, body: Body) -> dict[str, Any]:
        """The body as the fields take it."""
        return body.to_json()

    @classmethod
    def for_body(cls, body: Body, **values: Any) -> QuestionForm:
        """The form of a question that exists."""
        form = cls(data=cls.values_of(body) | values)
        del form.category, form.tags, form.status
        return form

    @property
    def rows(self) -> Rows | None:
        """The list of rows."""
        return self[self.rows_name] if self.rows_name else None

    def grow(self) -> None:
        """Add empty rows to write in: one at the end, and to a new question as many as it will need."""
        if self.rows is None:
            return
        while len(self.rows) < self.least_rows or not self.rows[-1].form.is_blank:
            self.rows.append_entry({"fraction": "0" if len(self.rows) else "1"})

    def body(self) -> dict[str, Any]:
        """The body that the fields say; empty rows are left out."""
        said: dict[str, Any] = {"prompt": self.prompt.html, "feedback": self.feedback.html}
        if self.rows_name:
            said[self.rows_name] = [row.said() for row in self._written()]
        return said

    def show(self, problem: Invalid) -> None:
        """Put the faults of a body where its fields and rows are."""
        for error in problem.errors:
            text = gettext(error.message, **error.params)
            field = self._field_at(error.field)
            if field is None:
                self.form_errors.append(f"{error.field}: {text}")
            else:
                field.errors = [*field.errors, text]

    def faults(self) -> list[tuple[str, str, str]]:
        """All that is wrong, as (id of the field, its name, message), in the order of the page."""
        found = []
        for field in self:
            if isinstance(field, Rows):
                found += [(field.id, field.label.text, error) for error in field.errors if isinstance(error, str)]
                for number, entry in enumerate(field, start=1):
                    name = f"{field.label.text} {number}"
                    parts = [part for part in entry.form if part.errors]
                    found += [(part.id, f"{name}, {part.label.text}", part.errors[0]) for part in parts]
            elif field.errors:
                found.append((field.id, field.label.text, field.errors[0]))
        return found + [("", "", error) for error in self.form_errors]

    def _written(self) -> list[Row]:
        return [entry.form for entry in self.rows or () if not entry.form.is_blank]

    def _field_at(self, path: str) -> wtforms.Field | None:
        if at_row := _AT_ROW.fullmatch(path):
            row = self._written()[int(at_row[2])]
            return row[at_row[3] if at_row[3] and at_row[3] in row else row.lead_name]
        found: wtforms.Field | None = self._fields.get(path.removeprefix("body."))
        return found


class ChoiceForm(QuestionForm):
    """Options, of which one is chosen or several are ticked."""

    rows_name, least_rows = "options", 4
    options = Rows(FormField(OptionRow), _("Option"))
    shuffle = BooleanField(_("Shuffle the options"), default=True)

    def body(self) -> dict[str, Any]:
        """Beside the options, whether they are shuffled."""
        return super().body() | {"shuffle": self.shuffle.data}


class TrueFalseForm(QuestionForm):
    """A statement."""

    correct = RadioField(
        _("The statement is"), [InputRequired(_("Say whether the statement is true or false."))],
        choices=[SelectChoice("true", _("True")), SelectChoice("false", _("False"))],
    )  # fmt: skip
    feedback_true = RichField(_("Feedback for “True”"))
    feedback_false = RichField(_("Feedback for “False”"))

    @classmethod
    def values_of(cls, body: Body) -> dict[str, Any]:
        """The verdict as the name of a choice."""
        values = super().values_of(body)
        return values | {"correct": "true" if values["correct"] else "false"}

    def body(self) -> dict[str, Any]:
        """The verdict, and a feedback for either answer."""
        return super().body() | {
            "correct": self.correct.data == "true",
            "feedback_true": self.feedback_true.html,
            "feedback_false": self.feedback_false.html,
        }


class ShortTextForm(QuestionForm):
    """Texts that are accepted."""

    rows_name = "answers"
    answers = Rows(FormField(TextRow), _("Answer"))
    case_sensitive = BooleanField(_("Capital and small letters are different"))

    def body(self) -> dict[str, Any]:
        """Beside the answers, whether case counts."""
        return super().body() | {"case_sensitive": self.case_sensitive.data}


class NumericForm(QuestionForm):
    """Numbers that are accepted."""

    rows_name = "answers"
    answers = Rows(FormField(NumberRow), _("Answer"))

    @classmethod
    def values_of(cls, body: Body) -> dict[str, Any]:
        """`*` for an answer that takes any number."""
        values = super().values_of(body)
        answers = [answer | ({"value": "*"} if answer["any"] else {}) for answer in values["answers"]]
        return values | {"answers": answers}


FORMS: Mapping[str, type[QuestionForm]] = {
    "single_choice": ChoiceForm,
    "multiple_choice": ChoiceForm,
    "true_false": TrueFalseForm,
    "short_text": ShortTextForm,
    "numeric": NumericForm,
}
