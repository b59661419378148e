"""Formulas that authors write: a small language of numbers, variables, operators and functions.

    expression = operand { operator expression }        + and -, then * and /, then a sign, then ^ or ** (right first)
    operand    = number | {name} | name | function(expression, …) | (expression) | - operand | + operand

It is read by a Pratt parser of our own into a flat program for a stack: nothing is handed to Python's `eval`, nothing
recurses while it runs, and there are no loops: what a formula costs is known before it runs, and one that costs more
than 2000 steps (a function is 20 of them) is not read. Numbers are decimals with 80 digits, of which 40 are given back;
what grows beyond 1e1000 on the way, or a result beyond 1e100, is refused. `-2^2` is -4 and `2^3^2` is 512, as in
mathematics.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from examhall.bank.types.contract import exact
from examhall.bank.types.functions import CONTEXT, FUNCTIONS, PI, DomainError, E, power
from examhall.errors import N_

FORMULA_LIMIT = 1000
DEPTH_LIMIT = 50
STEPS_LIMIT = 2000
NAME = r"[^\W\d_]\w{0,31}"
CONSTANTS: Mapping[str, Decimal] = {"pi": PI, "e": E}
_RESULT = Context(prec=40)
_DUST = Decimal("1e-70")  # what 80 digits leave of an exact 0, as in 1/3*3 - 1
_TOKEN = re.compile(
    rf"""\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |\{{\s*(?P<variable>{NAME})\s*\}}|(?P<name>{NAME})|(?P<sign>\*\*|[-+*/^(),]))""",
    re.VERBOSE,
)
_SIGNS = str.maketrans({"−": "-", "×": "*", "·": "*", "÷": "/"})
# How strongly an operator binds what stands to its left and to its right.
_BINDING = {"+": (10, 11), "-": (10, 11), "*": (20, 21), "/": (20, 21), "^": (41, 40)}
_SIGN_BINDING = 30


class FormulaError(ValueError):
    """A formula that cannot be read or has no value. `message` is a msgid with `params`, among them `at`, from 1."""

    def __init__(self, message: str, at: int, **params: Any) -> None:
        self.message, self.params = message, {"at": at} | params
        super().__init__(message % self.params)


class Step(NamedTuple):
    """One step of a program: push a number, push a variable's value, or apply something to the last `takes` values."""

    do: Literal["number", "variable", "name", "sign", "operator", "function"]
    what: Any
    takes: int
    at: int


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read, as steps on a stack; a step of its cost takes some 5 µs."""

    text: str
    steps: tuple[Step, ...]
    cost: int

    def unknown(self, known: frozenset[str]) -> Step | None:
        """The first name that is neither known nor a constant."""
        for step in self.steps:
            if (step.do == "variable" and step.what not in known) or (
                step.do == "name" and step.what not in known and step.what not in CONSTANTS
            ):
                return step
        return None

    def value(self, values: Mapping[str, Decimal]) -> Decimal:
        """What it comes to, with 40 digits, below 1e100. Raises FormulaError, and nothing else."""
        stack: list[Decimal] = []
        with localcontext(CONTEXT):
            for step in self.steps:
                arguments = stack[len(stack) - step.takes :]
                del stack[len(stack) - step.takes :]
                stack.append(_done(step, arguments, values))
        return _result(stack.pop())


def _done(step: Step, arguments: list[Decimal], values: Mapping[str, Decimal]) -> Decimal:
    if step.do == "number":
        return step.what  # type: ignore[no-any-return]
    if step.do in ("variable", "name"):
        found = values.get(step.what, CONSTANTS.get(step.what) if step.do == "name" else None)
        if found is None:
            raise unknown_name(step, values)
        return found
    try:
        if step.do == "function":
            return FUNCTIONS[step.what].apply(*arguments)
        return _operated(step.what, *arguments)
    except DomainError as error:
        message = str(error)
    except DivisionByZero:
        message = N_("Character %(at)s: this divides by zero. Change the formula or the ranges so that it never does.")
    except Overflow:
        message = N_("Character %(at)s: this number grows beyond all bounds. Make it smaller.")
    except InvalidOperation:
        message = N_("Character %(at)s: “%(what)s” has no value here. Change the formula or the ranges.")
    raise FormulaError(message, step.at, what=step.what)


def _operated(sign: str, left: Decimal, right: Decimal | None = None) -> Decimal:
    if right is None:
        return -left if sign == "-" else +left
    if sign in "+-":
        total = left + right if sign == "+" else left - right
        return Decimal(0) if abs(total) < max(abs(left), abs(right)) * _DUST else total
    if sign == "*":
        return left * right
    if sign == "/":
        if right == 0:
            raise DivisionByZero
        return left / right
    return power(left, right)


def _result(number: Decimal) -> Decimal:
    result = _RESULT.plus(number)
    if result and abs(result.adjusted()) >= 100:
        message = N_("Character %(at)s: the result is not between 1e-99 and 1e100 in size. Use another unit.")
        raise FormulaError(message, 1)
    return result.normalize(_RESULT) if result else Decimal(0)


def unknown_name(step: Step, known: Mapping[str, Any] | frozenset[str]) -> FormulaError:
    """The error about a name that stands for nothing."""
    message = N_("Character %(at)s: nothing here is called “%(name)s”. These are: %(known)s.")
    return FormulaError(message, step.at, name=step.what, known=", ".join([*sorted(known), *CONSTANTS]))


@lru_cache(maxsize=2048)
def parse(text: str) -> Formula:
    """Read a formula. Raises FormulaError, which names the place and what to do there."""
    if len(text) > FORMULA_LIMIT:
        raise FormulaError(N_("Shorten this formula to at most %(limit)s characters."), 1, limit=FORMULA_LIMIT)
    parser = _Parser(unicodedata.normalize("NFC", text).translate(_SIGNS))
    parser.expression(0)
    if parser.token.kind != "end":
        raise parser.unexpected()
    cost = sum(FUNCTIONS[step.what].steps if step.do == "function" else 1 for step in parser.steps)
    if cost > STEPS_LIMIT:
        raise FormulaError(N_("This formula takes too long. Simplify it or part it in two."), 1)
    return Formula(text, tuple(parser.steps), cost)


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


class _Parser:
    """Pratt's: each operator knows how strongly it binds."""

    def __init__(self, text: str) -> None:
        self.text, self.place, self.depth = text, 0, 0
        self.steps: list[Step] = []
        self.token = self._next()

    def _next(self) -> _Token:
        found = _TOKEN.match(self.text, self.place)
        if found is None:
            place = len(self.text) - len(self.text[self.place :].lstrip())
            if place < len(self.text):
                message = N_("Character %(at)s: “%(what)s” does not belong into a formula. Remove or replace it.")
                raise FormulaError(message, place + 1, what=self.text[place])
            return _Token("end", "", place + 1)
        self.place = found.end()
        kind = str(found.lastgroup)
        return _Token(kind, found[kind], found.start(kind) + 1)

    def _take(self) -> _Token:
        token, self.token = self.token, self._next()
        return token

    def unexpected(self) -> FormulaError:
        if self.token.kind == "end":
            return FormulaError(N_("Character %(at)s: the formula ends too early. Complete it."), self.token.at)
        message = N_("Character %(at)s: “%(what)s” is not expected here. Add an operator or remove it.")
        return FormulaError(message, self.token.at, what=self.token.text)

    def _expect(self, sign: str) -> None:
        if self.token.text != sign:
            raise self.unexpected()
        self._take()

    def expression(self, floor: int) -> None:
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise FormulaError(N_("Character %(at)s: this is nested too deeply. Simplify it."), self.token.at)
        self._operand()
        while self.token.kind == "sign":
            sign = "^" if self.token.text == "**" else self.token.text
            left, right = _BINDING.get(sign, (-1, -1))
            if left <= floor:
                break
            at = self._take().at
            self.expression(right - 1)
            self.steps.append(Step("operator", sign, 2, at))
        self.depth -= 1

    def _operand(self) -> None:
        token = self.token
        if token.kind == "number":
            self._take()
            number = exact(token.text)
            if number is None:
                message = N_("Character %(at)s: this number is too long or too large. Write it below 1e100.")
                raise FormulaError(message, token.at)
            self.steps.append(Step("number", number, 0, token.at))
        elif token.kind == "variable":
            self._take()
            self.steps.append(Step("variable", token.text, 0, token.at))
        elif token.kind == "name":
            self._take()
            if self.token.text == "(":
                self._call(token)
            else:
                self.steps.append(Step("name", token.text, 0, token.at))
        elif token.text in ("+", "-"):
            self._take()
            self.expression(_SIGN_BINDING)
            self.steps.append(Step("sign", token.text, 1, token.at))
        elif token.text == "(":
            self._take()
            self.expression(0)
            self._expect(")")
        else:
            raise self.unexpected()

    def _call(self, name: _Token) -> None:
        function = FUNCTIONS.get(name.text.lower())
        if function is None:
            message = N_("Character %(at)s: there is no function “%(name)s”. These are: %(known)s.")
            raise FormulaError(message, name.at, name=name.text, known=", ".join(FUNCTIONS))
        self._take()
        count = 0
        while self.token.text != ")":
            if count:
                self._expect(",")
            self.expression(0)
            count += 1
        self._take()
        if not function.least <= count <= function.most:
            message = N_("Character %(at)s: “%(name)s” takes %(least)s to %(most)s arguments, not %(count)s.")
            raise FormulaError(message, name.at, name=name.text, least=function.least, most=function.most, count=count)
        self.steps.append(Step("function", name.text.lower(), count, name.at))
