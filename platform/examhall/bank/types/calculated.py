"""A number to work out from values that are drawn for each candidate.

Rules: reference semantics §2.2 (numerical) for what is near enough. The values are drawn when the paper is made and
frozen in its arrangement, as keys such as "a=3.2"; `read` puts them into the inner response, so that grading needs
nothing else. A formula that fails for values of its ranges is refused when it is written, as far as the corners of the
ranges and some samples show it, and values for which it fails are not drawn.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from itertools import islice
from typing import Annotated, Any, Literal, Self, TypedDict

from pydantic import Field, StringConstraints, model_validator

from examhall.bank.content.richtext import plain_text
from examhall.bank.types.contract import (
    ONE,
    ZERO,
    Arrangement,
    Fraction,
    Number,
    Part,
    QuestionType,
    Revelation,
    RichText,
    as_text,
    at_least,
    refusal,
)
from examhall.bank.types.formula import FORMULA_LIMIT, NAME, FormulaError, parse, unknown_name
from examhall.bank.types.numeric import DIGITS_LIMIT, NumericAnswer, earned, match, right_quantity
from examhall.bank.types.placeholders import filled, formulas_in
from examhall.bank.types.quantities import Measured, Quantity
from examhall.bank.types.variables import VARIABLES_LIMIT, Name, Values, Variable, drawn, samples
from examhall.errors import N_, FieldError

ANSWERS_LIMIT = 20
VARIANTS_LIMIT = 500
ANY = "*"
_DRAWS = 20  # values for which a formula fails are drawn again, this often
_COST_LIMIT = 10_000  # of all formulas of a body, in steps
_TRIED_LIMIT = 200_000  # of trying them out, in steps
_LEAST_TRIED = 8
_NAME = re.compile(NAME)
_WIDE = Context(prec=200, rounding=ROUND_HALF_UP)


class Inner(TypedDict):
    """An inner response: number and unit as in `numeric`, and the values that the candidate was given."""

    answer: str
    values: dict[str, str]


class Shown(Part):
    """How many digits the right number is shown with."""

    digits: Annotated[int, Field(strict=True)] = 2
    kind: Literal["decimals", "significant"] = "decimals"

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not (0 if self.kind == "decimals" else 1) <= self.digits <= DIGITS_LIMIT:
            raise refusal(N_("Choose from 0 to 30 decimals or from 1 to 30 significant digits."))
        return self

    def text(self, number: Decimal) -> str:
        """The number with these digits, halves rounded away from zero."""
        if self.kind == "significant":
            rounded = Context(prec=self.digits, rounding=ROUND_HALF_UP).plus(number)
            missing = self.digits - 1 - rounded.adjusted() if rounded else self.digits - 1
            places = max(missing, 0)
        else:
            rounded, places = number, self.digits
        text = format(rounded.quantize(ONE.scaleb(-places), context=_WIDE), "f")
        return text if len(text) <= 60 else as_text(rounded)


class CalculatedAnswer(Part):
    """A formula for the right number, how near is enough, and the fraction, 0 to 1, that it earns.

    Tolerances are those of `numeric`. The number that is shown as right, with the digits of `shown`, is always near
    enough. The formula `*` stands for any other number.
    """

    formula: Annotated[str, StringConstraints(max_length=FORMULA_LIMIT)]
    tolerance: Number = ZERO
    tolerance_type: Literal["nominal", "relative", "geometric", "significant"] = "nominal"
    digits: Annotated[int, Field(strict=True, ge=1, le=DIGITS_LIMIT)] | None = None
    shown: Shown = Shown()
    fraction: Fraction
    feedback: RichText = ""

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        NumericAnswer.model_validate({
            "any": self.any,
            "value": None if self.any else ONE,
            "tolerance": self.tolerance,
            "tolerance_type": self.tolerance_type,
            "digits": self.digits,
            "fraction": self.fraction,
        })  # fmt: skip
        return self

    @property
    def any(self) -> bool:
        """Whether it stands for any number."""
        return self.formula.strip() == ANY


class CalculatedBody(Measured):
    """A prompt with `{name}` and `{=formula}`, the variables or ready sets of values, and the answers in order."""

    variables: Annotated[tuple[Variable, ...], Field(max_length=VARIABLES_LIMIT)] = ()
    variants: Annotated[tuple[dict[Name, Number], ...], Field(max_length=VARIANTS_LIMIT)] = ()
    answers: Annotated[tuple[CalculatedAnswer, ...], Field(max_length=ANSWERS_LIMIT), at_least(1)]

    def names(self) -> frozenset[str]:
        """What formulas may call values by."""
        declared = [variable.name for variable in self.variables]
        return frozenset(declared or (self.variants[0] if self.variants else ()))

    def texts(self) -> Iterator[tuple[str, str]]:
        """The texts that values are put into, by their fields."""
        yield "prompt", self.prompt
        yield "feedback", self.feedback
        for place, answer in enumerate(self.answers):
            yield f"answers.{place}.feedback", answer.feedback


class Calculated(QuestionType[CalculatedBody]):
    """The response is worth the fraction of the first answer that holds it, for the values that were drawn."""

    name = "calculated"
    label = N_("Calculated number")
    Body = CalculatedBody

    def check(self, body: CalculatedBody) -> Iterator[FieldError]:
        if ONE not in (answer.fraction for answer in body.answers):
            yield FieldError("answers", N_("No answer earns the whole mark. Give the right one the fraction 1."))
        yield from body.faulty_units()
        yield from (faults := list(_faulty_names(body)) or list(_faulty_formulas(body)))
        if not faults and not any(body.faulty_units()):
            yield from _failing(body)

    def arrange(self, body: CalculatedBody, rng: random.Random, shuffle: bool) -> list[str]:
        values: Values = {}
        for _ in range(_DRAWS):
            values = _drawn(body, rng)
            if not any(_failures(body, values)):
                break
        return [f"{name}={value}" for name, value in values.items()]

    def present(self, body: CalculatedBody, arrangement: Arrangement) -> dict[str, Any]:
        return {"prompt": filled(body.prompt, _frozen(arrangement)), "units": body.shown_units()}

    def read(self, arrangement: Arrangement, response: object) -> Inner | None:
        quantity = Quantity.from_outside(response)
        return None if quantity is None else {"answer": str(quantity), "values": dict(_frozen(arrangement))}

    def grade(self, body: CalculatedBody, response: Inner | None) -> Decimal:
        if response is None:
            return ZERO
        results = _results(body, response["values"])
        return earned(body, match(body, _numeric(body, results), response["answer"]))

    def reveal(self, body: CalculatedBody, arrangement: Arrangement, response: Inner | None) -> Revelation:
        values = _frozen(arrangement)
        results = _results(body, values)
        found = match(body, _numeric(body, results), response["answer"] if response else None)
        right = _right(body, results)
        return {
            "correct": right.to_response() if right else None,
            "feedback": [filled(found.answer.feedback, values)] if found and plain_text(found.answer.feedback) else [],
            "general_feedback": filled(body.feedback, values),
        }

    def outcome_feedback(self, body: CalculatedBody, arrangement: Arrangement, fraction: Decimal) -> str:
        return filled(super().outcome_feedback(body, arrangement, fraction), _frozen(arrangement))

    def bounds(self, body: CalculatedBody) -> tuple[Decimal, Decimal]:
        return ZERO, ONE

    def guess(self, body: CalculatedBody) -> Decimal:
        return next((answer.fraction for answer in body.answers if answer.any), ZERO)

    def full(self, body: CalculatedBody) -> Inner | None:
        keys = self.arrange(body, random.Random(0), False)  # noqa: S311 - an example, not a secret
        values = _frozen(dict.fromkeys(keys, ""))
        right = _right(body, _results(body, values))
        return {"answer": str(right), "values": dict(values)} if right else None


def _frozen(keys: Iterable[str]) -> Values:
    return dict(key.split("=", 1) for key in keys if "=" in key)


def _drawn(body: CalculatedBody, rng: random.Random) -> Values:
    if body.variants:
        return {name: as_text(value) for name, value in rng.choice(body.variants).items()}
    return drawn(body.variables, rng)


def _numbers(values: Values) -> Mapping[str, Decimal]:
    return {name: Decimal(text) for name, text in values.items()}


def _results(body: CalculatedBody, values: Values) -> list[Decimal | None]:
    """What the formulas of the answers come to; None for `*` and for one that fails."""
    numbers = _numbers(values)
    results: list[Decimal | None] = []
    for answer in body.answers:
        try:
            results.append(None if answer.any else parse(answer.formula).value(numbers))
        except FormulaError:
            results.append(None)
    return results


def _numeric(body: CalculatedBody, results: list[Decimal | None]) -> list[NumericAnswer]:
    """The answers as those of `numeric`, each followed by its number as it is shown; those that fail are left out."""
    answers = []
    for answer, value in zip(body.answers, results, strict=True):
        common: dict[str, Any] = {"fraction": answer.fraction, "feedback": answer.feedback}
        if answer.any:
            answers.append(NumericAnswer.model_construct(any=True, **common))
        elif value is not None:
            near: dict[str, Any] = {name: getattr(answer, name) for name in ("tolerance", "tolerance_type", "digits")}
            answers.append(NumericAnswer.model_construct(value=value, **near, **common))
            answers.append(NumericAnswer.model_construct(value=Decimal(answer.shown.text(value)), **common))
    return answers


def _right(body: CalculatedBody, results: list[Decimal | None]) -> Quantity | None:
    """A right number with the digits that the author wants to see."""
    answers = _numeric(body, results)
    unit = body.units[0].name if body.unit_use != "none" and body.units else ""
    for answer, value in zip(body.answers, results, strict=True):
        if value is not None and answer.fraction == ONE:
            quantity = Quantity(answer.shown.text(value), unit)
            if earned(body, match(body, answers, str(quantity))) == ONE:
                return quantity
    return right_quantity(body, answers)


def _faulty_names(body: CalculatedBody) -> Iterator[FieldError]:
    seen: set[str] = set()
    for place, variable in enumerate(body.variables):
        if not _NAME.fullmatch(variable.name):
            message = N_("A name begins with a letter and goes on with letters, digits and underscores.")
            yield FieldError(f"variables.{place}.name", message)
        if variable.name in seen:
            yield FieldError(f"variables.{place}.name", N_("Another variable has this name. Choose one for each."))
        seen.add(variable.name)
    for place, variant in enumerate(body.variants):
        if set(variant) != body.names() or not all(_NAME.fullmatch(name) for name in variant):
            message = N_("Every set of values names the same variables: %(names)s.")
            yield FieldError(f"variants.{place}", message, {"names": ", ".join(sorted(body.names()))})


def _formulas(body: CalculatedBody) -> Iterator[tuple[str, str]]:
    for place, answer in enumerate(body.answers):
        if not answer.any:
            yield f"answers.{place}.formula", answer.formula
    for field, text in body.texts():
        yield from ((field, formula) for formula in formulas_in(text))


def _faulty_formulas(body: CalculatedBody) -> Iterator[FieldError]:
    names, cost = body.names(), 0
    for field, text in _formulas(body):
        try:
            formula = parse(text)
            cost += formula.cost
            if stranger := formula.unknown(names):
                raise unknown_name(stranger, names)
        except FormulaError as error:
            yield FieldError(field, error.message, error.params)
    if cost > _COST_LIMIT:
        yield FieldError("answers", N_("All formulas together take too long. Simplify or remove some."))


def _failures(body: CalculatedBody, values: Values) -> Iterator[FieldError]:
    """Formulas that have no value for these values."""
    numbers = _numbers(values)
    for field, text in _formulas(body):
        try:
            parse(text).value(numbers)
        except FormulaError as error:
            yield FieldError(field, error.message, error.params)


def _failing(body: CalculatedBody) -> Iterator[FieldError]:
    """The first values among samples for which the question does not work, and what then fails."""
    field = "variants" if body.variants else "variables"
    given = [{name: as_text(value) for name, value in variant.items()} for variant in body.variants]
    to_be_found = {answer.any for answer in body.answers if answer.fraction == ONE} == {False}
    tried = max(_TRIED_LIMIT // (1 + sum(parse(text).cost for _, text in _formulas(body))), _LEAST_TRIED)
    candidates = given or samples(body.variables, random.Random(0))  # noqa: S311 - the same samples every time
    for values in islice(candidates, tried):
        shown = {"values": ", ".join(f"{name} = {value}" for name, value in values.items())}
        if failures := list(_failures(body, values)):
            yield from failures
            yield FieldError(field, N_("A formula fails for %(values)s. Change the values or the formula."), shown)
            return
        if to_be_found and _right(body, _results(body, values)) is None:
            message = N_("For %(values)s earlier answers hold all that earns the whole mark. Move that answer up.")
            yield FieldError("answers", message, shown)
            return
