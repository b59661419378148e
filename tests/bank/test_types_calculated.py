"""Calculated numbers, rule by rule: values drawn once, formulas tried before anybody sits them."""

from __future__ import annotations

import random
import time
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examhall.bank.types.calculated import Calculated, CalculatedBody
from examhall.bank.types.contract import InvalidResponse
from examhall.bank.types.placeholders import filled
from examhall.errors import Invalid

KIND = Calculated()
SPEED = {
    "prompt": r"How fast is {s} m in {t} s, \(v = \frac{s}{t}\)?",
    "variables": [
        {"name": "s", "low": "10", "high": "99"},
        {"name": "t", "low": "0.5", "high": "5", "decimals": 2},
    ],
    "answers": [{"formula": "{s} / {t}", "fraction": "1", "tolerance": "0.05", "tolerance_type": "relative"}],
}
FROZEN = {"s=30.0": "x", "t=4.00": "y"}


def asking(**more: Any) -> CalculatedBody:
    return KIND.validate(SPEED | more)


def faults(**more: Any) -> list[tuple[str, str]]:
    """The fields that are refused, and what the author reads."""
    with pytest.raises(Invalid) as refused:
        asking(**more)
    return [(error.field, error.message % error.params) for error in refused.value.errors]


def answer(formula: str, fraction: str = "1", **more: Any) -> dict[str, Any]:
    return {"formula": formula, "fraction": fraction} | more


def earned(body: CalculatedBody, number: str, unit: str = "", frozen: dict[str, str] = FROZEN) -> Decimal:
    return KIND.grade(body, KIND.read(frozen, {"number": number, "unit": unit}))


class TestDrawing:
    def test_values_are_frozen_as_keys_of_the_arrangement(self) -> None:
        keys = KIND.arrange(asking(), random.Random(1), True)
        assert [key.partition("=")[0] for key in keys] == ["s", "t"]
        assert keys == KIND.arrange(asking(), random.Random(1), True)
        assert keys != KIND.arrange(asking(), random.Random(2), True)

    def test_values_lie_in_their_range_both_ends_included_with_their_decimals(self) -> None:
        variables = [{"name": "s", "low": "1", "high": "1.3"}, {"name": "t", "low": "1", "high": "1", "decimals": 2}]
        body = asking(variables=variables)
        drawn = Counter(tuple(KIND.arrange(body, random.Random(seed), True)) for seed in range(200))
        assert drawn.keys() == {(f"s={value}", "t=1.00") for value in ("1.0", "1.1", "1.2", "1.3")}
        assert min(drawn.values()) > 20, "each about as often"

    def test_a_range_between_the_steps_of_its_decimals_draws_only_what_lies_within(self) -> None:
        body = asking(variables=[SPEED["variables"][0] | {"low": "0.95", "high": "1.19"}, SPEED["variables"][1]])
        assert {KIND.arrange(body, random.Random(seed), True)[0] for seed in range(50)} == {"s=1.0", "s=1.1"}

    def test_on_a_logarithmic_scale_every_order_of_magnitude_is_as_likely(self) -> None:
        wide = {"name": "s", "low": "1", "high": "1000", "decimals": 0, "scale": "log"}
        body = asking(variables=[wide, SPEED["variables"][1]])
        values = [int(KIND.arrange(body, random.Random(seed), True)[0][2:]) for seed in range(600)]
        assert all(1 <= value <= 1000 for value in values)
        tens = Counter(len(str(value)) for value in values if value < 1000)
        assert all(150 < tens[digits] < 250 for digits in (1, 2, 3))

    def test_ready_sets_of_values_are_drawn_whole(self) -> None:
        body = asking(variants=[{"s": "10", "t": "2"}, {"s": "33", "t": "1.1"}])
        drawn = {tuple(KIND.arrange(body, random.Random(seed), True)) for seed in range(30)}
        assert drawn == {("s=10", "t=2"), ("s=33", "t=1.1")}

    def test_values_for_which_a_formula_fails_are_not_drawn(self) -> None:
        hole = {"name": "s", "low": "1", "high": "40", "decimals": 0}
        # Ends and samples miss the hole at 7, so that it is not refused when it is written.
        body = KIND.load(SPEED | {"variables": [hole], "answers": [answer("1 / (s - 7)")], "prompt": "{s}"})
        assert "s=7" not in {KIND.arrange(body, random.Random(seed), True)[0] for seed in range(400)}


class TestPrompt:
    def test_values_are_put_in_also_inside_latex_whose_braces_stay(self) -> None:
        shown = KIND.present(asking(), FROZEN)
        assert shown == {"prompt": r"How fast is 30.0 m in 4.00 s, \(v = \frac{30.0}{4.00}\)?", "units": None}

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("{s} and {x} and {} and { s }", "3.0 and {x} and {} and { s }"),
            ("{=s*2}", "6"),
            ("{= {s} + {t} }", "7"),
            ("{=1/s}", "0.333333333333"),
            ("{=sqrt(t)}&nbsp;{=s&nbsp;+ 1}", "2&nbsp;4"),
            ("{=1/0} {=x} {=s+}", "{=1/0} {=x} {=s+}"),
            (r"\[x^{s}\] {s}", r"\[x^{3.0}\] 3.0"),
            (r"\(\frac{{s}}{{=s+t}}\)", r"\(\frac{{3.0}}{{7}}\)"),
            (r"\({s}", r"\(3.0"),
            (r"{s}\) \[{t}\)", r"3.0\) \[4\)"),
            (r"\({s}\)\[{s}\]{s}", r"\({3.0}\)\[{3.0}\]3.0"),
        ],
    )
    def test_places_are_filled(self, text: str, shown: str) -> None:
        assert filled(text, {"s": "3.0", "t": "4"}) == shown

    @pytest.mark.parametrize("text", ["{=" * 20_000, "{={a}" * 10_000, "\\(" * 25_000, "{" * 50_000, "{=a{" * 12_000])
    def test_open_braces_cost_no_time(self, text: str) -> None:
        started = time.process_time()
        assert filled(text, {"s": "1"}) == text
        assert time.process_time() - started < 0.3

    @given(st.text("{}=s\\()[]+1 ", max_size=40))
    def test_any_text_can_be_filled(self, text: str) -> None:
        assert isinstance(filled(text, {"s": "1"}), str)

    def test_feedback_shows_the_values_too(self) -> None:
        body = asking(feedback="{s} in {t}", answers=[answer("s / t", feedback="<p>It is {=s/t}.</p>")])
        told = KIND.reveal(body, FROZEN, KIND.read(FROZEN, {"number": "7.5"}))
        assert (told["feedback"], told["general_feedback"]) == (["<p>It is 7.5.</p>"], "30.0 in 4.00")


class TestGrading:
    def test_the_formula_is_worked_out_for_the_values_of_this_candidate(self) -> None:
        body = asking()
        assert [earned(body, number) for number in ("7.5", "7.875", "7.125", "7.88", "-7.5")] == [1, 1, 1, 0, 0]
        assert earned(body, "20", frozen={"s=40.0": "x", "t=2.00": "y"}) == 1

    def test_the_inner_response_holds_all_that_grading_needs(self) -> None:
        assert KIND.read(FROZEN, {"number": "7.50"}) == {"answer": "7.50", "values": {"s": "30.0", "t": "4.00"}}

    def test_no_answer_is_nothing(self) -> None:
        assert KIND.read(FROZEN, {"number": ""}) is None
        assert KIND.read(FROZEN, None) is None
        assert KIND.grade(asking(), None) == 0

    @pytest.mark.parametrize("response", [{"text": "7"}, {"number": 7}, {"number": "7", "values": {"s": "1"}}, "7"])
    def test_a_response_cannot_bring_values_of_its_own(self, response: object) -> None:
        with pytest.raises(InvalidResponse):
            KIND.read(FROZEN, response)

    def test_the_number_that_is_shown_as_right_is_right_whatever_the_tolerance(self) -> None:
        body = asking(answers=[answer("s / t / 7", shown={"digits": 3})])
        correct = KIND.reveal(body, FROZEN, None)["correct"]
        assert correct == {"number": "1.071"}
        assert earned(body, "1.071") == 1
        assert earned(body, "1.072") == 0

    @pytest.mark.parametrize(
        ("formula", "shown", "text"),
        [
            ("s / t", {"digits": 3}, "7.500"),
            ("s / t", {"digits": 0}, "8"),
            ("s * t", {"digits": 2, "kind": "significant"}, "120"),
            ("s * t + 5", {"digits": 2, "kind": "significant"}, "130"),
            ("s / t", {"digits": 4, "kind": "significant"}, "7.500"),
            ("0 * s", {"digits": 3, "kind": "significant"}, "0.00"),
            ("-s / 1000 / t", {"digits": 1, "kind": "significant"}, "-0.008"),
            ("9.996 + 0*s", {"digits": 3, "kind": "significant"}, "10.0"),
            ("10^90 * s", {"digits": 2}, "3.00E+91"),
        ],
    )
    def test_the_right_number_has_the_digits_that_its_author_wants(
        self, formula: str, shown: dict[str, Any], text: str
    ) -> None:
        body = asking(answers=[answer(formula, shown=shown)])
        correct = KIND.reveal(body, FROZEN, None)["correct"]
        assert correct is not None
        assert Decimal(correct["number"]) == Decimal(text)
        if "E" not in text:
            assert correct["number"] == text

    def test_the_first_answer_that_holds_it_wins_and_a_star_takes_the_rest(self) -> None:
        body = asking(answers=[answer("s / t"), answer("t / s", "0.5", tolerance="0.01"), answer("*", "0.1")])
        assert [earned(body, number) for number in ("7.5", "0.13", "99")] == [1, Decimal("0.5"), Decimal("0.1")]
        assert KIND.guess(body) == Decimal("0.1")

    def test_significant_digits_count_as_in_numeric(self) -> None:
        body = asking(answers=[answer("s / t / 7", tolerance_type="significant", digits=2)])
        assert [earned(body, number) for number in ("1.1", "1.07", "1.05", "1.04")] == [1, 1, 1, 0]

    def test_units_work_as_in_numeric(self) -> None:
        units = [{"name": "m/s"}, {"name": "km/h", "multiplier": "3.6"}]
        body = asking(units=units, unit_use="required", unit_penalty="0.2")
        assert [earned(body, "7.5", "m/s"), earned(body, "27", "km/h"), earned(body, "7.5")] == [1, 1, Decimal("0.8")]
        assert KIND.reveal(body, FROZEN, None)["correct"] == {"number": "7.50", "unit": "m/s"}
        assert KIND.present(body, FROZEN)["units"] == {"input": "text", "required": True, "left": False}

    def test_a_formula_that_fails_after_the_question_was_mended_grades_as_no_match(self) -> None:
        mended = KIND.load(SPEED | {"answers": [answer("1 / (s - 30)"), answer("s")]})
        assert [earned(mended, number) for number in ("5", "30")] == [0, 1]

    def test_a_full_response_brings_its_own_values(self) -> None:
        full = KIND.full(asking())
        assert full is not None
        assert full["values"].keys() == {"s", "t"}
        assert KIND.grade(asking(), full) == 1
        assert KIND.full(asking(answers=[answer("*")])) is None


class TestAuthoring:
    def test_a_formula_that_divides_by_zero_somewhere_in_its_ranges_is_refused_with_the_values(self) -> None:
        variables = [SPEED["variables"][0], {"name": "t", "low": "-1", "high": "1"}]
        first, second = faults(variables=variables)
        assert first[0] == "answers.0.formula"
        assert "divides by zero" in first[1]
        assert second[0] == "variables"
        assert "t = 0.0" in second[1], "zero lies inside the range, not at its ends"

    @pytest.mark.parametrize(
        ("formula", "words"),
        [
            ("", "ends too early"),
            ("s +", "Character 4"),
            ("s / v", "nothing here is called “v”. These are: s, t, pi, e"),
            ("{s}{t}", "not expected"),
            ("foo(s)", "no function"),
            ("sqrt(-s)", "no number below 0"),
            ("9^9^9", "beyond all bounds"),
        ],
    )
    def test_a_formula_that_cannot_work_is_refused(self, formula: str, words: str) -> None:
        refused = dict(faults(answers=[answer(formula)]))
        assert words in refused["answers.0.formula"]

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"prompt": "{=1/(s-s)}"}, "prompt"),
            ({"prompt": "{=u}"}, "prompt"),
            ({"feedback": "{=s+}"}, "feedback"),
            ({"answers": [answer("s", feedback="{=v}")]}, "answers.0.feedback"),
        ],
    )
    def test_formulas_in_texts_are_tried_as_well(self, more: dict[str, Any], field: str) -> None:
        assert field in dict(faults(**more))

    @pytest.mark.parametrize(
        "variable",
        [
            {"low": "2", "high": "1"},
            {"low": "0.11", "high": "0.19", "decimals": 1},
            {"low": "0", "high": "1", "scale": "log"},
            {"low": "0", "high": "1e30"},
            {"decimals": -1},
            {"decimals": 31},
        ],
    )
    def test_a_range_without_values_is_refused(self, variable: dict[str, Any]) -> None:
        wrong = {"name": "s", "low": "1", "high": "2"} | variable
        assert [field for field, _ in faults(variables=[wrong, SPEED["variables"][1]])] == ["variables.0"]

    @pytest.mark.parametrize("name", ["", "1a", "a-b", "a b", "_a", "a=1", "é.", "{a}"])
    def test_a_name_is_a_word(self, name: str) -> None:
        more = {"name": name, "low": "1", "high": "2"}
        assert "variables.2.name" in dict(faults(variables=[*SPEED["variables"], more]))

    def test_a_name_may_be_of_any_script(self) -> None:
        variables = [{"name": "масса", "low": "1", "high": "2"}, {"name": "س1", "low": "1", "high": "2"}]
        body = asking(prompt="{масса}", variables=variables, answers=[answer("масса * {س1}")])
        assert KIND.present(body, {"масса=1.5": "x", "س1=2.0": "y"})["prompt"] == "1.5"

    def test_two_variables_cannot_share_a_name(self) -> None:
        assert "variables.2.name" in dict(faults(variables=[*SPEED["variables"], SPEED["variables"][0]]))

    def test_every_set_of_values_names_the_same_variables(self) -> None:
        assert [field for field, _ in faults(variants=[{"s": "1", "t": "1"}, {"s": "1"}])] == ["variants.1"]
        assert "variants.0" in dict(faults(variables=[], variants=[{"a b": "1"}]))
        assert asking(variables=[], variants=[{"s": "1", "t": "1"}]).names() == {"s", "t"}

    def test_every_set_of_values_is_tried(self) -> None:
        refused = dict(faults(variants=[{"s": "1", "t": "1"}, {"s": "1", "t": "0"}]))
        assert "s = 1, t = 0" in refused["variants"]

    def test_an_answer_earns_the_whole_mark_and_can_be_reached(self) -> None:
        assert [field for field, _ in faults(answers=[answer("s / t", "0.9")])] == ["answers"]
        assert [field for field, _ in faults(answers=[answer("*", "0"), answer("s / t")])] == ["answers"]

    @pytest.mark.parametrize(
        "more",
        [
            {"tolerance": "-1"},
            {"fraction": "-0.5"},
            {"tolerance_type": "significant"},
            {"digits": 2},
            {"tolerance_type": "significant", "digits": 31},
        ],
    )
    def test_tolerances_are_those_of_numeric(self, more: dict[str, Any]) -> None:
        refused = [field for field, _ in faults(answers=[answer("s / t"), answer("t") | more])]
        assert refused in (["answers.1"], ["answers.1.digits"])

    @pytest.mark.parametrize("shown", [{"digits": -1}, {"digits": 31}, {"digits": 0, "kind": "significant"}])
    def test_digits_to_show_are_bounded(self, shown: dict[str, Any]) -> None:
        assert [field for field, _ in faults(answers=[answer("s", shown=shown)])] == ["answers.0.shown"]

    def test_a_body_that_would_take_long_is_refused_or_tried_less(self) -> None:
        long = "+".join(["tan(s)"] * 90)
        variants = [{"s": str(number), "t": "1"} for number in range(500)]
        started = time.process_time()
        asking(answers=[answer(long)] * 4, variants=variants)
        assert [field for field, _ in faults(answers=[answer(long)] * 20, variants=variants)] == ["answers"]
        assert time.process_time() - started < 4


@given(st.integers(0, 10**6))
def test_whatever_is_drawn_the_right_answer_is_right(seed: int) -> None:
    body = asking(answers=[answer("s ^ 2 / (3 * t)", shown={"digits": 3, "kind": "significant"})])
    frozen = {key: f"z{place}" for place, key in enumerate(KIND.arrange(body, random.Random(seed), True))}
    correct = KIND.reveal(body, frozen, None)["correct"]
    assert KIND.grade(body, KIND.read(frozen, correct)) == 1


def test_feedback_by_outcome_speaks_of_the_values_that_were_drawn() -> None:
    kind = Calculated()
    body = kind.validate(
        {
            "prompt": "{a} doubled?",
            "variables": [{"name": "a", "low": "1", "high": "9", "decimals": 0}],
            "answers": [{"formula": "2 * {a}", "fraction": "1"}],
            "wrong_feedback": "Twice {a} is {=2*a}.",
        }
    )
    assert kind.outcome_feedback(body, {"a=4": "x"}, Decimal(0)) == "Twice 4 is 8."
