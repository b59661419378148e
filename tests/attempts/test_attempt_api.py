"""A candidate's way through the API: start, save, come back, submit, read the result."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from hall import Api, Hall
from sitting import Exam, compose, right_answer, save, started


@pytest.fixture
def exam(hall: Hall) -> Exam:
    return compose(hall)


@pytest.fixture
def candidate(hall: Hall, exam: Exam) -> Api:
    person = hall.person("candidate")
    exam.assign(person)
    return hall.api(person)


def test_the_whole_way_from_the_list_to_the_grade(exam: Exam, candidate: Api) -> None:
    listed = candidate.get("/exams")
    assert [item["id"] for item in listed.json] == [exam.id]
    assert listed.headers["X-Total-Count"] == "1"
    attempt = started(exam, candidate)
    assert (attempt["state"], attempt["number"], attempt["step"], attempt["answers"]) == ("open", 1, 0, [])
    assert [slot["slot"] for slot in attempt["paper"]] == [1, 2, 3, 4, 5]
    saves = [{"slot": slot["slot"], "response": right_answer(slot), "seq": 1, "base": 0} for slot in attempt["paper"]]
    saved = save(candidate, attempt, *saves)
    assert saved["refused"] == []
    assert saved["accepted"] == [{"slot": number, "seq": 1} for number in range(1, 6)]
    assert saved["step"] == 5
    submitted = candidate.post(f"/attempts/{attempt['id']}/submit")
    assert submitted.status_code == 200
    assert submitted.json["state"] == "submitted"
    assert candidate.post(f"/attempts/{attempt['id']}/submit").json == submitted.json
    result = candidate.get(f"/attempts/{attempt['id']}/result").json
    assert result["released"] is True
    assert result["grade"] == {"points": "5", "max": "5", "percent": "100", "passed": None, "pending": 0}
    assert {slot["correctness"] for slot in result["slots"]} == {"right"}


def test_coming_back_finds_paper_and_answers_as_they_were(exam: Exam, candidate: Api) -> None:
    attempt = started(exam, candidate)
    save(candidate, attempt, {"slot": 4, "response": {"text": "Lim"}, "seq": 7})
    again = candidate.post(f"/exams/{exam.id}/attempts", {})
    assert again.status_code == 200
    read = candidate.get(f"/attempts/{attempt['id']}")
    for answer in (again.json, read.json):
        assert answer["paper"] == attempt["paper"]
        assert answer["answers"] == [{"slot": 4, "response": {"text": "Lim"}, "seq": 7}]
        assert answer["step"] == 1


def test_the_paper_never_holds_the_key(exam: Exam, candidate: Api) -> None:
    text = candidate.post(f"/exams/{exam.id}/attempts").text
    for secret in ("fraction", "feedback", "correct", "Right, by far", "Lima", "tolerance"):
        assert secret not in text


def test_the_paper_is_gone_once_access_has_ended(exam: Exam, candidate: Api) -> None:
    attempt = started(exam, candidate)
    candidate.post(f"/attempts/{attempt['id']}/submit")
    assert candidate.get(f"/attempts/{attempt['id']}").json["paper"] is None


def test_saves_are_judged_one_by_one(exam: Exam, candidate: Api) -> None:
    attempt = started(exam, candidate)
    text = {"slot": 4, "response": {"text": "Lima"}, "seq": 5, "base": 0}
    assert save(candidate, attempt, text)["accepted"] == [{"slot": 4, "seq": 5}]
    assert save(candidate, attempt, text)["accepted"] == [{"slot": 4, "seq": 5}], "an exact repeat is accepted again"
    answer = save(
        candidate,
        attempt,
        {"slot": 4, "response": {"text": "Quito"}, "seq": 5},
        {"slot": 4, "response": {"text": "Quito"}, "seq": 6, "base": 3},
        {"slot": 99, "response": None, "seq": 1},
        {"slot": 1, "response": {"choice": "no such option"}, "seq": 1},
        {"slot": 3, "response": {"value": "true"}, "seq": 1},
        {"slot": 3, "response": {"value": True}, "seq": 1},
    )
    current = {"seq": 5, "response": {"text": "Lima"}}
    assert answer["refused"] == [
        {"slot": 4, "seq": 5, "code": "stale", "current": current},
        {"slot": 4, "seq": 6, "code": "conflict", "current": current},
        {"slot": 99, "seq": 1, "code": "invalid", "current": None},
        {"slot": 1, "seq": 1, "code": "invalid", "current": None},
        {"slot": 3, "seq": 1, "code": "invalid", "current": None},
    ]
    assert answer["accepted"] == [{"slot": 3, "seq": 1}]


def test_null_clears_an_answer(exam: Exam, candidate: Api) -> None:
    attempt = started(exam, candidate)
    save(candidate, attempt, {"slot": 3, "response": {"value": True}, "seq": 1})
    save(candidate, attempt, {"slot": 3, "response": None, "seq": 2})
    candidate.post(f"/attempts/{attempt['id']}/submit")
    slots = candidate.get(f"/attempts/{attempt['id']}/result").json["slots"]
    assert slots[2]["correctness"] == "unanswered"
    assert slots[2]["response"] is None


def test_after_submitting_nothing_is_taken(exam: Exam, candidate: Api) -> None:
    attempt = started(exam, candidate)
    kept = {"slot": 3, "response": {"value": True}, "seq": 1}
    save(candidate, attempt, kept)
    candidate.post(f"/attempts/{attempt['id']}/submit")
    assert save(candidate, attempt, {"slot": 3, "response": None, "seq": 2})["refused"][0]["code"] == "closed"
    assert save(candidate, attempt, kept)["accepted"] == [{"slot": 3, "seq": 1}], (
        "its acknowledgement may have been lost"
    )


def test_what_arrives_within_the_grace_counts_and_later_is_kept_as_late(hall: Hall, exam: Exam, candidate: Api) -> None:
    exam.change(time_limit_minutes=60)
    began = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    with time_machine.travel(began, tick=False) as clock:
        candidate = hall.api(candidate.person)
        attempt = started(exam, candidate)
        assert attempt["deadline_at"] == "2026-03-02T10:00:00Z"
        deadline, grace = began + timedelta(hours=1), timedelta(seconds=hall.settings.grace_seconds)
        clock.move_to(deadline + grace)
        candidate = hall.api(candidate.person)
        assert save(candidate, attempt, {"slot": 3, "response": {"value": True}, "seq": 1})["refused"] == []
        clock.move_to(deadline + grace + timedelta(milliseconds=1))
        late = {"slot": 4, "response": {"text": "Lima"}, "seq": 1}
        assert save(candidate, attempt, late)["refused"] == [{"slot": 4, "seq": 1, "code": "late", "current": None}]
        save(candidate, attempt, late)
        read = candidate.get(f"/attempts/{attempt['id']}").json
        assert (read["state"], read["paper"]) == ("expired", None)
        assert read["submitted_at"] == attempt["deadline_at"]
        assert candidate.post(f"/attempts/{attempt['id']}/submit").json["state"] == "expired"
        result = candidate.get(f"/attempts/{attempt['id']}/result").json
        assert result["grade"]["points"] == "1", "what was late is kept and does not count"
    with hall.inside():
        from sqlalchemy import select

        from examhall.attempts.models import StoredStep
        from examhall.extensions import db
        from examhall.storage.records import tenant_id

        steps = db.session.execute(
            select(StoredStep.kind, StoredStep.slot)
            .where(StoredStep.tenant_id == tenant_id())
            .order_by(StoredStep.number)
        ).all()
    assert [tuple(step) for step in steps] == [("start", None), ("save", 3), ("late", 4), ("expire", None)]


def test_an_attempt_that_nobody_came_back_to_is_graded_when_its_result_is_asked_for(
    hall: Hall, exam: Exam, candidate: Api
) -> None:
    exam.change(time_limit_minutes=10)
    attempt = started(exam, candidate)
    save(candidate, attempt, {"slot": 3, "response": {"value": True}, "seq": 1})
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2), tick=False):
        listed = hall.api(exam.admin.person).get(f"/exams/{exam.id}/results").json
        assert [(item["state"], item["points"]) for item in listed] == [("expired", "1")]
        assert hall.api(candidate.person).get(f"/attempts/{attempt['id']}/result").json["grade"]["percent"] == "20"


def test_extra_time_counts_beyond_the_closing_too(hall: Hall, exam: Exam) -> None:
    began = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    with time_machine.travel(began, tick=False):
        exam = compose(hall, closes_at="2026-03-02T09:30:00Z", time_limit_minutes=60)
        usual, longer = hall.person("candidate"), hall.person("candidate")
        exam.assign(usual)
        exam.assign(longer, extra_minutes=15)
        assert started(exam, hall.api(usual))["deadline_at"] == "2026-03-02T09:30:00Z"
        assert started(exam, hall.api(longer))["deadline_at"] == "2026-03-02T09:45:00Z"


def test_attempts_are_counted(hall: Hall, exam: Exam, candidate: Api) -> None:
    for number in (1, 2, 3):
        attempt = started(exam, candidate)
        assert attempt["number"] == number
        candidate.post(f"/attempts/{attempt['id']}/submit")
    refused = candidate.post(f"/exams/{exam.id}/attempts")
    assert (refused.status_code, refused.json["code"]) == (409, "attempts_used_up")
    own = candidate.get("/attempts").json
    assert [item["number"] for item in own] == [3, 2, 1]
    assert {item["exam_title"] for item in own} == {"General knowledge"}


def test_the_access_code_is_asked_for(hall: Hall, exam: Exam, candidate: Api) -> None:
    exam.change(access_code="blue door")
    for code in (None, "", "red door"):
        refused = candidate.post(f"/exams/{exam.id}/attempts", {"access_code": code})
        assert (refused.status_code, refused.json["code"]) == (403, "access_code_wrong")
    assert candidate.post(f"/exams/{exam.id}/attempts", {"access_code": "blue door"}).status_code == 201


def test_nobody_reaches_another_ones_attempt(hall: Hall, exam: Exam, candidate: Api) -> None:
    attempt = started(exam, candidate)
    other = hall.person("candidate")
    exam.assign(other)
    for api in (hall.api(other), hall.api("candidate", "qalam")):
        assert api.get(f"/attempts/{attempt['id']}").status_code == 404
        assert (
            api.put(
                f"/attempts/{attempt['id']}/answers", {"answers": [{"slot": 3, "response": None, "seq": 1}]}
            ).status_code
            == 404
        )
        assert api.post(f"/attempts/{attempt['id']}/submit").status_code == 404
        assert api.get(f"/attempts/{attempt['id']}/result").status_code == 404
    assert exam.admin.get(f"/attempts/{attempt['id']}").status_code == 403
    assert candidate.get(f"/attempts/{attempt['id']}").json["answers"] == []


def test_editing_a_question_changes_no_open_attempt(exam: Exam, candidate: Api) -> None:
    attempt = started(exam, candidate)
    path = f"/questions/{exam.questions['short_text']}/versions"
    version = {"body": {"prompt": "<p>The capital of Ecuador?</p>", "answers": [{"text": "Quito", "fraction": "1"}]}}
    assert exam.admin.post(path, version).status_code == 201
    assert candidate.get(f"/attempts/{attempt['id']}").json["paper"] == attempt["paper"]
    save(candidate, attempt, {"slot": 4, "response": {"text": "Lima"}, "seq": 1})
    candidate.post(f"/attempts/{attempt['id']}/submit")
    assert candidate.get(f"/attempts/{attempt['id']}/result").json["grade"]["points"] == "1"
    assert "Ecuador" in started(exam, candidate)["paper"][3]["prompt"]


def test_a_repeated_start_and_submit_with_a_key_give_the_first_answer_again(exam: Exam, candidate: Api) -> None:
    key = {"Idempotency-Key": "start-1"}
    first = candidate.post(f"/exams/{exam.id}/attempts", {}, headers=key)
    again = candidate.post(f"/exams/{exam.id}/attempts", {}, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    other = candidate.post(f"/exams/{exam.id}/attempts", {"access_code": "x"}, headers=key)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_results_as_csv_are_safe_to_open(hall: Hall, exam: Exam) -> None:
    admin = exam.admin
    made = admin.post(
        "/users",
        {
            "email": "x@northwind.example",
            "name": '=HYPERLINK("evil")',
            "role": "candidate",
            "password": "open-the-exam-hall",
        },
    )
    exam.admin.post(f"/exams/{exam.id}/assignments", {"user_id": made.json["id"]})
    login = hall.api().post("/auth/login", {"email": "x@northwind.example", "password": "open-the-exam-hall"}).json
    bearer = {"Authorization": f"Bearer {login['access_token']}"}
    attempt = hall.api().post(f"/exams/{exam.id}/attempts", {}, headers=bearer).json
    hall.api().post(f"/attempts/{attempt['id']}/submit", headers=bearer)
    for path, headers in (("?format=csv", {}), ("", {"Accept": "text/csv"})):
        answer = admin.get(f"/exams/{exam.id}/results{path}", headers=headers)
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        lines = answer.text.removeprefix("\ufeff").splitlines()
        assert lines[0] == "name,email,number,state,started_at,submitted_at,points,max_points,percent,passed,pending"
        assert lines[1].startswith("\"'=HYPERLINK")
