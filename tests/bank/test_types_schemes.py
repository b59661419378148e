"""How ticks become a fraction: the schemes of multiple choice, case by case (reference semantics §2.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examhall.bank.types.choice import MultipleBody, MultipleChoice
from examhall.errors import Invalid

KIND = MultipleChoice()
Points = list[tuple[str, str]]


def asking(scheme: str, *options: str | tuple[str, str]) -> MultipleBody:
    """A body whose options o1, o2, … have these fractions: ticked, or ticked and left."""
    pairs = [(option, "0") if isinstance(option, str) else option for option in options]
    parts = [
        {"text": f"Option {place}", "fraction": ticked, "unticked": left} for place, (ticked, left) in enumerate(pairs)
    ]
    return KIND.validate({"prompt": "Which?", "options": parts, "scheme": scheme})


def earned(body: MultipleBody, ticked: str) -> Decimal:
    """What ticking the options of these numbers earns, such as "13"."""
    grade = KIND.grade(body, [f"o{number}" for number in ticked])
    assert grade is not None
    return grade


def faults(scheme: str, *options: str | tuple[str, str]) -> list[str]:
    with pytest.raises(Invalid) as refused:
        asking(scheme, *options)
    return [error.field for error in refused.value.errors]


@pytest.mark.parametrize(
    ("ticked", "expected"),
    [
        ("", "0"), ("1", "0.5"), ("12", "1"), ("13", "0"), ("123", "0.5"), ("1234", "0"), ("3", "0"), ("34", "0"),
        ("124", "0.5"),
    ],
)  # fmt: skip
def test_canvas_takes_wrong_ticks_from_right_ones(ticked: str, expected: str) -> None:
    """points * (right - wrong) / right options, never below nothing."""
    assert earned(asking("right_minus_wrong", "0.5", "0.5", "0", "-1"), ticked) == Decimal(expected)


def test_canvas_looks_at_right_and_wrong_only_not_at_how_much() -> None:
    assert earned(asking("right_minus_wrong", "0.01", "1", "0.2", "-0.1"), "12") == Decimal(2) / 3


@pytest.mark.parametrize(
    ("ticked", "expected"),
    [("", "0.5"), ("1", "0.75"), ("12", "1"), ("13", "0.5"), ("34", "0"), ("1234", "0.5"), ("124", "0.75")],
)
def test_edx_counts_every_decision(ticked: str, expected: str) -> None:
    """Options that are rightly ticked or rightly left / options."""
    assert earned(asking("every_decision", "0.5", "0.5", "0", "-1"), ticked) == Decimal(expected)


@pytest.mark.parametrize(
    ("options", "ticked", "expected"),
    [
        # Points for right ticks only, as in a sum; the most is 0.4 + 0.4.
        ([("0.4", "0"), ("0.4", "0"), ("0", "0")], "12", "1"),
        ([("0.4", "0"), ("0.4", "0"), ("0", "0")], "1", "0.5"),
        ([("0.4", "0"), ("0.4", "0"), ("0", "0")], "", "0"),
        # Points for leaving what is wrong: an empty answer earns some of them.
        ([("0.5", "0"), ("0", "0.5")], "", "0.5"),
        ([("0.5", "0"), ("0", "0.5")], "1", "1"),
        ([("0.5", "0"), ("0", "0.5")], "12", "0.5"),
        ([("0.5", "0"), ("0", "0.5")], "2", "0"),
        # Points lost on either side are never more than all.
        ([("1", "-0.5"), ("-0.5", "0.25")], "1", "1"),
        ([("1", "-0.5"), ("-0.5", "0.25")], "12", "0.4"),
        ([("1", "-0.5"), ("-0.5", "0.25")], "", "0"),
        ([("1", "-0.5"), ("-0.5", "0.25")], "2", "0"),
        # Nothing to tick at all: "none of them" is the whole mark.
        ([("0", "0.5"), ("-1", "0.5")], "", "1"),
        ([("0", "0.5"), ("-1", "0.5")], "1", "0.5"),
        # What earns the same either way is in the most that can be had.
        ([("1", "0"), ("1", "1")], "1", "1"),
        ([("1", "0"), ("1", "1")], "12", "1"),
        ([("1", "0"), ("1", "1")], "2", "0.5"),
    ],
)  # fmt: skip
def test_ilias_gives_points_for_ticking_and_for_leaving(options: Points, ticked: str, expected: str) -> None:
    """Points of what is ticked and of what is left / the sum of the better of both, from 0 to 1."""
    assert earned(asking("ticked_unticked", *options), ticked) == Decimal(expected)


@pytest.mark.parametrize(("ticked", "expected"), [("", 0), ("1", 0), ("12", 1), ("123", 0), ("3", 0)])
def test_all_or_nothing_takes_exactly_the_right_ones(ticked: str, expected: int) -> None:
    assert earned(asking("all_or_nothing", "0.5", "0.1", "0"), ticked) == expected


@pytest.mark.parametrize("scheme", ["every_decision", "all_or_nothing"])
def test_none_of_them_can_be_the_whole_mark(scheme: str) -> None:
    body = asking(scheme, "0", "-1")
    assert earned(body, "") == 1
    assert KIND.full(body) == []
    assert KIND.reveal(body, {"o1": "x", "o2": "y"}, None)["correct"] == {"choices": []}


@pytest.mark.parametrize("scheme", ["sum", "right_minus_wrong", "every_decision", "ticked_unticked", "all_or_nothing"])
def test_no_answer_is_not_the_answer_none_of_them(scheme: str) -> None:
    body = asking(scheme, ("1", "0"), ("0", "1"))
    ids = {"o1": "x", "o2": "y"}
    assert KIND.read(ids, None) is None
    assert KIND.grade(body, None) == 0
    assert KIND.read(ids, {"choices": []}) == []
    expected = {"every_decision": Decimal("0.5"), "ticked_unticked": Decimal("0.5")}.get(scheme, Decimal(0))
    assert KIND.grade(body, []) == expected


@pytest.mark.parametrize(
    ("scheme", "offered"),
    [
        ("sum", False), ("right_minus_wrong", False), ("every_decision", True), ("ticked_unticked", True),
        ("all_or_nothing", True),
    ],
)  # fmt: skip
def test_none_of_them_is_offered_by_scheme_and_never_by_key(scheme: str, offered: bool) -> None:
    """Whether something is right must not show before the release."""
    bodies = [asking(scheme, ("1", "0"), ("0", "1"))]
    if scheme in ("every_decision", "all_or_nothing"):
        bodies.append(asking(scheme, "0", "0"))
    shown = [KIND.present(body, {"o1": "x", "o2": "y"})["none_allowed"] for body in bodies]
    assert shown == [offered] * len(bodies)


@pytest.mark.parametrize("scheme", ["right_minus_wrong", "every_decision", "ticked_unticked", "all_or_nothing"])
def test_fractions_need_not_add_up_where_nothing_is_added(scheme: str) -> None:
    assert asking(scheme, "1", "1", "0").scheme == scheme
    assert faults("sum", "1", "1", "0") == ["options"]


def test_a_scheme_must_leave_something_to_earn() -> None:
    assert faults("right_minus_wrong", "0", "-1") == ["options"]
    assert faults("ticked_unticked", "0", "-1") == ["options"]
    assert faults("ticked_unticked", "0.5", ("-1", "-0.5")) == ["options"]
    assert faults("sum", "0", "-1") == ["options"]


@pytest.mark.parametrize("scheme", ["", "canvas", "Sum", None, 1])
def test_an_unknown_scheme_is_refused(scheme: Any) -> None:
    assert faults(scheme, "1", "0") == ["scheme"]


def test_only_what_is_ticked_or_left_counts_a_fraction_for_leaving() -> None:
    assert earned(asking("sum", ("1", "1"), ("0", "1")), "") == 0
    assert faults("ticked_unticked", ("1", "2"), "0") == ["options.0.unticked"]


def test_a_body_without_a_scheme_is_a_sum() -> None:
    parts = [{"text": "A", "fraction": "1"}, {"text": "B", "fraction": "0"}]
    body = KIND.validate({"prompt": "Which?", "options": parts})
    assert (body.scheme, body.options[0].unticked) == ("sum", 0)


@given(st.lists(st.booleans(), min_size=2, max_size=8), st.data())
def test_the_schemes_agree_on_what_is_wholly_right(right: list[bool], data: st.DataObject) -> None:
    """Where they differ is between nothing and all; the same ticks are right in each."""
    count = max(sum(right), 1)
    share = str((Decimal(1) / count).quantize(Decimal("0.000001")))
    options = [(share, "0") if is_right else ("-0.5", "0.1") for is_right in right]
    ticked = data.draw(st.sets(st.integers(1, len(right))))
    numbers = "".join(map(str, sorted(ticked)))
    whole = {place for place, is_right in enumerate(right, start=1) if is_right} == ticked
    schemes = ["every_decision", "all_or_nothing", "ticked_unticked"] + (
        ["right_minus_wrong", "sum"] if any(right) else []
    )
    for scheme in schemes:
        assert (earned(asking(scheme, *options), numbers) == 1) is whole
