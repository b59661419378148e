"""Numbers, rule by rule (reference semantics §2.2): exact decimals, inclusive bounds."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examhall.bank.types.contract import InvalidResponse, as_text, exact
from examhall.bank.types.numeric import Numeric, NumericBody
from examhall.errors import Invalid

KIND = Numeric()


def asking(value: str, tolerance: str = "0", tolerance_type: str = "nominal", *more: dict[str, Any]) -> NumericBody:
    first = {"value": value, "tolerance": tolerance, "tolerance_type": tolerance_type, "fraction": "1"}
    return KIND.validate({"prompt": "How much?", "answers": [first, *more]})


def earned(body: NumericBody, number: str) -> Decimal:
    return KIND.grade(body, KIND.read({}, {"number": number}))


def faults(*answers: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        KIND.validate({"prompt": "How much?", "answers": list(answers)})
    return [error.field for error in refused.value.errors]


def test_nominal_bounds_are_inclusive_and_exact() -> None:
    body = asking("0.3", "0.1")
    assert [earned(body, number) for number in ("0.2", "0.4", "0.3")] == [1, 1, 1]
    assert [earned(body, number) for number in ("0.19999999999999999999", "0.40000000000000000001")] == [0, 0]


def test_a_sum_that_binary_numbers_miss_is_right() -> None:
    assert earned(asking("0.3"), "0.30") == 1
    assert earned(asking("0.3"), "0.3000000000000000444") == 0


def test_relative_tolerance_is_a_share_of_the_value() -> None:
    body = asking("-200", "0.05", "relative")
    assert [earned(body, number) for number in ("-210", "-190", "-210.1", "-189.9", "200")] == [1, 1, 0, 0, 0]


def test_geometric_tolerance_divides_and_multiplies() -> None:
    body = asking("8", "0.25", "geometric")
    assert [earned(body, number) for number in ("6.4", "10", "6.39", "10.01", "-8", "0")] == [1, 1, 0, 0, 0, 0]


def test_geometric_bounds_of_a_negative_value_are_sorted() -> None:
    body = asking("-8", "0.25", "geometric")
    assert [earned(body, number) for number in ("-6.4", "-10", "-6.39", "-10.01", "8")] == [1, 1, 0, 0, 0]


def test_a_geometric_bound_that_no_decimal_holds_is_still_exact() -> None:
    body = asking("1", "2", "geometric")
    assert [earned(body, number) for number in ("0." + "3" * 60, "0." + "3" * 60 + "4")] == [0, 1]


def test_around_zero_relative_and_geometric_hold_zero_only() -> None:
    for kind in ("relative", "geometric"):
        assert [earned(asking("0", "0.5", kind), number) for number in ("0", "-0", "0.1")] == [1, 1, 0]


def test_the_first_interval_that_holds_wins() -> None:
    near = {"value": "100", "tolerance": "10", "fraction": "0.5", "feedback": "Near."}
    rest = {"any": True, "fraction": "0", "feedback": "Far."}
    body = asking("100", "1", "nominal", near, rest)
    assert [earned(body, number) for number in ("101", "110", "111")] == [1, Decimal("0.5"), 0]
    assert [KIND.reveal(body, {}, number)["feedback"] for number in ("100", "109", "5")] == [[], ["Near."], ["Far."]]


def test_an_answer_for_any_number_matches_all() -> None:
    body = KIND.validate({"prompt": "Any?", "answers": [{"any": True, "fraction": "1"}]})
    assert earned(body, "-1e99") == 1
    assert KIND.reveal(body, {}, None)["correct"] is None
    assert KIND.grade(body, None) == 0


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("7", "7"),
        ("-0.5", "-0.5"),
        ("+3", "3"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e3", "1000"),
        ("1.5E-2", "0.015"),
        ("007", "7"),
    ],
)
def test_a_number_is_written_with_ascii_digits_a_point_and_an_exponent(number: str, value: str) -> None:
    assert earned(asking(value), number) == 1


@pytest.mark.parametrize(
    "number",
    ["abc", "1_0", "²", " 7 ", "7\n", "١٢", "1,5", "1 000", "0x10", "NaN", "Infinity", "-inf", "1e", "e5", ".", "-",
     "+-1", "1e100", "1e999", "1e-100", "--1", "1.2.3", "½", "\u22125", "7\0", "1" * 65, "12e99", " "],
)  # fmt: skip
def test_what_is_no_number_is_refused_rather_than_read_as_0(number: str) -> None:
    with pytest.raises(InvalidResponse):
        KIND.read({}, {"number": number})


@pytest.mark.parametrize("number", [7, 7.0, True, None, ["7"], {"number": "7"}])
def test_a_number_travels_as_text(number: object) -> None:
    with pytest.raises(InvalidResponse):
        KIND.read({}, {"number": number})


def test_what_was_written_is_kept_as_it_was_written() -> None:
    assert KIND.read({}, {"number": "7.50"}) == "7.50"


def test_an_answer_has_one_meaning() -> None:
    assert faults({"fraction": "1"}) == ["answers.0"]
    assert faults({"any": True, "value": "1", "fraction": "1"}) == ["answers.0"]
    assert faults({"value": "1", "tolerance": "-1", "fraction": "1"}) == ["answers.0"]
    assert faults({"value": "1", "fraction": "1"}, {"value": "2", "fraction": "-0.5"}) == ["answers.1"]
    assert faults({"value": "1", "tolerance_type": "about", "fraction": "1"}) == ["answers.0.tolerance_type"]


@pytest.mark.parametrize("value", ["abc", "NaN", "Infinity", "1e999", "", " 1", 1.5, True, [], "1" * 65])
def test_a_value_is_an_exact_number(value: object) -> None:
    assert faults({"value": value, "fraction": "1"}) == ["answers.0.value"]


def test_an_answer_must_earn_the_whole_mark() -> None:
    assert faults({"value": "1", "fraction": "0.9"}) == ["answers"]


def test_an_answer_that_can_never_be_reached_is_refused() -> None:
    wide = {"value": "5", "tolerance": "2", "fraction": "0.5"}
    assert faults(wide, {"value": "6", "tolerance": "1", "fraction": "1"}) == ["answers.1.value"]
    assert faults({"any": True, "fraction": "0"}, {"value": "6", "fraction": "1"}) == ["answers.1.value"]
    rest = [{"any": True, "fraction": "0"}, {"any": True, "fraction": "0.5"}]
    assert faults({"value": "6", "fraction": "1"}, *rest) == ["answers.2.value"]
    assert len(asking("6", "1", "nominal", wide).answers) == 2


def test_an_answer_that_repeats_an_earlier_one_of_the_same_worth_changes_nothing() -> None:
    again = {"value": "6", "fraction": "1", "feedback": "Never said."}
    assert len(asking("6", "1", "nominal", again).answers) == 2


def test_answers_that_earlier_ones_hold_together_are_refused() -> None:
    halves = [{"low": low, "high": high, "tolerance_type": "range", "fraction": "0.5"} for low, high in ("05", "59")]
    assert faults(*halves, {"value": "5", "tolerance": "2", "fraction": "1"}) == ["answers"]


def test_where_an_earlier_answer_holds_the_value_the_right_number_is_one_beside_it() -> None:
    near = {"value": "5", "tolerance": "1", "fraction": "0.5"}
    body = KIND.validate({"prompt": "?", "answers": [near, {"value": "5", "tolerance": "3", "fraction": "1"}]})
    correct = KIND.reveal(body, {}, None)["correct"]
    assert correct is not None
    assert earned(body, correct["number"]) == 1
    assert KIND.grade(body, KIND.full(body)) == 1


def test_the_right_number_is_shown_in_plain_digits() -> None:
    assert KIND.reveal(asking("1.50e2"), {}, None)["correct"] == {"number": "150"}


def test_a_range_holds_its_ends() -> None:
    body = KIND.validate(
        {"prompt": "?", "answers": [{"low": "-1.5", "high": "2", "tolerance_type": "range", "fraction": "1"}]}
    )
    assert [earned(body, number) for number in ("-1.5", "2", "0", "-1.51", "2.000001")] == [1, 1, 1, 0, 0]
    assert KIND.reveal(body, {}, None)["correct"] == {"number": "0.25"}


@pytest.mark.parametrize(
    ("value", "digits", "number", "right"),
    [
        ("1.000", 3, "0.9996", True),  # cutting digits off, as Canvas does, would refuse it
        ("1.000", 3, "0.9994", False),
        ("1.000", 3, "1.005", False),
        ("1.000", 3, "1.00499", True),
        ("3.14159", 3, "3.14", True),
        ("3.14159", 3, "3.1416", True),
        ("3.14159", 3, "3.15", False),
        ("2.5", 1, "3", True),  # halves go away from zero
        ("-2.5", 1, "-3", True),
        ("-2.5", 1, "-2.4", False),
        ("123456", 2, "120000", True),
        ("123456", 2, "1.2e5", True),
        ("123456", 2, "125000", False),
        ("0.00123", 2, "0.0012", True),
        ("0", 3, "0.0", True),
        ("0", 3, "1e-99", False),
        ("9.99", 1, "10", True),
        ("9.99", 1, "-10", False),
    ],
)
def test_significant_digits_are_compared_after_rounding_both_sides(
    value: str, digits: int, number: str, right: bool
) -> None:
    answer = {"value": value, "digits": digits, "tolerance_type": "significant", "fraction": "1"}
    assert (earned(KIND.validate({"prompt": "?", "answers": [answer]}), number) == 1) is right


@pytest.mark.parametrize(
    "answer",
    [
        {"tolerance_type": "range", "low": "1"},
        {"tolerance_type": "range", "low": "2", "high": "1"},
        {"tolerance_type": "range", "low": "1", "high": "2", "value": "1"},
        {"tolerance_type": "nominal", "value": "1", "low": "0"},
        {"tolerance_type": "significant", "value": "1"},
        {"tolerance_type": "nominal", "value": "1", "digits": 2},
        {"any": True, "low": "1", "high": "2"},
    ],
)
def test_fields_of_one_tolerance_belong_to_no_other(answer: dict[str, Any]) -> None:
    assert faults(answer | {"fraction": "1"}) == ["answers.0"]


@pytest.mark.parametrize("digits", [0, 31, -1, "2", 2.0, True])
def test_digits_are_a_whole_number_from_1_to_30(digits: object) -> None:
    answer = {"value": "1", "digits": digits, "tolerance_type": "significant", "fraction": "1"}
    assert faults(answer) == ["answers.0.digits"]


def test_a_body_from_before_units_loads_and_grades_as_it_did() -> None:
    old = {
        "prompt": "How much?",
        "feedback": "",
        "answers": [
            {"any": False, "value": "8", "tolerance": "0.25", "tolerance_type": "geometric", "fraction": "1",
             "feedback": ""},
            {"any": True, "value": None, "tolerance": "0", "tolerance_type": "nominal", "fraction": "0.1",
             "feedback": "No."},
        ],
    }  # fmt: skip
    body = KIND.load(old)
    assert [KIND.grade(body, number) for number in ("6.4", "10", "10.01")] == [1, 1, Decimal("0.1")]
    assert KIND.present(body, {}) == {"prompt": "How much?", "units": None}


def test_guessing_earns_what_any_number_earns() -> None:
    assert KIND.guess(asking("1")) == 0
    assert KIND.guess(asking("1", "0", "nominal", {"any": True, "fraction": "0.25"})) == Decimal("0.25")


numbers = st.from_regex(r"-?[0-9]{1,12}(\.[0-9]{1,12})?(e-?[0-9])?", fullmatch=True)


@given(numbers, st.from_regex(r"[0-9]{1,4}(\.[0-9]{1,6})?", fullmatch=True), numbers)
def test_every_tolerance_agrees_with_exact_fractions(value: str, tolerance: str, number: str) -> None:
    v, t, n = Fraction(value), Fraction(tolerance), Fraction(number)
    low, high = sorted((v / (1 + t), v * (1 + t)))
    expected = {"nominal": abs(n - v) <= t, "relative": abs(n - v) <= abs(v) * t, "geometric": low <= n <= high}
    for kind, holds in expected.items():
        assert (earned(asking(value, tolerance, kind), number) == 1) is holds


@given(numbers)
def test_a_number_is_the_same_after_it_travelled(number: str) -> None:
    value = exact(number)
    assert value is not None
    assert exact(as_text(value)) == value


@pytest.mark.parametrize("number", ["1e99", "1.5e-99", "-" + "9" * 60 + "e3", "0." + "1" * 62])
def test_a_number_of_great_length_travels_too(number: str) -> None:
    value = exact(number)
    assert value is not None
    assert exact(as_text(value)) == value


@given(numbers, st.integers(1, 12), numbers)
def test_significant_digits_agree_with_rounding_by_fractions(value: str, digits: int, number: str) -> None:
    def rounded(text: str) -> Fraction:
        exactly = Fraction(text)
        if not exactly:
            return exactly
        step = Fraction(10) ** (Decimal(text).adjusted() - digits + 1)
        size = (abs(exactly) / step + Fraction(1, 2)) // 1 * step
        return size if exactly > 0 else -size

    answer = {"value": value, "digits": digits, "tolerance_type": "significant", "fraction": "1"}
    body = KIND.validate({"prompt": "?", "answers": [answer]})
    for one in (number, value, as_text(Decimal(value) * Decimal("1.01"))):
        if exact(one) is not None:
            assert (earned(body, one) == 1) is (rounded(one) == rounded(value))
