"""Matching and ordering, rule by rule (reference semantics §2.2)."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from examhall.bank.types import type_named
from examhall.bank.types.contract import InvalidResponse
from examhall.bank.types.matching import Matching, MatchingBody
from examhall.bank.types.ordering import Ordering, OrderingBody
from examhall.errors import Invalid

MATCHING, ORDERING = Matching(), Ordering()
IDS = {"s.s1": "p", "s.s2": "q", "c.c2": "x", "c.c3": "y", "c.c1": "z"}


def capitals(*choices: str, **more: Any) -> MatchingBody:
    """A body with a stem for each of these keys of choices, and three choices."""
    stems = [{"text": f"Stem {place}", "choice": choice} for place, choice in enumerate(choices)]
    return MATCHING.validate(
        {"prompt": "Match.", "stems": stems, "choices": [{"text": text} for text in ("Rome", "Paris", "Bern")], **more}
    )


def steps(count: int, scheme: str = "exact") -> OrderingBody:
    items = [{"text": f"Step {number}"} for number in range(1, count + 1)]
    return ORDERING.validate({"prompt": "In which order?", "items": items, "scheme": scheme})


def faults(kind: str, **data: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        type_named(kind).validate({"prompt": "So?", **data})
    return [error.field for error in refused.value.errors]


class TestMatching:
    @pytest.mark.parametrize(
        ("matches", "expected"),
        [
            ({"s1": "c1", "s2": "c2", "s3": "c1", "s4": "c3"}, "1"),
            ({"s1": "c1", "s2": "c2", "s3": "c1"}, "0.75"),
            ({"s1": "c1", "s2": "c1", "s3": "c1", "s4": "c1"}, "0.5"),
            ({"s1": "c2", "s2": "c1"}, "0"),
            (None, "0"),
        ],
    )
    def test_each_right_pair_earns_its_share(self, matches: dict[str, str] | None, expected: str) -> None:
        assert MATCHING.grade(capitals("c1", "c2", "c1", "c3"), matches) == Decimal(expected)

    def test_three_right_thirds_are_the_whole_mark(self) -> None:
        assert MATCHING.grade(capitals("c1", "c2", "c3"), {"s1": "c1", "s2": "c2", "s3": "c3"}) == 1

    def test_a_choice_that_no_stem_names_is_shown_with_the_others(self) -> None:
        shown = MATCHING.present(capitals("c1", "c2"), IDS)
        assert shown == {
            "prompt": "Match.",
            "stems": [{"id": "p", "text": "Stem 0"}, {"id": "q", "text": "Stem 1"}],
            "choices": [{"id": "x", "text": "Paris"}, {"id": "y", "text": "Bern"}, {"id": "z", "text": "Rome"}],
        }

    def test_choices_are_always_shuffled_and_stems_if_wanted(self) -> None:
        body, fixed = capitals("c1", "c2", "c3"), capitals("c1", "c2", "c3", shuffle=False)
        for given, shuffle, stem_orders in ((body, True, 6), (body, False, 1), (fixed, True, 1)):
            orders = [MATCHING.arrange(given, random.Random(seed), shuffle) for seed in range(200)]
            assert len({tuple(order[:3]) for order in orders}) == stem_orders
            assert len({tuple(order[3:]) for order in orders}) == 6, "their authored order may be the key"
            assert {key[:2] for order in orders for key in order[:3]} == {"s."}

    def test_a_response_names_stems_and_choices_as_they_were_shown(self) -> None:
        assert MATCHING.read(IDS, {"matches": {"q": "z", "p": "x"}}) == {"s1": "c2", "s2": "c1"}
        assert MATCHING.read(IDS, {"matches": {"q": "z"}}) == {"s2": "c1"}
        assert MATCHING.read(IDS, {"matches": {}}) is None

    @pytest.mark.parametrize(
        "matches",
        [{"x": "p"}, {"p": "q"}, {"x": "y"}, {"s1": "c1"}, {"s.s1": "c.c1"}, {"p": ["x"]}, {"p": None}, ["x"]],
    )
    def test_a_choice_is_no_stem_and_a_key_is_no_id(self, matches: Any) -> None:
        with pytest.raises(InvalidResponse):
            MATCHING.read(IDS, {"matches": matches})

    def test_the_right_pairs_are_revealed_as_they_would_be_sent(self) -> None:
        told = MATCHING.reveal(capitals("c1", "c2", feedback="See the map."), IDS, {"s1": "c2"})
        assert told == {
            "correct": {"matches": {"p": "z", "q": "x"}},
            "feedback": [],
            "general_feedback": "See the map.",
        }

    def test_what_this_candidate_never_saw_is_not_revealed(self) -> None:
        assert MATCHING.reveal(capitals("c1"), {"s.s1": "p", "c.c2": "x"}, None)["correct"] is None

    def test_guessing_finds_one_choice_in_all(self) -> None:
        assert MATCHING.guess(capitals("c1", "c2")) == Decimal(1) / 3

    def test_every_stem_names_a_choice_that_there_is(self) -> None:
        choices = [{"key": "a", "text": "A"}, {"key": "b", "text": "B"}]
        stems = [{"text": "1", "choice": "c"}, {"text": "2"}, {"text": "3", "choice": "A"}]
        assert faults("matching", stems=stems, choices=choices) == ["stems.1.choice", "stems.2.choice"]
        assert faults("matching", stems=stems[:1], choices=choices) == ["stems.0.choice"]

    def test_no_two_stems_and_no_two_choices_say_the_same(self) -> None:
        choices = [{"text": text} for text in ("A", "B", "A")]
        stems = [{"text": text, "choice": "c1"} for text in ("1", "1")]
        assert faults("matching", stems=stems, choices=choices) == ["stems.1.text", "choices.2.text"]

    def test_there_is_a_stem_and_something_to_choose(self) -> None:
        assert faults("matching", stems=[], choices=[{"text": "A"}]) == ["stems", "choices"]
        many = [{"text": str(number), "choice": "c1"} for number in range(101)]
        assert faults("matching", stems=many[:51], choices=[{"text": stem["text"]} for stem in many]) == [
            "stems",
            "choices",
        ]


class TestOrdering:
    @pytest.mark.parametrize(
        ("given", "exact", "adjacent", "position"),
        [
            ("12345", "1", "1", "1"),
            ("21345", "0", "0.5", "0.6"),
            ("23451", "0", "0.75", "0"),
            ("54321", "0", "0", "0.2"),
            ("12354", "0", "0.5", "0.6"),
            ("13524", "0", "0", "0.2"),
            ("", "0", "0", "0"),
        ],
    )
    def test_an_order_earns_what_the_scheme_says(self, given: str, exact: str, adjacent: str, position: str) -> None:
        response = [f"i{number}" for number in given] or None
        for scheme, fraction in (("exact", exact), ("adjacent", adjacent), ("position", position)):
            assert ORDERING.grade(steps(5, scheme), response) == Decimal(fraction)

    @pytest.mark.parametrize("scheme", ["exact", "adjacent", "position"])
    @pytest.mark.parametrize("count", [2, 3, 5])
    def test_guessing_earns_the_mean_of_all_orders(self, count: int, scheme: str) -> None:
        body = steps(count, scheme)
        earned = [ORDERING.grade(body, list(order)) for order in permutations(ORDERING.full(body))]
        assert abs(ORDERING.guess(body) - sum(earned, Decimal(0)) / len(earned)) < Decimal("1e-20")

    def test_the_authored_order_is_the_key_so_it_is_always_left_to_chance(self) -> None:
        body = steps(3)
        for shuffle in (True, False):
            orders = {tuple(ORDERING.arrange(body, random.Random(seed), shuffle)) for seed in range(100)}
            assert len(orders) == 6

    def test_a_mended_order_is_shown_by_the_same_chance(self) -> None:
        body = steps(4)
        mended = ORDERING.validate(body.to_json() | {"items": body.to_json()["items"][::-1]})
        orders = [ORDERING.arrange(given, random.Random(3), True) for given in (body, mended)]
        assert orders[0] == orders[1]
        assert ORDERING.grade(mended, ["i4", "i3", "i2", "i1"]) == 1

    @pytest.mark.parametrize(
        "order", [["p"], ["p", "q", "r", "p"], ["p", "p", "q"], ["p", "q", "i3"], "pqr", [], {"p": 1}]
    )
    def test_a_response_holds_every_item_once(self, order: Any) -> None:
        with pytest.raises(InvalidResponse):
            ORDERING.read({"i2": "p", "i3": "q", "i1": "r"}, {"order": order})

    def test_a_response_is_read_in_its_own_order(self) -> None:
        ids = {"i2": "p", "i3": "q", "i1": "r"}
        assert ORDERING.read(ids, {"order": ["r", "q", "p"]}) == ["i1", "i3", "i2"]
        assert ORDERING.reveal(steps(3), ids, None)["correct"] == {"order": ["r", "p", "q"]}
        assert [item["id"] for item in ORDERING.present(steps(3), ids)["items"]] == ["p", "q", "r"]

    @pytest.mark.parametrize("count", [0, 1, 21])
    def test_there_are_2_to_20_items(self, count: int) -> None:
        assert faults("ordering", items=[{"text": str(number)} for number in range(count)]) == ["items"]

    def test_no_two_items_say_the_same_and_the_scheme_is_known(self) -> None:
        assert faults("ordering", items=[{"text": "a"}, {"text": "a"}]) == ["items.1.text"]
        assert faults("ordering", items=[{"text": "a"}, {"text": "b"}], scheme="longest") == ["scheme"]
        assert faults("ordering", items=[{"key": "a", "text": "a"}, {"key": "a", "text": "b"}]) == ["items"]
