"""Every write about people: creating and changing users, signing in and out, refreshing, passwords."""

from __future__ import annotations

import logging
import secrets
import unicodedata
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from flask import current_app, g
from sqlalchemy.exc import IntegrityError

from examhall.clock import now
from examhall.errors import N_, Conflict, FieldError, Invalid, Unauthenticated
from examhall.extensions import db, limiter
from examhall.identity.models import User, UserSession
from examhall.identity.passwords import (
    check_password,
    hash_password,
    is_outdated,
    matches,
    one_time_password,
    stand_in_hash,
)
from examhall.identity.roles import Role
from examhall.identity.tokens import Pair, issue
from examhall.storage.records import tenant_id
from examhall.storage.transactions import writes, writing
from examhall.web.scope import scope

audit = logging.getLogger("examhall.audit")

#: How long a browser whose tabs refreshed at the same moment gets the same successor instead of being thrown out.
GRACE = timedelta(seconds=30)

WRONG = N_("This e-mail address and password don't belong together.")


def normal_email(text: str) -> str:
    """The one form of an address that is stored and compared: NFC, lower case, trimmed."""
    return unicodedata.normalize("NFC", text).strip().lower()


def create_user(email: str, name: str, role: Role, password: str | None = None) -> tuple[User, str | None]:
    """A new person; without a password one is made that they must change at first sign-in. Returns it beside the user.

    Raises `Invalid` for an address that is none, or is taken, or a password that is too weak.
    """
    email = normal_email(email)
    try:
        validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Invalid(errors=[FieldError("email", N_("Give an e-mail address such as name@example.org."))]) from error
    if password is not None:
        check_password(password, email=email)
    one_time = one_time_password() if password is None else None
    password_hash = hash_password(password or one_time or "")  # before the transaction: savers don't wait for a hash
    with writing():
        if db.session.scalar(sa.select(User.id).where(User.tenant_id == tenant_id(), User.email == email)):
            raise Invalid(errors=[FieldError("email", N_("Somebody has this e-mail address already."))])
        user = User(
            email=email, name=name, role=role.value, password_hash=password_hash, must_change_password=password is None
        )
        db.session.add(user)
        db.session.flush()
    audit.info("user %s created with role %s", user.id, role)
    return user, one_time


@writes
def update_user(
    user: User, actor: UUID, *, name: str | None = None, role: Role | None = None, active: bool | None = None
) -> User:
    """Change name, role or access. Whoever loses access or changes role is signed out everywhere at once.

    Raises `Conflict` where the acting person would take their own access away.
    """
    if user.id == actor and (active is False or (role is not None and role.value != user.role)):
        raise Conflict(N_("You can't disable yourself or change your own role. Ask another administrator."))
    if name is not None:
        user.name = name
    if (role is not None and role.value != user.role) or (active is not None and active != user.active):
        user.epoch += 1
    user.role = role.value if role is not None else user.role
    user.active = user.active if active is None else active
    db.session.flush()
    audit.info("user %s changed: role %s, active %s", user.id, user.role, user.active)
    return user


@writes
def delete_user(user: User, actor: UUID) -> None:
    """Delete a person with their sign-ins and assignments. Raises `Conflict` for oneself and where they sat an exam."""
    if user.id == actor:
        raise Conflict(N_("You can't delete yourself. Ask another administrator."))
    db.session.delete(user)
    try:
        db.session.flush()
    except IntegrityError as error:  # the attempts slice stands above this one: its foreign key speaks for it
        message = N_("This person has sat exams, and attempts are records. Disable the person instead.")
        raise Conflict(message, code="user_has_attempts") from error
    audit.info("user %s deleted", user.id)


def reset_password(user: User) -> str:
    """Give a person a one-time password, which is shown just this once, and sign them out everywhere. Returns it."""
    password = one_time_password()
    password_hash = hash_password(password)
    with writing():
        user.password_hash, user.must_change_password = password_hash, True
        user.epoch += 1
        db.session.flush()
    audit.info("password of user %s was reset", user.id)
    return password


def sign_in(email: str, password: str, kind: str) -> Pair:
    """Check who it is and open a session of `kind` (`app` or `portal`).

    An unknown address, a wrong password and a disabled account give the same answer in the same time.
    Raises `Unauthenticated`, or the limiter's 429 after too many failures of one account.
    """
    g.account = normal_email(email)[:320]
    _count_failures()
    user = None
    if "\0" not in g.account:
        columns = sa.select(User.id, User.password_hash, User.active, User.epoch)
        user = db.session.execute(columns.where(User.tenant_id == tenant_id(), User.email == g.account)).one_or_none()
    db.session.rollback()  # nothing is held while the hash is worked out
    right = matches(user.password_hash if user else stand_in_hash(), password)
    if user is None or not right or not user.active:
        g.sign_in_failed = True
        audit.info("sign-in refused")
        raise Unauthenticated(WRONG, code="wrong_credentials")
    fresh_hash = hash_password(password) if is_outdated(user.password_hash) else None
    with writing():
        if fresh_hash:
            users = sa.inspect(User).local_table
            db.session.execute(
                sa.update(users)
                .where(users.c.tenant_id == tenant_id(), users.c.id == user.id)
                .where(users.c.password_hash == user.password_hash)  # unless it was changed meanwhile
                .values(password_hash=fresh_hash)
            )
        session = open_session(user.id, kind)
    audit.info("user %s signed in (%s)", user.id, kind)
    return issue(session, user.epoch)


@writes
def sign_in_anew(user: User, kind: str) -> Pair:
    """A new session for a person whose sign-ins have just ended because they changed their password."""
    return issue(open_session(user.id, kind), user.epoch)


def open_session(user_id: UUID, kind: str) -> UserSession:
    """A new sign-in of a person who has shown who they are. Call it inside a write transaction."""
    moment = now()
    session = UserSession(
        user_id=user_id, kind=kind, refresh_jti=secrets.token_urlsafe(24), rotated_at=moment,
        expires_at=(moment + timedelta(days=current_app.settings.session_days)).replace(microsecond=0),  # type: ignore[attr-defined]
    )  # fmt: skip
    db.session.add(session)
    db.session.flush()
    return session


def refresh(session_id: UUID, jti: str, epoch: int) -> Pair:
    """A new pair for a refresh token, which is used up by this (RFC 9700 §4.14.2).

    A token that was used before ends its whole family: one of its two holders has stolen it. Only a browser, whose tabs
    may refresh in the same moment, gets the same successor for half a minute. Raises `Unauthenticated`.
    """
    stolen = False
    with writing():
        session = db.session.scalars(
            sa.select(UserSession)
            .where(UserSession.tenant_id == tenant_id(), UserSession.id == session_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one_or_none()
        moment = now()
        if session is None or session.ended_at is not None or session.expires_at <= moment:
            raise Unauthenticated(code="session_ended")
        if session.refresh_jti == jti:
            session.previous_jti, session.refresh_jti, session.rotated_at = jti, secrets.token_urlsafe(24), moment
        elif not (session.kind == "portal" and session.previous_jti == jti and moment - session.rotated_at <= GRACE):
            session.ended_at = moment
            stolen = True
        db.session.flush()
    if stolen:
        audit.warning("session %s ended: a used refresh token came again", session_id)
        raise Unauthenticated(code="session_ended")
    return issue(session, epoch)


@writes
def sign_out(session_id: UUID) -> None:
    """End a session: none of its tokens is believed again."""
    sessions = sa.inspect(UserSession).local_table
    db.session.execute(
        sa.update(sessions)
        .where(sessions.c.tenant_id == tenant_id(), sessions.c.id == session_id)
        .values(ended_at=now())
    )


def change_password(user_id: UUID, current: str, new: str) -> User:
    """Change one's own password. Every sign-in of the person ends with it.

    Raises `Invalid` for a wrong present password or a weak new one, or the limiter's 429 after too many failures.
    """
    columns = sa.select(User.email, User.password_hash).where(User.tenant_id == tenant_id(), User.id == user_id)
    email, password_hash = db.session.execute(columns).one()
    wrong = Invalid(errors=[FieldError("current_password", N_("This is not your present password."))])
    g.account = email
    _count_failures()
    db.session.rollback()
    if not matches(password_hash, current):
        g.sign_in_failed = True
        raise wrong
    check_password(new, "new_password", email=email)
    new_hash = hash_password(new)
    with writing():
        user = db.session.scalars(
            sa.select(User)
            .where(User.tenant_id == tenant_id(), User.id == user_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        if user.password_hash != password_hash:  # changed or reset while the hash was worked out
            raise wrong
        user.password_hash, user.must_change_password = new_hash, False
        user.epoch += 1
        db.session.flush()
    audit.info("user %s changed their password", user_id)
    return user


@limiter.shared_limit(
    lambda: scope().limits["sign_in"],
    scope="sign_in_failures",
    key_func=lambda: f"{scope().id}:{g.account}",
    deduct_when=lambda response: g.get("sign_in_failed", False),
)
def _count_failures() -> None:
    """Refuse further tries on an account after too many failures, on whichever path they come."""
