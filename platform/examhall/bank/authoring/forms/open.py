"""Forms of questions that a person marks, of texts without a question, and of regions of a picture."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import wtforms
from flask_babel import lazy_gettext as _

from examhall.bank.authoring.forms.fields import (
    FlagField,
    KeyField,
    LinesField,
    MarkedRow,
    NumberField,
    OneOfField,
    PlainField,
    RichField,
    Rows,
    WholeField,
)
from examhall.bank.authoring.forms.question import QuestionForm
from examhall.bank.authoring.markup import to_number
from examhall.bank.types.contract import as_text, exact

_MEBIBYTE = 2**20


class EssayForm(QuestionForm):
    """A text of the candidate's own."""

    template = LinesField(_("The answer begins with"))
    min_words = WholeField(_("At least so many words"))
    max_words = WholeField(_("At most so many words"))
    lines = WholeField(_("Lines of the field"), blank=10, default="10")
    marking_notes = RichField(_("Notes for markers"), description=_("Candidates never see them."))


class UploadForm(QuestionForm):
    """Files of the candidate's own."""

    max_files = WholeField(_("At most so many files"), blank=1, default="1")
    max_bytes = NumberField(_("Each at most so many megabytes (MiB)"), default="10")
    endings = PlainField(
        _("Kinds of files"), default="pdf, docx, odt, txt, jpg, png",
        description=_("The endings of their names, with commas between them."),
    )  # fmt: skip
    marking_notes = RichField(_("Notes for markers"), description=_("Candidates never see them."))

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """Bytes as megabytes, endings with commas."""
        megabytes = as_text(Decimal(body["max_bytes"]) / _MEBIBYTE)
        return body | {"max_bytes": megabytes, "endings": ", ".join(body["accept"])}

    def part(self, name: str) -> wtforms.Field | None:
        """The endings under their name in the body, which is that of a form's method."""
        return super().part("endings" if name == "accept" else name)

    def said(self) -> dict[str, Any]:
        """Megabytes as bytes; what is no number is left for the type to refuse."""
        typed = self.max_bytes.said
        megabytes = exact(typed)
        size = typed if megabytes is None else int((megabytes * _MEBIBYTE).to_integral_value(ROUND_HALF_UP))
        said = super().said()
        endings = [ending for ending in re.split(r"[,،\s]+", said.pop("endings")) if ending]
        return said | {"max_bytes": size, "accept": endings}


class DescriptionForm(QuestionForm):
    """A text to read."""

    feedback = right_feedback = partial_feedback = wrong_feedback = None  # type: ignore[assignment]  # takes them away


class RegionRow(MarkedRow):
    """A part of the picture."""

    needed = ("label", "coords", "feedback")
    lead_name = "label"

    key = KeyField()
    label = PlainField(_("Called"), description=_("Candidates who cannot see the picture choose by this."))
    shape = OneOfField(
        _("Shape"), [("rect", _("Rectangle")), ("circle", _("Circle")), ("polygon", _("Any other outline"))]
    )
    coords = PlainField(_("Where it lies, in pixels"))

    def said(self) -> dict[str, Any]:
        """The region, its place as numbers; what is no number is left for the type to refuse."""
        pieces = [piece for piece in re.split(r"[,،;\s]+", to_number(self.coords.said)) if piece]
        numbers = [int(piece) if re.fullmatch("[0-9]{1,9}", piece) else piece for piece in pieces]
        return super().said() | {"coords": numbers}


class HotspotForm(QuestionForm):
    """A picture and the regions on it."""

    lead_name = "image"

    image = PlainField(_("Picture"))
    alt = PlainField(_("What the picture shows"), description=_("For those who cannot see it."))
    width = WholeField(_("Width in pixels"))
    height = WholeField(_("Height in pixels"))
    regions = Rows(RegionRow, _("Region"), first={"fraction": "1"})
    multiple = FlagField(_("Several regions may be chosen"))

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """Places as numbers with commas."""
        regions = [region | {"coords": ", ".join(map(str, region["coords"]))} for region in body["regions"]]
        return body | {"regions": regions}
