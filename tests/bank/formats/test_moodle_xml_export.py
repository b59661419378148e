"""What is written as Moodle XML is read again as it was; what cannot be written is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from bank import examples
from bank.formats.moodle_files import MAP, RED, SOUND, item, read, said, told, written
from examhall.bank.formats import CategoryInfo, Item
from examhall.bank.formats.moodle_xml import FORMAT
from examhall.bank.formats.moodle_xml.numbers import formula_for_moodle

OUTCOMES = ("right_feedback", "partial_feedback", "wrong_feedback")
WITH_OUTCOMES = {"single_choice", "multiple_choice", "matching", "ordering", "calculated", "hotspot"}
PLUG_INS = re.compile("plug-in|asks for two stems|offers up to 3 files|asks to drag as many markers")


def again(asked: Item) -> Item:
    """The question after the way out and in, on which nothing was lost."""
    export = written(asked)
    assert [text for text in said(export.losses) if not PLUG_INS.search(text)] == []
    (found,) = read(export).questions
    assert said(found.losses) == []
    return found


def meaning(value: Any) -> Any:
    """A body without the keys of its parts, which are not written."""
    if isinstance(value, dict):
        return {name: meaning(part) for name, part in value.items() if name != "key"}
    return [meaning(part) for part in value] if isinstance(value, list) else value


def comparable(kind: str, body: dict[str, Any]) -> Any:
    if kind == "matching":
        texts = {choice["key"]: choice["text"] for choice in body["choices"]}
        stems = [(stem["text"], texts[stem["choice"]]) for stem in body["stems"]]
        return meaning(body) | {"stems": stems, "choices": sorted(texts.values())}
    if kind == "cloze":
        places = re.findall(r"\{#(\w+)\}", body["prompt"])
        gaps = sorted(body["gaps"], key=lambda gap: places.index(gap["key"]))
        return meaning(body) | {"prompt": re.sub(r"\{#\w+\}", "{#}", body["prompt"]), "gaps": meaning(gaps)}
    return meaning(body)


def same(asked: Item, found: Item) -> None:
    kept = ("name", "type", "category", "category_external_id", "tags", "external_id", "points", "status")
    assert [getattr(found, name) for name in kept] == [getattr(asked, name) for name in kept]
    assert comparable(found.type, found.body) == comparable(asked.type, asked.body)


def sayable(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """The body without what Moodle has no word for, so that the rest must stay as it is."""
    data = dict(body)
    if kind not in WITH_OUTCOMES:
        data |= dict.fromkeys(OUTCOMES, "")
    for name in ("options", "rows"):
        data |= {name: [part | {"pinned": False} for part in data[name]]} if name in data else {}
    if "unit_use" in data:
        data |= sayable_units(data)
    return data | SAYABLE.get(kind, lambda _: {})(data)


def sayable_units(body: dict[str, Any]) -> dict[str, Any]:
    usual = {"unit_input": "text", "unit_penalty_of": "mark"}
    if body["unit_use"] == "none":
        return usual | {"units": [], "unit_penalty": "0.1", "units_left": False}
    return usual | {"unit_penalty": "0"} if body["unit_use"] == "optional" else {}


def sayable_formulas(body: dict[str, Any]) -> dict[str, Any]:
    names = {variable["name"] for variable in body["variables"]}
    answers = [answer for answer in body["answers"] if answer["tolerance_type"] != "significant"]
    return {
        "answers": [answer | {"formula": formula_for_moodle(answer["formula"], names)} for answer in answers],
        "prompt": body["prompt"].replace("{=a + b}", "{={a} + {b}}"),
        "variants": body["variants"] or [{"a": "2", "b": "0.5"}],
    }


def sayable_ticks(body: dict[str, Any]) -> dict[str, Any]:
    options = [option | {"unticked": "0"} for option in body["options"]]
    if body["scheme"] == "all_or_nothing":
        options = [option | {"fraction": str(int(Decimal(option["fraction"]) > 0))} for option in options]
    return {"options": options}


def sayable_gaps(body: dict[str, Any]) -> dict[str, Any]:
    def loose(gap: dict[str, Any]) -> dict[str, Any]:
        return {"options": [option | {"pinned": False} for option in gap["options"]]} if "options" in gap else {}

    return {"gaps": [gap | loose(gap) for gap in body["gaps"]]}


def sayable_regions(body: dict[str, Any]) -> dict[str, Any]:
    right = [Decimal(region["fraction"]) > 0 for region in body["regions"]]
    share = "1" if sum(right) == 1 else str(round(1 / sum(right), 12))
    regions = [
        region | {"label": f"Here {number}", "fraction": share if belongs else "0", "feedback": ""}
        for number, (region, belongs) in enumerate(zip(body["regions"], right, strict=True), start=1)
    ]
    if len(regions) == 1:
        regions[0]["label"] = "Here"
    return {"image": MAP.digest, "regions": regions}


SAYABLE: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "short_text": lambda body: {"answers": [answer for answer in body["answers"] if not answer["pattern"]]},
    "numeric": lambda body: {
        "answers": [answer for answer in body["answers"] if answer["any"] or answer["tolerance_type"] == "nominal"]
    },
    "calculated": sayable_formulas,
    "multiple_choice": sayable_ticks,
    "cloze": sayable_gaps,
    "hotspot": sayable_regions,
    "essay": lambda body: {"template": body["template"].strip()},
}
PIECES = ["a", "<b>", "</b>", "&amp;", "&lt;", "]]>", "<![CDATA[", "{1:SA:=x}", "{", "}", "~", "#", "=", "\\", "%50%",
          "\n", "é", "@@PLUGINFILE@@/x", "\x0b", '"', "'", "[[1]]", "\r"]  # fmt: skip
nasty = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join)


class TestRoundTrip:
    @settings(deadline=None)  # the machine may be busy
    @given(examples.cases, st.sampled_from(["", "a", "a/b c"]), st.sampled_from(["ready", "retired"]))
    def test_what_moodle_can_say_is_read_as_it_was(self, case: examples.Case, category: str, status: str) -> None:
        kind = case.kind.name
        body = case.body.to_json()
        assume(kind != "multiple_choice" or body["scheme"] in ("sum", "all_or_nothing"))
        assume(kind != "calculated" or body["variables"])
        data = sayable(kind, body)
        assume(any(Decimal(answer["fraction"]) == 1 for answer in data.get("answers", [{"fraction": "1"}])))
        asked = item(kind, data, category=category, status=status, tags=["t", "u v"], external_id="id 1")
        same(asked, again(asked))

    @settings(deadline=None)  # the machine may be busy
    @given(examples.cases)
    def test_what_was_read_once_stays_as_it_is(self, case: examples.Case) -> None:
        """What comes in is what can go out: another way out and in changes nothing more, whatever was lost before."""
        stored = {"image": MAP.digest} if case.kind.name == "hotspot" else {}
        export = written(item(case.kind.name, case.body.to_json() | stored))
        assert FORMAT.parse is not None
        for first in FORMAT.parse(export.data).questions:
            same(first, again(first))

    @settings(deadline=None)  # the machine may be busy
    @given(nasty, nasty, nasty)
    @example("]]>", "a\r\nb", "&lt;![CDATA[")
    def test_any_text_is_read_as_it_was(self, one: str, two: str, three: str) -> None:
        def clean(text: str) -> str:
            return text.replace("\x0b", " ").replace("$$", "")

        options = [{"text": f"1{clean(one)}", "fraction": "1", "feedback": clean(three)},
                   {"text": f"2{clean(two)}", "fraction": "0"}]  # fmt: skip
        asked = item("single_choice", {"prompt": f"x{clean(three)}", "options": options})
        same(asked, again(asked))
        answers = [{"text": f"y{clean(two)}z", "fraction": "1"}]
        asked = item("short_text", {"prompt": "x", "answers": answers}, name="N")
        same(asked, again(asked))

    def test_names_and_tags_are_plain(self) -> None:
        asked = item("description", {}, name="R&D: 1 < 2", tags=["<b>", "a & b"], external_id="<1>", category="a & b")
        same(asked, again(asked))

    def test_points_are_kept_with_their_decimals(self) -> None:
        asked = item("description", {}, points=Decimal("2.25"))
        assert again(asked).points == Decimal("2.25")
        assert again(replace(asked, points=Decimal("100"))).points == 100

    def test_distractors_and_shared_choices_stay(self) -> None:
        stems = [{"text": "a", "choice": "y"}, {"text": "b", "choice": "y"}, {"text": "c", "choice": "z"}]
        choices = [{"key": key, "text": f"<i>{key}</i> &amp;"} for key in ("w", "x", "y", "z")]
        asked = item("matching", {"stems": stems, "choices": choices})
        export = written(asked)
        assert "plain text" in said(export.losses)[0]
        (found,) = read(export).questions
        same(asked, found)
        assert [choice["text"][3] for choice in found.body["choices"]] == ["w", "x", "y", "z"]

    def test_categories_change_and_come_to_an_end(self) -> None:
        places = [("", ""), ("a", "1"), ("a", "1"), ("a/b", ""), ("AC⁄DC", ""), ("", "")]
        items = [item("description", {}, category=path, category_external_id=known) for path, known in places]
        export = written(*items)
        found = read(export)
        assert [(one.category, one.category_external_id) for one in found.questions] == places
        assert export.data.count(b'type="category"') == 4

    def test_what_categories_say_of_themselves_comes_back(self) -> None:
        infos = [
            CategoryInfo("a", "top-1", "All < of it\n\nAnd more"), CategoryInfo("a/b/c", "", "Deep"),
            CategoryInfo("x", "no question", "here"),
        ]  # fmt: skip
        items = [item("description", {}, category=path) for path in ("a/b/c", "a/d", "a/b/c")]
        assert FORMAT.describing is not None
        export = FORMAT.describing(infos)(items, {}, "")
        found = read(export)
        assert (said(found.losses), [one.category for one in found.questions]) == ([], ["a/b/c", "a/d", "a/b/c"])
        assert [info for info in found.categories if info.description or info.external_id] == infos[:2]


class TestFile:
    def test_it_is_xml_with_a_name(self) -> None:
        export = written(item("description", {"prompt": "<p>é</p>"}))
        assert (export.media_type, export.extension) == ("application/xml", "xml")
        root = etree.fromstring(export.data)
        assert root.findtext("question/questiontext/text") == "<p>é</p>"
        assert root.find("question/questiontext").get("format") == "html"

    def test_fractions_have_all_their_digits(self) -> None:
        options = [{"text": text, "fraction": "0.333333333333"} for text in "abc"]
        export = written(item("multiple_choice", {"options": options}))
        assert b'fraction="33.3333333333"' in export.data

    def test_the_end_of_a_section_is_split(self) -> None:
        export = written(item("short_text", {"answers": [{"text": "a]]>b", "fraction": "1"}]}))
        assert b"<![CDATA[a]]]]><![CDATA[>b]]>" in export.data

    def test_media_stand_beside_their_text(self) -> None:
        picture, sound = (
            f'<img src="media:{RED.digest}" alt="A map">',
            f'<audio src="media:{SOUND.digest}" title="A song">',
        )
        options = [{"text": f"{picture} a", "fraction": "1", "feedback": picture}, {"text": "b", "fraction": "0"}]
        asked = item("single_choice", {"prompt": f"{picture}{sound}</audio>", "options": options, "hints": [picture]})
        export = written(asked)
        found = read(export)
        same(asked, found.questions[0])
        assert found.media == {RED.digest: RED, SOUND.digest: SOUND}
        root = etree.fromstring(export.data)
        assert len(root.findall("question/questiontext/file")) == 2
        assert len({file.get("path") for file in root.findall("question/questiontext/file")}) == 2
        assert len(root.findall("question/answer/feedback/file")) == 1

    def test_a_medium_that_is_not_there_is_told(self) -> None:
        asked = item("description", {"prompt": f'a <img src="media:{"0" * 64}" alt="x">'})
        assert told(asked) == ["A picture, sound or film is not stored, so it is left out."]

    def test_calculated_questions_get_values(self) -> None:
        variables = [{"name": "a", "low": "1", "high": "9", "decimals": 1}]
        answers = [{"formula": "a^2 + pi", "fraction": "1", "tolerance": "0.1"}]
        asked = item("calculated", {"prompt": "Of {a}: {=a^2}", "variables": variables, "answers": answers})
        export = written(asked)
        assert said(export.losses) == ["Moodle draws from lists of values: 10 sets were drawn from the ranges."]
        root = etree.fromstring(export.data)
        assert root.findtext("question/answer/text") == "{a}**2 + pi()"
        assert root.findtext("question/questiontext/text") == "Of {a}: {={a}**2}"
        assert len(root.findall(".//dataset_item")) == 10
        (found,) = read(export).questions
        assert len(found.body["variants"]) == 10
        assert written(asked).data == export.data


class TestLosses:
    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"difficulty": "hard"}, "no difficulty (hard)"),
            ({"language": "de"}, "no language (de)"),
            ({"status": "draft"}, "no status draft"),
        ],
    )
    def test_what_moodle_does_not_know_of_a_question(self, more: dict[str, Any], words: str) -> None:
        (text,) = told(item("description", {}, **more))
        assert words in text

    @pytest.mark.parametrize(
        ("kind", "data", "words"),
        [
            ("description", {"wrong_feedback": "no"}, "no feedback by outcome"),
            ("single_choice", {"options": [
                {"text": "a", "fraction": "1", "pinned": True}, {"text": "b", "fraction": "0"}]}, "none keeps"),
            ("multiple_choice", {"scheme": "every_decision", "options": [
                {"text": "a", "fraction": "1"}, {"text": "b", "fraction": "0"}]}, "scheme every_decision"),
            ("multiple_choice", {"scheme": "all_or_nothing", "options": [
                {"text": "a", "fraction": "1"}, {"text": "b", "fraction": "0"}]}, '"multichoiceset"'),
            ("kprim", {"rows": [{"text": text, "correct": True} for text in "abcd"]}, '"kprime"'),
            ("short_text", {"answers": [
                {"text": "a", "fraction": "1"}, {"text": "b+", "pattern": True, "fraction": "0.5"}]}, "no patterns"),
            ("numeric", {"answers": [
                {"value": "10", "tolerance": "0.1", "tolerance_type": "geometric", "fraction": "1"}]}, "geometric"),
            ("numeric", {"answers": [
                {"value": "10", "digits": 3, "tolerance_type": "significant", "fraction": "1"}]}, "kind significant"),
            ("essay", {"template": " a"}, "White space"),
            ("upload", {"max_files": 5}, "takes 5"),
        ],
    )  # fmt: skip
    def test_what_moodle_does_not_know_of_a_type(self, kind: str, data: dict[str, Any], words: str) -> None:
        texts = told(item(kind, data))
        assert any(words in text for text in texts), texts

    @pytest.mark.parametrize(
        ("answer", "value", "tolerance"),
        [
            ({"value": "-20", "tolerance": "0.1", "tolerance_type": "relative"}, "-20", "2"),
            ({"low": "1", "high": "4", "tolerance_type": "range"}, "2.5", "1.5"),
        ],
    )
    def test_other_tolerances_are_written_as_intervals(
        self, answer: dict[str, Any], value: str, tolerance: str
    ) -> None:
        asked = item("numeric", {"answers": [answer | {"fraction": "1"}]})
        (found,) = again(asked).body["answers"]
        assert (found["value"], found["tolerance"]) == (value, tolerance)

    def test_an_answer_in_another_unit_is_written_in_the_first(self) -> None:
        units = [{"name": "m", "multiplier": "1"}, {"name": "cm", "multiplier": "100"}]
        answers = [{"value": "250", "tolerance": "10", "unit": "cm", "fraction": "1"}]
        asked = item("numeric", {"units": units, "unit_use": "required", "answers": answers})
        (found,) = again(asked).body["answers"]
        assert (found["value"], found["tolerance"], found["unit"]) == ("2.5", "0.1", "")

    def test_what_cannot_be_said_at_all_is_left_out_and_told(self) -> None:
        pattern = item("short_text", {"answers": [{"text": "a+", "pattern": True, "fraction": "1"}]}, name="P")
        export = written(item("description", {}), pattern)
        assert [loss.line for loss in export.losses] == [2, 2]
        assert '"P" is left out of the file.' in said(export.losses)
        assert [one.type for one in read(export).questions] == ["description"]

    def test_a_type_of_a_plug_in_is_left_out(self) -> None:
        foreign = replace(item("description", {}), type="chess")
        assert told(foreign)[0] == "Moodle XML cannot say questions of the type chess."

    @pytest.mark.parametrize("answers", [
        {"kind": "short_text", "answers": [{"text": "b+", "pattern": True, "fraction": "1"}]},
        {"kind": "numeric", "answers": [
            {"value": "6", "tolerance": "0.1", "tolerance_type": "relative", "fraction": "1"},
            {"value": "9", "fraction": "0.5"},
        ]},
    ])  # fmt: skip
    def test_a_gap_without_a_right_answer_is_not_written(self, answers: dict[str, Any]) -> None:
        asked = item("cloze", {"prompt": "{#1}", "gaps": [{"key": "1", "weight": 1} | answers]})
        assert told(asked) == [
            "Moodle XML cannot say the right answers of this question.",
            '"N" is left out of the file.',
        ]

    def test_points_of_gaps_are_the_sum_of_their_weights(self) -> None:
        gap = {"key": "1", "kind": "short_text", "weight": 2, "answers": [{"text": "a", "fraction": "1"}]}
        asked = item("cloze", {"prompt": "{#1}", "gaps": [gap]}, points=Decimal(5))
        assert "2 points instead of 5" in told(asked)[0]
        assert read(written(asked)).questions[0].points == 5
