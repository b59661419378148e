"""QTI 2.x: pairs, orders, gaps and regions of pictures."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from bank.formats.qti_files import (
    MAP_RESPONSE,
    MATCH_CORRECT,
    RESPONSE,
    SCORE,
    choices,
    entry,
    fault,
    item,
    losses,
    one,
    package,
    parts,
    read,
    response,
    rules,
    said,
    score,
    when,
)
from examhall.bank.formats import Item


def match(rows: int, columns: int, *, shuffle: str = "false") -> str:
    def held(letter: str, count: int, most: int) -> str:
        made = "".join(
            f'<simpleAssociableChoice identifier="{letter}{n}" matchMax="{most}">{letter} {n}</simpleAssociableChoice>'
            for n in range(1, count + 1)
        )
        return f"<simpleMatchSet>{made}</simpleMatchSet>"

    sets = held("s", rows, 1) + held("c", columns, 0)
    start = f'<matchInteraction responseIdentifier="RESPONSE" shuffle="{shuffle}">'
    return f"{start}<prompt>Match.</prompt>{sets}</matchInteraction>"


def pairs(correct: str, mapping: str = "") -> str:
    return response(correct, mapping, cardinality="multiple", base="directedPair")


def full(kind: str, data: bytes) -> dict[str, Any]:
    question = one(data)
    assert question.type == kind
    return question.body


class TestMatch:
    def test_a_match_is_matching(self) -> None:
        data = item(pairs("s1 c2|s2 c1", ":s1 c2=1|s2 c1=1"), match(2, 3), MAP_RESPONSE)
        body = full("matching", data)
        assert [(stem["text"], stem["choice"]) for stem in body["stems"]] == [("s 1", "c2"), ("s 2", "c1")]
        assert [choice["text"] for choice in body["choices"]] == ["c 1", "c 2", "c 3"]
        assert (one(data).points, losses(data)) == (2, [])

    def test_all_or_nothing_is_a_loss(self) -> None:
        data = item(pairs("s1 c2|s2 c1"), match(2, 3))
        assert full("matching", data)["stems"][1]["choice"] == "c1"
        assert losses(data) == ["In the file only all pairs together earn points; here each earns its share."]

    def test_pairs_that_weigh_differently_or_cost_points_are_a_loss(self) -> None:
        data = item(pairs("", 'defaultValue="-1":s1 c2=3|s2 c1=1'), match(2, 3), MAP_RESPONSE)
        assert ["different points" in losses(data)[0], "cost points" in losses(data)[1]] == [True, True]

    def test_a_stem_without_partner_is_left_out_with_a_loss(self) -> None:
        data = item(pairs("", ":s1 c2=1|s2 c1=1"), match(3, 3), MAP_RESPONSE)
        assert len(full("matching", data)["stems"]) == 2
        assert any('"s3" has no right partner' in loss for loss in losses(data))

    def test_several_right_choices_for_a_stem_are_a_list(self) -> None:
        data = item(pairs("", ":s1 c1=1|s1 c2=1|s2 c2=1"), match(2, 3), MAP_RESPONSE)
        gaps = full("cloze", data)["gaps"]
        assert [gap["kind"] for gap in gaps] == ["choice", "choice"]
        assert [[option["fraction"] for option in gap["options"]] for gap in gaps] == [["1", "1", "0"], ["0", "1", "0"]]

    @pytest.mark.parametrize(("scheme", "declared", "own"), [
        ("every_decision", pairs("", ":s1 c1=1|s2 c2=1|s3 c2=1|s4 c1=1"), MAP_RESPONSE),
        ("all_or_nothing", pairs("s1 c1|s2 c2|s3 c2|s4 c1"), MATCH_CORRECT),
    ])  # fmt: skip
    def test_four_rows_and_two_columns_are_kprim(self, scheme: str, declared: str, own: str) -> None:
        body = full("kprim", item(declared, match(4, 2), own))
        assert [row["correct"] for row in body["rows"]] == [True, False, False, True]
        assert (body["scheme"], body["true_label"], body["false_label"]) == (scheme, "c 1", "c 2")

    def test_five_rows_and_two_columns_are_matching(self) -> None:
        declared = pairs("", ":" + "|".join(f"s{n} c1=1" for n in range(1, 6)))
        assert len(full("matching", item(declared, match(5, 2), MAP_RESPONSE))["stems"]) == 5

    def test_associations_become_matching(self) -> None:
        made = "".join(
            f'<simpleAssociableChoice identifier="{c}" matchMax="1">{c}</simpleAssociableChoice>' for c in "ABCDE"
        )
        body = (
            f'<associateInteraction responseIdentifier="RESPONSE"><prompt>Rivals?</prompt>{made}</associateInteraction>'
        )
        declared = response("D A|B C", ":D A=1|B C=1", cardinality="multiple", base="pair")
        found = full("matching", item(declared, body, MAP_RESPONSE))
        assert [(stem["text"], stem["choice"]) for stem in found["stems"]] == [("A", "c2"), ("B", "c1")]
        assert [choice["text"] for choice in found["choices"]] == ["C", "D", "E"]

    def test_associations_with_a_choice_in_two_pairs_are_an_error(self) -> None:
        made = "".join(
            f'<simpleAssociableChoice identifier="{c}" matchMax="2">{c}</simpleAssociableChoice>' for c in "ABC"
        )
        body = f'<associateInteraction responseIdentifier="RESPONSE">{made}</associateInteraction>'
        assert "belongs to one pair" in fault(item(response("A B|A C", cardinality="multiple", base="pair"), body))


class TestOrder:
    BODY = choices("x", "y", "z").replace("choiceInteraction", "orderInteraction")

    def test_match_correct_is_exact(self) -> None:
        body = full("ordering", item(response("C|A|B", cardinality="ordered"), self.BODY))
        assert ([found["text"] for found in body["items"]], body["scheme"]) == (["z", "x", "y"], "exact")

    def test_points_by_position(self) -> None:
        conditions = [
            when(
                f'<match><index n="{n}">{RESPONSE}</index><baseValue baseType="identifier">{name}</baseValue></match>',
                '<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>'
                '<baseValue baseType="float">1</baseValue></sum></setOutcomeValue>',
            )
            for n, name in enumerate("CAB", start=1)
        ]
        data = item(response("C|A|B", cardinality="ordered"), self.BODY, rules(*conditions))
        assert (full("ordering", data)["scheme"], one(data).points, losses(data)) == ("position", 3, [])

    def test_the_right_order_names_every_choice(self) -> None:
        assert "name each choice once" in fault(item(response("C|A", cardinality="ordered"), self.BODY))


class TestGaps:
    LIST = (
        '<inlineChoiceInteraction responseIdentifier="R1" shuffle="true">'
        '<inlineChoice identifier="Y">York</inlineChoice>'
        '<inlineChoice identifier="G">Gloucester</inlineChoice></inlineChoiceInteraction>'
    )
    WORD = '<textEntryInteraction responseIdentifier="R2"/>'

    def add(self, *names: str) -> str:
        worths = "".join(f'<mapResponse identifier="{name}"/>' for name in names)
        return rules(f'<setOutcomeValue identifier="SCORE"><sum>{worths}</sum></setOutcomeValue>')

    def test_lists_and_fields_in_a_text(self) -> None:
        declared = response("Y", ":Y=2|G=-1", name="R1") + response("sun", ":sun=1|son=0.5", base="string", name="R2")
        data = item(declared, f"<p>Sun of {self.LIST}, {self.WORD} of ours.</p>", self.add("R1", "R2"))
        body = full("cloze", data)
        assert body["prompt"] == "<p>Sun of {#1}, {#2} of ours.</p>"
        first, second = body["gaps"]
        assert (first["kind"], first["weight"], first["shuffle"]) == ("choice", 2, True)
        assert [(option["text"], option["fraction"]) for option in first["options"]] == [
            ("York", "1"),
            ("Gloucester", "-0.5"),
        ]
        assert (second["kind"], second["weight"]) == ("short_text", 1)
        assert [(answer["text"], answer["fraction"]) for answer in second["answers"]] == [("sun", "1"), ("son", "0.5")]
        assert (one(data).points, losses(data)) == (3, [])

    def test_gaps_that_only_count_together_are_a_loss(self) -> None:
        both = "".join(f'<match><variable identifier="{n}"/><correct identifier="{n}"/></match>' for n in ("R1", "R2"))
        declared = response("G", name="R1") + response("42", base="integer", name="R2")
        data = item(declared, f"<p>{self.LIST} and {self.WORD}.</p>", rules(when(f"<and>{both}</and>", score("1"))))
        body = full("cloze", data)
        assert [gap["kind"] for gap in body["gaps"]] == ["choice", "numeric"]
        assert body["gaps"][0]["options"][1]["fraction"] == "1"
        assert losses(data) == ["In the file only all gaps together earn points; here each earns its share."]

    def test_choices_and_fields_in_one_item(self) -> None:
        declared = response("A|B", ":A=1|B=1", cardinality="multiple") + response("x", ":x=1", base="string", name="R2")
        data = item(declared, choices("a", "b", "c", most=0) + f"<p>{self.WORD}</p>", self.add("RESPONSE", "R2"))
        body = full("cloze", data)
        assert [(gap["kind"], gap["display"]) for gap in body["gaps"]] == [
            ("multiple", "checkbox"),
            ("short_text", "text"),
        ]
        assert [option["fraction"] for option in body["gaps"][0]["options"]] == ["0.5", "0.5", "0"]
        assert "Which?" in body["prompt"]

    def test_words_for_gaps_become_lists(self) -> None:
        body = (
            '<gapMatchInteraction responseIdentifier="RESPONSE"><prompt>Fill.</prompt>'
            '<gapText identifier="W" matchMax="1">winter</gapText><gapText identifier="S" matchMax="1">summer</gapText>'
            '<p>Now is the <gap identifier="G1"/>, glorious <gap identifier="G2"/>.</p></gapMatchInteraction>'
        )
        declared = pairs("W G1|S G2", ":W G1=1|S G2=2")
        found = full("cloze", item(declared, body, MAP_RESPONSE))
        assert "<p>Now is the {#1}, glorious {#2}.</p>" in found["prompt"]
        assert [gap["weight"] for gap in found["gaps"]] == [1, 2]
        assert [option["fraction"] for option in found["gaps"][0]["options"]] == ["1", "0"]

    def test_other_interactions_together_are_an_error_that_names_them(self) -> None:
        essay = '<extendedTextInteraction responseIdentifier="R2"/>'
        declared = response("A") + response(base="string", name="R2")
        assert "choiceInteraction, extendedTextInteraction" in fault(item(declared, choices("a", "b") + essay))


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


class TestSeveralPartners:
    def grid(self, correct: str, mapping: str = "", processing: str = MAP_RESPONSE) -> bytes:
        body = match(2, 3).replace('matchMax="1"', 'matchMax="0"')
        return item(pairs(correct, mapping), body, processing)

    def test_a_stem_with_several_partners_is_a_gap_with_boxes(self) -> None:
        data = self.grid("s1 c1|s1 c2|s2 c3", ":s1 c1=1|s1 c2=1|s2 c3=2|s2 c1=-1")
        question = one(data)
        assert (question.type, question.points) == ("cloze", 4)
        gaps = [(gap["kind"], gap["weight"], [option["fraction"] for option in gap["options"]])
                for gap in question.body["gaps"]]  # fmt: skip
        assert gaps == [("multiple", 1, ["0.5", "0.5", "0"]), ("multiple", 1, ["-0.5", "0", "1"])]
        assert losses(data) == [
            "Stems with several right partners are shown as gaps: lists to choose from, or boxes to tick.",
            "Answers may earn less than 0 points in the file; here they earn 0.",
        ]

    def test_all_pairs_or_nothing_is_a_loss(self) -> None:
        data = self.grid("s1 c1|s1 c2|s2 c3", processing=MATCH_CORRECT)
        assert one(data).type == "cloze"
        assert "In the file only all pairs together earn points; here each earns its share." in losses(data)


class TestGapsTogether:
    def test_gaps_that_share_their_answers_are_told(self) -> None:
        """Two names, of which each counts once: the same name in both gaps earns more here."""
        written = [f'<match><variable identifier="{gap}"/><baseValue baseType="string">{name}</baseValue></match>'
                   for name in ("Rome", "Oslo") for gap in ("A", "B")]  # fmt: skip
        found = [when(f"<or>{written[0]}{written[1]}</or>", more("1")),
                 when(f"<or>{written[2]}{written[3]}</or>", more("1"))]  # fmt: skip
        gaps = (
            '<p><textEntryInteraction responseIdentifier="A"/> and <textEntryInteraction responseIdentifier="B"/></p>'
        )
        data = item(response(base="string", name="A") + response(base="string", name="B"), gaps, rules(*found))
        assert one(data).points == 2
        assert losses(data) == ["Some gaps count together in the file: of 9 answers tried, 3 earn other points here."]

    def test_a_key_may_stand_in_mappings_alone(self) -> None:
        """All gaps right earn two points, two of them one, as TAO counts them."""
        names = ("A", "B", "C")
        declared = "".join(response("", f":{name.lower()}=1", base="string", name=name) for name in names)
        raw = "".join(f'<mapResponse identifier="{name}"/>' for name in names)
        least = f'<gte><sum>{raw}</sum><baseValue baseType="float">%s</baseValue></gte>'
        scored = when(least % 3, score("2"), otherwise=when(least % 2, score("1")))
        body = "".join(f'<p>x <textEntryInteraction responseIdentifier="{name}"/> y</p>' for name in names)
        data = item(declared, body, rules(scored))
        assert (one(data).points, [gap["weight"] for gap in one(data).body["gaps"]]) == (2, [1, 1, 1])
        assert losses(data) == ["In the file only all gaps together earn points; here each earns its share."]


def more(points: str) -> str:
    added = f'<sum><variable identifier="SCORE"/><baseValue baseType="float">{points}</baseValue></sum>'
    return f'<setOutcomeValue identifier="SCORE">{added}</setOutcomeValue>'


def test_sixths_of_three_digits_are_places() -> None:
    """As OPAL shares one point among six places: five of 0.167 and one of 0.165."""
    names = "ABCDEF"
    there = [f'<match><index n="{n}">{RESPONSE}</index><baseValue baseType="identifier">{name}</baseValue></match>'
             for n, name in enumerate(names, start=1)]  # fmt: skip
    processing = rules(*[when(test, more("0.165" if n == 5 else "0.167")) for n, test in enumerate(there)])
    listed = "".join(f'<simpleChoice identifier="{name}">{name}</simpleChoice>' for name in names)
    body = f'<orderInteraction responseIdentifier="RESPONSE"><prompt>Sort</prompt>{listed}</orderInteraction>'
    question = one(item(response("|".join(names), cardinality="ordered"), body, processing))
    assert (question.body["scheme"], question.points, question.losses) == ("position", 1, [])


def test_standard_rules_for_another_response_compare_it_with_its_own_key() -> None:
    data = item(response("B", name="R1"), choices("no", "yes").replace("RESPONSE", "R1"))
    assert parts(data, "text", "fraction") == [("no", "0"), ("yes", "1")]
    assert "give no points" in one(data).warnings[0].text


def test_words_to_drag_may_stand_beside_other_gaps() -> None:
    words = "".join(f'<gapText identifier="{name}" matchMax="1">{name}</gapText>' for name in ("cat", "dog"))
    text = '<p>A <gap identifier="G1"/> and a <gap identifier="G2"/>.</p>'
    body = (
        f'<p>Who <textEntryInteraction responseIdentifier="T"/>?</p><gapMatchInteraction responseIdentifier="G">{words}'
    )
    declared = response("me", ":me=1", base="string", name="T")
    declared += response("cat G1|dog G2", ":cat G1=1|dog G2=1", cardinality="multiple", base="directedPair", name="G")
    total = '<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>{}</sum></setOutcomeValue>'
    scored = [total.format(f'<mapResponse identifier="{name}"/>') for name in "TG"]
    question = one(item(declared, f"{body}{text}</gapMatchInteraction>", rules(*scored)))
    assert question.body["prompt"] == "<p>Who {#1}?</p><div><p>A {#2} and a {#3}.</p></div>"
    assert [gap["kind"] for gap in question.body["gaps"]] == ["short_text", "choice", "choice"]
    assert question.points == 3
