"""Guessing passwords: counted per account, wherever it is tried; nothing is learnt from the answer or its time."""

from __future__ import annotations

import logging

import pytest
import time_machine

from examhall.identity import operations
from hall import PASSWORD, Hall
from portal import Portal

WRONG = "not-the-right-password"


def test_failures_count_per_account_on_page_api_and_password_change_alike(hall: Hall) -> None:
    person, bystander = hall.person("candidate"), hall.person("candidate")
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False) as clock:
        page, api, inside = Portal(hall), hall.api(), Portal(hall, person)
        for _ in range(4):
            assert page.sign_in(person.email, WRONG).status_code == 401
        for _ in range(3):
            assert api.post("/auth/login", {"email": f" {person.email.upper()} ", "password": WRONG}).status_code == 401
        for _ in range(3):
            change = {"current_password": WRONG, "new_password": "another-good-password"}
            assert inside.submit("/account/password", change).status_code == 422

        refused = page.sign_in(person.email)
        assert refused.status_code == 429
        assert "Too many requests" in refused.text
        assert int(refused.headers["Retry-After"]) > 600
        assert api.post("/auth/login", {"email": person.email, "password": PASSWORD}).status_code == 429
        change = {"current_password": PASSWORD, "new_password": "another-good-password"}
        assert inside.submit("/account/password", change).status_code == 429

        assert inside.get("/account").status_code == 200
        assert page.sign_in(bystander.email).status_code == 303
        clock.shift(16 * 60)
        assert Portal(hall).sign_in(person.email).status_code == 303


def test_an_unknown_address_is_limited_like_a_known_one(hall: Hall) -> None:
    api = hall.api()
    answers = [
        api.post("/auth/login", {"email": "nobody@northwind.example", "password": WRONG}).status_code for _ in range(11)
    ]
    assert answers == [401] * 10 + [429]


def test_each_organization_has_a_limit_of_its_own(hall: Hall) -> None:
    statuses = [Portal(hall, slug="qalam").sign_in("nobody@qalam.example", WRONG).status_code for _ in range(9)]
    assert statuses == [401] * 8 + [429]
    assert Portal(hall).sign_in("nobody@qalam.example", WRONG).status_code == 401


def test_every_refusal_costs_one_hash(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    person, disabled = hall.person("candidate"), hall.person("candidate")
    hall.api("admin").patch(f"/users/{disabled.id}", {"active": False})
    hashed, matches = [], operations.matches
    monkeypatch.setattr(operations, "matches", lambda known, given: hashed.append(known) or matches(known, given))
    for email in (person.email, disabled.email, "nobody@northwind.example", "no address at all", "x" * 900):
        assert hall.api().post("/auth/login", {"email": email, "password": WRONG}).status_code == 401
    assert Portal(hall).sign_in("a NUL \0 in the address", WRONG).status_code == 401
    assert len(hashed) == 6
    assert len({known.rpartition("$")[0].rpartition("$")[0] for known in hashed}) == 1  # all at the same costs


def test_no_log_tells_a_password_or_a_token(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    person = hall.person("candidate")
    app, portal = hall.api(person), Portal(hall, person)
    app.post("/auth/login", {"email": person.email, "password": WRONG})
    refreshed = app.post("/auth/refresh", headers={"Authorization": f"Bearer {app.tokens['refresh_token']}"}).json
    portal.submit("/account/password", {"current_password": PASSWORD, "new_password": "another-good-password"})
    cookies = [cookie.value for cookie in portal.client._cookies.values() if cookie.key.endswith(("access", "refresh"))]
    assert len(cookies) == 2
    for secret in (PASSWORD, WRONG, "another-good-password", "$argon2", *cookies, *_tokens(app.tokens, refreshed)):
        assert secret not in caplog.text
    assert "signed in" in caplog.text


def _tokens(*pairs: dict[str, str]) -> list[str]:
    return [pair[name] for pair in pairs for name in ("access_token", "refresh_token")]
