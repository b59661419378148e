"""Numbers, tolerances, units and formulas as Moodle XML has them."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from decimal import Context, Decimal
from html import escape, unescape
from typing import Any

from examhall.bank.formats.moodle_xml.markup import Markup, Unsayable
from examhall.bank.types.contract import as_text
from examhall.bank.types.numeric import NumericAnswer
from examhall.bank.types.quantities import folded
from examhall.bank.types.variables import Variable, drawn
from examhall.errors import N_

Data = Mapping[str, Any]
_TOLERANCES = {"relative": "1", "nominal": "2", "geometric": "3"}
_SETS = 10
_WIDE = Context(prec=60)
_TERM = re.compile(
    r"(?P<number>[0-9]+\.?[0-9]*(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?)|(?P<braced>\{[^{}]*\})"
    r"|(?P<function>[^\W\d_]\w*)(?=\s*\()|(?P<name>[^\W\d_]\w*)|(?P<power>\^)"
)
_IN_TEXT = re.compile(r"\{=(?P<formula>(?:[^{}]|\{(?!=)[^{}]*\})*)\}")
_SIGNS = str.maketrans({"−": "-", "×": "*", "·": "*", "÷": "/"})
_CONSTANTS = {"pi": "pi()", "e": "exp(1)"}


def write_numeric(markup: Markup, body: Data) -> None:
    """The answers and the units of a numeric question."""
    written = 0
    for answer in body["answers"]:
        interval = _interval(markup, body, answer)
        if interval is None:
            continue
        written += Decimal(answer["fraction"]) == 1
        markup.open("answer", fraction=as_text(Decimal(answer["fraction"]).scaleb(2)), format="moodle_auto_format")
        markup.text(interval[0])
        markup.rich("feedback", answer["feedback"])
        markup.element("tolerance", interval[1])
        markup.close("answer")
    if not written:
        raise Unsayable(N_("Moodle XML cannot say the right answers of this question."))
    _write_units(markup, body)


def write_calculated(markup: Markup, body: Data) -> None:
    """The formulas, the units and the values of a calculated question."""
    for tag, value in (("synchronize", 0), ("single", 0), ("answernumbering", "abc"), ("shuffleanswers", 0)):
        markup.element(tag, value)
    names = {variable["name"] for variable in body["variables"]}.union(*body["variants"][:1])
    for answer in body["answers"]:
        kind = answer["tolerance_type"]
        if kind not in _TOLERANCES:
            message = N_("Moodle has no tolerance of the kind %(kind)s. Only the exact number is right there.")
            markup.lose(message, kind=kind)
        markup.open("answer", fraction=as_text(Decimal(answer["fraction"]).scaleb(2)))
        markup.text(formula_for_moodle(answer["formula"], names))
        markup.element("tolerance", answer["tolerance"])
        markup.element("tolerancetype", _TOLERANCES.get(kind, "2"))
        markup.element("correctanswerformat", 1 if answer["shown"]["kind"] == "decimals" else 2)
        markup.element("correctanswerlength", answer["shown"]["digits"])
        markup.rich("feedback", answer["feedback"])
        markup.close("answer")
    _write_units(markup, body)
    _write_values(markup, body)


def text_for_moodle(prompt: str, body: Data) -> str:
    """A prompt whose formulas are written as Moodle reads them."""
    names = {variable["name"] for variable in body["variables"]}.union(*body["variants"][:1])
    return _IN_TEXT.sub(
        lambda place: "{=" + escape(formula_for_moodle(unescape(place["formula"]), names), quote=False) + "}", prompt
    )


def formula_for_moodle(formula: str, names: set[str]) -> str:
    """A formula with ** for powers and variables in braces; one that has nothing else stays as it is."""

    def term(found: re.Match[str]) -> str:
        if found["power"]:
            return "**"
        name = found["name"]
        if name is None:
            return found[0]
        return f"{{{name}}}" if name in names else _CONSTANTS.get(name, name)

    return _TERM.sub(term, formula.translate(_SIGNS))


def _interval(markup: Markup, body: Data, answer: Data) -> tuple[str, str] | None:
    """The value and the tolerance around it; None for an answer that has none."""
    if answer["any"]:
        return "*", "0"
    wanted = folded(answer["unit"])
    multipliers = (Decimal(unit["multiplier"]) for unit in body["units"] if folded(unit["name"]) == wanted)
    multiplier = next(multipliers, Decimal(1))
    if answer["tolerance_type"] == "nominal" and multiplier == 1:
        return answer["value"], answer["tolerance"]
    bounds = NumericAnswer.model_validate(answer).interval()
    if bounds is None:
        return None
    if answer["tolerance_type"] in ("geometric", "significant"):
        markup.lose(N_("Moodle XML has no tolerance of the kind %(kind)s. The interval is written, rounded."),
                    kind=answer["tolerance_type"])  # fmt: skip
    low, high = (_WIDE.divide(bound, multiplier) for bound in bounds)
    middle = _WIDE.divide(_WIDE.add(low, high), Decimal(2))
    return as_text(_short(middle)), as_text(_short(_WIDE.subtract(high, middle)))


def _short(number: Decimal) -> Decimal:
    return Context(prec=40).plus(number)


def _write_units(markup: Markup, body: Data) -> None:
    use = body["unit_use"]
    if body["units"] and use != "none":
        markup.open("units")
        for unit in body["units"]:
            markup.open("unit")
            markup.element("multiplier", unit["multiplier"])
            markup.element("unit_name", unit["name"])
            markup.close("unit")
        markup.close("units")
    elif body["units"]:
        markup.lose(N_("Moodle keeps no units for a question that asks for none."))
    choice = body["unit_input"] == "choice"
    grading = {"none": 0, "optional": 0, "required": 2 if body["unit_penalty_of"] == "max" else 1}[use]
    if use == "optional" and choice:
        markup.lose(N_("An optional unit is written and not chosen in Moodle."))
    if use == "optional" and Decimal(body["unit_penalty"]):
        markup.lose(N_("A wrong unit costs nothing in Moodle where units are optional."))
    markup.element("unitgradingtype", grading)
    markup.element("unitpenalty", body["unit_penalty"])
    markup.element("showunits", 3 if use == "none" else 2 if choice else 0)
    markup.element("unitsleft", int(body["units_left"]))


def _write_values(markup: Markup, body: Data) -> None:
    variables = [Variable.model_validate(variable) for variable in body["variables"]]
    variants = [dict(variant) for variant in body["variants"]]
    if not variants and variables:
        dice = random.Random(0)  # noqa: S311 values for exercises, the same in each export
        variants = [dict(drawn(variables, dice)) for _ in range(_SETS)]
        message = N_("Moodle draws from lists of values: %(count)s sets were drawn from the ranges.")
        markup.lose(message, count=_SETS)
    shapes = {variable.name: variable for variable in variables}
    names = [variable.name for variable in variables] or sorted(variants[0] if variants else ())
    markup.open("dataset_definitions")
    for name in names:
        values = [variant[name] for variant in variants]
        _write_values_of(markup, name, shapes.get(name) or _shape(name, values), values)
    markup.close("dataset_definitions")


def _write_values_of(markup: Markup, name: str, shape: Variable, values: list[str]) -> None:
    markup.open("dataset_definition")
    markup.named("status", "private")
    markup.named("name", name)
    markup.element("type", "calculated")
    markup.named("distribution", "loguniform" if shape.scale == "log" else "uniform")
    markup.named("minimum", as_text(shape.low))
    markup.named("maximum", as_text(shape.high))
    markup.named("decimals", str(shape.decimals))
    markup.element("itemcount", len(values))
    markup.open("dataset_items")
    for number, value in enumerate(values, start=1):
        markup.open("dataset_item")
        markup.element("number", number)
        markup.element("value", value)
        markup.close("dataset_item")
    markup.close("dataset_items")
    markup.element("number_of_items", len(values))
    markup.close("dataset_definition")


def _shape(name: str, values: list[str]) -> Variable:
    """A range around values that were given without one."""
    numbers = [Decimal(value) for value in values]
    places = max(-int(number.as_tuple().exponent) for number in numbers)
    return Variable(name=name, low=min(numbers), high=max(numbers), decimals=max(places, 0))
