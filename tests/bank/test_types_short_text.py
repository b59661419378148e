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
    assert len(asking("a", ("A", "0.5"), case_sensitive=True).answers) == 2


@pytest.mark.parametrize("text", ["", " ", "a\0", "a\ud800", "a" * 501, 5, None])
def test_an_answer_is_a_text_that_can_be_kept(text: object) -> None:
    assert faults({"text": text, "fraction": "1"}) == ["answers.0.text"]


def test_there_is_an_answer_and_not_more_than_a_hundred() -> None:
    assert faults() == ["answers"]
    assert faults(*({"text": str(number), "fraction": "1"} for number in range(101))) == ["answers"]


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
