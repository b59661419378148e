"""The pages of a sitting: what they show, what they refuse, and what staff see of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from werkzeug.test import TestResponse

from examhall.clock import now
from hall import Hall, MakeHall, Person
from portal import Portal, forms
from sitting import Exam, compose, right_answer, save, started


@pytest.fixture
def exam(hall: Hall) -> Exam:
    return compose(hall, time_limit_minutes=60)


@pytest.fixture
def person(hall: Hall, exam: Exam) -> Person:
    person = hall.person("candidate")
    exam.assign(person)
    return person


@pytest.fixture
def portal(hall: Hall, person: Person) -> Portal:
    return Portal(hall, person)


def begin(portal: Portal, exam: Exam, **fields: str) -> TestResponse:
    """Press the start page's button."""
    return portal.submit(f"/exams/{exam.id}", fields, action=f"/exams/{exam.id}/start")


def token(portal: Portal) -> dict[str, str]:
    """What makes a POST one of this sign-in's own."""
    return {"csrf_token": next(form for form in forms(portal.get("/account"))).values["csrf_token"]}


def script_data(page: TestResponse) -> Any:
    """What the page gives to its script."""
    found = re.search(r'<script type="application/json" id="attempt-data">(.*?)</script>', page.text, re.S)
    assert found
    return json.loads(found[1])


def test_starting_leads_to_the_sitting_and_starting_again_to_the_same(portal: Portal, exam: Exam) -> None:
    first = begin(portal, exam)
    assert first.status_code == 303
    page = portal.follow(first)
    assert page.status_code == 200
    for text in ("Which planet is the largest?", "12.5 times two?", "Question 1 of 5"):
        assert text in page.text
    assert re.search(r"data-figure>(1:00:00|59:5\d)<", page.text)
    assert begin(portal, exam).location == first.location


def test_the_page_never_holds_the_key(portal: Portal, exam: Exam) -> None:
    page = portal.follow(begin(portal, exam)).text
    for secret in ("fraction", "Right, by far", "Lima", "tolerance", "holds more mass"):
        assert secret not in page


def test_stored_answers_stand_in_the_fields(hall: Hall, portal: Portal, person: Person, exam: Exam) -> None:
    api = hall.api(person)
    attempt = started(exam, api)
    answers = [{"slot": slot["slot"], "response": right_answer(slot), "seq": 3} for slot in attempt["paper"]]
    save(api, attempt, *answers)
    page = portal.get(f"/attempts/{attempt['id']}")
    choice = next(answer["response"] for answer in answers if "choice" in answer["response"])["choice"]
    assert f'value="{choice}" checked' in page.text
    assert page.text.count(" checked") == 4  # one, two, and true
    assert 'value="Lima"' in page.text
    assert 'value="25.2"' in page.text
    assert script_data(page)["answers"] == [{**answer} for answer in answers]
    assert page.text.count('data-answered="true"') == 6  # five cells and the legend


def test_the_script_is_told_where_to_send_things(make_hall: MakeHall) -> None:
    hall = make_hall()
    exam, person = compose(hall), hall.person("candidate")
    exam.assign(person)
    attempt = started(exam, hall.api(person))
    portal = Portal(hall, person, by_path=True)
    data = script_data(portal.get(f"/attempts/{attempt['id']}"))
    assert (data["attempt"], data["tenant"], data["user"]) == (attempt["id"], "northwind", str(person.id))
    assert data["urls"]["answers"] == f"/t/northwind/api/v1/attempts/{attempt['id']}/answers"
    assert all(url.startswith("/t/northwind/") for url in data["urls"].values())
    assert data["urls"]["files"] == f"/t/northwind/api/v1/attempts/{attempt['id']}/files"
    assert data["slots"][1] == {"slot": 2, "number": 2, "place": "2 of 5"}
    saved = portal.client.put(
        data["urls"]["answers"], base_url=portal.base_url, headers={"X-CSRF-TOKEN": data["csrf"]},
        json={"answers": [{"slot": 4, "response": {"text": "Lima"}, "seq": 1, "base": 0}]},
    )  # fmt: skip
    assert saved.json["accepted"] == [{"slot": 4, "seq": 1}]
    without = portal.client.put(data["urls"]["answers"], base_url=portal.base_url, json={"answers": []})
    assert (without.status_code, without.json["code"]) == (403, "csrf")


def test_a_reader_of_spanish_reads_and_writes_numbers_the_spanish_way(make_hall: MakeHall) -> None:
    hall = make_hall()
    exam, person = compose(hall), hall.person("candidate")
    exam.assign(person)
    api = hall.api(person)
    attempt = started(exam, api)
    save(api, attempt, {"slot": 5, "response": {"number": "25.2"}, "seq": 1})
    page = Portal(hall, person).get(f"/attempts/{attempt['id']}", headers={"Accept-Language": "es"})
    assert 'value="25,2"' in page.text
    assert script_data(page)["decimal"] == ","


def test_a_refused_start_says_why_on_the_start_page(portal: Portal, exam: Exam) -> None:
    exam.change(access_code="open sesame")
    refused = begin(portal, exam, access_code="open the gate")
    assert (refused.status_code, refused.location) == (303, f"/exams/{exam.id}")
    assert "access code" in portal.follow(refused).text
    assert begin(portal, exam, access_code="open sesame").location.startswith("/attempts/")


def test_when_the_attempts_are_used_up_a_start_says_so(portal: Portal, exam: Exam) -> None:
    exam.change(attempts_allowed=1)
    start_form = token(portal)
    attempt = begin(portal, exam).location
    portal.submit(attempt, action=f"{attempt}/submit")
    refused = portal.post(f"/exams/{exam.id}/start", start_form)
    assert "used all your attempts" in portal.follow(refused).text


def test_an_exam_that_is_not_assigned_is_not_there(hall: Hall, exam: Exam) -> None:
    stranger = Portal(hall, hall.person("candidate"))
    answer = stranger.post(f"/exams/{exam.id}/start", token(stranger))
    assert answer.status_code == 404


def test_another_s_attempt_is_not_there(hall: Hall, portal: Portal, exam: Exam) -> None:
    attempt = begin(portal, exam).location
    other = hall.person("candidate")
    exam.assign(other)
    stranger = Portal(hall, other)
    assert stranger.get(attempt).status_code == 404
    assert stranger.post(f"{attempt}/submit", token(stranger)).status_code == 404
    assert stranger.get(f"{attempt}/result").status_code == 404


def test_handing_in_without_scripts_leads_to_the_result(portal: Portal, exam: Exam) -> None:
    attempt = begin(portal, exam).location
    done = portal.submit(attempt, action=f"{attempt}/submit")
    assert (done.status_code, done.location) == (303, f"{attempt}/result")
    again = portal.get(attempt)
    assert (again.status_code, again.location) == (303, f"{attempt}/result")


def test_a_page_without_scripts_says_that_it_needs_them(portal: Portal, exam: Exam) -> None:
    page = portal.follow(begin(portal, exam)).text
    assert "JavaScript" in page[page.index("<noscript>") : page.index("</noscript>")]


def test_when_the_time_is_up_the_page_leads_to_the_result(portal: Portal, person: Person, exam: Exam) -> None:
    attempt = begin(portal, exam).location
    with time_machine.travel(now() + timedelta(minutes=62), tick=True):
        portal.sign_in(person.email)
        assert portal.get(attempt).location == f"{attempt}/result"


def test_an_exam_without_a_time_limit_shows_no_timer(hall: Hall) -> None:
    exam, person = compose(hall, time_limit_minutes=None), hall.person("candidate")
    exam.assign(person)
    page = Portal(hall, person)
    assert 'id="timer"' not in page.follow(begin(page, exam)).text


def test_an_invigilator_sees_who_sits_and_how_far_they_are(
    hall: Hall, portal: Portal, person: Person, exam: Exam
) -> None:
    api = hall.api(person)
    attempt = started(exam, api)
    save(api, attempt, {"slot": 4, "response": {"text": "Lima"}, "seq": 1}, {"slot": 5, "response": None, "seq": 1})
    watch = Portal(hall, hall.person("invigilator"))
    page = watch.get(f"/manage/exams/{exam.id}/attempts")
    assert page.status_code == 200
    for text in (person.email, "In progress", "1 of 5"):
        assert text in page.text
    assert f"/manage/attempts/{attempt['id']}" not in page.text, "answers are for those who may read results"
    assert person.email not in watch.get(f"/manage/exams/{exam.id}/attempts?state=submitted").text
    assert watch.get(f"/manage/exams/{exam.id}/attempts?state=open&colour=red").status_code == 400


def test_the_list_of_those_who_sit_is_for_staff(hall: Hall, portal: Portal, exam: Exam) -> None:
    assert portal.get(f"/manage/exams/{exam.id}/attempts").status_code == 403
    assert Portal(hall, hall.person("author")).get(f"/manage/exams/{exam.id}/attempts").status_code == 403
    foreign = Portal(hall, hall.person("admin", "qalam"))
    assert foreign.get(f"/manage/exams/{exam.id}/attempts").status_code == 404
