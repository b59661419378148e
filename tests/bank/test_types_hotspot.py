"""Hotspot: regions of a picture, rule by rule."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from examhall.bank.types.contract import InvalidResponse
from examhall.bank.types.hotspot import Hotspot, HotspotBody
from examhall.errors import Invalid

KIND = Hotspot()
DIGEST = "0123456789abcdef" * 4
IDS = {"r1": "x", "r2": "y", "r3": "z"}
RECT = ("rect", [10, 20, 30, 40])


def region(label: str, fraction: str = "0", outline: tuple[str, Any] = RECT, **more: Any) -> dict[str, Any]:
    return {"label": label, "fraction": fraction, "shape": outline[0], "coords": outline[1], **more}


def picture(*regions: dict[str, Any], **more: Any) -> dict[str, Any]:
    about = {"prompt": "Where is the liver?", "image": DIGEST, "alt": "A torso", "width": 400, "height": 300}
    return about | {"regions": list(regions)} | more


def asking(*fractions: str, **more: Any) -> HotspotBody:
    """A body whose regions r1, r2, … have these fractions."""
    regions = [
        region(f"Region {place}", fraction, feedback=f"On {place}") for place, fraction in enumerate(fractions, start=1)
    ]
    return KIND.validate(picture(*regions, **more))


def faults(*regions: dict[str, Any], **more: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        KIND.validate(picture(*regions, **more))
    for error in refused.value.errors:
        assert error.message % error.params
    return [error.field for error in refused.value.errors]


def test_the_chosen_region_decides_the_fraction() -> None:
    body = asking("1", "0.5", "-0.25")
    assert [str(KIND.grade(body, chosen)) for chosen in (["r1"], ["r2"], ["r3"], None)] == ["1", "0.5", "-0.25", "0"]
    assert KIND.bounds(body) == (Decimal("-0.25"), 1)
    assert KIND.guess(body) == Decimal("1.25") / 3


def test_two_regions_are_no_choice_of_one() -> None:
    assert KIND.grade(asking("1", "0", "-1"), ["r1", "r2"]) == 0


def test_several_regions_add_up_between_nothing_and_all() -> None:
    body = asking("0.3333333", "0.3333333", "0.3333333", "-0.5", multiple=True)
    expected = {"1": "0.3333333", "123": "1", "14": "0", "1234": "0.5", "124": "0.1666666"}
    for chosen, fraction in expected.items():
        assert KIND.grade(body, [f"r{number}" for number in chosen]) == Decimal(fraction)
    assert KIND.bounds(body) == (0, 1)
    assert KIND.guess(body) is None


def test_a_region_must_earn_the_whole_mark_or_several_must_add_up_to_it() -> None:
    assert faults(region("a", "0.5"), region("b", "0.5")) == ["regions"]
    assert faults(region("a", "0.5"), region("b", "0.4"), multiple=True) == ["regions"]
    assert faults(region("a"), multiple=True) == ["regions"]
    assert len(asking("0.5", "0.5", multiple=True).regions) == 2


def test_a_candidate_sees_the_outlines_and_labels_but_not_what_they_earn() -> None:
    body = KIND.validate(picture(region("A", "1", feedback="Yes."), region("B", "0", ("circle", [50, 60, 10]))))
    assert KIND.present(body, {"r2": "y", "r1": "x"}) == {
        "prompt": "Where is the liver?",
        "image": f"media:{DIGEST}",
        "alt": "A torso",
        "width": 400,
        "height": 300,
        "multiple": False,
        "regions": [
            {"id": "y", "label": "B", "shape": "circle", "coords": [50, 60, 10]},
            {"id": "x", "label": "A", "shape": "rect", "coords": [10, 20, 30, 40]},
        ],
    }


def test_regions_stand_as_one_reads_and_a_part_after_its_whole() -> None:
    body = KIND.validate(
        picture(
            region("right one, first in the author's list", "1", ("circle", [300, 200, 20])),
            region("spot", "0", ("rect", [0, 0, 10, 10])),
            region("lower", "0", ("polygon", [5, 150, 60, 100, 90, 190])),
            region("whole", "0", ("rect", [0, 0, 400, 300])),
            region("upper right", "0", ("rect", [200, 0, 300, 20])),
        )
    )
    orders = {tuple(KIND.arrange(body, random.Random(seed), seed % 2 == 0)) for seed in range(20)}
    assert orders == {("r4", "r2", "r5", "r3", "r1")}


def test_a_response_names_regions_once_and_none_is_blank() -> None:
    assert KIND.read(IDS, {"regions": ["z", "x"]}) == ["r1", "r3"]
    assert KIND.read(IDS, {"regions": []}) is None
    for regions in (["x", "x"], ["r1"], ["nobody"], "x", None, [["x"]], ["x", "y", "z", "x"]):
        with pytest.raises(InvalidResponse):
            KIND.read(IDS, {"regions": regions})


def test_feedback_belongs_to_what_was_chosen() -> None:
    told = KIND.reveal(asking("0.5", "0.5", "0", multiple=True, feedback="Look again."), IDS, ["r2", "r3"])
    assert told == {
        "correct": {"regions": ["x", "y"]},
        "feedback": ["On 2", "On 3"],
        "general_feedback": "Look again.",
    }
    assert KIND.reveal(asking("0", "1", "1"), IDS, ["r3"])["correct"] == {"regions": ["y"]}


@pytest.mark.parametrize(
    "outline",
    [
        ("rect", [1, 2, 3]), ("rect", [1, 2, 3, 4, 5]), ("circle", [5, 5]), ("circle", [5, 5, 1, 1]),
        ("polygon", [0, 0, 9, 9]), ("polygon", [0, 0, 9, 9, 5]), ("polygon", []),
    ],
)  # fmt: skip
def test_an_outline_has_the_numbers_that_its_shape_needs(outline: tuple[str, Any]) -> None:
    assert faults(region("a", "1", outline)) == ["regions.0"]


@pytest.mark.parametrize(
    "outline",
    [
        ("rect", [30, 20, 10, 40]), ("rect", [10, 40, 30, 20]), ("rect", [10, 20, 10, 40]), ("rect", [0, 0, 401, 300]),
        ("circle", [5, 5, 0]), ("circle", [5, 5, 6]), ("circle", [395, 100, 6]), ("circle", [100, 298, 3]),
        ("polygon", [0, 0, 9, 9, 5, 301]), ("polygon", [0, 7, 9, 7, 20, 7]),
    ],
)  # fmt: skip
def test_an_outline_has_an_area_and_lies_within_the_picture(outline: tuple[str, Any]) -> None:
    assert faults(region("a", "1", outline)) == ["regions.0.coords"]


@pytest.mark.parametrize("number", [-1, 1.5, "10", True, None, 20_001])
def test_coordinates_are_whole_pixels(number: Any) -> None:
    assert faults(region("a", "1", ("rect", [0, 0, number, 9]))) == ["regions.0.coords.2"]
    assert faults(region("a", "1"), width=number) == ["width"]


def test_a_whole_picture_and_the_least_circle_are_regions() -> None:
    outlines = [("rect", [0, 0, 400, 300]), ("circle", [1, 1, 1]), ("polygon", [0, 0, 400, 0, 0, 300])]
    regions = [region(f"Region {place}", "1", outline) for place, outline in enumerate(outlines)]
    assert len(KIND.validate(picture(*regions)).regions) == 3


@pytest.mark.parametrize("shape", ["ellipse", "", None])
def test_the_shape_is_one_that_we_can_draw(shape: Any) -> None:
    assert "regions.0.shape" in faults(region("a", "1", (shape, [0, 0, 9, 9])))


def test_there_are_1_to_50_regions_with_labels_of_their_own() -> None:
    assert faults() == ["regions"]
    assert faults(*(region(f"Region {place}", "1") for place in range(51))) == ["regions"]
    assert faults(region("a", "1"), region(" a ")) == ["regions.1.label"]
    assert faults(region(" ", "1")) == ["regions.0.label"]
    assert faults(region("a\0", "1")) == ["regions.0.label"]


@pytest.mark.parametrize(
    "image", ["", "media:" + DIGEST, DIGEST[:-1], DIGEST.upper(), DIGEST + " ", "../" + DIGEST, None]
)
def test_the_picture_is_named_by_its_digest_and_described(image: Any) -> None:
    assert faults(region("a", "1"), image=image) == ["image"]
    assert faults(region("a", "1"), alt=" ") == ["alt"]


def test_the_picture_is_among_the_media_of_the_body() -> None:
    other = "f" * 64
    body = asking("1", prompt=f'Compare: <img src="media:{other}" alt="A leg">')
    assert KIND.media(body) == {DIGEST, other}
