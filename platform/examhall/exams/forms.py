"""The forms about exams. They only read what was typed; `schemas` holds it to the same rules as the API does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget, NumberInput

from examhall.attempts.engine.review import Show
from examhall.bank.authoring.markup import to_html, to_text
from examhall.bank.types.contract import as_text
from examhall.errors import Invalid
from examhall.exams.models import Assignment, Exam, ExamState, Section
from examhall.exams.schemas import DESCRIPTION_LIMIT, TITLE_LIMIT, Accommodations, ExamChange, SectionIn
from examhall.tenancy import current_tenant
from examhall.web.body import validated
from examhall.web.forms import Form

SHOWS = [
    SelectChoice(Show.GRADE.value, _("Grade: points, percent, pass or fail")),
    SelectChoice(Show.RESPONSES.value, _("Their own answers")),
    SelectChoice(Show.CORRECTNESS.value, _("Which answers are right")),
    SelectChoice(Show.SOLUTIONS.value, _("The right answers")),
    SelectChoice(Show.FEEDBACK.value, _("Feedback")),
]


class MomentField(DateTimeLocalField):
    """A moment, shown and read in the tenant's zone; None where it is left empty."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.astimezone(_zone()).strftime("%Y-%m-%dT%H:%M") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what a browser's field for dates and times of day sends."""
        self.data = None
        text = valuelist[0].strip() if valuelist else ""
        if text:
            try:
                self.data = datetime.fromisoformat(text).replace(tzinfo=_zone()).astimezone(UTC)
            except (ValueError, OverflowError):
                raise ValueError(gettext("Give date and time, such as 2026-05-01 09:00.")) from None


class WholeField(IntegerField):
    """A whole number; None where it is left empty."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read digits, at most nine of them."""
        self.data = None
        text = valuelist[0].strip() if valuelist else ""
        if text:
            if not (text.lstrip("-").isdecimal() and len(text) <= 9):
                raise ValueError(gettext("Give a whole number."))
            self.data = int(text)


class NumberField(StringField):
    """A number with decimals, kept as the text that the API would get; None where it is left empty."""

    widget = NumberInput(step="any")

    def process_data(self, value: Decimal | None) -> None:
        """Show a decimal."""
        self.data = None if value is None else as_text(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the text."""
        self.data = (valuelist[0].strip() if valuelist else "") or None


class TicksField(SelectMultipleField):
    """Several of a few, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ExamNewForm(Form):
    """A new exam."""

    title = StringField(_("Title"), [DataRequired(_("Give the exam a title.")), Length(max=TITLE_LIMIT)])
    description = TextAreaField(_("Description"), [Length(max=DESCRIPTION_LIMIT)])

    @property
    def written(self) -> str:
        """The description as HTML, still to be sanitised."""
        return to_html(self.description.data or "")


class ExamForm(ExamNewForm):
    """All settings of an exam."""

    opens_at = MomentField(_("Opens"))
    closes_at = MomentField(_("Closes"))
    time_limit_minutes = WholeField(_("Time limit in minutes"))
    attempts_allowed = WholeField(_("Attempts"))
    access_code = StringField(_("Access code"))
    pass_mark = NumberField(_("Pass mark in percent"))
    shuffle_options = BooleanField(_("Show the options of a question in another order to each candidate"))
    immediately = TicksField(_("As soon as they have handed in"), choices=SHOWS)
    closed = TicksField(_("Once the exam has closed"), choices=SHOWS)

    @classmethod
    def of(cls, exam: Exam) -> ExamForm:
        """The form as the exam stands; what was sent goes before that."""
        return cls(obj=exam, data={"description": to_text(exam.description), **exam.review})

    @property
    def changes(self) -> dict[str, Any]:
        """What `update_exam` takes. Raises `Invalid`."""
        values = {name: self[name].data for name in ExamChange.model_fields if name in self}
        values["description"] = self.written
        values["review"] = {"immediately": self.immediately.data, "closed": self.closed.data}
        return validated(ExamChange, values).model_dump(exclude_unset=True)


class StateForm(Form):
    """A button that publishes, closes or opens again."""

    state = HiddenField()

    @property
    def wanted(self) -> ExamState:
        """The state. Raises `Invalid` for what is none."""
        return validated(ExamChange, {"state": self.state.data}).state


class SectionForm(Form):
    """A section: its title, and what is drawn; the fixed questions stand in rows beside it."""

    title = StringField(_("Title"), [Length(max=TITLE_LIMIT)])
    shuffle = BooleanField(_("Mix the questions of this section for each candidate"))
    bank_id = SelectField(_("Draw from"))
    count = WholeField(_("Number of questions"))
    tag = StringField(_("Only with this tag"))
    category = StringField(_("Only in this category"))
    points = NumberField(_("Points for each"))

    def __init__(self, *args: Any, banks: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.banks = banks
        nothing = SelectChoice("", gettext("No bank: fixed questions only"))
        self.bank_id.choices = [nothing, *(SelectChoice(id_, name) for id_, name in banks.items())]

    @classmethod
    def of(cls, section: Section, banks: Mapping[str, str]) -> SectionForm:
        """The form as the section stands; what was sent goes before that."""
        drawn = {
            "bank_id": str(section.bank_id or ""), "count": section.draw_count or None, "tag": section.draw_tag,
            "category": section.draw_category, "points": section.draw_points,
        }  # fmt: skip
        return cls(obj=section, data=drawn, banks=banks)

    def section(self, questions: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """What `add_section` and `update_section` take. Raises `Invalid`."""
        values: dict[str, Any] = {"title": self.title.data or "", "shuffle": self.shuffle.data, "draw": None}
        if questions is not None:
            values["questions"] = questions
        if self.bank_id.data:
            values["draw"] = {
                "bank_id": self.bank_id.data, "count": self.count.data, "tag": self.tag.data or "",
                "category": self.category.data or "", "points": self.points.data or "1",
            }  # fmt: skip
        return validated(SectionIn, values).model_dump(exclude_unset=True)

    def show(self, problem: Invalid) -> None:
        """Put errors of the draw to its fields, and name the question that an error is about."""
        errors = []
        for error in problem.errors:
            place, _dot, field = error.field.partition(".")
            if place == "draw":
                errors.append(replace(error, field=field))
            elif place == "questions":
                number, text = int(field.partition(".")[0]) + 1, gettext(error.message, **error.params)
                self.form_errors.append(gettext("Question %(number)s: %(text)s", number=number, text=text))
            else:
                errors.append(error)
        if errors or not problem.errors:
            super().show(Invalid(problem.detail, errors=errors))


class AccommodationForm(Form):
    """What one person has beside the others."""

    extra_minutes = WholeField(_("Extra time in minutes"))
    extra_attempts = WholeField(_("Extra attempts"))
    opens_at = MomentField(_("Opens for them"))
    closes_at = MomentField(_("Closes for them"))

    @classmethod
    def of(cls, assignment: Assignment) -> AccommodationForm:
        """The form as the assignment stands; what was sent goes before that."""
        return cls(obj=assignment)

    @property
    def changes(self) -> dict[str, Any]:
        """What `update_assignment` takes. Raises `Invalid`."""
        values = {name: self[name].data for name in Accommodations.model_fields}
        values |= {name: values[name] or 0 for name in ("extra_minutes", "extra_attempts")}
        return validated(Accommodations, values).model_dump()


def _zone() -> ZoneInfo:
    return ZoneInfo(current_tenant().settings.time_zone)
