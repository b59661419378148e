"""What the review shows, and when."""

from __future__ import annotations

from examhall.attempts.engine.review import Policy, Show, shown

POLICY = Policy(immediately=frozenset({Show.GRADE}), closed=frozenset({Show.RESPONSES, Show.SOLUTIONS}))


def test_an_open_attempt_shows_nothing_even_after_the_exam_has_closed() -> None:
    assert shown(POLICY, finished=False, closed=False) == frozenset()
    assert shown(POLICY, finished=False, closed=True) == frozenset()


def test_a_finished_attempt_shows_what_is_released_at_once() -> None:
    assert shown(POLICY, finished=True, closed=False) == {Show.GRADE}


def test_the_closing_adds_and_takes_nothing_back() -> None:
    assert shown(POLICY, finished=True, closed=True) == {Show.GRADE, Show.RESPONSES, Show.SOLUTIONS}


def test_a_policy_shows_nothing_unless_told() -> None:
    assert shown(Policy(), finished=True, closed=True) == frozenset()
