"""Each type of Moodle XML and what becomes of it here (reference semantics §2.2 and §2.5)."""

from __future__ import annotations

from typing import Any

import pytest

from bank.formats.moodle_files import answer, body, fails, losses, one, parse, question, rows, said, warnings
from examhall.bank.types import type_named

RIGHT, WRONG = answer("100", "Yes"), answer("0", "No")


def fractions(found: dict[str, Any]) -> list[str]:
    return [part["fraction"] for part in found.get("options") or found["answers"]]


class TestMultichoice:
    def test_single_is_a_choice(self) -> None:
        inner = "<single>true</single><shuffleanswers>1</shuffleanswers>"
        found = one(question("multichoice", inner + answer("100", "Yes", "good") + answer("-33.33333", "No")))
        assert found.type == "single_choice"
        assert [(option["text"], option["fraction"], option["feedback"]) for option in found.body["options"]] == [
            ("Yes", "1", "good"),
            ("No", "-0.3333333", ""),
        ]
        assert found.body["shuffle"] is True

    @pytest.mark.parametrize("single", ["false", "0", ""])
    def test_otherwise_several_are_ticked(self, single: str) -> None:
        inner = f"<single>{single}</single>" + answer("50", "a") + answer("50", "b") + answer("-100", "c")
        found = one(question("multichoice", inner))
        assert (found.type, found.body["scheme"], fractions(found.body)) == (
            "multiple_choice",
            "sum",
            ["0.5", "0.5", "-1"],
        )

    def test_without_a_word_it_is_single_and_keeps_its_order(self) -> None:
        found = one(question("multichoice", RIGHT + WRONG))
        assert (found.type, found.body["shuffle"]) == ("single_choice", False)

    def test_thirds_need_not_add_up_exactly(self) -> None:
        inner = "<single>false</single>" + "".join(answer("33.33333", text) for text in "abc")
        assert fractions(body("multichoice", inner)) == ["0.3333333"] * 3

    @pytest.mark.parametrize("percent", ["100", "33", "20"])
    def test_right_options_that_earn_the_same_share_the_mark(self, percent: str) -> None:
        inner = "<single>false</single>" + "".join(answer(percent, text) for text in "abc") + WRONG
        assert fractions(body("multichoice", inner)) == ["0.333333333333"] * 3 + ["0"]
        assert "They share the mark now: 33.33333 % each." in warnings("multichoice", inner)[0]

    @pytest.mark.parametrize(("percents", "kept"), [
        (("60", "20"), ["0.75", "0.25", "-0.5"]), (("100", "25"), ["0.8", "0.2", "-0.5"]),
    ])  # fmt: skip
    def test_other_sums_are_scaled_with_a_warning(self, percents: tuple[str, str], kept: list[str]) -> None:
        earned = "".join(answer(percent, f"x{percent}") for percent in percents) + answer("-50", "c")
        inner = f"<single>false</single>{earned}"
        assert fractions(body("multichoice", inner)) == kept
        assert "They are scaled" in warnings("multichoice", inner)[0]

    def test_nothing_right_is_wrong(self) -> None:
        inner = "<single>false</single>" + answer("0", "a") + answer("-20", "b")
        fails("question[1]", "No option is right", question("multichoice", inner))

    @pytest.mark.parametrize("single", ["<single>true</single>", ""])
    def test_one_that_only_several_answer_is_ticked_with_a_warning(self, single: str) -> None:
        inner = single + answer("50", "a") + answer("50", "b") + WRONG
        found = one(question("multichoice", inner))
        assert (found.type, fractions(found.body)) == ("multiple_choice", ["0.5", "0.5", "0"])
        assert said(found.warnings) == [
            "No option earns the whole mark, but several do together, so these are to be ticked."
        ]

    def test_one_of_which_none_is_right_is_wrong(self) -> None:
        fails("question[1]", "No option earns", question("multichoice", answer("50", "a") + answer("20", "b")))

    def test_several_right_ones_of_which_one_is_chosen_are_told(self) -> None:
        inner = "<single>true</single>" + answer("100", "a") + answer("100", "b")
        assert "Is <single> meant to be false?" in warnings("multichoice", inner)[0]
        assert fractions(body("multichoice", inner)) == ["1", "1"]

    def test_without_a_right_one_it_is_wrong(self) -> None:
        fails("question[1]", "No option earns the whole mark", question("multichoice", WRONG + answer("50", "a")))

    def test_a_missing_fraction_is_nothing_and_told(self) -> None:
        inner = RIGHT + "<answer><text>No</text></answer>"
        assert fractions(body("multichoice", inner)) == ["1", "0"]
        assert warnings("multichoice", inner) == ['This answer has no "fraction" and earns nothing. Is it wrong?']

    def test_empty_answers_that_forms_leave_behind_are_left_out(self) -> None:
        empty = '<answer fraction="0"><text></text><feedback><text></text></feedback></answer>'
        assert len(body("multichoice", RIGHT + WRONG + empty)["options"]) == 2
        assert losses("multichoice", RIGHT + WRONG + empty) == []

    def test_an_empty_answer_that_earns_something_is_told(self) -> None:
        found = losses("multichoice", RIGHT + WRONG + '<answer fraction="50"><text/></answer>')
        assert found == ["This answer has no text, so it is left out."]

    def test_a_wrong_option_is_named_by_its_element(self) -> None:
        fails("question[1]/answer[2]", "not between -100 and 100", question("multichoice", RIGHT + answer("150", "a")))
        fails("question[1]/answer[2]", '"abc" is not a number', question("multichoice", RIGHT + answer("abc", "a")))
        fails("question[1]/answer[2]", "says the same as", question("multichoice", RIGHT + answer("0", "Yes")))

    def test_feedback_by_outcome_is_kept(self) -> None:
        inner = "".join(f"<{tag}feedback><text>{tag}</text></{tag}feedback>" for tag in
                        ("correct", "partiallycorrect", "incorrect"))  # fmt: skip
        found = body("multichoice", inner + RIGHT + WRONG)
        kept = [found[f"{name}_feedback"] for name in ("right", "partial", "wrong")]
        assert kept == ["correct", "partiallycorrect", "incorrect"]

    def test_all_or_nothing_is_a_scheme(self) -> None:
        found = one(question("multichoiceset", answer("100", "a") + answer("100", "b") + answer("0", "c")))
        assert (found.type, found.body["scheme"]) == ("multiple_choice", "all_or_nothing")

    def test_the_plug_in_of_the_open_university_comes_near(self) -> None:
        found = one(question("oumultiresponse", answer("100", "a") + answer("100", "b") + answer("0", "c")))
        assert found.body["scheme"] == "right_minus_wrong"
        assert "each wrong tick" in said(found.losses)[0]


class TestGrades:
    INNER = "<single>false</single>" + "".join(answer(text, text) for text in ("-50", "33", "33.33333", "33.333"))

    def test_by_themselves_all_grades_are_kept(self) -> None:
        inner = answer("100", "a") + answer("15", "b")
        assert fractions(one(question("multichoice", inner)).body) == ["1", "0.15"]

    def test_a_grade_that_moodle_does_not_offer_is_an_error(self) -> None:
        fails("question[1]/answer[2]", "no grade of 33 %", question("multichoice", self.INNER), grades="error")

    def test_or_gives_way_to_the_nearest(self) -> None:
        found = one(question("multichoice", self.INNER), grades="nearest")
        assert fractions(found.body) == ["-0.5", "0.3333333", "0.3333333", "0.33333"]
        assert said(found.warnings) == ["The grade 33 % was changed to 33.33333 %, the nearest one that Moodle offers."]

    def test_the_nearest_keeps_its_sign(self) -> None:
        found = one(question("multichoice", RIGHT + answer("-34", "a")), grades="nearest")
        assert fractions(found.body) == ["1", "-0.3333333"]


class TestTrueFalse:
    def test_the_answer_with_the_mark_is_right(self) -> None:
        found = body("truefalse", answer("0", "true", "t") + answer("100", "false", "f"))
        assert (found["correct"], found["feedback_true"], found["feedback_false"]) == (False, "t", "f")

    def test_the_order_does_not_matter(self) -> None:
        assert body("truefalse", answer("0", "false") + answer("100", "true"))["correct"] is True

    def test_of_other_words_the_first_is_true(self) -> None:
        inner = answer("0", "Stimmt") + answer("100", "Stimmt nicht")
        assert body("truefalse", inner)["correct"] is False
        assert len(warnings("truefalse", inner)) == 2

    @pytest.mark.parametrize(
        ("right", "wrong", "correct"),
        [
            ("Wahr", "Falsch", True),
            ("Falsch", "Wahr", False),
            ("No", "Yes", False),
            ("<![CDATA[<p>True</p>]]>", "0", True),
        ],
    )
    def test_known_words_mean_what_they_say_in_any_order(self, right: str, wrong: str, correct: bool) -> None:
        for inner in (answer("100", right) + answer("0", wrong), answer("0", wrong) + answer("100", right)):
            assert (body("truefalse", inner)["correct"], warnings("truefalse", inner)) == (correct, [])

    def test_both_right_is_wrong(self) -> None:
        fails(
            "question[1]",
            "Both answers earn the same",
            question("truefalse", answer("100", "true") + answer("100", "false")),
        )

    def test_the_same_twice_is_wrong(self) -> None:
        fails(
            "question[1]/answer[2]", "there twice", question("truefalse", answer("100", "true") + answer("0", "true"))
        )

    def test_its_penalty_of_1_is_usual(self) -> None:
        assert losses("truefalse", answer("100", "true") + answer("0", "false") + "<penalty>1.0000000</penalty>") == []


class TestWritten:
    def test_short_answers_keep_their_order_and_case(self) -> None:
        inner = "<usecase>1</usecase>" + answer("100", "Beta") + answer("50", "B*", "nearly")
        found = body("shortanswer", inner)
        assert found["case_sensitive"] is True
        assert [(part["text"], part["fraction"], part["feedback"]) for part in found["answers"]] == [
            ("Beta", "1", ""),
            ("B*", "0.5", "nearly"),
        ]

    def test_an_answer_that_is_never_reached_is_left_out_and_told(self) -> None:
        inner = answer("100", "Paris") + answer("50", "paris") + answer("0", "Rome") + answer("0", "PARIS")
        found = one(question("shortanswer", inner))
        assert [part["text"] for part in found.body["answers"]] == ["Paris", "Rome"]
        assert [loss.element for loss in found.losses] == ["question[1]/answer[2]", "question[1]/answer[4]"]

    @pytest.mark.parametrize(
        "text", ["&lt;p&gt;R &amp;amp; D&lt;/p&gt;", "&lt;div dir='ltr'&gt;R &amp;amp; D&lt;br/&gt;&lt;/div&gt;"]
    )
    def test_words_in_a_paragraph_are_the_words(self, text: str) -> None:
        assert body("shortanswer", answer("100", text))["answers"][0]["text"] == "R & D"
        assert warnings("shortanswer", answer("100", text)) == ["The answer is read without the HTML around it."]
        plain = answer("100", "&lt;p&gt;a&lt;/p&gt;").replace("<answer ", "<answer format='plain_text' ")
        assert body("shortanswer", plain)["answers"][0]["text"] == "<p>a</p>"

    def test_a_number_has_its_tolerance(self) -> None:
        inner = answer("100", "3.14", "Yes", "<tolerance>0.005</tolerance>") + answer("0", "*", "No")
        first, second = body("numerical", inner)["answers"]
        assert (first["value"], first["tolerance"], first["tolerance_type"], first["feedback"]) == (
            "3.14", "0.005", "nominal", "Yes")  # fmt: skip
        assert (second["any"], second["feedback"]) == (True, "No")

    @pytest.mark.parametrize(("text", "value"), [("1.5e3", "1500"), ("3,5", "3.5"), ("2x10^3", "2000"), ("−4", "-4")])
    def test_numbers_are_read_as_they_are_written(self, text: str, value: str) -> None:
        assert body("numerical", answer("100", text))["answers"][0]["value"] == value

    @pytest.mark.parametrize("text", ["five", "1,234,567", "3 m"])
    def test_what_is_no_number_is_an_error(self, text: str) -> None:
        fails("question[1]/answer", "is not a number", question("numerical", answer("100", text)))

    def test_old_files_write_value_and_fraction_in_other_places(self) -> None:
        inner = "<answer>23<tolerance>2</tolerance><fraction>1</fraction><feedback>Well done</feedback></answer>"
        (found,) = body("numerical", inner)["answers"]
        assert (found["value"], found["tolerance"], found["fraction"], found["feedback"]) == (
            "23",
            "2",
            "1",
            "Well done",
        )

    UNITS = (
        "<units><unit><multiplier>100</multiplier><unit_name>cm</unit_name></unit>"
        "<unit><multiplier>1</multiplier><unit_name>m</unit_name></unit></units>"
    )

    @pytest.mark.parametrize(
        ("settings", "expected"),
        [
            ("", {"unit_use": "optional", "unit_input": "text", "unit_penalty": "0"}),
            ("<unitgradingtype>0</unitgradingtype><showunits>0</showunits>", {"unit_use": "optional"}),
            (
                "<unitgradingtype>1</unitgradingtype><unitpenalty>0.25</unitpenalty><showunits>1</showunits>",
                {"unit_use": "required", "unit_input": "choice", "unit_penalty": "0.25", "unit_penalty_of": "mark"},
            ),
            (
                "<unitgradingtype>2</unitgradingtype><showunits>0</showunits><unitsleft>1</unitsleft>",
                {"unit_use": "required", "unit_input": "text", "unit_penalty_of": "max", "units_left": True},
            ),
        ],
    )
    def test_units_are_asked_for_as_moodle_does(self, settings: str, expected: dict[str, Any]) -> None:
        found = body("numerical", answer("100", "5") + self.UNITS + settings)
        assert {name: found[name] for name in expected} == expected
        assert found["units"] == [{"name": "m", "multiplier": "1"}, {"name": "cm", "multiplier": "100"}]

    def test_units_that_nobody_asks_for_are_told(self) -> None:
        inner = answer("100", "5") + self.UNITS + "<showunits>3</showunits>"
        assert body("numerical", inner)["units"] == []
        assert losses("numerical", inner) == ["The units are left out, as the question asks for none."]

    def test_one_unit_is_the_one_of_the_answers(self) -> None:
        inner = answer("100", "5") + self.UNITS.replace("<multiplier>1<", "<multiplier>2<")
        fails("question[1]/units/unit[1]", "multiplier 1", question("numerical", inner))

    def test_an_essay_has_limits_notes_and_a_template(self) -> None:
        inner = (
            "<responseformat>editor</responseformat><responsefieldlines>20</responsefieldlines>"
            "<minwordlimit>5</minwordlimit><maxwordlimit>50</maxwordlimit>"
            "<graderinfo format='html'><text>&lt;b&gt;Look&lt;/b&gt;</text></graderinfo>"
            "<responsetemplate format='html'>"
            "<text>&lt;p&gt;Dear&lt;/p&gt;&lt;p&gt;A &amp;amp; B&lt;/p&gt;</text></responsetemplate>"
        )
        found = body("essay", inner)
        assert (found["lines"], found["min_words"], found["max_words"]) == (20, 5, 50)
        assert (found["marking_notes"], found["template"]) == ("<b>Look</b>", "Dear\nA & B")

    def test_files_beside_an_essay_are_told(self) -> None:
        inner = (
            "<responseformat>monospaced</responseformat><attachments>2</attachments><filetypeslist>.pdf</filetypeslist>"
        )
        assert losses("essay", inner) == [
            'The answer is plain text here. "monospaced" is not kept.',
            "Files cannot be handed in with an essay here. Add a question for the upload.",
        ]

    def test_an_essay_without_a_field_is_an_upload(self) -> None:
        inner = (
            "<responseformat>noinline</responseformat><attachments>2</attachments>"
            "<attachmentsrequired>1</attachmentsrequired>"
            "<filetypeslist>.pdf, *.ODT;presentation</filetypeslist><maxbytes>1048576</maxbytes>"
        )
        found = one(question("essay", inner))
        assert (found.type, found.body["max_files"], found.body["max_bytes"]) == ("upload", 2, 1048576)
        assert found.body["accept"] == ["pdf", "odt", "odp", "ppt", "pptx"]
        assert found.losses == []

    def test_an_upload_without_limits_gets_ours(self) -> None:
        inner = "<responseformat>noinline</responseformat><attachments>-1</attachments><maxbytes>99999999</maxbytes>"
        assert len(losses("essay", inner)) == 2
        assert body("essay", inner)["max_files"] == 10

    def test_a_description_asks_nothing(self) -> None:
        found = one(question("description", "<generalfeedback><text>Later</text></generalfeedback>", "<p>Read.</p>"))
        assert (found.type, found.body["prompt"], found.body["feedback"]) == ("description", "<p>Read.</p>", "Later")


class TestMatching:
    INNER = (
        "<shuffleanswers>true</shuffleanswers>"
        "<subquestion format='html'><text>frog</text><answer><text>amphibian</text></answer></subquestion>"
        "<subquestion format='html'><text>newt</text><answer><text>amphibian</text></answer></subquestion>"
        "<subquestion format='html'><text></text><answer><text>R &amp; D</text></answer></subquestion>"
    )

    @pytest.mark.parametrize("kind", ["matching", "match", "ddmatch"])
    def test_same_words_are_one_choice_and_empty_stems_distractors(self, kind: str) -> None:
        found = body(kind, self.INNER)
        assert [(stem["text"], stem["choice"]) for stem in found["stems"]] == [("frog", "c1"), ("newt", "c1")]
        assert [choice["text"] for choice in found["choices"]] == ["amphibian", "R &amp; D"]
        assert found["shuffle"] is True

    def test_a_stem_without_an_answer_is_wrong(self) -> None:
        stem = "<subquestion><text>a</text><answer><text/></answer></subquestion>"
        fails("question[1]/subquestion[4]/answer", "answer is empty", question("matching", self.INNER + stem))
        stem = "<subquestion><text>a</text></subquestion>"
        fails("question[1]/subquestion[4]", "no <answer>", question("matching", self.INNER + stem))


class TestOrdering:
    @staticmethod
    def inner(more: str) -> str:
        items = (("2.0000000", "b"), ("1.0000000", "a"), ("3.0000000", "c"))
        return more + "".join(answer(place, text) for place, text in items)

    @pytest.mark.parametrize(
        ("grading", "scheme"),
        [
            ("ALL_OR_NOTHING", "exact"), ("-1", "exact"), ("ABSOLUTE_POSITION", "position"), ("0", "position"),
            ("RELATIVE_NEXT_EXCLUDE_LAST", "adjacent"), ("1", "adjacent"), ("", "position"),
        ],
    )  # fmt: skip
    def test_the_fraction_is_the_place(self, grading: str, scheme: str) -> None:
        found = body("ordering", self.inner(f"<gradingtype>{grading}</gradingtype>"))
        assert [item["text"] for item in found["items"]] == ["a", "b", "c"]
        assert found["scheme"] == scheme

    def test_what_else_it_can_do_is_told(self) -> None:
        more = (
            "<gradingtype>LONGEST_ORDERED_SUBSET</gradingtype><layouttype>HORIZONTAL</layouttype>"
            "<selecttype>RANDOM</selecttype><selectcount>2</selectcount><showgrading>HIDE</showgrading>"
        )
        found = losses("ordering", self.inner(more))
        assert [text.split()[0] for text in found] == ["The", "All", "Items", "<showgrading>"]

    def test_feedback_on_items_is_told_once(self) -> None:
        items = answer("1", "a", "Yes") + answer("2", "b", "Yes")
        assert losses("ordering", items) == ["The feedback on single items is not kept."]

    def test_usual_settings_are_not_told(self) -> None:
        more = (
            "<layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype><selectcount>2</selectcount>"
            "<showgrading>SHOW</showgrading><numberingstyle>none</numberingstyle><shownumcorrect>1</shownumcorrect>"
        )
        assert losses("ordering", self.inner(more)) == []


class TestOtherTypes:
    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            ("calculatedmulti", '"calculatedmulti" cannot be imported. Make a calculated one'),
            ("ddimageortext", "Make a matching or a hotspot question"),
            ("random", "Draw questions where you compose the exam"),
            ("randomsamatch", "Make a matching question"),
            ("missingtype", "type of this question was missing"),
            ("stack", 'type "stack" cannot be imported. Ask it in another way'),
            ("", "has no type"),
        ],
    )
    def test_a_type_that_we_lack_is_named_with_a_remedy(self, kind: str, words: str) -> None:
        fails("question[1]", words, question(kind))

    def test_the_others_are_read_all_the_same(self) -> None:
        found = parse(question("stack"), question("truefalse", answer("100", "true")), question("description"))
        assert [item.element for item in found.questions] == ["question[2]", "question[3]"]
        assert [message.line for message in found.errors] == [3]


def test_every_body_is_what_its_type_makes_of_it() -> None:
    found = parse(
        question("multichoice", RIGHT + WRONG), question("matching", TestMatching.INNER),
        question("ordering", TestOrdering.inner("")), question("kprime", rows("kprime")),
    )  # fmt: skip
    assert len(found.questions) == 4
    for item in found.questions:
        assert type_named(item.type).load(item.body).to_json() == item.body
