"""QTI 2.x: pairs and orders."""

from __future__ import annotations

from typing import Any

import pytest

from bank.formats.qti_files import (
    MAP_RESPONSE,
    MATCH_CORRECT,
    RESPONSE,
    choices,
    fault,
    item,
    losses,
    one,
    response,
    rules,
    when,
)


def match(rows: int, columns: int, *, shuffle: str = "false") -> str:
    def held(letter: str, count: int, most: int) -> str:
        made = "".join(
            f'<simpleAssociableChoice identifier="{letter}{n}" matchMax="{most}">{letter} {n}</simpleAssociableChoice>'
            for n in range(1, count + 1)
        )
        return f"<simpleMatchSet>{made}</simpleMatchSet>"

    sets = held("s", rows, 1) + held("c", columns, 0)
    start = f'<matchInteraction responseIdentifier="RESPONSE" shuffle="{shuffle}">'
    return f"{start}<prompt>Match.</prompt>{sets}</matchInteraction>"


def pairs(correct: str, mapping: str = "") -> str:
    return response(correct, mapping, cardinality="multiple", base="directedPair")


def full(kind: str, data: bytes) -> dict[str, Any]:
    question = one(data)
    assert question.type == kind
    return question.body


def more(points: str) -> str:
    added = f'<sum><variable identifier="SCORE"/><baseValue baseType="float">{points}</baseValue></sum>'
    return f'<setOutcomeValue identifier="SCORE">{added}</setOutcomeValue>'


class TestMatch:
    def test_a_match_is_matching(self) -> None:
        data = item(pairs("s1 c2|s2 c1", ":s1 c2=1|s2 c1=1"), match(2, 3), MAP_RESPONSE)
        body = full("matching", data)
        assert [(stem["text"], stem["choice"]) for stem in body["stems"]] == [("s 1", "c2"), ("s 2", "c1")]
        assert [choice["text"] for choice in body["choices"]] == ["c 1", "c 2", "c 3"]
        assert (one(data).points, losses(data)) == (2, [])

    def test_all_or_nothing_is_a_loss(self) -> None:
        data = item(pairs("s1 c2|s2 c1"), match(2, 3))
        assert full("matching", data)["stems"][1]["choice"] == "c1"
        assert losses(data) == ["In the file only all pairs together earn points; here each earns its share."]

    def test_pairs_that_weigh_differently_or_cost_points_are_a_loss(self) -> None:
        data = item(pairs("", 'defaultValue="-1":s1 c2=3|s2 c1=1'), match(2, 3), MAP_RESPONSE)
        assert ["different points" in losses(data)[0], "cost points" in losses(data)[1]] == [True, True]

    def test_a_stem_without_partner_is_left_out_with_a_loss(self) -> None:
        data = item(pairs("", ":s1 c2=1|s2 c1=1"), match(3, 3), MAP_RESPONSE)
        assert len(full("matching", data)["stems"]) == 2
        assert any('"s3" has no right partner' in loss for loss in losses(data))

    def test_several_right_choices_for_a_stem_are_a_list(self) -> None:
        data = item(pairs("", ":s1 c1=1|s1 c2=1|s2 c2=1"), match(2, 3), MAP_RESPONSE)
        gaps = full("cloze", data)["gaps"]
        assert [gap["kind"] for gap in gaps] == ["choice", "choice"]
        assert [[option["fraction"] for option in gap["options"]] for gap in gaps] == [["1", "1", "0"], ["0", "1", "0"]]

    @pytest.mark.parametrize(("scheme", "declared", "own"), [
        ("every_decision", pairs("", ":s1 c1=1|s2 c2=1|s3 c2=1|s4 c1=1"), MAP_RESPONSE),
        ("all_or_nothing", pairs("s1 c1|s2 c2|s3 c2|s4 c1"), MATCH_CORRECT),
    ])  # fmt: skip
    def test_four_rows_and_two_columns_are_kprim(self, scheme: str, declared: str, own: str) -> None:
        body = full("kprim", item(declared, match(4, 2), own))
        assert [row["correct"] for row in body["rows"]] == [True, False, False, True]
        assert (body["scheme"], body["true_label"], body["false_label"]) == (scheme, "c 1", "c 2")

    def test_five_rows_and_two_columns_are_matching(self) -> None:
        declared = pairs("", ":" + "|".join(f"s{n} c1=1" for n in range(1, 6)))
        assert len(full("matching", item(declared, match(5, 2), MAP_RESPONSE))["stems"]) == 5

    def test_associations_become_matching(self) -> None:
        made = "".join(
            f'<simpleAssociableChoice identifier="{c}" matchMax="1">{c}</simpleAssociableChoice>' for c in "ABCDE"
        )
        body = (
            f'<associateInteraction responseIdentifier="RESPONSE"><prompt>Rivals?</prompt>{made}</associateInteraction>'
        )
        declared = response("D A|B C", ":D A=1|B C=1", cardinality="multiple", base="pair")
        found = full("matching", item(declared, body, MAP_RESPONSE))
        assert [(stem["text"], stem["choice"]) for stem in found["stems"]] == [("A", "c2"), ("B", "c1")]
        assert [choice["text"] for choice in found["choices"]] == ["C", "D", "E"]

    def test_associations_with_a_choice_in_two_pairs_are_an_error(self) -> None:
        made = "".join(
            f'<simpleAssociableChoice identifier="{c}" matchMax="2">{c}</simpleAssociableChoice>' for c in "ABC"
        )
        body = f'<associateInteraction responseIdentifier="RESPONSE">{made}</associateInteraction>'
        assert "belongs to one pair" in fault(item(response("A B|A C", cardinality="multiple", base="pair"), body))


class TestOrder:
    BODY = choices("x", "y", "z", more='shuffle="true"').replace("choiceInteraction", "orderInteraction")

    def test_match_correct_is_exact(self) -> None:
        body = full("ordering", item(response("C|A|B", cardinality="ordered"), self.BODY))
        assert ([found["text"] for found in body["items"]], body["scheme"]) == (["z", "x", "y"], "exact")

    def test_points_by_position(self) -> None:
        conditions = [
            when(
                f'<match><index n="{n}">{RESPONSE}</index><baseValue baseType="identifier">{name}</baseValue></match>',
                '<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>'
                '<baseValue baseType="float">1</baseValue></sum></setOutcomeValue>',
            )
            for n, name in enumerate("CAB", start=1)
        ]
        data = item(response("C|A|B", cardinality="ordered"), self.BODY, rules(*conditions))
        assert (full("ordering", data)["scheme"], one(data).points, losses(data)) == ("position", 3, [])

    def test_items_that_are_not_to_be_shuffled_are_told(self) -> None:
        """Here the order that is shown first is never that of the file, which may be the right one."""
        still = self.BODY.replace('"true"', '"false"')
        fixed = self.BODY.replace('identifier="B"', 'identifier="B" fixed="true"')
        for body in (still, fixed):
            assert losses(item(response("C|A|B", cardinality="ordered"), body)) == [
                "Some items keep their place in the file; here all are shuffled."
            ]

    def test_the_right_order_names_every_choice(self) -> None:
        assert "name each choice once" in fault(item(response("C|A", cardinality="ordered"), self.BODY))


def test_sixths_of_three_digits_are_places() -> None:
    """As OPAL shares one point among six places: five of 0.167 and one of 0.165."""
    names = "ABCDEF"
    there = [f'<match><index n="{n}">{RESPONSE}</index><baseValue baseType="identifier">{name}</baseValue></match>'
             for n, name in enumerate(names, start=1)]  # fmt: skip
    processing = rules(*[when(test, more("0.165" if n == 5 else "0.167")) for n, test in enumerate(there)])
    listed = "".join(f'<simpleChoice identifier="{name}">{name}</simpleChoice>' for name in names)
    start = '<orderInteraction responseIdentifier="RESPONSE" shuffle="true"><prompt>Sort</prompt>'
    question = one(
        item(response("|".join(names), cardinality="ordered"), f"{start}{listed}</orderInteraction>", processing)
    )
    assert (question.body["scheme"], question.points, question.losses) == ("position", 1, [])


class TestSeveralPartners:
    def grid(self, correct: str, mapping: str = "", processing: str = MAP_RESPONSE) -> bytes:
        body = match(2, 3).replace('matchMax="1"', 'matchMax="0"')
        return item(pairs(correct, mapping), body, processing)

    def test_a_stem_with_several_partners_is_a_gap_with_boxes(self) -> None:
        data = self.grid("s1 c1|s1 c2|s2 c3", ":s1 c1=1|s1 c2=1|s2 c3=2|s2 c1=-1")
        question = one(data)
        assert (question.type, question.points) == ("cloze", 4)
        gaps = [(gap["kind"], gap["weight"], [option["fraction"] for option in gap["options"]])
                for gap in question.body["gaps"]]  # fmt: skip
        assert gaps == [("multiple", 1, ["0.5", "0.5", "0"]), ("multiple", 1, ["-0.5", "0", "1"])]
        assert losses(data) == [
            "Stems with several right partners are shown as gaps: lists to choose from, or boxes to tick.",
            "Answers may earn less than 0 points in the file; here they earn 0.",
        ]

    def test_wrong_pairs_that_cost_what_other_stems_earn_are_told(self) -> None:
        data = self.grid("s1 c1|s1 c2|s2 c3", ":s1 c1=1|s1 c2=1|s2 c3=1|s2 c1=-2")
        assert [gap["weight"] for gap in one(data).body["gaps"]] == [2, 1]
        assert losses(data)[1:] == [
            "Answers may earn less than 0 points in the file; here they earn 0.",
            "Some gaps count together in the file: of 7 answers tried, 1 earn other points here.",
        ]

    def test_all_pairs_or_nothing_is_a_loss(self) -> None:
        data = self.grid("s1 c1|s1 c2|s2 c3", processing=MATCH_CORRECT)
        assert one(data).type == "cloze"
        assert "In the file only all pairs together earn points; here each earns its share." in losses(data)
