"""Exams as an author's app composes, publishes, closes, copies and deletes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from exams.factories import exam_of, fields, sat
from hall import Api, Hall

NOTHING = uuid4()
REVIEW = {"immediately": ["grade"], "closed": ["grade", "responses", "correctness", "solutions", "feedback"]}


@pytest.fixture
def author(hall: Hall) -> Api:
    return hall.api("author")


def test_title_and_description_make_a_draft(author: Api) -> None:
    made = author.post("/exams", {"title": "  Fire safety ", "description": "<p>Hello<script>x</script></p>"})
    assert made.status_code == 201, made.text
    assert made.headers["Location"].endswith(f"/api/v1/exams/{made.json['id']}")
    assert made.headers["ETag"]
    told = {name: made.json[name] for name in made.json if name not in {"id", "created_at", "updated_at"}}
    assert told == {
        "title": "Fire safety", "description": "<p>Hello</p>", "state": "draft", "opens_at": None, "closes_at": None,
        "time_limit_minutes": None, "attempts_allowed": 1, "access_code": None, "pass_mark": None,
        "shuffle_options": True, "review": REVIEW,
    }  # fmt: skip
    assert author.get(f"/exams/{made.json['id']}").json == made.json


def test_every_setting_is_kept_as_it_was_sent(author: Api) -> None:
    sent = {
        "title": "اختبار", "description": "One<br>two", "opens_at": "2026-05-01T09:00:00+03:00",
        "closes_at": "2026-05-02T09:00:00Z", "time_limit_minutes": 90, "attempts_allowed": None,
        "access_code": "blue door", "pass_mark": "62.5", "shuffle_options": False,
        "review": {"immediately": [], "closed": ["grade", "feedback"]},
    }  # fmt: skip
    made = author.post("/exams", sent)
    assert made.status_code == 201, made.text
    for name, value in (sent | {"opens_at": "2026-05-01T06:00:00Z"}).items():
        assert made.json[name] == value
    path = f"/exams/{made.json['id']}"
    changed = author.patch(path, {"closes_at": None, "access_code": None, "pass_mark": None, "attempts_allowed": 2})
    assert changed.status_code == 200, changed.text
    cleared = {"closes_at": None, "access_code": None, "pass_mark": None, "attempts_allowed": 2}
    expected = made.json | cleared | {"updated_at": changed.json["updated_at"]}
    assert changed.json == expected
    assert author.get(path).json == expected


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "title"),
    ({"title": "   "}, "title"),
    ({"title": "x" * 201}, "title"),
    ({"title": None}, "title"),
    ({"description": None}, "description"),
    ({"opens_at": "2026-05-01T09:00:00"}, "opens_at"),
    ({"opens_at": "2026-05-01"}, "opens_at"),
    ({"opens_at": 1777626000}, "opens_at"),
    ({"opens_at": "1777626000"}, "opens_at"),
    ({"opens_at": "0001-01-01T00:00:00+14:00"}, "opens_at"),
    ({"closes_at": "9999-12-31T23:59:59-14:00"}, "closes_at"),
    ({"opens_at": "2026-05-01T09:00:00Z", "closes_at": "2026-05-01T09:00:00Z"}, "closes_at"),
    ({"time_limit_minutes": 0}, "time_limit_minutes"),
    ({"time_limit_minutes": 20_161}, "time_limit_minutes"),
    ({"time_limit_minutes": "60"}, "time_limit_minutes"),
    ({"attempts_allowed": 0}, "attempts_allowed"),
    ({"attempts_allowed": 1.5}, "attempts_allowed"),
    ({"pass_mark": "100.01"}, "pass_mark"),
    ({"pass_mark": "-1"}, "pass_mark"),
    ({"pass_mark": "NaN"}, "pass_mark"),
    ({"pass_mark": "60.123"}, "pass_mark"),
    ({"pass_mark": 60}, "pass_mark"),
    ({"access_code": "x" * 101}, "access_code"),
    ({"shuffle_options": "yes"}, "shuffle_options"),
    ({"review": {"immediately": ["everything"], "closed": []}}, "review.immediately.0"),
    ({"review": {"immediately": ["grade"]}}, "review.closed"),
    ({"state": "published"}, "state"),
    ({"id": str(NOTHING)}, "id"),
]


def test_what_can_not_be_is_refused_with_its_field(hall: Hall) -> None:
    author = hall.api("author")
    for sent, field in REFUSED:
        answer = author.post("/exams", sent if "title" in sent or field == "title" else {"title": "Exam", **sent})
        assert (answer.status_code, fields(answer)) == (422, [field]), f"{sent}: {answer.text}"
    assert author.get("/exams").json == []


def test_staff_list_all_exams_by_state_and_words(hall: Hall, author: Api) -> None:
    draft, open_ = exam_of(hall, title="Algebra"), exam_of(hall, title="Biology", published=True)
    exam_of(hall, "qalam", title="Chemistry")
    listed = author.get("/exams")
    assert [item["id"] for item in listed.json] == [draft, open_]
    assert listed.headers["X-Total-Count"] == "2"
    assert [item["id"] for item in author.get("/exams?state=published").json] == [open_]
    assert [item["id"] for item in author.get("/exams?q=ALGE").json] == [draft]
    assert [item["id"] for item in author.get("/exams?order=-title&page_size=1").json] == [open_]
    assert 'rel="next"' in author.get("/exams?page_size=1").headers["Link"]
    assert author.get("/exams?colour=red").status_code == 400


# the state -------------------------------------------------------------------------------------------------------


def test_an_exam_is_published_closed_and_opened_again(hall: Hall, author: Api) -> None:
    path = f"/exams/{exam_of(hall, questions=2)}"
    for state in ("published", "draft", "published", "closed", "published"):
        answer = author.patch(path, {"state": state})
        assert (answer.status_code, answer.json["state"]) == (200, state)


@pytest.mark.parametrize(("before", "after"), [("draft", "closed"), ("closed", "draft")])
def test_a_state_is_not_jumped_over(hall: Hall, author: Api, before: str, after: str) -> None:
    path = f"/exams/{exam_of(hall, questions=1)}"
    if before == "closed":
        author.patch(path, {"state": "published"})
        author.patch(path, {"state": "closed"})
    answer = author.patch(path, {"state": after})
    assert (answer.status_code, answer.json["code"]) == (409, "exam_state")
    assert author.get(path).json["state"] == before


def test_an_exam_without_questions_is_not_published_nor_half_changed(hall: Hall, author: Api) -> None:
    path = f"/exams/{exam_of(hall, title='Before')}"
    answer = author.patch(path, {"title": "After", "state": "published"})
    assert (answer.status_code, answer.json["code"]) == (409, "exam_empty")
    assert author.get(path).json["title"] == "Before"


def test_an_exam_whose_closing_is_past_is_not_published(hall: Hall, author: Api) -> None:
    path = f"/exams/{exam_of(hall, questions=1, closes_at=datetime(2020, 1, 1, tzinfo=UTC))}"
    answer = author.patch(path, {"state": "published"})
    assert (answer.status_code, answer.json["code"]) == (409, "exam_window_past")
    assert author.patch(path, {"state": "published", "closes_at": None}).status_code == 200


def test_an_exam_that_was_started_is_no_draft_again_and_is_kept(hall: Hall, author: Api) -> None:
    exam_id = exam_of(hall, published=True)
    sat(hall, exam_id)
    for answer in (author.patch(f"/exams/{exam_id}", {"state": "draft"}), author.delete(f"/exams/{exam_id}")):
        assert (answer.status_code, answer.json["code"]) == (409, "exam_has_attempts")
    assert author.get(f"/exams/{exam_id}").json["state"] == "published"
    assert author.patch(f"/exams/{exam_id}", {"state": "closed", "title": "Over"}).status_code == 200


def test_an_exam_is_deleted_with_what_belongs_to_it(hall: Hall, author: Api) -> None:
    exam_id = exam_of(hall, questions=2)
    person = hall.person("candidate")
    assert hall.api("admin").post(f"/exams/{exam_id}/assignments", {"user_id": str(person.id)}).status_code == 201
    assert author.delete(f"/exams/{exam_id}").status_code == 204
    for path in ("", "/sections", "/assignments"):
        assert author.get(f"/exams/{exam_id}{path}").status_code == 404


# revisions -------------------------------------------------------------------------------------------------------


def test_a_change_says_which_revision_it_changes(hall: Hall, author: Api) -> None:
    path = f"/exams/{exam_of(hall)}"
    stale = author.matching(path)
    for call in (author.patch, author.delete):
        body = () if call == author.delete else ({"title": "New"},)
        assert call(path, *body, headers={}).status_code == 428
    assert author.patch(path, {"title": "New"}).status_code == 200
    assert author.patch(path, {"title": "Newer"}, headers=stale).status_code == 412
    assert author.delete(path, headers=stale).status_code == 412
    assert author.get(path).json["title"] == "New"
    assert author.get(path, headers={"If-None-Match": author.matching(path)["If-Match"]}).status_code == 304


# copies ----------------------------------------------------------------------------------------------------------


def test_a_copy_is_a_draft_with_the_same_questions_for_nobody_yet(hall: Hall, author: Api) -> None:
    exam_id = exam_of(hall, title="Spring", questions=3, attempts_allowed=4)
    author.patch(f"/exams/{exam_id}", {"state": "published", "opens_at": "2026-01-01T00:00:00Z"})
    sat(hall, exam_id)
    made = author.post(f"/exams/{exam_id}/copies")
    assert made.status_code == 201, made.text
    assert made.json["title"] == "Spring (copy)"
    assert (made.json["state"], made.json["attempts_allowed"]) == ("draft", 4)
    assert made.json["opens_at"] is None
    assert made.headers["Location"].endswith(f"/api/v1/exams/{made.json['id']}")
    before, after = (author.get(f"/exams/{id_}/sections").json for id_ in (exam_id, made.json["id"]))
    assert [{**section, "id": ""} for section in after] == [{**section, "id": ""} for section in before]
    assert author.get(f"/exams/{made.json['id']}/assignments").json == []
    assert author.post(f"/exams/{exam_id}/copies", {"title": "Summer"}).json["title"] == "Summer"
    assert author.patch(f"/exams/{made.json['id']}/sections/{after[0]['id']}", {"title": "New"}).status_code == 200


# who may ---------------------------------------------------------------------------------------------------------


def test_only_authors_and_admins_write_exams(hall: Hall) -> None:
    exam_id = exam_of(hall, questions=1)
    for role in ("candidate", "marker", "invigilator"):
        api = hall.api(role)
        tag = {"If-Match": hall.api("author").matching(f"/exams/{exam_id}")["If-Match"]}
        assert api.post("/exams", {"title": "Mine"}).status_code == 403
        assert api.patch(f"/exams/{exam_id}", {"title": "Mine"}, headers=tag).status_code == 403
        assert api.delete(f"/exams/{exam_id}", headers=tag).status_code == 403
        assert api.post(f"/exams/{exam_id}/copies").status_code == 403
    assert hall.api("marker").get(f"/exams/{exam_id}").status_code == 200
    assert hall.api("admin").post("/exams", {"title": "Mine"}).status_code == 201


def test_a_foreign_exam_is_not_there(hall: Hall) -> None:
    foreign, stranger = exam_of(hall, "qalam", questions=1), hall.api("admin")
    tag = {"If-Match": '"x.1"'}
    for exam_id in (foreign, NOTHING):
        assert stranger.get(f"/exams/{exam_id}").status_code == 404
        assert stranger.patch(f"/exams/{exam_id}", {"title": "Mine"}, headers=tag).status_code == 404
        assert stranger.delete(f"/exams/{exam_id}", headers=tag).status_code == 404
        assert stranger.post(f"/exams/{exam_id}/copies").status_code == 404
