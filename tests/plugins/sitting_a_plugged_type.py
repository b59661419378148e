"""A question of a plugged type, from author to result; `tests/bank/test_plugged.py` runs this with the package."""

from __future__ import annotations

from fourteen import made
from hall import MakeHall
from portal import Portal
from sitting import SHOW_ALL, Exam, save, started

BODY = {"prompt": "<p>How sure is this?</p>", "expected": 4, "low_label": "Not at all", "high_label": "Wholly"}


def test_a_plugged_type_is_authored_sat_and_reviewed(make_hall: MakeHall) -> None:
    hall = make_hall()
    admin = hall.api("admin")
    bank = made(admin, "/banks", {"name": "Bank", "description": ""})["id"]
    question = made(admin, f"/banks/{bank}/questions", {"type": "scale_rating", "name": "Rate", "body": BODY})["id"]
    author = Portal(hall, hall.person("author")).get(f"/manage/questions/{question}")
    for text in ("How sure is this?", "Not at all – Wholly", "Correct answer: 4"):
        assert text in author.text, text

    exam = Exam(made(admin, "/exams", {"title": "Ratings", "description": ""})["id"], admin, {"scale_rating": question})
    made(admin, f"/exams/{exam.id}/sections", {"title": "All", "questions": [{"question_id": question, "points": "3"}]})
    exam.change(review=SHOW_ALL, state="published")
    person = hall.person("candidate")
    exam.assign(person)
    api, portal = hall.api(person), Portal(hall, person)
    attempt = started(exam, api)
    page = portal.get(f"/attempts/{attempt['id']}").text
    assert page.count('type="radio"') == 5
    assert 'data-shape="one" data-as="choice"' in page
    choice = next(option["id"] for option in attempt["paper"][0]["options"] if option["text"] == "3")
    save(api, attempt, {"slot": 1, "response": {"choice": choice}, "seq": 1})
    assert api.post(f"/attempts/{attempt['id']}/submit").status_code == 200
    result = portal.get(f"/attempts/{attempt['id']}/result").text
    for text in ("Points: 2 of 3", "Partly correct", "Correct answer"):
        assert text in result, text
