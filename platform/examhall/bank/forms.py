"""The forms about banks and about what all questions have; those of the single types stand in `authoring_forms`."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, Length

from examhall.bank.models import Status
from examhall.bank.texts import CATEGORY_LIMIT, DESCRIPTION_LIMIT, NAME_LIMIT
from examhall.errors import N_
from examhall.web.forms import Form

STATUSES: Mapping[str, str] = {
    Status.DRAFT.value: N_("Draft"),
    Status.READY.value: N_("Ready"),
    Status.RETIRED.value: N_("Retired"),
}
STATUS_CHOICES = [SelectChoice(status, _(label)) for status, label in STATUSES.items()]


class TagsField(StringField):
    """Tags as they are typed, with commas between them; the Arabic comma is one, too."""

    def process_data(self, value: list[str] | None) -> None:
        """Show the tags of a question."""
        self.data = ", ".join(value or ())

    @property
    def words(self) -> list[str]:
        """The tags."""
        return [tag for tag in (self.data or "").replace("،", ",").split(",") if tag.strip()]


class BankForm(Form):
    """Name and description of a bank."""

    name = StringField(_("Name"), [DataRequired(_("Give the bank a name.")), Length(max=NAME_LIMIT)])
    description = TextAreaField(_("Description"), [Length(max=DESCRIPTION_LIMIT)])


class FilingForm(Form):
    """How a question is called, filed and used; what it asks stays."""

    name = StringField(_("Name"), [DataRequired(_("Give the question a name.")), Length(max=NAME_LIMIT)])
    category = StringField(
        _("Category"), [Length(max=CATEGORY_LIMIT)], description=_("A path such as safety/fire, for drawing questions.")
    )
    tags = TagsField(_("Tags"), [Length(max=1200)], description=_("Words with commas between them."))
    status = SelectField(
        _("Status"), choices=STATUS_CHOICES, description=_("Only ready questions are drawn for an exam.")
    )
