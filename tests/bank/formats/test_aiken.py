"""Aiken: what is read, what is refused and where, what is written. Rules: reference semantics §2.4."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examhall.bank.formats import Import, Item, registry
from examhall.bank.formats.aiken import FORMAT, export, parse
from examhall.bank.types import type_named
from examhall.errors import Invalid


def read(text: str) -> Import:
    return parse(text.encode())


def faults(text: str) -> list[tuple[int, str]]:
    return [(message.line, message.text % message.params) for message in read(text).errors]


def options_of(item: Item) -> list[tuple[str, str]]:
    return [(option["text"], option["fraction"]) for option in item.body["options"]]


SUM = "What is 2 + 2?\nA. 3\nB) 4\nANSWER: B\n"


class TestReading:
    def test_a_question_with_letters_and_the_letter_of_the_right_one(self) -> None:
        (item,) = read(SUM).questions
        assert (item.line, item.type, item.name) == (1, "single_choice", "What is 2 + 2?")
        assert options_of(item) == [("3", "0"), ("4", "1")]

    def test_blank_lines_and_lone_signs_count_for_nothing(self) -> None:
        spaced = "\ufeff\n-\n" + SUM.replace("\n", "\r\n\r\n")
        assert options_of(read(spaced).questions[0]) == options_of(read(SUM).questions[0])

    def test_questions_follow_each_other_with_or_without_a_blank_line(self) -> None:
        found = read(SUM + SUM + "\n" + SUM)
        assert [item.line for item in found.questions] == [1, 5, 10]

    def test_the_letter_counts_and_not_the_place(self) -> None:
        (item,) = read("Which?\nA. one\nC. three\nB. two\nANSWER: C\n").questions
        assert options_of(item) == [("one", "0"), ("three", "1"), ("two", "0")]

    def test_a_stem_may_look_like_an_option(self) -> None:
        (item,) = read("A. Einstein was born in\nA. 1879\nB. 1880\nANSWER: A\n").questions
        assert item.body["prompt"] == "A. Einstein was born in"
        assert options_of(item) == [("1879", "1"), ("1880", "0")]

    def test_text_is_text_and_no_markup(self) -> None:
        (item,) = read("Is 1 < 2 & <b>so</b>?\nA. <i>yes</i>\nB. no\nANSWER: A\n").questions
        assert item.body["prompt"] == "Is 1 &lt; 2 &amp; &lt;b&gt;so&lt;/b&gt;?"
        assert options_of(item)[0] == ("&lt;i&gt;yes&lt;/i&gt;", "1")

    def test_a_stem_over_two_lines_is_read_with_a_warning(self) -> None:
        (item,) = read("What is\n2 + 2?\nA. 3\nB. 4\nANSWER: B\n").questions
        assert item.body["prompt"] == "What is<br>2 + 2?"
        assert [message.line for message in item.warnings] == [2]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Which?\nA. one\nB. two\nANSWER: D\n", 4, "No option bears the letter “D”"),
        ("Which?\na) one\nb) two\nAnswer: D\n", 4, "capital letter"),
        ("Which?\nA. one\nB. two\nANSWER: B. one\n", 4, "No option bears"),
        ("Which?\nA. one\nB. two\nANSWER:\n", 4, "No option bears"),
        ("Which?\nA. one\nB. two\nANSWER: A, D\n", 4, "No option bears"),
        ("Which?\nA. one\nA. two\nANSWER: A\n", 2, "same letter"),
        ("Which?\nA. one\nB. two\nB. three\nANSWER: A\n", 2, "same letter"),
        ("Which?\nA. one\nANSWER: A\n", 1, "at least"),
        ("Which?\nA. one\nB. one\nANSWER: A\n", 3, "same"),
        ("Which?\nANSWER: A\n", 1, "no options"),
        ("Is it?\nCorrect answer: so\n", 1, "no options"),
        ("Is it?\n**Answer:** False\n", 1, "no options"),
        ("ANSWER: A\n", 1, "no options"),
        ("Which?\nA. one\nB. two\n", 1, "no ANSWER"),
        ("Which?\nA. one\nB. two\nAnswer: none of these\n", 4, "No option bears"),
        ("Which?\nA. one\nB. two\nSo what?\nAnswer: none of these\n", 1, "no ANSWER"),
        ("One?\nA. a\nB. b\nTwo?\nA. c\nB. d\nANSWER: A\n", 1, "no ANSWER"),
        ("", 1, "no question"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, words: str) -> None:
    found = read(text)
    assert found.questions == []
    ((where, said),) = faults(text)
    assert where == line
    assert words in said


def test_an_answer_without_options_is_no_text_of_the_next_question() -> None:
    found = read(f"Is it?\nCorrect Answer: False\n\n{SUM}")
    assert ([item.body["prompt"] for item in found.questions], len(found.errors)) == (["What is 2 + 2?"], 1)
    assert read("Sum: 2 + 2\nAnswer: 5\nIs that right?\nA. yes\nB. no\nANSWER: B").errors == []


def test_a_wrong_question_hides_no_other() -> None:
    found = read(SUM + "Wrong?\nA. one\nB. two\nANSWER: Z\n" + SUM)
    assert ([item.line for item in found.questions], [message.line for message in found.errors]) == ([1, 9], [8])


@pytest.mark.parametrize(
    ("text", "is_aiken"),
    [
        (SUM, True),
        (SUM.replace("\n", "\r\n"), True),
        ("Q?\nA. 1\nB. 2\nANSWER: A. 1\n", True),
        ("What is 2 + 2? {=4 ~3}", False),
        ("ANSWER: b", False),
    ],
)
def test_it_is_known_by_its_answers(text: str, is_aiken: bool) -> None:
    assert FORMAT.recognises(text.encode()) is is_aiken


LINES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30) | st.sampled_from([
    "?", "A", "ANSWER: A", "ANSWER: what?", "Answer: b", "A. a", "B) b", "Explanation: c", "*a*", "- a",
])  # fmt: skip


@st.composite
def plain_questions(draw: st.DrawFn) -> Item:
    texts = draw(st.lists(LINES, min_size=2, max_size=26, unique_by=lambda text: " ".join(text.split())))
    right = draw(st.integers(0, len(texts) - 1))
    kind = type_named("single_choice")
    options = [{"text": escaped(text), "fraction": "1" if n == right else "0"} for n, text in enumerate(texts)]
    body = kind.validate({"prompt": escaped(draw(LINES)), "options": options})
    return Item(1, "", "single_choice", body.to_json())


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class TestWriting:
    @given(st.lists(plain_questions(), max_size=4))
    def test_what_it_can_say_comes_back_the_same_and_the_rest_is_told(self, items: list[Item]) -> None:
        written = export(items, {}, "Bank")
        told = {loss.line for loss in written.losses}
        found = parse(written.data)
        assert [item.body for item in found.questions] == [
            item.body for number, item in enumerate(items, start=1) if number not in told
        ]
        for number in told:
            prompt = str(items[number - 1].body["prompt"])
            assert len(prompt) == 1 or prompt.upper().lstrip("*").startswith("ANSWER")

    @pytest.mark.parametrize(
        ("prompt", "options"),
        [
            ("?", ("a", "b")),
            ("ANSWER: A", ("a", "b")),
            ("Which?", ("<b>a</b>", "<i>a</i>")),
            ("Which?", ("a", "<p>a</p>")),
        ],
    )
    def test_what_would_not_come_back_is_left_out_and_told(self, prompt: str, options: tuple[str, str]) -> None:
        first, second = options
        parts = [{"text": first, "fraction": "1"}, {"text": second, "fraction": "0"}]
        self.left_out("single_choice", {"prompt": prompt, "options": parts})

    @pytest.mark.parametrize("fractions", [["1", "1"], ["1", "-0.5"], ["1"] + ["0"] * 26])
    def test_choices_beyond_one_right_of_26_are_left_out_and_told(self, fractions: list[str]) -> None:
        options = [{"text": str(place), "fraction": fraction} for place, fraction in enumerate(fractions)]
        self.left_out("single_choice", {"prompt": "x", "options": options})

    def test_other_types_are_left_out_and_told(self) -> None:
        self.left_out("true_false", {"prompt": "Is it?", "correct": True})

    def left_out(self, kind: str, data: dict[str, object]) -> None:
        body = type_named(kind).validate(data)
        written = export([Item(1, "Name", kind, body.to_json())], {}, "Bank")
        assert written.data == b""
        assert ["left out" in message.text for message in written.losses] == [True]

    def test_each_setting_that_is_lost_is_named(self) -> None:
        right = {"text": "a", "fraction": "1", "feedback": "f", "pinned": True}
        data = {
            "prompt": "<p>x <b>y</b></p>",
            "feedback": "z",
            "shuffle": False,
            "options": [right, {"text": "b", "fraction": "0"}],
        }
        body = type_named("single_choice").validate(data).to_json()
        item = Item(1, "Name", "single_choice", body, "a/b", tags=["t"])
        assert len(list(words(item))) == 7

    def test_nothing_is_said_of_what_is_as_usual(self) -> None:
        assert list(words(read(SUM).questions[0])) == []


def words(item: Item) -> Iterator[str]:
    for message in export([item], {}, "Bank").losses:
        yield message.text % message.params


@pytest.mark.parametrize("text", [
    "Which?\na) one\nb) two\nAnswer: B\n",
    "Which?\n\na. one\n\nb. two\n\nanswer : b\n",
    "Which?\nA ) one\nB ) two\nANSWER : B\n",
    "Which?\nA. one\nB. two\nANSWER: b\n",
    "Which?\nA. one\nB. two\nANSWER: B.\n",
    "Which?\nA.\tone\nB.\ttwo\nANSWER: B. two\n",
    "Which?\r\nA) one\r\nB) two\r\nCorrect answer: B)\r\n",
    "Which?\n(A) one\n(B) two\n**Answer:** B\n",
    "Which?\n- A) one\n- B) two\n**Answer: b**\n",
    "Which?\nA: one\nB: two\nANSWER: B\n",
    "Which?\nA. one\nB. two\nAnswer: Two\n",
    "Which?\nA. one\nB. two\nRESPUESTA: B\n",
    "Which?\na) one\nb) two\nRichtige Antwort: b\n",
    "Which?\n[A] one\n[B] two\nAns: [B]\n",
    "Which?\nA. one\nB. two\nKey: (b)\n",
    "**Which?**\nA. one\nB. two\nCorrect option: B\n",
    "Which?\nA、one\nB、two\n答案：B\n",
    "Which?\nA．one\nB．two\n正解：B\n",
    "Which?\na) one  b) two\tc) three\nCorrect: b\n",
    "Which?\n\ufeffA. one\nB. two\nОтвет: B\n",
    "Which?\nA. one\nB. two\nJuiste antwoord: B\n",
])  # fmt: skip
def test_what_authors_write_by_hand_is_read_with_a_warning(text: str) -> None:
    found = read(text * 2)
    assert found.errors == []
    for question in found.questions:
        assert question.body["prompt"] == "Which?"
        assert [option["text"] for option in question.body["options"] if option["fraction"] == "1"] == ["two"]
        assert len(question.warnings) == 1
    assert len(found.questions) == 2


def test_small_letters_above_capital_ones_are_text() -> None:
    found = read("Which hold?\na) x\nb) y\nA. only a\nB. both\nANSWER: B\n")
    assert found.questions[0].body["prompt"] == "Which hold?<br>a) x<br>b) y"
    assert [option["text"] for option in found.questions[0].body["options"]] == ["only a", "both"]


def test_a_file_written_by_hand_is_known_as_aiken() -> None:
    assert registry.format_of(b"Which?\na) one\r\nb) two\r\n\r\nAnswer: B\r\n").name == "aiken"
    assert registry.format_of("¿Cuál?\n(A) uno\n(B) dos\nRespuesta correcta: B\n".encode()).name == "aiken"
    assert registry.format_of(b"Which?\n- A. one\n- B. two\n\n**Answer:** B\n").name == "aiken"
    assert registry.format_of(b"Which?\n\nAnswer: B {=a ~b}\n").name == "gift"


@pytest.mark.parametrize("data", [
    "Frage;A;B\nGrüße?;ja;nein\n".encode("cp1252"), "Which?\nA. é\nB. b\nANSWR: A\n".encode("latin-1"),
])  # fmt: skip
def test_a_text_in_another_encoding_is_told_so(data: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        registry.format_of(data)
    assert "not UTF-8" in caught.value.errors[0].message


def test_what_is_no_text_is_told_the_formats() -> None:
    with pytest.raises(Invalid) as caught:
        registry.format_of(b"%PDF-1.7\n\xe2\xe3\0\xff")
    assert "tells its format" in caught.value.errors[0].message


@pytest.mark.parametrize("answer", ["ANSWER: A, C", "ANSWER: A; C", "Correct answer: a and c", "Answer: A,C"])
def test_several_right_letters_make_a_multiple_choice_with_a_warning(answer: str) -> None:
    (item,) = read(f"Which?\nA. one\nB. two\nC. three\n{answer}\n").questions
    assert (item.type, options_of(item)) == ("multiple_choice", [("one", "0.5"), ("two", "0"), ("three", "0.5")])
    assert len(item.warnings) == 1


def test_an_explanation_directly_below_the_answer_is_feedback_with_a_warning() -> None:
    found = read(
        f"{SUM}Explanation: As 2 + 2\nis 4 < 5.\n\nExplanation: which of these is one?\nA. a\nB. b\nANSWER: A\n{SUM}"
    )
    first, second, third = found.questions
    assert (first.body["feedback"], second.body["prompt"]) == (
        "As 2 + 2<br>is 4 &lt; 5.",
        "Explanation: which of these is one?",
    )
    assert [message.line for message in first.warnings] == [5]
    assert (second.warnings, third.line, found.errors) == ([], 12, [])


def test_options_over_several_lines_are_read_where_their_letters_follow_each_other() -> None:
    (item,) = read("Which prints 1?\nA. x = 1\nprint(x)\nB. x = 2\n}\nprint(x)\nANSWER: A\n").questions
    assert options_of(item) == [("x = 1<br>print(x)", "1"), ("x = 2<br>print(x)", "0")]
    assert [message.line for message in item.warnings] == [1]


def test_a_lone_sign_inside_a_question_is_a_line_of_it() -> None:
    (item,) = read("What does this print?\nif (x) {\nf();\n}\nA. 1\nB. 2\nANSWER: A\n").questions
    assert item.body["prompt"] == "What does this print?<br>if (x) {<br>f();<br>}"


def test_two_spaces_in_an_option_part_it_only_before_the_letter_that_follows() -> None:
    (item,) = read("Which?\nA. one  b. or c) two\nB. see  A) above\nANSWER: A\n").questions
    assert options_of(item) == [("one  b. or c) two", "1"), ("see  A) above", "0")]


def test_options_may_stand_in_several_rows() -> None:
    (item,) = read("Which?\n(A) one  (B) two\n(C) three\t(D) four\nANSWER: C\n").questions
    assert options_of(item) == [("one", "0"), ("two", "0"), ("three", "1"), ("four", "0")]


@pytest.mark.parametrize(("text", "prompt", "first"), [
    ("A. Smith  B. Jones wrote\nA. one\nB. two\nANSWER: A\n", "A. Smith  B. Jones wrote", "one"),
    ("Which?\nA. Like a  B. cell\nB. two\nANSWER: A\n", "Which?", "Like a  B. cell"),
])  # fmt: skip
def test_a_row_whose_letters_come_again_below_it_is_no_row_of_options(text: str, prompt: str, first: str) -> None:
    (item,) = read(text).questions
    assert (item.body["prompt"], options_of(item)) == (prompt, [(first, "1"), ("two", "0")])


@pytest.mark.parametrize("line", ["Explanation: it is so.", "Difficulty: easy", "**Points:** 2"])
def test_what_is_said_of_a_question_above_its_answer_is_no_part_of_an_option(line: str) -> None:
    found = read(f"Which?\nA. one\nB. two\n{line}\nANSWER: A\n")
    assert (found.questions, [message.line for message in found.errors]) == ([], [4])


@pytest.mark.parametrize("line", [
    "A. " + 50_000 * "\t" + "x", "ans: " + 50_000 * "*" + "x", "answer" + 50_000 * " " + "x",
])  # fmt: skip
def test_a_line_of_many_blanks_or_stars_takes_no_longer_than_others(line: str) -> None:
    started = time.process_time()
    read(f"Which?\n{line}\nB. two\nANSWER: B\n")
    assert time.process_time() - started < 0.5


def test_one_without_its_answer_is_not_read_as_part_of_the_next() -> None:
    found = read("One?\nA. a\nB. b\nTwo?\nA. c\nB. d\nANSWER: A\n")
    assert found.questions == []
    assert [message.line for message in found.errors] == [1]
