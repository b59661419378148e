"""Where one question of GIFT ends and the next begins, in files by hand and by other tools."""

from __future__ import annotations

import time

import pytest

from bank.formats.gift_texts import errors, fails, one, options, parse
from examhall.bank.formats import gift, registry


class TestBlankLines:
    def test_none_is_needed_above_a_name(self) -> None:
        found = parse("::A:: One? {=a ~b}\n::B:: Two? {\n=c\n~d\n}\n// [id:x]\n::C:: Three? {T}")
        assert [(item.line, item.name, item.external_id) for item in found.questions] == [
            (1, "A", ""), (2, "B", ""), (7, "C", "x"),
        ]  # fmt: skip
        assert [[warning.line for warning in item.warnings] for item in found.questions] == [[], [2], [6]]
        assert found.errors == []

    def test_none_is_needed_between_texts_with_names(self) -> None:
        found = parse("::A:: A text.\n::B 2:: Another\none.\n\n::C\n::Is it? {T}")
        assert [(item.name, item.type, item.body["prompt"]) for item in found.questions] == [
            ("A", "description", "A text."), ("B 2", "description", "Another<br>one."), ("C", "true_false", "Is it?"),
        ]  # fmt: skip

    def test_none_is_needed_between_questions_whose_answers_end_their_lines(self) -> None:
        found = parse("Q1: One? {=a ~b}\nQ2: Two? {\n=c\n~d\n}\n3. Three? {T}")
        assert [(item.line, item.name) for item in found.questions] == [
            (1, "Q1: One?"),
            (2, "Q2: Two?"),
            (6, "3. Three?"),
        ]
        told = [any("no blank line above" in note.text for note in item.warnings) for item in found.questions]
        assert told == [False, True, True]

    @pytest.mark.parametrize(
        "text",
        [
            "The {=cat ~dog}\nand the {=mouse ~rat}",
            "::Form::Name {=a}\nAge {=b}",
            "f() {\n  return 1;\n}\nWhat is returned? {=1 ~2}",
            "One? {=a ~b}\nSet {1, 2}",
        ],
    )
    def test_where_that_is_not_sure_braces_are_an_error(self, text: str) -> None:
        fails(text, text[: text.rindex("{")].count("\n") + 1, "one answer block")

    def test_a_text_with_colons_goes_on_behind_its_gap(self) -> None:
        found = parse("Call {=vector ~list}\nof std:\n:: is an operator.")
        assert [item.type for item in found.questions] == ["single_choice"]

    def test_colons_below_formulas_and_code_begin_no_question(self) -> None:
        assert len(parse("[markdown]Which of \\(\\frac{1}{2}\\) or int f()\\{\\}\n::x is right? {T}").questions) == 1

    def test_those_among_answers_are_left_out_with_a_warning(self) -> None:
        text = "Which?\n{\n=yes\n\n~no#never\n\n\n~%-50%no way\n\n}\n\nNext?{T}"
        first, second = parse(text).questions
        assert options(text.partition("\n\nNext")[0])[0] == ("yes", "1", "")
        assert [option["fraction"] for option in first.body["options"]] == ["1", "0", "-0.5"]
        assert ([warning.line for warning in first.warnings], second.line) == ([5], 12)

    def test_an_error_among_them_is_told_on_its_line(self) -> None:
        ((line, _),) = errors("How much?{#\n=1\n\n=two\n}")
        assert line == 4

    def test_a_brace_that_nothing_closes_takes_no_other_question(self) -> None:
        found = parse("Which?{\n=yes\n\nNext?{T}\n\nLast?{F}")
        assert ([item.name for item in found.questions], [error.line for error in found.errors]) == (
            ["Next?", "Last?"], [1],
        )  # fmt: skip

    def test_any_number_of_them_is_read_in_linear_time(self) -> None:
        start = time.process_time()
        assert errors("Which?{" + "\n\n=a{" * 100_000)
        assert errors("Which?{a}\n" * 50_000 + "::")
        assert time.process_time() - start < 5


class TestFences:
    def test_those_around_a_listing_are_no_text(self) -> None:
        found = parse("Here you are:\n\n```gift\n::A:: One? {\n=a\n~b\n}\n```\n\n```\n::B:: Two? {T}\n```")
        assert [(item.name, item.line) for item in found.questions[1:]] == [("A", 4), ("B", 11)]
        assert found.questions[1].warnings == []

    def test_those_in_markdown_stay(self) -> None:
        prompt = one("::A::[markdown]Look\\:\n```c\nint f()\\{\n\\}\n```\nRight? {T}").body["prompt"]
        assert "<code" in prompt
        assert "```" not in prompt


def test_a_file_of_answers_without_braces_is_known_as_gift() -> None:
    assert registry.format_of(b"Which?\n~a\n~b\n=c\n").name == "gift"
    assert registry.format_of(b"Which?\r\n=a\r\n~b\r\n").name == "gift"
    assert not gift.FORMAT.recognises(b"Title\n=====\n~~~~~\n= a\n- b\n")


class TestBlankLinesInTexts:
    HINT = "This text has a name but no answers. If the question below belongs to it, leave out the blank line."

    @pytest.mark.parametrize("text", ["::A::Look\\: \\{x\\}\n\n```c\nx\n```\nWhat? {=a ~b}", "::A::One\n\nTwo {T}"])
    def test_a_named_text_above_a_question_without_a_name_is_doubted(self, text: str) -> None:
        above, below = parse(text).questions
        assert [(note.line, note.text) for note in above.warnings] == [(1, self.HINT)]
        assert "```c" not in text or "```c" in below.body["prompt"]

    @pytest.mark.parametrize("text", [
        "::A::Read.\n\n::B::Two {T}", "Read.\n\nTwo {T}", "::A::One {T}\n\nTwo {T}", "::A::Read.\n\nAnd this.",
        "::A::Read.\n\n$CATEGORY: x\n\nTwo {T}",
    ])  # fmt: skip
    def test_others_are_not(self, text: str) -> None:
        assert all(question.warnings == [] for question in parse(text).questions)
