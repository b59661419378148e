"""What a candidate's app sees of exams: those open to them, in few statements, and what to know before the start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from examhall.exams import operations
from exams.factories import ExamFactory, exam_of, given
from hall import Api, Hall, Person

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def person(hall: Hall) -> Person:
    return hall.person("candidate")


def listed(api: Api) -> list[str]:
    return [item["id"] for item in api.get("/exams").json]


def test_a_candidate_lists_what_is_open_to_them_now(hall: Hall, person: Person) -> None:
    with time_machine.travel(NOW, tick=False):
        open_ = [
            given(hall, person),
            given(hall, person, opens_at=NOW, closes_at=NOW + HOUR),
            given(hall, person, opens_at=NOW + HOUR, own={"opens_at": NOW - HOUR}),
        ]
        given(hall, person, opens_at=NOW + timedelta(seconds=1))
        given(hall, person, own={"closes_at": NOW})
        given(hall, person, published=False)
        exam_of(hall, published=True)
        given(hall, hall.person("candidate"))
        given(hall, hall.person("candidate", "qalam"))
        closed = given(hall, person)
        hall.api("author").patch(f"/exams/{closed}", {"state": "closed"})
        api = hall.api(person)
        assert listed(api) == open_
        assert api.get("/exams").headers["X-Total-Count"] == "3"
        assert [item["id"] for item in api.get("/exams?page=2&page_size=2").json] == open_[2:]


def test_an_item_tells_the_candidates_own_terms(hall: Hall, person: Person) -> None:
    with time_machine.travel(NOW, tick=False):
        terms = {"time_limit_minutes": 60, "attempts_allowed": 2, "opens_at": NOW - HOUR, "closes_at": NOW + HOUR}
        own = {"extra_minutes": 15, "extra_attempts": 1, "closes_at": NOW + 2 * HOUR}
        id_ = given(hall, person, title="Exam", own=own, **terms)
        api = hall.api(person)
        expected = {
            "id": id_, "title": "Exam", "state": "published", "opens_at": "2026-03-02T08:00:00Z",
            "closes_at": "2026-03-02T11:00:00Z", "time_limit_minutes": 75, "attempts_allowed": 3, "attempts_used": 0,
            "open_attempt": None,
        }  # fmt: skip
        assert api.get("/exams").json == [expected]
        attempt = api.post(f"/exams/{id_}/attempts").json
        assert api.get("/exams").json == [expected | {"attempts_used": 1, "open_attempt": attempt["id"]}]
        api.post(f"/attempts/{attempt['id']}/submit")
        assert api.get("/exams").json == [expected | {"attempts_used": 1}]


def test_an_attempt_in_progress_keeps_its_exam_in_the_list_until_its_time_is_up(hall: Hall, person: Person) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        id_ = given(hall, person, closes_at=NOW + HOUR, own={"extra_minutes": 30})
        hall.api(person).post(f"/exams/{id_}/attempts")
        clock.move_to(NOW + HOUR + timedelta(minutes=29))
        assert listed(hall.api(person)) == [id_]
        clock.move_to(NOW + HOUR + timedelta(minutes=31))
        assert listed(hall.api(person)) == []


def test_fifty_exams_take_six_statements_and_sixteen_kilobytes(
    hall: Hall, person: Person, statements: Callable[[Hall], list[str]]
) -> None:
    with hall.inside():
        for number in range(50):
            exam = ExamFactory(published=True, title=f"Certificate of skill {number:02}", opens_at=NOW - HOUR)
            operations.assign(exam.id, [person.id])
    api = hall.api(person)
    seen = statements(hall)
    answer = api.get("/exams?page_size=50")
    assert len(answer.json) == 50
    assert len(answer.data) <= 16 * 1024
    assert len(seen) <= 6, "\n".join(seen)


# before the start ------------------------------------------------------------------------------------------------


def test_the_start_page_tells_what_to_know(hall: Hall, person: Person) -> None:
    with time_machine.travel(NOW, tick=False):
        own = {"extra_minutes": 15, "extra_attempts": 1}
        terms = {"time_limit_minutes": 60, "attempts_allowed": 1, "closes_at": NOW + HOUR, "access_code": "blue"}
        id_ = given(hall, person, title="Exam", questions=3, own=own, **terms)
        api = hall.api(person)
        answer = api.get(f"/exams/{id_}")
        assert answer.status_code == 200, answer.text
        assert answer.json == {
            "id": id_, "title": "Exam", "description": "<p>Bring a pencil.</p>", "state": "published", "opens_at": None,
            "closes_at": "2026-03-02T10:00:00Z", "time_limit_minutes": 75, "attempts_allowed": 2, "attempts_used": 0,
            "attempts_left": 2, "open_attempt": None, "access_code_required": True, "pass_mark": None,
            "question_count": 3, "total_points": "3",
        }  # fmt: skip
        assert "blue" not in answer.text
        tag = {"If-None-Match": answer.headers["ETag"]}
        assert api.get(f"/exams/{id_}", headers=tag).status_code == 304
        attempt = api.post(f"/exams/{id_}/attempts", {"access_code": " blue "}).json
        changed = api.get(f"/exams/{id_}", headers=tag)
        assert changed.status_code == 200
        assert (changed.json["attempts_left"], changed.json["open_attempt"]) == (1, attempt["id"])


def test_what_is_not_theirs_is_not_there(hall: Hall, person: Person) -> None:
    draft, closed = given(hall, person, published=False), given(hall, person)
    hall.api("author").patch(f"/exams/{closed}", {"state": "closed"})
    unassigned, foreign = exam_of(hall, published=True), exam_of(hall, "qalam", published=True)
    api = hall.api(person)
    for id_ in (draft, closed, unassigned, foreign, uuid4()):
        assert api.get(f"/exams/{id_}").status_code == 404


# the start -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "own", "code"),
    [
        ({"opens_at": NOW + HOUR}, {}, "exam_not_open"),
        ({"opens_at": NOW - HOUR}, {"opens_at": NOW + HOUR}, "exam_not_open"),
        ({"closes_at": NOW + HOUR}, {"closes_at": NOW}, "exam_closed"),
        ({"state": "closed"}, {}, "exam_closed"),
        ({"access_code": "Blue"}, {}, "access_code_wrong"),
    ],
)
def test_a_start_is_refused_with_its_reason(
    hall: Hall, person: Person, terms: dict[str, Any], own: dict[str, Any], code: str
) -> None:
    with time_machine.travel(NOW, tick=False):
        state = terms.get("state")
        id_ = given(hall, person, own=own, **{name: value for name, value in terms.items() if name != "state"})
        if state:
            hall.api("author").patch(f"/exams/{id_}", {"state": state})
        answer = hall.api(person).post(f"/exams/{id_}/attempts", {"access_code": "blue"})
        assert (answer.status_code, answer.json["code"]) == (403 if code == "access_code_wrong" else 409, code)


def test_an_access_code_is_the_same_however_its_letters_are_composed(hall: Hall, person: Person) -> None:
    id_ = given(hall, person, access_code="caf\u00e9")
    assert hall.api(person).post(f"/exams/{id_}/attempts", {"access_code": " cafe\u0301"}).status_code == 201
