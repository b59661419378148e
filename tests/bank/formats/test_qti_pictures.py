"""QTI 2.x: regions of pictures, and interactions without counterpart."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from bank.formats.qti_files import (
    MAP_RESPONSE,
    MATCH_CORRECT,
    SCORE,
    entry,
    fault,
    item,
    losses,
    one,
    package,
    read,
    response,
    rules,
    said,
    score,
    when,
)
from examhall.bank.formats import Item


def picture(width: int = 40, height: int = 30) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height)).save(stream, "PNG")
    return stream.getvalue()


class TestPictures:
    def spots(self, size: str = 'width="40" height="30"', more: str = 'maxChoices="1"') -> str:
        return (
            f'<p>Where?</p><hotspotInteraction responseIdentifier="RESPONSE" {more}>'
            f'<object data="img/map.png" type="image/png" {size}>A map</object>'
            '<hotspotChoice shape="circle" coords="10,10,5" identifier="A" hotspotLabel="North"/>'
            '<hotspotChoice shape="rect" coords="20,20,30,28" identifier="B"/>'
            '<hotspotChoice shape="poly" coords="1,1,5,1,5,5,1,1" identifier="C"/></hotspotInteraction>'
        )

    def question(self, body: str, declared: str, own: str = MATCH_CORRECT) -> Any:
        found = read(package({"a.xml": item(declared, body, own), "img/map.png": picture()}))
        assert said(found) == []
        assert set(found.media) == {found.questions[0].body["image"]}
        return found.questions[0]

    def test_hotspots(self) -> None:
        question = self.question(self.spots(), response("A"))
        body = question.body
        assert (question.type, body["alt"], body["width"], body["height"], body["multiple"]) == (
            "hotspot",
            "A map",
            40,
            30,
            False,
        )
        names = ("label", "shape", "coords", "fraction")
        assert [tuple(region[name] for name in names) for region in body["regions"]] == [
            ("North", "circle", [10, 10, 5], "1"),
            ("B", "rect", [20, 20, 30, 28], "0"),
            ("C", "polygon", [1, 1, 5, 1, 5, 5], "0"),
        ]

    def test_several_hotspots_and_a_picture_that_tells_its_size_itself(self) -> None:
        question = self.question(self.spots("", 'maxChoices="0"'), response("A|B", cardinality="multiple"))
        assert (question.body["multiple"], question.body["width"]) == (True, 40)
        assert [region["fraction"] for region in question.body["regions"]] == ["0.5", "0.5", "-1"]

    def test_points_to_select_become_regions(self) -> None:
        declared = (
            '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="point">'
            '<areaMapping defaultValue="0"><areaMapEntry shape="circle" coords="10,10,5" mappedValue="2"/>'
            '<areaMapEntry shape="ellipse" coords="20,15,8,4" mappedValue="1"/></areaMapping></responseDeclaration>'
        )
        body = self.spots().replace("hotspotInteraction", "selectPointInteraction")
        question = self.question(body, declared, MAP_RESPONSE.replace("map_response", "map_response_point"))
        assert [(region["shape"], region["fraction"]) for region in question.body["regions"]] == [
            ("circle", "1"), ("polygon", "0.5"),
        ]  # fmt: skip
        assert [part for part in ("selectPoint", "ellipse") if any(part in loss.text for loss in question.losses)]

    def test_a_picture_that_is_missing_is_an_error(self) -> None:
        assert 'The picture "img/map.png" is not in the file' in fault(item(response("A"), self.spots()))

    @pytest.mark.parametrize("name", [
        "graphicGapMatchInteraction", "graphicOrderInteraction", "graphicAssociateInteraction",
        "positionObjectInteraction", "drawingInteraction", "customInteraction", "portableCustomInteraction",
    ])  # fmt: skip
    def test_interactions_without_counterpart_are_errors_that_name_them(self, name: str) -> None:
        found = fault(item(response("A"), f'<p>?</p><{name} responseIdentifier="RESPONSE"/>'))
        assert found.startswith(f"{name} has no counterpart here")

    def test_media_and_buttons_beside_a_question(self) -> None:
        body = (
            '<mediaInteraction responseIdentifier="M" autostart="false">'
            '<object data="x.mp4" type="video/mp4"/></mediaInteraction>'
            '<endAttemptInteraction responseIdentifier="H" title="Hint"/>'
        )
        data = item(response("42", base="integer"), body + entry(), outcomes=SCORE)
        assert one(data).type == "numeric"
        assert any("endAttemptInteraction" in loss for loss in losses(data))


class TestPoints:
    def areas(self, *entries: str) -> str:
        made = "".join(f'<areaMapEntry shape="rect" coords="{coords}" mappedValue="{worth}"/>'
                       for coords, worth in (entry.split("=") for entry in entries))  # fmt: skip
        mapping = f'<areaMapping defaultValue="0">{made}</areaMapping>'
        return response(base="point").replace("></", f">{mapping}</")

    def read(self, declared: str, processing: str) -> Item:
        body = '<selectPointInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Where?</prompt>'
        body += '<object data="a.png" type="image/png" width="40" height="30">A map</object></selectPointInteraction>'
        return one(package({"q.xml": item(declared, body, processing), "a.png": picture()}))

    def test_areas_may_be_asked_for_as_if_they_were_entries(self) -> None:
        equal = '<match><mapResponse identifier="RESPONSE"/><baseValue baseType="float">1</baseValue></match>'
        question = self.read(self.areas("0,0,9,9=1"), rules(when(equal, score("2"), otherwise=score("0"))))
        assert (question.type, question.points) == ("hotspot", 2)

    def test_an_area_is_worth_what_the_rules_say(self) -> None:
        less = '<lt><mapResponsePoint identifier="RESPONSE"/><baseValue baseType="float">2</baseValue></lt>'
        question = self.read(
            self.areas("0,0,9,9=2", "20,0,29,9=1"), rules(when(less, score("0"), otherwise=score("4")))
        )
        assert question.points == 4
        assert [region["fraction"] for region in question.body["regions"]] == ["1", "0"]


def test_a_custom_interaction_is_named_once() -> None:
    body = '<customInteraction responseIdentifier="RESPONSE"><portableCustomInteraction/></customInteraction>'
    assert "customInteraction has no counterpart" in fault(item(response("A"), body))
