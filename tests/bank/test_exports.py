"""What goes out of a bank beside its questions: what its categories say of themselves."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from bank.importing import act, begun
from hall import Api, Hall
from portal import Portal

CATEGORIES = {"Sums": ("top-1", "All of it.\n\nAnd more."), "Sums/Long": ("", "With carrying"), "Empty": ("e", "None")}
QUESTION = {"type": "true_false", "name": "Two", "body": {"prompt": "1 + 1 = 2", "correct": True}}


@pytest.fixture
def author(hall: Hall) -> Api:
    return hall.api("author")


@pytest.fixture
def bank(author: Api) -> Any:
    bank = author.post("/banks", {"name": "Numbers"}).json["id"]
    places: dict[str, str] = {}
    for path, (external_id, description) in CATEGORIES.items():
        above, _, name = path.rpartition("/")
        told = {"name": name, "external_id": external_id, "description": description}
        told |= {"parent_id": places[above]} if above else {}
        places[path] = author.post(f"/banks/{bank}/categories", told).json["id"]
    asked = author.post(f"/banks/{bank}/questions", QUESTION | {"category": "Sums/Long"})
    assert asked.status_code == 201, asked.text
    return bank


def described(author: Api, bank: Any) -> dict[str, tuple[str, str]]:
    rows = author.get(f"/banks/{bank}/categories").json
    return {row["path"]: (row["external_id"], row["description"]) for row in rows}


@pytest.mark.parametrize("name", ["examhall", "moodle_xml"])
def test_what_categories_say_comes_into_another_bank(author: Api, bank: UUID, name: str) -> None:
    assert author.get(f"/banks/{bank}/export/check?format={name}").json["losses"] == []
    file = author.get(f"/banks/{bank}/export?format={name}")
    other = author.post("/banks", {"name": "Other"}).json["id"]
    assert act(author, begun(author, other, file.data), "commit").status_code == 200
    assert described(author, other) == {path: CATEGORIES[path] for path in ("Sums", "Sums/Long")}


@pytest.mark.parametrize("name", ["gift", "csv", "xlsx", "aiken", "qti_2.1", "qti_3.0"])
def test_a_format_without_a_place_for_it_tells_so_once(author: Api, bank: UUID, name: str) -> None:
    author.post(f"/banks/{bank}/questions", QUESTION | {"category": "Sums"})
    losses = author.get(f"/banks/{bank}/export/check?format={name}").json["losses"]
    assert str(losses).count("The description of a category") == 1


def test_what_a_format_lacks_is_said_in_the_readers_language(hall: Hall) -> None:
    person = hall.person("author", "qalam")
    author, portal = hall.api(person), Portal(hall, person)
    bank = author.post("/banks", {"name": "Numbers"}).json["id"]
    author.post(f"/banks/{bank}/questions", QUESTION | {"tags": ["sums"]})
    arabic = {"headers": {"Accept-Language": "ar"}}
    told = author.get(f"/banks/{bank}/export/check?format=aiken", **arabic).text
    page = portal.get(f"/manage/banks/{bank}/export?format=aiken", **arabic).text
    for text in (str(json.loads(told)), page):
        assert "Aiken" in text
        assert "The tags" not in text
    assert "go into the file" not in page


def test_questions_beside_what_is_described_lose_nothing(author: Api, bank: UUID) -> None:
    author.post(f"/banks/{bank}/questions", QUESTION | {"name": "Alone"})
    losses = author.get(f"/banks/{bank}/export/check?format=gift&q=Alone").json["losses"]
    assert not any("description" in str(loss) for loss in losses)
