"""Exams in the portal, as authors and administrators keep them."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from bank.factories import BankFactory
from examhall.bank.models import Question
from examhall.extensions import db
from examhall.storage.records import tenant_id
from exams.factories import exam_of, fields, questions_in, sat
from hall import Api, Hall, MakeHall
from portal import Portal, forms

NOTHING = uuid4()
MARKUP = re.compile(r"<[^>]*>|\s+")


@pytest.fixture
def one_hall(make_hall: MakeHall) -> Hall:
    """A hall for what no storage has a part in."""
    return make_hall()


def told(answer: Any) -> str:
    """The words of a page."""
    return " ".join(MARKUP.sub(" ", answer.text.partition("<main")[2]).split())


def only_section(api: Api, exam_id: str) -> dict[str, Any]:
    (section,) = api.get(f"/exams/{exam_id}/sections").json
    return section


def test_an_exam_is_made_composed_assigned_and_published(hall: Hall) -> None:
    admin, person = hall.person("admin"), hall.person("candidate")
    portal, api = Portal(hall, admin), hall.api(admin)
    with hall.inside():
        bank_id = BankFactory(name="Fire").id
        one, two = (str(id_) for id_ in questions_in(bank_id, 2))
    made = portal.submit("/manage/exams/new", {"title": "Fire safety", "description": "First\n\nsecond"})
    assert made.status_code == 303, told(made)
    exam_id = re.search(r"[0-9a-f-]{36}", made.location)[0]
    at = f"/manage/exams/{exam_id}"
    assert api.get(f"/exams/{exam_id}").json["description"] == "<p>First</p><p>second</p>"
    refused = portal.submit(f"{at}/sections", action=f"{at}/state")
    assert "no questions yet" in told(portal.follow(refused))
    section = portal.submit(f"{at}/sections/new", {"title": "Basics"})
    assert section.location.endswith("/questions")
    chosen = portal.submit(section.location, {"question_id": [one, two], "points": "2.5"})
    assert "2 questions are added." in told(portal.follow(chosen))
    assert [item["points"] for item in only_section(api, exam_id)["questions"]] == ["2.5", "2.5"]
    assigned = portal.submit(f"{at}/people/add", {"user_id": [str(person.id)]})
    assert (assigned.status_code, assigned.location) == (303, f"{at}/people")
    assert person.email in portal.follow(assigned).text
    published = portal.submit(at, action=f"{at}/state")
    assert "The exam is published." in told(portal.follow(published))
    assert [item["id"] for item in hall.api(person).get("/exams").json] == [exam_id]
    listed = told(portal.get("/manage/exams?state=published&q=fire"))
    assert "Fire safety" in listed
    assert "1–1 of 1" in listed


def test_settings_are_typed_in_the_zone_of_the_organization(hall: Hall) -> None:
    author = hall.person("author")
    portal, api, exam_id = Portal(hall, author), hall.api(author), exam_of(hall)
    at = f"/manage/exams/{exam_id}"
    typed = {
        "opens_at": "2026-07-01T09:00", "closes_at": "2026-12-01T09:00", "time_limit_minutes": "90",
        "attempts_allowed": "", "access_code": " blue  door ", "pass_mark": "62.5", "closed": ["grade", "feedback"],
    }  # fmt: skip
    assert portal.submit(at, typed).status_code == 303
    exam = api.get(f"/exams/{exam_id}").json
    assert (exam["opens_at"], exam["closes_at"]) == ("2026-07-01T13:00:00Z", "2026-12-01T14:00:00Z")  # New York
    assert (exam["time_limit_minutes"], exam["attempts_allowed"], exam["access_code"]) == (90, None, "blue door")
    assert (exam["pass_mark"], exam["review"]["closed"]) == ("62.5", ["grade", "feedback"])
    assert portal.submit(at, {"closed": []}).status_code == 303  # as the form stands, but for one thing
    assert api.get(f"/exams/{exam_id}").json == exam | {
        "review": {"immediately": ["grade"], "closed": []},
        "updated_at": api.get(f"/exams/{exam_id}").json["updated_at"],
    }


def test_what_is_wrong_is_said_at_its_field(hall: Hall) -> None:
    portal, exam_id = Portal(hall, hall.person("author")), exam_of(hall, title="Before")
    at = f"/manage/exams/{exam_id}"
    for name, text, said in (
        ("title", "", "Give the exam a title."),
        ("time_limit_minutes", "0", "Give at least 1."),
        ("time_limit_minutes", "an hour", "Give a whole number."),
        ("pass_mark", "101", "Give at most 100."),
        ("pass_mark", "many", "Give a number as text"),
        ("opens_at", "tomorrow", "Give date and time"),
        ("opens_at", "1999-01-01T00:00", "Give a year from 2000 to 2199."),
    ):
        answer = portal.submit(at, {"title": "After", name: text})
        assert answer.status_code == 422
        assert said in told(answer)
        assert f'id="{name}-error"' in answer.text
    window = {"title": "After", "opens_at": "2026-07-02T09:00", "closes_at": "2026-07-01T09:00"}
    assert "closing has to come after" in told(portal.submit(at, window))
    assert "Before" in told(portal.get(at))
    assert portal.submit("/manage/exams/new", {"title": " "}).status_code == 422


def test_a_page_that_is_out_of_date_changes_nothing(hall: Hall) -> None:
    author = hall.person("author")
    portal, exam_id = Portal(hall, author), exam_of(hall, questions=1)
    at = f"/manage/exams/{exam_id}"
    for path in (at, f"{at}/state", f"{at}/delete"):
        assert portal.post(path, {"title": "x", "state": "published", **csrf(portal, at)}).status_code == 412
    without_token = portal.post(f"{at}/state", {"state": "closed", "revision": "1"})
    assert without_token.status_code == 403
    assert hall.api(author).get(f"/exams/{exam_id}").json["state"] == "draft"


def csrf(portal: Portal, path: str) -> dict[str, str]:
    return {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', portal.get(path).text)[1]}


# sections --------------------------------------------------------------------------------------------------------


def test_a_section_draws_from_a_bank_and_says_how_many_questions_fit(hall: Hall) -> None:
    author = hall.person("author")
    portal, exam_id = Portal(hall, author), exam_of(hall)
    with hall.inside():
        bank_id = BankFactory(name="Fire").id
        questions_in(bank_id, 3, tags=["hard"], category="a/b")
        questions_in(bank_id, 1)
    at = f"/manage/exams/{exam_id}/sections"
    draw = {"bank_id": str(bank_id), "count": "2", "tag": "hard", "category": "a"}
    looked = portal.submit(f"{at}/new", draw | {"look": "1"})
    assert "3 questions fit now" in told(looked)
    assert '<option value="a/b">' in looked.text
    assert hall.api(author).get(f"/exams/{exam_id}/sections").json == []
    assert portal.submit(f"{at}/new", draw).status_code == 303
    page = told(portal.get(at))
    assert "2 questions for each candidate, drawn from “Fire”" in page
    assert "3 questions fit now" in page
    assert "fit now" not in told(portal.submit(f"{at}/new", draw | {"tag": "hard\0", "look": "1"}))
    refused = portal.submit(f"{at}/new", draw | {"count": ""})
    assert refused.status_code == 422
    assert 'id="count-error"' in refused.text


def test_questions_of_a_section_are_ordered_weighed_and_removed(hall: Hall) -> None:
    author = hall.person("author")
    portal, api, exam_id = Portal(hall, author), hall.api(author), exam_of(hall, questions=4)
    section = only_section(api, exam_id)
    one, two, three, four = (item["question_id"] for item in section["questions"])
    at = f"/manage/exams/{exam_id}/sections/{section['id']}"
    typed = {f"place-{four}": "1", f"points-{two}": "0.5", f"remove-{three}": "on", "title": "Mixed", "shuffle": "y"}
    assert portal.submit(at, typed).status_code == 303
    changed = only_section(api, exam_id)
    assert [(item["question_id"], item["points"]) for item in changed["questions"]] == [
        (four, "1"), (one, "1"), (two, "0.5"),
    ]  # fmt: skip
    assert (changed["title"], changed["shuffle"]) == ("Mixed", True)
    assert portal.submit(at, {f"place-{four}": "2"}).status_code == 303  # one place down
    assert [item["question_id"] for item in only_section(api, exam_id)["questions"]] == [one, four, two]
    refused = portal.submit(at, {f"points-{four}": "-1"})
    assert refused.status_code == 422
    assert "Question 2: Give at least 0." in told(refused)


def test_only_questions_that_the_exam_does_not_hold_are_offered(hall: Hall) -> None:
    author = hall.person("author")
    portal, api, exam_id = Portal(hall, author), hall.api(author), exam_of(hall, questions=1)
    with hall.inside():
        bank_id = BankFactory().id
        questions_in(bank_id, 1, name="A ready one", category="a")
        questions_in(bank_id, 1, name="A retired one", status="retired")
    section = only_section(api, exam_id)
    at = f"/manage/exams/{exam_id}/sections/{section['id']}/questions"
    page = told(portal.get(at))
    assert "A ready one" in page
    assert "1–1 of 1" in page
    assert "No question found" in told(portal.get(f"{at}?q=retired"))
    assert "A ready one" in told(portal.get(f"{at}?bank_id={bank_id}&type=single_choice&q="))
    assert portal.get(f"{at}?colour=red").status_code == 400
    nothing = portal.submit(f"{at}?q=ready")
    assert nothing.location.endswith("?q=ready")
    assert "Choose at least one question." in told(portal.follow(nothing))
    for wrong in ({"question_id": "x"}, {"question_id": str(NOTHING)}, {"points": "-1", "question_id": str(NOTHING)}):
        assert "alert-danger" in portal.follow(portal.submit(at, wrong)).text
    assert only_section(api, exam_id) == section


def test_sections_are_moved_and_removed(hall: Hall) -> None:
    author = hall.person("author")
    portal, api, exam_id = Portal(hall, author), hall.api(author), exam_of(hall)
    ids = {title: api.post(f"/exams/{exam_id}/sections", {"title": title}).json["id"] for title in "AB"}
    at = f"/manage/exams/{exam_id}/sections"
    titles = lambda: [section["title"] for section in api.get(f"/exams/{exam_id}/sections").json]  # noqa: E731
    portal.submit(at, {"direction": "up"}, f"{at}/{ids['B']}/move")
    assert titles() == ["B", "A"]
    portal.submit(at, {"direction": "down"}, f"{at}/{ids['B']}/move")
    assert titles() == ["A", "B"]
    portal.submit(at, {}, f"{at}/{ids['A']}/remove")
    assert titles() == ["B"]


def test_once_somebody_has_started_the_page_offers_a_copy(hall: Hall) -> None:
    author = hall.person("author")
    portal, exam_id = Portal(hall, author), exam_of(hall, published=True, title="Spring")
    sat(hall, exam_id)
    at = f"/manage/exams/{exam_id}"
    page = portal.get(f"{at}/sections")
    assert "copy the exam" in told(page)
    assert "/remove" not in page.text
    section = only_section(hall.api(author), exam_id)["id"]
    assert portal.submit(f"{at}/sections/{section}", {"title": "New"}).status_code == 409
    kept = portal.submit(at, action=f"{at}/delete")
    assert "Close it instead." in told(portal.follow(kept))
    copied = portal.follow(portal.submit(at, action=f"{at}/copy"))
    assert "Spring (copy)" in told(copied)
    assert "Draft" in told(copied)


def test_an_exam_is_closed_opened_again_and_deleted(hall: Hall) -> None:
    portal, exam_id = Portal(hall, hall.person("author")), exam_of(hall, published=True, title="Spring")
    at = f"/manage/exams/{exam_id}"
    for said in ("The exam is closed.", "The exam is published."):
        assert said in told(portal.follow(portal.submit(at, action=f"{at}/state")))
    gone = portal.submit(at, action=f"{at}/delete")
    assert gone.location == "/manage/exams"
    assert portal.get(at).status_code == 404


def test_the_preview_shows_a_paper_and_leaves_no_attempt(hall: Hall) -> None:
    portal, exam_id = Portal(hall, hall.person("admin")), exam_of(hall, questions=2)
    page = portal.get(f"/manage/exams/{exam_id}/preview")
    assert "Question 2 of 2" in told(page)
    assert "Which of these is a prime number?" in told(page)
    assert "21 is 3 times 7." not in page.text  # feedback
    assert hall.api("admin").get(f"/exams/{exam_id}/attempts").json == []
    assert "asks nothing yet" in told(portal.get(f"/manage/exams/{exam_of(hall)}/preview"))


def test_a_preview_of_too_small_a_pool_says_so(hall: Hall) -> None:
    author = hall.person("author")
    portal, exam_id = Portal(hall, author), exam_of(hall)
    with hall.inside():
        bank_id = BankFactory().id
    hall.api(author).post(f"/exams/{exam_id}/sections", {"draw": {"bank_id": str(bank_id), "count": 1}})
    answer = portal.get(f"/manage/exams/{exam_id}/preview")
    assert "only 0 are left for it" in told(portal.follow(answer))


# people ----------------------------------------------------------------------------------------------------------


def test_people_are_assigned_given_more_time_and_taken_off(hall: Hall) -> None:
    admin, exam_id = hall.person("admin"), exam_of(hall, published=True)
    people = [hall.person("candidate") for _ in range(3)]
    portal, api = Portal(hall, admin), hall.api(admin)
    at = f"/manage/exams/{exam_id}/people"
    nobody = portal.submit(f"{at}/add?q=candidate")
    assert "Choose at least one person." in told(portal.follow(nobody))
    some = portal.submit(f"{at}/add", {"user_id": [str(people[0].id)]})
    assert "One person is assigned." in told(portal.follow(some))
    assert people[0].email not in portal.get(f"{at}/add").text
    strange = portal.submit(f"{at}/add", {"user_id": [str(admin.id)]})
    assert "no candidate of your organization" in told(portal.follow(strange))
    everybody = portal.submit(at, action=f"{at}/add")
    assert "2 people are assigned." in told(portal.follow(everybody))
    assert "1–1 of 1" in told(portal.get(f"{at}?q={people[2].email}"))
    row = next(row for row in api.get(f"/exams/{exam_id}/assignments").json if row["user_id"] == str(people[2].id))
    one = f"{at}/{row['id']}"
    changed = portal.submit(one, {"extra_minutes": "20", "extra_attempts": "", "opens_at": "2026-07-01T09:00"})
    assert "20 minutes" in told(portal.follow(changed))
    expected = {"extra_minutes": 20, "extra_attempts": 0, "opens_at": "2026-07-01T13:00:00Z", "closes_at": None}
    assert api.get(f"/exams/{exam_id}/assignments/{row['id']}").json == row | expected
    refused = portal.submit(one, {"closes_at": "2026-06-01T09:00"})
    assert refused.status_code == 422
    assert 'id="closes_at-error"' in refused.text
    portal.submit(one, action=f"{one}/remove")
    assert api.get(f"/exams/{exam_id}/assignments/{row['id']}").status_code == 404


# who may ---------------------------------------------------------------------------------------------------------

READ = ("", "/sections", "/people", "/preview")
WRITE = ("", "/state", "/copy", "/delete", "/sections/new")


def test_markers_and_invigilators_look_and_press_nothing(one_hall: Hall) -> None:
    at = f"/manage/exams/{exam_of(one_hall, questions=1)}"
    for role in ("marker", "invigilator"):
        portal = Portal(one_hall, one_hall.person(role))
        for path in READ:
            page = portal.get(at + path)
            assert page.status_code == 200
            assert '<form class="form' not in page.text
            assert 'data-opens="' not in page.text
        assert "New exam" not in told(portal.get("/manage/exams"))
        for path in WRITE:
            assert portal.post(at + path, csrf(portal, at)).status_code == 403
        assert portal.get("/manage/exams/new").status_code == portal.get(f"{at}/people/add").status_code == 403


def test_authors_read_the_people_of_an_exam_and_assign_none(one_hall: Hall) -> None:
    at = f"/manage/exams/{exam_of(one_hall)}/people"
    portal = Portal(one_hall, one_hall.person("author"))
    page = portal.get(at)
    assert page.status_code == 200
    assert "Add people" not in told(page)
    assert portal.get(f"{at}/add").status_code == 403
    assert portal.post(f"{at}/add", {"all": "1", **csrf(portal, at)}).status_code == 403


def test_candidates_see_nothing_of_the_management(one_hall: Hall) -> None:
    at = f"/manage/exams/{exam_of(one_hall)}"
    portal = Portal(one_hall, one_hall.person("candidate"))
    for path in ("/manage/exams", "/manage/exams/new", *(at + path for path in READ)):
        assert portal.get(path).status_code == 403


def test_foreign_exams_sections_and_assignments_are_not_there(one_hall: Hall) -> None:
    foreign, own = exam_of(one_hall, "qalam", questions=1), exam_of(one_hall, questions=1)
    section = only_section(one_hall.api("admin", "qalam"), foreign)["id"]
    portal = Portal(one_hall, one_hall.person("admin"))
    token = csrf(portal, f"/manage/exams/{own}")
    for exam_id in (foreign, NOTHING):
        at = f"/manage/exams/{exam_id}"
        for path in (*READ, "/sections/new", "/people/add"):
            assert portal.get(at + path).status_code == 404
        for path in (*WRITE, "/people/add"):
            assert portal.post(at + path, token).status_code == 404
    for path in (f"sections/{section}", f"sections/{section}/questions", f"people/{NOTHING}"):
        assert portal.get(f"/manage/exams/{own}/{path}").status_code == 404
    for path in (f"sections/{section}/move", f"sections/{section}/remove", f"people/{NOTHING}/remove"):
        assert portal.post(f"/manage/exams/{own}/{path}", token).status_code == 404


def test_a_question_with_a_draft_can_be_chosen_in_the_version_that_is_ready(hall: Hall) -> None:
    author = hall.person("author")
    portal, api, exam_id = Portal(hall, author), hall.api(author), exam_of(hall, questions=1)
    with hall.inside():
        bank_id = BankFactory().id
        draft, never, gone = (str(id_) for id_ in questions_in(bank_id, 3, name="Older one"))
    body = api.get(f"/questions/{draft}").json["body"]
    newer = body | {"prompt": "<p>Which of these is a prime number, and why?</p>"}
    made = api.post(f"/questions/{draft}/versions", {"body": newer, "name": "Newer one", "status": "draft"})
    assert made.status_code == 201, made.text
    assert api.patch(f"/questions/{never}", {"status": "draft"}).status_code == 200
    assert api.patch(f"/questions/{gone}", {"status": "retired"}).status_code == 200
    section = only_section(api, exam_id)
    at = f"/manage/exams/{exam_id}/sections/{section['id']}"
    page = told(portal.get(f"{at}/questions"))
    assert "1–1 of 1" in page
    assert "The latest that is ready: Version 1" in page
    assert "One question is added." in told(portal.follow(portal.submit(f"{at}/questions", {"question_id": draft})))
    for shown in (at, f"/manage/exams/{exam_id}/sections"):
        assert "The latest that is ready: Version 1" in told(portal.get(shown))
    assert "and why?" not in told(portal.get(f"/manage/exams/{exam_id}/preview"))
    # the API agrees, and so does a form that was sent by hand
    kept, token = only_section(api, exam_id)["questions"], forms(portal.get(at))[0].values["csrf_token"]
    for id_ in (never, gone):
        picks = [{"question_id": question["question_id"], "points": "1"} for question in kept]
        refused = api.patch(f"/exams/{exam_id}/sections/{section['id']}", {"questions": [*picks, {"question_id": id_}]})
        assert (refused.status_code, fields(refused)) == (422, ["questions.2.question_id"])
        answer = portal.post(f"{at}/questions", {"question_id": id_, "csrf_token": token})
        assert "No version of this question is ready" in told(portal.follow(answer))
    # one that was chosen before stays, whatever becomes of it
    assert api.patch(f"/questions/{draft}", {"status": "retired"}).status_code == 200
    assert portal.submit(at, {"title": "Basics"}).status_code == 303
    assert [question["question_id"] for question in only_section(api, exam_id)["questions"]][-1] == draft


def test_questions_of_a_type_whose_package_is_gone_can_be_seen_and_taken_out(one_hall: Hall) -> None:
    exam_id = exam_of(one_hall, published=True, questions=2)
    portal, person = Portal(one_hall, one_hall.person("admin")), one_hall.person("candidate")
    one_hall.api("admin").post(f"/exams/{exam_id}/assignments", {"user_id": str(person.id)})
    with one_hall.inside():
        questions_in(BankFactory().id, 1)
    with one_hall.inside(write=True):
        db.session.execute(sa.update(Question).where(Question.tenant_id == tenant_id()).values(type="scale_rating"))
    at = f"/manage/exams/{exam_id}/sections"
    section = only_section(one_hall.api("admin"), exam_id)["id"]
    for page in (at, f"{at}/{section}", f"{at}/{section}/questions"):
        assert "scale_rating" in told(portal.get(page))
    assert one_hall.api(person).get(f"/exams/{exam_id}").json["question_count"] == 2
