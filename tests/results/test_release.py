"""When a result is released: what a closed exam shows helps nobody who still sits it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine

from hall import Api, Hall, Person
from portal import Portal
from sitting import Exam, compose, started

AT_CLOSING = {"immediately": [], "closed": ["grade", "responses", "correctness", "solutions", "feedback"]}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def exam(hall: Hall, clock: time_machine.Traveller) -> Exam:
    return compose(hall, closes_at="2026-03-02T10:00:00Z", review=AT_CLOSING)


def handed_in(exam: Exam, api: Api) -> str:
    attempt = str(started(exam, api)["id"])
    assert api.post(f"/attempts/{attempt}/submit").status_code == 200
    return attempt


def released(hall: Hall, person: Person, attempt: str) -> bool:
    answer = hall.api(person).get(f"/attempts/{attempt}/result").json
    assert answer["released"] or (answer["grade"], answer["slots"]) == (None, [])
    listed = Portal(hall, person).get("/attempts").text
    assert ("0%" in listed) is answer["released"]
    return bool(answer["released"])


def test_the_closing_releases_the_result(hall: Hall, exam: Exam, clock: time_machine.Traveller) -> None:
    person = hall.person("candidate")
    exam.assign(person)
    attempt = handed_in(exam, hall.api(person))
    assert not released(hall, person, attempt)
    clock.move_to(datetime.fromisoformat("2026-03-02T10:00:01Z"))
    assert released(hall, person, attempt)


def test_who_has_a_later_closing_waits_for_it(hall: Hall, exam: Exam, clock: time_machine.Traveller) -> None:
    person = hall.person("candidate")
    exam.assign(person, closes_at="2026-03-02T12:00:00Z")
    attempt = handed_in(exam, hall.api(person))
    clock.move_to(datetime.fromisoformat("2026-03-02T11:00:00Z"))
    assert not released(hall, person, attempt), "a second attempt could still be started"
    clock.move_to(datetime.fromisoformat("2026-03-02T12:00:01Z"))
    assert released(hall, person, attempt)


def test_who_sits_another_attempt_waits_for_its_end(hall: Hall, exam: Exam, clock: time_machine.Traveller) -> None:
    person = hall.person("candidate")
    exam.assign(person, extra_minutes=30)
    api = hall.api(person)
    first = handed_in(exam, api)
    second = started(exam, api)
    assert second["deadline_at"] == "2026-03-02T10:30:00Z"
    clock.move_to(datetime.fromisoformat("2026-03-02T10:10:00Z"))
    assert not released(hall, person, first)
    clock.move_to(datetime.fromisoformat("2026-03-02T10:30:30Z"))
    assert not released(hall, person, first), "what arrives within the grace still counts"
    clock.move_to(datetime.fromisoformat("2026-03-02T10:31:00Z"))
    assert released(hall, person, first)


def test_an_exam_that_is_closed_by_hand_tells_nothing_to_who_sits(hall: Hall, exam: Exam) -> None:
    person = hall.person("candidate")
    exam.assign(person)
    api = hall.api(person)
    first, second = handed_in(exam, api), started(exam, api)
    exam.change(state="closed")
    assert not released(hall, person, first)
    api.post(f"/attempts/{second['id']}/submit")
    assert released(hall, person, first)
