"""Markers to drag onto a picture (ddmarker): the regions of a hotspot question, read and written.

Where no marker belongs (choice 0), Moodle skips a drop zone at import, so the wrong regions stay in the file. It makes
pictures that are larger than 600 by 400 pixels smaller, but not the zones on them: both are written at that size.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from pathlib import PurePosixPath
from typing import Any

from PIL import Image, UnidentifiedImageError

from examhall.bank.content.richtext import plain_text, sanitise
from examhall.bank.formats import Medium
from examhall.bank.formats.moodle_xml.choices import Draft
from examhall.bank.formats.moodle_xml.markup import Markup, Unsayable
from examhall.bank.formats.moodle_xml.node import Node
from examhall.bank.formats.moodle_xml.question import Question
from examhall.bank.types.hotspot import PIXELS_LIMIT
from examhall.errors import N_

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_SHAPES = {"circle": "circle", "rectangle": "rect", "polygon": "polygon"}
_NOWHERE = {"", "0"}
_LARGEST = (600, 400)
_NAME_LIMIT = 200
_PLACES = 12
_CLOSE = Decimal("0.00001")
_UNREADABLE = (
    UnidentifiedImageError, EOFError, OSError, SyntaxError, ValueError, Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)  # fmt: skip


def ddmarker(question: Question, prompt: str) -> Draft:
    """One marker and the regions on a picture where it belongs: a hotspot. With more markers it is none."""
    markers: dict[str, str] = {}
    for marker in question.node.take_all("drag"):
        number = marker.setting("no")
        markers[number] = marker.take_text()
        marker.discard("infinite", "noofdrags")
    drops = question.node.take_all("drop")
    choices = [drop.setting("choice") for drop in drops]
    if len(set(choices) - _NOWHERE) != 1 or len(markers) != 1:
        raise question.node.fault(
            N_(
                "Several markers on a picture (ddmarker) cannot be asked here. Make a hotspot question for each marker,"
                " or a matching question."
            )
        )
    picture = question.texts.files.first(question.node.path)
    if picture is None:
        raise question.node.fault(N_("There is no picture in this question. Export it again with its files."))
    digest, name = picture
    width, height = _size(question.node, question.texts.files.data(digest))
    right = [choice not in _NOWHERE for choice in choices]
    if all(right):
        message = N_(
            "The regions are shown to be chosen from, and all of them are right. Add some that are wrong; name the "
            "picture."
        )
        question.warn(question.node, message)
    question.node.discard("shuffleanswers")
    labels = _labels(plain_text(sanitise(next(iter(markers.values())))) or "?", len(drops))
    share = _share(sum(right))
    regions = [
        {"label": label, "fraction": share if belongs else "0", **_outline(question, place, drop)}
        for place, (label, belongs, drop) in enumerate(zip(labels, right, drops, strict=True))
    ]
    shown = {"image": digest, "alt": PurePosixPath(name).stem, "width": width, "height": height}
    return "hotspot", {**shown, "regions": regions, "multiple": sum(right) > 1}


def write_markers(markup: Markup, body: Mapping[str, Any]) -> None:
    """A hotspot as one marker, once for each right region.

    Raises Unsayable without the picture.
    """
    regions: Sequence[Mapping[str, Any]] = body["regions"]
    markup.lose(
        N_(
            "Moodle asks to drag as many markers as there are right regions onto the picture, and shows neither the "
            "regions nor their names."
        )
    )
    across, down = _write_picture(markup, body)
    right = _right(markup, body)
    if any(region["feedback"] for region in regions):
        markup.lose(N_("Moodle has no feedback for a single region, so it is left out."))
    marker = regions[0]["label"].removesuffix(" 1" if len(regions) > 1 else "")
    if [region["label"] for region in regions] != _labels(marker, len(regions)):
        markup.lose(N_("The names of the regions are left out."))
        marker = "X"
    markup.open("drag")
    markup.element("no", 1)
    markup.text(escape(marker, quote=False))
    markup.element("noofdrags", len(right))
    markup.close("drag")
    for number, region in enumerate(regions, start=1):
        shape, coords = _moodle_outline(region, across, down)
        markup.open("drop")
        markup.element("no", number)
        markup.element("shape", shape)
        markup.element("coords", coords)
        markup.element("choice", int(number in right))
        markup.close("drop")


def _labels(marker: str, count: int) -> list[str]:
    """What the regions are called where only the marker has a name."""
    return [marker] if count == 1 else [f"{marker} {number}" for number in range(1, count + 1)]


def _share(count: int) -> str:
    return "1" if count == 1 else str(round(1 / count, _PLACES))


def _outline(question: Question, place: int, drop: Node) -> dict[str, Any]:
    question.places[f"regions.{place}"] = drop
    drop.discard("no")
    shape = drop.setting("shape")
    said = [float(number) for number in _NUMBER.findall(drop.setting("coords"))[:200]]
    if shape not in _SHAPES or len(said) < 3 or not all(abs(number) < PIXELS_LIMIT for number in said):
        raise drop.fault(N_("This region has no shape. Draw it again as a circle, a rectangle or a polygon."))
    numbers = [round(number) for number in said]
    if shape == "rectangle" and len(numbers) == 4:
        numbers[2], numbers[3] = numbers[0] + numbers[2], numbers[1] + numbers[3]
    return {"shape": _SHAPES[shape], "coords": numbers}


def _size(node: Node, data: bytes) -> tuple[int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as picture:
                return picture.size
    except _UNREADABLE:
        raise node.fault(N_("The picture of this question cannot be read. Use a PNG, JPEG or GIF picture.")) from None


def _right(markup: Markup, body: Mapping[str, Any]) -> set[int]:
    """The numbers of the regions where a marker belongs."""
    fractions = {number: Decimal(region["fraction"]) for number, region in enumerate(body["regions"], start=1)}
    right = {number for number, fraction in fractions.items() if fraction > 0}
    if not body["multiple"]:
        right = {next(number for number in sorted(right) if fractions[number] == 1)}
    share = Decimal(_share(len(right)))
    if any(abs(fraction - (share if number in right else 0)) > _CLOSE for number, fraction in fractions.items()):
        markup.lose(N_("In Moodle right regions earn equal parts of the mark, and the others nothing."))
    return right


def _write_picture(markup: Markup, body: Mapping[str, Any]) -> tuple[float, float]:
    """The picture, called by its alternative text; by what to multiply what is measured across it and down."""
    medium = markup.media.get(body["image"])
    if medium is None:
        raise Unsayable(N_("The picture of this question is not stored."))
    data, (width, height) = _fitting(markup, medium)
    name = f"{body['alt']}.{medium.media_type.rpartition('/')[2]}"
    if len(name) > _NAME_LIMIT or "/" in name:
        markup.lose(N_("The alternative text of the picture is left out, as it cannot be the name of a file."))
        name = medium.name.replace("/", "_")
    markup.file(name, "/", data)
    return width / body["width"], height / body["height"]


def _fitting(markup: Markup, medium: Medium) -> tuple[bytes, tuple[int, int]]:
    """A picture that Moodle leaves as it is, and its size."""
    try:
        with Image.open(io.BytesIO(medium.data)) as picture:
            if picture.width <= _LARGEST[0] and picture.height <= _LARGEST[1]:
                return medium.data, picture.size
            markup.lose(N_("Moodle shows at most 600 × 400 pixels, so picture and regions are made smaller."))
            kind = picture.format
            picture.thumbnail(_LARGEST)
            out = io.BytesIO()
            picture.save(out, kind)
            return out.getvalue(), picture.size
    except _UNREADABLE:
        raise Unsayable(N_("The picture of this question cannot be read.")) from None


def _moodle_outline(region: Mapping[str, Any], across: float, down: float) -> tuple[str, str]:
    """Shape and coordinates: x,y;radius or x,y;width,height or x,y;x,y;… of each corner."""
    coords = region["coords"]
    if region["shape"] == "circle":
        x, y, radius = coords
        return "circle", f"{round(x * across)},{round(y * down)};{max(int(radius * min(across, down)), 1)}"
    corners = [(round(x * across), round(y * down)) for x, y in zip(coords[::2], coords[1::2], strict=True)]
    if region["shape"] == "rect":
        (left, top), (right, bottom) = corners
        left, top = max(min(left, right - 1), 0), max(min(top, bottom - 1), 0)
        return "rectangle", f"{left},{top};{max(right - left, 1)},{max(bottom - top, 1)}"
    return "polygon", ";".join(f"{x},{y}" for x, y in corners)
