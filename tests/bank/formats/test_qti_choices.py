"""QTI 2.x: options, and the scores that response processing gives to them, as our schemes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bank.formats.qti_files import (
    CORRECT,
    MAP_RESPONSE,
    MATCH_CORRECT,
    RESPONSE,
    SCORE,
    choices,
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


def modal(name: str, text: str, outcome: str = "FEEDBACK", show: str = "show") -> str:
    return f'<modalFeedback outcomeIdentifier="{outcome}" identifier="{name}" showHide="{show}">{text}</modalFeedback>'


def test_a_feedback_has_its_title_above_it() -> None:
    """But for the title that TAO gives to those that have none."""
    yes, no = (f'<setOutcomeValue identifier="FEEDBACK"><baseValue baseType="identifier">{name}</baseValue>'
               "</setOutcomeValue>" for name in "YN")  # fmt: skip
    own = rules(when(f"<match>{RESPONSE}{CORRECT}</match>", score("1"), yes, otherwise=no))
    after = modal("Y", "Well done.").replace('showHide="show"', 'showHide="show" title="Right &amp; good"')
    after += modal("N", "Try again.").replace('showHide="show"', 'showHide="show" title="modal feedback title"')
    body = one(item(response("A") + FEEDBACK, choices("a", "b"), own, after=after)).body
    assert body["options"][0]["feedback"] == "<div><b>Right &amp; good</b></div><div>Well done.</div>"
    assert body["options"][1]["feedback"] == "Try again."


def test_what_a_feedback_counts_is_left_out_of_it() -> None:
    counted = 'You have <printedVariable identifier="SCORE"/> points. {}'
    within = '<feedbackInline outcomeIdentifier="FEEDBACK" identifier="N" showHide="show">No.</feedbackInline>'
    yes, no = (f'<setOutcomeValue identifier="FEEDBACK"><baseValue baseType="identifier">{name}</baseValue>'
               "</setOutcomeValue>" for name in "YN")  # fmt: skip
    own = rules(when(f"<match>{RESPONSE}{CORRECT}</match>", score("1"), yes, otherwise=no))
    data = item(response("A") + FEEDBACK, choices("a", "b"), own, after=modal("Y", counted.format(within)))
    assert one(data).body["options"][0]["feedback"] == "You have  points."
    assert losses(data) == ["printedVariable may not stand in a text and is left out."]


@pytest.mark.parametrize("more", ["endAttemptInteraction", "mediaInteraction"])
def test_a_feedback_may_hold_a_button_or_a_film(more: str) -> None:
    start = '<feedbackBlock outcomeIdentifier="FEEDBACK" identifier="A" showHide="show">'
    block = f"{start}Well done.<{more}/></feedbackBlock>"
    says = f'<setOutcomeValue identifier="FEEDBACK">{RESPONSE}</setOutcomeValue>'
    own = rules(when(f"<match>{RESPONSE}{CORRECT}</match>", score("1")), says)
    body = one(item(response("A") + FEEDBACK, choices("a", "b") + block, own)).body
    assert (body["prompt"], body["options"][0]["feedback"]) == ("Which?", "Well done.")


class TestSingle:
    def test_match_correct_makes_the_right_option_worth_the_whole_mark(self) -> None:
        data = item(response("B"), choices("a", "b <b>bold</b>", "c"))
        question = one(data)
        assert (question.type, question.name, question.external_id, question.points) == (
            "single_choice",
            "A title",
            "q1",
            Decimal(1),
        )
        assert parts(data, "text", "fraction") == [("a", "0"), ("b <b>bold</b>", "1"), ("c", "0")]
        assert question.body["prompt"] == "Which?"
        assert question.losses == question.warnings == []

    def test_a_mapping_gives_parts_and_costs_of_the_best_score(self) -> None:
        data = item(response("A", ":A=4|B=2|C=-1"), choices("a", "b", "c", "d"), MAP_RESPONSE)
        assert parts(data, "fraction") == ["1", "0.5", "-0.25", "0"]
        assert one(data).points == 4

    def test_the_default_of_a_mapping_is_for_what_it_does_not_name(self) -> None:
        data = item(response("A", 'defaultValue="-0.5":A=1'), choices("a", "b"), MAP_RESPONSE)
        assert parts(data, "fraction") == ["1", "-0.5"]

    def test_shuffling_and_pinned_options(self) -> None:
        body = choices("a", "b", more='shuffle="true"').replace('identifier="B"', 'identifier="B" fixed="true"')
        question = one(item(response("A"), body))
        assert question.body["shuffle"] is True
        assert [option["pinned"] for option in question.body["options"]] == [False, True]
        assert one(item(response("A"), choices("a", "b"))).body["shuffle"] is False

    def test_the_text_around_the_interaction_comes_first(self) -> None:
        question = one(item(response("A"), f"<p>Read this.</p>{choices('a', 'b')}"))
        assert question.body["prompt"] == "<div><p>Read this.</p></div><div>Which?</div>"

    def test_choices_true_and_false_are_a_statement(self) -> None:
        body = choices("True", "False").replace('"A"', '"true"').replace('"B"', '"false"')
        question = one(item(response("false"), body))
        assert (question.type, question.body["correct"]) == ("true_false", False)

    def test_several_response_conditions_add_up(self) -> None:
        def adds(name: str, points: str) -> str:
            test = f'<match>{RESPONSE}<baseValue baseType="identifier">{name}</baseValue></match>'
            total = f'<sum><variable identifier="SCORE"/><baseValue baseType="float">{points}</baseValue></sum>'
            return when(test, f'<setOutcomeValue identifier="SCORE">{total}</setOutcomeValue>')

        data = item(response("A"), choices("a", "b", "c"), rules(adds("A", "1"), adds("A", "1"), adds("C", "1")))
        assert parts(data, "fraction") == ["1", "0", "0.5"]
        assert one(data).points == 2

    def test_without_rules_the_right_response_counts(self) -> None:
        assert parts(item(response("B"), choices("a", "b"), ""), "fraction") == ["0", "1"]
        assert parts(item(response("B", ":A=1|B=2"), choices("a", "b"), ""), "fraction") == ["0.5", "1"]

    def test_without_a_right_response_it_is_an_error(self) -> None:
        assert "No option earns anything" in fault(item(response(), choices("a", "b")))
        assert "No option earns anything" in fault(item(response("Z"), choices("a", "b")))
        assert "No option earns anything" in fault(item(response("", ":A=-1|B=0"), choices("a", "b"), MAP_RESPONSE))

    def test_points_for_no_response_are_a_loss(self) -> None:
        blank = when(f"<isNull>{RESPONSE}</isNull>", score("1"))
        right = when(f"<match>{RESPONSE}{CORRECT}</match>", score("2"))
        data = item(response("A"), choices("a", "b"), rules(blank, right))
        assert any("left unanswered earns 1 points" in loss for loss in losses(data))

    def test_a_cost_beyond_the_whole_mark_is_a_loss(self) -> None:
        data = item(response("A", ":A=1|B=-3"), choices("a", "b"), MAP_RESPONSE)
        assert parts(data, "fraction") == ["1", "-1"]
        assert any("costs more than the whole mark" in loss for loss in losses(data))


class TestPoints:
    @pytest.mark.parametrize("outcome", [
        '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="100"/>',
        f'{SCORE}<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float">'
        "<defaultValue><value>100</value></defaultValue></outcomeDeclaration>",
    ])  # fmt: skip
    def test_scores_are_parts_of_the_best_one_and_a_declared_maximum_that_differs_is_told(self, outcome: str) -> None:
        question = one(item(response("A"), choices("a", "b"), outcomes=outcome))
        assert question.points == 1
        (note,) = [note.text % note.params for note in question.warnings]
        assert "100 points can be had, but the best answer earns 1" in note

    def test_percents_are_told(self) -> None:
        data = item(response("A"), choices("a", "b"), rules(when(f"<match>{RESPONSE}{CORRECT}</match>", score("100"))))
        assert parts(data, "fraction") == ["1", "0"]
        assert ["percents" in note.text for note in one(data).warnings] == [True]

    def test_rounded_thirds_make_whole_points(self) -> None:
        mapping = 'upperBound="1" lowerBound="0":A=0.333|B=0.333|C=0.333|D=-1'
        data = item(response("A|B|C", mapping, cardinality="multiple"), choices(*"abcd", most=0), MAP_RESPONSE)
        assert one(data).points == 1
        assert one(data).body["scheme"] == "sum"


class TestSeveral:
    def test_match_correct_is_all_or_nothing(self) -> None:
        data = item(response("A|C", cardinality="multiple"), choices("a", "b", "c", most=0))
        question = one(data)
        assert (question.type, question.body["scheme"]) == ("multiple_choice", "all_or_nothing")
        assert parts(data, "fraction") == ["1", "0", "1"]

    def test_a_bounded_mapping_is_a_sum(self) -> None:
        """The example of the specification: a default of -2 within the bounds 0 and 2."""
        mapping = 'lowerBound="0" upperBound="2" defaultValue="-2":A=1|D=1|F=-1'
        data = item(response("A|D", mapping, cardinality="multiple"), choices(*"abcdef", most=0), MAP_RESPONSE)
        assert one(data).body["scheme"] == "sum"
        assert parts(data, "fraction") == ["0.5", "-1", "-1", "0.5", "-1", "-0.5"]
        assert one(data).losses == []

    def test_a_mapping_without_lower_bound_may_cost_points_which_is_a_loss(self) -> None:
        data = item(response("A", ":A=1|B=-1", cardinality="multiple"), choices("a", "b", "c", most=0), MAP_RESPONSE)
        assert any("less than 0 points" in loss for loss in losses(data))

    def test_every_decision_counts(self) -> None:
        def decided(name: str, right: bool) -> str:
            ticked = f'<member><baseValue baseType="identifier">{name}</baseValue>{RESPONSE}</member>'
            test = ticked if right else f"<or><isNull>{RESPONSE}</isNull><not>{ticked}</not></or>"
            total = '<sum><variable identifier="SCORE"/><baseValue baseType="float">1</baseValue></sum>'
            return when(test, f'<setOutcomeValue identifier="SCORE">{total}</setOutcomeValue>')

        own = rules(decided("A", True), decided("B", False), decided("C", True))
        data = item(response("A|C", cardinality="multiple"), choices("a", "b", "c", most=0), own)
        assert one(data).body["scheme"] == "every_decision"
        assert (parts(data, "fraction"), one(data).points) == (["1", "0", "1"], 3)

    def test_a_score_that_no_scheme_gives_is_told(self) -> None:
        test = f'<gte><containerSize>{RESPONSE}</containerSize><baseValue baseType="integer">2</baseValue></gte>'
        data = item(
            response("A", cardinality="multiple"), choices("a", "b", "c", most=0), rules(when(test, score("1")))
        )
        assert any("Some answers earn other points" in loss for loss in losses(data))

    def test_one_that_may_be_chosen_of_a_multiple_response_is_a_single_choice(self) -> None:
        assert one(item(response("A", cardinality="multiple"), choices("a", "b", most=1))).type == "single_choice"

    def test_limits_of_ticks_are_a_loss(self) -> None:
        body = choices("a", "b", "c", most=2, more='minChoices="2"')
        found = losses(item(response("A|B", cardinality="multiple"), body))
        assert ["At most 2" in found[0], "At least 2" in found[1]] == [True, True]

    def test_fifteen_options_are_read_in_good_time(self) -> None:
        mapping = 'lowerBound="0":' + "|".join(f"{chr(65 + n)}={1 if n % 3 else -1}" for n in range(15))
        data = item(response("", mapping, cardinality="multiple"), choices(*map(str, range(15)), most=0), MAP_RESPONSE)
        assert one(data).body["scheme"] == "sum"
        assert one(data).points == 10

    def test_hottext_becomes_options_below_the_text(self) -> None:
        body = (
            '<hottextInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Find the verb.</prompt>'
            '<p>I <hottext identifier="A">see</hottext> the <hottext identifier="B">sea</hottext>.</p>'
            "</hottextInteraction>"
        )
        data = item(response("A"), body)
        assert parts(data, "text", "fraction") == [("see", "1"), ("sea", "0")]
        assert "<p>I <u>see</u> the <u>sea</u>.</p>" in one(data).body["prompt"]
        assert len(losses(data)) == 1

    def test_feedback_within_a_text_to_choose_from_is_not_shown_with_it(self) -> None:
        told = '<feedbackInline outcomeIdentifier="FEEDBACK" identifier="{}" showHide="show">{}</feedbackInline>'
        body = (
            '<hottextInteraction responseIdentifier="RESPONSE" maxChoices="1">'
            f'<p>I <hottext identifier="A">see</hottext>{told.format("A", "Yes!")} the'
            f' <hottext identifier="B">sea</hottext>{told.format("B", "No.")}.</p></hottextInteraction>'
        )
        says = f'<setOutcomeValue identifier="FEEDBACK">{RESPONSE}</setOutcomeValue>'
        data = item(
            response("A") + FEEDBACK, body, rules(when(f"<match>{RESPONSE}{CORRECT}</match>", score("1")), says)
        )
        assert one(data).body["prompt"] == "<div><p>I <u>see</u> the <u>sea</u>.</p></div>"
        assert parts(data, "text", "feedback") == [("see", "Yes!"), ("sea", "No.")]

    def test_an_explanation_that_tao_shows_on_demand_stands_in_brackets(self) -> None:
        text = 'A <span data-role="tooltip-target">cell</span><span data-role="tooltip-content">small room</span> wall'
        assert parts(item(response("A"), choices(text, "b")), "text")[0] == "A <span>cell</span> (small room) wall"


class TestFeedback:
    SAYS = f'<setOutcomeValue identifier="FEEDBACK">{RESPONSE}</setOutcomeValue>'

    def test_feedback_that_a_choice_shows_is_the_feedback_of_its_option(self) -> None:
        own = rules(when(f"<match>{RESPONSE}{CORRECT}</match>", score("1")), self.SAYS)
        after = modal("A", "Yes.") + modal("B", "<p>No.</p>")
        data = item(response("A"), choices("a", "b", "c"), own, outcomes=SCORE + FEEDBACK, after=after)
        assert parts(data, "feedback") == ["Yes.", "<p>No.</p>", ""]
        assert losses(data) == []

    def test_feedback_within_a_choice_does_not_stand_in_its_text(self) -> None:
        said = '<feedbackInline outcomeIdentifier="FEEDBACK" identifier="A" showHide="show">Yes.</feedbackInline>'
        own = rules(when(f"<match>{RESPONSE}{CORRECT}</match>", score("1")), self.SAYS)
        data = item(response("A"), choices(f"a{said}", "b", "c"), own, outcomes=SCORE + FEEDBACK)
        assert parts(data, "text", "feedback") == [("a", "Yes."), ("b", ""), ("c", "")]

    def test_feedback_of_right_and_wrong(self) -> None:
        def says(name: str) -> str:
            value = f'<baseValue baseType="identifier">{name}</baseValue>'
            return f'<setOutcomeValue identifier="FEEDBACK">{value}</setOutcomeValue>'

        own = rules(
            when(f"<match>{RESPONSE}{CORRECT}</match>", score("1") + says("correct"), otherwise=says("incorrect"))
        )
        after = modal("correct", "Well done") + modal("incorrect", "Try again")
        body = one(item(response("A"), choices("a", "b", "c"), own, outcomes=SCORE + FEEDBACK, after=after)).body
        assert (body["right_feedback"], body["wrong_feedback"]) == ("Well done", "Try again")

    def test_feedback_that_is_hidden_by_one_choice_is_shown_for_the_others(self) -> None:
        own = rules(when(f"<match>{RESPONSE}{CORRECT}</match>", score("1")), self.SAYS)
        after = modal("A", "Not so.", show="hide")
        body = one(item(response("A"), choices("a", "b", "c"), own, outcomes=SCORE + FEEDBACK, after=after)).body
        assert body["wrong_feedback"] == "Not so."

    def test_feedback_for_everybody(self) -> None:
        always = (
            '<setOutcomeValue identifier="FEEDBACK"><baseValue baseType="identifier">x</baseValue></setOutcomeValue>'
        )
        own = rules(when(f"<match>{RESPONSE}{CORRECT}</match>", score("1")), always)
        data = item(response("A"), choices("a", "b"), own, outcomes=SCORE + FEEDBACK, after=modal("x", "Source: ours"))
        assert one(data).body["feedback"] == "Source: ours"

    def test_feedback_under_other_conditions_is_a_loss(self) -> None:
        data = item(response("A"), choices("a", "b"), after=modal("never", "Hidden"), outcomes=SCORE + FEEDBACK)
        assert losses(data) == ['The feedback "never" is shown under conditions that cannot be kept; it is left out.']

    def test_basic_feedback_of_common_cartridge(self) -> None:
        outcomes = (
            f'{SCORE}<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float"><defaultValue>'
            "<value>3</value></defaultValue></outcomeDeclaration>"
            '<outcomeDeclaration identifier="FEEDBACKBASIC" cardinality="single" baseType="identifier"/>'
        )
        template = MATCH_CORRECT.replace("match_correct", "CC2_match_basic.xml")
        after = modal("correct", "Yes", "FEEDBACKBASIC") + modal("incorrect", "No", "FEEDBACKBASIC")
        question = one(item(response("A"), choices("a", "b", "c"), template, outcomes=outcomes, after=after))
        assert (question.points, question.body["right_feedback"], question.body["wrong_feedback"]) == (3, "Yes", "No")


def test_a_block_that_is_shown_step_by_step_is_kept_with_what_it_asks() -> None:
    block = '<feedbackBlock outcomeIdentifier="STEP" identifier="{}" showHide="show">{}</feedbackBlock>'
    body = block.format("one", f"<p>First.</p>{choices('a', 'b')}") + block.format("two", "<p>Well done.</p>")
    step = '<outcomeDeclaration identifier="STEP" cardinality="single" baseType="identifier"/>'
    question = one(item(response("A"), body, outcomes=SCORE + step))
    assert question.body["prompt"] == "<div><p>First.</p></div><div>Which?</div>"
