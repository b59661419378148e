"""Moodle XML of the plug-in "gapfill": what stands between brackets is written or chosen, and what is lost is told."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from bank.formats.moodle_files import answer, fails, one, parse, question, said
from examhall.bank.formats import Item

TYPED = "<answerdisplay>gapfill</answerdisplay>"
LISTED = "<answerdisplay>dropdown</answerdisplay>"


def read(text: str, inner: str = TYPED) -> Item:
    return one(question("gapfill", inner, text))


def words(text: str, inner: str = TYPED) -> list[list[str]]:
    """The words that each gap takes."""
    return [[found["text"] for found in gap["answers"]] for gap in read(text, inner).body["gaps"]]


class TestWritten:
    def test_words_in_brackets_are_gaps(self) -> None:
        body = read("<p>The [cat] sat on the [mat|rug].</p>").body
        assert body["prompt"] == "<p>The {#1} sat on the {#2}.</p>"
        assert [(gap["kind"], gap["case_sensitive"], gap["weight"]) for gap in body["gaps"]] == [
            ("short_text", False, 1), ("short_text", False, 1),
        ]  # fmt: skip
        assert words("[cat] [mat | rug |]") == [["cat"], ["mat", "rug"]]

    @pytest.mark.parametrize("signs", ["{}", "##", "@@", "()", "%%"])
    def test_other_signs_may_stand_around_them(self, signs: str) -> None:
        inner = f"{TYPED}<delimitchars>{signs}</delimitchars>"
        body = read(f"$a[{signs[0]}0{signs[1]}] and {signs[0]}b{signs[1]}", inner).body
        assert body["prompt"] == "$a[{#1}] and {#2}"

    def test_what_an_editor_put_around_a_word_is_left_out(self) -> None:
        assert words("[<b>a</b>&nbsp;&amp; b]") == [["a & b"]]

    def test_a_formula_is_no_gap(self) -> None:
        assert read(r"\[x\] and [y]").body["prompt"] == r"\[x\] and {#1}"

    def test_capitals_matter_where_they_are_said_to(self) -> None:
        (gap,) = read("[Cat]", f"{TYPED}<casesensitive>1</casesensitive>").body["gaps"]
        assert gap["case_sensitive"] is True

    @pytest.mark.parametrize(("text", "inner", "expected"), [
        ("[colou?r|gr[ae]y]".replace("[ae]", "(a|e)"), "", ("colou?r|gr(a|e)y", True)),
        ("[colou?r]", "<disableregex>1</disableregex>", ("colou?r", False)),
        ("[C++]", "", ("C++", False)), ("[U.S.]", "", ("U.S.", False)),
    ])  # fmt: skip
    def test_regular_expressions_are_patterns(self, text: str, inner: str, expected: tuple[str, bool]) -> None:
        (gap,) = read(text, TYPED + inner).body["gaps"]
        assert [(found["text"], found["pattern"]) for found in gap["answers"]] == [expected]


class TestListed:
    def test_all_words_are_chosen_from_with_wrong_ones_beside_them(self) -> None:
        more = answer("100", "cat") + answer("100", "mat|rug") + answer("0", "dog")
        found = read("The [cat] on the [mat|rug].", LISTED + more)
        assert [gap["display"] for gap in found.body["gaps"]] == ["dropdown", "dropdown"]
        options = [[(o["text"], o["fraction"]) for o in gap["options"]] for gap in found.body["gaps"]]
        assert options == [
            [("cat", "1"), ("mat", "0"), ("rug", "0"), ("dog", "0")],
            [("cat", "0"), ("mat", "1"), ("rug", "1"), ("dog", "0")],
        ]  # fmt: skip
        assert found.losses == []

    @pytest.mark.parametrize("inner", ["", "<answerdisplay>dragdrop</answerdisplay>"])
    def test_what_was_dragged_is_chosen_and_that_is_told(self, inner: str) -> None:
        found = read("[a] [b]", inner + "<singleuse>1</singleuse><noduplicates>1</noduplicates>")
        assert said(found.losses) == [
            "A word earns its mark in each gap where it is right, also a second time.",
            "The words are chosen from a list here and not dragged into their places.",
            "Each word may be chosen any number of times.",
        ]

    def test_a_wrong_word_without_a_letter_is_none(self) -> None:
        first, _ = read("[a] [b]", LISTED + answer("0", "&lt;p&gt;&lt;/p&gt;")).body["gaps"]
        assert [option["text"] for option in first["options"]] == ["a", "b"]

    def test_one_word_alone_is_written(self) -> None:
        assert words("[a]", LISTED) == [["a"]]


class TestTold:
    def test_settings_that_stand_there_twice_say_nothing_new(self) -> None:
        settings = "".join(f"<{name}>0</{name}>" for name in ("fixedgapsize", "optionsaftertext", "letterhints"))
        inner = 2 * f"{TYPED}<delimitchars>[]</delimitchars><casesensitive>0</casesensitive>{settings}"
        assert read("[a]", inner).losses == []

    def test_how_the_gaps_looked_is_told(self) -> None:
        assert said(read("[a]", TYPED + "<letterhints>1</letterhints>").losses) == ['<letterhints> is not kept: "1".']

    def test_a_text_without_a_gap_is_wrong(self) -> None:
        fails("question[1]/questiontext", "no gap", question("gapfill", TYPED, "None [] here"))

    def test_too_many_gaps_or_words_are_wrong(self) -> None:
        fails("question[1]/questiontext", "more than 100 gaps", question("gapfill", TYPED, "[a]" * 101))
        listed = "".join(f"[w{number}]" for number in range(51))
        fails("question[1]/questiontext", "at most 50", question("gapfill", LISTED, listed))

    @pytest.mark.parametrize("text", ["[" * 20_000, "[a" * 10_000, "[ ]" * 9_000, "[a]" * 9_000])
    def test_a_long_text_takes_no_long_time(self, text: str) -> None:
        start = process_time()
        found: Any = parse(question("gapfill", TYPED, text))
        assert len(found.questions) + len(found.errors) == 1
        assert process_time() - start < 5
