"""Regions of a picture to choose: hotspotInteraction, and selectPointInteraction where its areas say enough."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from PIL import Image

from examhall.bank.formats import Medium
from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.feedback import Probe
from examhall.bank.formats.qti.operators import inside
from examhall.bank.formats.qti.options import scored
from examhall.bank.formats.qti.scoring import fraction
from examhall.bank.formats.qti.subject import Draft, Subject, keys, limit
from examhall.bank.formats.qti.values import Area, area
from examhall.bank.types.contract import as_text
from examhall.errors import N_

_CORNERS = 24  # of a polygon that stands for an ellipse


def hotspot(subject: Subject, interaction: Any) -> Draft:
    """A hotspotInteraction as hotspot."""
    choices = list(tree.children(interaction, "hotspotChoice"))
    identifiers = [choice.get("identifier", "") for choice in choices]
    found, probes, multiple = scored(subject, interaction, identifiers, limit(interaction, "maxChoices"))
    if multiple and found.scheme not in ("sum", "all_or_nothing"):
        subject.notes.loss(interaction, N_("Several regions earn other points in the file; here each earns its share."))
    fractions = _shares(found.fractions) if multiple and found.scheme != "sum" else found.fractions
    texts = subject.feedback(probes)
    image = _picture(subject, interaction)
    regions = [
        {
            "key": key,
            "label": choice.get("hotspotLabel") or choice.get("aria-label") or tree.words(choice) or identifier,
            **_outline(subject, choice, area(choice, subject.notes), image),
            "fraction": as_text(fractions[identifier]),
            "feedback": texts.of(identifier),
        }
        for choice, identifier, key in zip(choices, identifiers, keys(identifiers), strict=True)
    ]
    data = {**image, "regions": regions, "multiple": multiple}
    return Draft("hotspot", data, texts, subject.scorer.points(found.best))


def select_point(subject: Subject, interaction: Any) -> Draft:
    """A selectPointInteraction as hotspot: its mapped areas are the regions."""
    declared, notes = subject.declared(interaction), subject.notes
    mapping = declared.area_mapping
    if mapping is None or not declared.areas:
        raise notes.fault(interaction, N_("A point without areas to compare it with (areaMapping) cannot be kept."))
    notes.loss(
        interaction, N_("A point to click (selectPointInteraction) becomes a choice among the areas that count.")
    )
    multiple = limit(interaction, "maxChoices") != 1 and len(declared.areas) > 1
    middles = [_middle(outline) for outline in declared.areas]
    tried = [subject.outcome(declared, [middle]) for middle in middles]
    alone = [sum(inside(outline, middle) for outline in declared.areas) == 1 for middle in middles]
    worths = [
        outcome.score if apart else mapping.bounded(worth)
        for outcome, apart, (_, worth, _) in zip(tried, alone, mapping.entries, strict=True)
    ]
    best = max(worths)
    if multiple:
        best = subject.outcome(declared, [middles[place] for place, worth in enumerate(worths) if worth > 0]).score
    if best <= 0:
        raise notes.fault(interaction, N_("No area earns anything. Name the right one in the file."))
    image = _picture(subject, interaction)
    regions = [
        {
            "label": f"{place}",
            **_outline(subject, interaction, outline, image),
            "fraction": as_text(max(fraction(worth, best), Decimal(-1))),
        }
        for place, (outline, worth) in enumerate(zip(declared.areas, worths, strict=True), start=1)
    ]
    probes = [
        Probe(frozenset(), fraction(worth, best), outcome.shown) for worth, outcome in zip(worths, tried, strict=True)
    ]
    data = {**image, "regions": regions, "multiple": multiple}
    return Draft("hotspot", data, subject.feedback(probes), subject.scorer.points(best))


def _shares(fractions: Mapping[str, Decimal]) -> dict[str, Decimal]:
    right = sum(part > 0 for part in fractions.values())
    return {name: fraction(part, Decimal(right)) if part > 0 else Decimal(-1) for name, part in fractions.items()}


def _picture(subject: Subject, interaction: Any) -> dict[str, Any]:
    element = next((found for found in interaction if found.tag in ("object", "img", "picture")), None)
    sources = [] if element is None else [element, *tree.inner(element, "img", "object")]
    href = next((found for source in sources if (found := source.get("data") or source.get("src"))), "")
    medium = subject.files.medium(href) if href else None
    if element is None or medium is None or not medium.media_type.startswith("image/"):
        message = N_('The picture "%(name)s" is not in the file. Put it into the package.')
        raise subject.notes.fault(interaction, message, name=href[:200])
    width, height = limit(element, "width"), limit(element, "height")
    if not width or not height:
        width, height = _size(subject, interaction, medium)
    alternative = element.get("alt") or element.get("aria-label") or tree.words(element)
    if not alternative:
        message = N_('"%(name)s" has no alternative text. Write one for those who cannot see or hear it.')
        subject.notes.warn(interaction, message, name=href[:200])
    return {"image": medium.digest, "alt": (alternative or medium.name)[:200], "width": width, "height": height}


def _size(subject: Subject, interaction: Any, medium: Medium) -> tuple[int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # only the header is read
            with Image.open(io.BytesIO(medium.data)) as picture:
                return picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        message = N_('The size of the picture "%(name)s" cannot be told. Give its width and height.')
        raise subject.notes.fault(interaction, message, name=medium.name[:200]) from None


def _outline(subject: Subject, where: Any, outline: Area, image: Mapping[str, Any]) -> dict[str, Any]:
    """Shape and coordinates within the picture."""
    coords: Sequence[int] = outline.coords
    if outline.shape == "default":
        coords = (0, 0, image["width"], image["height"])
    elif outline.shape == "ellipse":
        subject.notes.loss(where, N_("An ellipse becomes a polygon of %(corners)s corners."), corners=_CORNERS)
        coords = _ellipse(*outline.coords)
    elif outline.shape == "circle":
        return {"shape": "circle", "coords": list(coords)}
    bounds = (image["width"], image["height"])
    coords = [min(max(coordinate, 0), bounds[place % 2]) for place, coordinate in enumerate(coords)]
    if outline.shape in ("rect", "default"):
        across, down = sorted(coords[::2]), sorted(coords[1::2])
        return {"shape": "rect", "coords": [across[0], down[0], across[1], down[1]]}
    closed = len(coords) > 6 and coords[:2] == coords[-2:]
    return {"shape": "polygon", "coords": coords[:-2] if closed else coords}


def _ellipse(x: int, y: int, across: int, down: int) -> list[int]:
    angles = [2 * math.pi * step / _CORNERS for step in range(_CORNERS)]
    return [round(part) for angle in angles for part in (x + across * math.cos(angle), y + down * math.sin(angle))]


def _middle(outline: Area) -> tuple[Decimal, Decimal]:
    coords = outline.coords
    if outline.shape in ("circle", "ellipse"):
        return Decimal(coords[0]), Decimal(coords[1])
    across, down = coords[::2] or (0,), coords[1::2] or (0,)
    return Decimal(sum(across)) / len(across), Decimal(sum(down)) / len(down)
