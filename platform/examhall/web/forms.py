"""Forms of pages: Flask-WTF renders and validates; the double submit of the token cookies guards them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField

from examhall.errors import Invalid, PreconditionFailed
from examhall.web.form_texts import Worded

T = TypeVar("T")

#: The hidden field whose value stands in one form of one page and nowhere else; see `storage.idempotency`.
ONCE = "once"


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form of a signed-in person. `revision` is what its reader saw; see `require_revision`."""

    class Meta(Worded):
        """WTForms speaks our words."""

    revision = HiddenField()

    def accept(self, act: Callable[[], T]) -> T | None:
        """Validate, then `act`; None when either refuses, with each reason at its field or in `form_errors`.

        Only `Invalid` is caught: everything else is for the error page.
        """
        if not self.validate_on_submit():
            return None
        try:
            return act()
        except Invalid as problem:
            self.show(problem)
            return None

    def show(self, problem: Invalid) -> None:
        """Put the problem's errors where their fields are; those without a field go to the top of the form."""
        if not problem.errors:
            self.form_errors.append(gettext(problem.detail, **problem.params))
        for error in problem.errors:
            text = gettext(error.message, **error.params)
            field = self._fields.get(error.field)
            if field is None:
                self.form_errors.append(f"{error.field}: {text}")
            else:
                field.errors = [*field.errors, text]


def require_revision(record: Any, form: Form) -> None:
    """Hold a page's write to the revision that its reader saw. Raises `PreconditionFailed`."""
    if form.revision.data != str(record.revision):
        raise PreconditionFailed()
