"""QTI 1.2 as D2L Brightspace writes it: types, modes of grading and points in places of its own."""

from __future__ import annotations

from typing import Any

import pytest

from bank.formats.qti_files import read, said
from bank.formats.test_qti12 import equal, feedback, labels, material
from bank.formats.test_qti12_others import told
from examhall.bank.formats import Item, archive
from examhall.bank.formats.registry import format_of

SPACE = "http://desire2learn.com/xsd/d2lcp_v2p0"


def asked(
    kind: str, shown: str, *conditions: str, mode: str = "0", weight: str = "4.000000000", after: str = "", n: int = 1
) -> str:
    """An item; all of a pool have one identifier."""
    fields = "".join(
        f"<qti_metadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{entry}</fieldentry></qti_metadatafield>"
        for label, entry in (("qmd_questiontype", kind), ("qmd_weighting", weight))
    )
    extension = f"<response_extension><d2l_2p0:grading_type>{mode}</d2l_2p0:grading_type></response_extension>"
    return (
        f'<item ident="OBJ_7" label="QUES_{n}" title="T{n}"><itemmetadata><qtimetadata>{fields}</qtimetadata>'
        f"</itemmetadata><presentation><flow>{material('So?')}{extension}{shown}</flow></presentation>"
        f"<resprocessing>{''.join(conditions)}</resprocessing>{after}</item>"
    )


def quiz(*items: str) -> bytes:
    section = f'<section ident="CONTAINER_SECTION">{"".join(items)}</section>'
    assessment = f'<assessment title="Week 1" ident="res_quiz">{section}</assessment>'
    return f'<questestinterop xmlns:d2l_2p0="{SPACE}">{assessment}</questestinterop>'.encode()


def one(*args: Any, **named: Any) -> Item:
    found = read(quiz(asked(*args, **named)))
    assert said(found) == []
    (question,) = found.questions
    return question


def when(test: str, points: str = "100.000000000", variable: str = "", action: str = "Set", show: str = "") -> str:
    name = f' varname="{variable}"' if variable else ""
    shown = f'<displayfeedback feedbacktype="Response" linkrefid="{show}"/>' if show else ""
    setting = f'<setvar{name} action="{action}">{points}</setvar>'
    return f"<respcondition><conditionvar>{test}</conditionvar>{setting}{shown}</respcondition>"


def counts(test: str, right: bool) -> str:
    return when(test, "1", "D2L_Correct" if right else "D2L_Incorrect", "Add")


TOTAL = '<respcondition><setvar varname="que_score" action="Set">D2L_Correct</setvar></respcondition>'


class TestChoices:
    def test_one_choice_is_one_whatever_its_cardinality(self) -> None:
        shown = f'<response_lid ident="R" rcardinality="Multiple">{labels(a="A", b="B", c="C")}</response_lid>'
        rules = [when(equal(name, "R"), points, show=f"{name}_IF")
                 for name, points in (("a", "0.0"), ("b", "100.0"), ("c", "25.0"))]  # fmt: skip
        after = feedback("QUES_1", "All read this.") + feedback("a_IF", "No.")
        question = one("Multiple Choice", shown, *rules, after=after)
        assert [option["fraction"] for option in question.body["options"]] == ["0", "1", "0.25"]
        assert (question.type, question.points, question.external_id) == ("single_choice", 4, "QUES_1")
        assert question.body["feedback"] == "All read this."
        assert [option["feedback"] for option in question.body["options"]] == ["No.", "", ""]
        assert told(question) == []

    def test_settings_that_nothing_here_answers_to_are_told(self) -> None:
        def set_to(difficulty: str, bonus: str, mandatory: str) -> Item:
            set_ = "".join(f"<d2l_2p0:{name}>{value}</d2l_2p0:{name}>" for name, value in
                           (("difficulty", difficulty), ("isbonus", bonus), ("ismandatory", mandatory)))  # fmt: skip
            after = f"<itemproc_extension>{set_}</itemproc_extension>"
            shown = f'<response_lid ident="R" rcardinality="Single">{labels(a="A", b="B")}</response_lid>'
            return one("Multiple Choice", shown, when(equal("a", "R")), after=after)

        assert told(set_to("1", "no", "no")) == []
        assert told(set_to("7", "yes", "yes")) == [
            'difficulty is not kept: "7".', 'isbonus is not kept: "yes".', 'ismandatory is not kept: "yes".',
        ]  # fmt: skip

    def test_a_question_may_be_worth_nothing(self) -> None:
        shown = f'<response_lid ident="R" rcardinality="Single">{labels(a="A", b="B")}</response_lid>'
        assert one("Multiple Choice", shown, when(equal("a", "R")), weight="0.000000000").points == 0

    def test_true_or_false(self) -> None:
        shown = f'<response_lid ident="R" rcardinality="Single">{labels(a="True", b="False")}</response_lid>'
        question = one("True/False", shown, when(equal("a", "R"), "0.0"), when(equal("b", "R")))
        assert (question.type, question.body["correct"]) == ("true_false", False)

    @pytest.mark.parametrize(
        ("mode", "scheme"), [("0", "all_or_nothing"), ("1", "right_minus_wrong"), ("2", "every_decision")]
    )
    def test_ticks_are_graded_by_the_mode(self, mode: str, scheme: str) -> None:
        shown = f'<response_lid ident="R" rcardinality="Multiple">{labels(a="A", b="B", c="C", d="D")}</response_lid>'
        rules = [counts(equal(name, "R"), name in "ad") for name in "abcd"]
        question = one("Multi-Select", shown, *rules, TOTAL, mode=mode)
        assert question.points == 4
        assert [float(option["fraction"]) > 0 for option in question.body["options"]] == [True, False, False, True]
        assert told(question) == []
        if scheme == "right_minus_wrong":
            assert [option["fraction"] for option in question.body["options"]] == ["0.5", "-0.5", "-0.5", "0.5"]
        else:
            assert question.body["scheme"] == scheme

    def test_ticks_may_be_limited(self) -> None:
        shown = f'<response_lid ident="R" rcardinality="Multiple">{labels(a="A", b="B", c="C")}</response_lid>'
        rules = [counts(equal(name, "R"), name != "b") for name in "abc"]
        question = one("Multi-Select", shown, *rules, TOTAL, mode="3")
        assert [option["fraction"] for option in question.body["options"]] == ["0.5", "0", "0.5"]
        assert told(question) == ["At most 2 may be chosen in the file; here any number."]

    def test_right_ones_may_stand_in_one_condition(self) -> None:
        shown = f'<response_lid ident="R" rcardinality="Multiple">{labels(a="A", b="B", c="C")}</response_lid>'
        test = f"{equal('a', 'R')}{equal('c', 'R')}<not>{equal('b', 'R')}</not>"
        body = one("Multi-Select", shown, when(test, "1", action="Add")).body
        assert (body["scheme"], [option["fraction"] for option in body["options"]]) == (
            "all_or_nothing", ["1", "0", "1"],
        )  # fmt: skip


class TestGroups:
    @staticmethod
    def pairs(mode: str) -> Item:
        groups = "".join(
            f'<response_grp respident="{name}" rcardinality="Single">{material(text)}{labels(x="one", y="two")}'
            "</response_grp>"
            for name, text in (("C1", "eins"), ("C2", "zwei"))
        )
        rules = [counts(equal(choice, name), (name, choice) in (("C1", "x"), ("C2", "y")))
                 for name in ("C1", "C2") for choice in "xy"]  # fmt: skip
        return one("Matching", groups, *rules, TOTAL, mode=mode)

    def test_pairs(self) -> None:
        question = self.pairs("0")
        texts = {choice["key"]: choice["text"] for choice in question.body["choices"]}
        assert [(stem["text"], texts[stem["choice"]]) for stem in question.body["stems"]] == [
            ("eins", "one"), ("zwei", "two"),
        ]  # fmt: skip
        assert (question.points, told(question)) == (4, [])

    def test_pairs_that_count_otherwise_are_told(self) -> None:
        assert told(self.pairs("1")) == ["In the file only all pairs together earn points; here each earns its share."]
        assert told(self.pairs("2")) == ["Wrong pairs cost points in the file; here they earn nothing."]

    @pytest.mark.parametrize(
        ("mode", "scheme", "lost"), [("0", "position", 0), ("1", "exact", 0), ("2", "position", 1)]
    )
    def test_orders(self, mode: str, scheme: str, lost: int) -> None:
        group = (
            f'<response_grp respident="O" rcardinality="Ordered">{labels(a="two", b="three", c="one")}</response_grp>'
        )
        places = {"a": "2", "b": "3", "c": "1"}
        rules = [counts(equal(place, name), True) for name, place in places.items()]
        rules += [counts(f"<not>{equal(place, name)}</not>", False) for name, place in places.items()]
        question = one("Ordering", group, *rules, when("<other/>", "D2L_Correct", "que_score"), mode=mode)
        assert [item["text"] for item in question.body["items"]] == ["one", "two", "three"]
        assert (question.body["scheme"], question.points, len(told(question))) == (scheme, 4, lost)


class TestTexts:
    @staticmethod
    def field(name: str, attributes: str = "") -> str:
        made = f'<render_fib {attributes}><response_label ident="{name}_ANS"/></render_fib>'
        return f'<response_str ident="{name}_STR" rcardinality="Single">{made}</response_str>'

    def test_a_text_names_its_field_and_may_be_a_pattern(self) -> None:
        pattern = f"{equal('colou?r', 'A_ANS')}<var_extension><d2l_2p0:answer_is_regexp>yes</d2l_2p0:answer_is_regexp>"
        rules = [when(equal("hue", "A_ANS")), when(f"{pattern}</var_extension>", "50.0")]
        question = one("Short Answer", self.field("A"), *rules)
        assert [(answer["text"], answer["pattern"], answer["fraction"]) for answer in question.body["answers"]] == [
            ("hue", False, "1"), ("colou?r", True, "0.5"),
        ]  # fmt: skip
        assert (question.type, question.points) == ("short_text", 4)

    def test_gaps_stand_where_they_are_in_the_text(self) -> None:
        shown = f"{material('Red is', 'plain')}{self.field('A')}{material('and', 'plain')}{self.field('B')}"
        rules = [when(equal(text, name), "33.33" if name == "A_ANS" else "66.67")
                 for text, name in (("rot", "A_ANS"), ("Rot", "A_ANS"), ("blau", "B_ANS"))]  # fmt: skip
        question = one("Fill in the Blanks", shown, *rules)
        assert question.body["prompt"] == "So? Red is {#1} and {#2}"
        assert [[answer["text"] for answer in gap["answers"]] for gap in question.body["gaps"]] == [["rot"], ["blau"]]
        assert (question.points, told(question)) == (4, [])

    def test_gaps_in_which_case_counts(self) -> None:
        rules = [when(equal(text, "A_ANS").replace("<varequal", '<varequal case="yes"'), "100")
                 for text in ("rot", "Rot")]  # fmt: skip
        question = one("Fill in the Blanks", self.field("A"), *rules)
        (gap,) = question.body["gaps"]
        assert [(answer["text"], answer["fraction"]) for answer in gap["answers"]] == [("rot", "1"), ("Rot", "1")]
        assert gap["case_sensitive"]

    def test_a_pattern_that_stands_in_another_answer_adds_nothing_to_it(self) -> None:
        pattern = f"{equal('re', 'A_ANS')}<var_extension><d2l_2p0:answer_is_regexp>yes</d2l_2p0:answer_is_regexp>"
        rules = [when(equal("red", "A_ANS"), "50"), when(f"{pattern}</var_extension>", "50")]
        question = one("Fill in the Blanks", self.field("A") + self.field("B"), *rules, when(equal("b", "B_ANS"), "50"))
        assert [[answer["fraction"] for answer in gap["answers"]] for gap in question.body["gaps"]] == [
            ["1", "1"], ["1"],
        ]  # fmt: skip
        assert [gap["weight"] for gap in question.body["gaps"]] == [1, 1]

    def test_a_field_with_an_empty_text_is_no_choice(self) -> None:
        field = self.field("A").replace('_ANS"/>', f'_ANS">{material("")}</response_label>')
        (gap,) = one("Fill in the Blanks", field, when(equal("rot", "A_ANS"))).body["gaps"]
        assert gap["kind"] == "short_text"

    def test_gaps_beyond_reason_are_an_error(self) -> None:
        shown = "".join(self.field(f"A{number}") for number in range(3000))
        rules = [when(equal("x", f"A{number}_ANS")) for number in range(3000)]
        assert said(read(quiz(asked("Fill in the Blanks", shown, *rules)))) == ["Give at most 100 entries here."]

    def test_texts_in_any_order_are_gaps(self) -> None:
        rules = [when(equal(text, "A_ANS"), "33.33") for text in ("Ohm", "Volta", "Watt")]
        question = one("Multi-Short Answer", self.field("A", 'd2l_2p0:input_boxes="2"'), *rules)
        assert [[answer["text"] for answer in gap["answers"]] for gap in question.body["gaps"]] == [
            ["Ohm", "Volta", "Watt"]
        ] * 2
        assert question.points == 4
        assert told(question) == ["A word may be used once only in the file; here as often as one likes."]

    @pytest.mark.parametrize("count", ["0100000", "1" * 5000])
    def test_a_number_of_fields_beyond_reason_is_none(self, count: str) -> None:
        rules = [when(equal(text, "A_ANS"), "50") for text in ("Ohm", "Volta")]
        question = one("Multi-Short Answer", self.field("A", f'd2l_2p0:input_boxes="{count}"'), *rules)
        assert len(question.body["gaps"]) == 2

    def test_essays_begin_with_a_text_and_have_a_key(self) -> None:
        first = (
            f"<initial_text><initial_text_material><flow_mat>{material('Dear …')}</flow_mat></initial_text_material>"
        )
        key = f"<answer_key><answer_key_material><flow_mat>{material('Look for X.')}</flow_mat></answer_key_material>"
        hint = f"<hint><hintmaterial><flow_mat>{material('Think.')}</flow_mat></hintmaterial></hint>"
        after = f"{hint}{first}</initial_text>{key}</answer_key>"
        question = one("Long Answer", self.field("A", 'rows="8"'), after=after)
        assert {name: question.body[name] for name in ("template", "marking_notes", "lines", "hints")} == {
            "template": "Dear …", "marking_notes": "Look for X.", "lines": 8, "hints": ["Think."],
        }  # fmt: skip
        assert (question.type, question.points, told(question)) == ("essay", 4, [])


class TestArithmetic:
    @staticmethod
    def asked(formula: str, tolerance: str, more: str = "", step: str = "0.1", unit: str = "") -> Item:
        limits = f"<minvalue>1</minvalue><maxvalue>9</maxvalue><decimalplaces>1</decimalplaces><step>{step}</step>"
        variables = f'<mat_extension><variable name="n">{limits}</variable><formula>{formula}</formula></mat_extension>'
        fields = TestTexts.field("A") + TestTexts.field("B")
        right = f"<formula>{formula}</formula><precision>2</precision>{tolerance}<units>{unit}</units>"
        rule = (
            f"<respcondition><respcond_extension>{right}</respcond_extension><conditionvar><other/></conditionvar>"
            '<setvar action="Set">100</setvar></respcondition>'
        )
        shown = material("Of {n}?").replace("</material>", f"{variables}</material>") + fields
        return one("Arithmetic", shown, rule, after=more)

    def test_a_formula_with_its_variables(self) -> None:
        question = self.asked("sqr({n})+log({n})", '<tolerance type="percent">5</tolerance>')
        assert question.body["prompt"] == "<div>So?</div><div>Of {n}?</div>"
        (variable,), (answer,) = question.body["variables"], question.body["answers"]
        assert (variable["name"], variable["low"], variable["high"], variable["decimals"]) == ("n", "1", "9", 1)
        assert (answer["formula"], answer["tolerance"], answer["tolerance_type"]) == (
            "sqrt({n})+log10({n})", "0.05", "relative",
        )  # fmt: skip
        assert (question.type, question.points, answer["shown"]["digits"], told(question)) == ("calculated", 4, 2, [])

    def test_steps_and_units_are_told(self) -> None:
        question = self.asked("{n}*2", '<tolerance type="units">0.5</tolerance>', step="0.5", unit="kg")
        assert (question.body["answers"][0]["tolerance"], question.body["answers"][0]["tolerance_type"]) == (
            "0.5", "nominal",
        )  # fmt: skip
        assert told(question) == [
            'The values of "n" go in steps of 0.5 in the file; here any with as many decimals.',
            "Units are left out: only the number counts.",
        ]


class TestFiles:
    SHOWN = f'<response_lid ident="R" rcardinality="Single">{labels(a="A", b="B")}</response_lid>'

    def item(self, n: int) -> str:
        return asked("Multiple Choice", self.SHOWN, when(equal("a" if n == 1 else "b", "R")), n=n)

    def test_how_many_are_drawn_from_a_pool_is_told(self) -> None:
        number = "<qti_metadatafield><fieldlabel>qmd_numberofitems</fieldlabel><fieldentry>1</fieldentry>"
        metadata = f"<qtimetadata>{number}</qti_metadatafield></qtimetadata>"
        pool = f'<section title="Pool" ident="RAND_1">{metadata}{self.item(1)}{self.item(2)}</section>'
        found = read(quiz(pool))
        assert said(found) == []
        assert [(question.external_id, question.category) for question in found.questions] == [
            ("QUES_1", "Pool"), ("QUES_2", "Pool"),
        ]  # fmt: skip
        assert [loss.text % loss.params for loss in found.losses] == [
            'How many questions are drawn from "Pool" is not kept. Say so where you compose the exam.'
        ]

    def test_a_quiz_may_name_questions_of_the_library(self) -> None:
        """Each stands in the library; as a quiz holds a copy of some, these are taken once."""
        library = quiz(self.item(1), self.item(2))
        named = '<itemref linkrefid="QUES_2"><d2l_2p0:file href="questiondb.xml"/></itemref>'
        files = {"questiondb.xml": library, "quiz_d2l_1.xml": quiz(named), "quiz_d2l_2.xml": quiz(self.item(1))}
        kinds = {"questiondb.xml": "d2lquestionlibrary"}
        resources = "".join(
            f'<resource identifier="r{number}" type="webcontent" href="{name}"'
            f' d2l_2p0:material_type="{kinds.get(name, "d2lquiz")}"/>'
            for number, name in enumerate(files)
        )
        manifest = f'<manifest xmlns:d2l_2p0="{SPACE}" identifier="m"><resources>{resources}</resources></manifest>'
        data = archive.write({"imsmanifest.xml": manifest.encode(), **files})
        assert format_of(data).name == "qti_1.2"
        found = read(data)
        assert said(found) == []
        assert [question.external_id for question in found.questions] == ["QUES_1", "QUES_2"]
        assert [loss.text % loss.params for loss in found.losses] == [
            "This test names questions of another file. They are read there; their order here is left out.",
            'The question "QUES_1" stands in questiondb.xml: item[1] too, and is taken once.',
        ]

    def test_types_without_counterpart_are_named(self) -> None:
        assert said(read(quiz(asked("Likert", self.SHOWN)))) == [
            'Questions of the type "Likert" have no counterpart here. Leave this one out or ask otherwise.'
        ]
