"""QTI 2.x: variables of an item that are the same for everybody, and tables by which scores are looked up."""

from __future__ import annotations

from typing import Any

import pytest

from bank.formats.qti_files import (
    MATCH_CORRECT,
    RESPONSE,
    SCORE,
    choices,
    entry,
    fault,
    item,
    losses,
    one,
    parts,
    response,
    rules,
    score,
    when,
)


def template(name: str, value: str = "", base: str = "float", cardinality: str = "single") -> str:
    values = "".join(f"<value>{one}</value>" for one in value.split("|"))
    default = f"<defaultValue>{values}</defaultValue>"
    made = response(cardinality=cardinality, base=base, name=name).replace("></", f">{default}</")
    return made.replace("responseDeclaration", "templateDeclaration")


def variable(name: str) -> str:
    return f'<variable identifier="{name}"/>'


def add(points: str, name: str = "SCORE") -> str:
    return f'<setOutcomeValue identifier="{name}"><sum>{variable(name)}{points}</sum></setOutcomeValue>'


def whole(value: int | str, base: str = "integer") -> str:
    return f'<baseValue baseType="{base}">{value}</baseValue>'


def settled(name: str, expression: str) -> str:
    return f'<setTemplateValue identifier="{name}">{expression}</setTemplateValue>'


def drawn(*inner: str) -> str:
    return f"<templateProcessing>{''.join(inner)}</templateProcessing>"


RIGHT = f'<setCorrectResponse identifier="RESPONSE"><product>{variable("X")}{whole(2)}</product></setCorrectResponse>'


class TestConstants:
    def test_points_may_stand_in_variables_of_the_item(self) -> None:
        """As Inspera writes them; a variable without a value is NULL, and does nothing."""
        member = f"<member>{whole('A', 'identifier')}{RESPONSE}</member>"
        bound = f"<lt>{variable('SCORE')}{variable('LEAST')}</lt>"
        data = item(
            response("A"),
            choices("yes", "no"),
            rules(
                when(member, add(variable("EACH")), otherwise=add(variable("WRONG"))),
                when(bound, f'<setOutcomeValue identifier="SCORE">{variable("LEAST")}</setOutcomeValue>'),
            ),
            outcomes=SCORE + template("EACH", "2") + template("WRONG", "-1") + template("LEAST"),
        )
        assert one(data).points == 2
        assert parts(data, "text", "fraction") == [("yes", "1"), ("no", "-0.5")]

    def test_what_is_calculated_without_chance_is_put_where_it_is_used(self) -> None:
        data = item(
            response(base="integer"),
            entry('What is <printedVariable identifier="BASE"/> + 3?'),
            MATCH_CORRECT,
            outcomes=SCORE
            + template("BASE", base="integer")
            + template("SUM", base="integer")
            + drawn(
                settled("BASE", whole(2)),
                settled("SUM", f"<sum>{variable('BASE')}{whole(3)}</sum>"),
                f'<setCorrectResponse identifier="RESPONSE">{variable("SUM")}</setCorrectResponse>',
            ),
        )
        question = one(data)
        assert question.type == "numeric"
        assert question.body["prompt"] == "<p>What is <span>2</span> + 3?</p>"
        assert parts(data, "value", "fraction") == [("5", "1")]
        assert question.losses == []

    def test_tolerances_and_what_is_shown_may_name_a_variable(self) -> None:
        equal = f'<equal toleranceMode="absolute" tolerance="REACH">{RESPONSE}{whole(5, "float")}</equal>'
        shown = '<p><templateInline templateIdentifier="KIND" identifier="a">A</templateInline><templateInline'
        shown += ' templateIdentifier="KIND" identifier="b">B</templateInline>?</p>'
        data = item(
            response(base="float"),
            shown + entry(""),
            rules(when(equal, score("1"))),
            outcomes=SCORE + template("REACH", "0.5") + template("KIND", "b", "identifier"),
        )
        assert parts(data, "value", "tolerance") == [("5", "0.5")]
        assert "B?" in one(data).body["prompt"]
        assert "A" not in one(data).body["prompt"]


class TestDraws:
    def drawn(self, *rules: str) -> bytes:
        return item(
            response(base="integer"),
            entry('Twice <printedVariable identifier="X"/>?'),
            MATCH_CORRECT,
            outcomes=SCORE + template("X", base="integer") + drawn(*rules, RIGHT),
        )

    @pytest.mark.parametrize(("draw", "values"), [
        ('<randomInteger min="4" max="9" step="5"/>', {"4", "9"}),
        (f"<random><multiple>{whole(3)}{whole(5)}</multiple></random>", {"3", "5"}),
    ])  # fmt: skip
    def test_one_draw_is_taken_and_told(self, draw: str, values: set[str]) -> None:
        data = self.drawn(settled("X", draw))
        (shown,) = [value for value in values if f"<span>{value}</span>" in one(data).body["prompt"]]
        assert parts(data, "value") == [str(2 * int(shown))]
        assert losses(data) == ["Values are drawn for each candidate in the file; here all get those of one draw."]
        assert one(data).body == one(data).body

    def test_a_variable_without_a_value_cannot_be_shown(self) -> None:
        shown = entry('<printedVariable identifier="X"/>?')
        data = item(response("5", base="integer"), shown, MATCH_CORRECT, outcomes=SCORE + template("X", base="integer"))
        assert "printedVariable" in fault(data)

    def test_a_draw_keeps_the_constraints(self) -> None:
        kept = f"<templateConstraint><gt>{variable('X')}{whole(8)}</gt></templateConstraint>"
        assert parts(self.drawn(settled("X", '<randomInteger min="1" max="9"/>'), kept), "value") == ["18"]

    def test_constraints_that_no_draw_keeps_are_a_fault(self) -> None:
        kept = f"<templateConstraint><gt>{variable('X')}{whole(9)}</gt></templateConstraint>"
        assert "templateConstraint" in fault(self.drawn(settled("X", '<randomInteger min="1" max="9"/>'), kept))

    @pytest.mark.parametrize("draw", [
        '<randomInteger min="1" max="Y"/>', '<randomInteger min="9" max="1"/>', '<randomInteger max="3" step="0"/>',
        "<random/>", "<randomFloat/>",
    ])  # fmt: skip
    def test_a_draw_that_cannot_be_made_is_a_fault(self, draw: str) -> None:
        assert "not complete" in fault(self.drawn(settled("X", draw)))


def table(kind: str, *entries: tuple[str, str], more: str = "") -> str:
    rows = "".join(f'<{kind}Entry sourceValue="{source}" targetValue="{target}"/>' for source, target in entries)
    held = f"<{kind} {more}>{rows}</{kind}>"
    return f'<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float">{held}</outcomeDeclaration>'


RAW = '<outcomeDeclaration identifier="RAW" cardinality="single" baseType="integer"/>'
LOOKED_UP = f'<lookupOutcomeValue identifier="SCORE">{variable("RAW")}</lookupOutcomeValue>'


def of_three(outcome: str) -> bytes:
    """Three options to tick, A and B right; each right decision is one raw point."""
    test: Any = [f"<member>{whole(name, 'identifier')}{RESPONSE}</member>" for name in "ABC"]
    counted = [when(test[0], add(whole(1), "RAW")), when(test[1], add(whole(1), "RAW"))]
    counted.append(when(f"<not>{test[2]}</not>", add(whole(1), "RAW")))
    declared = response("A|B", cardinality="multiple")
    return item(declared, choices("a", "b", "c", most=0), rules(*counted, LOOKED_UP), outcomes=outcome + RAW)


class TestTables:
    def test_a_raw_score_is_looked_up(self) -> None:
        data = of_three(table("interpolationTable", ("3", "4"), ("0", "0")))
        assert one(data).points == 4
        assert one(data).body["scheme"] == "all_or_nothing"
        assert losses(data) == []

    def test_a_table_may_hold_exact_matches_only(self) -> None:
        data = of_three(table("matchTable", ("3", "6"), ("2", "3"), more='defaultValue="0"'))
        assert one(data).points == 6

    def test_a_table_that_is_not_there_is_a_fault(self) -> None:
        assert "not complete at lookupOutcomeValue" in fault(of_three(SCORE))
