"""Response processing, operator by operator (reference semantics §2.6)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from lxml import etree

from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.processing import Processor
from examhall.bank.formats.qti.values import Declaration, Mapping, Value, declaration


def bag(*members: str, cardinality: str = "multiple") -> Value:
    return Value(members, "identifier", cardinality)


DECLARED = {
    "RESPONSE": Declaration("RESPONSE", "multiple", "identifier", correct=bag("A", "B")),
    "ORDER": Declaration("ORDER", "ordered", "identifier", correct=bag("A", "B", cardinality="ordered")),
    "NOTHING": Declaration("NOTHING", "single", "identifier"),
    "SCORE": Declaration("SCORE", "single", "float", is_outcome=True),
}


def number(text: str) -> str:
    return f'<baseValue baseType="float">{text}</baseValue>'


def text(value: str) -> str:
    return f'<baseValue baseType="string">{value}</baseValue>'


def value_of(expression: str, *response: str, name: str = "RESPONSE", declared: Declaration | None = None) -> object:
    """The single member of what an expression gives, None for NULL."""
    rule = f'<setOutcomeValue identifier="X">{expression}</setOutcomeValue>'
    rules = etree.fromstring(f"<responseProcessing>{rule}</responseProcessing>")
    known = DECLARED | ({declared.identifier: declared} if declared else {})
    given = Value(response, known[name].base, known[name].cardinality) if response else None
    found = Processor(known, rules, Notes()).run({name: given})["X"]
    return None if found is None else found.items[0] if len(found.items) == 1 else found.items


TRUE, FALSE, NULL = "<isNull><null/></isNull>", f"<isNull>{number('1')}</isNull>", "<null/>"


@pytest.mark.parametrize(("expression", "expected"), [
    (f"<and>{TRUE}{TRUE}</and>", True), (f"<and>{TRUE}{NULL}</and>", None), (f"<and>{FALSE}{NULL}</and>", False),
    (f"<or>{FALSE}{FALSE}</or>", False), (f"<or>{FALSE}{NULL}</or>", None), (f"<or>{TRUE}{NULL}</or>", True),
    (f"<not>{TRUE}</not>", False), (f"<not>{NULL}</not>", None),
    (f'<anyN min="1" max="2">{TRUE}{FALSE}{TRUE}</anyN>', True),
    (f'<anyN min="3" max="3">{TRUE}{FALSE}{TRUE}</anyN>', False),
    (f'<anyN min="2" max="2">{TRUE}{NULL}{FALSE}</anyN>', None),
])  # fmt: skip
def test_logic_has_three_values(expression: str, expected: object) -> None:
    assert value_of(expression) is expected


@pytest.mark.parametrize(("expression", "expected"), [
    (f"<sum>{number('0.1')}{number('0.2')}</sum>", Decimal("0.3")), (f"<sum>{number('1')}{NULL}</sum>", None),
    (f"<product>{number('2')}{number('3.5')}</product>", Decimal(7)),
    (f"<subtract>{number('1')}{number('3')}</subtract>", Decimal(-2)),
    (f"<divide>{number('1')}{number('4')}</divide>", Decimal("0.25")),
    (f"<divide>{number('1')}{number('0')}</divide>", None),
    (f"<max>{number('1')}{number('4')}</max>", Decimal(4)), (f"<min>{number('1')}{number('4')}</min>", Decimal(1)),
    (f"<round>{number('2.5')}</round>", Decimal(3)), (f"<truncate>{number('-2.7')}</truncate>", Decimal(-2)),
    (f"<integerDivide>{number('-7')}{number('2')}</integerDivide>", Decimal(-4)),
    (f"<integerModulus>{number('-7')}{number('2')}</integerModulus>", Decimal(1)),
    (f"<product>{number('9e99')}{number('9e99')}</product>", None),
])  # fmt: skip
def test_arithmetic_is_exact_and_bounded(expression: str, expected: object) -> None:
    assert value_of(expression) == expected


@pytest.mark.parametrize(("attributes", "one", "other", "expected"), [
    ('toleranceMode="exact"', "1", "1.0", True), ('toleranceMode="exact"', "1", "1.1", False), ("", "2", "2", True),
    ('toleranceMode="absolute" tolerance="1 2"', "10", "9", True),
    ('toleranceMode="absolute" tolerance="1 2"', "10", "12", True),
    ('toleranceMode="absolute" tolerance="1 2"', "10", "8.9", False),
    ('toleranceMode="absolute" tolerance="1 2" includeUpperBound="false"', "10", "12", False),
    ('toleranceMode="absolute" tolerance="1 2" includeLowerBound="false"', "10", "9", False),
    ('toleranceMode="relative" tolerance="10"', "200", "220", True),
    ('toleranceMode="relative" tolerance="10"', "200", "220.1", False),
])  # fmt: skip
def test_equal(attributes: str, one: str, other: str, expected: bool) -> None:
    assert value_of(f"<equal {attributes}>{number(one)}{number(other)}</equal>") is expected


@pytest.mark.parametrize(("expression", "expected"), [
    (f'<stringMatch caseSensitive="true">{text("York")}{text("york")}</stringMatch>', False),
    (f'<stringMatch caseSensitive="false">{text("York")}{text("york")}</stringMatch>', True),
    (f'<stringMatch caseSensitive="true" substring="true">{text("New York")}{text("York")}</stringMatch>', True),
    (f'<patternMatch pattern="[0-9]+">{text("12")}</patternMatch>', True),
    (f'<patternMatch pattern="[0-9]+">{text("12a")}</patternMatch>', False),
    (f'<patternMatch pattern="(">{text("(")}</patternMatch>', None),
    (f'<equalRounded figures="3">{number("3.141")}{number("3.144")}</equalRounded>', True),
    (f'<equalRounded roundingMode="decimalPlaces" figures="1">{number("1.25")}{number("1.3")}</equalRounded>', True),
])  # fmt: skip
def test_texts_and_rounded_numbers(expression: str, expected: object) -> None:
    assert value_of(expression) is expected


VARIABLE, CORRECT = '<variable identifier="RESPONSE"/>', '<correct identifier="RESPONSE"/>'


class TestMatch:
    def test_a_bag_has_no_order_and_counts(self) -> None:
        match = f"<match>{VARIABLE}{CORRECT}</match>"
        assert value_of(match, "B", "A") is True
        assert value_of(match, "A", "B", "B") is False
        assert value_of(match) is None

    def test_a_sequence_has_an_order(self) -> None:
        match = '<match><variable identifier="ORDER"/><correct identifier="ORDER"/></match>'
        assert value_of(match, "A", "B", name="ORDER") is True
        assert value_of(match, "B", "A", name="ORDER") is False

    def test_membership_and_parts(self) -> None:
        def constant(name: str) -> str:
            return f'<baseValue baseType="identifier">{name}</baseValue>'

        assert value_of(f"<member>{constant('A')}{VARIABLE}</member>", "A", "C") is True
        assert (
            value_of(f"<contains>{VARIABLE}<multiple>{constant('C')}{constant('A')}</multiple></contains>", "A", "C")
            is True
        )
        ordered = f"<ordered>{constant('B')}{constant('C')}</ordered>"
        contains = f'<contains><variable identifier="ORDER"/>{ordered}</contains>'
        assert value_of(contains, "A", "B", "C", name="ORDER") is True
        assert value_of(contains, "B", "A", "C", name="ORDER") is False
        assert value_of('<index n="2"><variable identifier="ORDER"/></index>', "A", "B", name="ORDER") == "B"
        assert value_of('<index n="3"><variable identifier="ORDER"/></index>', "A", "B", name="ORDER") is None
        assert value_of(f"<containerSize>{VARIABLE}</containerSize>") == 0
        assert value_of(f"<delete>{constant('A')}{VARIABLE}</delete>", "A", "C") == "C"


class TestMappings:
    MAPPING = Mapping((("A", Decimal(1), True), ("B", Decimal(3), True)), Decimal(-2), Decimal(0), Decimal(3))

    def worth(self, *response: str, mapping: Mapping = MAPPING, cardinality: str = "multiple") -> object:
        declared = Declaration("R", cardinality, "string", mapping=mapping)
        return value_of('<mapResponse identifier="R"/>', *response, name="R", declared=declared)

    def test_each_value_counts_once_and_unknown_ones_add_the_default_within_the_bounds(self) -> None:
        assert self.worth("A") == 1
        assert self.worth("A", "A") == 1
        assert self.worth("A", "B") == 3
        assert self.worth("A", "B", "C") == 2
        assert self.worth("C") == 0
        assert self.worth() == 0

    def test_a_single_value_is_not_bounded(self) -> None:
        assert self.worth("C", cardinality="single") == -2

    def test_case_may_count_or_not(self) -> None:
        mapping = Mapping((("York", Decimal(2), True), ("leeds", Decimal(1), False)))
        assert self.worth("york", mapping=mapping) == 0
        assert self.worth("LEEDS", mapping=mapping) == 1

    def test_each_area_counts_once_and_a_miss_is_the_default(self) -> None:
        element = etree.fromstring(
            '<responseDeclaration identifier="P" cardinality="multiple" baseType="point">'
            '<areaMapping defaultValue="-1">'
            '<areaMapEntry shape="circle" coords="10,10,5" mappedValue="2"/>'
            '<areaMapEntry shape="poly" coords="20,20,30,20,20,30" mappedValue="1"/>'
            '<areaMapEntry shape="rect" coords="8,8,12,12" mappedValue="4"/></areaMapping></responseDeclaration>'
        )
        rule = '<setOutcomeValue identifier="X"><mapResponsePoint identifier="P"/></setOutcomeValue>'
        rules = etree.fromstring(f"<responseProcessing>{rule}</responseProcessing>")
        processor = Processor({"P": declaration(element, Notes())}, rules, Notes())

        def worth(*points: tuple[int, int]) -> object:
            given = Value(tuple((Decimal(x), Decimal(y)) for x, y in points), "point", "multiple")
            found = processor.run({"P": given})["X"]
            return found and found.items[0]

        assert worth((10, 14)) == 2
        assert worth((10, 14), (10, 15)) == 2
        assert worth((10, 10)) == 6
        assert worth((21, 21)) == 1
        assert worth((29, 29)) == -1


@pytest.mark.parametrize(("expression", "expected"), [
    ('<mathConstant name="pi"/>', "3.141592653589793"), ('<mathConstant name="tau"/>', None),
    (f'<mathOperator name="sin">{number("0")}</mathOperator>', "0"),
    (f'<mathOperator name="log">{number("1000")}</mathOperator>', "3"),
    (f'<mathOperator name="ln">{number("-1")}</mathOperator>', None),
    (f'<mathOperator name="exp">{number("99999")}</mathOperator>', None),
    (f'<mathOperator name="atan2">{number("1")}{number("1")}</mathOperator>', "0.785398163397"),
    (f'<statsOperator name="mean">{number("-3")}{number("3")}{number("6")}</statsOperator>', "2"),
    (f'<statsOperator name="sampleVariance">{number("-3")}{number("3")}{number("6")}</statsOperator>', "21"),
    (f'<statsOperator name="mean">{number("3")}</statsOperator>', None),
    (f'<roundTo roundingMode="significantFigures" figures="3">{number("1234.5")}</roundTo>', "1230"),
    (f'<roundTo roundingMode="decimalPlaces" figures="1">{number("0.25")}</roundTo>', "0.3"),
    (f"<power>{number('2')}{number('10')}</power>", "1024"), (f"<power>{number('2')}{number('9999')}</power>", None),
    (f"<power>{number('2')}{number('0.5')}</power>", "1.41421356237"),
    (f"<power>{number('-2')}{number('0.5')}</power>", None),
    (f"<gcd>{number('12')}{number('18')}</gcd>", "6"), (f"<lcm>{number('4')}{number('6')}</lcm>", "12"),
])  # fmt: skip
def test_mathematics(expression: str, expected: str | None) -> None:
    assert value_of(expression) == (None if expected is None else Decimal(expected))
