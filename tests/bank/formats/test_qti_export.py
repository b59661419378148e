"""QTI 2.1 and 3.0 as we write them: what goes out comes back, and what does not is told."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Context, Decimal
from math import gcd
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bank.examples import EXAMPLES, Case
from examhall.bank.formats import Export, Format, Import, Item, Medium, archive
from examhall.bank.formats.qti import QTI21, QTI30
from examhall.bank.types import type_named
from examhall.bank.types.contract import as_text

FORMATS = pytest.mark.parametrize("format", [QTI21, QTI30], ids=lambda format: format.name)
SAYABLE = sorted(EXAMPLES.keys() - {"calculated"})


def written(format: Format, *items: Item, media: Mapping[str, Medium] | None = None, title: str = "Bank") -> Export:
    assert format.export is not None
    return format.export(items, media or {}, title)


def read(format: Format, export: Export) -> Import:
    assert format.parse is not None
    found = format.parse(export.data)
    assert [error.text % error.params for error in found.errors] == []
    return found


def back(format: Format, item: Item, media: Mapping[str, Medium] | None = None) -> Item:
    """The item as it comes back."""
    (question,) = read(format, written(format, item, media=media)).questions
    return question


def question(kind: str, body: dict[str, Any], **more: Any) -> Item:
    return Item(1, "A name", kind, type_named(kind).validate(body).to_json(), **more)


def told(export: Export) -> list[str]:
    return [loss.text % loss.params for loss in export.losses]


def sayable(item: Item) -> dict[str, Any]:
    """A body without what an export tells that it loses."""
    body = {**item.body, "hints": []}
    if item.type == "numeric":
        body["units"] = []
        body |= {"unit_use": "none", "unit_input": "text", "unit_penalty": "0.1", "unit_penalty_of": "mark"}
        body["units_left"] = False
        intervals = [found.interval() for found in type_named("numeric").load(item.body).answers]
        body["answers"] = [
            answer | {"unit": ""} | (_range(*interval) if answer["tolerance_type"] == "geometric" else {})
            for answer, interval in zip(body["answers"], intervals, strict=True)
            if not answer["any"] or answer["fraction"] != "0" or answer["feedback"]
        ]
    elif item.type == "upload":
        body |= {"max_bytes": 10 * 2**20, "max_files": 10 if body["max_files"] > 1 else 1}
        body["accept"] = ["pdf"]
    elif item.type == "multiple_choice" and body["scheme"] in ("all_or_nothing", "right_minus_wrong", "every_decision"):
        body["options"] = [
            option | {"fraction": "1" if Decimal(option["fraction"]) > 0 else "0", "unticked": "0"}
            for option in body["options"]
        ]
    elif item.type == "multiple_choice":
        body["options"] = [option | {"unticked": "0"} for option in body["options"]]
    elif item.type == "cloze":
        shares = gcd(*(gap["weight"] for gap in body["gaps"]))
        body["gaps"] = [_sayable_gap(gap, shares) for gap in body["gaps"]]
        body["gaps"].sort(key=lambda gap: body["prompt"].index(f"{{#{gap['key']}}}"))
    return body


def _range(low: Decimal, high: Decimal) -> dict[str, Any]:
    return {"value": None, "tolerance": "0", "tolerance_type": "range", "low": as_text(low), "high": as_text(high)}


def _sayable_gap(gap: dict[str, Any], shares: int) -> dict[str, Any]:
    parts = "options" if "options" in gap else "answers"
    silent = [part | {"feedback": ""} for part in gap[parts]]
    if gap["kind"] == "multiple":
        total = sum(Decimal(part["fraction"]) for part in silent if Decimal(part["fraction"]) > 0)
        for part in silent:
            fraction = Decimal(part["fraction"])
            part["fraction"] = str((fraction / total).normalize()) if fraction > 0 else part["fraction"]
    return gap | {parts: silent, "weight": gap["weight"] // shares}


@FORMATS
@pytest.mark.parametrize("kind", SAYABLE)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_what_can_be_said_comes_back(format: Format, kind: str, data: st.DataObject) -> None:
    case: Case = data.draw(EXAMPLES[kind])
    points = data.draw(st.sampled_from(["1", "0.5", "3", "2.25"])) if case.kind.answerable else "1"
    body = case.body.to_json()
    media = {}
    if kind == "hotspot":
        medium = Medium("map.png", "image/png", b"a map")
        body["image"], media = medium.digest, {medium.digest: medium}
    if kind == "upload":
        body["accept"] = ["pdf"]
    item = Item(1, "A name", kind, body, points=Decimal(points))
    found = back(format, item, media)
    assert (found.type, found.name, found.points) == (kind, "A name", Decimal(points))
    if kind == "multiple_choice" and body["scheme"] == "ticked_unticked":
        graded_alike(item, found)
    else:
        assert _rounded(found.body) == _rounded(sayable(item))


def _rounded(body: dict[str, Any]) -> dict[str, Any]:
    """A body with the bounds of its ranges to 15 digits: those of a geometric tolerance may have no end."""
    if body.get("answers") and "low" in body["answers"][0]:
        digits = Context(prec=15)
        bounds = [
            {name: as_text(digits.create_decimal(answer[name])) for name in ("low", "high") if answer[name] is not None}
            for answer in body["answers"]
        ]
        answers = [answer | near for answer, near in zip(body["answers"], bounds, strict=True)]
        return {**body, "answers": answers}
    return body


def graded_alike(item: Item, found: Item) -> None:
    """What may be said in several ways comes to the same mark, unless a loss was told."""
    kind = type_named(item.type)
    ours, theirs = kind.load(item.body), kind.load(found.body)
    if found.losses:
        return
    keys = [option.key for option in ours.options]
    for ticked in [keys[:count] for count in range(len(keys) + 1)] + [[key] for key in keys]:
        assert abs(kind.grade(ours, ticked) - kind.grade(theirs, ticked)) < Decimal("0.001")


@FORMATS
def test_the_same_questions_make_the_same_bytes(format: Format) -> None:
    items = [question("true_false", {"prompt": "So?", "correct": True}), question("description", {"prompt": "Read."})]
    assert written(format, *items).data == written(format, *items).data
    assert format.recognises(written(format, *items).data)


@FORMATS
def test_what_a_question_is_called_and_where_it_stands_comes_back(format: Format) -> None:
    about: dict[str, Any] = {
        "external_id": "q-1", "category": "Geo/Europe", "tags": ["a b", "ü"], "difficulty": "hard", "language": "pt-BR",
    }  # fmt: skip
    item = question("true_false", {"prompt": "So?", "correct": True}, **about)
    found = back(format, item)
    assert {name: getattr(found, name) for name in about} == about
    assert back(format, replace(item, category="")).category == ""


@FORMATS
def test_media_come_back_in_all_their_places(format: Format) -> None:
    picture = Medium("A map (1).png", "image/png", b"one")
    sound = Medium("b.mp3", "audio/mpeg", b"two")
    film = Medium("c.mp4", "video/mp4", b"three")
    media = {medium.digest: medium for medium in (picture, sound, film)}
    image = f'<img src="media:{picture.digest}" alt="A &amp; B" width="30">'
    body = {
        "prompt": f'<p>{image} <audio src="media:{sound.digest}" title="Bird"></audio></p>',
        "options": [{"text": image, "fraction": "1"}, {"text": "x", "fraction": "0", "feedback": image}],
        "feedback": f'<video src="media:{film.digest}" title="Film" width="20"></video>',
    }
    item = question("single_choice", body)
    export = written(format, item, media=media)
    found = read(format, export)
    assert found.questions[0].body == item.body
    assert {digest: (medium.media_type, medium.data) for digest, medium in found.media.items()} == {
        digest: (medium.media_type, medium.data) for digest, medium in media.items()
    }
    assert (told(export), found.questions[0].losses) == ([], [])


@FORMATS
def test_a_medium_that_is_missing_is_told(format: Format) -> None:
    digest = hashlib.sha256(b"gone").hexdigest()
    item = question("true_false", {"prompt": f'<p>See <img src="media:{digest}" alt="it"></p>', "correct": True})
    export = written(format, item)
    assert told(export) == ["A picture or sound is missing from the media of this bank."]
    assert "See" in read(format, export).questions[0].body["prompt"]


@FORMATS
@pytest.mark.parametrize("html", [
    "plain", "<p>a</p><p>b</p>", "<div>one</div>", "<div><div>two</div></div>", "<p>x <mark>y</mark> <u>z</u></p>",
    "a &amp; b &lt; c", '<p lang="de">Größe</p>', "<ul><li>a</li><li>b</li></ul>", "<table><tr><td>1</td></tr></table>",
    r"\(x^2 &lt; y\)", "<pre>a\n  b</pre>", "x<br>y", '<ol start="3"><li>c</li></ol>', "<ruby>漢<rt>kan</rt></ruby>",
])  # fmt: skip
def test_texts_come_back(format: Format, html: str) -> None:
    body = {
        "prompt": html,
        "feedback": html,
        "options": [{"text": html, "fraction": "1", "feedback": html}, {"text": "?", "fraction": "0"}],
    }
    item = question("single_choice", body)
    assert back(format, item).body == item.body


@pytest.mark.parametrize(("format", "root", "names"), [
    (QTI21, "{http://www.imsglobal.org/xsd/imsqti_v2p1}assessmentItem", "responseDeclaration itemBody"),
    (QTI30, "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}qti-assessment-item", "qti-item-body qti-value"),
])  # fmt: skip
def test_a_version_speaks_its_own_language(format: Format, root: str, names: str) -> None:
    item = question("true_false", {"prompt": "So?", "correct": True})
    files = archive.read(written(format, item).data)
    (path,) = [name for name in files if name.startswith("items/")]
    found = etree.fromstring(files[path])
    assert found.tag == root
    assert set(names.split()) <= {etree.QName(element).localname for element in found.iter()}
    assert b"match_correct" in files[path]
    assert [name for name in files if name.startswith("tests/")]


@FORMATS
def test_standard_templates_are_used_where_they_say_all(format: Format) -> None:
    plain = {"options": [{"text": "a", "fraction": "1"}, {"text": "b", "fraction": "0"}], "prompt": "?!"}
    parts = {"options": [{"text": "a", "fraction": "1"}, {"text": "b", "fraction": "0.5"}], "prompt": "?!"}
    for body, points, name in [(plain, "1", b"match_correct"), (parts, "3", b"map_response"), (plain, "2", None)]:
        files = archive.read(written(format, question("single_choice", body, points=Decimal(points))).data)
        (content,) = [files[path] for path in files if path.startswith("items/")]
        assert (b"rptemplates" in content) is (name is not None)
        assert name is None or name in content


@FORMATS
@pytest.mark.parametrize(("kind", "display"), [
    ("choice", "dropdown"), ("choice", "radio"), ("choice", "radio_row"), ("multiple", "checkbox"),
    ("multiple", "checkbox_row"),
])  # fmt: skip
def test_gaps_keep_how_they_are_shown_and_their_numbers(format: Format, kind: str, display: str) -> None:
    options = [{"key": "1a", "text": "x", "fraction": "1"}, {"key": "b", "text": "y", "fraction": "0", "pinned": True}]
    gap = {"key": "7", "kind": kind, "display": display, "options": options, "shuffle": True}
    item = question("cloze", {"prompt": "<p>The {#7} one</p>", "gaps": [gap]})
    assert back(format, item).body == item.body


@FORMATS
def test_answers_keep_their_order_and_meaning(format: Format) -> None:
    texts = [("a*", False, "0.5"), ("[0-9]+", True, "1"), ("2\\*3", False, "0.25"), ("*", False, "0")]
    answers = [
        {"text": text, "pattern": pattern, "fraction": part, "feedback": f"said {part}"}
        for text, pattern, part in texts
    ]
    item = question("short_text", {"prompt": "?!", "case_sensitive": True, "answers": answers})
    assert back(format, item).body == item.body
    numbers: list[dict[str, Any]] = [
        {"low": "1", "high": "2.5", "tolerance_type": "range", "fraction": "1"},
        {"value": "3.14", "digits": 3, "tolerance_type": "significant", "fraction": "0.5"},
        {"value": "-8", "tolerance": "0.1", "tolerance_type": "relative", "fraction": "0.25"},
        {"any": True, "fraction": "0.1"},
    ]
    item = question("numeric", {"prompt": "?!", "answers": numbers})
    assert back(format, item).body == item.body


class TestLosses:
    UNITS = {"units": [{"name": "m"}], "unit_use": "optional"}
    GEOMETRIC = {"tolerance": "0.5", "tolerance_type": "geometric"}
    CALCULATED = {
        "prompt": "{a}?",
        "variables": [{"name": "a", "low": "1", "high": "2"}],
        "answers": [{"formula": "a", "fraction": "1"}],
    }

    @FORMATS
    def test_a_type_without_words_is_left_out(self, format: Format) -> None:
        export = written(format, question("calculated", self.CALCULATED), question("description", {"prompt": "Read."}))
        assert told(export) == ["Questions of this type cannot be said in QTI; this one is left out."]
        assert export.losses[0].line == 1
        assert len(read(format, export).questions) == 1

    @FORMATS
    @pytest.mark.parametrize(("kind", "body", "more", "words"), [
        ("true_false", {"correct": True, "hints": ["h"]}, {}, "Hints"),
        ("true_false", {"correct": True}, {"external_id": "with space"}, 'The external id "with space"'),
        ("true_false", {"correct": True}, {"status": "draft"}, "The status"),
        ("true_false", {"correct": True}, {"points": Decimal(0)}, "0 points"),
        ("numeric", {"answers": [{"value": "1", "fraction": "1"}], **UNITS}, {}, "Units"),
        ("numeric", {"answers": [{"value": "1", "fraction": "1", **GEOMETRIC}]}, {}, "geometric"),
        ("short_text", {"answers": [{"text": "a*", "fraction": "1"}]}, {}, "count case"),
        ("essay", {"max_words": 9}, {}, "words"),
        ("upload", {"max_files": 3}, {}, "How many files"),
        ("upload", {"accept": ["pdf", "xyz"]}, {}, "types of files"),
    ])  # fmt: skip
    def test_settings_without_words_are_told(
        self, format: Format, kind: str, body: dict[str, Any], more: dict[str, Any], words: str
    ) -> None:
        export = written(format, question(kind, {"prompt": "?!", **body}, **more))
        assert [words in loss for loss in told(export)] == [True]
        assert len(read(format, export).questions) == 1

    @FORMATS
    def test_a_question_that_stands_twice_stands_once_in_the_file(self, format: Format) -> None:
        item = question("true_false", {"prompt": "So?", "correct": True})
        export = written(format, item, item)
        assert (len(read(format, export).questions), [loss.line for loss in export.losses]) == (1, [2])

    @FORMATS
    def test_characters_that_xml_cannot_hold_are_left_out(self, format: Format) -> None:
        item = question("true_false", {"prompt": "So\x0b\ufffe?", "correct": True, "feedback_true": "a\x01b"})
        item = replace(item, name="\x1fName\uffff", tags=["a\x02"], category="c\x03")
        export = written(format, item, title="\x04")
        assert [("Control characters" in loss) for loss in told(export)] == [True]
        found = read(format, export).questions[0]
        assert (found.name, found.tags, found.category, found.body["prompt"]) == ("Name", ["a"], "c", "So?")

    @FORMATS
    def test_feedback_on_gaps_is_told(self, format: Format) -> None:
        gap = {"kind": "short_text", "answers": [{"text": "a", "fraction": "1", "feedback": "Yes"}]}
        assert told(written(format, question("cloze", {"prompt": "{#1}", "gaps": [gap]}))) == [
            "Feedback on the answers of a gap is left out."
        ]


@FORMATS
@pytest.mark.parametrize("labels", [("", ""), ("True", ""), ("", "Falsch"), ("wahr", "falsch")])
def test_labels_of_verdicts_come_back(format: Format, labels: tuple[str, str]) -> None:
    rows = [{"text": text, "correct": text == "a"} for text in "abcd"]
    item = question("kprim", {"prompt": "So?", "rows": rows, "true_label": labels[0], "false_label": labels[1]})
    assert back(format, item).body == item.body


def content(format: Format, item: Item) -> Any:
    """The root of the only item of an export, without namespaces."""
    files = archive.read(written(format, item).data)
    (path,) = [name for name in files if name.startswith("items/")]
    root = etree.fromstring(files[path])
    for element in root.iter():
        element.tag = etree.QName(element).localname
    return root


@FORMATS
@pytest.mark.parametrize(("html", "path"), [
    ("<table><tfoot><tr><td>f</td></tr></tfoot><tr><td>1</td></tr></table>", ".//table/tbody/tr/td"),
    ("<table><thead><tr><th>h</th></tr></thead></table>", ".//table/tbody/tr/td"),
    ("<blockquote>said</blockquote>", ".//blockquote/div"),
    ("<blockquote>a <b>b</b> c<p>d</p>e</blockquote>", ".//blockquote/div/b"),
    ("<ul>loose<li>a</li></ul>", ".//ul/li"),
    ("<b><div>block</div></b>", ".//div/div/div"),
    ("<table><caption><p>c</p></caption><tr></tr></table>", ".//caption/span"),
    ("<dl><dt><p>word</p></dt><dd>meaning</dd></dl>", ".//dt/span"),
    ("<li>alone</li>", ".//div/div"),
])  # fmt: skip
def test_texts_have_the_shape_of_the_schema(format: Format, html: str, path: str) -> None:
    """Blocks hold blocks, tables bodies, lists items; what was added for that goes when it is read again."""
    item = question("essay", {"prompt": html, "marking_notes": html})
    root = content(format, item)
    assert root.find(path) is not None
    for block in root.iter("blockquote", "ul", "table", "tbody"):
        assert not (block.text or "").strip()
        assert {inner.tag for inner in block} <= {"div", "p", "li", "caption", "thead", "tfoot", "tbody", "tr"}
    assert not [block for line in root.iter("p", "b", "span") for block in line if block.tag == "div"]
    for table in root.iter("table"):
        order = [part.tag for part in table]
        assert order == sorted(order, key=["caption", "thead", "tfoot", "tbody"].index)
    found = back(format, item)
    assert (found.body["prompt"], found.body["marking_notes"]) == (item.body["prompt"], item.body["marking_notes"])


def test_notes_for_markers_are_blocks() -> None:
    root = content(QTI21, question("essay", {"prompt": "Why?", "marking_notes": "Look at <b>this</b>."}))
    assert [inner.tag for inner in root.find(".//rubricBlock")] == ["div"]


def test_a_choice_within_a_line_makes_it_a_block() -> None:
    options = [{"text": "a", "fraction": "1"}, {"text": "b", "fraction": "0"}]
    gap = {"key": "1", "kind": "choice", "display": "radio", "options": options}
    item = question("cloze", {"prompt": "<p>One <b>of {#1}</b></p>", "gaps": [gap]})
    root = content(QTI21, item)
    assert root.find(".//p") is None
    assert root.find(".//choiceInteraction") is not None
    assert back(QTI21, item).body["prompt"] == item.body["prompt"]


@pytest.mark.parametrize(("format", "said"), [(QTI21, None), (QTI30, "rtl")])
def test_what_a_version_has_no_attribute_for_is_a_class(format: Format, said: str | None) -> None:
    item = question("description", {"prompt": '<ol dir="rtl" start="3" type="a"><li>x</li></ol>'})
    (listed,) = content(format, item).iter("ol")
    assert (listed.get("dir"), listed.get("start"), listed.get("type")) == (said, None, None)
    assert sorted(back(format, item).body["prompt"]) == sorted(item.body["prompt"])
