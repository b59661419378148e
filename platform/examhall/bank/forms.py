"""The forms about banks and about what all questions have; those of the single types stand in `authoring_forms`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.numbers import get_decimal_symbol
from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, Length

from examhall.bank.authoring.markup import to_number
from examhall.bank.content.texts import CATEGORY_LIMIT, DESCRIPTION_LIMIT, NAME_LIMIT
from examhall.bank.models import Difficulty, Status
from examhall.bank.types.contract import as_text, exact
from examhall.errors import N_
from examhall.web.forms import Form

STATUSES: Mapping[str, str] = {
    Status.DRAFT.value: N_("Draft"),
    Status.READY.value: N_("Ready"),
    Status.RETIRED.value: N_("Retired"),
}
DIFFICULTIES: Mapping[str, str] = {
    Difficulty.EASY.value: N_("Easy"),
    Difficulty.MEDIUM.value: N_("Medium"),
    Difficulty.HARD.value: N_("Hard"),
}
DIFFICULTY_CHOICES = [
    SelectChoice("", _("Not said")), *(SelectChoice(name, _(label)) for name, label in DIFFICULTIES.items()),
]  # fmt: skip
STATUS_CHOICES = [SelectChoice(status, _(label)) for status, label in STATUSES.items()]

_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")


def typed_number(text: str | None) -> str:
    """What was typed, in ASCII; a comma is the decimal sign where it is that in the reader's language."""
    number = to_number(text or "")
    if _COMMA.fullmatch(number) and get_decimal_symbol(get_locale()) == ",":
        return number.replace(",", ".")
    return number


class TagsField(StringField):
    """Tags as they are typed, with commas between them; the Arabic comma is one, too."""

    def process_data(self, value: list[str] | None) -> None:
        """Show the tags of a question."""
        self.data = ", ".join(value or ())

    @property
    def words(self) -> list[str]:
        """The tags."""
        return [tag for tag in (self.data or "").replace("،", ",").split(",") if tag.strip()]


class PointsField(StringField):
    """What a question is worth, in digits of any script."""

    def process_data(self, value: Decimal | None) -> None:
        """Show it."""
        self.data = "" if value is None else as_text(value)

    @property
    def number(self) -> Decimal:
        """The points; NaN, which is refused, for what is no number."""
        number = exact(typed_number(self.data))
        return Decimal("NaN") if number is None else number


class BankForm(Form):
    """Name and description of a bank."""

    name = StringField(_("Name"), [DataRequired(_("Give the bank a name.")), Length(max=NAME_LIMIT)])
    description = TextAreaField(_("Description"), [Length(max=DESCRIPTION_LIMIT)])


class Filed(Form):
    """Where a question belongs, and how it is used."""

    category = StringField(
        _("Category"), [Length(max=CATEGORY_LIMIT)], description=_("A path such as safety/fire, for drawing questions.")
    )
    tags = TagsField(_("Tags"), [Length(max=1200)], description=_("Words with commas between them."))
    status = SelectField(
        _("Status"), choices=STATUS_CHOICES, description=_("Only ready questions are drawn for an exam.")
    )
    difficulty = SelectField(_("Difficulty"), choices=DIFFICULTY_CHOICES)
    language = StringField(_("Language"), [Length(max=35)], description=_("A tag such as en, es-MX or ar."))
    points = PointsField(
        _("Points"), [DataRequired(_("Say what it is worth.")), Length(max=20)],
        default=Decimal(1),  # type: ignore[arg-type]  # `process_data` takes the number itself
        description=_("Unless an exam says otherwise."),
    )  # fmt: skip

    def filing(self) -> dict[str, Any]:
        """What the fields say, as operations take it."""
        return {
            "tags": self.tags.words, "category": self.category.data or "", "status": self.status.data,
            "difficulty": self.difficulty.data, "language": self.language.data or "", "points": self.points.number,
        }  # fmt: skip


class FilingForm(Filed):
    """How a question is called, filed and used; what it asks stays."""

    name = StringField(_("Name"), [DataRequired(_("Give the question a name.")), Length(max=NAME_LIMIT)])


class CategoryForm(Form):
    """A category: its name, its place, what it is called elsewhere."""

    name = StringField(_("Name"), [DataRequired(_("Give the category a name.")), Length(max=CATEGORY_LIMIT)])
    parent_id = SelectField(_("Below"), choices=[], default="")
    external_id = StringField(_("Id in other systems"), [Length(max=200)])
    description = TextAreaField(_("Description"), [Length(max=DESCRIPTION_LIMIT)])

    def offer(self, places: Iterable[tuple[UUID, str]]) -> None:
        """Let it stand below one of these, or at the top."""
        self.parent_id.choices = [
            SelectChoice("", _("The top")),
            *(SelectChoice(str(id_), path) for id_, path in places),
        ]

    @property
    def parent(self) -> UUID | None:
        """What it shall stand below."""
        return UUID(self.parent_id.data) if self.parent_id.data else None
