"""What happens around every request: its id, its line in the log, and the headers of its answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from uuid import uuid4

from flask import Flask, Response, g, request

from examhall.extensions import limiter
from examhall.web.problems import is_api
from examhall.web.scope import request_id, scope

access_log = logging.getLogger("examhall.access")

#: Nothing inline, nothing from elsewhere: what a tenant or an import smuggles into a text can't run. Bootstrap's own
#: stylesheet draws its ticks and arrows from data: pictures.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
#: Endpoints whose files carry their version in the address.
STATIC = frozenset({"static", "bootstrap.static", "brand_css"})


def init_hooks(app: Flask, *, tls: bool, origins: Callable[[], tuple[str, ...]]) -> None:
    """Register the hooks; `origins` gives the origins whose pages may call the current tenant's API."""
    app.before_request(_begin)
    # Flask runs these last registered first: CORS must also reach what the others leave as it is
    app.after_request(_log)
    app.after_request(lambda response: _cross_origin(response, origins()))
    app.after_request(lambda response: _secure(response, tls))
    limiter.request_filter(lambda: request.endpoint in STATIC)


def _begin() -> None:
    g.request_id = uuid4().hex
    g.began = time.perf_counter()


def _secure(response: Response, tls: bool) -> Response:
    headers = response.headers
    headers["X-Request-ID"] = request_id()
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if tls:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint not in STATIC:
        headers.setdefault("Cache-Control", "no-store")
        response.vary.update(("Cookie", "Authorization", "Accept-Language"))
    return response


def _cross_origin(response: Response, origins: tuple[str, ...]) -> Response:
    """CORS for bearer tokens only: credentials, and with them cookies, are never allowed."""
    if not is_api():
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin in origins:
        headers = response.headers
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = "ETag, Link, X-Total-Count, X-Request-ID, Retry-After, Location"
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, PUT, PATCH, DELETE"
            headers["Access-Control-Allow-Headers"] = (
                "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Accept-Language"
            )
            headers["Access-Control-Max-Age"] = "600"
    return response


def _log(response: Response) -> Response:
    # The path is written as Python would: a CR or an escape sequence in it can't forge a line
    took = (time.perf_counter() - g.began) * 1000 if "began" in g else 0
    access_log.info(
        "%s %s %r %d %.1fms %s", scope().slug, request.method, request.path, response.status_code, took, request_id()
    )
    return response
