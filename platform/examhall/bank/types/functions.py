"""The functions of formulas, on decimals.

They are series of our own rather than `math` on binary floats, whose last digits differ between machines and C
libraries: a grade must come out the same everywhere, and today as in ten years. All work to 80 digits; angles are in
radians. Names and meanings are those of Moodle's calculated questions, as far as they give the same for the same input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from types import MappingProxyType

from examhall.errors import N_

#: Digits to which every step is worked out, and sizes beyond which a number is refused or becomes 0.
CONTEXT = Context(prec=80, Emax=1000, Emin=-1000, traps=[DivisionByZero, InvalidOperation, Overflow])
PI = Decimal("3.1415926535897932384626433832795028841971693993751058209749445923078164062862089986280348253421170679")
E = Decimal("2.7182818284590452353602874713526624977572470936999595749669676277240766303535475945713821785251664274")
ANGLE_LIMIT = Decimal("1e15")
FACTORIAL_LIMIT = 400
PLACES_LIMIT = 30
# What 80 digits leave of an exact zero, such as sin(pi()), and what they lose beside an exact whole, such as 1/3*3.
_DUST = Decimal("1e-60")
_TINY = Decimal("1e-30")
_SETTLED = Context(prec=60)
_ONE = Decimal(1)


class DomainError(ValueError):
    """A function that has no value there. The message is a msgid with places for `at` and `what`."""


@dataclass(frozen=True, slots=True)
class Function:
    """What a name in front of parentheses does, and with how many arguments."""

    apply: Callable[..., Decimal]
    least: int = 1
    most: int = 1
    steps: int = 20


def _settled(number: Decimal) -> Decimal:
    return _SETTLED.plus(number)


def _whole(number: Decimal) -> Decimal:
    settled = _settled(number)
    if settled != settled.to_integral_value():
        raise DomainError(
            N_("Character %(at)s: “%(what)s” takes whole numbers only. Change the formula or the ranges.")
        )
    return settled


def _quantized(rounding: str) -> Callable[[Decimal], Decimal]:
    return lambda number: _settled(number).to_integral_value(rounding=rounding)


def _round(number: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    whole = _whole(places)
    if abs(whole) > PLACES_LIMIT:
        raise DomainError(
            N_("Character %(at)s: “%(what)s” rounds to at most 30 decimals. Change the formula or the ranges.")
        )
    settled = _settled(number)
    if settled.adjusted() + whole > _SETTLED.prec - 2:
        return settled
    return settled.quantize(_ONE.scaleb(-int(whole)), rounding=ROUND_HALF_UP) + 0


def _fmod(number: Decimal, divisor: Decimal) -> Decimal:
    """The rest with the sign of the number."""
    if divisor == 0:
        raise DomainError(N_("Character %(at)s: “%(what)s” cannot divide by zero."))
    if abs(number) >= abs(divisor) * Decimal("1e60"):
        raise DomainError(N_("Character %(at)s: “%(what)s” takes a first number up to 1e60 times the second."))
    return number - divisor * _settled(number / divisor).to_integral_value(rounding=ROUND_DOWN)


def _factorial(number: Decimal) -> Decimal:
    whole = _whole(number)
    if not 0 <= whole <= FACTORIAL_LIMIT:
        raise DomainError(
            N_("Character %(at)s: “%(what)s” takes whole numbers from 0 to 400. Change the formula or the ranges.")
        )
    product = _ONE
    for factor in range(2, int(whole) + 1):
        product *= factor
    return product


def _sqrt(number: Decimal) -> Decimal:
    if number < 0:
        raise DomainError(N_("Character %(at)s: “%(what)s” takes no number below 0."))
    return number.sqrt()


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """`base` to the power of `exponent`; 0^0 is 1, and a number below 0 has whole powers only."""
    settled = _settled(exponent)
    if settled == settled.to_integral_value():
        exponent = settled
    if exponent == 0:
        return _ONE
    if base == 0 and exponent < 0:
        raise DomainError(
            N_("Character %(at)s: “%(what)s” gives 0 no powers below 0. Change the formula or the ranges.")
        )
    if base < 0 and exponent != exponent.to_integral_value():
        raise DomainError(N_("Character %(at)s: “%(what)s” gives a number below 0 whole powers only."))
    return base**exponent


def _ln(number: Decimal) -> Decimal:
    if number <= 0:
        raise DomainError(
            N_("Character %(at)s: “%(what)s” takes numbers above 0 only. Change the formula or the ranges.")
        )
    return number.ln()


def _log(number: Decimal, base: Decimal | None = None) -> Decimal:
    if base is None:
        return _ln(number)
    if base == 1:
        raise DomainError(
            N_("Character %(at)s: “%(what)s” has no value to the base 1. Change the formula or the ranges.")
        )
    return _ln(number) / _ln(base)


def _log10(number: Decimal) -> Decimal:
    if number <= 0:
        raise DomainError(
            N_("Character %(at)s: “%(what)s” takes numbers above 0 only. Change the formula or the ranges.")
        )
    return number.log10()


def _clean(number: Decimal) -> Decimal:
    return Decimal(0) if abs(number) < _DUST else number


def _sine_and_cosine(angle: Decimal) -> tuple[Decimal, Decimal]:
    if abs(angle) > ANGLE_LIMIT:
        raise DomainError(N_("Character %(at)s: “%(what)s” takes angles up to 1e15."))
    rest = angle.remainder_near(2 * PI)
    return _clean(_taylor(rest, rest)), _clean(_taylor(_ONE, rest))


def _taylor(first: Decimal, angle: Decimal) -> Decimal:
    """sin (first = angle) or cos (first = 1): first - first x²/((n+1)(n+2)) + … until it changes no more."""
    square, term, total, before = -angle * angle, first, first, Decimal("Infinity")
    number = 1 if first is angle else 0
    while total != before:
        before = total
        term = term * square / ((number + 1) * (number + 2))
        total += term
        number += 2
    return total


def _sin(angle: Decimal) -> Decimal:
    return angle if abs(angle) < _TINY else _sine_and_cosine(angle)[0]


def _cos(angle: Decimal) -> Decimal:
    return _sine_and_cosine(angle)[1]


def _tan(angle: Decimal) -> Decimal:
    if abs(angle) < _TINY:
        return angle
    sine, cosine = _sine_and_cosine(angle)
    if cosine == 0:
        raise DomainError(
            N_("Character %(at)s: “%(what)s” has no value at a right angle. Change the formula or the ranges.")
        )
    return sine / cosine


def _atan(number: Decimal) -> Decimal:
    if abs(number) < _TINY:
        return number
    if abs(number) > 1:
        return PI.copy_sign(number) / 2 - _atan(1 / number)
    for _ in range(3):  # halve the angle thrice, so that the series is short
        number = number / (1 + (1 + number * number).sqrt())
    square, power_, total, before, odd = -number * number, number, number, Decimal("Infinity"), 1
    while total != before:
        before = total
        power_ *= square
        odd += 2
        total += power_ / odd
    return total * 8


def _atan2(y: Decimal, x: Decimal) -> Decimal:
    if x == 0 and y == 0:
        return Decimal(0)
    if abs(y) > abs(x):
        return PI.copy_sign(y) / 2 - _atan(x / y)
    return _atan(y / x) + (0 if x > 0 else PI if y >= 0 else -PI)


def _asin(number: Decimal) -> Decimal:
    if abs(number) > 1:
        raise DomainError(N_("Character %(at)s: “%(what)s” takes numbers from -1 to 1."))
    return 2 * _atan(number / (1 + (1 - number * number).sqrt()))


def _acos(number: Decimal) -> Decimal:
    return _clean(PI / 2 - _asin(number))


def _expm1(number: Decimal) -> Decimal:
    # Below 1e-30 the next term, x³/6, is beyond the digits that count.
    return number + number * number / 2 if abs(number) < _TINY else number.exp() - 1


def _log1p(number: Decimal) -> Decimal:
    return number - number * number / 2 if abs(number) < _TINY else _ln(1 + number)


def _sinh(number: Decimal) -> Decimal:
    return number if abs(number) < _TINY else (number.exp() - (-number).exp()) / 2


def _cosh(number: Decimal) -> Decimal:
    return (number.exp() + (-number).exp()) / 2


def _tanh(number: Decimal) -> Decimal:
    if abs(number) > 100:
        return _ONE.copy_sign(number)  # the difference is below 1e-86
    return _sinh(number) / _cosh(number)


def _asinh(number: Decimal) -> Decimal:
    size = abs(number)
    return number if size < _TINY else (size + (size * size + 1).sqrt()).ln().copy_sign(number)


def _acosh(number: Decimal) -> Decimal:
    if number < 1:
        raise DomainError(N_("Character %(at)s: “%(what)s” takes numbers from 1 up."))
    return (number + (number * number - 1).sqrt()).ln()


def _atanh(number: Decimal) -> Decimal:
    if abs(number) >= 1:
        raise DomainError(
            N_("Character %(at)s: “%(what)s” takes numbers between -1 and 1. Change the formula or the ranges.")
        )
    return number if abs(number) < _TINY else ((1 + number) / (1 - number)).ln() / 2


_MANY = 20

FUNCTIONS: Mapping[str, Function] = MappingProxyType({
    "abs": Function(abs),
    "acos": Function(_acos),
    "acosh": Function(_acosh),
    "asin": Function(_asin),
    "asinh": Function(_asinh),
    "atan": Function(_atan),
    "atan2": Function(_atan2, 2, 2),
    "atanh": Function(_atanh),
    "ceil": Function(_quantized(ROUND_CEILING)),
    "cos": Function(_cos),
    "cosh": Function(_cosh),
    "deg2rad": Function(lambda number: number * PI / 180),
    "exp": Function(lambda number: number.exp()),
    "expm1": Function(_expm1),
    "fact": Function(_factorial, steps=FACTORIAL_LIMIT),
    "floor": Function(_quantized(ROUND_FLOOR)),
    "fmod": Function(_fmod, 2, 2),
    "int": Function(_quantized(ROUND_DOWN)),
    "ln": Function(_ln),
    "log": Function(_log, 1, 2),
    "log10": Function(_log10),
    "log1p": Function(_log1p),
    "max": Function(lambda *numbers: max(numbers), 1, _MANY),
    "min": Function(lambda *numbers: min(numbers), 1, _MANY),
    "pi": Function(lambda: PI, 0, 0),
    "pow": Function(power, 2, 2),
    "rad2deg": Function(lambda number: number * 180 / PI),
    "round": Function(_round, 1, 2),
    "sin": Function(_sin),
    "sinh": Function(_sinh),
    "sqrt": Function(_sqrt),
    "tan": Function(_tan),
    "tanh": Function(_tanh),
})  # fmt: skip
