"""Errors as production answers them: problem+json under /api, a page elsewhere, both with an id that the log knows."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from examhall.errors import (
    N_,
    BadRequest,
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    TooManyRequests,
    Unavailable,
)
from examhall.web.guards import authenticated, public, throttled
from examhall.web.routes import Route
from examhall.web.views import MethodView
from web.toy import ToyApp, ToyIn, ToyTenant, bearer, toy_box

ERRORS: dict[str, tuple[Exception, int, str]] = {
    "bad": (BadRequest(), 400, "bad_request"),
    "forbidden": (Forbidden(), 403, "forbidden"),
    "absent": (NotFound(), 404, "not_found"),
    "conflict": (Conflict(), 409, "conflict"),
    "stale": (PreconditionFailed(), 412, "precondition_failed"),
    "invalid": (Invalid(errors=[FieldError("name", N_("This is needed."))]), 422, "invalid"),
    "required": (PreconditionRequired(), 428, "precondition_required"),
    "often": (TooManyRequests(), 429, "too_many_requests"),
    "down": (Unavailable(), 503, "unavailable"),
    "ours": (Problem(), 500, "internal_error"),
    "named": (Conflict(N_("Only %(count)s are left."), code="sold_out", count=3), 409, "sold_out"),
    "bug": (ZeroDivisionError("the secret of the house"), 500, "internal_error"),
    "database": (OperationalError("SELECT secret", {}, Exception("connection refused")), 503, "unavailable"),
    "pool": (PoolTimeout("QueuePool limit of size 4"), 503, "unavailable"),
    "constraint": (IntegrityError("INSERT secret", {}, Exception("UNIQUE constraint failed")), 409, "conflict"),
    "raced": (StaleDataError("expected to update 1 row"), 412, "precondition_failed"),
    "driver": (sa.exc.DataError("INSERT secret", {}, Exception("invalid byte sequence")), 500, "internal_error"),
}


@public
class Faults(MethodView):
    """Raises what it is asked for."""

    def get(self, name: str) -> Any:
        raise ERRORS[name][0]


@authenticated
class Closed(MethodView):
    """Open to those who are signed in."""

    bodies = {"POST": ToyIn}

    def get(self) -> Any:
        return {}

    def post(self, data: ToyIn) -> Any:
        return {}


@public
@throttled("export")
class Seldom(MethodView):
    """Open once a minute."""

    def get(self) -> Any:
        return {}


ROUTES = [
    Route("/faults/<name>", "faults", Faults),
    Route("/api/v1/faults/<name>", "api_faults", Faults),
    Route("/closed", "closed", Closed),
    Route("/api/v1/closed", "api_closed", Closed),
    Route("/seldom", "seldom", Seldom),
    Route("/api/v1/seldom", "api_seldom", Seldom),
]
MEMBERS = {"type", "title", "status", "detail", "code", "errors", "request_id"}


@pytest.fixture
def app() -> ToyApp:
    return toy_box(ROUTES, tenant=ToyTenant(limits=ToyTenant().limits | {"export": "1/minute"}))


def test_these_are_the_settings_of_production(app: ToyApp) -> None:
    assert not app.testing
    assert not app.debug


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_of_the_api_is_a_problem_document(app: ToyApp, name: str) -> None:
    _, status, code = ERRORS[name]
    answer = app.test_client().get(f"/api/v1/faults/{name}")
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json.keys() == MEMBERS
    assert answer.json["status"] == status
    assert answer.json["code"] == code
    assert answer.json["type"] == f"urn:examhall:problem:{code}"
    assert answer.json["request_id"] == answer.headers["X-Request-ID"] != ""
    assert answer.headers["Cache-Control"] == "no-store"
    assert ("Retry-After" in answer.headers) is (status == 503)


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_of_a_page_is_a_page(app: ToyApp, name: str) -> None:
    _, status, _ = ERRORS[name]
    answer = app.test_client().get(f"/faults/{name}")
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert "<h1>" in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


@pytest.mark.parametrize("address", ["/api/v1/faults", "/faults"])
@pytest.mark.parametrize("name", ["bug", "database", "constraint", "driver", "pool"])
def test_nothing_of_the_inside_is_told(app: ToyApp, address: str, name: str) -> None:
    answer = app.test_client().get(f"{address}/{name}")
    for word in ("secret", "Traceback", "ZeroDivision", ".py", "SELECT", "INSERT", "constraint failed", "refused"):
        assert word not in answer.text


def test_what_is_told_fills_its_places(app: ToyApp) -> None:
    assert app.test_client().get("/api/v1/faults/named").json["detail"] == "Only 3 are left."


def test_a_field_is_named_with_its_remedy(app: ToyApp) -> None:
    errors = app.test_client().get("/api/v1/faults/invalid").json["errors"]
    assert errors == [{"field": "name", "message": "This is needed."}]


def test_the_log_holds_the_trace_and_the_same_id(app: ToyApp, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "examhall"):
        answer = app.test_client().get("/api/v1/faults/bug")
    record = next(record for record in caplog.records if record.levelno == logging.ERROR)
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError
    line = next(record for record in caplog.records if record.name == "examhall.access").getMessage()
    assert answer.json["request_id"] in line
    assert "GET '/api/v1/faults/bug' 500" in line


def test_every_request_has_an_id_of_its_own(app: ToyApp) -> None:
    client = app.test_client()
    ids = {client.get("/api/v1/seldom", headers={"X-Request-ID": "mine"}).headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3
    assert "mine" not in ids


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_what_flask_and_the_guards_refuse_has_the_same_face(app: ToyApp, prefix: str) -> None:
    client = app.test_client()
    signed_in = bearer(app)
    answers = {
        401: client.get(f"{prefix}/closed"),
        404: client.get(f"{prefix}/nothing-here"),
        405: client.delete(f"{prefix}/closed", headers=signed_in),
        413: client.post(f"{prefix}/closed", data=b"x" * 200_000, headers=signed_in),
        415: client.post(f"{prefix}/closed", data=b"<a/>", content_type="text/xml", headers=signed_in),
        422: client.post(f"{prefix}/closed", json={"name": ""}, headers=signed_in),
        400: client.post(f"{prefix}/closed", data=b"{", content_type="application/json", headers=signed_in),
        429: [client.get(f"{prefix}/seldom") for _ in range(2)][1],
        500: client.get(f"{prefix}/faults/bug"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer.mimetype == ("application/problem+json" if prefix else "text/html")
        assert answer.headers["X-Request-ID"] in answer.text
    assert answers[401].headers["WWW-Authenticate"] == "Bearer"
    assert set(answers[405].headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert int(answers[429].headers["Retry-After"]) >= 1


def test_a_path_with_a_line_break_cannot_forge_a_line_of_the_log(app: ToyApp, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "examhall.access"):
        app.test_client().get("/api/v1/%0d%0a2026 INFO all is well")
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 1
    assert "\n" not in lines[0]
    assert "\r" not in lines[0]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1//closed",
        "/api/v1/%2e%2e/closed",
        "/api/v1/closed%00",
        "/api/v1/closed;x=1",
        "/api/v1/closed.",
        "/api/v1/%252e",
        "/api/v1/closed/",
    ],
)
def test_30_strange_paths_are_not_found(app: ToyApp, path: str) -> None:
    answer = app.test_client().get(path)
    assert answer.status_code in {308, 404}


@pytest.mark.parametrize("accept", ["*/*;q=nan", "text/csv", "application/json;q=0", "x" * 5_000, "a/b," * 3_000, ""])
def test_34_whatever_is_accepted_there_is_an_answer(app: ToyApp, accept: str) -> None:
    client = app.test_client()
    assert client.get("/api/v1/closed", headers=bearer(app) | {"Accept": accept}).status_code == 200
    assert client.get("/api/v1/faults/absent", headers={"Accept": accept}).json["code"] == "not_found"
