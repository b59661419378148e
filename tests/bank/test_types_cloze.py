"""Texts with gaps, rule by rule (reference semantics §2.2)."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from examhall.bank.types.cloze import Cloze, ClozeBody
from examhall.bank.types.contract import InvalidResponse
from examhall.errors import Invalid

KIND = Cloze()
WORD: dict[str, Any] = {"kind": "short_text", "answers": [{"text": "Lis*", "fraction": "1", "feedback": "City."}]}
NUMBER: dict[str, Any] = {"kind": "numeric", "answers": [{"value": "5", "tolerance": "1", "fraction": "1"}]}


def choice(*fractions: str, kind: str = "choice", **more: Any) -> dict[str, Any]:
    """A gap whose options A, B, C … have these fractions and say so in their feedback."""
    options = [
        {"text": "ABCDEFGHIJ"[place], "fraction": fraction, "feedback": f"About {'ABCDEFGHIJ'[place]}."}
        for place, fraction in enumerate(fractions)
    ]
    return {"kind": kind, "options": options} | more


def text(*gaps: dict[str, Any], **more: Any) -> ClozeBody:
    prompt = " ".join(f"{{#{number}}}" for number in range(1, len(gaps) + 1))
    return KIND.validate({"prompt": prompt, "gaps": list(gaps)} | more)


def frozen(body: ClozeBody, seed: int = 1) -> dict[str, str]:
    """An arrangement whose opaque ids are the keys between brackets."""
    return {key: f"<{key}>" for key in KIND.arrange(body, random.Random(seed), True)}


def earned(body: ClozeBody, **gaps: Any) -> Decimal:
    """What a response earns; `g1` is the gap 1."""
    response = {"gaps": {name[1:]: given for name, given in gaps.items()}}
    return KIND.grade(body, KIND.read(frozen(body), response))


def faults(*gaps: Any, **more: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        text(*gaps, **more)
    return [error.field for error in refused.value.errors]


class TestGrading:
    def test_every_gap_counts_by_its_weight(self) -> None:
        body = text(WORD | {"weight": 3}, NUMBER)
        assert earned(body, g1={"text": "Lisboa"}, g2={"number": "6"}) == 1
        assert earned(body, g1={"text": "Lisbon"}) == Decimal("0.75")
        assert earned(body, g2={"number": "4"}) == Decimal("0.25")

    def test_a_weight_is_1_unless_it_is_given(self) -> None:
        assert [gap.weight for gap in text(WORD, NUMBER | {"weight": 0}).gaps] == [1, 0]

    def test_a_gap_of_words_is_graded_as_short_text(self) -> None:
        half = [{"text": "Lisbon", "fraction": "1"}, {"text": "L*", "fraction": "0.5"}]
        body = text(WORD | {"answers": half, "case_sensitive": True})
        assert [earned(body, g1={"text": word}) for word in (" Lisbon ", "Lagos", "lisbon")] == [1, Decimal("0.5"), 0]
        pattern = text(WORD | {"answers": [{"text": "[Cc]olou?r", "pattern": True, "fraction": "1"}]})
        assert earned(pattern, g1={"text": "Color"}) == 1

    def test_a_gap_of_numbers_is_graded_as_numeric(self) -> None:
        assert [earned(text(NUMBER), g1={"number": number}) for number in ("4", "6.0", "6.01", "5e0")] == [1, 1, 0, 1]
        exact = text(NUMBER | {"answers": [{"low": "1", "high": "2", "tolerance_type": "range", "fraction": "1"}]})
        assert earned(exact, g1={"number": "2"}) == 1

    def test_a_choice_earns_its_fraction_which_may_cost(self) -> None:
        body = text(choice("1", "-0.5", "0.25"), NUMBER)
        assert earned(body, g1={"choice": "<1.o1>"}) == Decimal("0.5")
        assert earned(body, g1={"choice": "<1.o2>"}) == Decimal("-0.25")
        assert earned(body, g1={"choice": "<1.o3>"}, g2={"number": "5"}) == Decimal("0.625")
        assert KIND.bounds(body) == (Decimal("-0.25"), 1)

    def test_an_unanswered_gap_earns_nothing_rather_than_its_penalty(self) -> None:
        body = text(choice("1", "-1"), NUMBER)
        assert earned(body, g2={"number": "5"}) == Decimal("0.5")
        assert KIND.grade(body, None) == 0

    @pytest.mark.parametrize(
        ("fractions", "ticked", "expected"),
        [
            (["0.25", "0.25", "0"], ["o1", "o2"], "1"),
            (["0.25", "0.25", "0"], ["o1"], "0.5"),
            (["1", "1", "-1"], ["o1"], "0.5"),
            (["1", "1", "-1"], ["o1", "o2"], "1"),
            (["1", "1", "-1"], ["o1", "o2", "o3"], "0"),
            (["0.5", "0.5", "-0.5"], ["o1", "o2", "o3"], "0.5"),
            (["0.3", "0", "-0.25"], ["o1", "o3"], "0.75"),
            (["1", "-1", "-1"], ["o2", "o3"], "0"),
            (["0.3333333", "0.3333333", "0.3333333"], ["o1", "o2", "o3"], "1"),
            (["1", "-1"], [], "0"),
        ],
    )
    def test_ticks_are_summed_after_the_right_ones_are_rescaled_to_1(
        self, fractions: list[str], ticked: list[str], expected: str
    ) -> None:
        body = text(choice(*fractions, kind="multiple"))
        assert earned(body, g1={"choices": [f"<1.{key}>" for key in ticked]}) == Decimal(expected)

    def test_a_response_to_another_kind_of_gap_earns_nothing_after_the_question_changed(self) -> None:
        assert KIND.grade(text(NUMBER), {"1": {"text": "5"}, "2": {"text": "x"}}) == 0


class TestReading:
    def test_blank_gaps_are_left_out_and_all_blank_is_no_answer(self) -> None:
        body = text(WORD, NUMBER, choice("1", "0", kind="multiple"))
        blank = {"1": {"text": " "}, "2": {"number": ""}, "3": {"choices": []}, "4": None}
        assert KIND.read(frozen(body), {"gaps": blank}) is None
        assert KIND.read(frozen(body), {"gaps": blank | {"2": {"number": "0"}}}) == {"2": {"number": "0"}}

    @pytest.mark.parametrize(
        "gaps",
        [None, [], "1", {"0": None}, {"01": None}, {"x": None}, {"1000": None}, {1: None}, {"1": "Lisbon"}, {"1": {}},
         {"1": {"text": "a", "number": "1"}}, {"1": {"value": True}}, {"1": {"text": 5}}, {"1": {"number": "five"}},
         {"1": {"choice": "<2.o1>"}}, {"2": {"text": "A"}}, {"2": {"choice": "o1"}}, {"2": {"choice": "2.o1"}},
         {"3": {"choices": ["<2.o1>"]}}, {"3": {"choices": ["<3.o1>", "<3.o1>"]}}, {"1": {"number": "1", "unit": "m"}},
         {str(number): None for number in range(1, 102)}],
    )  # fmt: skip
    def test_what_is_no_response_to_these_gaps_is_refused(self, gaps: object) -> None:
        body = text(WORD, choice("1", "0"), choice("1", "0", kind="multiple"))
        with pytest.raises(InvalidResponse):
            KIND.read(frozen(body), {"gaps": gaps})


class TestPresentation:
    def test_gaps_are_shown_in_the_order_of_the_text_without_their_key(self) -> None:
        body = text(WORD, choice("1", "0", display="radio_row"), NUMBER, prompt="<p>{#3} of {#2}, {#1}</p>")
        shown = KIND.present(body, frozen(body))
        assert shown["prompt"] == "<p>{#3} of {#2}, {#1}</p>"
        assert shown["gaps"] == [
            {"gap": "3", "kind": "numeric", "display": "text", "size": 10},
            {"gap": "2", "kind": "choice", "display": "radio_row", "size": None,
             "options": [{"id": "<2.o1>", "text": "A"}, {"id": "<2.o2>", "text": "B"}]},
            {"gap": "1", "kind": "short_text", "display": "text", "size": 20},
        ]  # fmt: skip

    def test_a_field_is_as_wide_for_a_long_answer_as_for_a_short_one(self) -> None:
        long = text(WORD | {"answers": [{"text": "a" * 100, "fraction": "1"}]})
        assert KIND.present(long, {})["gaps"] == KIND.present(text(WORD), {})["gaps"]

    def test_options_are_shuffled_only_where_the_author_says_so(self) -> None:
        still, loose = choice(*"10000"), choice(*"10000", shuffle=True)
        orders = {tuple(KIND.arrange(text(still, loose), random.Random(seed), True)) for seed in range(20)}
        assert {order[:5] for order in orders} == {("1.o1", "1.o2", "1.o3", "1.o4", "1.o5")}
        assert len({order[5:] for order in orders}) > 10
        assert KIND.arrange(text(loose), random.Random(1), False) == ["1.o1", "1.o2", "1.o3", "1.o4", "1.o5"]

    def test_gap_12_is_not_taken_for_gap_1(self) -> None:
        gaps = [choice("1", "0") for _ in range(12)]
        body = text(*gaps)
        shown = {gap["gap"]: gap["options"] for gap in KIND.present(body, frozen(body))["gaps"]}
        assert [option["id"] for option in shown["1"]] == ["<1.o1>", "<1.o2>"]
        assert [option["id"] for option in shown["12"]] == ["<12.o1>", "<12.o2>"]


class TestRevelation:
    def test_it_tells_of_every_gap_and_gives_the_feedback_that_was_earned(self) -> None:
        body = text(
            WORD | {"answers": [{"text": "Lisbon", "fraction": "1", "feedback": "City."}]},
            choice("1", "0"),
            prompt="{#2} {#1}",
            feedback="All.",
        )
        inner = KIND.read(frozen(body), {"gaps": {"1": {"text": "lisbon"}, "2": {"choice": "<2.o2>"}}})
        assert KIND.reveal(body, frozen(body), inner) == {
            "correct": {"gaps": {"2": {"choice": "<2.o1>"}, "1": {"text": "Lisbon"}}},
            "feedback": ["About B.", "City."],
            "general_feedback": "All.",
        }

    def test_a_gap_that_anything_fills_is_left_out_of_what_is_correct(self) -> None:
        anything = WORD | {"answers": [{"text": "*", "fraction": "1"}]}
        assert KIND.reveal(text(anything, NUMBER), {}, None)["correct"] == {"gaps": {"2": {"number": "5"}}}
        assert KIND.reveal(text(anything), {}, None)["correct"] is None
        assert KIND.full(text(anything, NUMBER)) is None

    def test_guessing_is_worth_the_mean_of_the_gaps(self) -> None:
        body = text(choice("1", "0", "0", "0") | {"weight": 2}, WORD)
        assert KIND.guess(body) == Decimal("0.5") / 3
        assert KIND.guess(text(WORD, choice("1", "0", kind="multiple"))) is None

    def test_a_full_response_fills_every_gap(self) -> None:
        body = text(NUMBER, choice("0", "1"), choice("0.2", "0", "0.2", kind="multiple"))
        full = KIND.full(body)
        assert full == {"1": {"number": "5"}, "2": {"choice": "o2"}, "3": {"choices": ["o1", "o3"]}}
        assert KIND.grade(body, full) == 1


class TestAuthoring:
    @pytest.mark.parametrize(
        ("prompt", "field"),
        [
            ("{#1}", "gaps.1.key"),
            ("{#1} {#2} {#1}", "prompt"),
            ("{#1} {#2} {#3}", "prompt"),
            ("{#1} {#2} {#02}", "prompt"),
            (r"{#1} \(x_{#2}\)", "prompt"),
            (r"{#1} \[ {#2} \]", "prompt"),
            ('{#1} <p lang="{#2}">x</p>', "gaps.1.key"),
            ("{#1} {# 2}", "gaps.1.key"),
        ],
    )
    def test_every_gap_has_one_place_in_the_text_and_every_place_one_gap(self, prompt: str, field: str) -> None:
        assert faults(WORD, NUMBER, prompt=prompt) == [field]

    def test_places_tell_gaps_with_keys_of_their_own(self) -> None:
        body = text(NUMBER | {"key": "7"}, WORD, prompt="{#7} and {#1}")
        assert [gap.key for gap in body.gaps] == ["7", "1"]
        assert faults(NUMBER | {"key": "1"}, WORD | {"key": "1"}, prompt="{#1}") == ["gaps"]

    @pytest.mark.parametrize("key", ["0", "a", "1000", "-1", "1.5", 1])
    def test_a_key_is_a_number_from_1_to_999(self, key: object) -> None:
        assert faults(WORD | {"key": key}) == ["gaps.0.key"]

    @pytest.mark.parametrize(
        ("gap", "fields"),
        [
            ({}, ["gaps.0"]),
            (5, ["gaps.0"]),
            ({"kind": "essay"}, ["gaps.0"]),
            ({"kind": "short_text"}, ["gaps.0.answers"]),
            ({"kind": "short_text", "answers": []}, ["gaps.0.answers"]),
            (
                WORD | {"answers": [{"text": "", "fraction": "2"}]},
                ["gaps.0.answers.0.text", "gaps.0.answers.0.fraction"],
            ),
            (WORD | {"answers": [{"text": "a", "fraction": "0.5"}]}, ["gaps.0.answers"]),
            (NUMBER | {"answers": [{"value": "x", "fraction": "1"}]}, ["gaps.0.answers.0.value"]),
            (NUMBER | {"answers": [{"value": "1", "unit": "m", "fraction": "1"}]}, ["gaps.0.answers.0.unit"]),
            (NUMBER | {"options": []}, ["gaps.0.options"]),
            (choice("1"), ["gaps.0.options"]),
            (choice("0.5", "0.5"), ["gaps.0.options"]),
            (choice("0", "-1", kind="multiple"), ["gaps.0.options"]),
            (choice("1", "0", display="checkbox"), ["gaps.0.display"]),
            (choice("1", "0", kind="multiple", display="dropdown"), ["gaps.0.display"]),
            (WORD | {"weight": -1}, ["gaps.0.weight"]),
            (WORD | {"weight": "1"}, ["gaps.0.weight"]),
            (WORD | {"weight": 0}, ["gaps"]),
            (choice("1", "0") | {"options": [{"text": "A", "fraction": "1"}] * 2}, ["gaps.0.options.1.text"]),
        ],
    )
    def test_a_fault_names_the_gap_and_the_field(self, gap: Any, fields: list[str]) -> None:
        assert faults(gap) == fields

    def test_there_is_a_gap_and_not_more_than_a_hundred(self) -> None:
        assert faults(prompt="No gap.") == ["gaps"]
        assert len(text(*[WORD] * 100).gaps) == 100
        assert "gaps" in faults(*[WORD] * 101)
