"""What the forms of all questions have."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from examhall.bank.authoring.forms.fields import RichField, Says
from examhall.bank.content.texts import NAME_LIMIT
from examhall.bank.forms import Filed
from examhall.bank.types.contract import Body
from examhall.errors import Invalid


class QuestionForm(Says, Filed):
    """A question: fields of the same names as the members of its body, and its filing.

    What a body holds and no field shows is kept, so that a question keeps it when it is edited.
    """

    lead_name = "prompt"

    name = StringField(
        _("Name"),
        [Length(max=NAME_LIMIT)],
        description=_("For lists; without one the question is called by its beginning."),
    )
    prompt = RichField(_("Question"), [DataRequired(_("Write what is asked."))])
    feedback = RichField(
        _("General feedback"), description=_("Explains the answer to everybody, after the result is released.")
    )
    right_feedback = RichField(_("When the answer is right"))
    partial_feedback = RichField(_("When it is partly right"))
    wrong_feedback = RichField(_("When it is wrong"))

    #: The body that is edited, as JSON.
    kept: Mapping[str, Any] = MappingProxyType({})

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """The body as the fields take it."""
        return body

    @classmethod
    def for_body(cls, body: Body, **values: Any) -> Self:
        """The form of a question that exists."""
        kept = body.to_json()
        form = cls(data=cls.values_of(kept) | values)
        form.kept = kept
        form.leave_filing()
        return form

    def leave_filing(self) -> None:
        """Let the question stay where it belongs."""
        for name in self.filing():
            del self[name]

    def body(self) -> dict[str, Any]:
        """The body that the fields say; empty rows are left out."""
        return {**self.kept, **self.said()}

    def show(self, problem: Invalid) -> None:
        """Put the faults of a body where its fields and rows are."""
        for error in problem.errors:
            text = gettext(error.message, **error.params)
            field = self.field_at(error.field.removeprefix("body.").split("."))
            if field is None:
                self.form_errors.append(f"{error.field}: {text}")
            else:
                field.errors = [*field.errors, text]

    def faults(self, place: str = "") -> list[tuple[str, str, str]]:
        """All that is wrong, and last what belongs to no field."""
        return super().faults(place) + [("", "", str(error)) for error in self.form_errors]
