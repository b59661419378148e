"""Errors, from one type to two faces: problem+json (RFC 9457) under `/api/`, a branded page elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import gettext
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, TooManyRequests
from werkzeug.routing import RequestRedirect

from examhall.clock import now
from examhall.errors import (
    N_,
    BadRequest,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    Problem,
    Unauthenticated,
    Unavailable,
)
from examhall.errors import TooManyRequests as LimitReached
from examhall.extensions import limiter
from examhall.web.routes import API_PREFIX
from examhall.web.scope import request_id

logger = logging.getLogger("examhall.web")

_OTHER = {
    405: (
        "method_not_allowed",
        N_("This address does not take that method"),
        N_("See the Allow header for those it takes."),
    ),
    415: (
        "unsupported_media_type",
        N_("This kind of content is not taken here"),
        N_("Send JSON as application/json, in UTF-8."),
    ),
}
_KNOWN: dict[int, type[Problem]] = {
    400: BadRequest, 401: Unauthenticated, 403: Forbidden, 404: NotFound, 409: Conflict, 412: PreconditionFailed,
    413: PayloadTooLarge, 422: Invalid, 429: LimitReached, 503: Unavailable,
}  # fmt: skip


Challenge = Callable[[Problem], Response | None]


def init_problems(app: Flask, challenge: Challenge) -> None:
    """Let every error of every view end here; `challenge` answers a page's reader who has to do something else first,
    such as signing in, and gives None for all others.
    """
    app.extensions["challenge"] = challenge
    app.register_error_handler(Problem, answer)
    app.register_error_handler(
        HTTPException, lambda error: error if isinstance(error, RequestRedirect) else answer(of_http(error))
    )
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(PoolTimeout, _unavailable)
    app.register_error_handler(IntegrityError, _conflict)
    app.register_error_handler(StaleDataError, lambda error: answer(PreconditionFailed()))
    app.register_error_handler(DBAPIError, _unstorable)
    app.register_error_handler(Exception, _unexpected)


def is_api() -> bool:
    """Whether the present request is one of the JSON API."""
    return request.path.startswith(API_PREFIX)


def answer(problem: Problem) -> Response:
    """The problem as its reader can use it: JSON for programs, a page for people, the sign-in page for a visitor."""
    if is_api():
        response = make_response(current_app.json.response(as_json(problem)))
        response.content_type = "application/problem+json"
    else:
        challenge: Challenge = current_app.extensions["challenge"]
        elsewhere = challenge(problem)
        if elsewhere is not None:
            return elsewhere
        title, detail = translated(problem)
        response = make_response(
            render_template("error.html", status=problem.status, title=title, detail=detail, problem=problem,
                            errors=field_texts(problem), request_id=request_id())
        )  # fmt: skip
    response.status_code = problem.status
    response.headers.extend(problem.headers)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if problem.status == 503:
        response.headers.setdefault("Retry-After", "2")
    response.headers["Cache-Control"] = "no-store"
    return response


def as_json(problem: Problem) -> dict[str, Any]:
    """The members of the problem document; `type` is a URN that names the code."""
    title, detail = translated(problem)
    return {
        "type": f"urn:examhall:problem:{problem.code}",
        "title": title,
        "status": problem.status,
        "detail": detail,
        "code": problem.code,
        "errors": field_texts(problem),
        "request_id": request_id(),
    }


def translated(problem: Problem) -> tuple[str, str]:
    """Title and detail in the reader's language."""
    return gettext(problem.title), _filled(problem.detail, problem.params)


def field_texts(problem: Problem) -> list[dict[str, str]]:
    """The problem's field errors in the reader's language: `[{field, message}]`."""
    return [{"field": error.field, "message": _filled(error.message, error.params)} for error in problem.errors]


def _filled(message: str, params: Any) -> str:
    return str(gettext(message, **params) if params else gettext(message))


def of_http(error: HTTPException) -> Problem:
    """Werkzeug's or the limiter's error as a problem with our words, keeping headers such as `Allow`."""
    status = error.code or 500
    if status in _OTHER:
        problem = Problem(_OTHER[status][2], code=_OTHER[status][0])
        problem.title = _OTHER[status][1]
    elif status in _KNOWN:
        problem = _KNOWN[status]()
    else:
        problem = Problem(N_("Check the request and send it again.") if status < 500 else None)
        problem.title = BadRequest.title if status < 500 else Problem.title
        problem.code = (error.name or "error").lower().replace(" ", "_")
    problem.status = status
    problem.headers = {
        name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After", "Content-Range"}
    }
    if isinstance(error, TooManyRequests):
        problem.headers.setdefault("Retry-After", str(seconds_to_wait()))
    return problem


def seconds_to_wait() -> int:
    """Seconds until the limit that was reached opens again; at least 1."""
    limit = limiter.current_limit
    return max(1, int(limit.reset_at - now().timestamp())) if limit else 1


def _unavailable(error: Exception) -> Response:
    logger.error("a database did not answer: %s", error.__class__.__name__, exc_info=error)
    return answer(Unavailable())


def _conflict(error: IntegrityError) -> Response:
    logger.warning("a constraint refused a write: %s", error.orig)
    return answer(Conflict())


def _unstorable(error: DBAPIError) -> Response:
    logger.error("the database refused a statement", exc_info=error)
    return answer(Problem())


def _unexpected(error: Exception) -> Response:
    logger.error("unexpected %s", type(error).__name__, exc_info=error)
    return answer(Problem())
