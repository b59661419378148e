"""What a page's reader meets who has to do something first: renew the sign-in, sign in, or choose a password."""

from __future__ import annotations

from uuid import UUID

from flask import Response, current_app, make_response, redirect, request, url_for
from flask_jwt_extended import get_jwt

from examhall.errors import Problem
from examhall.extensions import db
from examhall.identity import operations
from examhall.identity.tokens import put_in_cookies
from examhall.web import guards


def challenge(problem: Problem) -> Response | None:
    """Renew the portal's session and send the browser back where it wanted to go, or to the sign-in page.

    Whoever came in with a one-time password is sent to choose their own. None for every other problem: it has a page.
    307 keeps a form's method and content, so that what was typed survives an access token that ran out meanwhile.
    """
    if problem.code == "password_change_required":
        return make_response(redirect(url_for("password"), 303))
    if problem.status != 401:
        return None
    if current_app.config["JWT_REFRESH_COOKIE_NAME"] in request.cookies and "Authorization" not in request.headers:
        db.session.rollback()
        try:
            guards.authenticate(refresh=True)
            claims = get_jwt()
            pair = operations.refresh(UUID(claims["sid"]), claims["jti"], claims["epoch"])
        except Problem:
            pass  # the session has ended: on to the sign-in page
        else:
            return put_in_cookies(make_response(redirect(_here(), 307)), pair)
    wanted = _here() if request.method in {"GET", "HEAD"} and request.endpoint != "home" else None
    return make_response(redirect(url_for("sign_in", next=wanted), 303))


def _here() -> str:
    # `full_path` leaves out /t/<slug>, and ends in "?" where there is no query
    return request.script_root + request.full_path.rstrip("?")
