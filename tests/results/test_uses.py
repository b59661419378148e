"""Where a question is used, and how it behaved."""

from __future__ import annotations

from typing import Any

from bank.test_bank_operations import statements
from hall import Api, Hall
from portal import Portal
from sitting import Exam, body, compose, right_answer, save, started


def uses(exam: Exam, kind: str = "single_choice") -> Any:
    answer = exam.admin.get(f"/questions/{exam.questions[kind]}/uses")
    assert answer.status_code == 200, answer.text
    return answer.json


def sat(hall: Hall, exam: Exam, *, right: bool | None = True) -> None:
    """Somebody sits the exam: the first question right, wrong, or not at all."""
    candidate = hall.api("candidate")
    assert candidate.person is not None
    exam.assign(candidate.person)
    attempt = started(exam, candidate)
    slot = attempt["paper"][0]
    if right is not None:
        wrong = next(each["id"] for each in slot["options"] if each["text"] == "Earth")
        response = right_answer(slot) if right else {"choice": wrong}
        save(candidate, attempt, {"slot": 1, "response": response, "seq": 1})
    assert candidate.post(f"/attempts/{attempt['id']}/submit").status_code == 200


def changed(api: Api, question: str) -> None:
    asked = body("single_choice") | {"prompt": "Which planet is the largest of all?"}
    assert api.post(f"/questions/{question}/versions", {"body": asked}).status_code == 201


def test_a_question_that_nobody_asks(hall: Hall) -> None:
    admin = hall.api("admin")
    bank: Any = admin.post("/banks", {"name": "Spare"}).json
    asked = {"type": "true_false", "body": body("true_false")}
    question: Any = admin.post(f"/banks/{bank['id']}/questions", asked).json
    told = admin.get(f"/questions/{question['id']}/uses").json
    assert told == {"attempts": 0, "measured": 0, "exams": [], "versions": []}
    assert "Not used yet" in Portal(hall, admin.person).get(f"/manage/questions/{question['id']}/uses").text


def test_exams_that_name_it_pin_it_and_draw_it(hall: Hall) -> None:
    exam = compose(hall)
    admin, question = exam.admin, exam.questions["single_choice"]
    bank: Any = admin.get(f"/questions/{question}").json["bank_id"]  # type: ignore[index]
    admin.patch(f"/questions/{question}", {"tags": ["sky"], "category": "space/planets"})
    sections = {
        "Pinned": {"questions": [{"question_id": question, "version": 1}]},
        "Drawn": {"draw": {"bank_id": bank, "count": 1, "tag": "sky", "category": "space"}},
        "Elsewhere": {"draw": {"bank_id": bank, "count": 1, "tag": "sea"}},
    }
    for title, section in sections.items():
        other: Any = admin.post("/exams", {"title": title, "description": ""}).json
        assert admin.post(f"/exams/{other['id']}/sections", section).status_code == 201
    told = {each["title"]: (each["fixed"], each["version"], each["draws"]) for each in uses(exam)["exams"]}
    assert told == {
        "General knowledge": (True, None, False), "Pinned": (True, 1, False), "Drawn": (False, None, True),
    }  # fmt: skip
    admin.patch(f"/questions/{question}", {"status": "retired"})
    assert "Drawn" not in {each["title"] for each in uses(exam)["exams"]}


def test_how_each_version_behaved_in_finished_attempts(hall: Hall) -> None:
    exam = compose(hall)
    for right in (True, True, False, None):
        sat(hall, exam, right=right)
    changed(exam.admin, exam.questions["single_choice"])
    sat(hall, exam)
    busy = hall.api("candidate")
    assert busy.person is not None
    exam.assign(busy.person)
    started(exam, busy)
    told = uses(exam)
    assert (told["attempts"], told["measured"]) == (6, 5)
    assert told["versions"] == [
        {"version": 2, "asked": 1, "answered": 1, "pending": 0, "facility": "1.0000"},
        {"version": 1, "asked": 4, "answered": 3, "pending": 0, "facility": "0.5000"},
    ]
    page = Portal(hall, exam.admin.person).get(f"/manage/questions/{exam.questions['single_choice']}/uses").text
    assert "General knowledge" in page
    assert "50%" in page


def test_answers_that_wait_for_a_marker_are_in_no_mean(hall: Hall) -> None:
    exam = compose(hall, kinds=("essay",))
    for words in ("Because it scatters the blue light most.", None):
        candidate = hall.api("candidate")
        assert candidate.person is not None
        exam.assign(candidate.person)
        attempt = started(exam, candidate)
        if words:
            save(candidate, attempt, {"slot": 1, "response": {"text": words}, "seq": 1})
        assert candidate.post(f"/attempts/{attempt['id']}/submit").status_code == 200
    assert uses(exam, "essay")["versions"] == [
        {"version": 1, "asked": 2, "answered": 1, "pending": 1, "facility": "0.0000"}
    ]


def test_many_attempts_cost_no_further_statement(hall: Hall) -> None:
    exam = compose(hall)
    counts = []
    for _ in range(2):
        sat(hall, exam)
        with hall.inside() as app, statements(app) as seen:
            uses(exam)
        counts.append(len(seen))
    assert counts[0] == counts[1]
