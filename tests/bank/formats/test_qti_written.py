"""QTI 2.x: texts and numbers to write, and what people mark."""

from __future__ import annotations

from typing import Any

import pytest

from bank.formats.qti_files import (
    CORRECT,
    MAP_RESPONSE,
    MATCH_CORRECT,
    RESPONSE,
    SCORE,
    entry,
    fault,
    item,
    losses,
    one,
    parts,
    response,
    rules,
    score,
    when,
)

FEEDBACK = '<outcomeDeclaration identifier="FEEDBACK" cardinality="single" baseType="identifier"/>'


def says(name: str) -> str:
    value = f'<baseValue baseType="identifier">{name}</baseValue>'
    return f'<setOutcomeValue identifier="FEEDBACK">{value}</setOutcomeValue>'


def modal(name: str, text: str) -> str:
    return f'<modalFeedback outcomeIdentifier="FEEDBACK" identifier="{name}" showHide="show">{text}</modalFeedback>'


def text(value: str) -> str:
    return f'<baseValue baseType="string">{value}</baseValue>'


def number(value: str) -> str:
    return f'<baseValue baseType="float">{value}</baseValue>'


class TestTexts:
    def test_a_mapping_keeps_its_order_and_its_case(self) -> None:
        data = item(response("York", ":York=2|york=1", base="string"), entry("City? "), MAP_RESPONSE)
        question = one(data)
        assert (question.type, question.body["case_sensitive"], question.points) == ("short_text", True, 2)
        assert parts(data, "text", "fraction") == [("York", "1"), ("york", "0.5")]
        assert question.body["prompt"] == "<p>City? </p>"

    def test_case_may_be_said_not_to_count(self) -> None:
        declared = response("York", ":York=1", base="string").replace("<mapEntry", '<mapEntry caseSensitive="false"')
        assert one(item(declared, entry(), MAP_RESPONSE)).body["case_sensitive"] is False

    def test_case_that_counts_here_and_there_is_a_loss(self) -> None:
        declared = response("", ":York=1|Leeds=1", base="string")
        declared = declared.replace('mapKey="Leeds"', 'mapKey="Leeds" caseSensitive="false"')
        assert any("Case counts in some answers" in loss for loss in losses(item(declared, entry(), MAP_RESPONSE)))

    def test_several_right_values_of_a_single_response_are_all_right(self) -> None:
        assert parts(item(response("colour|color", base="string"), entry()), "text") == ["colour", "color"]

    def test_a_star_in_a_text_is_a_star(self) -> None:
        assert parts(item(response("2*3", base="string"), entry()), "text") == ["2\\*3"]

    def test_string_match_in_rules(self) -> None:
        tests = [f'<stringMatch caseSensitive="false">{RESPONSE}{text(word)}</stringMatch>' for word in ("one", "two")]
        own = rules(
            f"<responseCondition><responseIf>{tests[0]}{score('1')}</responseIf>"
            f"<responseElseIf>{tests[1]}{score('0.5')}</responseElseIf></responseCondition>"
        )
        data = item(response("one", base="string"), entry(), own)
        assert parts(data, "text", "fraction") == [("one", "1"), ("two", "0.5")]
        assert one(data).body["case_sensitive"] is False

    def test_patterns_become_patterns_or_stars(self) -> None:
        def matching(pattern: str, points: str) -> str:
            return when(f'<patternMatch pattern="{pattern}">{RESPONSE}</patternMatch>', score(points))

        data = item(response(base="string"), entry(), rules(matching("ab.*", "0.5"), matching("[0-9]{2}", "1")))
        assert parts(data, "text", "pattern", "fraction") == [("ab*", False, "0.5"), ("[0-9]{2}", True, "1")]

    def test_a_part_of_a_text_is_a_text_with_stars(self) -> None:
        test = f'<substring caseSensitive="false">{text("a+b")}{RESPONSE}</substring>'
        exact = when(f"<match>{RESPONSE}{CORRECT}</match>", score("1"), otherwise=when(test, score("0.5")))
        data = item(response("a+b=c", base="string"), entry(), rules(exact))
        assert parts(data, "text", "fraction") == [("a+b=c", "1"), ("*a+b*", "0.5")]

    def test_a_pattern_that_re2_does_not_know_is_an_error_and_takes_no_time(self) -> None:
        test = f'<patternMatch pattern="(a)\\1">{RESPONSE}</patternMatch>'
        assert fault(item(response(base="string"), entry(), rules(when(test, score("1")))))
        test = f'<patternMatch pattern="(a+)+$">{RESPONSE}</patternMatch>'
        question = one(item(response("a" * 40, base="string"), entry(), rules(when(test, score("1")))))
        assert question.body["answers"][0]["pattern"] is True

    def test_an_answer_for_everything_else(self) -> None:
        data = item(response("", 'defaultValue="0.5":York=1', base="string"), entry(), MAP_RESPONSE)
        assert parts(data, "text", "fraction") == [("York", "1"), ("*", "0.5")]

    def test_feedback_of_answers_and_of_the_rest(self) -> None:
        test = f"<stringMatch caseSensitive='true'>{RESPONSE}{text('York')}</stringMatch>"
        own = rules(when(test, score("1"), says("good"), otherwise=says("bad")))
        after = modal("good", "Yes") + modal("bad", "No")
        data = item(response("York", base="string"), entry(), own, outcomes=SCORE + FEEDBACK, after=after)
        assert parts(data, "text", "fraction", "feedback") == [("York", "1", "Yes"), ("*", "0", "No")]

    def test_a_field_within_words_leaves_a_blank_or_makes_a_gap(self) -> None:
        field = '<textEntryInteraction responseIdentifier="RESPONSE"/>'
        alone = one(item(response("York", base="string"), f"<p>The city is {field}.</p>"))
        assert alone.body["prompt"] == "<p>The city is _____.</p>"
        within = one(item(response("York", base="string"), f"<p>Now is the winter of {field} discontent.</p>"))
        assert (within.type, within.body["prompt"]) == ("cloze", "<p>Now is the winter of {#1} discontent.</p>")

    def test_without_a_right_text_it_is_an_error(self) -> None:
        assert "No answer earns anything" in fault(item(response(base="string"), entry()))


def numeric(test: str, correct: str = "", **more: Any) -> bytes:
    return item(response(correct, base="float"), entry(), rules(when(test, score("1"))), **more)


class TestNumbers:
    def answer(self, data: bytes) -> dict[str, Any]:
        """The only answer, as far as it says something."""
        question = one(data)
        assert question.type == "numeric"
        (found,) = question.body["answers"]
        return {name: value for name, value in found.items() if value not in (None, "", False)}

    def test_match_correct(self) -> None:
        found = self.answer(item(response("42", base="integer"), entry()))
        assert (found["value"], found["tolerance"], found["fraction"]) == ("42", "0", "1")

    @pytest.mark.parametrize(("mode", "tolerance", "kind", "kept"), [
        ("exact", "", "nominal", "0"), ("absolute", "0.1 0.1", "nominal", "0.1"), ("absolute", "0.1", "nominal", "0.1"),
        ("relative", "10 10", "relative", "0.1"),
    ])  # fmt: skip
    def test_equal(self, mode: str, tolerance: str, kind: str, kept: str) -> None:
        test = f'<equal toleranceMode="{mode}" tolerance="{tolerance}">{CORRECT}{RESPONSE}</equal>'
        found = self.answer(numeric(test, "-3.14"))
        assert (found["value"], found["tolerance_type"], found["tolerance"]) == ("-3.14", kind, kept)

    def test_a_tolerance_that_reaches_farther_on_one_side_is_a_range(self) -> None:
        found = self.answer(
            numeric(f'<equal toleranceMode="absolute" tolerance="1 2">{CORRECT}{RESPONSE}</equal>', "10")
        )
        assert (found["low"], found["high"]) == ("9", "12")

    def test_a_range_between_two_comparisons(self) -> None:
        test = f"<and><gte>{RESPONSE}{number('1')}</gte><lte>{RESPONSE}{number('2.5')}</lte></and>"
        found = self.answer(numeric(test))
        assert (found["tolerance_type"], found["low"], found["high"]) == ("range", "1", "2.5")

    def test_a_bound_that_does_not_count_itself_is_a_loss(self) -> None:
        test = f"<and><gt>{RESPONSE}{number('1')}</gt><lt>{RESPONSE}{number('2')}</lt></and>"
        assert any("itself does not count" in loss for loss in losses(numeric(test)))
        assert (self.answer(numeric(test))["low"], self.answer(numeric(test))["high"]) == ("1", "2")

    def test_a_range_without_end(self) -> None:
        found = self.answer(numeric(f"<gte>{RESPONSE}{number('5')}</gte>"))
        assert (found["low"], found["high"]) == ("5", "9E+99")

    def test_nested_tolerances_earn_less_and_less(self) -> None:
        def near(tolerance: str, points: str, tag: str) -> str:
            test = f'<equal toleranceMode="absolute" tolerance="{tolerance}">{CORRECT}{RESPONSE}</equal>'
            return f"<{tag}>{test}{score(points)}</{tag}>"

        own = near("0.1", "1", "responseIf") + near("1", "0.25", "responseElseIf")
        data = item(response("10", base="float"), entry(), rules(f"<responseCondition>{own}</responseCondition>"))
        assert parts(data, "value", "tolerance", "fraction") == [("10", "0.1", "1"), ("10", "1", "0.25")]

    def test_rules_in_another_order_come_to_the_same(self) -> None:
        """The wider reach is set first and then overwritten: what counts is what a number earns in the end."""

        def near(tolerance: str, points: str) -> str:
            test = f'<equal toleranceMode="absolute" tolerance="{tolerance}">{CORRECT}{RESPONSE}</equal>'
            return when(test, score(points))

        data = item(response("10", base="float"), entry(), rules(near("1", "0.25"), near("0.1", "1")))
        assert parts(data, "low", "high", "fraction") == [("9.9", "10.1", "1"), ("9", "11", "0.25")]

    def test_significant_figures(self) -> None:
        test = f'<equalRounded roundingMode="significantFigures" figures="3">{CORRECT}{RESPONSE}</equalRounded>'
        found = self.answer(numeric(test, "3.14"))
        assert (found["tolerance_type"], found["digits"]) == ("significant", 3)

    def test_what_is_compared_with_a_calculation_is_an_error(self) -> None:
        test = f"<equal>{RESPONSE}<product>{number('2')}{number('3')}</product></equal>"
        assert "not known beforehand (product)" in fault(numeric(test))

    def test_a_comparison_with_the_key_of_nothing_is_an_error(self) -> None:
        own = rules(when(f'<equal toleranceMode="exact">{RESPONSE}<correct identifier="NO"/></equal>', score("1")))
        assert fault(item(response("1", base="float"), entry(), own)).endswith('asks for "NO", which is not declared.')

    def test_a_slider_is_a_number(self) -> None:
        body = '<p>?</p><sliderInteraction responseIdentifier="RESPONSE" lowerBound="0" upperBound="10"/>'
        data = item(response("7", base="integer"), body)
        assert (one(data).type, parts(data, "value")) == ("numeric", ["7"])
        assert any("slider" in loss for loss in losses(data))

    def test_the_blank_response_earns_nothing(self) -> None:
        own = rules(when(f"<not><isNull>{RESPONSE}</isNull></not>", score("1")))
        assert parts(item(response("1", base="float"), entry(), own), "fraction") == ["1", "1"]


class TestMarked:
    def test_a_key_of_a_long_text_is_a_loss(self) -> None:
        keys = ((response("x", base="string"), MATCH_CORRECT), (response("", ":x=1", base="string"), MAP_RESPONSE))
        for declared, scored in keys:
            assert losses(item(declared, self.ESSAY, scored)) == [
                "The file knows what is right and gives the points itself; here a person does."
            ]

    ESSAY = '<p>Discuss.</p><extendedTextInteraction responseIdentifier="RESPONSE" expectedLines="7"/>'

    def test_an_extended_text_is_an_essay(self) -> None:
        outcomes = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="12"/>'
        rubric = '<rubricBlock view="scorer"><p>Look for <b>x</b>.</p></rubricBlock>'
        question = one(item(response(base="string"), rubric + self.ESSAY, "", outcomes=outcomes))
        assert (question.type, question.points, question.body["lines"]) == ("essay", 12, 7)
        assert question.body["marking_notes"] == "<p>Look for <b>x</b>.</p>"
        assert question.body["prompt"] == "<p>Discuss.</p>"

    def test_points_that_another_program_gives_are_given_by_a_person(self) -> None:
        outcomes = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="2"/>'
        asked = '<customOperator class="org.example.Score" definition="https://example.org"/>'
        own = rules(f'<setOutcomeValue identifier="SCORE">{asked}</setOutcomeValue>')
        data = item(response(base="string"), self.ESSAY, own, outcomes=outcomes)
        assert (one(data).type, one(data).points) == ("essay", 2)
        assert losses(data) == ["The response processing of a question that a person marks is left out."]

    def test_a_default_value_is_the_template(self) -> None:
        declared = response(base="string").replace("></r", "><defaultValue><value>Dear …</value></defaultValue></r")
        assert one(item(declared, self.ESSAY, "")).body["template"] == "Dear …"

    def test_rubrics_for_markers_stand_apart(self) -> None:
        rubrics = "".join(f'<rubricBlock view="scorer">{part} (1 point).</rubricBlock>' for part in ("Why", "How"))
        notes = one(item(response(base="string"), rubrics + self.ESSAY, "")).body["marking_notes"]
        assert notes == "<div>Why (1 point).</div><div>How (1 point).</div>"

    def test_feedback_in_a_rubric_is_not_shown_with_it(self) -> None:
        told = '<feedbackInline outcomeIdentifier="F" identifier="Y" showHide="show">It is x.</feedbackInline>'
        rubric = f'<rubricBlock view="candidate"><p>Use a pencil. {told}</p></rubricBlock>'
        prompt = one(item(response(base="string"), rubric + self.ESSAY, "")).body["prompt"]
        assert "Use a pencil." in prompt
        assert "It is x." not in prompt

    def test_rubrics_for_candidates_are_shown(self) -> None:
        rubric = '<rubricBlock view="candidate"><p>Use a pencil.</p></rubricBlock>'
        assert "Use a pencil." in one(item(response(base="string"), rubric + self.ESSAY, "")).body["prompt"]

    def test_rubrics_beside_the_body_are_shown_before_it(self) -> None:
        rubrics = "".join(f'<rubricBlock view="candidate"><p>{text}</p></rubricBlock>' for text in ("One", "Two"))
        prompt = one(item(response(base="string") + rubrics, self.ESSAY, "")).body["prompt"]
        assert prompt == "<div><p>One</p></div><div><p>Two</p></div><p>Discuss.</p>"

    def test_rubrics_for_tutors_are_a_loss_where_nobody_marks(self) -> None:
        rubric = '<rubricBlock view="tutor"><p>Hint</p></rubricBlock>'
        data = item(response("1", base="integer"), rubric + entry(), MATCH_CORRECT)
        assert any("rubricBlock" in loss for loss in losses(data))

    def test_formats_of_the_answer_are_a_loss(self) -> None:
        body = self.ESSAY.replace("expectedLines", 'format="xhtml" placeholderText="Here" expectedLines')
        assert len(losses(item(response(base="string"), body, ""))) == 2

    def test_an_upload(self) -> None:
        body = '<p>Hand in.</p><uploadInteraction responseIdentifier="RESPONSE" type="application/pdf x/y"/>'
        data = item(response(base="file"), body, "")
        assert (one(data).type, one(data).body["accept"]) == ("upload", ["pdf"])
        assert any("x/y" in loss for loss in losses(data))

    def test_a_text_without_interaction(self) -> None:
        question = one(item("", "<h1>Read</h1><p>this.</p>", "", outcomes=""))
        assert (question.type, question.body["prompt"]) == ("description", "<h3>Read</h3><p>this.</p>")


class TestByHand:
    def test_several_texts_become_one_essay_with_marked_places(self) -> None:
        text = '<extendedTextInteraction responseIdentifier="{}" expectedLines="3"><prompt>Why?</prompt>'
        text += "</extendedTextInteraction>"
        declared = response(base="string", name="A") + response(base="string", name="B")
        data = item(declared, f"<div><p>First</p>{text.format('A')}<p>Then</p>{text.format('B')}</div>", "")
        question = one(data)
        assert (question.type, question.body["lines"]) == ("essay", 6)
        assert question.body["prompt"] == "<p>First</p><div>Why?</div>[1]<p>Then</p><div>Why?</div>[2]"
        assert losses(data) == ["The texts to write in this item become one; [1], [2] … name its parts."]

    def test_a_field_without_key_and_rules_is_an_essay(self) -> None:
        assert one(item(response(base="string"), entry(), "")).type == "essay"

    def test_a_field_whose_rules_earn_nothing_is_a_fault(self) -> None:
        assert "No answer earns anything" in fault(item(response(base="string"), entry(), MATCH_CORRECT))


class TestOtherSystems:
    def test_how_answers_are_tidied_up_is_a_loss(self) -> None:
        tidied = f'<customOperator definition="qade:Trim">{RESPONSE}</customOperator>'
        test = f'<stringMatch caseSensitive="true">{tidied}{text(" Maine ")}</stringMatch>'
        data = item(response(base="string"), entry(), rules(when(test, score("1"))))
        assert parts(data, "text") == ["Maine"]
        assert losses(data) == ["How an answer is put in order before it is compared (qade:Trim) is left out."]

    def test_a_text_that_is_taken_for_a_number_is_one(self) -> None:
        tidied = f'<customOperator definition="questify:ParseCommaDecimal">{RESPONSE}</customOperator>'
        test = f'<equal toleranceMode="exact">{tidied}{number("11400")}</equal>'
        data = item(response("11400", base="string"), entry(), rules(when(test, score("1"))))
        assert one(data).type == "numeric"
        assert parts(data, "value") == ["11400"]

    def test_misspellings_that_are_forgiven_are_a_loss(self) -> None:
        space = "http://bps-system.de/xsd/imsqti_ext_maptolresponse"
        mapped = f'<mapTolResponse xmlns="{space}" identifier="RESPONSE" tolerance="2"/>'
        rule = f'<setOutcomeValue identifier="SCORE">{mapped}</setOutcomeValue>'
        data = item(response("", ":more=3", base="string"), entry(), rules(rule))
        assert (one(data).points, parts(data, "text")) == (3, ["more"])
        assert losses(data) == ["Misspellings that the file forgives count as wrong here."]

    def test_white_space_around_values_is_how_the_file_is_written(self) -> None:
        declared = response("\n\t\tYork\n\t", base="string")
        assert parts(item(declared, entry(), MATCH_CORRECT), "text") == ["York"]

    def test_the_same_text_in_two_gaps_may_count_once(self) -> None:
        """Onyx counts the first gap only beside another text in the second."""
        first = f"<not><isNull>{RESPONSE.replace('RESPONSE', 'R1')}</isNull></not>"
        variables = '<variable identifier="R1"/><variable identifier="R2"/>'
        test = f'<and>{first}<not><stringMatch caseSensitive="true">{variables}</stringMatch></not></and>'

        def gain(name: str) -> str:
            worth = f'<sum><variable identifier="SCORE"/><mapResponse identifier="{name}"/></sum>'
            return f'<setOutcomeValue identifier="SCORE">{worth}</setOutcomeValue>'

        found = when('<not><isNull><variable identifier="R2"/></isNull></not>', gain("R2"))
        declared = response("", ":a=1|b=1|c=1", base="string", name="R1")
        declared += response("", ":a=1|c=1|d=1", base="string", name="R2")
        fields = "".join(f'<textEntryInteraction responseIdentifier="{name}"/>' for name in ("R1", "R2"))
        asked = f"<p>Two: {fields}.</p>"
        question = one(item(declared, asked, rules(found, when(test, gain("R1")))))
        assert [[answer["fraction"] for answer in gap["answers"]] for gap in question.body["gaps"]] == [["1"] * 3] * 2
        assert question.points == 2
