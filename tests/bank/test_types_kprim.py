"""Kprim: four statements, each judged true or false."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from examhall.bank.types.contract import InvalidResponse
from examhall.bank.types.kprim import Kprim, KprimBody
from examhall.errors import Invalid

KIND = Kprim()
IDS = {"r1": "w", "r2": "x", "r3": "y", "r4": "z"}


def asking(correct: str = "TTFF", **more: Any) -> KprimBody:
    """A body whose rows r1 to r4 are true or false, such as "TTFF"."""
    rows = [
        {"text": f"Row {place}", "correct": letter == "T", "feedback": f"On {place}"}
        for place, letter in enumerate(correct)
    ]
    return KIND.validate({"prompt": "True or false?", "rows": rows, **more})


def verdicts(letters: str) -> dict[str, bool] | None:
    """An inner response, such as "TT-F" for one that leaves the third row open."""
    return {f"r{place}": letter == "T" for place, letter in enumerate(letters, start=1) if letter != "-"} or None


def faults(**data: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        asking(**data)
    return [error.field for error in refused.value.errors]


@pytest.mark.parametrize(
    ("given", "kprim", "every_decision", "all_or_nothing"),
    [
        ("TTFF", "1", "1", "1"),
        ("TTFT", "0.5", "0.75", "0"),
        ("FTFF", "0.5", "0.75", "0"),
        ("TTF-", "0.5", "0.75", "0"),
        ("TTTT", "0", "0.5", "0"),
        ("TT--", "0", "0.5", "0"),
        ("T---", "0", "0.25", "0"),
        ("FFTT", "0", "0", "0"),
        ("----", "0", "0", "0"),
    ],
)
def test_right_verdicts_earn_what_the_scheme_says(
    given: str, kprim: str, every_decision: str, all_or_nothing: str
) -> None:
    expected = {"kprim": kprim, "every_decision": every_decision, "all_or_nothing": all_or_nothing}
    for scheme, fraction in expected.items():
        assert KIND.grade(asking(scheme=scheme), verdicts(given)) == Decimal(fraction)


@pytest.mark.parametrize("scheme", ["kprim", "every_decision", "all_or_nothing"])
def test_guessing_earns_the_mean_of_all_sixteen_ways(scheme: str) -> None:
    body = asking("TFFT", scheme=scheme)
    ways = [KIND.grade(body, verdicts("".join(way))) for way in product("TF", repeat=4)]
    assert KIND.guess(body) == sum(ways, Decimal(0)) / 16


def test_the_classic_scheme_is_meant_where_none_is_named() -> None:
    assert asking().scheme == "kprim"


@pytest.mark.parametrize("correct", ["", "TTF", "TTFFT"])
def test_there_are_exactly_four_rows(correct: str) -> None:
    assert faults(correct=correct) == ["rows"]


def test_two_rows_cannot_say_the_same() -> None:
    rows = [{"text": text, "correct": True} for text in ("a", "b", "c", " a ")]
    assert faults(rows=rows) == ["rows.3.text"]


def test_a_row_is_true_or_false_and_nothing_like_it() -> None:
    rows = [{"text": str(place), "correct": correct} for place, correct in enumerate([1, "true", None, True])]
    assert faults(rows=rows) == ["rows.0.correct", "rows.1.correct", "rows.2.correct"]


def test_labels_are_plain_and_tell_the_verdicts_apart() -> None:
    body = asking(true_label=" <b>fits</b> ", false_label="does  not")
    assert KIND.present(body, IDS)["labels"] == {"true": "<b>fits</b>", "false": "does not"}
    assert KIND.present(asking(), IDS)["labels"] == {"true": "", "false": ""}
    assert faults(true_label="yes", false_label="yes") == ["false_label"]
    assert faults(true_label="y" * 201) == ["true_label"]
    assert faults(true_label="a\0") == ["true_label"]
    assert faults(false_label=5) == ["false_label"]


def test_rows_are_shown_in_the_frozen_order_without_their_key() -> None:
    shown = KIND.present(asking(), {"r3": "y", "r1": "w"})
    assert shown["rows"] == [{"id": "y", "text": "Row 2"}, {"id": "w", "text": "Row 0"}]


def test_pinned_rows_keep_their_place() -> None:
    rows = [{"text": text, "correct": True, "pinned": text == "d"} for text in "abcd"]
    body = asking(rows=rows)
    orders = {tuple(KIND.arrange(body, random.Random(seed), True)) for seed in range(100)}
    assert {order[3] for order in orders} == {"r4"}
    assert len(orders) == 6
    assert KIND.arrange(body, random.Random(1), False) == ["r1", "r2", "r3", "r4"]
    assert KIND.arrange(asking(shuffle=False), random.Random(1), True) == ["r1", "r2", "r3", "r4"]


def test_some_verdicts_may_be_missing_and_none_at_all_is_blank() -> None:
    assert KIND.read(IDS, {"rows": {"y": False, "w": True}}) == {"r1": True, "r3": False}
    assert KIND.read(IDS, {"rows": {}}) is None


@pytest.mark.parametrize(
    "rows", [{"w": 1}, {"w": None}, {"w": "true"}, {"r1": True}, {"nobody": True}, [True] * 4, "w"]
)
def test_a_verdict_is_on_a_row_and_true_or_false(rows: Any) -> None:
    with pytest.raises(InvalidResponse):
        KIND.read(IDS, {"rows": rows})


def test_feedback_belongs_to_the_rows_that_were_decided() -> None:
    told = KIND.reveal(asking(feedback="All."), IDS, {"r2": True, "r4": True})
    assert told == {
        "correct": {"rows": {"w": True, "x": True, "y": False, "z": False}},
        "feedback": ["On 1", "On 3"],
        "general_feedback": "All.",
    }
