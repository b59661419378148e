"""Exams in the portal, as a candidate meets them before the start."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from exams.factories import exam_of, given
from exams.test_manage_pages import told
from hall import Hall, Person
from portal import Portal, forms

NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def person(hall: Hall) -> Person:
    return hall.person("candidate")


def test_the_list_shows_what_is_in_progress_open_and_upcoming_in_this_order(hall: Hall, person: Person) -> None:
    with time_machine.travel(NOW, tick=False):
        given(hall, person, title="Upcoming", opens_at=NOW + 25 * HOUR, time_limit_minutes=1)
        given(hall, person, title="Vacant", attempts_allowed=2, time_limit_minutes=60, own={"extra_minutes": 15})
        started = given(hall, person, title="Zeal")
        given(hall, person, title="Closed", own={"closes_at": NOW})
        given(hall, person, title="Draft", published=False)
        exam_of(hall, published=True, title="Unassigned")
        attempt = hall.api(person).post(f"/exams/{started}/attempts").json["id"]
        page = Portal(hall, person).get("/exams")
        assert re.findall(r'<h2 dir="auto">(\w+)</h2>', page.text) == ["Zeal", "Vacant", "Upcoming"]
        assert f'href="/attempts/{attempt}"' in page.text
        words = told(page)
        assert "Opens Mar 3, 2026, 10:00 AM" in words  # in New York
        assert "75 minutes" in words
        assert "2 attempts left" in words


def test_who_is_assigned_to_nothing_is_told_so(hall: Hall, person: Person) -> None:
    assert "No exam is open to you" in told(Portal(hall, person).get("/exams"))


def test_the_start_page_tells_the_rules_and_starts(hall: Hall, person: Person) -> None:
    with time_machine.travel(NOW, tick=False):
        terms = {"time_limit_minutes": 60, "attempts_allowed": 2, "closes_at": NOW + 5 * HOUR, "questions": 3}
        exam_id = given(hall, person, title="Exam", own={"extra_minutes": 15}, **terms)
        portal = Portal(hall, person)
        page = portal.get(f"/exams/{exam_id}")
        words = told(page)
        for said in (
            "Questions 3",
            "Time 75 minutes",
            "Attempts left 2 of 2",
            "Bring a pencil.",
            "Your extra time of 15",
        ):
            assert said in words
        assert "access_code" not in page.text
        started = portal.submit(f"/exams/{exam_id}", action=f"/exams/{exam_id}/start")
        assert started.location.startswith("/attempts/")
        assert "You have started this exam already." in told(portal.get(f"/exams/{exam_id}"))
        again = portal.submit(f"/exams/{exam_id}", action=f"/exams/{exam_id}/start")
        assert again.location == started.location


def test_the_access_code_is_asked_for_and_never_shown(hall: Hall, person: Person) -> None:
    exam_id = given(hall, person, access_code="blue door")
    portal = Portal(hall, person)
    page = portal.get(f"/exams/{exam_id}")
    assert 'name="access_code"' in page.text
    assert "blue door" not in page.text
    refused = portal.submit(f"/exams/{exam_id}", {"access_code": "red door"}, f"/exams/{exam_id}/start")
    assert "This is not the access code" in told(portal.follow(refused))
    started = portal.submit(f"/exams/{exam_id}", {"access_code": "blue door"}, f"/exams/{exam_id}/start")
    assert started.location.startswith("/attempts/")


def test_what_can_not_be_started_says_why(hall: Hall, person: Person) -> None:
    with time_machine.travel(NOW, tick=False):
        later = given(hall, person, opens_at=NOW + HOUR)
        closed = given(hall, person)
        hall.api("author").patch(f"/exams/{closed}", {"state": "closed"})
        used_up = given(hall, person, attempts_allowed=1)
        api, portal = hall.api(person), Portal(hall, person)
        attempt = api.post(f"/exams/{used_up}/attempts").json["id"]
        api.post(f"/attempts/{attempt}/submit")
        for exam_id, said in ((later, "not open yet"), (closed, "is closed"), (used_up, "used all your attempts")):
            page = portal.get(f"/exams/{exam_id}")
            assert page.status_code == 200
            assert said in told(page)
            assert f"/exams/{exam_id}/start" not in [form.action for form in forms(page)]


def test_what_is_not_theirs_is_not_there(hall: Hall, person: Person) -> None:
    portal = Portal(hall, person)
    foreign, unassigned = exam_of(hall, "qalam", published=True), exam_of(hall, published=True)
    for exam_id in (foreign, unassigned, given(hall, person, published=False)):
        assert portal.get(f"/exams/{exam_id}").status_code == 404
    assert Portal(hall, hall.person("admin")).get("/exams").status_code == 403
