"""What stands on every answer: protection against other sites, and leave for those that the tenant lists."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from examhall.errors import Problem
from examhall.web.guards import permitted, public
from examhall.web.routes import Route
from examhall.web.views import MethodView
from web.toy import LISTED, ToyApp, bearer, toy_box


@permitted("toys.read")
class Toys(MethodView):
    """Something to read."""

    def get(self) -> Any:
        return {}


@public
class Fault(MethodView):
    """Fails."""

    def get(self) -> Any:
        raise Problem()


ROUTES = [
    Route("/api/v1/toys", "api_toys", Toys),
    Route("/toys", "toys", Toys),
    Route("/fault", "fault", Fault),
]


@pytest.fixture(scope="module")
def app() -> ToyApp:
    return toy_box(ROUTES)


def answers(app: ToyApp) -> list[TestResponse]:
    client, headers = app.test_client(), bearer(app, "toys.read")
    return [
        client.get("/api/v1/toys", headers=headers),
        client.get("/toys", headers=headers),
        client.get("/api/v1/toys"),
        client.get("/api/v1/nothing"),
        client.get("/nothing"),
        client.post("/toys"),
        client.get("/fault"),
        client.options("/api/v1/toys"),
        client.head("/toys", headers=headers),
    ]


def test_every_answer_is_protected(app: ToyApp) -> None:
    for answer in answers(app):
        policy = answer.headers["Content-Security-Policy"]
        for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert part in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["X-Request-ID"]
        assert "Strict-Transport-Security" not in answer.headers


def test_what_is_for_one_person_is_kept_by_no_cache(app: ToyApp) -> None:
    for answer in answers(app):
        assert answer.headers["Cache-Control"] == "no-store"
        assert {"Cookie", "Authorization", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))


def test_with_tls_the_browser_is_told_to_stay_with_it() -> None:
    for answer in answers(toy_box(ROUTES, tls=True)):
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_listed_origin_may_call_the_api(app: ToyApp) -> None:
    answer = app.test_client().get("/api/v1/toys", headers=bearer(app, "toys.read") | {"Origin": LISTED})
    assert answer.headers["Access-Control-Allow-Origin"] == LISTED
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]
    for name in ("ETag", "Link", "X-Total-Count", "Retry-After"):
        assert name in answer.headers["Access-Control-Expose-Headers"]


def test_it_asks_first_and_is_told_what_it_may(app: ToyApp) -> None:
    asked = {
        "Origin": LISTED,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    answer = app.test_client().options("/api/v1/toys", headers=asked)
    assert answer.status_code == 200, "a browser gives up on a preflight that is not ok"
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "If-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]


def test_it_can_read_why_it_was_refused(app: ToyApp) -> None:
    for path in ("/api/v1/toys", "/api/v1/nothing"):
        answer = app.test_client().get(path, headers={"Origin": LISTED})
        assert answer.status_code >= 400
        assert answer.headers["Access-Control-Allow-Origin"] == LISTED


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.test",
        LISTED + ".evil.test",
        LISTED.upper(),
        LISTED + "/",
        "http://app.example.org",
        "null",
        "*",
        LISTED + ":444",
    ],
)
def test_any_other_origin_may_not(app: ToyApp, origin: str) -> None:
    for call in (app.test_client().get, app.test_client().options):
        answer = call("/api/v1/toys", headers={"Origin": origin})
        assert not any(name.startswith("Access-Control-") for name, _ in answer.headers)


def test_pages_are_for_nobody_elses_scripts(app: ToyApp) -> None:
    answer = app.test_client().get("/toys", headers=bearer(app, "toys.read") | {"Origin": LISTED})
    assert "Access-Control-Allow-Origin" not in answer.headers
