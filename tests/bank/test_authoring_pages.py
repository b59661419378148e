"""Questions are looked at and tried out while they are written, and saved as drafts or ready; no trial is stored."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

import pytest

from bank.factories import BankFactory
from examhall.bank.authoring.trial import trial
from examhall.bank.types import TYPES, type_named
from examhall.errors import Invalid
from hall import Api, Hall
from portal import Portal, forms

CHOICE = {
    "prompt": r"Half of \(x\)?", "options-0-text": "a", "options-0-fraction": "1", "options-0-feedback": "Well done.",
    "options-1-text": "b", "options-1-fraction": "0", "right_feedback": "Go on.", "feedback": "It is a.",
}  # fmt: skip


@pytest.fixture
def author(hall: Hall) -> Portal:
    return Portal(hall, hall.person("author"))


@pytest.fixture
def api(hall: Hall) -> Api:
    return hall.api("author")


@pytest.fixture
def bank(hall: Hall) -> UUID:
    with hall.inside():
        return BankFactory(name="Physics").id


def preview(author: Portal, bank: UUID, kind: str, fields: dict[str, str], response: Any = None) -> str:
    """What the server draws for a form, sent as its page's script sends it."""
    page = author.get(f"/manage/banks/{bank}/questions/new?type={kind}").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    data = fields | {"csrf_token": token[1]} | ({"response": json.dumps(response)} if response else {})
    answer = author.post(f"/manage/questions/preview?type={kind}", data)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_has_the_page_of_a_new_question_which_may_be_sent_as_it_is(
    author: Portal, bank: UUID, kind: str
) -> None:
    path = f"/manage/banks/{bank}/questions/new?type={kind}"
    page = author.get(path)
    assert page.status_code == 200
    assert "data-trial" in page.text
    refused = author.submit(path, {})
    assert refused.status_code == 422
    assert 'href="#prompt"' in refused.text


def test_a_question_is_looked_at_before_it_is_saved(author: Portal, api: Api, bank: UUID) -> None:
    seen = preview(author, bank, "single_choice", CHOICE)
    assert 'data-tried="shown"' in seen
    assert "<math" in seen
    assert "Well done." not in seen
    assert api.get(f"/banks/{bank}/questions").json == []


def test_what_is_missing_is_said(author: Portal, bank: UUID) -> None:
    seen = preview(author, bank, "single_choice", {"prompt": "What?", "options-0-text": "a"})
    assert 'data-tried="incomplete"' in seen
    assert "Give at least 2 entries here." in seen


def test_an_answer_is_tried_with_all_that_is_said_about_it(author: Portal, bank: UUID) -> None:
    seen = preview(author, bank, "single_choice", CHOICE, {"choice": "o1"})
    for text in ('data-tried="answered"', "100", "Well done.", "Go on.", "It is a."):
        assert text in seen, text
    wrong = preview(author, bank, "single_choice", CHOICE, {"choice": "o2"})
    assert "Go on." not in wrong


def test_an_answer_that_cannot_be_read_is_no_fault_of_the_server(author: Portal, bank: UUID) -> None:
    for response in ({"choice": "zz"}, ["x"], "x"):
        assert 'data-tried="incomplete"' in preview(author, bank, "single_choice", CHOICE, response)


def test_a_trial_grades_as_an_attempt_does() -> None:
    kind = type_named("ordering")
    body = kind.validate({"prompt": "?", "items": [{"text": "a"}, {"text": "b"}], "partial_feedback": "Nearly."})
    right = trial(kind, body, {"order": ["i1", "i2"]})
    assert (right["fraction"], right["correctness"], right["correct"]) == (1, "right", {"order": ["i1", "i2"]})
    assert trial(kind, body, {"order": ["i2", "i1"]})["correctness"] == "wrong"
    assert "fraction" not in trial(kind, body)
    with pytest.raises(Invalid):
        trial(kind, body, {"order": ["i1"]})


def test_what_a_person_marks_waits_for_that() -> None:
    kind = type_named("essay")
    assert trial(kind, kind.validate({"prompt": "Why?"}), {"text": "So."})["correctness"] == "pending"


def test_a_formula_is_looked_at_while_it_is_written(author: Portal) -> None:
    drawn = author.get(r"/manage/formulas/preview?latex=\frac{1}{2}&display=block").text
    assert '<math display="block">' in drawn
    for latex in ("{", r"\href{javascript:alert(1)}{x}", "<script>", ""):
        seen = author.get("/manage/formulas/preview", query_string={"latex": latex}).text
        assert "<script>" not in seen
        assert "href" not in seen


def test_a_question_that_is_ready_may_be_changed_as_a_draft_and_then_made_ready(
    author: Portal, api: Api, bank: UUID
) -> None:
    assert author.submit(f"/manage/banks/{bank}/questions/new?type=single_choice", CHOICE).status_code == 303
    (question,) = api.get(f"/banks/{bank}/questions").json
    path = f"/manage/questions/{question['id']}"
    assert "Save as a draft" in author.get(f"{path}/edit").text
    author.submit(f"{path}/edit", {"prompt": "Half?", "save_as": "draft"})
    assert api.get(f"/questions/{question['id']}").json["status"] == "draft"
    assert "Save and make ready" in author.get(f"{path}/edit").text
    author.submit(f"{path}/edit", {"prompt": "Half of it?", "save_as": "ready"})
    changed = api.get(f"/questions/{question['id']}").json
    assert (changed["status"], changed["body"]["prompt"]) == ("ready", "Half of it?")


def test_the_next_question_is_one_click_away(author: Portal, bank: UUID) -> None:
    path = f"/manage/banks/{bank}/questions/new?type=true_false"
    made = author.follow(author.submit(path, {"prompt": "So?", "correct": "true", "category": "Waves & light"}))
    (link,) = re.findall('href="([^"]+)"><svg[^>]*>.{,120}Another of this type', made.text)
    form = author.get(link.replace("&amp;", "&"))
    assert (form.status_code, 'value="Waves &amp; light"' in form.text) == (200, True)


@pytest.mark.parametrize(("language", "status"), [("es", 303), ("en", 422)])
def test_a_comma_is_the_decimal_sign_where_the_readers_language_has_it(
    author: Portal, api: Api, bank: UUID, language: str, status: int
) -> None:
    path = f"/manage/banks/{bank}/questions/new?type=numeric"
    answer_row = {"answers-0-value": "2,5", "answers-0-tolerance": "0,1", "answers-0-fraction": "1"}
    typed = {"prompt": "2.5?", "points": "1,5", **answer_row}
    (form,) = [form for form in forms(author.get(path)) if form.method == "post" and form.action == ""]
    answer = author.post(path, form.values | typed, headers={"Accept-Language": language})
    assert answer.status_code == status, answer.text
    if answer.location:
        made = api.get(f"/questions/{answer.location.rpartition('/')[2]}").json
        (read,) = made["body"]["answers"]
        assert (made["points"], read["value"], read["tolerance"]) == ("1.5", "2.5", "0.1")


def test_a_page_that_was_open_since_before_it_asked_for_a_language_still_makes_a_question(
    author: Portal, api: Api, bank: UUID
) -> None:
    path = f"/manage/banks/{bank}/questions/new?type=true_false"
    (form,) = [form for form in forms(author.get(path)) if form.method == "post" and form.action == ""]
    del form.values["language"]
    made = author.post(path, form.values | {"prompt": "Is it?", "correct": "true"})
    assert made.status_code == 303, made.text
    assert api.get(f"/questions/{made.location.rpartition('/')[2]}").json["language"] == ""
