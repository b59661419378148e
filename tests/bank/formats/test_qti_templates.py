"""QTI 2.x: variables of an item that are the same for everybody, and tables by which scores are looked up."""

from __future__ import annotations

from typing import Any

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

    def test_what_is_drawn_is_a_fault(self) -> None:
        random = '<randomInteger min="1" max="9"/>'
        data = item(
            response(base="integer"),
            entry(),
            MATCH_CORRECT,
            outcomes=SCORE + template("X", base="integer") + drawn(settled("X", random)),
        )
        assert "drawn for each candidate" in fault(data)


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
