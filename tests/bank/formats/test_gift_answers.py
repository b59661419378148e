"""The answer blocks of GIFT, type by type (reference semantics §2.3), with the traps that are not copied."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bank.formats.gift_texts import body, fails, lost, one, options, parse, warnings
from examhall.bank.types import type_named


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

    @pytest.mark.parametrize("block", ["TRUE // as it is", " // it is\n T // so\n", "T // a#Wrong#Right"])
    def test_a_comment_beside_it_is_no_text(self, block: str) -> None:
        assert one(f"Is it?{{{block}}}").body["correct"] is True

    def test_two_of_them_are_a_short_text_with_a_warning(self) -> None:
        assert "Write TRUE or FALSE" in warnings("Is it?{TRUE\nFALSE}")[0][1]


class TestChoice:
    def test_the_hash_of_a_colour_is_text_with_a_warning(self) -> None:
        assert options("Which?{=#ff0000 ~#0f0#Green. ~#00f\n~ #fedcba#}") == [
            ("#ff0000", "1", ""), ("#0f0", "0", "Green."), ("#00f", "0", ""), ("#fedcba", "0", ""),
        ]  # fmt: skip
        assert "The # of a colour" in warnings("Which?{=#ff0000 ~#0f0}")[0][1]
        assert options("How many?{#3 ~#bad}")[1] == (None, "0", "bad")

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

    @pytest.mark.parametrize(
        ("given", "kept", "warned"),
        [
            (["100", "100"], ["0.5", "0.5"], True),
            (["50", "40"], ["0.555555555556", "0.444444444444"], True),
            (["33.33333", "33.33333", "33.33333"], ["0.3333333"] * 3, False),
            (["33,333", "33,333", " +33,333 "], ["0.33333"] * 3, False),
            (["33.33333333333333", "66.66666666666667"], ["0.333333333333", "0.666666666667"], False),
            (["50", "50", "-33.33333"], ["0.5", "0.5", "-0.3333333"], False),
        ],
    )
    def test_weights_that_do_not_add_up_are_scaled_with_a_warning(
        self, given: list[str], kept: list[str], warned: bool
    ) -> None:
        text = "Who?{" + "".join(f"~%{weight}%option {place}\n" for place, weight in enumerate(given)) + "~none}"
        assert [fraction for _, fraction, _ in options(text)] == [*kept, "0"]
        assert ["scaled" in note for _, note in warnings(text)] == [True] * warned

    def test_without_a_right_option_it_is_an_error(self) -> None:
        fails("Who?{~%-50%a ~b}", 1, "No option is right")

    @pytest.mark.parametrize("weight", ["%101%", "%-100.5%", "%5-0%", "%1000%", "%1.2.3%"])
    def test_a_weight_is_a_number_from_minus_100_to_100(self, weight: str) -> None:
        fails(f"Who?{{\n=a\n~{weight}b}}", 3, "from -100 to 100")

    def test_a_percent_sign_that_begins_no_weight_is_text(self) -> None:
        assert options("Which?{=%d% ~%s}") == [("%d%", "1", ""), ("%s", "0", "")]

    def test_an_equals_sign_with_a_part_of_the_mark_is_read_as_a_tilde_with_a_warning(self) -> None:
        assert options("Who?{=%100%a ~b}")[0] == ("a", "1", "")
        assert [fraction for _, fraction, _ in options("Who?{=a =%50%b ~c}")] == ["1", "0.5", "0"]
        assert one("Who?{=%50%a =%50%b ~c}").type == "multiple_choice"
        assert [line for line, _ in warnings("Who?{\n=%50%a\n=%50%b\n~c}")] == [2, 3]

    def test_text_before_the_first_option_is_a_wrong_one_with_a_warning(self) -> None:
        assert options("Who?{\na ~b =c}") == [("a", "0", ""), ("b", "0", ""), ("c", "1", "")]
        assert [line for line, _ in warnings("Who?{\na ~b =c}")] == [2]

    def test_an_option_that_stands_twice_with_one_worth_is_read_once(self) -> None:
        assert options("Who?{\n=a\n~b\n~b\n}") == [("a", "1", ""), ("b", "0", "")]
        assert [line for line, _ in warnings("Who?{\n=a\n~b\n~b\n}")] == [4]

    def test_an_option_without_a_text_is_an_error_on_its_line(self) -> None:
        fails("Who?{\n=a\n~\n~c}", 3, "Write a text here")
        fails("Who?{\n=a\n~b\n~#nothing\n}", 4, "Write a text here")

    def test_an_option_that_stands_twice_is_an_error_on_its_line(self) -> None:
        fails("Who?{\n=a\n~b\n~a\n}", 4, "same as option 1")

    def test_too_many_options_are_an_error(self) -> None:
        fails("Who?{" + "~a" * 1000 + "}", 1, "too many answers")
        fails("Who?{=x" + "".join(f"~{number}" for number in range(50)) + "}", 1, "at most 50 entries")

    @pytest.mark.parametrize(
        ("block", "texts"),
        [
            ("~F=ma =E=mc^2", ["F=ma", "E=mc^2"]),
            ("\n~F = ma\n=E = mc^2\n", ["F = ma", "E = mc^2"]),
            ("\n= a=b\n~ c =%0%d\n", ["a=b", "c", "d"]),
            ("~a=b", ["a", "b"]),
            ("= a ~ b", ["a", "b"]),
        ],
    )
    def test_an_equals_sign_within_an_option_is_text_where_that_is_clear(self, block: str, texts: list[str]) -> None:
        assert [text for text, _, _ in options(f"Which?{{{block}}}")] == texts


class TestFeedback:
    def test_an_equals_sign_within_a_feedback_is_text_with_a_warning(self) -> None:
        text = "2 + 2?{\n~3#because 1 + 2 = 3 and x=3\n=4#as 2+2=4\n}"
        assert options(text) == [("3", "0", "because 1 + 2 = 3 and x=3"), ("4", "1", "as 2+2=4")]
        assert [line for line, _ in warnings(text)] == [2, 3]  # once for each line

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

    def test_text_before_the_first_sign_is_an_answer_with_a_warning(self) -> None:
        assert options("Who?{Grant =Lee}") == [("Grant", "1", ""), ("Lee", "1", "")]
        assert "Begin each answer with =" in warnings("Who?{Grant =Lee}")[0][1]

    def test_an_answer_earns_the_whole_mark(self) -> None:
        fails("Who?{=%50%Grant}", 1, "No answer earns the whole mark")

    def test_an_answer_that_would_cost_earns_nothing_and_that_is_told(self) -> None:
        assert options("Who?{=Grant\n=%-50%Lee}")[1] == ("Lee", "0", "")
        assert [line for line, _ in lost(parse("Who?{=Grant\n=%-50%Lee}"))] == [2]

    def test_an_answer_that_is_never_reached_is_left_out_and_told(self) -> None:
        assert options("Who?{=Gr*\n=%50%Grant}") == [("Gr*", "1", "")]
        assert [line for line, _ in lost(parse("Who?{=Gr*\n=%50%Grant}"))] == [2]
        fails("Who?{=%50%*\n=Grant}", 2, "already matches")

    def test_answers_without_spaces_between_them(self) -> None:
        assert [text for text, _, _ in options("Who?{=a=b=c}")] == ["a", "b", "c"]
        assert [text for text, _, _ in options("What?{=E=mc^2 =mc^2}")] == ["E=mc^2", "mc^2"]

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

    @pytest.mark.parametrize(
        ("text", "low", "high"), [("1..5", "1", "5"), ("-0.1 .. 0.2", "-0.1", "0.2"), ("-5..-3", "-5", "-3")]
    )
    def test_a_range(self, text: str, low: str, high: str) -> None:
        (answer,) = body(f"How much?{{#{text}}}")["answers"]
        assert (answer["tolerance_type"], answer["low"], answer["high"]) == ("range", low, high)

    @pytest.mark.parametrize(
        ("text", "value", "tolerance"),
        [("1,5", "1.5", "0"), ("3,14:0,01", "3.14", "0.01"), ("\u22122", "-2", "0"), ("6.02x10^23", "6.02e23", "0"),
         ("1 000", "1000", "0"), ("2*10^(-3)", "0.002", "0")],
    )  # fmt: skip
    def test_other_ways_of_writing_a_number_are_read_with_a_warning(
        self, text: str, value: str, tolerance: str
    ) -> None:
        (answer,) = body(f"How much?{{#{text}}}")["answers"]
        assert [Decimal(answer[name]) for name in ("value", "tolerance")] == [Decimal(value), Decimal(tolerance)]
        assert "is read as" in warnings(f"How much?{{#{text}}}")[0][1]

    def test_several_answers_with_weights_and_feedback(self) -> None:
        text = "When?{#\n=1822:0#Yes.\n=%50%1822:2#Nearly.\n~#No.\n}"
        assert options(text) == [("1822", "1", "Yes."), ("1822", "0.5", "Nearly."), (None, "0", "No.")]
        assert body(text)["answers"][2]["any"] is True

    def test_a_feedback_for_every_other_number_may_follow_a_bare_answer(self) -> None:
        assert options("When?{#1822#Yes. ~#No. ####General.}") == [("1822", "1", "Yes."), (None, "0", "No.")]

    def test_a_star_is_any_number(self) -> None:
        assert self.answers("=5 =%0%*") == [("5", "0", "1"), (None, "0", "0")]

    @pytest.mark.parametrize(
        "block",
        ["abc", "", " ", "1,5,5", "5:x", "x..5", "1..", "²", "1_0", "NaN", "= ", "5:", "--5", "inf", "5 kg", "٥"],
    )
    def test_what_is_no_number_is_an_error_and_never_accepts_anything(self, block: str) -> None:
        fails(f"How much?{{#{block}}}", 1, "is not a number")

    def test_the_error_stands_on_the_line_of_the_answer(self) -> None:
        fails("How much?{#\n=5\n=%50%six\n}", 3, '"six" is not a number')
        fails("How much?{#\n=5:-1\n}", 2, "cannot be negative")
        fails("How much?{#\n=%50%5:2\n=6:1}", 3, "already holds")

    def test_an_answer_that_is_never_reached_is_left_out_and_told(self) -> None:
        text = "How much?{#\n=5\n=6:1\n=%50%5.5:0.1}"
        assert [value for value, _, _ in options(text)] == ["5", "6"]
        assert [line for line, _ in lost(parse(text))] == [4]

    def test_a_range_begins_with_the_smaller_number(self) -> None:
        fails("How much?{#5..1}", 1, "smaller number first")

    def test_a_wrong_option_has_no_number(self) -> None:
        fails("How much?{#\n=5\n~6#no}", 3, "~#text")
        fails("How much?{#~#no\n=5}", 1, "~#text")

    def test_a_number_before_the_first_sign_is_right_with_a_warning(self) -> None:
        assert [value for value, _, _ in options("How much?{#5 =6}")] == ["5", "6"]
        assert "Begin each answer with =" in warnings("How much?{#5 =6}")[0][1]


class TestMatching:
    def test_pairs(self) -> None:
        found = body("Match.{\n=Spain -> Madrid\n=[html]<b>Italy</b> -> Rome\n=Sevilla->Spain\n= Madrid -> Spain\n}")
        texts = {choice["key"]: choice["text"] for choice in found["choices"]}
        pairs = [(stem["text"], texts[stem["choice"]]) for stem in found["stems"]]
        assert pairs == [("Spain", "Madrid"), ("<b>Italy</b>", "Rome"), ("Sevilla", "Spain"), ("Madrid", "Spain")]
        assert list(texts.values()) == ["Madrid", "Rome", "Spain"]

    def test_a_pair_without_a_stem_is_a_distractor(self) -> None:
        found = body("Match.{=a -> b =c -> d = -> e}")
        assert (len(found["stems"]), [choice["text"] for choice in found["choices"]]) == (2, ["b", "d", "e"])

    def test_weights_and_feedback_are_lost_and_told(self) -> None:
        text = "Match.{\n=%50%a -> b#yes\n=c -> d\n}"
        assert [choice["text"] for choice in body(text)["choices"]] == ["b", "d"]
        assert [line for line, _ in lost(parse(text))] == [2]

    def test_pairs_differ_on_the_right(self) -> None:
        fails("Which?\n{=a -> x\n=b -> x}", 2, "All pairs have the same right side")

    def test_faults_stand_on_their_lines(self) -> None:
        fails("Match.{\n=a -> b\n=c\n}", 3, "=this -> that")
        fails("Match.{\n=a -> b\n=c ->\n}", 3, "=this -> that")
        fails("Match.{\n=a -> b\n}", 2, "one pair only")
        fails("Match.{\n=a -> b\n=a -> c\n}", 3, "same")


@pytest.mark.parametrize("block", ["{=echo $$ ~my_var $$}", "{=a_b $$ =c_d $$ ~e}", "{\n=a_b $$\n~c $$}"])
def test_two_signs_of_money_in_two_answers_are_no_formula(block: str) -> None:
    question = one(f"Which prints the id?{block}")
    assert len(question.body["options"]) == block.count("=") + block.count("~")
