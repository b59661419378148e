"""The language of formulas: what it means, what it refuses and how soon it ends."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examhall.bank.types.formula import CONSTANTS, STEPS_LIMIT, FormulaError, parse
from examhall.bank.types.functions import FUNCTIONS

VALUES = {"a": Decimal("1.5"), "b": Decimal(2), "größe": Decimal(7), "e": Decimal(10)}


def value(text: str, **values: str) -> Decimal:
    return parse(text).value({name: Decimal(number) for name, number in values.items()} or VALUES)


def fault(text: str) -> tuple[int, str]:
    """Where a formula is refused, and what its author reads."""
    with pytest.raises(FormulaError) as refused:
        value(text)
    error = refused.value
    return error.params["at"], error.message % error.params


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 2 - 3", "5"),
        ("100 / 10 / 5", "2"),
        ("2 ^ 3 ^ 2", "512"),
        ("2 ** 3", "8"),
        ("-2 ^ 2", "-4"),
        ("(-2) ^ 2", "4"),
        ("2 ^ -1", "0.5"),
        ("2 * -3", "-6"),
        ("-3 ^ 2 * 2", "-18"),
        ("- - 2", "2"),
        ("+5", "5"),
        ("0 ^ 0", "1"),
        ("9 ** 0.5", "3"),
        ("1.5e3 + .5", "1500.5"),
        ("5.", "5"),
        ("2E-2", "0.02"),
        ("0.1 + 0.2", "0.3"),
        ("1 / 3 * 3", "1"),
        ("{a} * b", "3"),
        ("{ a } + größe", "8.5"),
        ("6 × 7 ÷ 2 − 1 · 1", "20"),
    ],
)
def test_operators_bind_as_in_mathematics(text: str, result: str) -> None:
    assert value(text) == Decimal(result)


def test_a_letter_with_its_accent_apart_is_the_same_letter() -> None:
    assert value("gro\u0308ße") == 7


def test_a_variable_goes_before_a_constant_of_its_name_and_braces_never_mean_one() -> None:
    assert value("e") == 10
    assert value("e", a="1") == Context(prec=40).plus(CONSTANTS["e"])
    with pytest.raises(FormulaError):
        value("{pi}")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("abs(-3)", "3"),
        ("ceil(1.2)", "2"),
        ("ceil(-1.2)", "-1"),
        ("floor(1.8)", "1"),
        ("floor(-1.2)", "-2"),
        ("floor(1 / 3 * 3)", "1"),
        ("int(-3.7)", "-3"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(2.345, 2)", "2.35"),
        ("round(1234, -2)", "1200"),
        ("sqrt(16)", "4"),
        ("fmod(7, 3)", "1"),
        ("fmod(-7, 3)", "-1"),
        ("fact(0)", "1"),
        ("fact(20)", "2432902008176640000"),
        ("pow(2, 10)", "1024"),
        ("log10(1000)", "3"),
        ("log(8, 2)", "3"),
        ("ln(exp(1))", "1"),
        ("log(exp(2))", "2"),
        ("max(1, 3, 2)", "3"),
        ("min(1, 3, 2)", "1"),
        ("deg2rad(180) - pi()", "0"),
        ("rad2deg(pi)", "180"),
        ("sin(pi)", "0"),
        ("sin(pi / 6)", "0.5"),
        ("cos(pi / 2)", "0"),
        ("cos(0)", "1"),
        ("tan(pi / 4)", "1"),
        ("sin(1e15 * pi / 1e15)", "0"),
        ("asin(1) * 2 - pi", "0"),
        ("acos(1)", "0"),
        ("acos(-1) - pi", "0"),
        ("atan2(1, -1) - 3 * pi / 4", "0"),
        ("atan2(-1, 0) + pi / 2", "0"),
        ("atan2(0, -1) - pi", "0"),
        ("tanh(1000)", "1"),
        ("atanh(tanh(0.5))", "0.5"),
        ("acosh(cosh(2))", "2"),
        ("asinh(sinh(-2))", "-2"),
        ("log1p(expm1(1e-35))", "1e-35"),
        ("SQRT(4)", "2"),
    ],
)
def test_functions(text: str, result: str) -> None:
    assert value(text) == Decimal(result)


FINE = st.decimals(-50, 50, places=6)


@pytest.mark.parametrize(
    "name",
    ["sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "exp", "expm1",
     "log", "log10", "log1p", "sqrt"],
)  # fmt: skip
@given(x=FINE | st.decimals(-1, 1, places=9))
def test_functions_agree_with_those_of_the_c_library(name: str, x: Decimal) -> None:
    formula, binary = parse(f"{name}(x)"), float(x)
    try:
        expected = getattr(math, name)(binary)
    except ValueError:
        with pytest.raises(FormulaError):
            formula.value({"x": Decimal(binary)})
        return
    assert math.isclose(float(formula.value({"x": Decimal(binary)})), expected, rel_tol=1e-12, abs_tol=1e-14)


@given(y=FINE, x=FINE)
def test_the_angle_of_a_point_agrees_with_the_c_library(y: Decimal, x: Decimal) -> None:
    assert math.isclose(float(value("atan2(y, x)", y=str(y), x=str(x))), math.atan2(y + 0, x + 0), rel_tol=1e-12)


@given(x=FINE)
def test_a_sine_is_known_to_forty_digits(x: Decimal) -> None:
    assert abs(value("sin(x)^2 + cos(x)^2 - 1", x=str(x))) < Decimal("1e-60")


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("", 1, "ends too early"),
        ("1 +", 4, "ends too early"),
        ("1 + )", 5, "not expected"),
        ("(1", 3, "ends too early"),
        ("2 3", 3, "not expected"),
        ("2a", 2, "not expected"),
        ("1,5", 2, "not expected"),
        ("1 $ 2", 3, "does not belong"),
        ("a.b", 2, "does not belong"),
        ("a = 1", 3, "does not belong"),
        ("__import__('os')", 1, "does not belong"),
        ("{a", 1, "does not belong"),
        ("a[0]", 2, "does not belong"),
        ("c + 1", 1, "nothing here is called “c”. These are: a, b, e, größe, pi, e"),
        ("1 + {pi}", 6, "nothing here is called"),
        ("eval(1)", 1, "no function “eval”"),
        ("a (1)", 1, "no function “a”"),
        ("sqrt()", 1, "takes 1 to 1 arguments, not 0"),
        ("sqrt(1, 2)", 1, "takes 1 to 1 arguments, not 2"),
        ("max(1,)", 7, "not expected"),
        ("1 / 0", 3, "divides by zero"),
        ("1 / (1/3*3 - 1)", 3, "divides by zero"),
        ("1 + sqrt(-1)", 5, "no number below 0"),
        ("ln(0)", 1, "above 0 only"),
        ("log(2, 1)", 1, "base 1"),
        ("(-8) ^ (1/3)", 6, "whole powers only"),
        ("0 ^ -1", 3, "no powers below 0"),
        ("fact(2.5)", 1, "whole numbers"),
        ("fact(-1)", 1, "0 to 400"),
        ("fact(401)", 1, "0 to 400"),
        ("fmod(1, 0)", 1, "divide by zero"),
        ("round(1, 31)", 1, "30 decimals"),
        ("asin(1.1)", 1, "-1 to 1"),
        ("acosh(0)", 1, "from 1 up"),
        ("atanh(1)", 1, "between -1 and 1"),
        ("tan(pi / 2)", 1, "right angle"),
        ("sin(1e16)", 1, "1e15"),
        ("9^9^9", 2, "beyond all bounds"),
        ("exp(1e9)", 1, "beyond all bounds"),
        ("1e99 * 1e99", 1, "not between 1e-99 and 1e100"),
        ("1e-99 * 1e-9", 1, "not between 1e-99 and 1e100"),
        ("1e100", 1, "too long or too large"),
        ("1" * 65, 1, "too long or too large"),
        ("(" * 60 + "1" + ")" * 60, 51, "nested too deeply"),
        ("-" * 60 + "1", 51, "nested too deeply"),
        ("1+" * 500 + "1", 1, "at most 1000 characters"),
        ("tan(1)+" * 120 + "1", 1, "takes too long"),
    ],
)
def test_a_fault_names_its_place_and_what_to_do(text: str, at: int, words: str) -> None:
    place, told = fault(text)
    assert place == at
    assert words in told


def test_a_long_sum_is_no_deep_one() -> None:
    assert value("+".join(["1"] * 500)) == 500


@pytest.mark.parametrize(
    "text",
    ["9^9^9^9^9^9", "2^2^2^2^2^2^2^2^2^2", "fact(400)^400", "1.0000000000001^1e90", "exp(exp(exp(exp(10))))",
     "1e99^1e99", "0.5^1e99", "(1+1e-60)^1e99", "sin(1e15)^1e15", "tan(1)+" * 90 + "1", "fact(fact(5))"],
)  # fmt: skip
def test_what_would_take_for_ever_is_over_at_once(text: str) -> None:
    started = time.process_time()
    with suppress(FormulaError):
        value(text)
    assert time.process_time() - started < 0.2


TOKENS = [
    "1",
    "2.5",
    "1e3",
    "0",
    "a",
    "b",
    "{a}",
    "{",
    "}",
    "(",
    ")",
    ",",
    "+",
    "-",
    "*",
    "/",
    "^",
    "**",
    "pi",
    "e",
    " ",
]


@given(st.lists(st.sampled_from([*TOKENS, *(f"{name}(" for name in FUNCTIONS)]), max_size=25).map("".join) | st.text())
def test_any_text_is_a_formula_or_refused_in_its_own_words(text: str) -> None:
    started = time.process_time()
    told = outcome(text, VALUES)
    assert time.process_time() - started < 0.5
    if isinstance(told, FormulaError):
        assert 1 <= told.params["at"] <= len(text) + 2
    else:
        assert parse(text).cost <= STEPS_LIMIT


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(st.decimals(allow_nan=False, allow_infinity=False), max_size=3))
def test_a_function_gives_a_number_or_is_refused_whatever_it_is_given(name: str, numbers: list[Decimal]) -> None:
    values = {f"v{place}": number for place, number in enumerate(numbers) if abs(number.adjusted()) < 100}
    outcome(f"{name}({', '.join(values)})", values)


def outcome(text: str, values: dict[str, Decimal]) -> Decimal | FormulaError:
    """The value of a formula within its bounds, or the error in which it ends, with a text for its author."""
    try:
        result = parse(text).value(values)
    except FormulaError as error:
        return error if error.message % error.params else pytest.fail("an error without words")
    assert result == 0 or (result.is_finite() and -100 < result.adjusted() < 100)
    return result


small = st.integers(-9, 9).map(str)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner)
    return (
        binary | st.builds("{} {} {}".format, inner, st.sampled_from("+-*"), inner) | st.builds("-({})".format, inner)
    )


@given(st.recursive(small, _grown, max_leaves=12))
def test_arithmetic_agrees_with_exact_fractions(text: str) -> None:
    try:
        exactly = _exact(text)
    except ZeroDivisionError:
        with pytest.raises(FormulaError):
            value(text)
        return
    assert abs(Fraction(value(text)) - exactly) <= abs(exactly) * Fraction(1, 10**39)


def _exact(text: str) -> Fraction:
    """By Python's own grammar, which agrees on these operators."""
    numbers = "".join(f"F({part})" if part.isdigit() else part for part in _split(text))
    return Fraction(_evaluated(numbers, {"F": Fraction}))


def _split(text: str) -> list[str]:
    return [part for part in text.replace("(", " ( ").replace(")", " ) ").replace("-", " - ").split(" ") if part]


def _evaluated(text: str, names: dict[str, Any]) -> Any:
    return eval(text, {"__builtins__": {}}, names)  # noqa: S307 - the text is our own
