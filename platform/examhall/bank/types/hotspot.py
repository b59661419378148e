"""A picture on which the right region, or all right regions, have to be chosen."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictBool, field_validator, model_validator

from examhall.bank.content.richtext import media_of, plain_text
from examhall.bank.types.choice import summed, sums_to_one
from examhall.bank.types.contract import (
    ONE,
    ZERO,
    Arrangement,
    Body,
    Fraction,
    QuestionType,
    Revelation,
    RichText,
    at_least,
    only,
    refusal,
)
from examhall.bank.types.parts import Keyed, Label, keyed, keys_of, repeated, whole
from examhall.errors import N_, FieldError

REGIONS_LIMIT = 50
POINTS_LIMIT = 100
PIXELS_LIMIT = 20_000

Shape = Literal["rect", "circle", "polygon"]
Pixels = Annotated[int, whole(1, PIXELS_LIMIT)]
Coordinate = Annotated[int, whole(0, PIXELS_LIMIT)]


class Region(Keyed):
    """A part of the picture, in its pixels from the upper left corner, and what choosing it earns.

    `coords`: rect x1, y1, x2, y2; circle x, y, radius; polygon x, y of each corner. The label is what those choose by
    who cannot see the picture: plain text that all candidates read.
    """

    label: Label
    shape: Shape
    coords: Annotated[tuple[Coordinate, ...], Field(max_length=2 * POINTS_LIMIT)]
    fraction: Fraction
    feedback: RichText = ""

    @model_validator(mode="after")
    def _outlined(self) -> Self:
        given = len(self.coords)
        if not {"rect": given == 4, "circle": given == 3, "polygon": given >= 6 and given % 2 == 0}[self.shape]:
            raise refusal(N_("Give four numbers for a rectangle, three for a circle, six or more in pairs otherwise."))
        return self

    def box(self) -> tuple[int, int, int, int]:
        """The least and the greatest x and y: left, top, right, bottom."""
        if self.shape == "circle":
            x, y, radius = self.coords
            return x - radius, y - radius, x + radius, y + radius
        across, down = self.coords[::2], self.coords[1::2]
        return min(across), min(down), max(across), max(down)


class HotspotBody(Body):
    """A picture in the media store, by the SHA-256 of its bytes, its size in pixels and 1 to 50 regions on it."""

    image: str
    alt: Label
    width: Pixels
    height: Pixels
    regions: Annotated[tuple[Region, ...], Field(max_length=REGIONS_LIMIT), at_least(1), keyed("r")]
    multiple: StrictBool = False

    @field_validator("image")
    @classmethod
    def _digest(cls, image: str) -> str:
        if media_of(f"media:{image}") != {image}:
            raise refusal(N_("Choose a picture."))
        return image


class Hotspot(QuestionType[HotspotBody]):
    """One region: its fraction, below 0 if the author says so, and more than one is no choice, so 0.

    With `multiple`: the sum of the fractions of those chosen, between 0 and 1.
    """

    name = "hotspot"
    label = N_("Hotspot")
    Body = HotspotBody

    def check(self, body: HotspotBody) -> Iterator[FieldError]:
        yield from repeated("regions", (region.label for region in body.regions), name="label")
        fractions = [region.fraction for region in body.regions]
        if body.multiple:
            yield from sums_to_one("regions", fractions)
        elif ONE not in fractions:
            yield FieldError("regions", N_("No region earns the whole mark. Give the right one the fraction 1."))
        for place, region in enumerate(body.regions):
            if fault := _misdrawn(region, body):
                yield FieldError(f"regions.{place}.coords", fault)

    def arrange(self, body: HotspotBody, rng: random.Random, shuffle: bool) -> list[str]:
        # As one reads a page, and never as authored, where the right one may well stand first. What lies within
        # another region comes after it, so that it is drawn above it.
        boxes = {region.key: region.box() for region in body.regions}
        return sorted(boxes, key=lambda key: (boxes[key][1], boxes[key][0], -boxes[key][3], -boxes[key][2], key))

    def present(self, body: HotspotBody, arrangement: Arrangement) -> dict[str, Any]:
        regions = {region.key: region for region in body.regions}
        return {
            "prompt": body.prompt,
            "image": f"media:{body.image}",
            "alt": body.alt,
            "width": body.width,
            "height": body.height,
            "multiple": body.multiple,
            "regions": [
                {"id": shown, "label": region.label, "shape": region.shape, "coords": list(region.coords)}
                for key, shown in arrangement.items()
                for region in [regions[key]]
            ],
        }

    def read(self, arrangement: Arrangement, response: object) -> list[str] | None:
        return None if response is None else keys_of(arrangement, only(response, "regions")) or None

    def grade(self, body: HotspotBody, response: list[str] | None) -> Decimal:
        fractions = {region.key: region.fraction for region in body.regions}
        chosen = response or []
        if body.multiple:
            return summed(fractions, chosen)
        return fractions.get(chosen[0], ZERO) if len(chosen) == 1 else ZERO

    def reveal(self, body: HotspotBody, arrangement: Arrangement, response: list[str] | None) -> Revelation:
        right, chosen = self.full(body), response or []
        earned = [region.feedback for region in body.regions if region.key in chosen]
        return {
            "correct": {"regions": [shown for key, shown in arrangement.items() if key in right]},
            "feedback": [feedback for feedback in earned if plain_text(feedback)],
            "general_feedback": body.feedback,
        }

    def bounds(self, body: HotspotBody) -> tuple[Decimal, Decimal]:
        return (ZERO if body.multiple else min(ZERO, *(region.fraction for region in body.regions))), ONE

    def guess(self, body: HotspotBody) -> Decimal | None:
        if body.multiple:
            return None
        return sum((region.fraction for region in body.regions), ZERO) / len(body.regions)

    def full(self, body: HotspotBody) -> list[str]:
        if body.multiple:
            return [region.key for region in body.regions if region.fraction > 0]
        return [next(region.key for region in body.regions if region.fraction == ONE)]

    def media(self, body: HotspotBody) -> frozenset[str]:
        return super().media(body) | {body.image}


def _misdrawn(region: Region, body: HotspotBody) -> str | None:
    """What is wrong with the outline of a region."""
    left, top, right, bottom = region.box()
    if left == right or top == bottom:
        return N_("This region has no area. Draw it again.")
    if region.shape == "rect" and region.coords != region.box():
        return N_("Give the upper left corner of the rectangle first, then the lower right one.")
    if left < 0 or top < 0 or right > body.width or bottom > body.height:
        return N_("This region leaves the picture. Draw it within the picture.")
    return None
