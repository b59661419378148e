"""Repeated questions of a bank are told on demand and retired."""

from __future__ import annotations

from typing import Any

from bank.factories import BODIES
from hall import Api, Hall
from portal import Portal


def asked(api: Api, bank: str, name: str, prompt: str) -> str:
    body = BODIES["true_false"] | {"prompt": prompt}
    answer: Any = api.post(f"/banks/{bank}/questions", {"type": "true_false", "name": name, "body": body})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def bank_of(api: Api) -> str:
    made: Any = api.post("/banks", {"name": "Rivers"}).json
    return str(made["id"])


LONG = "The river Rhine rises in the Swiss Alps and flows into the North Sea near Rotterdam"


def test_what_asks_the_same_or_nearly_is_told_and_retired_ones_are_not(hall: Hall) -> None:
    author = hall.api("author")
    bank = bank_of(author)
    first, second = asked(author, bank, "Rhine", f"<p>{LONG}.</p>"), asked(author, bank, "Another", f"{LONG.upper()}!")
    third = asked(author, bank, "Third", f"<p>{LONG.replace('flows', 'runs')}.</p>")
    asked(author, bank, "Nile", "<p>The river Nile is longer than any other river of the whole continent.</p>")
    asked(author, bank_of(author), "Elsewhere", f"<p>{LONG}.</p>")
    plain: Any = author.get(f"/banks/{bank}/duplicates").json
    assert (plain["same_total"], plain["near_total"], plain["near"]) == (1, None, [])
    assert [each["id"] for each in plain["same"][0]["questions"]] == [first, second]
    author.patch(f"/questions/{second}", {"status": "retired"})
    told: Any = author.get(f"/banks/{bank}/duplicates?near=true").json
    assert (told["same_total"], told["near_total"]) == (0, 1)
    assert {each["id"] for each in told["near"][0]["questions"]} == {first, third}
    assert 90 <= told["near"][0]["similarity"] < 100
    assert author.get(f"/banks/{bank}/duplicates?near=perhaps").status_code == 400


def test_the_page_shows_them_side_by_side_and_retires_one(hall: Hall) -> None:
    author = hall.api("author")
    bank = bank_of(author)
    asked(author, bank, "Rhine", f"<p>{LONG}.</p>")
    asked(author, bank, "Rhine again", f"<p>{LONG.replace('flows', 'runs')}.</p>")
    portal, page = Portal(hall, author.person), f"/manage/banks/{bank}/duplicates?near=true"
    shown = portal.get(page).text
    assert '<del><span class="visually-hidden">[only here: </span>flows' in shown
    assert '<ins><span class="visually-hidden">[only here: </span>runs' in shown
    done = portal.submit(page)
    assert done.status_code == 303
    after = portal.follow(done).text
    assert "is retired" in after
    assert "No two questions are nearly the same." in after


def test_a_question_of_another_bank_is_not_retired_here(hall: Hall) -> None:
    author = hall.api("author")
    bank, other = bank_of(author), bank_of(author)
    for name in ("One", "Two"):
        asked(author, bank, name, LONG)
    question = asked(author, other, "Elsewhere", LONG)
    portal = Portal(hall, author.person)
    assert portal.submit(f"/manage/banks/{bank}/duplicates", {"question_id": question}).status_code == 404
    assert portal.submit(f"/manage/banks/{bank}/duplicates", {"revision": "9"}).status_code == 412
