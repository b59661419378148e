"""The pages of results: what a candidate sees by the exam's policy, and what markers see."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from examhall.clock import now
from hall import Api, Hall, MakeHall, Person
from portal import Portal
from sitting import Exam, compose, right_answer, save, started

GRADE_FIRST = {
    "immediately": ["grade"],
    "closed": ["grade", "responses", "correctness", "solutions", "feedback"],
}


def sit(exam: Exam, api: Api, right: int = 5) -> str:
    """Sit the exam with so many right answers of five; returns the attempt's id."""
    attempt = started(exam, api)
    saves = [{"slot": slot["slot"], "response": right_answer(slot), "seq": 1} for slot in attempt["paper"][:right]]
    if saves:
        save(api, attempt, *saves)
    assert api.post(f"/attempts/{attempt['id']}/submit").status_code == 200
    return str(attempt["id"])


@pytest.fixture
def person(hall: Hall) -> Person:
    return hall.person("candidate")


def graded(hall: Hall, person: Person, right: int = 5, **settings: Any) -> tuple[Exam, str, Portal]:
    """An exam with settings, sat by a person, and the person's portal."""
    exam = compose(hall, **settings)
    exam.assign(person)
    return exam, sit(exam, hall.api(person), right), Portal(hall, person)


def test_everything_is_shown_where_the_policy_says_so(hall: Hall, person: Person) -> None:
    _, attempt, portal = graded(hall, person, right=3, pass_mark="60")
    page = portal.get(f"/attempts/{attempt}/result").text
    for text in (
        "60%",
        "3 of 5",
        "Passed",
        "Right, by far.",
        "Jupiter holds more mass",
        "Your answer, correct",
        "Not answered",
    ):
        assert text in page, text
    assert page.count("review-answer") == 4, "no answer and the right one, for text and number"


def test_a_result_below_the_pass_mark_is_said_in_words(hall: Hall, person: Person) -> None:
    _, attempt, portal = graded(hall, person, right=2, pass_mark="60")
    assert "Not passed" in portal.get(f"/attempts/{attempt}/result").text


def test_what_is_shown_later_is_announced_and_not_shown_before(hall: Hall, person: Person) -> None:
    closes = now() + timedelta(days=2)
    _, attempt, portal = graded(hall, person, review=GRADE_FIRST, closes_at=closes.isoformat())
    page = portal.get(f"/attempts/{attempt}/result").text
    assert "100%" in page
    assert "After the exam has closed on" in page
    for text in ("the correct answers", "the feedback"):
        assert text in page
    for secret in ("Jupiter", "Lima", "Your answer", "Which planet"):
        assert secret not in page
    with time_machine.travel(closes + timedelta(minutes=1), tick=True):
        portal.sign_in(person.email)
        page = portal.get(f"/attempts/{attempt}/result").text
    assert "Your answer, correct" in page
    assert "After the exam has closed" not in page


def test_where_nothing_is_ever_shown_the_page_says_so(hall: Hall, person: Person) -> None:
    _, attempt, portal = graded(hall, person, review={"immediately": [], "closed": []})
    page = portal.get(f"/attempts/{attempt}/result").text
    assert "Your answers are handed in." in page
    assert "No result is shown here" in page
    for secret in ("100%", "Jupiter", "Passed"):
        assert secret not in page
    assert "%" not in portal.get("/attempts").text.partition("exam-list")[2]


def test_without_solutions_only_the_own_choice_is_marked(hall: Hall, person: Person) -> None:
    show = {"immediately": ["responses", "correctness"], "closed": []}
    exam = compose(hall, kinds=("single_choice",), review=show)
    exam.assign(person)
    api = hall.api(person)
    attempt = started(exam, api)
    wrong = next(option["id"] for option in attempt["paper"][0]["options"] if option["text"] == "Earth")
    save(api, attempt, {"slot": 1, "response": {"choice": wrong}, "seq": 1})
    api.post(f"/attempts/{attempt['id']}/submit")
    page = Portal(hall, person).get(f"/attempts/{attempt['id']}/result").text
    assert "Your answer, incorrect" in page
    assert "Correct answer" not in page


def test_the_result_of_an_open_attempt_is_the_sitting(hall: Hall, person: Person) -> None:
    exam = compose(hall)
    exam.assign(person)
    attempt = started(exam, hall.api(person))
    answer = Portal(hall, person).get(f"/attempts/{attempt['id']}/result")
    assert (answer.status_code, answer.location) == (303, f"/attempts/{attempt['id']}")


def test_an_attempt_whose_time_ran_out_is_graded_and_says_so(hall: Hall, person: Person) -> None:
    exam = compose(hall, time_limit_minutes=10)
    exam.assign(person)
    api = hall.api(person)
    attempt = started(exam, api)
    save(api, attempt, {"slot": 4, "response": {"text": "Lima"}, "seq": 1})
    with time_machine.travel(now() + timedelta(minutes=11), tick=True):
        page = Portal(hall, person).get(f"/attempts/{attempt['id']}/result").text
    assert "Time ran out" in page
    assert "1 of 5" in page


def test_my_attempts_lead_on_or_to_the_result(hall: Hall, person: Person) -> None:
    exam, attempt, portal = graded(hall, person, right=4, pass_mark="90")
    open_one = started(exam, hall.api(person))["id"]
    page = portal.get("/attempts").text
    assert page.index(f'href="/attempts/{open_one}"') < page.index(f'href="/attempts/{attempt}/result"'), "newest first"
    for text in ("Continue", "Not passed", "80%"):
        assert text in page
    other = Portal(hall, hall.person("candidate")).get("/attempts").text
    assert "No attempts yet" in other
    assert attempt not in other


def test_markers_see_grades_figures_and_each_answer(hall: Hall) -> None:
    exam = compose(hall, pass_mark="60")
    people = [hall.person("candidate") for _ in range(4)]
    exam.assign(*people)
    attempts = [sit(exam, hall.api(person), right) for person, right in zip(people, (1, 2, 4, 5), strict=True)]
    marker = Portal(hall, hall.person("marker"))
    page = marker.get(f"/manage/exams/{exam.id}/results").text
    for text in ("4", "60%", "50%", *(person.email for person in people)):
        assert text in page, text
    narrowed = marker.get(f"/manage/exams/{exam.id}/results?passed=false").text
    assert people[0].email in narrowed
    assert people[3].email not in narrowed
    best_first = marker.get(f"/manage/exams/{exam.id}/results?order=-percent").text
    places = [best_first.index(person.email) for person in people]
    assert places == sorted(places, reverse=True), "100 comes before 80, on every engine"
    review = marker.get(f"/manage/attempts/{attempts[0]}").text
    for text in (people[0].email.split("@")[0], "Chosen, correct", "Correct answer"):
        assert text in review, text


def test_the_review_of_an_open_attempt_shows_answers_and_no_marks(hall: Hall, person: Person) -> None:
    exam = compose(hall)
    exam.assign(person)
    api = hall.api(person)
    attempt = started(exam, api)
    save(api, attempt, {"slot": 4, "response": {"text": "Quito"}, "seq": 1})
    page = Portal(hall, hall.person("marker")).get(f"/manage/attempts/{attempt['id']}").text
    assert "Quito" in page
    assert "in progress" in page
    assert "Incorrect" not in page


def test_the_file_holds_every_row_and_runs_no_formula(hall: Hall) -> None:
    exam = compose(hall, pass_mark="60")
    people = [hall.person("candidate") for _ in range(2)]
    exam.assign(*people)
    for person, right in zip(people, (1, 5), strict=True):
        sit(exam, hall.api(person), right)
    rename(hall, people[0], "=HYPERLINK(1)")
    marker = Portal(hall, hall.person("marker"))
    page = marker.get(f"/manage/exams/{exam.id}/results").text
    assert f'href="/manage/exams/{exam.id}/results.csv"' in page
    answer = marker.get(f"/manage/exams/{exam.id}/results.csv")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert {row["email"] for row in rows} == {person.email for person in people}
    assert "'=HYPERLINK(1)" in {row["name"] for row in rows}
    passed = marker.get(f"/manage/exams/{exam.id}/results.csv?passed=true").text
    assert people[1].email in passed
    assert people[0].email not in passed


def test_results_are_not_for_candidates_invigilators_and_strangers(make_hall: MakeHall) -> None:
    hall = make_hall()
    exam = compose(hall)
    person = hall.person("candidate")
    exam.assign(person)
    attempt = sit(exam, hall.api(person))
    for path in (
        f"/manage/exams/{exam.id}/results",
        f"/manage/exams/{exam.id}/results.csv",
        f"/manage/attempts/{attempt}",
    ):
        assert Portal(hall, person).get(path).status_code == 403
        assert Portal(hall, hall.person("invigilator")).get(path).status_code == 403
        assert Portal(hall, hall.person("marker", "qalam")).get(path).status_code == 404


def test_an_exam_without_results_says_so(hall: Hall) -> None:
    exam = compose(hall)
    page = Portal(hall, hall.person("marker")).get(f"/manage/exams/{exam.id}/results").text
    assert "No results yet" in page


def rename(hall: Hall, person: Person, name: str) -> None:
    admin = hall.api("admin")
    assert admin.patch(f"/users/{person.id}", {"name": name}).status_code == 200
