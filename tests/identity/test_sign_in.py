"""Signing in, out and refreshing, as an app does it."""

from __future__ import annotations

from hall import PASSWORD, Hall


def test_a_candidate_signs_in_and_is_known(hall: Hall) -> None:
    person = hall.person("candidate")
    api = hall.api(person)
    assert api.tokens["token_type"] == "Bearer"
    assert api.tokens["expires_in"] == 900
    me = api.get("/me").json
    assert me["email"] == person.email
    assert me["permissions"] == ["exams.sit", "exams.view"]


def test_wrong_password_and_unknown_address_look_the_same(hall: Hall) -> None:
    person = hall.person("candidate")
    api = hall.api()
    wrong = api.post("/auth/login", {"email": person.email, "password": "not-the-password"})
    unknown = api.post("/auth/login", {"email": "nobody@northwind.example", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 401
    assert {**wrong.json, "request_id": ""} == {**unknown.json, "request_id": ""}


def test_a_refresh_token_works_once_and_its_second_use_ends_the_family(hall: Hall) -> None:
    api = hall.api("candidate")
    first = {"Authorization": f"Bearer {api.tokens['refresh_token']}"}
    second = api.post("/auth/refresh", headers=first).json
    assert api.get("/me", headers={"Authorization": f"Bearer {second['access_token']}"}).status_code == 200
    assert api.post("/auth/refresh", headers=first).status_code == 401
    assert api.get("/me", headers={"Authorization": f"Bearer {second['access_token']}"}).status_code == 401
    assert api.post("/auth/refresh", headers={"Authorization": f"Bearer {second['refresh_token']}"}).status_code == 401
