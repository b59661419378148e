"""Questions of Moodle XML with rows to judge true or false, or what else their columns are called."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bank.formats.moodle_files import body, fails, losses, one, question, rows, said
from examhall.bank.formats import Item
from examhall.bank.formats.moodle_xml import FORMAT
from examhall.bank.types import type_named


class TestKprime:
    @pytest.mark.parametrize(
        ("scoring", "scheme"),
        [("kprime", "kprim"), ("kprimeonezero", "all_or_nothing"), ("subpoints", "every_decision")],
    )
    def test_weights_say_what_is_true(self, scoring: str, scheme: str) -> None:
        found = one(question("kprime", rows(scoring)))
        assert (found.type, found.body["scheme"], found.body["shuffle"], found.losses) == ("kprim", scheme, False, [])
        assert [(row["text"], row["correct"], row["feedback"]) for row in found.body["rows"]] == [
            ("r1", False, "f1"), ("r2", True, "f2"), ("r3", False, "f3"), ("r4", True, "f4")]  # fmt: skip
        assert (found.body["true_label"], found.body["false_label"]) == ("Richtig", "Falsch")

    def test_other_numbers_of_rows_are_refused(self) -> None:
        fails("question[1]", "this one has 5", question("kprime", rows("subpoints", 5)))

    def test_a_row_without_weight_is_named(self) -> None:
        inner = rows("kprime").replace("rownumber='3'", "rownumber='9'")
        fails("question[1]/row[3]", "No <weight>", question("kprime", inner))

    @pytest.mark.parametrize("labels", [("", ""), ("Yes", ""), ("", "No"), ("True", ""), ("", "False"), ("A", "B")])
    def test_own_labels_come_back_as_they_were(self, labels: tuple[str, str]) -> None:
        named = dict(zip(("true_label", "false_label"), labels, strict=True))
        data = {"prompt": "?", "rows": [{"text": text, "correct": True} for text in "abcd"], **named}
        asked = Item(line=1, name="N", type="kprim", body=type_named("kprim").validate(data).to_json())
        assert FORMAT.export is not None
        assert FORMAT.parse is not None
        (found,) = FORMAT.parse(FORMAT.export([asked], {}, "").data).questions
        assert (found.body["true_label"], found.body["false_label"]) == labels


class TestMtf:
    def test_four_rows_of_two_columns_are_a_kprim(self) -> None:
        assert (one(question("mtf", rows("subpoints"))).type, losses("mtf", rows("subpoints"))) == ("kprim", [])
        assert body("mtf", rows("mtfonezero"))["scheme"] == "all_or_nothing"

    @pytest.mark.parametrize(("count", "labels"), [(3, ("Yes", "No")), (4, ("Yes", "No", "Maybe")), (6, ("a", "b"))])
    def test_others_are_matched_and_each_row_earns_its_share(self, count: int, labels: tuple[str, ...]) -> None:
        found = one(question("mtf", rows("subpoints", count, labels) + "<deduction>0.000</deduction>"))
        kind = type_named(found.type)
        asked = kind.load(found.body)
        assert [choice["text"] for choice in found.body["choices"]] == list(labels)
        names = {choice["key"]: choice["text"] for choice in found.body["choices"]}
        right = {stem["text"]: names[stem["choice"]] for stem in found.body["stems"]}
        assert right == {f"r{row}": labels[row % len(labels)] for row in range(1, count + 1)}
        assert kind.grade(asked, {"s1": asked.stems[0].choice}) == Decimal(1) / count
        assert said(found.losses) == ["The feedback on single items is not kept."]

    def test_the_usual_labels_have_their_words(self) -> None:
        found = body("mtf", rows("subpoints", 3, ("True", "False"), "moodle_auto_format"))
        assert [choice["text"] for choice in found["choices"]] == ["True", "False"]

    def test_all_or_nothing_is_ticked(self) -> None:
        found = one(question("mtf", rows("mtfonezero", 3, ("Yes", "No"))))
        assert (found.type, found.body["scheme"]) == ("multiple_choice", "all_or_nothing")
        assert [(option["fraction"], option["feedback"]) for option in found.body["options"]] == [
            ("0", "f1"), ("1", "f2"), ("0", "f3")]  # fmt: skip
        assert said(found.losses) == ['The rows that are "Yes" are ticked here, and the others are not.']

    def test_all_or_nothing_of_three_columns_is_shared_and_told(self) -> None:
        assert losses("mtf", rows("mtfonezero", 3, ("a", "b", "c"))) == [
            "Each right row earns its share, not only all of them together.",
            "The feedback on single items is not kept.",
        ]

    def test_a_scoring_that_takes_away_is_told(self) -> None:
        inner = rows("subpointdeduction") + "<deduction>0.500</deduction>"
        assert losses("mtf", inner) == [
            'The scoring "subpointdeduction" is not known here. Each right row earns its share instead.'
        ]
        assert body("mtf", inner)["scheme"] == "every_decision"


class TestOneOfThem:
    """The plug-in "sc": rows of which one is right."""

    ROWS = "".join(
        f"<row number='{number}'><optiontext><text>r{number}</text></optiontext>"
        f"<feedbacktext><text>f{number}</text></feedbacktext></row>"
        for number in (1, 2, 3)
    )

    def read(self, scoring: str = "sconezero", right: str = "2") -> Item:
        more = f"<scoringmethod><text>{scoring}</text></scoringmethod><numberofrows>3</numberofrows>"
        return one(question("sc", f"{more}<correctrow>{right}</correctrow>{self.ROWS}"))

    def test_it_is_a_single_choice(self) -> None:
        found = self.read()
        options = [(option["text"], option["fraction"], option["feedback"]) for option in found.body["options"]]
        assert options == [("r1", "0", "f1"), ("r2", "1", "f2"), ("r3", "0", "f3")]
        assert (found.type, found.losses) == ("single_choice", [])

    def test_other_scorings_are_told(self) -> None:
        assert "nothing else does" in said(self.read("aprime").losses)[0]

    def test_no_right_row_is_wrong(self) -> None:
        fails("question[1]", "No option earns", question("sc", self.ROWS))
