"""Whole attempts, told from start to grade."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from attempts.engine.example import Example
from attempts.engine.hall import Hall
from examhall.attempts.engine.grading import passed
from examhall.attempts.engine.states import State

MINUTE = timedelta(minutes=1)


def test_an_attempt_from_start_to_grade(example: Example, nine: datetime, candidate: UUID) -> None:
    hall = Hall(example, candidate, started_at=nine, time_limit=60 * MINUTE)

    # Nothing is answered yet.
    assert hall.state is State.OPEN
    assert hall.grading().points == 0

    # The candidate answers three questions, and changes one of them.
    assert hall.save(nine + 1 * MINUTE, 1, {"choice": example.option(1, "b")}, seq=1, base=0) == "accepted"
    assert hall.save(nine + 2 * MINUTE, 4, {"text": " lisbon "}, seq=1, base=0) == "accepted"
    assert hall.save(nine + 3 * MINUTE, 5, {"number": "89.5"}, seq=1, base=0) == "accepted"
    assert hall.save(nine + 4 * MINUTE, 1, {"choice": example.option(1, "a")}, seq=2, base=1) == "accepted"

    # The acknowledgement of the last one was lost: the page sends it again, and nothing new is written.
    written = len(hall.steps)
    assert hall.save(nine + 4 * MINUTE, 1, {"choice": example.option(1, "a")}, seq=2, base=1) == "repeated"
    assert len(hall.steps) == written

    # One minute before the end the candidate submits; afterwards nothing is taken.
    assert hall.submit(nine + 59 * MINUTE)
    assert hall.save(nine + 59 * MINUTE, 3, {"value": True}, seq=1) == "closed"

    # 2 of 2 for the planet, 1 for Lisbon, 1 for the angle within its tolerance: 4 of 8.
    grading = hall.grading()
    assert [str(mark.mark) for mark in grading.marks] == ["2", "0", "0", "1", "1"]
    assert str(grading.percent) == "50.00"
    assert passed(grading, Decimal(50)) is True
    assert hall.verify() is None


def test_two_tabs_and_the_older_one_is_told(example: Example, nine: datetime, candidate: UUID) -> None:
    hall = Hall(example, candidate, started_at=nine)

    # The first tab answers, the second has seen it and changes it.
    assert hall.save(nine, 4, {"text": "Porto"}, seq=1, base=0) == "accepted"
    assert hall.save(nine, 4, {"text": "Lisbon"}, seq=2, base=1) == "accepted"

    # The first tab, asleep since, still believes in seq 1.
    assert hall.save(nine, 4, {"text": "Faro"}, seq=2, base=1) == "stale"
    assert hall.save(nine, 4, {"text": "Faro"}, seq=3, base=1) == "conflict"

    # It shows the other copy; the candidate decides for the own one.
    assert hall.current(4) == (2, {"text": "Lisbon"})
    assert hall.save(nine, 4, {"text": "Faro"}, seq=3, base=2) == "accepted"
    assert hall.answers()[4] == {"text": "Faro"}


def test_the_network_comes_back_after_the_end(example: Example, nine: datetime, candidate: UUID) -> None:
    hall = Hall(example, candidate, started_at=nine, time_limit=60 * MINUTE, extra=15 * MINUTE)
    assert hall.save(nine + 74 * MINUTE, 3, {"value": True}, seq=1) == "accepted"

    # The grace of half a minute is over by a millisecond.
    too_late = nine + 75 * MINUTE + timedelta(seconds=30, milliseconds=1)
    assert hall.save(too_late, 4, {"text": "Lisbon"}, seq=1) == "late"
    assert hall.submit(too_late) is False
    assert hall.state is State.EXPIRED
    assert hall.save(too_late + MINUTE, 5, {"number": "90"}, seq=1) == "late"

    # What was in time counts; what was late is in the record, for a person to look at.
    assert hall.answers() == {3: {"value": True}}
    assert [step.kind for step in hall.steps] == ["start", "save", "late", "expire", "late"]
    assert hall.grading().points == 1
    assert hall.verify() is None
