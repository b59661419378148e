"""QTI 1.2: what Canvas writes, type by type, and plain items of the standard."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bank.formats.qti_files import read, said
from examhall.bank.formats import Import, Item, archive
from examhall.bank.formats.qti import QTI12

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
OUTCOMES = '<outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>'


def material(text: str, kind: str = "html") -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<material><mattext texttype="text/{kind}">{escaped}</mattext></material>'


def labels(**texts: str) -> str:
    made = "".join(f'<response_label ident="{k}">{material(v, "plain")}</response_label>' for k, v in texts.items())
    return f"<render_choice>{made}</render_choice>"


def lid(render: str, name: str = "response1", text: str = "", cardinality: str = "Single") -> str:
    shown = material(text, "plain") if text else ""
    return f'<response_lid ident="{name}" rcardinality="{cardinality}">{shown}{render}</response_lid>'


FIELD = '<response_str ident="response1"><render_fib><response_label ident="a"/></render_fib></response_str>'


def between(low: str, high: str) -> str:
    bounds = (("vargte", low), ("varlte", high))
    return "".join(f'<{name} respident="response1">{bound}</{name}>' for name, bound in bounds)


def when(test: str, score: str = "100", action: str = "Set", show: str = "", more: str = "No") -> str:
    points = f'<setvar action="{action}" varname="SCORE">{score}</setvar>' if score else ""
    shown = f'<displayfeedback feedbacktype="Response" linkrefid="{show}"/>' if show else ""
    return f'<respcondition continue="{more}"><conditionvar>{test}</conditionvar>{points}{shown}</respcondition>'


def equal(value: str, name: str = "response1") -> str:
    return f'<varequal respident="{name}">{value}</varequal>'


def feedback(name: str, text: str) -> str:
    return f'<itemfeedback ident="{name}"><flow_mat>{material(text)}</flow_mat></itemfeedback>'


def item(
    kind: str,
    prompt: str,
    responses: str,
    *conditions: str,
    after: str = "",
    points: str = "2",
    title: str = "Question",
) -> str:
    fields = {"question_type": kind, "points_possible": points, "assessment_question_identifierref": "ref1"}
    listed = "".join(
        f"<qtimetadatafield><fieldlabel>{k}</fieldlabel><fieldentry>{v}</fieldentry></qtimetadatafield>"
        for k, v in fields.items() if kind
    )  # fmt: skip
    rules = f"<resprocessing>{OUTCOMES}{''.join(conditions)}</resprocessing>" if conditions else ""
    return (
        f'<item ident="i1" title="{title}"><itemmetadata><qtimetadata>{listed}</qtimetadata></itemmetadata>'
        f"<presentation>{material(prompt)}{responses}</presentation>{rules}{after}</item>"
    )


def quiz(*items: str, title: str = "Unit 1") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">'
        f'<assessment ident="a" title="{title}"><section ident="root_section">{"".join(items)}</section></assessment>'
        "</questestinterop>"
    ).encode()


def one(*args: Any, **named: Any) -> Item:
    found = read(quiz(item(*args, **named)))
    assert said(found) == []
    (question,) = found.questions
    return question


def fault(*args: Any, **named: Any) -> str:
    (message,) = said(read(quiz(item(*args, **named))))
    return message


class TestChoices:
    OPTIONS = lid(labels(**{"11": "Madrid", "22": "<Rome>", "33": "Oslo"}))

    def test_one_choice(self) -> None:
        question = one("multiple_choice_question", "<p>Capital of Spain?</p>", self.OPTIONS, when(equal("11")))
        assert (question.type, question.points, question.category) == ("single_choice", 2, "Unit 1")
        assert (question.external_id, question.name, question.element) == ("ref1", "", "item[1]")
        assert question.body["prompt"] == "<p>Capital of Spain?</p>"
        assert [(option["key"], option["text"], option["fraction"]) for option in question.body["options"]] == [
            ("11", "Madrid", "1"), ("22", "&lt;Rome&gt;", "0"), ("33", "Oslo", "0"),
        ]  # fmt: skip
        assert question.losses == question.warnings == []

    def test_feedback_in_all_its_places(self) -> None:
        conditions = [
            when("<other/>", "", show="general_fb", more="Yes"),
            when(equal("22"), "", show="22_fb", more="Yes"),
            when(equal("11"), show="correct_fb"),
            when("<other/>", "", show="general_incorrect_fb"),
        ]
        texts = {"general_fb": "G", "22_fb": "R", "correct_fb": "C", "general_incorrect_fb": "I"}
        after = "".join(feedback(name, f"<p>{text}</p>") for name, text in texts.items())
        question = one("multiple_choice_question", "?!", self.OPTIONS, *conditions, after=after)
        assert (question.body["right_feedback"], question.body["wrong_feedback"]) == ("<p>C</p>", "<p>I</p>")
        assert [option["feedback"] for option in question.body["options"]] == ["", "<p>R</p>", ""]
        assert question.body["feedback"] == "<p>G</p>"

    def test_a_statement(self) -> None:
        options = lid(labels(**{"5": "True", "6": "False"}))
        question = one("true_false_question", "So?", options, when(equal("6")))
        assert (question.type, question.body["correct"]) == ("true_false", False)

    def test_several_answers_are_marked_as_canvas_does(self) -> None:
        test = f"<and>{equal('11')}{equal('33')}<not>{equal('22')}</not></and>"
        options = self.OPTIONS.replace("Single", "Multiple")
        question = one("multiple_answers_question", "Which?", options, when(test))
        assert (question.type, question.body["scheme"]) == ("multiple_choice", "right_minus_wrong")
        assert [option["fraction"] for option in question.body["options"]] == ["1", "0", "1"]
        assert one("", "Which?", options, when(test)).body["scheme"] == "all_or_nothing"

    def test_points_without_a_type_are_those_of_the_rules_unless_they_are_percents(self) -> None:
        assert one("", "Which?", self.OPTIONS, when(equal("11"))).points == 1
        assert one("", "Which?", self.OPTIONS, when(equal("11"), "5")).points == 5
        added = [when(equal("11"), "3", "Add", more="Yes"), when(equal("22"), "1.5", "Add")]
        assert [option["fraction"] for option in one("", "Which?", self.OPTIONS, *added).body["options"]] == [
            "1",
            "0.5",
            "0",
        ]

    def test_no_right_answer_is_an_error(self) -> None:
        assert "No option earns anything" in fault("multiple_choice_question", "?!", self.OPTIONS, when(equal("99")))
        assert "No option earns anything" in fault("multiple_choice_question", "?!", self.OPTIONS)


class TestWritten:
    def test_short_answers(self) -> None:
        question = one(
            "short_answer_question", "Word?", FIELD, when(equal("sun") + "", "100"), when(equal("s*n"), "50")
        )
        assert (question.type, question.body["case_sensitive"]) == ("short_text", False)
        assert [(answer["text"], answer["fraction"]) for answer in question.body["answers"]] == [
            ("sun", "1"),
            ("s\\*n", "0.5"),
        ]

    @pytest.mark.parametrize(("test", "kept"), [
        (equal("3.5"), {"value": "3.5", "tolerance": "0"}),
        (f"<or>{equal('3.5')}<and>{between('3.4', '3.6')}</and></or>", {"value": "3.5", "tolerance": "0.1"}),
        (between("1", "2"), {"low": "1", "high": "2", "tolerance_type": "range"}),
        (f"<or>{equal('10')}<and>{between('9', '12')}</and></or>", {"low": "9", "high": "12"}),
    ])  # fmt: skip
    def test_numbers(self, test: str, kept: dict[str, str]) -> None:
        question = one("numerical_question", "How much?", FIELD, when(test))
        (answer,) = question.body["answers"]
        assert question.type == "numeric"
        assert {name: answer[name] for name in kept} == kept

    def test_a_precision_bound_that_does_not_count_is_a_loss(self) -> None:
        test = "<vargt respident='response1'>1</vargt><varlte respident='response1'>2</varlte>"
        assert len(one("numerical_question", "How much?", FIELD, when(test)).losses) == 1

    def test_essays_uploads_and_texts(self) -> None:
        essay = one("essay_question", "Discuss.", FIELD, when("<other/>", ""), points="10")
        assert (essay.type, essay.points) == ("essay", 10)
        assert one("file_upload_question", "Hand in.", "").type == "upload"
        assert one("text_only_question", "Read.", "").type == "description"
        assert one("", "Discuss.", FIELD).type == "essay"
        assert one("", "Word?", FIELD, when(equal("sun"))).type == "short_text"

    def test_calculated_questions(self) -> None:
        definition = (
            '<itemproc_extension><calculated><answer_tolerance>0.01</answer_tolerance><formulas decimal_places="1">'
            "<formula>5 * x + y</formula></formulas><vars><var name='x' scale='0'><min>1</min><max>10</max></var>"
            "<var name='y' scale='2'><min>2</min><max>3</max></var></vars><var_sets><var_set ident='1'>"
            "<var name='x'>3</var><var name='y'>2.25</var><answer>17.3</answer></var_set></var_sets></calculated>"
            "</itemproc_extension>"
        )
        question = one("calculated_question", "What is 5 [x] + [y]?", FIELD, when("<other/>", ""), after=definition)
        body = question.body
        assert (question.type, body["prompt"]) == ("calculated", "What is 5 {x} + {y}?")
        assert [(v["name"], v["low"], v["high"], v["decimals"]) for v in body["variables"]] == [
            ("x", "1", "10", 0), ("y", "2", "3", 2),
        ]  # fmt: skip
        assert body["variants"] == [{"x": "3", "y": "2.25"}]
        (answer,) = body["answers"]
        assert (answer["formula"], answer["tolerance"], answer["tolerance_type"]) == ("5 * x + y", "0.01", "nominal")
        assert answer["shown"] == {"digits": 1, "kind": "decimals"}

    def test_a_tolerance_in_percent(self) -> None:
        definition = (
            "<itemproc_extension><calculated><answer_tolerance>5%</answer_tolerance><formulas><formula>2*x</formula>"
            "</formulas><vars><var name='x' scale='0'><min>1</min><max>9</max></var></vars></calculated>"
            "</itemproc_extension>"
        )
        (answer,) = one("calculated_question", "[x]?", FIELD, after=definition).body["answers"]
        assert (answer["tolerance"], answer["tolerance_type"]) == ("0.05", "relative")


class TestGapsAndPairs:
    def gaps(self) -> str:
        return lid(labels(r1="red", r2="ruby"), "response_c1", "c1") + lid(
            labels(b1="blue", b2="navy"), "response_c2", "c2"
        )

    def test_blanks(self) -> None:
        conditions = [
            when(equal(value, f"response_{name}"), "50", "Add", more="Yes")
            for name, value in (("c1", "r1"), ("c1", "r2"), ("c2", "b1"))
        ]
        question = one("fill_in_multiple_blanks_question", "<p>[c1] and [c2]</p>", self.gaps(), *conditions)
        assert (question.type, question.body["prompt"]) == ("cloze", "<p>{#1} and {#2}</p>")
        assert [[answer["text"] for answer in gap["answers"]] for gap in question.body["gaps"]] == [
            ["red", "ruby"],
            ["blue"],
        ]

    def test_dropdowns(self) -> None:
        conditions = [when(equal(v, f"response_{n}"), "50", "Add") for n, v in (("c1", "r2"), ("c2", "b1"))]
        question = one("multiple_dropdowns_question", "[c1], [c2]", self.gaps(), *conditions)
        assert [(gap["kind"], gap["display"]) for gap in question.body["gaps"]] == [("choice", "dropdown")] * 2
        assert [option["fraction"] for option in question.body["gaps"][0]["options"]] == ["0", "1"]

    @pytest.mark.parametrize("kind", ["matching_question", ""])
    def test_matching(self, kind: str) -> None:
        choices = labels(a="Madrid", b="Rome", c="Oslo")
        responses = lid(choices, "response_1", "Spain") + lid(choices, "response_2", "Italy")
        conditions = [when(equal(v, f"response_{n}"), "50.00", "Add") for n, v in (("1", "a"), ("2", "b"))]
        question = one(kind, "Match.", responses, *conditions)
        assert question.type == "matching"
        assert [(stem["text"], stem["choice"]) for stem in question.body["stems"]] == [("Spain", "c1"), ("Italy", "c2")]
        assert [choice["text"] for choice in question.body["choices"]] == ["Madrid", "Rome", "Oslo"]

    def test_a_second_right_partner_is_told(self) -> None:
        choices = labels(a="Madrid", b="Rome", c="Toledo", d="Madrid")
        responses = lid(choices, "response_1", "Spain") + lid(choices, "response_2", "Italy")
        conditions = [
            when(equal(v, f"response_{n}"), points, "Add")
            for n, v, points in (("1", "a", "50"), ("1", "d", "50"), ("1", "c", "25"), ("2", "b", "50"))
        ]
        question = one("matching_question", "Match.", responses, *conditions)
        assert [stem["choice"] for stem in question.body["stems"]] == ["c1", "c2"]
        assert [loss.text % loss.params for loss in question.losses] == [
            '"Spain" has several right partners in the file. The one that earns most is right here.'
        ]


class TestFiles:
    OPTIONS = TestChoices.OPTIONS

    def packed(self, prompt: str, files: dict[str, bytes]) -> Import:
        content = quiz(item("multiple_choice_question", prompt, self.OPTIONS, when(equal("11"))))
        resource = '<resource identifier="r" type="imsqti_xmlv1p2" href="q/q.xml"/>'
        manifest = f"<manifest><resources>{resource}</resources></manifest>".encode()
        data = archive.write({"imsmanifest.xml": manifest, "q/q.xml": content, **files})
        assert QTI12.recognises(data)
        return read(data)

    @pytest.mark.parametrize("path", ["Uploaded Media/a.png", "web_resources/Uploaded Media/a.png"])
    def test_pictures_of_canvas(self, path: str) -> None:
        prompt = '<p>See <img src="$IMS-CC-FILEBASE$/Uploaded%20Media/a.png?canvas_download=1" alt="A"></p>'
        found = self.packed(prompt, {path: PNG})
        (digest,) = found.media
        assert f'<img src="media:{digest}" alt="A">' in found.questions[0].body["prompt"]
        assert found.questions[0].element == "q/q.xml: item[1]"

    def test_a_cartridge_of_canvas_holds_its_questions_twice(self) -> None:
        full = quiz(item("multiple_choice_question", "full", self.OPTIONS, when(equal("11"))))
        less = quiz(item("", "less", self.OPTIONS, when(equal("11"))))
        cartridge = '<resource type="imsqti_xmlv1p2/imscc_xmlv1p1/assessment"><file href="g1/assessment_qti.xml"/>'
        own = '<file href="g1/assessment_meta.xml"/><file href="non_cc_assessments/g1.xml.qti"/>'
        resources = f'{cartridge}</resource><resource href="g1/assessment_meta.xml">{own}</resource>'
        manifest = f"<manifest><resources>{resources}</resources></manifest>".encode()
        files = {"g1/assessment_qti.xml": less, "g1/assessment_meta.xml": b"<quiz/>"}
        found = read(archive.write({"imsmanifest.xml": manifest, **files, "non_cc_assessments/g1.xml.qti": full}))
        assert said(found) == []
        assert [question.body["prompt"] for question in found.questions] == ["full"]

    def test_a_picture_that_is_missing_is_a_loss(self) -> None:
        found = self.packed('<p>See <img src="$IMS-CC-FILEBASE$/../../b.png" alt="B"></p>', {})
        assert len(found.questions[0].losses) == 1

    def test_formulas_of_canvas(self) -> None:
        prompt = '<p><img class="equation_image" data-equation-content="\\frac{1}{2}" src="/eq/1" alt="half"></p>'
        assert (
            "\\(\\frac{1}{2}\\)"
            in one("multiple_choice_question", prompt, self.OPTIONS, when(equal("11"))).body["prompt"]
        )

    def test_a_bank_names_the_category(self) -> None:
        field = "<qtimetadatafield><fieldlabel>bank_title</fieldlabel><fieldentry>A/B</fieldentry></qtimetadatafield>"
        question = item("multiple_choice_question", "?!", self.OPTIONS, when(equal("11")))
        bank = f'<objectbank ident="o"><qtimetadata>{field}</qtimetadata>{question}</objectbank>'
        found = read(f"<questestinterop>{bank}</questestinterop>".encode())
        assert found.questions[0].category == "A∕B"

    def test_a_wrong_item_never_hides_the_next(self) -> None:
        right = item("multiple_choice_question", "?!", self.OPTIONS, when(equal("11"))).replace("ref1", "ref2")
        found = read(quiz(item("hot_spot_question", "Where?", ""), right))
        assert said(found) == [
            'Questions of the type "hot_spot_question" have no counterpart here. Leave this one out or ask otherwise.'
        ]
        assert (len(found.questions), found.errors[0].element) == (1, "item[1]")

    @pytest.mark.parametrize("test", ["<durgte>1</durgte>", "<varinside respident='response1' areatype='Rectangle'/>"])
    def test_conditions_that_are_not_understood_are_named(self, test: str) -> None:
        assert "which is not understood" in fault("multiple_choice_question", "?!", self.OPTIONS, when(test))

    def test_a_score_that_is_no_number_is_an_error(self) -> None:
        assert "is not a number" in fault("multiple_choice_question", "?!", self.OPTIONS, when(equal("11"), "NaN"))

    def test_an_empty_file(self) -> None:
        assert len(said(read(b"<questestinterop/>"))) == 1
        assert (
            one("multiple_choice_question", "", self.OPTIONS, when(equal("11")), title="Spain?").body["prompt"]
            == "Spain?"
        )
        assert one("multiple_choice_question", "?!", self.OPTIONS, when(equal("11")), points="0").points == Decimal(0)
