"""Hotspots as Moodle XML: a marker to drag onto the picture stands for the regions to choose."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from bank.formats.moodle_files import MAP, drawn, item, read, said, told, written
from examhall.bank.formats import Item, Medium

LARGE = Medium("large.png", "image/png", drawn(1200, 1000))


class TestHotspots:
    CIRCLE = {"label": "Gate", "shape": "circle", "coords": [50, 60, 10], "fraction": "1"}
    RECT = {"label": "Wall", "shape": "rect", "coords": [10, 20, 40, 30], "fraction": "0"}
    PICTURE = {"image": MAP.digest, "alt": "Fig. 2", "width": 100, "height": 100}

    def hotspot(self, *regions: dict[str, Any], **more: Any) -> Item:
        return item("hotspot", {**self.PICTURE, "regions": list(regions), **more})

    def test_the_right_region_is_where_the_marker_belongs(self) -> None:
        export = written(self.hotspot(self.CIRCLE, self.RECT))
        root = etree.fromstring(export.data)
        assert [root.findtext(f".//drag/{tag}") for tag in ("no", "text", "noofdrags")] == ["1", "X", "1"]
        assert [[drop.findtext(tag) for tag in ("shape", "coords", "choice")] for drop in root.iter("drop")] == [
            ["circle", "50,60;10", "1"],
            ["rectangle", "10,20;30,10", "0"],
        ]
        assert [file.get("name") for file in root.iter("file")] == ["Fig. 2.png"]
        assert said(export.losses)[1:] == ["The names of the regions are left out."]

    def test_a_marker_is_given_for_each_right_region(self) -> None:
        half = [region | {"fraction": "0.5"} for region in (self.CIRCLE, self.RECT)]
        export = written(self.hotspot(*half, multiple=True))
        assert etree.fromstring(export.data).findtext(".//noofdrags") == "2"
        (found,) = read(export).questions
        assert found.body["multiple"] is True
        assert [region["fraction"] for region in found.body["regions"]] == ["0.5", "0.5"]

    @pytest.mark.parametrize(
        ("fractions", "multiple", "kept"),
        [
            (["1", "0.5"], False, ["1", "0"]),
            (["1", "1"], False, ["1", "0"]),
            (["1", "-0.5"], False, ["1", "0"]),
            (["0.75", "0.25"], True, ["0.5", "0.5"]),
        ],
    )
    def test_what_else_regions_earn_is_told(self, fractions: list[str], multiple: bool, kept: list[str]) -> None:
        regions = [
            region | {"fraction": fraction}
            for region, fraction in zip((self.CIRCLE, self.RECT), fractions, strict=True)
        ]
        export = written(self.hotspot(*regions, multiple=multiple))
        assert "In Moodle right regions earn equal parts of the mark, and the others nothing." in said(export.losses)
        (found,) = read(export).questions
        assert [region["fraction"] for region in found.body["regions"]] == kept

    def test_feedback_of_a_region_is_told(self) -> None:
        assert "Moodle has no feedback for a single region" in told(self.hotspot(self.CIRCLE | {"feedback": "x"}))[1]

    def test_a_picture_that_moodle_would_shrink_is_written_smaller_with_its_regions(self) -> None:
        regions = [
            self.CIRCLE | {"coords": [1100, 900, 100]},
            self.RECT | {"coords": [0, 0, 1200, 1000]},
            self.RECT | {"label": "Roof", "shape": "polygon", "coords": [0, 0, 600, 500, 0, 1000]},
        ]
        asked = self.hotspot(*regions, image=LARGE.digest, width=1200, height=1000)
        export = written(asked, media={LARGE.digest: LARGE})
        assert "Moodle shows at most 600 × 400 pixels, so picture and regions are made smaller." in said(export.losses)
        (found,) = read(export).questions
        assert (found.body["width"], found.body["height"]) == (480, 400)
        assert [region["coords"] for region in found.body["regions"]] == [
            [440, 360, 40], [0, 0, 480, 400], [0, 0, 240, 200, 0, 400]]  # fmt: skip

    def test_a_region_at_the_edge_stays_on_the_smaller_picture(self) -> None:
        regions = [self.RECT | {"coords": [1199, 0, 1200, 9]}, self.CIRCLE]
        export = written(
            self.hotspot(*regions, image=LARGE.digest, width=1200, height=1000), media={LARGE.digest: LARGE}
        )
        (found,) = read(export).questions
        assert found.body["regions"][0]["coords"] == [479, 0, 480, 4]

    def test_a_broken_picture_is_left_out(self) -> None:
        place = LARGE.data.index(b"IDAT")
        data = LARGE.data[: place - 4] + bytes(4) + b"IDAT" + bytes(8) + b"sh\xc8\0" + LARGE.data[place:]
        broken = Medium("b.png", "image/png", data)
        asked = self.hotspot(self.CIRCLE, image=broken.digest)
        losses = said(written(asked, media={broken.digest: broken}).losses)
        assert "The picture of this question cannot be read." in losses

    def test_an_alternative_text_that_no_file_can_have_for_a_name_is_told(self) -> None:
        export = written(self.hotspot(self.CIRCLE, alt="in/out"))
        assert "The alternative text of the picture is left out" in said(export.losses)[1]
        assert read(export).questions[0].body["alt"] == "map"

    def test_without_its_picture_it_is_left_out(self) -> None:
        assert told(self.hotspot(self.CIRCLE, image="f" * 64))[0] == "The picture of this question is not stored."
