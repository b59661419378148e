"""The forms of imports and exports."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length, ValidationError

from examhall.bank.content.texts import CATEGORY_LIMIT
from examhall.bank.formats.registry import FORMATS, READ, WRITTEN
from examhall.bank.forms import STATUS_CHOICES
from examhall.web.forms import Form

DUPLICATES = [
    SelectChoice("add", _("Let them stand beside the others")),
    SelectChoice("skip", _("Leave them out")),
    SelectChoice("new_version", _("Make them new versions")),
]


def _formats(names: tuple[str, ...]) -> list[SelectChoice]:
    return [SelectChoice(name, _(FORMATS[name].label)) for name in names]


class UploadForm(Form):
    """A file of questions, or its text."""

    file = FileField(_("File"), description=_("A text, table, XML file or zip archive, of at most 64 MB."))
    text = TextAreaField(_("Text"), description=_("In place of a file: questions as text, such as GIFT or Aiken."))
    format = SelectField(
        _("Format"), choices=[SelectChoice("", _("Tell by what is in it")), *_formats(READ)], default=""
    )

    def validate_text(self, field: TextAreaField) -> None:
        """One of the two is needed."""
        if not self.file.data and not (field.data or "").strip():
            raise ValidationError(gettext("Choose a file or paste a text."))


class OptionsForm(Form):
    """What is chosen about an import that is read."""

    format = SelectField(_("Format"), choices=_formats(READ))
    grades = SelectField(
        _("Percentages that are none of the usual"),
        choices=[SelectChoice("error", _("are errors")), SelectChoice("nearest", _("become the nearest usual one"))],
        default="error",
    )
    duplicates = SelectField(_("Questions that the bank has already"), choices=DUPLICATES)
    category = StringField(
        _("Put all below a category"), [Length(max=CATEGORY_LIMIT)], description=_("A path such as safety/fire.")
    )
    status = SelectField(_("Status"), choices=[SelectChoice("", _("As the file says, else ready")), *STATUS_CHOICES])
    leave_out_faulty = BooleanField(_("Import the sound questions and leave out the faulty ones"))


class ExportForm(Form):
    """As which format questions go out."""

    format = SelectField(_("Format"), choices=_formats(WRITTEN))
