"""GIFT, rule by rule (reference semantics §2.3), with the traps of the original that are not copied."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examhall.bank.formats import SIZE_LIMIT, Import, Item, decode
from examhall.bank.formats.gift import QUESTION_LIMIT, QUESTIONS_LIMIT, parse
from examhall.bank.types import type_named
from examhall.errors import Invalid, PayloadTooLarge

PIECES = [
    "a", "{", "}", "=", "~", "#", "####", ":", "::", "\\", "%50%", "%", "->", "..", "1", "T", "\n", "\n\n", " ", "//",
    "[id:x]", "[html]", "[markdown]", "<b>", "&", "*", "$CATEGORY:", "\0", "\ud800", "\ufdd0", "é",
]  # fmt: skip


def one(text: str) -> Item:
    """The only question of a text, which has no error."""
    found = parse(text)
    assert found.errors == []
    (question,) = found.questions
    return question


def body(text: str) -> dict[str, Any]:
    return one(text).body


def options(text: str) -> list[tuple[str, str, str]]:
    """Text, fraction and feedback of each option or answer."""
    found = body(text)
    parts = found.get("options") or found["answers"]
    return [(part.get("text", part.get("value")), part["fraction"], part["feedback"]) for part in parts]


def errors(text: str) -> list[tuple[int, str]]:
    """Line and text of each error of a text without a sound question."""
    found = parse(text)
    assert found.questions == []
    return said(found)


def said(found: Import) -> list[tuple[int, str]]:
    return [(error.line, error.text % error.params) for error in found.errors]


def fails(text: str, line: int, words: str) -> None:
    """The text has one error, on this line, that holds these words."""
    ((found_line, message),) = errors(text)
    assert (found_line, words in message) == (line, True), message


def warnings(text: str) -> list[tuple[int, str]]:
    return [(warning.line, warning.text % warning.params) for warning in one(text).warnings]


class TestFile:
    def test_blank_lines_separate_questions(self) -> None:
        found = parse("One?{T}\n\n \t\n\nTwo?\n{F}\r\n\r\nThree?{T}\r\rFour?{F}")
        assert [(question.line, question.name) for question in found.questions] == [
            (1, "One?"),
            (5, "Two?"),
            (8, "Three?"),
            (10, "Four?"),
        ]

    def test_a_comment_does_not_split_a_question(self) -> None:
        text = "// before\nWhich?{\n  // within\n=yes\n//~never\n~no\n}\n// after"
        assert options(text) == [("yes", "1", ""), ("no", "0", "")]

    def test_a_comment_keeps_the_count_of_lines(self) -> None:
        fails("// one\n// two\n\n// four\nWhich?{\n// six\n~only}", 7, "one option only")

    def test_slashes_within_a_line_are_no_comment(self) -> None:
        assert body("See a//b?{T}")["prompt"] == "See a//b?"

    def test_a_category_holds_until_the_next(self) -> None:
        found = parse("A?{T}\n\n$CATEGORY: tom/jerry\n\nB?{T}\n\n//\n$CATEGORY: $course$/top/Física\n\nC?{T}\n\nD?{T}")
        assert [question.category for question in found.questions] == ["", "tom/jerry", "Física", "Física"]

    def test_a_category_stands_alone_in_its_block(self) -> None:
        found = parse("$CATEGORY: a\nWhat?{T}\n\nB?{T}")
        assert said(found) == [(2, "Put a blank line after $CATEGORY.")]
        assert [question.name for question in found.questions] == ["B?"]

    @pytest.mark.parametrize("category", ["", "   ", "x" * 201, "$course$/top/"])
    def test_a_category_has_a_name(self, category: str) -> None:
        fails(f"\n$CATEGORY:{category}", 2, "1 to 200 characters")

    def test_id_and_tags_stand_in_the_comment_before_a_question(self) -> None:
        question = one("// [id:q-1] [tag:easy] some words [tag:a \\] b]\n// [tag:easy] [tag:é]\nWhat?{T}")
        assert question.external_id == "q-1"
        assert question.tags == ["easy", "a ] b", "é"]

    def test_id_and_tags_belong_to_one_question(self) -> None:
        found = parse("// [id:a] [tag:x]\nA?{T}\n\nB?{T}\n\n// [tag:lost]\n\nC?{T}")
        assert [(question.external_id, question.tags) for question in found.questions] == [
            ("a", ["x"]),
            ("", []),
            ("", []),
        ]

    def test_an_id_is_used_once(self) -> None:
        found = parse("// [id:a]\nA?{T}\n\n// [id:a]\nB?{T}")
        assert said(found) == [(5, 'The id "a" is used on line 2 too. Give each question its own.')]
        assert [question.name for question in found.questions] == ["A?"]

    @pytest.mark.parametrize("label", ["[id: ]", f"[id:{'x' * 101}]", f"[tag:{'x' * 51}]", "[tag: ]"])
    def test_a_label_has_a_sensible_length(self, label: str) -> None:
        fails(f"A?{{T}}\n// {label}".replace("A?", "\nA?"), 3, "characters in [")

    def test_a_wrong_question_never_hides_the_next(self) -> None:
        found = parse("A?{T}\n\nB?{~x}\n\nC{\n\n}D\n\nE?{#abc}\n\nF?{F}")
        assert [question.name for question in found.questions] == ["A?", "F?"]
        assert [error.line for error in found.errors] == [3, 5, 7, 9]

    @pytest.mark.parametrize("text", ["", "\n\n", "// only a comment", "\ufeff", "$CATEGORY: a"])
    def test_a_file_without_a_question_is_an_error(self, text: str) -> None:
        fails(text, 1, "no question")

    def test_a_byte_order_mark_is_no_text(self) -> None:
        assert one("\ufeff::A::Is it?{T}").name == "A"


class TestName:
    def test_a_name_stands_between_colons(self) -> None:
        question = one("::  The\n name \\: of it::What?{T}")
        assert (question.name, question.body["prompt"]) == ("The name : of it", "What?")

    def test_without_a_name_the_first_words_of_the_question_serve(self) -> None:
        text = "<p>Which of the <b>following</b> cities is the capital of the Republic of Portugal?</p>{=Lisbon ~Porto}"
        assert one(text).name == "Which of the following cities is the capital of the…"
        assert one("::  ::Who?{T}").name == "Who?"

    def test_a_name_must_be_closed(self) -> None:
        fails("::Name What?{T}", 1, "Write :: after it")
        fails("::Name What?{=a::b ~c}", 1, "Write :: after it")

    def test_a_name_has_at_most_200_characters(self) -> None:
        assert len(one(f"::{'n' * 200}::What?{{T}}").name) == 200
        fails(f"::{'n' * 201}::What?{{T}}", 1, "200 characters")


class TestText:
    def test_text_after_the_answers_makes_a_missing_word(self) -> None:
        assert body("Grant was {~buried =entombed} in Grant's tomb.")["prompt"] == "Grant was _____ in Grant's tomb."
        assert body("un{=believ ~x}able")["prompt"] == "un_____able"
        assert body("{=Madrid ~Rome} is in Spain.")["prompt"] == "_____ is in Spain."
        assert body("All?{T}  \n ")["prompt"] == "All?"

    def test_without_a_format_line_breaks_show_and_tags_work(self) -> None:
        assert body("One <b>two</b>\nthree{T}")["prompt"] == "One <b>two</b><br>three"

    def test_a_format_may_be_named(self) -> None:
        assert body("[html]<b>a</b>\nb{T}")["prompt"] == "<b>a</b>\nb"
        assert body("[plain]1 <b> 2{T}")["prompt"] == "1 &lt;b&gt; 2"
        assert body("::N::[markdown]**a**{T}")["prompt"] == "<strong>a</strong>"
        assert body("[moodle]a\nb{T}")["prompt"] == "a<br>b"

    def test_the_other_texts_take_the_format_of_the_question_or_name_their_own(self) -> None:
        text = "[markdown]Which?{=*a*#`x` ~[plain]*b*#[html]<i>c</i>####**d**}"
        assert options(text) == [("<em>a</em>", "1", "<code>x</code>"), ("*b*", "0", "<i>c</i>")]
        assert body(text)["feedback"] == "<strong>d</strong>"

    def test_an_unknown_format_is_text(self) -> None:
        assert body("[wiki]a{T}")["prompt"] == "[wiki]a"

    def test_escapes(self) -> None:
        text = r"a\:b\#c\=d\{e\}f\~g\nh\\i\x{T}"
        assert body(text)["prompt"] == r"a:b#c=d{e}f~g<br>h\i\x"

    def test_an_escaped_backslash_escapes_nothing(self) -> None:
        assert body(r"[plain]a\\n{=x\\~y}")["prompt"] == r"a\n"
        assert options(r"a{=x\\~y}") == [("x\\", "1", ""), ("y", "0", "")]

    def test_escaped_signs_do_not_divide_answers(self) -> None:
        assert options(r"a{=1\=1\~2\#3#4\=4 ~\{b\}}") == [("1=1~2#3", "1", "4=4"), ("{b}", "0", "")]

    def test_an_escaped_line_break_starts_no_line(self) -> None:
        fails("a\\nb\\nc{\n~x}", 2, "one option only")

    def test_rich_text_is_sanitised_and_the_author_is_told(self) -> None:
        text = 'See <script>alert(1)</script><img src="x"> this{\n=a\n~<a href\\="https\\://evil.example">b</a>}'
        assert body(text)["prompt"] == "See  this"
        assert options(text)[1] == ("b", "0", "")
        notes = [(line, note) for line, note in warnings(text) if "left out" in note]
        assert [(line, note.count("<")) for line, note in notes] == [(1, 2), (3, 1)]
        assert "<script>, <img>" in notes[0][1]

    def test_an_unescaped_colon_or_equals_sign_in_a_question_is_text_with_a_warning(self) -> None:
        text = "\nNote: 1 = 1{T}"
        assert body(text)["prompt"] == "Note: 1 = 1"
        assert [line for line, _ in warnings(text)] == [2]
        assert warnings("Note\\: 1 \\= 1{T}") == []

    def test_a_question_needs_a_text(self) -> None:
        fails("::Name::{T}", 1, "Write a text here")
        fails("{=a ~b}", 1, "Write a text here")


class TestBraces:
    def test_without_braces_it_is_a_description_which_is_said_to_be_unsupported(self) -> None:
        fails("\nRead the text below.", 2, "description")

    def test_an_empty_block_is_an_essay_which_is_said_to_be_unsupported(self) -> None:
        fails("Discuss.{}", 1, "Essay")
        fails("Discuss.{ \n }", 1, "Essay")
        fails("Discuss.{####Well done}", 1, "Essay")

    def test_matching_is_said_to_be_unsupported(self) -> None:
        fails("Match.{\n=Spain -> Madrid\n=Italy -> Rome\n}", 2, "Matching")

    def test_a_single_brace_is_an_error_on_its_line(self) -> None:
        fails("What?\n{=a ~b", 2, "{ is not closed")
        fails("What?\n=a ~b}", 2, "} closes nothing")
        fails("What}?{T", 1, "} closes nothing")

    def test_a_blank_line_ends_a_question_even_within_braces(self) -> None:
        assert [line for line, _ in errors("What?{\n=a\n\n~b\n}")] == [1, 5]

    def test_more_braces_are_an_error_on_their_line(self) -> None:
        fails("The {=cat ~dog}\nand the {=mouse ~rat}", 2, "one answer block")
        fails("What is $\\frac{1}{2}$?\n{=a ~b}", 1, "one answer block")
        fails("What?{\n=a{b ~c}", 2, "one answer block")


class TestTrueFalse:
    @pytest.mark.parametrize(("verdict", "correct"), [("T", True), ("TRUE", True), ("F", False), (" FALSE\n", False)])
    def test_the_verdict_is_written_in_capitals(self, verdict: str, correct: bool) -> None:
        question = one(f"So?{{{verdict}}}")
        assert (question.type, question.body["correct"]) == ("true_false", correct)

    def test_the_first_feedback_is_for_the_wrong_response_and_the_second_for_the_right_one(self) -> None:
        true, false = body("So?{T#wrong#right####general}"), body("So?{FALSE#wrong#right}")
        assert (true["feedback_false"], true["feedback_true"], true["feedback"]) == ("wrong", "right", "general")
        assert (false["feedback_true"], false["feedback_false"]) == ("wrong", "right")

    def test_other_spellings_are_short_texts_with_a_warning(self) -> None:
        question = one("So?{true}")
        assert (question.type, question.body["answers"][0]["text"]) == ("short_text", "true")
        assert "TRUE or FALSE" in warnings("So?{true}")[0][1]


class TestChoice:
    def test_an_equals_sign_marks_the_right_option_and_a_tilde_a_wrong_one(self) -> None:
        text = "Who?{=Grant#Right. ~no one#He is. ~\nNapoleon}"
        assert one(text).type == "single_choice"
        assert options(text) == [("Grant", "1", "Right."), ("no one", "0", "He is."), ("Napoleon", "0", "")]

    def test_a_weight_is_a_percentage(self) -> None:
        assert options("Who?{=a ~%50%b#half ~%-25.5%c ~ %0% d}") == [
            ("a", "1", ""),
            ("b", "0.5", "half"),
            ("c", "-0.255", ""),
            ("d", "0", ""),
        ]

    def test_without_an_equals_sign_several_may_be_ticked(self) -> None:
        text = "Which?{~%50%a ~%50%b ~%-100%c ~d}"
        assert one(text).type == "multiple_choice"
        assert [fraction for _, fraction, _ in options(text)] == ["0.5", "0.5", "-1", "0"]

    @pytest.mark.parametrize("third", ["33.3", "33.333", "33.33333", "33.3333333333"])
    def test_thirds_may_be_rounded(self, third: str) -> None:
        question = one(f"Which?{{~%{third}%a ~%{third}%b ~%{third}%c ~d}}")
        kind = type_named(question.type)
        assert kind.grade(kind.load(question.body), ["o1", "o2", "o3"]) == 1

    def test_a_tilde_before_an_equals_sign_is_the_equals_sign(self) -> None:
        assert options("Who?{~a~=b}") == [("a", "0", ""), ("b", "1", "")]

    def test_options_need_no_spaces_between_them(self) -> None:
        assert options("Who?{=a~b#c~d}") == [("a", "1", ""), ("b", "0", "c"), ("d", "0", "")]

    def test_several_right_options_to_choose_from_are_taken_with_a_warning(self) -> None:
        assert [fraction for _, fraction, _ in options("Who?{=a =b ~c}")] == ["1", "1", "0"]
        assert "~%50%" in warnings("Who?{=a =b ~c}")[0][1]

    def test_there_are_two_options_at_least(self) -> None:
        fails("Who?{\n~a\n}", 2, "one option only")

    def test_weights_that_do_not_add_up_are_an_error_with_a_remedy(self) -> None:
        fails("Who?{\n~%50%a\n~%40%b}", 2, "add up to 0.9. Change them so that they add up to 1")
        fails("Who?{~%-50%a ~b}", 1, "No option is right")

    @pytest.mark.parametrize("weight", ["%101%", "%-100.5%", "%50,5%", "%5-0%", "%1000%", "%+50%"])
    def test_a_weight_is_a_number_from_minus_100_to_100(self, weight: str) -> None:
        fails(f"Who?{{\n=a\n~{weight}b}}", 3, "from -100 to 100")

    def test_a_percent_sign_that_begins_no_weight_is_text(self) -> None:
        assert options("Which?{=%d% ~%s}") == [("%d%", "1", ""), ("%s", "0", "")]

    def test_an_equals_sign_takes_no_part_of_the_mark(self) -> None:
        assert options("Who?{=%100%a ~b}")[0] == ("a", "1", "")
        fails("Who?{=%50%a ~b}", 1, "earns the whole mark")

    def test_text_before_the_first_option_is_an_error(self) -> None:
        fails("Who?{\na ~b =c}", 2, "Begin each option")

    def test_an_option_without_a_text_is_an_error_on_its_line(self) -> None:
        fails("Who?{\n=a\n~\n~c}", 3, "Write a text here")
        fails("Who?{\n=a\n~b\n~#nothing\n}", 4, "Write a text here")

    def test_an_option_that_stands_twice_is_an_error_on_its_line(self) -> None:
        fails("Who?{\n=a\n~b\n~a\n}", 4, "same as option 1")

    def test_too_many_options_are_an_error(self) -> None:
        fails("Who?{" + "~a" * 1000 + "}", 1, "too many answers")
        fails("Who?{=x" + "".join(f"~{number}" for number in range(50)) + "}", 1, "at most 50 entries")


class TestFeedback:
    def test_an_equals_sign_within_a_feedback_is_text_with_a_warning(self) -> None:
        text = "2 + 2?{\n~3#because 1 + 2 = 3 and x=3\n=4#as 2+2=4\n}"
        assert options(text) == [("3", "0", "because 1 + 2 = 3 and x=3"), ("4", "1", "as 2+2=4")]
        assert [line for line, _ in warnings(text)] == [2, 2, 3]

    def test_an_answer_on_the_same_line_still_follows_a_feedback(self) -> None:
        assert options("a{~x#no =y#yes}") == [("x", "0", "no"), ("y", "1", "yes")]
        assert options("a{=x#one =%50%y#two}") == [("x", "1", "one"), ("y", "0.5", "two")]

    def test_an_answer_on_its_own_line_may_stand_apart_from_its_sign(self) -> None:
        assert options("a{\n  ~ x # no\n  = y # yes\n}") == [("x", "0", "no"), ("y", "1", "yes")]

    def test_a_second_hash_is_text(self) -> None:
        assert options("a{=x#one #two ~y}")[0] == ("x", "1", "one #two")

    def test_the_last_four_hashes_begin_the_general_feedback(self) -> None:
        found = body("a{=x#one ~y\n####see\n=p. 5 ~ here}")
        assert found["feedback"] == "see<br>=p. 5 ~ here"
        assert len(found["options"]) == 2

    def test_a_text_that_is_too_long_is_an_error_on_its_line(self) -> None:
        fails("a{\n=b\n~c#\n" + "x" * 10_001 + "\n####g}", 3, "10000 characters")
        fails("a{\n=b\n~c\n####" + "x" * 10_001 + "}", 4, "10000 characters")


class TestShortText:
    def test_answers_in_their_order(self) -> None:
        text = "2 + 2?{=four#Yes. =4 =%50%vier}"
        assert one(text).type == "short_text"
        assert options(text) == [("four", "1", "Yes."), ("4", "1", ""), ("vier", "0.5", "")]
        assert body(text)["case_sensitive"] is False

    def test_a_single_answer_needs_no_sign(self) -> None:
        assert options("Who?{Grant#Yes.}") == [("Grant", "1", "Yes.")]

    def test_an_answer_is_plain_text(self) -> None:
        assert options("Which tag?{=[html]<b> =a &amp; b}") == [("<b>", "1", ""), ("a &amp; b", "1", "")]

    def test_stars_keep_their_meaning(self) -> None:
        question = one("What?{=colo*r =2 \\* 3}")
        kind = type_named("short_text")
        assert [kind.grade(kind.load(question.body), text) for text in ("colour", "2 * 3", "2 x 3")] == [1, 1, 0]

    def test_text_before_the_first_answer_is_an_error(self) -> None:
        fails("Who?{Grant =Lee}", 1, "Begin each answer with =")

    def test_an_answer_earns_the_whole_mark_and_none_costs(self) -> None:
        fails("Who?{=%50%Grant}", 1, "No answer earns the whole mark")
        fails("Who?{=Grant\n=%-50%Lee}", 2, "cannot earn less than 0")

    def test_an_empty_answer_is_an_error(self) -> None:
        fails("Who?{\n=Grant\n=\n}", 3, "Write a text here")


class TestNumeric:
    def answers(self, block: str) -> list[tuple[str | None, str, str]]:
        question = one(f"How much?{{#{block}}}")
        assert question.type == "numeric"
        return [(answer["value"], answer["tolerance"], answer["fraction"]) for answer in question.body["answers"]]

    def test_a_value(self) -> None:
        assert self.answers("1822") == [("1822", "0", "1")]
        assert self.answers(" -3.50e1 ") == [("-35", "0", "1")]

    def test_a_value_and_its_tolerance(self) -> None:
        assert self.answers("3.1415:0.0005") == [("3.1415", "0.0005", "1")]

    def test_a_range_is_its_middle_and_half_its_width(self) -> None:
        assert self.answers("1..5") == [("3", "2", "1")]
        assert self.answers("-0.1 .. 0.2") == [("0.05", "0.15", "1")]
        assert self.answers("3.141..3.142") == [("3.1415", "0.0005", "1")]

    def test_several_answers_with_weights_and_feedback(self) -> None:
        text = "When?{#\n=1822:0#Yes.\n=%50%1822:2#Nearly.\n~#No.\n}"
        assert options(text) == [("1822", "1", "Yes."), ("1822", "0.5", "Nearly."), (None, "0", "No.")]
        assert body(text)["answers"][2]["any"] is True

    def test_a_feedback_for_every_other_number_may_follow_a_bare_answer(self) -> None:
        assert options("When?{#1822#Yes. ~#No. ####General.}") == [("1822", "1", "Yes."), (None, "0", "No.")]

    def test_a_star_is_any_number(self) -> None:
        assert self.answers("=5 =%0%*") == [("5", "0", "1"), (None, "0", "0")]

    @pytest.mark.parametrize(
        "block", ["abc", "", " ", "1,5", "5:x", "x..5", "1..", "²", "1_0", "NaN", "= ", "5:", "--5", "inf", "5 kg", "٥"]
    )
    def test_what_is_no_number_is_an_error_and_never_accepts_anything(self, block: str) -> None:
        fails(f"How much?{{#{block}}}", 1, "is not a number")

    def test_the_error_stands_on_the_line_of_the_answer(self) -> None:
        fails("How much?{#\n=5\n=%50%six\n}", 3, '"six" is not a number')
        fails("How much?{#\n=5:-1\n}", 2, "cannot be negative")
        fails("How much?{#\n=5\n=6:1\n=%50%5.5:0.1}", 4, "Answer 2 already holds")

    def test_a_range_begins_with_the_smaller_number(self) -> None:
        fails("How much?{#5..1}", 1, "smaller number first")

    def test_a_wrong_option_has_no_number(self) -> None:
        fails("How much?{#\n=5\n~6#no}", 3, "~#text")
        fails("How much?{#~#no\n=5}", 1, "~#text")

    def test_a_number_before_the_first_sign_is_an_error(self) -> None:
        fails("How much?{#5 =6}", 1, "Begin each answer with =")


class TestDecode:
    def test_utf_8_with_or_without_a_mark(self) -> None:
        assert decode("é\n".encode()) == "é\n"
        assert decode("\ufeffé".encode()) == "é"
        assert decode(b"") == ""

    @pytest.mark.parametrize(
        ("data", "offset", "line"),
        [(b"a\r\nb\xe9c", 4, 2), (b"\xef\xbb\xbfa\xff", 4, 1), (b"a\rb\n\xed\xa0\x80", 4, 3), (b"a\n\nb\0", 4, 3)],
    )
    def test_other_bytes_are_named_with_place_and_line(self, data: bytes, offset: int, line: int) -> None:
        with pytest.raises(Invalid) as refused:
            decode(data)
        (error,) = refused.value.errors
        assert (error.field, error.params) == ("file", {"offset": offset, "line": line})
        assert error.message % error.params

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
    def test_another_unicode_encoding_is_refused(self, encoding: str) -> None:
        with pytest.raises(Invalid):
            decode("What?{T}".encode(encoding))

    def test_a_file_that_is_too_large_is_refused(self) -> None:
        assert len(decode(b"a" * SIZE_LIMIT)) == SIZE_LIMIT
        with pytest.raises(PayloadTooLarge):
            decode(b"a" * (SIZE_LIMIT + 1))


class TestHostile:
    def test_ten_thousand_questions_take_a_few_seconds(self) -> None:
        text = "".join(
            f"// [id:q{number}]\n::Q{number}::Is <b>{number}</b> odd?{{={number}#a\\=b ~%-50%x{number}####g}}\n\n"
            for number in range(QUESTIONS_LIMIT)
        )
        started = time.process_time()
        assert len(parse(text).questions) == QUESTIONS_LIMIT
        assert time.process_time() - started < 10

    def test_more_questions_than_that_are_refused(self) -> None:
        found = parse("a{}\n\n" * (QUESTIONS_LIMIT + 5))
        assert len(found.errors) == QUESTIONS_LIMIT + 1
        assert "more than 10000 questions" in said(found)[-1][1]

    def test_a_question_of_great_length_is_refused(self) -> None:
        fails("a" * (QUESTION_LIMIT + 1), 1, "Is a blank line missing?")

    @pytest.mark.parametrize(
        "unit",
        ["{", "}", "{}", "a{", "~", "=", "#", "a{~", "\\", "\\\\", "\\n", "::", ":", "[", "[id:", "// [tag:\\]", "//\n",
         "$CATEGORY: ", "$a$/", "\n", " ", "a{#=1", "%50%", "a{=a#=", "[html]<b>", "[markdown]*a", "<", "&", " \n{"],
    )  # fmt: skip
    def test_repetition_costs_no_more_than_its_length(self, unit: str) -> None:
        for head in ("", "a{", "a{=a#", "a{#", "// ", "::", "[markdown]", "$CATEGORY: "):
            text = head + unit * (90_000 // len(unit))
            started = time.process_time()
            parse(text + "}")
            assert time.process_time() - started < 2

    @given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text())
    def test_any_text_is_read_without_a_crash(self, text: str) -> None:
        found = parse(text)
        count = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        for question in found.questions:
            json.dumps(question.body).encode()
            assert type_named(question.type).load(question.body).to_json() == question.body
            assert 1 <= question.line <= count
            assert question.name
        for message in [*found.errors, *(warning for question in found.questions for warning in question.warnings)]:
            assert 1 <= message.line <= count
            assert message.text % message.params if message.params else message.text
