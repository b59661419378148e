"""JWTs: what stands in them, and what they must say to be believed (RFC 8725)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response, current_app
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    set_access_cookies,
    set_refresh_cookies,
)

from examhall.clock import now
from examhall.extensions import db
from examhall.identity.models import User, UserSession
from examhall.identity.principal import Principal
from examhall.identity.roles import Role
from examhall.storage.records import tenant_id

ISSUER = "examhall"
KINDS = ("access", "refresh")


@dataclass(frozen=True)
class Pair:
    """What a sign-in or a refresh gives out; `expires_in` and `refresh_expires_in` are seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int


def issue(session: UserSession, epoch: int) -> Pair:
    """Tokens of one sign-in. The refresh token's id is the session's, so that issuing twice gives the same family."""
    # From the one secret per tenant, and the same for all tokens of a sign-in: a form that was open while the access
    # token was renewed can still be sent.
    secret = current_app.config["JWT_SECRET_KEY"]
    csrf = hmac.new(secret.encode(), f"csrf:{session.id}".encode(), hashlib.sha256).hexdigest()[:32]
    claims = {"sid": session.id.hex, "epoch": epoch, "csrf": csrf}
    headers = {"kid": key_id(secret)}
    left = session.expires_at - now()
    access_for = min(timedelta(minutes=current_app.settings.access_token_minutes), left)  # type: ignore[attr-defined]
    identity = str(session.user_id)
    return Pair(
        create_access_token(
            identity,
            expires_delta=access_for,
            additional_claims={**claims, "typ": "access"},
            additional_headers=headers,
        ),
        create_refresh_token(
            identity,
            expires_delta=left,
            additional_claims={**claims, "typ": "refresh", "jti": session.refresh_jti},
            additional_headers=headers,
        ),
        int(access_for.total_seconds()),
        int(left.total_seconds()),
    )


def key_id(secret: str) -> str:
    """The name under which a key is known (`kid`): a digest that tells nothing of it."""
    return hashlib.sha256(b"kid:" + secret.encode()).hexdigest()[:16]


def put_in_cookies(response: Response, pair: Pair) -> Response:
    """Hand the pair to a browser, in cookies that no script can read."""
    set_access_cookies(response, pair.access_token, max_age=pair.expires_in)
    set_refresh_cookies(response, pair.refresh_token, max_age=pair.refresh_expires_in)
    return response


def init_tokens(jwt: JWTManager) -> None:
    """Teach the extension what our tokens must say and whom they stand for."""
    jwt.token_verification_loader(is_complete)
    jwt.user_lookup_loader(person_of)


def is_complete(header: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
    """Whether a token, already found to be signed for this tenant, says all that ours say.

    The extension alone would take one without `exp`, `jti` or `type`, and any type but `refresh` for an access token.
    """
    return (
        all(type(claims.get(name)) is int for name in ("exp", "iat", "epoch"))  # True is an int to isinstance
        and claims.get("iss") == ISSUER
        and claims.get("aud") == current_app.config["JWT_DECODE_AUDIENCE"]
        and claims.get("typ") == claims.get("type")
        and claims["type"] in KINDS
        and all(isinstance(claims.get(name), str) and claims[name] for name in ("sub", "jti", "sid"))
        and header.get("kid") == key_id(current_app.config["JWT_SECRET_KEY"])
    )


_users, _sessions = sa.inspect(User).local_table, sa.inspect(UserSession).local_table
_PERSON = (
    sa.select(
        _users.c.id, _sessions.c.id, _users.c.email, _users.c.name, _users.c.role, _users.c.must_change_password,
        _users.c.epoch,
    )
    .join(_sessions, sa.and_(_sessions.c.tenant_id == _users.c.tenant_id, _sessions.c.user_id == _users.c.id))
    .where(
        _users.c.tenant_id == sa.bindparam("tenant"),
        _sessions.c.id == sa.bindparam("session"),
        _users.c.id == sa.bindparam("user"),
        _users.c.epoch == sa.bindparam("epoch"),
        _users.c.active,
        _sessions.c.ended_at.is_(None),
    )
)  # fmt: skip


def person_of(header: Mapping[str, Any], claims: Mapping[str, Any]) -> Principal | None:
    """The person whom a token names; None when signed out, disabled or changed since it was made.

    Read anew with each request, so that nobody who is out stays in for longer than a second.
    """
    try:
        keys = {
            "tenant": tenant_id(),
            "session": UUID(claims["sid"]),
            "user": UUID(claims["sub"]),
            "epoch": claims["epoch"],
        }
    except ValueError:
        return None
    if not -(2**31) <= keys["epoch"] < 2**31:
        return None
    row = db.session.execute(_PERSON, keys).one_or_none()
    return Principal(row[0], row[1], row[2], row[3], Role(row[4]), row[5], row[6]) if row else None
