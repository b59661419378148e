"""A question of a plugged type, written in its own form; `tests/bank/test_plugged.py` runs this with the package."""

from __future__ import annotations

from fourteen import made
from hall import MakeHall
from portal import Portal


def test_a_plugged_type_is_written_tried_and_changed_in_its_own_form(make_hall: MakeHall) -> None:
    hall = make_hall()
    person = hall.person("author")
    api, author = hall.api(person), Portal(hall, person)
    bank = made(api, "/banks", {"name": "Bank", "description": ""})["id"]
    new = f"/manage/banks/{bank}/questions/new"
    assert "Rating on a scale" in author.get(new).text
    said = {"prompt": "How sure is this?", "expected": "9"}
    refused = author.submit(f"{new}?type=scale_rating", said)
    assert refused.status_code == 422
    assert 'id="expected-error"' in refused.text
    assert author.submit(f"{new}?type=scale_rating", said | {"expected": "4"}).status_code == 303
    (question,) = api.get(f"/banks/{bank}/questions").json
    assert author.submit(f"/manage/questions/{question['id']}/edit", {"low_label": "Not at all"}).status_code == 303
    body = api.get(f"/questions/{question['id']}").json["body"]
    assert (body["steps"], body["expected"], body["low_label"]) == (5, 4, "Not at all")
