"""QTI 1.2 as Canvas and New Quizzes write it: what they leave unsaid, and what they say in places of their own."""

from __future__ import annotations

import re
from typing import Any

from bank.formats.qti_files import read, said
from bank.formats.test_qti12 import FIELD, PNG, equal, feedback, item, labels, lid, one, quiz, when
from bank.formats.test_qti12_others import told
from examhall.bank.formats import Item, archive


def unsaid(test: str, score: str = "50.00", action: str = "Add", show: str = "") -> str:
    """A condition that does not say whether others count behind it."""
    return when(test, score, action, show).replace(' continue="No"', "")


PAIRS = lid(labels(a="one", b="two", c=""), "response_1", "A") + lid(labels(a="one", b="two", c=""), "response_2", "B")
BOTH = (unsaid(equal("a", "response_1")), unsaid(equal("b", "response_2")))


class TestScores:
    def test_conditions_that_add_go_on_where_nothing_is_said(self) -> None:
        found = read(quiz(item("", "Match.", PAIRS, *BOTH)))
        assert said(found) == []
        assert [question.points for question in found.questions] == [1]

    def test_conditions_that_set_end_it(self) -> None:
        options = lid(labels(a="A", b="B"))
        question = one(
            "", "?!", options, unsaid(equal("a"), "2", "Set"), unsaid(f"<not>{equal('b')}</not>", "1", "Set")
        )
        assert [option["fraction"] for option in question.body["options"]] == ["1", "0"]

    def test_no_score_falls_below_the_least_that_is_declared(self) -> None:
        options = lid(labels(a="A", b="B"))
        question = one("", "?!", options, when(equal("a"), "2"), when(equal("b"), "-1"))
        assert [option["fraction"] for option in question.body["options"]] == ["1", "0"]

    def test_what_another_variable_begins_with_is_no_score(self) -> None:
        """New Quizzes declares a variable for orders that no rule sets."""
        held = lid(labels(a="A", b="B"), cardinality="Ordered")
        data = item("", "Sort.", held, unsaid(equal("a") + equal("b"), "5")).replace(
            '<decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/>',
            '<decvar defaultval="1" varname="ORDERSCORE" vartype="Integer"/>',
        )
        (question,) = read(quiz(data)).questions
        assert (question.type, question.points) == ("ordering", 5)

    def test_gaps_weigh_what_they_earn(self) -> None:
        gaps = lid(labels(a="A", b="B"), "response_x", "x") + lid(labels(c="C", d="D"), "response_y", "y")
        rules = (unsaid(equal("a", "response_x"), "25"), unsaid(equal("d", "response_y"), "75"))
        question = one("multiple_dropdowns_question", "[x] and [y]", gaps, *rules)
        assert [gap["weight"] for gap in question.body["gaps"]] == [1, 3]


class TestMatching:
    def test_choices_and_stems_without_text_are_left_out(self) -> None:
        question = one("matching_question", "Match.", PAIRS, *BOTH)
        assert [choice["text"] for choice in question.body["choices"]] == ["one", "two"]
        empty = lid(labels(a="one", b="two", c=""), "response_3", " ")
        question = one("matching_question", "Match.", PAIRS + empty, *BOTH, unsaid(equal("c", "response_3")))
        assert [stem["text"] for stem in question.body["stems"]] == ["A", "B"]
        assert told(question) == ["This answer has no text, so it is left out."]

    def test_feedback_is_known_by_its_name_where_no_condition_shows_it(self) -> None:
        texts = {"general_fb": "G", "correct_fb": "C", "general_incorrect_fb": "I"}
        after = "".join(feedback(name, text) for name, text in texts.items())
        body = one("matching_question", "Match.", PAIRS, *BOTH, after=after).body
        shown = [body[name] for name in ("feedback", "right_feedback", "partial_feedback", "wrong_feedback")]
        assert shown == ["G", "C", "I", "I"]


class TestGaps:
    NAMED = lid(labels(a="red", b="blue"), "response_0ab-1", "red") + lid(labels(c="x", d="y"), "response_0cd-2", "x")
    RULES = (unsaid(equal("a", "response_0ab-1")), unsaid(equal("c", "response_0cd-2")))

    def asked(self, **metadata: str) -> Item:
        shown = "".join(
            f"<qtimetadatafield><fieldlabel>{name}</fieldlabel><fieldentry>{value}</fieldentry></qtimetadatafield>"
            for name, value in metadata.items()
        )
        kind = "fill_in_multiple_blanks_question"
        data = item(kind, "Roses are [0ab-1] or [0cd-2].", self.NAMED, *self.RULES)
        found = read(quiz(data.replace("</qtimetadata>", f"{shown}</qtimetadata>")))
        assert said(found) == []
        return found.questions[0]

    def test_new_quizzes_marks_gaps_by_identifiers(self) -> None:
        assert self.asked().body["prompt"] == "Roses are {#1} or {#2}."

    def test_whether_case_counts_stands_beside_the_question(self) -> None:
        assert [gap["case_sensitive"] for gap in self.asked().body["gaps"]] == [False, False]
        assert [gap["case_sensitive"] for gap in self.asked(case_sensitive="true").body["gaps"]] == [True, True]

    def test_choices_have_their_own_feedback(self) -> None:
        rules = [*self.RULES, when(equal("a", "response_0ab-1"), "", show="a_fb", more="Yes"),
                 when(equal("d", "response_0cd-2"), "", show="d_fb", more="Yes")]  # fmt: skip
        after = feedback("a_fb", "Yes, red.") + feedback("d_fb", "No.")
        question = one("multiple_dropdowns_question", "[0ab-1] [0cd-2]", self.NAMED, *rules, after=after)
        assert [[option["feedback"] for option in gap["options"]] for gap in question.body["gaps"]] == [
            ["Yes, red.", ""], ["", "No."],
        ]  # fmt: skip
        assert told(question) == []


class TestEssays:
    def essay(self, attributes: str, notes: str = "") -> Item:
        field = FIELD.replace("<response_str", f"<response_str {attributes}")
        data = item("essay_question", "Write.", field)
        said_to_markers = f"<fieldlabel>grading_notes</fieldlabel><fieldentry>{notes}</fieldentry>"
        made = f"<qtimetadatafield>{said_to_markers}</qtimetadatafield>"
        found = read(quiz(data.replace("</qtimetadata>", f"{made}</qtimetadata>")))
        assert said(found) == []
        return found.questions[0]

    def test_limits_of_words_and_notes_for_markers_are_kept(self) -> None:
        question = self.essay('word_limit_enabled="Yes" word_limit_min="140" word_limit_max="500"', "Look for X.")
        assert (question.body["min_words"], question.body["max_words"]) == (140, 500)
        assert question.body["marking_notes"] == "Look for X."
        assert told(question) == []

    def test_limits_beyond_reason_are_none(self) -> None:
        question = self.essay(f'word_limit_enabled="Yes" word_limit_min="{"1" * 5000}" word_limit_max=""')
        assert (question.body["min_words"], question.body["max_words"]) == (None, None)

    def test_limits_that_are_off_and_formatting(self) -> None:
        question = self.essay('rce="Yes" word_limit_enabled="No" word_limit_min="140" word_limit_max="500"')
        assert (question.body["min_words"], question.body["max_words"]) == (None, None)
        assert told(question) == ["The answer may be formatted in the file; here it is plain text."]


def test_formulas_that_build_on_each_other_become_one() -> None:
    variables = "".join(f'<var name="{name}" scale="0"><min>1</min><max>9</max></var>' for name in ("x", "y", "n"))
    made = (
        '<itemproc_extension><calculated><answer_tolerance>0</answer_tolerance><formulas decimal_places="2">'
        "<formula>x = n*x</formula><formula>z=sqrt(y)</formula><formula>x+z</formula></formulas>"
        f"<vars>{variables}</vars></calculated></itemproc_extension>"
    )
    question = one("calculated_question", "[n] [x] [y]", FIELD, when("<other/>"), after=made)
    assert question.body["answers"][0]["formula"] == "(n*x)+(sqrt(y))"
    assert told(question) == []


def test_a_formula_of_new_quizzes_marks_its_values_and_margin_differently() -> None:
    made = (
        '<itemproc_extension><calculated><answer_tolerance margin_type="percent">5</answer_tolerance>'
        '<formulas decimal_places="1" scientific_notation="true"><formula>w*100</formula></formulas>'
        '<vars><var name="w" scale="0"><min>1</min><max>9</max></var></vars>'
        '<var_sets><var_set ident="0"><var name="w">2</var><answer>2.0*10^2</answer></var_set></var_sets>'
        "</calculated></itemproc_extension>"
    )
    question = one("calculated_question", "How much are `w` metres?", FIELD, when("<other/>"), after=made)
    answer = question.body["answers"][0]
    assert question.body["prompt"] == "How much are {w} metres?"
    assert (answer["tolerance"], answer["tolerance_type"]) == ("0.05", "relative")
    assert answer["shown"] == {"digits": 2, "kind": "significant"}
    assert told(question) == []


def test_more_values_than_a_formula_may_have_are_an_error() -> None:
    variables = "".join(f'<var name="v{number}"><min>1</min><max>9</max></var>' for number in range(31))
    made = f"<calculated><formulas><formula>v1</formula></formulas><vars>{variables}</vars></calculated>"
    asked = item("calculated_question", "?", FIELD, when("<other/>"), after=made)
    assert said(read(quiz(asked))) == ["Give at most 30 entries here."]


def test_a_number_of_decimals_beyond_reason_is_none() -> None:
    digits = "9" * 5000
    made = (
        f'<itemproc_extension><calculated><formulas decimal_places="{digits}"><formula>x</formula></formulas>'
        f'<vars><var name="x" scale="{digits}"><min>1</min><max>9</max></var></vars></calculated></itemproc_extension>'
    )
    question = one("calculated_question", "[x]", FIELD, when("<other/>"), after=made)
    assert question.body["answers"][0]["shown"] == {"digits": 2, "kind": "decimals"}


def test_an_identifier_that_two_questions_have_is_left_out_of_the_second() -> None:
    """A question that was copied into another quiz, and changed there, keeps the reference of the first."""
    found = read(quiz(item("essay_question", "One", FIELD), item("essay_question", "Two", FIELD)))
    assert said(found) == []
    assert [(question.body["prompt"], question.external_id) for question in found.questions] == [
        ("One", "ref1"), ("Two", ""),
    ]  # fmt: skip
    assert told(found.questions[1]) == ['The identifier "ref1" is used in item[1] too, so it is left out here.']


class TestMedia:
    def shown(self, files: dict[str, Any], source: str) -> Item:
        data = quiz(item("essay_question", f'Look: <img src="{source}" alt="A bird">', FIELD))
        manifest = (
            '<manifest identifier="m"><resources><resource identifier="r" type="imsqti_xmlv1p2" href="a.xml"/>'
            "</resources></manifest>"
        )
        found = read(archive.write({"imsmanifest.xml": manifest.encode(), "a.xml": data, **files}))
        assert said(found) == []
        return found.questions[0]

    def test_a_picture_is_told_by_its_content(self) -> None:
        question = self.shown({"Uploaded Media/0ab-1": PNG}, "$IMS-CC-FILEBASE$/Uploaded%20Media/0ab-1")
        assert re.search(r'<img src="media:[0-9a-f]{64}" alt="A bird"', question.body["prompt"])

    def test_a_drawing_is_left_out_and_the_question_stays(self) -> None:
        question = self.shown({"a.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}, "a.svg")
        assert question.body["prompt"] == "Look: A bird"
        assert told(question) == ['"a.svg" is not in the file, or no picture, sound or film; it is left out.']
