"""Repeated questions of a bank are told on demand and retired."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bank.factories import BODIES
from bank.importing import act, begun
from examhall.bank import operations
from examhall.bank.comparison import repeats
from examhall.bank.comparison.repeats import Repeats
from examhall.bank.models import KeptPair
from examhall.bank.reading import load_question
from examhall.extensions import db
from examhall.storage.records import tenant_id
from hall import Api, Hall
from portal import Portal, forms


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


def told(api: Api, bank: str, **asked: str) -> Any:
    answer = api.get(f"/banks/{bank}/duplicates", query_string=asked)
    assert answer.status_code == 200, answer.text
    return answer.json


def keep(api: Api, bank: str, *ids: str, kept: bool = True) -> int:
    return int(api.post(f"/banks/{bank}/duplicates", {"question_ids": [*ids], "kept": kept}).status_code)


def test_what_is_kept_beside_each_other_is_told_no_more_until_it_is_asked_for(hall: Hall) -> None:
    author = hall.api("author")
    bank, other = bank_of(author), bank_of(author)
    first, second = asked(author, bank, "Rhine", f"<p>{LONG}.</p>"), asked(author, bank, "Another", f"{LONG.upper()}!")
    third = asked(author, bank, "Third", f"<p>{LONG.replace('flows', 'runs')}.</p>")
    for name in ("One", "Two"):
        asked(author, other, name, LONG)
    assert keep(author, bank, first, second) == 204
    assert keep(author, bank, second, first) == 204, "once is as good as twice"
    assert keep(author, bank, third, first) == 204
    now = told(author, bank, near="true", kept="true")
    assert (now["same_total"], now["same"], now["near_total"], now["kept_total"]) == (0, [], 1, 2)
    assert [{each["id"] for each in pair["questions"]} for pair in now["near"]] == [{second, third}]
    assert [{each["id"] for each in pair["questions"]} for pair in now["kept"]] == [{first, third}, {first, second}]
    assert [pair["similarity"] for pair in now["kept"]] == [now["near"][0]["similarity"], 100]
    assert told(author, other)["same_total"] == 1
    assert told(author, bank)["kept"] == []
    assert keep(author, bank, first, second, kept=False) == 204
    assert keep(author, bank, first, second, kept=False) == 204
    again = told(author, bank)
    assert (again["same_total"], again["kept_total"]) == (1, 1)


def test_another_that_asks_the_same_brings_all_of_them_back(hall: Hall) -> None:
    author = hall.api("author")
    bank = bank_of(author)
    kept = [asked(author, bank, f"Rhine {number}", LONG) for number in range(3)]
    assert keep(author, bank, *kept[:2]) == 204
    assert told(author, bank)["same_total"] == 1, "the third is kept beside none"
    assert keep(author, bank, *kept) == 204
    assert told(author, bank)["same_total"] == 0
    fourth = asked(author, bank, "Rhine once more", LONG)
    (group,) = told(author, bank)["same"]
    assert [each["id"] for each in group["questions"]] == [*kept, fourth]
    author.patch(f"/questions/{fourth}", {"status": "retired"})
    assert (told(author, bank)["same_total"], told(author, bank)["kept_total"]) == (0, 3)
    author.patch(f"/questions/{kept[0]}", {"status": "retired"})
    assert (told(author, bank)["same_total"], told(author, bank)["kept_total"]) == (0, 1)


@pytest.mark.parametrize("look", [repeats.nearly, repeats.kept])
def test_what_is_retired_while_it_is_compared_is_left_out(hall: Hall, look: Callable[[UUID], Repeats]) -> None:
    author = hall.api("author")
    bank = bank_of(author)
    first, second = asked(author, bank, "Rhine", LONG), asked(author, bank, "Third", LONG.replace("flows", "runs"))
    if look is repeats.kept:
        assert keep(author, bank, first, second) == 204
    to_retire = [UUID(second)]

    def retire(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if to_retire and statement.startswith("SELECT"):
            with hall.inside():
                operations.update_question(load_question(to_retire.pop()), status="retired")

    with hall.inside() as app:
        event.listen(app.engines[None], "after_cursor_execute", retire)
        found = look(UUID(bank)).told
        event.remove(app.engines[None], "after_cursor_execute", retire)
    assert (found, to_retire) == ([], [])


def test_only_questions_of_the_bank_are_kept_beside_each_other(hall: Hall) -> None:
    author = hall.api("author")
    bank, other = bank_of(author), bank_of(author)
    one, elsewhere = asked(author, bank, "One", LONG), asked(author, other, "Elsewhere", LONG)
    nobodys = "00000000-0000-0000-0000-000000000000"
    for ids in ([one], [one, one], [one, elsewhere], [one, nobodys], [], [one] * 40):
        for kept in (True, False):
            assert keep(author, bank, *ids, kept=kept) == 422
    assert keep(author, nobodys, one, elsewhere) == 404
    assert keep(hall.api("marker"), bank, one, elsewhere) == 403


def test_what_an_import_brought_leaves_with_what_it_was_kept_beside(hall: Hall) -> None:
    author = hall.api("author")
    bank = bank_of(author)
    text = f"::A:: {LONG} {{T}}\n\n::B:: {LONG} {{T}}\n"
    job: Any = begun(author, bank, text)
    assert act(author, job, "commit").status_code == 200
    (group,) = told(author, bank)["same"]
    assert keep(author, bank, *(each["id"] for each in group["questions"])) == 204
    assert act(author, job, "undo").status_code == 200
    assert told(author, bank)["kept_total"] == 0
    with hall.inside():
        assert not db.session.scalar(sa.select(sa.func.count(KeptPair.id)).where(KeptPair.tenant_id == tenant_id()))


def test_the_page_keeps_both_and_shows_them_where_that_is_wanted(hall: Hall) -> None:
    author = hall.api("author")
    bank = bank_of(author)
    asked(author, bank, "Rhine", f"<p>{LONG}.</p>")
    asked(author, bank, "Rhine again", f"<p>{LONG.replace('flows', 'runs')}.</p>")
    portal, page = Portal(hall, author.person), f"/manage/banks/{bank}/duplicates"

    def press(address: str, act: str) -> str:
        shown = portal.get(address)
        assert f'name="act" value="{act}"' in shown.text
        (form,) = (each for each in forms(shown) if "question_id" in each.values and "revision" not in each.values)
        sent = form.values | {"act": act, "question_id": re.findall(r'name="question_id" value="([^"]+)"', shown.text)}
        answer = portal.post(address, sent)
        assert (answer.status_code, answer.location) == (303, address)
        return portal.follow(answer).text

    after = press(f"{page}?near=true", "keep")
    assert "No two questions are nearly the same." in after
    assert "One pair is kept and not shown." in after
    assert f'href="{page}?kept=true"' in after
    shown = portal.get(f"{page}?kept=true").text
    assert "Rhine again" in shown
    assert '<ins><span class="visually-hidden">[only here: </span>runs' in shown
    assert "Rhine again" not in press(f"{page}?kept=true", "tell")
    assert "Rhine again" in portal.get(f"{page}?near=true").text
    token = forms(portal.get(page))[-1].values["csrf_token"]
    assert portal.post(page, {"csrf_token": token, "act": "keep", "question_id": "x"}).status_code == 422
    assert portal.get(f"{page}?kept=perhaps").status_code == 400
