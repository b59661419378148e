"""What the answers are worth, by hand-reckoned figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import pytest

from attempts.engine.example import QUESTIONS, Example
from examhall.attempts.engine.grading import Grading, grade, passed, replay
from examhall.attempts.engine.paper import Paper
from examhall.attempts.engine.states import Kind
from examhall.attempts.engine.steps import append, begin
from examhall.bank.types import type_named


class TestGrade:
    def test_every_point(self, example: Example) -> None:
        grading = grade(example.paper, example.bodies, example.all_right())
        assert [mark.mark for mark in grading.marks] == [2, 3, 1, 1, 1]
        assert (grading.points, grading.max_points, grading.percent) == (8, 8, Decimal("100.00"))
        assert all(mark.answered for mark in grading.marks)

    def test_nothing_answered_is_nought_and_no_penalty(self, example: Example) -> None:
        grading = grade(example.paper, example.bodies, {})
        assert [(mark.slot, mark.fraction, mark.mark, mark.answered) for mark in grading.marks] == [
            (number, 0, 0, False) for number in range(1, 6)
        ]
        assert (grading.points, str(grading.percent)) == (0, "0.00")

    def test_a_cleared_answer_is_no_answer(self, example: Example) -> None:
        assert grade(example.paper, example.bodies, {1: None, 4: None}) == grade(example.paper, example.bodies, {})

    def test_an_empty_answer_is_no_answer(self, example: Example) -> None:
        grading = grade(example.paper, example.bodies, {4: {"text": "  "}})
        assert [mark.answered for mark in grading.marks] == [False] * 5

    def test_a_mark_is_fraction_times_points(self, example: Example) -> None:
        answers = {2: {"choices": [example.option(2, "a")]}, 4: {"text": "Lissabon"}}
        grading = grade(example.paper, example.bodies, answers)
        assert [str(mark.mark) for mark in grading.marks if mark.answered] == ["1.5", "0.5"]
        assert (grading.points, str(grading.percent)) == (2, "25.00")

    def test_a_penalty_stays_in_its_slot_and_lowers_the_sum(self, example: Example) -> None:
        answers = {1: {"choice": example.option(1, "b")}, 2: example.all_right()[2]}
        grading = grade(example.paper, example.bodies, answers)
        assert (grading.marks[0].fraction, grading.marks[0].mark) == (Decimal("-0.5"), -1)
        assert (grading.points, str(grading.percent)) == (2, "25.00")

    def test_the_sum_never_falls_below_nought(self, example: Example) -> None:
        grading = grade(example.paper, example.bodies, {1: {"choice": example.option(1, "b")}})
        assert grading.marks[0].mark == -1
        assert (grading.points, str(grading.percent)) == (0, "0.00")

    @pytest.mark.parametrize(
        ("right", "wrong", "percent"),
        [("1", "2", "33.33"), ("2", "1", "66.67"), ("1", "799", "0.13"), ("0.00005", "0.99995", "0.01")],
    )
    def test_percent_has_two_places_and_half_goes_up(
        self, example: Example, right: str, wrong: str, percent: str
    ) -> None:
        """0.125 % and 0.005 % lie exactly between two hundredths."""
        first, second = replace(example.paper.slots[2], number=1), replace(example.paper.slots[2], number=2)
        paper = Paper("seed", (replace(first, points=Decimal(right)), replace(second, points=Decimal(wrong))))
        grading = grade(paper, example.bodies, {1: {"value": True}, 2: {"value": False}})
        assert str(grading.percent) == percent

    def test_a_paper_without_points_gives_nought(self, example: Example) -> None:
        paper = Paper("seed", tuple(replace(slot, points=Decimal(0)) for slot in example.paper.slots))
        for empty in (paper, Paper("seed", ())):
            assert str(grade(empty, example.bodies, example.all_right()).percent) == "0.00"


class TestReplay:
    def test_the_last_accepted_answer_counts_and_a_late_one_never(
        self, example: Example, nine: datetime, candidate: UUID
    ) -> None:
        steps = [begin(example.paper, at=nine, actor=candidate)]
        for kind, slot, response, seq in [
            (Kind.SAVE, 4, {"text": "Porto"}, 1),
            (Kind.SAVE, 3, {"value": True}, 1),
            (Kind.SAVE, 4, {"text": "Lisbon"}, 2),
            (Kind.SAVE, 3, None, 2),
            (Kind.LATE, 4, {"text": "Faro"}, 3),
            (Kind.LATE, 5, {"number": "90"}, 1),
            (Kind.EXPIRE, None, None, None),
        ]:
            step = append(steps[-1].head, kind=kind, at=nine, actor=candidate, slot=slot, response=response, seq=seq)
            steps.append(step)
        assert replay(steps) == {4: {"text": "Lisbon"}, 3: None}

    def test_an_attempt_that_was_only_started_has_no_answers(
        self, example: Example, nine: datetime, candidate: UUID
    ) -> None:
        assert replay([begin(example.paper, at=nine, actor=candidate)]) == {}

    def test_a_regrade_is_a_replay_with_another_key(self, example: Example) -> None:
        answers = {3: {"value": False}}
        corrected = type_named("true_false").validate({**QUESTIONS["true_false"], "correct": False})
        bodies = {**example.bodies, example.paper.slots[2].version_id: corrected}
        assert grade(example.paper, example.bodies, answers).points == 0
        assert grade(example.paper, bodies, answers).points == 1


@pytest.mark.parametrize(
    ("percent", "pass_mark", "verdict"),
    [
        ("59.99", "60", False),
        ("60.00", "60", True),
        ("60.01", "60", True),
        ("0.00", "0", True),
        ("100.00", "100", True),
        ("80.00", None, None),
    ],
)
def test_the_pass_mark_itself_passes(percent: str, pass_mark: str | None, verdict: bool | None) -> None:
    graded = Grading((), Decimal(1), Decimal(1), Decimal(percent))
    assert passed(graded, None if pass_mark is None else Decimal(pass_mark)) is verdict


def test_what_waits_for_a_marker_has_neither_passed_nor_failed() -> None:
    graded = Grading((), Decimal(1), Decimal(2), Decimal("50.00"), pending=1)
    assert passed(graded, Decimal(40)) is None


def test_a_grading_can_be_compared(example: Example) -> None:
    """Values in, values out: two gradings of the same answers are equal, not merely alike."""
    answers = example.all_right()
    first: Grading = grade(example.paper, example.bodies, answers)
    assert grade(Paper.from_json(example.paper.to_json()), example.bodies, dict(reversed(answers.items()))) == first
