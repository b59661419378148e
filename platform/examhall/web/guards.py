"""Who may call a view and how often: policies recorded by class decorators, run at the one entry point of every view.

A decorator only records; `TenantView.dispatch_request` runs public or authenticated -> permitted -> throttled, always
in that order. Boot check, OpenAPI document and contract matrix read the same policy as data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, TypeVar, cast
from uuid import UUID

from flask import current_app, g, request
from flask_jwt_extended import current_user, decode_token, verify_jwt_in_request
from flask_jwt_extended.exceptions import CSRFError, JWTExtendedException
from jwt import ExpiredSignatureError, PyJWTError

from examhall.errors import N_, Forbidden, Unauthenticated
from examhall.extensions import client_address, limiter
from examhall.web.scope import scope

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

#: RFC 6750 §2.1, with the one spelling of base64url that JWTs have (RFC 7515 §2): no padding, nothing around it.
BEARER = re.compile(r"Bearer +[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")

#: The buckets that limits are counted in; each tenant gives each its size.
BUCKETS = ("visit", "read", "write", "save", "start", "import", "export")

V = TypeVar("V", bound=type)


class Principal(Protocol):
    """The person behind a request, as the framework needs it."""

    @property
    def id(self) -> UUID:
        """The person's id."""

    def require(self, permission: str) -> None:
        """Return if the person holds `permission`; raise `Forbidden` that says what to do otherwise."""


@dataclass(frozen=True)
class Policy:
    """Who may call a view and how often.

    `permissions` and `buckets` map a verb, or `*` for all, to the name of a permission or bucket.
    """

    access: Literal["public", "refresh", "authenticated"] | None = None
    permissions: Mapping[str, str] = field(default_factory=dict)
    buckets: Mapping[str, str] = field(default_factory=dict)

    def permission(self, verb: str) -> str | None:
        """The permission that `verb` needs, or None; HEAD is a GET whose answer stays short."""
        verb = "GET" if verb == "HEAD" else verb
        return self.permissions.get(verb, self.permissions.get("*"))

    def bucket(self, verb: str) -> str:
        """The bucket that `verb` is counted in."""
        verb = "GET" if verb == "HEAD" else verb
        usual = "visit" if self.access == "public" else "read" if verb in SAFE else "write"
        return self.buckets.get(verb, self.buckets.get("*", usual))


def _record(view: V, **changes: object) -> V:
    view.policy = replace(view.policy, **changes)  # type: ignore[attr-defined]
    return view


def public(view: V) -> V:
    """Class decorator: everybody may call this view."""
    return _record(view, access="public", permissions={})


def authenticated(view: V) -> V:
    """Class decorator: whoever is signed in may call this view."""
    return _record(view, access="authenticated")


def refreshed(view: V) -> V:
    """Class decorator: the caller shows a refresh token in place of an access token."""
    return _record(view, access="refresh", permissions={})


def permitted(permission: str | None = None, **by_verb: str) -> Callable[[V], V]:
    """Class decorator: the caller must hold a permission, `@permitted("exams.write")`, or one by verb, `GET="…"`."""
    permissions = {"*": permission} if permission else by_verb
    return lambda view: _record(view, access="authenticated", permissions=permissions)


def throttled(bucket: str | None = None, **by_verb: str) -> Callable[[V], V]:
    """Class decorator: count calls in a bucket: `@throttled("sign_in")` or one by verb, `PUT="save"`."""
    return lambda view: _record(view, buckets={"*": bucket} if bucket else by_verb)


def principal() -> Principal | None:
    """The person behind the present request; None on a public view and for a visitor."""
    return cast(Principal | None, g.get("principal"))


def check(policy: Policy) -> None:
    """Let the request pass or raise `Unauthenticated`, `Forbidden` or the limiter's own 429."""
    if policy.access != "public":
        person = authenticate(refresh=policy.access == "refresh")
        g.permission = policy.permission(request.method)
        if g.permission:
            person.require(g.permission)
    _COUNTERS[policy.bucket(request.method)]()


def authenticate(refresh: bool = False) -> Principal:
    """The person whom the request's token names, kept in `g.principal`.

    A request with an `Authorization` header never reads cookies: an app's request can't borrow a browser's session.
    """
    header = request.headers.get("Authorization")
    location = "cookies" if header is None else "headers"
    if header is not None and not BEARER.fullmatch(header):
        raise Unauthenticated()
    cookie = request.cookies.get(current_app.config[f"JWT_{'REFRESH' if refresh else 'ACCESS'}_COOKIE_NAME"])
    try:
        if cookie and location == "cookies":  # first: of strangers no form is read to look for the CSRF value
            with suppress(ExpiredSignatureError):
                decode_token(cookie)
        verify_jwt_in_request(locations=[location], refresh=refresh)
    except ExpiredSignatureError as error:
        raise Unauthenticated(N_("Your sign-in has run out. Sign in again."), code="token_expired") from error
    except CSRFError as error:
        raise Forbidden(N_("This form is out of date. Reload the page and send it again."), code="csrf") from error
    except (JWTExtendedException, PyJWTError, ValueError, TypeError, OverflowError) as error:
        # PyJWT lets some malformed claims (exp: 1e300) surface as arithmetic errors; to the caller all are one refusal.
        raise Unauthenticated() from error
    g.principal = cast(Principal, current_user._get_current_object())
    return cast(Principal, g.principal)


def _limit_key() -> str:
    """Limits are counted by tenant, route and person; by address where nobody is signed in."""
    person = principal()
    return f"{scope().id}:{request.endpoint}:{person.id if person else client_address()}"


def _counter(bucket: str) -> Callable[[], None]:
    # One decorated function per bucket for the whole process: Flask-Limiter keeps limits by qualified name, and every
    # `as_view` has the same one, so that limits on views would pile up tenant by tenant.
    def count() -> None:
        """Count one call; raises the limiter's 429 when the bucket is full."""

    count.__qualname__ = f"{bucket}_bucket"
    return limiter.shared_limit(lambda: scope().limits[bucket], scope=bucket, key_func=_limit_key)(count)


_COUNTERS = {bucket: _counter(bucket) for bucket in BUCKETS}
