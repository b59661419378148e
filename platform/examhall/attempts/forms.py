"""The forms of a sitting."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import Length

from examhall.web.forms import Form


class StartForm(Form):
    """How an attempt is started; the code where the exam asks for one."""

    access_code = StringField(_("Access code"), [Length(max=200)])
