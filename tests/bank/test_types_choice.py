"""Single and multiple choice, rule by rule (reference semantics §2.2)."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from examhall.bank.types import type_named
from examhall.bank.types.choice import ChoiceBody, MultipleBody, MultipleChoice, SingleChoice
from examhall.bank.types.contract import InvalidResponse
from examhall.errors import Invalid

SINGLE, MULTIPLE = SingleChoice(), MultipleChoice()


def choice(*fractions: str, **more: Any) -> ChoiceBody:
    """A body whose options A, B, C … have these fractions."""
    options = [{"text": "ABCDEFGHIJ"[place], "fraction": fraction} for place, fraction in enumerate(fractions)]
    return SINGLE.validate({"prompt": "Which?", "options": options, **more})


def multiple(*fractions: str, **more: Any) -> MultipleBody:
    options = [{"text": "ABCDEFGHIJ"[place], "fraction": fraction} for place, fraction in enumerate(fractions)]
    return MULTIPLE.validate({"prompt": "Which?", "options": options, **more})


def faults(data: Any, kind: str = "single_choice") -> list[str]:
    """The fields that are refused."""
    with pytest.raises(Invalid) as refused:
        type_named(kind).validate(data)
    return [error.field for error in refused.value.errors]


class TestSingle:
    def test_the_chosen_option_decides_the_fraction(self) -> None:
        body = choice("1", "0", "0.25")
        assert [SINGLE.grade(body, key) for key in ("o1", "o2", "o3")] == [1, 0, Decimal("0.25")]

    def test_a_choice_may_cost_marks(self) -> None:
        assert SINGLE.grade(choice("1", "-0.25"), "o2") == Decimal("-0.25")

    def test_no_choice_is_nothing_rather_than_the_penalty(self) -> None:
        assert SINGLE.grade(choice("1", "-1"), None) == 0

    def test_the_least_fraction_is_the_worst_option_or_nothing(self) -> None:
        assert SINGLE.bounds(choice("1", "-0.25", "-0.5")) == (Decimal("-0.5"), 1)
        assert SINGLE.bounds(choice("1", "0.5")) == (0, 1)

    def test_guessing_earns_the_mean_of_the_options(self) -> None:
        assert SINGLE.guess(choice("1", "-0.25", "0", "0")) == Decimal("0.1875")
        assert SINGLE.guess(choice("1", "-0.5", "-0.5")) == 0

    def test_one_option_must_earn_the_whole_mark(self) -> None:
        options = [{"text": "A", "fraction": "0.9"}, {"text": "B", "fraction": "0"}]
        assert faults({"prompt": "Which?", "options": options}) == ["options"]

    def test_several_options_may_earn_the_whole_mark(self) -> None:
        body = choice("1", "1", "0")
        assert SINGLE.reveal(body, {"o1": "x", "o2": "y", "o3": "z"}, "o2")["correct"] == {"choice": "y"}
        assert SINGLE.reveal(body, {"o1": "x", "o2": "y", "o3": "z"}, "o3")["correct"] == {"choice": "x"}

    def test_a_key_that_a_later_version_dropped_earns_nothing(self) -> None:
        assert SINGLE.grade(choice("1", "0"), "o9") == 0

    def test_a_right_option_that_this_candidate_never_saw_is_not_revealed(self) -> None:
        assert SINGLE.reveal(choice("0", "0", "1"), {"o1": "x", "o2": "y"}, "o1")["correct"] is None

    def test_feedback_belongs_to_the_chosen_option(self) -> None:
        options = [
            {"text": "A", "fraction": "1", "feedback": "Yes."},
            {"text": "B", "fraction": "0", "feedback": "No."},
            {"text": "C", "fraction": "0", "feedback": "<p> </p>"},
        ]
        body = SINGLE.validate({"prompt": "Which?", "feedback": "Think.", "options": options})
        ids = {"o1": "x", "o2": "y", "o3": "z"}
        assert SINGLE.reveal(body, ids, "o2") == {
            "correct": {"choice": "x"},
            "feedback": ["No."],
            "general_feedback": "Think.",
        }
        assert SINGLE.reveal(body, ids, "o3")["feedback"] == []


class TestMultiple:
    def test_the_fractions_of_the_ticked_options_add_up(self) -> None:
        body = multiple("0.5", "0.3", "0.2", "-0.25")
        assert MULTIPLE.grade(body, ["o1", "o2"]) == Decimal("0.8")
        assert MULTIPLE.grade(body, ["o1", "o4"]) == Decimal("0.25")

    def test_the_sum_is_never_below_nothing(self) -> None:
        assert MULTIPLE.grade(multiple("1", "-1", "-0.5"), ["o2", "o3"]) == 0

    def test_the_sum_is_never_above_the_whole_mark(self) -> None:
        assert MULTIPLE.grade(multiple("0.5004", "0.5004", "0"), ["o1", "o2"]) == 1

    def test_ticking_all_is_no_way_to_the_whole_mark_where_wrong_ones_cost(self) -> None:
        assert MULTIPLE.grade(multiple("0.5", "0.5", "-0.5"), ["o1", "o2", "o3"]) == Decimal("0.5")

    @pytest.mark.parametrize("third", ["0.333", "0.33333", "0.3333333", "0.333333333333"])
    def test_three_thirds_are_the_whole_mark_however_they_were_rounded(self, third: str) -> None:
        body = multiple(third, third, third, "0")
        assert MULTIPLE.grade(body, ["o1", "o2", "o3"]) == 1
        assert MULTIPLE.grade(body, ["o1", "o2"]) == 2 * Decimal(third)
        assert MULTIPLE.grade(body, ["o4"]) == 0

    def test_nothing_ticked_is_an_answer_that_earns_nothing(self) -> None:
        body = multiple("1", "-1")
        ids = {"o1": "x", "o2": "y"}
        assert MULTIPLE.read(ids, {"choices": []}) == []
        assert MULTIPLE.read(ids, None) is None
        assert MULTIPLE.grade(body, None) == 0
        assert MULTIPLE.grade(body, []) == 0

    def test_the_correct_set_is_every_option_above_nothing(self) -> None:
        body = multiple("0.5", "0", "0.5", "-1")
        ids = {"o3": "c", "o1": "a", "o4": "d", "o2": "b"}
        assert MULTIPLE.reveal(body, ids, ["o1"])["correct"] == {"choices": ["c", "a"]}

    @pytest.mark.parametrize("fractions", [["0.5", "0.4"], ["1", "1"], ["0.99", "0"], ["0.5", "0.502"], ["0", "-1"]])
    def test_the_right_options_must_add_up_to_the_whole_mark(self, fractions: list[str]) -> None:
        options = [{"text": f"Option {place}", "fraction": fraction} for place, fraction in enumerate(fractions)]
        assert faults({"prompt": "Which?", "options": options}, "multiple_choice") == ["options"]

    def test_the_order_of_ticks_does_not_matter(self) -> None:
        ids = {"o2": "b", "o1": "a", "o3": "c"}
        assert (
            MULTIPLE.read(ids, {"choices": ["a", "b"]}) == MULTIPLE.read(ids, {"choices": ["b", "a"]}) == ["o2", "o1"]
        )

    @pytest.mark.parametrize("ticked", [["a", "a"], ["a", "nobody"], ["a", "b", "c", "a"], ["a"] * 1000])
    def test_a_tick_counts_once_and_for_an_option_that_there_is(self, ticked: list[str]) -> None:
        with pytest.raises(InvalidResponse):
            MULTIPLE.read({"o1": "a", "o2": "b", "o3": "c"}, {"choices": ticked})

    def test_the_feedback_of_every_ticked_option_is_earned(self) -> None:
        options = [{"text": text, "fraction": "0.5", "feedback": f"About {text}."} for text in "AB"]
        body = MULTIPLE.validate({"prompt": "Which?", "options": [*options, {"text": "C", "fraction": "0"}]})
        ids = {"o1": "a", "o2": "b", "o3": "c"}
        assert MULTIPLE.reveal(body, ids, ["o1", "o2", "o3"])["feedback"] == ["About A.", "About B."]


class TestOptions:
    def test_keys_are_made_once_and_kept(self) -> None:
        body = choice("1", "0", "0")
        assert [option.key for option in body.options] == ["o1", "o2", "o3"]
        edited = body.to_json()
        del edited["options"][1]
        edited["options"].append({"text": "New", "fraction": "0"})
        assert [option.key for option in SINGLE.validate(edited).options] == ["o1", "o3", "o2"]

    def test_a_key_that_is_made_is_not_one_that_there_is(self) -> None:
        options = [
            {"key": key, "text": text, "fraction": "1"} for key, text in zip(["", "o1", "", "o3"], "ABCD", strict=True)
        ]
        assert [option.key for option in SINGLE.validate({"prompt": "?", "options": options}).options] == [
            "o2", "o1", "o4", "o3",
        ]  # fmt: skip

    def test_a_single_choice_knows_no_scheme(self) -> None:
        options = [{"text": "A", "fraction": "1", "unticked": "0"}, {"text": "B", "fraction": "0"}]
        assert faults({"prompt": "?", "options": options, "scheme": "sum"}) == ["options.0.unticked", "scheme"]

    def test_two_options_cannot_share_a_key(self) -> None:
        options = [{"key": "a", "text": text, "fraction": "1"} for text in "AB"]
        assert faults({"prompt": "Which?", "options": options}) == ["options"]

    @pytest.mark.parametrize("key", ["A", "a b", "é", "a\n", "a" * 17, "../x"])
    def test_a_key_is_short_and_plain(self, key: str) -> None:
        options = [{"key": key, "text": "A", "fraction": "1"}, {"text": "B", "fraction": "0"}]
        assert faults({"prompt": "Which?", "options": options}) == ["options.0.key"]

    def test_two_options_cannot_say_the_same(self) -> None:
        options = [{"text": text, "fraction": "1"} for text in ("A", "B", "<i></i> A ", "A")]
        assert faults({"prompt": "Which?", "options": options}) == ["options.3.text"]
        assert choice("1", "0").options[0].text == "A"

    def test_options_that_differ_in_case_only_are_two(self) -> None:
        options = [{"text": "Co", "fraction": "1"}, {"text": "CO", "fraction": "0"}]
        assert len(SINGLE.validate({"prompt": "Cobalt?", "options": options}).options) == 2

    @pytest.mark.parametrize("count", [0, 1, 51])
    def test_there_are_2_to_50_options(self, count: int) -> None:
        options = [{"text": f"Option {place}", "fraction": "1"} for place in range(count)]
        assert faults({"prompt": "Which?", "options": options}) == ["options"]

    def test_faults_name_the_option_and_the_field(self) -> None:
        options: list[Any] = [
            {"text": "<img src=x>", "fraction": "1"},
            {"text": "B", "fraction": "2"},
            {"text": "C"},
            {"text": "D", "fraction": "0", "pinned": "yes"},
            {"text": 5, "fraction": "0"},
            "E",
        ]
        assert faults({"prompt": "Which?", "options": options, "shuffle": 1}) == [
            "options.0.text",
            "options.1.fraction",
            "options.2.fraction",
            "options.3.pinned",
            "options.4.text",
            "options.5",
            "shuffle",
        ]

    @pytest.mark.parametrize(
        "fraction",
        ["", "abc", "1.0001", "-1.1", "NaN", "Infinity", "1_0", "²", " 1", "١", "0,5", "1e999", True, 0.5, None],
    )
    def test_a_fraction_is_an_exact_number_between_minus_1_and_1(self, fraction: object) -> None:
        options = [{"text": "A", "fraction": "1"}, {"text": "B", "fraction": fraction}]
        assert faults({"prompt": "Which?", "options": options}) == ["options.1.fraction"]

    def test_a_fraction_has_at_most_12_decimals(self) -> None:
        options = [{"text": "A", "fraction": "1"}, {"text": "B", "fraction": "0.0000000000001"}]
        assert faults({"prompt": "Which?", "options": options}) == ["options.1.fraction"]


class TestOrder:
    def test_without_chance_the_order_is_the_author_s(self) -> None:
        assert SINGLE.arrange(choice("1", "0", "0"), random.Random(1), False) == ["o1", "o2", "o3"]

    def test_an_author_may_forbid_the_shuffle(self) -> None:
        body = choice(*["1"] * 10, shuffle=False)
        assert SINGLE.arrange(body, random.Random(1), True) == [f"o{place}" for place in range(1, 11)]

    def test_a_seed_gives_one_order_and_seeds_give_all(self) -> None:
        body = choice("1", "0", "0")
        orders = {tuple(SINGLE.arrange(body, random.Random(seed), True)) for seed in range(100)}
        assert len(orders) == 6
        assert SINGLE.arrange(body, random.Random(7), True) == SINGLE.arrange(body, random.Random(7), True)

    def test_pinned_options_keep_their_place(self) -> None:
        options = [{"text": text, "fraction": "1", "pinned": text in "BE"} for text in "ABCDE"]
        body = SINGLE.validate({"prompt": "Which?", "options": options})
        orders = {tuple(SINGLE.arrange(body, random.Random(seed), True)) for seed in range(100)}
        assert {(order[1], order[4]) for order in orders} == {("o2", "o5")}
        assert len(orders) == 6

    def test_options_are_shown_in_the_frozen_order(self) -> None:
        shown = SINGLE.present(choice("1", "0"), {"o2": "p7", "o1": "q3"})
        assert shown == {"prompt": "Which?", "options": [{"id": "p7", "text": "B"}, {"id": "q3", "text": "A"}]}

    def test_a_key_is_no_id_and_is_refused_from_outside(self) -> None:
        with pytest.raises(InvalidResponse):
            SINGLE.read({"o1": "p7", "o2": "q3"}, {"choice": "o1"})
