"""Who may sit an exam: one, several or all candidates, and what they have beside the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from examhall.identity.roles import Role
from exams.factories import exam_of, fields
from hall import Api, Hall
from identity.factories import UserFactory

NOTHING = str(uuid4())
NONE = {"extra_minutes": 0, "extra_attempts": 0, "opens_at": None, "closes_at": None}


@pytest.fixture
def admin(hall: Hall) -> Api:
    return hall.api("admin")


@pytest.fixture
def path(hall: Hall) -> str:
    return f"/exams/{exam_of(hall, published=True)}/assignments"


def people_in(hall: Hall, count: int, slug: str = "northwind", **values: Any) -> list[str]:
    with hall.inside(slug):
        return [str(user.id) for user in UserFactory.create_batch(count, **values)]


def test_a_person_is_assigned_changed_and_taken_off(hall: Hall, admin: Api, path: str) -> None:
    person = hall.person("candidate", email="kim@northwind.example")
    own = {"extra_minutes": 15, "extra_attempts": 1, "opens_at": "2026-05-01T09:00:00Z", "closes_at": None}
    made = admin.post(path, {"user_id": str(person.id), **own})
    assert made.status_code == 201, made.text
    at = f"{path}/{made.json['id']}"
    assert made.headers["Location"].endswith(f"/api/v1{at}")
    told = {"user_id": str(person.id), "email": person.email, "name": f"Somebody {person.email}", **own}
    assert made.json == {"id": made.json["id"], **told}
    assert admin.get(path).json == [made.json]
    assert admin.get(at).json == made.json
    changed = admin.patch(at, {"extra_minutes": 30, "opens_at": None})
    assert changed.status_code == 200, changed.text
    assert changed.json == made.json | {"extra_minutes": 30, "opens_at": None}
    assert admin.delete(at).status_code == 204
    assert admin.get(path).json == []


def test_assigning_somebody_twice_is_refused_and_changes_nothing(hall: Hall, admin: Api, path: str) -> None:
    person = {"user_id": str(hall.person("candidate").id)}
    first = admin.post(path, person | {"extra_minutes": 5})
    again = admin.post(path, person | {"extra_minutes": 50})
    assert (again.status_code, again.json["code"]) == (409, "already_assigned")
    assert admin.get(path).json == [first.json]


def test_several_are_assigned_at_once_and_those_before_are_kept(hall: Hall, admin: Api, path: str) -> None:
    ids = people_in(hall, 3)
    kept = admin.post(path, {"user_id": ids[0], "extra_minutes": 5}).json
    made = admin.post(path, {"user_ids": [*ids, ids[1]], "extra_minutes": 10})
    assert made.status_code == 201, made.text
    assert {(row["user_id"], row["extra_minutes"]) for row in made.json} == {(ids[1], 10), (ids[2], 10)}
    assert kept in admin.get(path).json
    assert admin.get(path).headers["X-Total-Count"] == "3"
    assert admin.post(path, {"user_ids": ids}).json == []


def test_all_candidates_are_the_active_candidates_of_this_organization(hall: Hall, admin: Api, path: str) -> None:
    ids = people_in(hall, 2)
    (disabled,) = people_in(hall, 1)
    people_in(hall, 1, role=Role.AUTHOR)
    people_in(hall, 1, "qalam")
    admin.patch(f"/users/{disabled}", {"active": False})
    made = admin.post(path, {"all_candidates": True})
    assert made.status_code == 201, made.text
    assert {row["user_id"] for row in made.json} == {*ids}
    assert {row["user_id"] for row in admin.get(path).json} == {*ids}
    assert admin.post(path, {"all_candidates": True}).json == []


def test_assigning_many_is_one_insert(
    hall: Hall, admin: Api, path: str, statements: Callable[[Hall], list[str]]
) -> None:
    ids = people_in(hall, 30)
    seen = statements(hall)
    assert admin.post(path, {"user_ids": ids}).status_code == 201
    assert len([text for text in seen if text.startswith("INSERT")]) == 1


def test_people_are_found_by_name_and_address(hall: Hall, admin: Api, path: str) -> None:
    people_in(hall, 1, name="Ada Lovelace", email="ada@northwind.example")
    people_in(hall, 1, name="Blaise Pascal", email="blaise@northwind.example")
    admin.post(path, {"all_candidates": True})
    names = lambda query: [row["name"] for row in admin.get(f"{path}{query}").json]  # noqa: E731
    assert names("") == ["Ada Lovelace", "Blaise Pascal"]
    assert names("?order=-name&page_size=1") == ["Blaise Pascal"]
    assert names("?q=LOVE") == names("?q=ada%40") == ["Ada Lovelace"]
    assert names("?email=blaise@northwind.example") == ["Blaise Pascal"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "body"),
    ({"user_id": NOTHING, "all_candidates": True}, "body"),
    ({"user_id": NOTHING, "user_ids": [NOTHING]}, "body"),
    ({"user_id": NOTHING}, "user_id"),
    ({"user_ids": [NOTHING, str(uuid4())]}, "user_ids.0 user_ids.1"),
    ({"user_ids": []}, "user_ids"),
    ({"user_id": "me"}, "user_id"),
    ({"all_candidates": "yes"}, "all_candidates"),
    ({"all_candidates": True, "extra_minutes": -1}, "extra_minutes"),
    ({"all_candidates": True, "extra_minutes": 20_161}, "extra_minutes"),
    ({"all_candidates": True, "extra_attempts": None}, "extra_attempts"),
    (
        {"all_candidates": True, "opens_at": "2026-05-02T00:00:00Z", "closes_at": "2026-05-01T00:00:00Z"},
        "closes_at",
    ),
    ({"all_candidates": True, "opens_at": "2031-01-01T00:00:00Z"}, "closes_at"),
]


def test_what_can_not_be_is_refused_with_its_field(hall: Hall) -> None:
    admin = hall.api("admin")
    people_in(hall, 1)
    exam_id = exam_of(hall)
    admin.patch(f"/exams/{exam_id}", {"closes_at": "2030-01-01T00:00:00Z"})
    for sent, field in REFUSED:
        answer = admin.post(f"/exams/{exam_id}/assignments", sent)
        assert (answer.status_code, fields(answer)) == (422, field.split()), f"{sent}: {answer.text}"
    assert admin.get(f"/exams/{exam_id}/assignments").json == []


def test_only_candidates_of_this_organization_are_assigned(hall: Hall, admin: Api, path: str) -> None:
    for user_id in (*people_in(hall, 1, role=Role.AUTHOR), *people_in(hall, 1, "qalam")):
        answer = admin.post(path, {"user_id": user_id})
        assert (answer.status_code, fields(answer)) == (422, ["user_id"])


def test_an_own_window_is_one_when_it_is_changed(hall: Hall, admin: Api, path: str) -> None:
    made = admin.post(path, {"user_id": str(hall.person("candidate").id), "opens_at": "2026-05-02T00:00:00Z"}).json
    answer = admin.patch(f"{path}/{made['id']}", {"closes_at": "2026-05-01T00:00:00Z"})
    assert (answer.status_code, fields(answer)) == (422, ["closes_at"])
    assert admin.get(f"{path}/{made['id']}").json == made


def test_authors_read_assignments_and_only_admins_write_them(hall: Hall, admin: Api, path: str) -> None:
    person = {"user_id": str(hall.person("candidate").id)}
    at = f"{path}/{admin.post(path, person).json['id']}"
    for role in ("author", "marker", "invigilator", "candidate"):
        api = hall.api(role)
        assert {api.get(path).status_code, api.get(at).status_code} == {403 if role == "candidate" else 200}
        assert api.post(path, person).status_code == 403
        assert api.patch(at, {"extra_minutes": 1}, headers={}).status_code == 403
        assert api.delete(at, headers={}).status_code == 403


def test_foreign_and_strayed_assignments_are_not_there(hall: Hall, admin: Api, path: str) -> None:
    person = {"user_id": str(hall.person("candidate").id)}
    strayed = admin.post(path, person).json["id"]
    other, foreign = exam_of(hall), exam_of(hall, "qalam")
    for at in (f"/exams/{other}/assignments/{strayed}", f"/exams/{foreign}/assignments/{strayed}", f"{path}/{NOTHING}"):
        assert admin.get(at).status_code == 404
        assert admin.patch(at, {"extra_minutes": 1}, headers={}).status_code == 404
        assert admin.delete(at, headers={}).status_code == 404
    assert admin.get(f"/exams/{foreign}/assignments").status_code == 404
    assert admin.post(f"/exams/{foreign}/assignments", person).status_code == 404
