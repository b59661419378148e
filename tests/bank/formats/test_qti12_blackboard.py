"""QTI 1.2 of Blackboard: shares of the points in percent, feedback of choices, types that have no counterpart."""

from __future__ import annotations

import pytest

from bank.formats.qti_files import read, said
from bank.formats.test_qti12 import equal, feedback, labels, lid
from bank.formats.test_qti12_others import of_blackboard, right, text, told
from examhall.bank.formats import Item

FIELD = '<response_str ident="response"><render_fib/></response_str>'
CHOICES = lid(labels(a="A", b="B", c="C"), name="response")


def asked(kind: str, answer: str, *conditions: str, credit: str = "", after: str = "") -> Item:
    data = of_blackboard(kind, "So?", answer, *conditions, most="10.0").decode()
    data = data.replace(
        "</bbmd_questiontype>", f"</bbmd_questiontype><bbmd_partialcredit>{credit}</bbmd_partialcredit>"
    )
    found = read(data.replace("</item>", f"{after}</item>").encode())
    assert said(found) == []
    return found.questions[0]


def whole(test: str) -> str:
    return right(test).replace(
        "<displayfeedback", '<setvar variablename="SCORE" action="Set">SCORE.max</setvar><displayfeedback'
    )


def choice(name: str, percent: str) -> str:
    named = f'<conditionvar><varequal respident="{name}" case="No"/></conditionvar>'
    points = f'<setvar variablename="SCORE" action="Set">{percent}</setvar>'
    return f'<respcondition>{named}{points}<displayfeedback linkrefid="{name}"/></respcondition>'


class TestChoices:
    RULES = (whole(equal("a", "response")), choice("a", "100"), choice("b", "50"), choice("c", "-25"))

    def test_shares_count_where_partial_credit_is_given(self) -> None:
        question = asked("Multiple Choice", CHOICES, *self.RULES, credit="true")
        assert [option["fraction"] for option in question.body["options"]] == ["1", "0.5", "-0.25"]
        assert question.points == 10
        question = asked("Multiple Choice", CHOICES, *self.RULES, credit="false")
        assert [option["fraction"] for option in question.body["options"]] == ["1", "0", "0"]

    def test_several_choices_add_up(self) -> None:
        test = f"<and>{equal('a', 'response')}<not>{equal('c', 'response')}</not>{equal('b', 'response')}</and>"
        several = CHOICES.replace("Single", "Multiple")
        shares = (choice("a", "75"), choice("b", "25"), choice("c", "-25"))
        question = asked("Multiple Answer", several, whole(test), *shares, credit="true")
        assert question.body["scheme"] == "sum"
        assert [option["fraction"] for option in question.body["options"]] == ["0.75", "0.25", "-0.25"]
        zeros = (choice("a", "0"), choice("b", "0"), choice("c", "0"))
        assert asked("Multiple Answer", several, whole(test), *zeros).body["scheme"] == "all_or_nothing"

    def test_each_has_its_own_feedback(self) -> None:
        after = feedback("b", "Nearly.") + feedback("correct", "Yes!") + feedback("incorrect", "No.")
        question = asked("Multiple Choice", CHOICES, *self.RULES, after=after)
        assert [option["feedback"] for option in question.body["options"]] == ["", "Nearly.", ""]
        assert (question.body["right_feedback"], question.body["wrong_feedback"]) == ("Yes!", "No.")
        assert told(question) == []

    def test_verdicts_are_words(self) -> None:
        options = lid(labels(**{"yes_no.true": "yes_no.true", "yes_no.false": "yes_no.false"}), name="response")
        question = asked("Either/Or", options, whole(equal("yes_no.false", "response")))
        assert [(option["text"], option["fraction"]) for option in question.body["options"]] == [
            ("Yes", "0"),
            ("No", "1"),
        ]


def test_pairs_say_their_shares_in_percent() -> None:
    def response(name: str) -> str:
        ids = "".join(f'<response_label ident="{name}{n}"/>' for n in range(2))
        made = lid(f"<render_choice><flow_label>{ids}</flow_label></render_choice>", name=name)
        return f'<flow class="Block">{made}{text(f"stem {name}")}</flow>'

    def pair(name: str, choice: str, cost: str) -> str:
        shares = (("PartialCreditPercent", "50"), ("NegativeCreditPercent", cost))
        points = "".join(f'<setvar variablename="{of}" action="Set">{share}</setvar>' for of, share in shares)
        return right(equal(choice, name)).replace("<displayfeedback", f"{points}<displayfeedback")

    block = f'</flow><flow class="RIGHT_MATCH_BLOCK">{text("left")}{text("right")}'
    question = asked("Matching", response("a") + response("b") + block, pair("a", "a1", "0"), pair("b", "b0", "-10"))
    assert [(stem["text"], stem["choice"]) for stem in question.body["stems"]] == [("stem a", "c2"), ("stem b", "c1")]
    assert (question.points, told(question)) == (10, ["Wrong pairs cost points in the file; here they earn nothing."])


@pytest.mark.parametrize(
    ("how", "kept"), [("Exact", ("2*3", False)), ("Contains", ("*2\\*3*", False)), ("Matches", ("2*3", True))]
)
def test_texts_say_how_they_are_compared(how: str, kept: tuple[str, bool]) -> None:
    compared = f'<varsubset respident="response" setmatch="{how}">2*3</varsubset>'
    (answer,) = asked("Fill in the Blank", FIELD, whole(compared)).body["answers"]
    assert (answer["text"].replace("2\\*3", "2*3") if how == "Exact" else answer["text"], answer["pattern"]) == kept


def test_what_a_marker_may_give_is_kept_and_the_solution_told() -> None:
    solution = feedback("solution", "x").replace("<flow_mat>", "<solution><solutionmaterial><flow_mat>")
    solution = solution.replace("</flow_mat>", "</flow_mat></solutionmaterial></solution>")
    question = asked("Essay", FIELD, after=solution)
    assert (question.points, question.body["marking_notes"], told(question)) == (10, "x", [])


@pytest.mark.parametrize("kind", ["Calculated", "Jumbled Sentence", "Opinion Scale", "Quiz Bowl", "Hot Spot"])
def test_types_without_a_counterpart_are_named(kind: str) -> None:
    """A calculated question would look like one for the number 0."""
    data = of_blackboard(kind, "So?", FIELD.replace("response_str", "response_num"), whole(equal("0", "response")))
    assert said(read(data)) == [
        f'Questions of the type "{kind}" have no counterpart here. Leave this one out or ask otherwise.'
    ]
