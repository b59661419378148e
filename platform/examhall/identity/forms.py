"""The forms about people."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, Length

from examhall.identity.roles import LABELS
from examhall.web.form_texts import Worded
from examhall.web.forms import Form

#: A password is only ever compared by its hash: whatever is longer is none.
LONGEST = 2000
ROLES = [SelectChoice(role.value, _(label)) for role, label in LABELS.items()]


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Who signs in. Nobody is signed in yet, so the form brings a token of its own, bound to the visitor's session."""

    class Meta(Worded, FlaskForm.Meta):  # type: ignore[misc]
        """Flask-WTF's own check, which is off elsewhere."""

        csrf = True

    email = EmailField(_("E-mail address"), [DataRequired(_("Give your e-mail address.")), Length(max=320)])
    password = PasswordField(_("Password"), [DataRequired(_("Give your password.")), Length(max=LONGEST)])


class PasswordForm(Form):
    """A change of one's own password."""

    current_password = PasswordField(
        _("Present password"), [DataRequired(_("Give your present password.")), Length(max=LONGEST)]
    )
    new_password = PasswordField(_("New password"), [DataRequired(_("Give a new password.")), Length(max=LONGEST)])


class PersonForm(Form):
    """Name and role of a person."""

    name = StringField(
        _("Name"), [DataRequired(_("Give a name.")), Length(max=200)], [lambda text: text and text.strip()]
    )
    role = SelectField(_("Role"), choices=ROLES)


class NewPersonForm(PersonForm):
    """A person to be added."""

    email = EmailField(_("E-mail address"), [DataRequired(_("Give an e-mail address.")), Length(max=320)])


class GroupForm(Form):
    """Name and description of a group."""

    name = StringField(
        _("Name"), [DataRequired(_("Give a name.")), Length(max=200)], [lambda text: text and text.strip()]
    )
    description = TextAreaField(_("Description"), [Length(max=2000)])
