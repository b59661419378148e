"""Short text, rule by rule (reference semantics §2.2)."""

from __future__ import annotations

import re
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examhall.bank.types.contract import InvalidResponse
from examhall.bank.types.short_text import ShortText, ShortTextBody
from examhall.errors import Invalid

KIND = ShortText()


def asking(*answers: str | tuple[str, str], case_sensitive: bool = False) -> ShortTextBody:
    """A body with these answers: a text that earns 1, or a text and its fraction."""
    pairs = [(answer, "1") if isinstance(answer, str) else answer for answer in answers]
    parts = [{"text": text, "fraction": fraction, "feedback": f"On {text}"} for text, fraction in pairs]
    return KIND.validate({"prompt": "What?", "answers": parts, "case_sensitive": case_sensitive})


def earned(body: ShortTextBody, text: str) -> Decimal:
    return KIND.grade(body, KIND.read({}, {"text": text}))


def faults(*answers: Any, **more: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        KIND.validate({"prompt": "What?", "answers": list(answers), **more})
    return [error.field for error in refused.value.errors]


def test_the_whole_text_must_match() -> None:
    assert [earned(asking("cat"), text) for text in ("cat", "cats", "a cat", "ca")] == [1, 0, 0, 0]


def test_white_space_around_is_trimmed_and_runs_of_it_are_one_space() -> None:
    body = asking(" New  York ")
    for text in ("New York", "  New\tYork\n", "New \u00a0 York"):
        assert earned(body, text) == 1
    assert earned(body, "NewYork") == 0


def test_both_sides_are_normalised() -> None:
    assert earned(asking("caf\u00e9"), "cafe\u0301") == 1
    assert earned(asking("cafe\u0301"), "caf\u00e9") == 1
    assert earned(asking("cafe"), "café") == 0


def test_only_canonical_forms_are_one() -> None:
    assert (
        earned(
            asking("file"),
            "\ufb01le",
        )
        == 1
    ), "case folding opens the ligature"
    assert earned(asking("file", case_sensitive=True), "\ufb01le") == 0
    assert earned(asking("x2"), "x²") == 0
    assert earned(asking("admin"), "аdmin") == 0, "a Cyrillic letter is another letter"


def test_case_counts_only_if_the_author_says_so() -> None:
    assert earned(asking("Straße"), "STRASSE") == 1
    assert earned(asking("Kelvin", case_sensitive=True), "kelvin") == 0
    assert earned(asking("Kelvin", case_sensitive=True), "Kelvin") == 1


def test_a_star_stands_for_any_run_of_characters_even_none() -> None:
    body = asking("col*r")
    assert [earned(body, text) for text in ("color", "colour", "colr", "col our r", "colors")] == [1, 1, 1, 1, 0]


def test_stars_at_the_ends_and_several_of_them() -> None:
    assert [earned(asking("*photo*synth*"), text) for text in ("photosynthesis", "a photo synth", "synthphoto")] == [
        1,
        1,
        0,
    ]
    assert [earned(asking("a*a"), text) for text in ("aa", "aba", "a")] == [1, 1, 0]
    assert [earned(asking("ab*ba"), text) for text in ("abba", "aba")] == [1, 0]


def test_an_escaped_star_is_a_star() -> None:
    body = asking("2 \\* 3")
    assert [earned(body, text) for text in ("2 * 3", "2 x 3", "2 \\* 3")] == [1, 0, 0]
    assert earned(asking("\\**"), "*anything") == 1


def test_nothing_else_in_an_answer_is_special() -> None:
    for text in ("a.c", "(a+)+$", "[a-z]?", "\\d", "a|b", "%_"):
        assert earned(asking(text), text) == 1
        assert earned(asking(text), "abc") == 0


def test_the_first_match_wins() -> None:
    body = asking("Lisbon", ("Lis*", "0.5"), ("*", "0"))
    assert [earned(body, text) for text in ("lisbon", "lisboa", "porto")] == [1, Decimal("0.5"), 0]
    assert [KIND.reveal(body, {}, text)["feedback"] for text in ("lisboa", "porto")] == [["On Lis*"], ["On *"]]


def test_zero_is_an_answer_and_nothing_is_none() -> None:
    body = asking("0", ("*", "0.5"))
    assert earned(body, "0") == 1
    assert KIND.read({}, {"text": ""}) is None
    assert KIND.read({}, {"text": " \t\n"}) is None
    assert KIND.grade(body, "") == 0, "even though a star matches the empty text"


def test_a_text_of_2000_characters_is_read_and_a_longer_one_is_not() -> None:
    assert KIND.read({}, {"text": "é" * 2000}) == "é" * 2000
    with pytest.raises(InvalidResponse):
        KIND.read({}, {"text": "é" * 2001})


def test_what_was_written_is_kept_as_it_was_written() -> None:
    assert KIND.read({}, {"text": "  Caf\u00e9 "}) == "  Caf\u00e9 "


def test_the_right_answer_is_shown_without_its_escapes() -> None:
    assert KIND.reveal(asking(("x", "0.5"), "2 \\* 3"), {}, None)["correct"] == {"text": "2 * 3"}
    assert KIND.reveal(asking("*"), {}, None)["correct"] is None


def test_an_answer_must_earn_the_whole_mark_and_none_may_cost() -> None:
    assert faults({"text": "a", "fraction": "0.5"}) == ["answers"]
    assert faults({"text": "a", "fraction": "1"}, {"text": "b", "fraction": "-0.5"}) == ["answers.1.fraction"]


def test_an_answer_that_can_never_be_reached_is_refused() -> None:
    assert faults({"text": "*", "fraction": "0"}, {"text": "a", "fraction": "1"}) == ["answers.1.text"]
    assert faults({"text": "a", "fraction": "1"}, {"text": " A ", "fraction": "0.5"}) == ["answers.1.text"]
    assert faults({"text": "p*", "fraction": "0.5"}, {"text": "Paris", "fraction": "1"}) == ["answers.1.text"]
    assert len(asking("a", ("A", "0.5"), case_sensitive=True).answers) == 2


def test_an_answer_that_an_earlier_one_of_the_same_worth_holds_does_no_harm() -> None:
    """Files are full of them, such as "Paris" beside "paris"."""
    assert len(asking("Paris", "paris", "par*", "Parma").answers) == 4
    assert len(asking("Paris", ("*", "0"), ("x", "0")).answers) == 3


def test_guessing_earns_what_the_star_does() -> None:
    assert KIND.guess(asking("cat", ("*", "0.25"))) == Decimal("0.25")
    assert KIND.guess(asking("cat", ("*a", "0.25"))) == 0


def test_the_right_answer_shown_is_one_that_is_not_caught_before() -> None:
    body = KIND.load({"prompt": "?", "answers": [
        {"text": "c*", "fraction": "0.5"}, {"text": "cat", "fraction": "1"}, {"text": "dog", "fraction": "1"},
    ]})  # fmt: skip
    assert KIND.full(body) == "dog"
    assert KIND.reveal(body, {}, None)["correct"] == {"text": "dog"}


@pytest.mark.parametrize("text", ["", " ", "a\0", "a\ud800", "a" * 501, 5, None])
def test_an_answer_is_a_text_that_can_be_kept(text: object) -> None:
    assert faults({"text": text, "fraction": "1"}) == ["answers.0.text"]


def test_there_is_an_answer_and_not_more_than_a_hundred() -> None:
    assert faults() == ["answers"]
    assert faults(*({"text": str(number), "fraction": "1"} for number in range(101))) == ["answers"]


@given(st.lists(st.tuples(st.text("aA*", min_size=1, max_size=3), st.sampled_from(["1", "0.5"])), max_size=6))
def test_an_answer_is_refused_where_the_first_that_hides_it_earns_something_else(parts: list[tuple[str, str]]) -> None:
    answers = [("b", "1"), *parts]
    hidden = [
        f"answers.{place}.text"
        for place, (text, fraction) in enumerate(answers)
        if next(worth for earlier, worth in answers if _covers(earlier, text)) != fraction
    ]
    if hidden:
        assert faults(*({"text": text, "fraction": fraction} for text, fraction in answers)) == hidden
    else:
        assert len(asking(*answers).answers) == len(answers)


def _covers(earlier: str, text: str) -> bool:
    """Whether an answer surely matches whatever another one does."""
    earlier, text = (re.sub(r"\*+", "*", part.lower()) for part in (earlier, text))
    return earlier in ("*", text) or ("*" not in text and re.fullmatch(earlier.replace("*", ".*"), text) is not None)


def test_a_hundred_answers_are_compared_in_no_time() -> None:
    stars = [(f"*{number}", "1") for number in range(50)]
    asking(*stars)
    started = time.process_time()
    for _ in range(50):
        asking(*stars, *((f"{number}x", "0.5") for number in range(50)))
    assert time.process_time() - started < 0.5


def test_a_hostile_pattern_costs_no_time() -> None:
    body = asking("*a" * 200 + "*b")
    started = time.process_time()
    assert earned(body, "a" * 2000) == 0
    assert time.process_time() - started < 0.1


@given(st.text("ab*", min_size=1, max_size=8), st.text("ab", min_size=1, max_size=10))
def test_matching_agrees_with_an_anchored_expression(pattern: str, text: str) -> None:
    body = KIND.load({"prompt": "What?", "answers": [{"text": pattern, "fraction": "1"}]})
    expected = re.fullmatch(re.sub(r"\*+", ".*", pattern), text) is not None
    assert (earned(body, text) == 1) is expected


def fitting(pattern: str, *, case_sensitive: bool = False, fraction: str = "1") -> ShortTextBody:
    """A body whose one answer is a pattern."""
    answer = {"text": pattern, "pattern": True, "fraction": fraction, "feedback": "Fits."}
    return KIND.validate({"prompt": "What?", "answers": [answer], "case_sensitive": case_sensitive})


class TestPatterns:
    @pytest.mark.parametrize(
        ("pattern", "right", "wrong"),
        [
            ("colou?r", ["color", "Colour", "  color "], ["colors", "a color", "colouur"]),
            (r"\d{4}-\d{2}", ["2026-07"], ["2026-7", "12026-07", "２０２６-０７"]),
            ("a|b", ["a", "b"], ["ab", "xa", "bx"]),
            ("^(a+)+$", ["aaa"], ["aab"]),
            (r"\pL+", ["straße", "γάμμα"], ["a1", "a b"]),
            ("caf\u00e9", ["cafe\u0301"], ["cafe"]),
            ("cafe\u0301", ["caf\u00e9"], ["cafe"]),
            ("a  b", ["a  b"], ["a b"]),
            (r"2\*3", ["2*3"], ["2x3", "23"]),
        ],
    )
    def test_a_pattern_is_held_against_the_whole_text(self, pattern: str, right: list[str], wrong: list[str]) -> None:
        body = fitting(pattern)
        assert [earned(body, text) for text in right] == [1] * len(right)
        assert [earned(body, text) for text in wrong] == [0] * len(wrong)

    def test_case_counts_only_if_the_author_says_so(self) -> None:
        assert earned(fitting("K[aeiou]lvin"), "KELVIN") == 1
        assert earned(fitting("K[aeiou]lvin", case_sensitive=True), "KELVIN") == 0
        assert earned(fitting("K[aeiou]lvin", case_sensitive=True), "Kelvin") == 1

    def test_an_answer_is_no_pattern_unless_it_says_so(self) -> None:
        assert earned(asking("a|b"), "a") == 0

    @pytest.mark.parametrize("pattern", ["(", "a**", "[z-a]", "(?=a)b", "(?<!a)b", r"(a)\1", "a{1001}", "\\"])
    def test_what_re2_does_not_take_is_refused_with_its_reason(self, pattern: str) -> None:
        with pytest.raises(Invalid) as refused:
            fitting(pattern)
        (error,) = refused.value.errors
        assert error.field == "answers.0.text"
        assert error.params["reason"]
        assert error.params["reason"] in error.message % error.params

    def test_a_pattern_that_would_take_too_much_room_is_refused(self) -> None:
        answer = {"text": r"(((\pL{1,10}){1,10}){1,9})", "pattern": True, "fraction": "1"}
        assert faults(answer) == ["answers.0.text"]

    @pytest.mark.parametrize("pattern", ["(a+)+$", "(x+x+)+y", "(a|aa)+$", "(.*a){50}", "(a?){300}a{300}"])
    def test_a_hostile_pattern_costs_no_time(self, pattern: str) -> None:
        body = fitting(pattern)
        started = time.process_time()
        KIND.grade(body, "a" * 1999 + "!")
        assert time.process_time() - started < 0.2

    def test_the_first_match_wins_among_patterns_and_texts(self) -> None:
        parts = [
            {"text": "cat", "fraction": "1"},
            {"text": "c.t", "pattern": True, "fraction": "0.5", "feedback": "Nearly."},
            {"text": "*", "fraction": "0"},
        ]
        body = KIND.validate({"prompt": "What?", "answers": parts})
        assert [earned(body, text) for text in ("cat", "cut", "dog")] == [1, Decimal("0.5"), 0]
        assert KIND.reveal(body, {}, "cut")["feedback"] == ["Nearly."]

    def test_what_an_earlier_pattern_catches_or_a_star_hides_is_refused(self) -> None:
        caught = [{"text": "c.t", "pattern": True, "fraction": "0.5"}, {"text": "cat", "fraction": "1"}]
        assert faults(*caught) == ["answers.1.text"]
        assert faults({"text": "*", "fraction": "0"}, caught[0] | {"fraction": "1"}) == ["answers.1.text"]
        assert faults(caught[0], caught[0] | {"fraction": "1"}) == ["answers.1.text"]

    def test_there_are_not_more_than_twenty_patterns(self) -> None:
        parts = [{"text": f"a{{{number}}}", "pattern": True, "fraction": "1"} for number in range(1, 22)]
        assert faults(*parts) == ["answers"]
        assert len(KIND.validate({"prompt": "What?", "answers": parts[:20]}).answers) == 20

    def test_a_pattern_is_no_answer_to_show(self) -> None:
        assert KIND.reveal(fitting("colou?r"), {}, "color") == {
            "correct": None,
            "feedback": ["Fits."],
            "general_feedback": "",
        }
        assert KIND.full(fitting("colou?r")) is None
        assert KIND.guess(fitting(".*")) == 0

    def test_a_blank_text_fits_no_pattern(self) -> None:
        assert KIND.grade(fitting(".*"), "  ") == 0
        assert KIND.read({}, {"text": "  "}) is None
