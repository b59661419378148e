"""Filing at the same moment, on both engines: one tree, nobody turned away, and nothing half done."""

from __future__ import annotations

import io
from random import Random
from threading import Thread
from time import sleep
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from bank.factories import BODIES, BankFactory, QuestionFactory, gift
from examhall.bank.filing import categories
from examhall.bank.models import Category
from examhall.extensions import db
from examhall.storage.records import tenant_id
from faults.test_races import at_once, client
from hall import Api, Hall

ROUNDS = 6


@pytest.fixture
def author(hall: Hall) -> Api:
    return hall.api("author")


@pytest.fixture
def bank(hall: Hall) -> UUID:
    with hall.inside():
        return BankFactory().id


def devices(hall: Hall, author: Api, count: int) -> list[Api]:
    return [client(hall, author) for _ in range(count)]


def filled(hall: Hall, bank: UUID, count: int, **values: Any) -> list[str]:
    with hall.inside():
        return [str(QuestionFactory(bank_id=bank, **values).id) for _ in range(count)]


def paths(hall: Hall, bank: UUID) -> list[str]:
    with hall.inside():
        rows = db.session.scalars(
            sa.select(Category.path).where(Category.tenant_id == tenant_id(), Category.bank_id == bank)
        )
        return sorted(rows)


def stand_where_they_say(author: Api, bank: UUID) -> None:
    """Every question names the path of the category that it stands in."""
    tree = {row["id"]: row["path"] for row in author.get(f"/banks/{bank}/categories").json}
    for row in author.get(f"/banks/{bank}/questions?page_size=100").json:
        assert row["category"] == tree.get(row["category_id"], ""), row


def test_questions_that_are_written_under_one_new_path_share_its_categories(
    hall: Hall, author: Api, bank: UUID
) -> None:
    at = devices(hall, author, 8)
    for number in range(ROUNDS):
        path = f"top {number}/middle/leaf"
        new = {"type": "numeric", "body": BODIES["numeric"], "category": path}
        answers = at_once(8, lambda n, new=new: at[n].post(f"/banks/{bank}/questions", new))
        assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
        assert len({answer.json["category_id"] for answer in answers}) == 1
    found = paths(hall, bank)
    assert len(found) == len(set(found)) == 3 * ROUNDS


def test_files_and_categories_of_the_same_names_come_at_once(hall: Hall, author: Api, bank: UUID) -> None:
    at = devices(hall, author, 4)
    file = b"$CATEGORY: one/two\n\n::A::Is it? {T}\n\n$CATEGORY: one/three\n\n::B::Is it so? {F}\n"

    def act(number: int) -> Any:
        if number == 3:
            return at[number].post(f"/banks/{bank}/categories", {"name": "one"})
        data = {"file": (io.BytesIO(file), "q.gift")}
        return at[number].post(f"/banks/{bank}/imports?commit=true", data=data)

    answers = at_once(4, act)
    assert [answer.status_code for answer in answers[:3]] == [201] * 3, [answer.text for answer in answers]
    assert answers[3].status_code in (201, 422)
    assert paths(hall, bank) == ["one", "one/three", "one/two"]
    stand_where_they_say(author, bank)


def test_bulk_actions_on_the_same_questions_take_turns(hall: Hall, author: Api, bank: UUID) -> None:
    ids = filled(hall, bank, 30, category="before")
    target = author.post(f"/banks/{bank}/categories", {"name": "after"}).json["id"]
    at, chance = devices(hall, author, 6), Random(7)
    wishes: list[dict[str, Any]] = [
        {"action": "tag", "tag": "red"}, {"action": "tag", "tag": "green"}, {"action": "move", "category_id": target},
        {"action": "status", "status": "retired"}, {"action": "untag", "tag": "red"}, {"action": "tag", "tag": "blue"},
    ]  # fmt: skip
    for _ in range(ROUNDS):
        orders = [chance.sample(ids, len(ids)) for _ in wishes]
        answers = at_once(
            len(wishes), lambda n, orders=orders: at[n].post(f"/banks/{bank}/bulk", wishes[n] | {"ids": orders[n]})
        )
        assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
        undone = at_once(len(wishes), lambda n, done=answers: at[n].post(f"/bulk/{done[n].json['id']}/undo"))
        assert {answer.status_code for answer in undone} == {200}, [answer.text for answer in undone]
        stand_where_they_say(author, bank)
    rows = author.get(f"/banks/{bank}/questions?page_size=100").json
    assert len(rows) == 30
    assert all(len(row["tags"]) == len(set(row["tags"])) for row in rows)


def test_a_tree_that_changes_while_many_questions_do(hall: Hall, author: Api, bank: UUID) -> None:
    ids = filled(hall, bank, 40, category="a/b")
    other = author.post(f"/banks/{bank}/categories", {"name": "c"}).json["id"]
    at, chance = devices(hall, author, 5), Random(11)
    for number in range(ROUNDS):
        top = next(row for row in author.get(f"/banks/{bank}/categories").json if row["path"].count("/") == 0
                   and row["id"] != other)  # fmt: skip

        def act(n: int, number: int = number, top: Any = top, orders: Any = None) -> Any:
            if n == 0:
                return at[n].patch(f"/categories/{top['id']}", {"name": f"a{number}"})
            if n == 1:
                return at[n].patch(f"/categories/{other}", {"name": f"c{number}"})
            if n == 2:
                return at[n].post(f"/banks/{bank}/bulk", {"action": "move", "category_id": other, "ids": orders[n]})
            if n == 3:
                return at[n].post(f"/banks/{bank}/bulk", {"action": "tag", "tag": f"t{number % 5}", "ids": orders[n]})
            return at[n].post(f"/banks/{bank}/questions", {
                "type": "numeric", "body": BODIES["numeric"], "category": f"{top['path']}/b",
            })  # fmt: skip

        orders = [chance.sample(ids, len(ids)) for _ in range(5)]
        answers = at_once(5, lambda n, orders=orders: act(n, orders=orders))
        assert [answer.status_code for answer in answers] == [200, 200, 201, 201, 201], [a.text for a in answers]
        stand_where_they_say(author, bank)


def test_new_versions_from_files_while_many_questions_change(hall: Hall, author: Api, bank: UUID) -> None:
    file = gift(20).encode()
    first = author.post(f"/banks/{bank}/imports?commit=true", data={"file": (io.BytesIO(file), "q.gift")})
    assert first.status_code == 201, first.text
    ids = [row["id"] for row in author.get(f"/banks/{bank}/questions?page_size=100").json]
    at, chance = devices(hall, author, 4), Random(13)
    for number in range(ROUNDS):
        changed = {"file": (io.BytesIO(file.replace(b"What", f"In round {number}, what".encode())), "q.gift")}
        begun = author.post(f"/banks/{bank}/imports", data=changed).json["id"]
        assert author.patch(f"/imports/{begun}", {"duplicates": "new_version"}).status_code == 200

        def act(n: int, begun: str = begun, orders: Any = None) -> Any:
            if n == 0:
                return at[n].post(f"/imports/{begun}/commit")
            wish = {"action": "tag" if n % 2 else "untag", "tag": "seen", "ids": orders[n]}
            return at[n].post(f"/banks/{bank}/bulk", wish)

        orders = [chance.sample(ids, len(ids)) for _ in range(4)]
        answers = at_once(4, lambda n, orders=orders: act(n, orders=orders))
        assert [answer.status_code for answer in answers] == [200, 201, 201, 201], [a.text for a in answers]
        assert answers[0].json["found"]["versions"] == 20


def test_a_move_and_a_new_name_do_not_wait_for_each_other(
    hall: Hall, author: Api, bank: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = filled(hall, bank, 3, category="here")
    place = author.get(f"/banks/{bank}/categories").json[0]["id"]
    find, others = categories.find, []
    device = client(hall, author)

    def late(*args: Any) -> Any:
        """Somebody renames the category once the questions in it are held."""
        other = Thread(target=lambda: others.append(device.patch(f"/categories/{place}", {"name": "there"})))
        other.start()
        other.join(1)
        return find(*args)

    monkeypatch.setattr(categories, "find", late)
    moved = author.post(f"/banks/{bank}/bulk", {"action": "move", "category_id": place, "ids": ids})
    assert moved.status_code == 201, moved.text
    for _ in range(50):
        if others:
            break
        sleep(0.1)
    assert others[0].status_code == 200, others[0].text
    stand_where_they_say(author, bank)


def test_a_category_that_is_removed_while_a_question_comes_into_it(hall: Hall, author: Api, bank: UUID) -> None:
    at = devices(hall, author, 4)
    for number in range(ROUNDS):
        place = author.post(f"/banks/{bank}/categories", {"name": f"short-lived {number}"}).json

        def act(n: int, place: Any = place) -> Any:
            if n == 0:
                return at[n].delete(f"/categories/{place['id']}")
            return at[n].post(f"/banks/{bank}/questions", {
                "type": "numeric", "body": BODIES["numeric"], "category_id": place["id"],
            })  # fmt: skip

        removed, *written = at_once(4, act)
        assert removed.status_code in (204, 409), removed.text
        if removed.status_code == 409:
            assert removed.json["code"] == "category_not_empty"
        assert {answer.status_code for answer in written} <= {201, 422}, [answer.text for answer in written]
        stand_where_they_say(author, bank)
