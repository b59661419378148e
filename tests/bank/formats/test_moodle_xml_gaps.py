"""Questions of Moodle XML with gaps, values that are drawn, and markers on a picture."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bank.formats.moodle_files import PNG, answer, body, error, fails, losses, one, question, said


class TestGaps:
    @pytest.mark.parametrize("kind", ["cloze", "multianswer"])
    def test_embedded_answers_are_gaps_and_their_weights_the_points(self, kind: str) -> None:
        found = one(question(kind, "", "<p>Sky {1:SA:=blue}, {2:MCV:a~=b#<b>x</b>}</p>"))
        assert (found.type, found.points, found.body["prompt"]) == ("cloze", Decimal(3), "<p>Sky {#1}, {#2}</p>")
        assert [gap["kind"] for gap in found.body["gaps"]] == ["short_text", "choice"]

    def test_a_wrong_gap_is_named(self) -> None:
        fails("question[1]/questiontext", "Gap 2 has fewer than two", question("cloze", "", "{1:SA:=a} {1:MC:=b}"))
        half = question("cloze", "", "{1:SA:=a} {1:MC:Pear~%50%Apple}")
        fails("question[1]/questiontext/gap[2]", "No option earns", half)

    def test_words_to_select_are_drop_downs(self) -> None:
        options = "".join(f"<selectoption><text>{text}</text><group>{group}</group></selectoption>" for text, group in
                          (("cat", 1), ("mat", 2), ("dog", 1), ("hat", 2)))  # fmt: skip
        found = one(question("gapselect", "<shuffleanswers/>" + options, "The [[1]] on the [[4]]."))
        assert (found.type, found.body["prompt"], found.losses) == ("cloze", "The {#1} on the {#2}.", [])
        assert found.points == 1  # Moodle counts the gaps of embedded answers only
        shown = [[(option["text"], option["fraction"]) for option in gap["options"]] for gap in found.body["gaps"]]
        assert shown == [[("cat", "1"), ("dog", "0")], [("mat", "0"), ("hat", "1")]]
        assert all(gap["shuffle"] and gap["display"] == "dropdown" for gap in found.body["gaps"])

    def test_words_to_drag_are_so_too_and_it_is_told(self) -> None:
        boxes = (
            "<dragbox><text>cat</text><group>1</group></dragbox><dragbox><text>dog</text>"
            "<group>1</group><infinite/></dragbox>"
        )
        found = one(question("ddwtos", boxes, "The [[2]]."))
        assert [option["fraction"] for option in found.body["gaps"][0]["options"]] == ["0", "1"]
        assert len(found.losses) == 2

    def test_the_only_word_of_its_group_is_one_among_all(self) -> None:
        boxes = "".join(f"<selectoption><text>{text}</text><group>{group}</group></selectoption>" for text, group in
                        (("cat", 1), ("dog", 1), ("mat", 2)))  # fmt: skip
        found = one(question("gapselect", boxes, "The [[1]] on the [[3]]."))
        shown = [{option["text"]: option["fraction"] for option in gap["options"]} for gap in found.body["gaps"]]
        assert shown == [{"cat": "1", "dog": "0"}, {"cat": "0", "dog": "0", "mat": "1"}]
        assert said(found.losses) == [
            "[[3]] is the only choice in its group. Here it is one among all choices of the question."
        ]

    def test_a_place_without_a_choice_is_wrong(self) -> None:
        box = "<selectoption><text>cat</text><group>1</group></selectoption>"
        fails("question[1]/questiontext", "stands for choice 3", question("gapselect", box, "[[3]]"))
        fails("question[1]/questiontext", "no other choice", question("gapselect", box, "[[1]]"))
        fails("question[1]/questiontext", "no place such as [[1]]", question("gapselect", box, "x"))


class TestCalculated:
    @staticmethod
    def definition(name: str, values: list[str], low: str = "1", high: str = "10", more: str = "") -> str:
        items = "".join(f"<dataset_item><number>{number}</number><value>{value}</value></dataset_item>"
                        for number, value in enumerate(values, start=1))  # fmt: skip
        return (
            f"<dataset_definition><status><text>private</text></status><name><text>{name}</text></name>"
            "<type>calculated</type><distribution><text>uniform</text></distribution>"
            f"<minimum><text>{low}</text></minimum><maximum><text>{high}</text></maximum>"
            f"<decimals><text>1</text></decimals><itemcount>{len(values)}</itemcount>"
            f"<dataset_items>{items}</dataset_items>"
            f"<number_of_items>{len(values)}</number_of_items>{more}</dataset_definition>"
        )

    def inner(self, *definitions: str, kind: str = "1") -> str:
        more = (
            f"<tolerance>0.01</tolerance><tolerancetype>{kind}</tolerancetype>"
            "<correctanswerformat>2</correctanswerformat><correctanswerlength>3</correctanswerlength>"
        )
        shared = "<synchronize>0</synchronize><single>0</single><answernumbering>abc</answernumbering>"
        return (
            shared
            + answer("100", "{a}*{b}", "ok", more)
            + (f"<dataset_definitions>{''.join(definitions)}</dataset_definitions>")
        )

    @pytest.mark.parametrize("kind", ["calculated", "calculatedsimple"])
    def test_datasets_are_variables_and_variants(self, kind: str) -> None:
        inner = self.inner(self.definition("a", ["2.0", "3.5"]), self.definition("b", ["4", "5"]))
        found = one(question(kind, inner, "What is {a} times {b}?"))
        assert (found.type, found.losses) == ("calculated", [])
        assert found.body["variants"] == [{"a": "2", "b": "4"}, {"a": "3.5", "b": "5"}]
        assert found.body["variables"][0] == {"name": "a", "low": "1", "high": "10", "decimals": 1, "scale": "uniform"}
        (first,) = found.body["answers"]
        assert (first["formula"], first["tolerance"], first["tolerance_type"]) == ("{a}*{b}", "0.01", "relative")
        assert first["shown"] == {"digits": 3, "kind": "significant"}

    @pytest.mark.parametrize(("code", "kind"), [("1", "relative"), ("2", "nominal"), ("3", "geometric")])
    def test_the_kind_of_tolerance_is_a_number(self, code: str, kind: str) -> None:
        inner = self.inner(self.definition("a", []), self.definition("b", []), kind=code)
        found = body("calculated", inner)
        assert (found["answers"][0]["tolerance_type"], found["variants"]) == (kind, [])

    def test_a_formula_with_an_unknown_name_is_named(self) -> None:
        message = error(question("calculated", self.inner(self.definition("a", ["1"]))))
        assert message.element == "question[1]/answer"

    def test_shared_values_are_told(self) -> None:
        shared = self.definition("b", ["1"]).replace("private", "shared")
        found = losses("calculated", self.inner(self.definition("a", ["1"]), shared))
        assert found == ["The values of b are this question's own, no longer shared."]


class TestMarkers:
    FILE = f'<file name="map.png" path="/" encoding="base64">{PNG}</file>'

    def test_one_marker_is_a_hotspot(self) -> None:
        inner = (
            "<shuffleanswers/><drag><no>1</no><text>Here</text><noofdrags>1</noofdrags></drag>"
            "<drop><no>1</no><shape>circle</shape><coords>5,5;2</coords><choice>1</choice></drop>"
            "<drop><no>2</no><shape>rectangle</shape><coords>1,1;3,4</coords><choice>1</choice></drop>"
            "<drop><no>3</no><shape>polygon</shape><coords>0,0;5,0;5,5</coords><choice>1</choice></drop>" + self.FILE
        )
        found = one(question("ddmarker", inner))
        assert (found.type, found.body["width"], found.body["height"], found.body["multiple"]) == (
            "hotspot",
            10,
            10,
            True,
        )
        assert [(region["shape"], region["coords"]) for region in found.body["regions"]] == [
            ("circle", [5, 5, 2]), ("rect", [1, 1, 4, 5]), ("polygon", [0, 0, 5, 0, 5, 5])]  # fmt: skip
        assert [region["label"] for region in found.body["regions"]] == ["Here 1", "Here 2", "Here 3"]
        assert found.body["alt"] == "map"
        assert "Add some that are wrong" in said(found.warnings)[0]

    def test_a_region_where_no_marker_belongs_is_a_wrong_one(self) -> None:
        inner = (
            "<drag><no>1</no><text>Here</text></drag>"
            "<drop><no>1</no><shape>circle</shape><coords>5,5;2</coords><choice>0</choice></drop>"
            "<drop><no>2</no><shape>rectangle</shape><coords>1,1;3,4</coords><choice>1</choice></drop>" + self.FILE
        )
        found = one(question("ddmarker", inner))
        assert [region["fraction"] for region in found.body["regions"]] == ["0", "1"]
        assert found.body["multiple"] is False
        assert said(found.warnings) == []

    def test_several_markers_are_refused_with_a_remedy(self) -> None:
        drags = "".join(f"<drag><no>{number}</no><text>{number}</text></drag>" for number in (1, 2))
        drops = "".join(
            f"<drop><shape>circle</shape><coords>5,5;2</coords><choice>{number}</choice></drop>" for number in (1, 2)
        )
        fails("question[1]", "Make a hotspot question for each marker", question("ddmarker", drags + drops + self.FILE))

    def test_a_picture_that_is_none_is_refused(self) -> None:
        inner = (
            "<drag><no>1</no><text>Here</text></drag><drop><shape>circle</shape><coords>5,5;2</coords>"
            "<choice>1</choice></drop>"
        )
        fails("question[1]", "no picture", question("ddmarker", inner))
        broken = '<file name="map.png" encoding="base64">aGVsbG8=</file>'
        fails("question[1]", "no picture", question("ddmarker", inner + broken))
        broken = f'<file name="map.png" encoding="base64">{PNG[:30]}</file>'
        fails("question[1]", "cannot be read", question("ddmarker", inner + broken))

    def test_numbers_beyond_reason_are_refused(self) -> None:
        inner = (
            f"<drag><no>1</no><text>Here</text></drag><drop><shape>circle</shape><coords>5,5;{'9' * 400}</coords>"
            "<choice>1</choice></drop>"
        )
        fails("question[1]/drop", "no shape", question("ddmarker", inner + self.FILE))
