"""GIFT, rule by rule (reference semantics §2.3): files, names, texts and braces, with the traps that are not copied."""

from __future__ import annotations

import pytest

from bank.formats.gift_texts import body, errors, fails, lost, one, options, parse, warnings


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

    def test_a_category_needs_no_blank_lines_around_it(self) -> None:
        found = parse("// [id:x]\n$CATEGORY: a\nA?{T}\n$CATEGORY: b\nB?{T}")
        assert [(item.name, item.category, item.line) for item in found.questions] == [("A?", "a", 3), ("B?", "b", 5)]
        assert found.questions[0].external_id == "x"

    def test_a_category_loses_the_place_where_moodle_hangs_it(self) -> None:
        found = parse("$CATEGORY: $course$/top/Default for A//B/ c \n\nA?{T}\n\n$CATEGORY: $course$/top\n\nB?{T}")
        assert [question.category for question in found.questions] == ["Default for A\u2044B/c", ""]
        assert [category.path for category in found.categories] == ["Default for A\u2044B/c"]

    @pytest.mark.parametrize("written", ["$module$ / top / A / B", "$course$ /A/ B", "$system$/ top/A/B"])
    def test_blanks_around_the_parts_of_a_category_mean_nothing(self, written: str) -> None:
        assert one(f"$CATEGORY: {written}\n\nWhat?{{T}}").category == "A/B"

    @pytest.mark.parametrize("category", ["", "   ", "x" * 201])
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
        assert [question.external_id for question in found.questions] == ["a", ""]
        assert lost(found) == [(4, 'The id "a" is used on line 1 too, so it is left out here.')]

    @pytest.mark.parametrize(
        "label", ["[id:" + "x" * 101 + "]", "[tag:" + "x" * 51 + "]", "[tag:a|b]", "[id:a] [id:b]"]
    )
    def test_a_label_that_no_bank_can_keep_is_lost_and_told(self, label: str) -> None:
        found = parse(f"\n// {label}\nA?{{T}}")
        assert [(line, "left out" in text) for line, text in lost(found)] == [(2, True)]

    def test_blank_labels_say_nothing(self) -> None:
        (question,) = parse("// [id: ] [tag:]\nA?{T}").questions
        assert (question.external_id, question.tags, question.losses) == ("", [], [])

    def test_labels_that_stand_apart_are_lost_and_told(self) -> None:
        found = parse("A?{T}\n\n// [tag:lost]\n\nB?{T}")
        assert [message.line for message in found.losses] == [3]

    def test_commands_of_other_tools_are_lost_and_told(self) -> None:
        found = parse("$QUESTIONTITLE: History\n\n$COMMAND=1\n\nIs it?{T}\n\n$5 is a price.")
        assert [item.type for item in found.questions] == ["true_false", "description"]
        assert [line for line, _ in lost(found)] == [1, 3]

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

    @pytest.mark.parametrize("text", ["::Which one?{T}", "::Which one?{=a::b ~c}"])
    def test_a_name_that_is_not_closed_is_text_with_a_warning(self, text: str) -> None:
        question = one(text)
        assert (question.name, question.body["prompt"]) == ("Which one?", "Which one?")
        assert "Write :: after the name" in warnings(text)[0][1]

    def test_a_name_may_hold_braces(self) -> None:
        assert one("::Sets {a}::Which?{T}").name == "Sets {a}"

    def test_a_long_name_is_cut_and_told(self) -> None:
        assert len(one("::" + "n" * 200 + "::What?{T}").name) == 200
        question = one("::" + "n" * 201 + "::What?{T}")
        assert (len(question.name), question.name[-1], len(question.losses)) == (200, "…", 1)


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
        assert body("[HTML]<b>a</b>{T}")["prompt"] == "<b>a</b>"

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
        notes = [(line, note) for line, note in lost(parse(text)) if "may not stand" in note]
        assert [(line, note.count("<")) for line, note in notes] == [(1, 1), (1, 1), (3, 1)]
        assert ["<script>" in notes[0][1], "<img>" in notes[1][1], "<a>" in notes[2][1]] == [True] * 3

    def test_attributes_that_are_left_out_are_told(self) -> None:
        text = r'[html]<p dir\="ltr" style\="color\:red">a</p>{T}'
        assert body(text)["prompt"] == '<p dir="ltr">a</p>'
        assert lost(parse(text)) == [(1, "These attributes of HTML are left out: style.")]

    def test_an_unescaped_colon_or_equals_sign_in_a_question_is_text_with_a_warning(self) -> None:
        text = "\nNote: 1 = 1{T}"
        assert body(text)["prompt"] == "Note: 1 = 1"
        assert [line for line, _ in warnings(text)] == [2]
        assert warnings("Note\\: 1 \\= 1{T}") == []

    def test_a_question_needs_a_text(self) -> None:
        fails("{=a ~b}", 1, "Write a text here")
        fails("::Name::", 1, "Write a text here")

    def test_without_one_its_name_is_what_it_asks_with_a_warning(self) -> None:
        question = one("::Is 1 < 2?::{T}")
        assert (question.name, question.body["prompt"]) == ("Is 1 < 2?", "Is 1 &lt; 2?")
        assert warnings("::Is 1 < 2?::{T}") == [(1, "This question has no text. It asks what its name says.")]

    def test_the_signs_of_a_tag_are_text_with_a_warning(self) -> None:
        text = """Which?{=<span style="color: red">a</span> ~<span lang='en' class='b=c'>b</span>}"""
        assert [option for option, _, _ in options(text)] == ["<span>a</span>", '<span lang="en">b</span>']
        assert "in a formula or a tag" in warnings(text)[0][1]

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            (r"\(\frac{1}{2}\)", r"\(\frac{1}{2}\)"),
            (r"\\(x_{1}=2\\)", r"\(x_{1}=2\)"),
            (r"\[a \neq b\]", r"\[a \neq b\]"),
            (r"$$\sqrt{x}$$", r"\[\sqrt{x}\]"),
            (r"\\(\\frac\{1\}\{2\}\\)", r"\(\frac{1}{2}\)"),
        ],
    )
    def test_the_signs_of_a_formula_are_text(self, written: str, meant: str) -> None:
        assert body(f"What is {written}?{{={written} ~b}}")["prompt"] == f"What is {meant}?"
        assert options(f"What?{{={written} ~b}}") == [(meant, "1", ""), ("b", "0", "")]

    @pytest.mark.parametrize("lines", ["x\n= \\frac{1}{2}", "\n= x^{2}\n", "\\sqrt{x}\n=2"])
    def test_a_formula_may_go_on_after_a_line_end_with_the_sign_of_equality(self, lines: str) -> None:
        question = one(f"Is $$ {lines}$$ right?{{=a ~b}}")
        assert question.body["prompt"] == f"Is \\[ {lines.replace(chr(10), '<br>')}\\] right?"
        assert [option["text"] for option in question.body["options"]] == ["a", "b"]

    def test_the_signs_of_a_formula_between_signs_of_money_are_text(self) -> None:
        written = "What is $\\frac{x^{2}}{2}$ of $a_{1}=2$?"
        assert body(written + "{=$5 ~$x^{2}$}")["prompt"] == written
        assert [text for text, _, _ in options(written + "{=$5 ~$x^{2}$}")] == ["$5", "$x^{2}$"]
        assert "in a formula or a tag" in warnings(written + "{=$5 ~$6}")[0][1]

    def test_the_sign_of_a_numbered_character_is_text(self) -> None:
        text = "Who&#39;s it?{=It&#39;s me.#Yes ~It&#x27;s #you}"
        assert body(text)["prompt"] == "Who's it?"
        assert options(text) == [("It's me.", "1", "Yes"), ("It's", "0", "you")]

    @pytest.mark.parametrize(
        "text", [r"Is \(a {T}", r"Is f\(x {=a ~b\)}", "Is it $$5 {=a ~$$6}", "From $5 ____ {=a ~b} to $6_"]
    )
    def test_what_only_begins_like_a_formula_hides_no_answers(self, text: str) -> None:
        assert one(text).type in ("true_false", "single_choice")


class TestBraces:
    def test_without_braces_it_is_a_text_that_asks_nothing(self) -> None:
        question = one("::Intro::\nRead \\{this\\}.")
        assert (question.type, question.name, question.body["prompt"]) == ("description", "Intro", "Read {this}.")

    def test_answers_without_them_are_read_with_a_warning(self) -> None:
        text = "Which?\n~ a#No.\n= b\n ~%50%c\n####Because."
        assert options(text) == [("a", "0", "No."), ("b", "1", ""), ("c", "0.5", "")]
        assert (body(text)["prompt"], body(text)["feedback"]) == ("Which?", "Because.")
        assert [line for line, message in warnings(text) if "without braces" in message] == [2]

    def test_answers_without_them_beside_other_braces_are_an_error(self) -> None:
        fails("Which?\n~df{a}\n=df.a", 2, "Write { before the answers")

    @pytest.mark.parametrize(
        "text", ["Title\n=====\nSome\n~~~~\nmore", "Sum:\n= a\n= b", "Not:\n~a\n~b", "x = a\ny ~ b"]
    )
    def test_lines_of_one_sign_or_several_are_text(self, text: str) -> None:
        assert one(text).type == "description"

    def test_an_empty_block_is_an_essay(self) -> None:
        assert [one(f"Discuss.{block}").type for block in ("{}", "{ \n }")] == ["essay"] * 2
        assert body("Discuss.{####Well done}")["feedback"] == "Well done"

    def test_a_single_brace_is_an_error_on_its_line(self) -> None:
        fails("What?\n{=a ~b", 2, "{ is not closed")
        fails("What?\n=a ~b}", 2, "} closes nothing")
        fails("What}?{T", 1, "} closes nothing")

    def test_a_blank_line_ends_a_question_even_within_braces(self) -> None:
        assert [line for line, _ in errors("What?{\n=a\n\nWhy?\n}")] == [1, 5]

    def test_more_braces_are_an_error_on_their_line(self) -> None:
        fails("The {=cat ~dog}\nand the {=mouse ~rat}", 2, "one answer block")
        fails("What is {1} of {2}?\n{=a ~b}", 1, "one answer block")
        fails("What?{\n=a{b ~c}", 2, "one answer block")

    @pytest.mark.parametrize("block", ["{=mc^{2}}", "{~a =x_{1}}", "{=f() {g} }"])
    def test_braces_within_an_answer_are_not_closed_by_half(self, block: str) -> None:
        fails(f"What? {block}", 1, "one answer block")

    @pytest.mark.parametrize("surplus", ["}", "\n}", " }\n}"])
    def test_a_brace_that_closes_nothing_behind_the_block_is_left_out_with_a_warning(self, surplus: str) -> None:
        question = one(f"What?{{=a ~b}}{surplus}")
        assert question.body["prompt"] == "What?"
        assert "closes nothing" in question.warnings[0].text


class TestGaps:
    """Gaps in the language of embedded answers are no GIFT, but some write them there."""

    def test_they_make_a_cloze_question_with_a_warning(self) -> None:
        text = r"::Capitals::[html]Paris is in {1:SA:=France#Yes\~~%50%Gaul} and 1 + 1 = {2:NM:=2:0.1}, \{so\}."
        question = one(text)
        assert (question.type, question.name) == ("cloze", "Capitals")
        assert question.body["prompt"] == "Paris is in {#1} and 1 + 1 = {#2}, {so}."
        first, second = question.body["gaps"]
        assert [(answer["text"], answer["fraction"], answer["feedback"]) for answer in first["answers"]] == [
            ("France", "1", "Yes~"), ("Gaul", "0.5", ""),
        ]  # fmt: skip
        assert (second["weight"], second["answers"][0]["value"], second["answers"][0]["tolerance"]) == (2, "2", "0.1")
        assert "not in GIFT elsewhere" in warnings(text)[0][1]

    def test_what_is_wrong_with_them_is_told_on_their_line(self) -> None:
        fails("\n::A::\nTwo is {1:NM:=zero}", 3, '"zero" is not a number')

    @pytest.mark.parametrize("text", ["The ratio is {1:2}", "When? {#1:2}", "Which?{=a:b: ~c}"])
    def test_colons_alone_make_none(self, text: str) -> None:
        assert one(text).type in ("short_text", "numeric", "single_choice")
