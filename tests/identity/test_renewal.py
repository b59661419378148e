"""A sign-in in the portal over time: renewed without a word, ended when it was stolen, disabled or changed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from hall import Hall
from portal import Portal, forms

ACCESS, REFRESH = "northwind-access", "northwind-refresh"
HOST = "northwind.localhost"


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """A clock that stands still until it is moved."""
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tick=False) as clock:
        yield clock


def twin(hall: Hall, portal: Portal) -> Portal:
    """Another browser with the same cookies: a second tab, or a thief."""
    other = Portal(hall)
    for name in (ACCESS, REFRESH):
        cookie = portal.client.get_cookie(name, domain=HOST)
        other.client.set_cookie(name, cookie.value, domain=HOST)
    return other


def is_in(portal: Portal) -> bool:
    """Whether the browser gets the page, after a renewal where one is due."""
    answer = portal.get("/account", follow_redirects=True)
    assert answer.status_code == 200
    return answer.request.path == "/account"


def test_a_page_after_the_access_token_ran_out_comes_after_one_redirect(
    hall: Hall, clock: time_machine.Coordinates
) -> None:
    portal = Portal(hall, hall.person("candidate"))
    clock.shift(timedelta(minutes=16))
    renewed = portal.get("/account?from=here")
    assert (renewed.status_code, renewed.location) == (307, "/account?from=here")
    assert portal.follow(renewed).status_code == 200


def test_a_browser_that_dropped_the_expired_cookie_is_renewed_as_well(
    hall: Hall, clock: time_machine.Coordinates
) -> None:
    portal = Portal(hall, hall.person("candidate"))
    portal.client.delete_cookie(ACCESS, domain=HOST)
    assert is_in(portal)
    assert portal.client.get_cookie(ACCESS, domain=HOST)


def test_what_was_typed_for_an_hour_is_saved_all_the_same(hall: Hall, clock: time_machine.Coordinates) -> None:
    candidate = hall.person("candidate")
    portal = Portal(hall, hall.person("admin"))
    address = f"/manage/users/{candidate.id}"
    form = next(form for form in forms(portal.get(address)) if "revision" in form.values)
    clock.shift(timedelta(hours=1))
    answer = portal.post(address, form.values | {"name": "Typed in peace"})
    assert (answer.status_code, answer.location) == (307, address)
    saved = portal.post(answer.location, form.values | {"name": "Typed in peace"}, follow_redirects=True)
    assert saved.status_code == 200
    assert "Typed in peace" in saved.text


def test_a_form_of_another_site_is_not_renewed_into_effect(hall: Hall, clock: time_machine.Coordinates) -> None:
    candidate = hall.person("candidate")
    portal = Portal(hall, hall.person("admin"))
    clock.shift(timedelta(hours=1))
    assert portal.post(f"/manage/users/{candidate.id}/access", {"active": "false"}).status_code == 403
    portal.client.delete_cookie(ACCESS, domain=HOST)
    answer = portal.post(f"/manage/users/{candidate.id}/access", {"active": "false"})
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert hall.api(candidate).get("/me").status_code == 200


def test_two_tabs_that_renew_at_the_same_moment_both_stay_in(hall: Hall, clock: time_machine.Coordinates) -> None:
    first = Portal(hall, hall.person("candidate"))
    tabs = [first, twin(hall, first)]
    clock.shift(timedelta(minutes=16))
    together = Barrier(len(tabs))

    def renew(tab: Portal) -> int:
        together.wait()
        return tab.get("/account").status_code

    with ThreadPoolExecutor(len(tabs)) as threads:
        assert list(threads.map(renew, tabs)) == [307, 307]
    assert all(is_in(tab) for tab in tabs)
    clock.shift(timedelta(minutes=16))
    assert all(is_in(tab) for tab in tabs)


def test_a_stolen_refresh_token_ends_the_session_for_thief_and_owner(
    hall: Hall, clock: time_machine.Coordinates
) -> None:
    owner = Portal(hall, hall.person("candidate"))
    thief = twin(hall, owner)
    clock.shift(timedelta(minutes=16))
    assert is_in(owner)
    clock.shift(timedelta(seconds=31))
    thief.client.delete_cookie(ACCESS, domain=HOST)
    assert not is_in(thief)
    assert not is_in(owner)


def test_after_two_weeks_one_signs_in_again_however_often_one_came(hall: Hall, clock: time_machine.Coordinates) -> None:
    portal = Portal(hall, hall.person("candidate"))
    for _ in range(13):
        clock.shift(timedelta(days=1))
        assert is_in(portal)
    clock.shift(timedelta(days=1, seconds=1))
    assert not is_in(portal)


def test_whoever_is_disabled_is_out_at_once_and_in_again_only_by_signing_in(hall: Hall) -> None:
    person, admin = hall.person("candidate"), Portal(hall, hall.person("admin"))
    portal, app = Portal(hall, person), hall.api(person)
    page = f"/manage/users/{person.id}"
    assert admin.submit(page, {"active": "false"}, action=f"{page}/access").status_code == 303
    assert not is_in(portal)
    assert app.get("/me").status_code == 401
    assert Portal(hall).sign_in(person.email).status_code == 401
    assert admin.submit(page, {"active": "true"}, action=f"{page}/access").status_code == 303
    assert not is_in(portal)
    assert Portal(hall).sign_in(person.email).status_code == 303


def test_another_role_means_signing_in_again(hall: Hall) -> None:
    person, admin = hall.person("author"), Portal(hall, hall.person("admin"))
    portal = Portal(hall, person)
    assert is_in(portal)
    assert admin.submit(f"/manage/users/{person.id}", {"role": "candidate"}).status_code == 303
    assert not is_in(portal)


def test_the_cookies_of_one_organization_open_nothing_in_another(hall: Hall) -> None:
    here = Portal(hall, hall.person("admin"))
    there = Portal(hall, slug="qalam")
    for name in ("access", "refresh"):
        cookie = here.client.get_cookie(f"northwind-{name}", domain=HOST)
        there.client.set_cookie(f"qalam-{name}", cookie.value, domain="qalam.localhost")
    assert not is_in(there)


@pytest.mark.parametrize("path", ["/api/v1/banks/{}/imports", "/manage/banks/{}/import"])
@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_what_a_stranger_sends_beside_a_cookie_stays_unread(hall: Hall, path: str, kind: str) -> None:
    class Unread(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("it was read")

        readinto = readline = read  # type: ignore[assignment]

    stranger = Portal(hall)
    stranger.client.set_cookie(f"northwind-{kind}", "of.no.value", domain=HOST)
    answer = stranger.client.post(
        path.format(uuid4()), base_url=stranger.base_url, input_stream=Unread(),
        content_type="multipart/form-data; boundary=b", environ_overrides={"CONTENT_LENGTH": "60000000"},
    )  # fmt: skip
    assert answer.status_code == (401 if path.startswith("/api") else 303)
