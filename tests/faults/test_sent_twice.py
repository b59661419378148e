"""A form that is sent again, by a finger that was too quick or a line that was too slow, does its work once."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bank.factories import BankFactory, QuestionFactory
from examhall.bank.models import BulkAction, Question
from examhall.extensions import db
from examhall.storage.idempotency import Receipt
from examhall.storage.records import tenant_id
from faults.test_races import at_once
from hall import Api, Hall, Person
from portal import Portal, forms
from sitting import compose

NEW = "/manage/banks/new"


@pytest.fixture
def person(hall: Hall) -> Person:
    return hall.person("author")


@pytest.fixture
def author(hall: Hall, person: Person) -> Portal:
    return Portal(hall, person)


@pytest.fixture
def api(hall: Hall, person: Person) -> Api:
    return hall.api(person)


def filled(portal: Portal, path: str, action: str = "", **values: Any) -> dict[str, Any]:
    """What the form of a page says, filled in."""
    page = portal.get(path)
    return (
        next(each for each in forms(page) if (each.method, each.action.rstrip("?")) == ("post", action)).values | values
    )


def windows(hall: Hall, portal: Portal, count: int) -> list[Portal]:
    """The same browser, many times over."""
    others = [Portal(hall) for _ in range(count)]
    for other in others:
        other.client._cookies = dict(portal.client._cookies)
    return others


def kept(hall: Hall) -> int:
    """How many receipts there are."""
    with hall.inside():
        return db.session.scalar(sa.select(sa.func.count(Receipt.id)).where(Receipt.tenant_id == tenant_id())) or 0


def test_one_after_the_other(author: Portal, api: Api) -> None:
    form = filled(author, NEW, name="Physics", description="")
    first, second = author.post(NEW, form), author.post(NEW, form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert [bank["name"] for bank in api.get("/banks").json] == ["Physics"]


def test_all_at_once(hall: Hall, author: Portal, api: Api) -> None:
    made = []
    for number in range(5):
        form, devices = filled(author, NEW, name=f"Bank {number}", description=""), windows(hall, author, 6)
        answers = at_once(6, lambda n, form=form, devices=devices: devices[n].post(NEW, form))
        assert {answer.status_code for answer in answers} == {303}
        assert len({answer.location for answer in answers}) == 1
        made.append(f"Bank {number}")
    assert sorted(bank["name"] for bank in api.get("/banks").json) == made


def test_the_message_of_the_first_reaches_who_sees_the_second(hall: Hall, author: Portal) -> None:
    form = filled(author, "/manage/exams/new", title="Fire safety")
    second = windows(hall, author, 1)[0]
    author.post("/manage/exams/new", form)
    assert "The draft is made." in second.follow(second.post("/manage/exams/new", form)).text


def test_another_form_of_the_same_words_is_another_wish(author: Portal, api: Api) -> None:
    for _ in range(2):
        assert author.submit(NEW, {"name": "Physics", "description": ""}).status_code == 303
    assert len(api.get("/banks").json) == 2


def test_a_form_that_was_filled_in_otherwise_is_another_wish(author: Portal, api: Api) -> None:
    form = filled(author, NEW, name="Physics", description="")
    for name in ("Physics", "Chemistry"):  # sent, then "Back", and sent again
        assert author.post(NEW, form | {"name": name}).status_code == 303
    assert {bank["name"] for bank in api.get("/banks").json} == {"Physics", "Chemistry"}


def test_a_refused_form_may_be_sent_again(hall: Hall, author: Portal, api: Api) -> None:
    form = filled(author, NEW, name="", description="")
    assert [author.post(NEW, form).status_code for _ in range(2)] == [422, 422]
    assert kept(hall) == 0
    assert author.post(NEW, form | {"name": "Physics"}).status_code == 303
    assert [bank["name"] for bank in api.get("/banks").json] == ["Physics"]


def test_what_was_refused_by_a_message_may_be_sent_again(hall: Hall, author: Portal, api: Api) -> None:
    exam = api.post("/exams", {"title": "Fire safety"}).json["id"]
    at = f"/manage/exams/{exam}"
    form = filled(author, at, action=f"{at}/state")
    refused = author.post(f"{at}/state", form)
    assert "no questions yet" in author.follow(refused).text
    with hall.inside():
        question = QuestionFactory(bank_id=BankFactory().id).id
    picks = [{"question_id": str(question), "points": "1"}]
    api.post(f"/exams/{exam}/sections", {"title": "Basics", "questions": picks})
    form["revision"] = str(api.get(f"/exams/{exam}").headers["ETag"].strip('"').rpartition(".")[2])
    assert "The exam is published." in author.follow(author.post(f"{at}/state", form)).text


def test_a_form_of_somebody_else_is_nothing_to_me(hall: Hall, author: Portal, api: Api) -> None:
    other = Portal(hall, hall.person("author"))
    theirs, mine = filled(author, NEW, name="Physics"), filled(other, NEW, name="Physics")
    author.post(NEW, theirs)
    assert other.post(NEW, theirs).status_code == 403, "the sign-in is another one"
    assert other.post(NEW, mine | {"once": theirs["once"]}).status_code == 303
    assert len(api.get("/banks").json) == 2


def test_a_change_that_came_twice_at_once_is_no_conflict_with_itself(hall: Hall, author: Portal, api: Api) -> None:
    exam = api.post("/exams", {"title": "Fire safety"}).json["id"]
    at = f"/manage/exams/{exam}"
    for number in range(5):
        form, devices = filled(author, at, title=f"Title {number}"), windows(hall, author, 4)
        answers = at_once(4, lambda n, form=form, devices=devices: devices[n].post(at, form))
        assert {(answer.status_code, answer.location) for answer in answers} == {(303, at)}
        assert api.get(f"/exams/{exam}").json["title"] == f"Title {number}"


def test_what_is_done_to_many_can_be_undone_by_who_sees_the_second_answer(hall: Hall, author: Portal) -> None:
    with hall.inside():
        bank: UUID = BankFactory().id
        ids = [str(QuestionFactory(bank_id=bank).id) for _ in range(3)]
    at = f"/manage/banks/{bank}"
    form = filled(author, f"{at}/questions", action=f"{at}/bulk", question_id=ids, do="tag", tag="seen")
    devices = windows(hall, author, 4)
    answers = at_once(4, lambda n: devices[n].post(f"{at}/bulk", form))
    assert {answer.status_code for answer in answers} == {303}
    with hall.inside():
        (action,) = db.session.scalars(sa.select(BulkAction).where(BulkAction.tenant_id == tenant_id()))
    for device, answer in zip(devices, answers, strict=True):
        assert f"/manage/bulk/{action.id}/undo" in device.follow(answer).text


def test_nobody_is_told_of_what_could_not_be_written(
    hall: Hall, author: Portal, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = filled(author, "/manage/exams/new", title="Fire safety")

    def full(_session: Session) -> None:
        raise OperationalError("COMMIT", {}, Exception("the disk is full"))

    with monkeypatch.context() as patched:
        patched.setattr(Session, "commit", full)
        refused = author.post("/manage/exams/new", form)
    assert refused.status_code == 503
    assert "The draft is made." not in refused.text + author.get("/manage/exams").text
    assert api.get("/exams").json == []
    assert "The draft is made." in author.follow(author.post("/manage/exams/new", form)).text
    assert len(api.get("/exams").json) == 1


def test_receipts_of_forms_do_not_pile_up(hall: Hall, author: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from examhall.storage import idempotency

    author.submit(NEW, {"name": "Physics"})
    author.submit(NEW, {"name": "Chemistry"})
    assert kept(hall) == 2
    monkeypatch.setattr(idempotency, "KEPT", timedelta(0))
    author.submit(NEW, {"name": "Biology"})
    assert kept(hall) <= 1


def test_starting_and_handing_in_cost_no_receipt(hall: Hall) -> None:
    exam, person = compose(hall, kinds=("true_false",)), hall.person("candidate")
    exam.assign(person)
    candidate = Portal(hall, person)
    started = candidate.submit(f"/exams/{exam.id}", action=f"/exams/{exam.id}/start")
    assert started.status_code == 303, started.text
    assert candidate.submit(started.location, action=f"{started.location}/submit").status_code == 303
    assert kept(hall) == 0


def test_an_upload_is_taken_once(hall: Hall, author: Portal) -> None:
    with hall.inside():
        bank: UUID = BankFactory().id
    at = f"/manage/banks/{bank}/import"
    form = filled(author, at, text="::One:: Is it? {T}\n")
    first, second = author.post(at, form), author.post(at, form)
    assert (first.status_code, first.location) == (303, second.location), first.text
    with hall.inside():
        assert not db.session.scalar(sa.select(sa.func.count(Question.id)).where(Question.tenant_id == tenant_id()))


def looked_at(hall: Hall, author: Portal, count: int = 3) -> str:
    """The page of an import that is read."""
    with hall.inside():
        bank: UUID = BankFactory().id
    text = "".join(f"::Q{number}:: Is it {number}? {{T}}\n\n" for number in range(count))
    return author.submit(f"/manage/banks/{bank}/import", {"text": text}).location


def pressed(author: Portal, at: str, act: str) -> dict[str, Any]:
    """What a button of the page of an import sends."""
    own = [form.values for form in forms(author.get(at)) if form.action.startswith(at)]
    return next(each for each in own if each.get("act", "commit") == act) | {"act": act}


@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "all at once"])
def test_an_import_is_committed_undone_and_discarded_once(hall: Hall, author: Portal, together: bool) -> None:
    devices = windows(hall, author, 3)

    def press(form: dict[str, Any]) -> list[Any]:
        if together:
            return at_once(3, lambda n: devices[n].post(at, form))
        return [device.post(at, form) for device in devices]

    at = looked_at(hall, author)
    for act, said in (("commit", "3 questions are in the bank."), ("undo", "The import is undone: the bank is as")):
        answers = press(pressed(author, at, act))
        assert {(answer.status_code, answer.location) for answer in answers} == {(303, at)}
        for device, answer in zip(devices, answers, strict=True):
            page = device.follow(answer).text
            assert said in page
            assert 'class="alert alert-error' not in page
    at = looked_at(hall, author)
    answers = press(pressed(author, at, "discard"))
    assert {answer.status_code for answer in answers} == {303}
    assert all("The import is discarded." in d.follow(a).text for d, a in zip(devices, answers, strict=True))


def test_a_button_of_an_import_that_went_on_leads_to_where_it_stands(hall: Hall, author: Portal) -> None:
    at = looked_at(hall, author)
    early = pressed(author, at, "commit")
    assert author.post(at, early).status_code == 303
    undone = author.post(at, pressed(author, at, "undo"))
    assert "the bank is as it was before" in author.follow(undone).text
    late = author.post(at, early)
    assert (late.status_code, late.location) == (303, at)
    page = author.follow(late).text
    assert "This import was undone." in page
    assert "is done with" in page


@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "all at once"])
@pytest.mark.parametrize("what", ["a new person", "a new password"])
def test_a_one_time_password_is_made_and_shown_once(hall: Hall, what: str, together: bool) -> None:
    admin, person = Portal(hall, hall.person("admin")), hall.person("candidate", email="ana@northwind.example")
    if what == "a new person":
        at, page, email = "/manage/users/new", "/manage/users/new", "bea@northwind.example"
        form = filled(admin, page, name="Bea", email=email, role="candidate")
    else:
        at, page, email = f"/manage/users/{person.id}/password", f"/manage/users/{person.id}", person.email
        form = filled(admin, page, action=at)
    devices = windows(hall, admin, 3)
    if together:
        answers = at_once(3, lambda n: devices[n].post(at, form))
    else:
        answers = [device.post(at, form) for device in devices]
    (shown,) = (answer for answer in answers if answer.status_code != 303)
    one_time = re.search(r'<code id="one-time-password">([^<]+)<', shown.text)[1]  # type: ignore[index]
    (place,) = {answer.location for answer in answers if answer.status_code == 303}
    there = admin.get(place).text
    assert email in there
    assert "was shown once" in there
    assert "1–1 of 1" in admin.get(f"/manage/users?q={email}").text
    assert Portal(hall).sign_in(email, one_time).status_code == 303
    with hall.inside():
        kept = db.session.scalars(sa.select(Receipt.body).where(Receipt.tenant_id == tenant_id())).all()
    assert one_time not in str(kept)
