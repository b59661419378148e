"""Receipts: a POST sent again gets the first answer again, and has no second effect.

An app names a request by its `Idempotency-Key`. A form of a page is named by all that it says, for each carries a value
that stands in no other: a button that is pressed twice, or before the page has changed, does its work once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from contextlib import nullcontext
from copy import deepcopy
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response, current_app, make_response, redirect, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from examhall.clock import now
from examhall.errors import N_, BadRequest, Invalid, Problem
from examhall.extensions import db
from examhall.storage.records import Record, actor_id, tenant_id
from examhall.storage.transactions import together, writing
from examhall.web.forms import ONCE
from examhall.web.problems import is_api

HEADER = "Idempotency-Key"
#: How long the receipt of a form is kept; one on an open page may be sent again after it.
KEPT = timedelta(days=1)
#: Members of an answer that are told once and not kept: the answer that is given again has null there.
TOLD_ONCE = ("one_time_password",)


class Receipt(Record):
    """What was answered to one key of one person on one address."""

    __tablename__ = "receipts"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "user_id", "address", "key"),)

    user_id: Mapped[UUID] = mapped_column(sa.Uuid)
    address: Mapped[str] = mapped_column(sa.String(300))
    key: Mapped[str] = mapped_column(sa.String(200))
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int]
    body: Mapped[Any] = mapped_column(sa.JSON)


class Receipts:
    """The ledger that `TenantView` asks for each POST that is named."""

    def answer_once(self, run: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
        """Run the handler and keep its answer in the same transaction, or give the kept answer again.

        Of a page only the way on after a write is kept, its location or what stands in its place for who comes second:
        what is refused may be sent again, and done again where it can.
        Raises `Invalid` (422) for a key that came with another payload, `BadRequest` for one that is too long.
        """
        if (HEADER not in request.headers) if is_api() else (ONCE not in request.form):
            return run()
        fingerprint = _fingerprint()
        key = request.headers[HEADER] if is_api() else fingerprint
        if not 1 <= len(key) <= 200:
            raise BadRequest(N_("An Idempotency-Key has 1 to 200 characters."))
        before = {} if is_api() else deepcopy(dict(session))
        try:
            return self._answer(key, fingerprint, before, run)
        except Exception as error:
            if not is_api():  # what wasn't written isn't told
                session.clear()
                session.update(before)
            # The same may have come twice at once and the other was first: its receipt stands now
            twice = isinstance(error, IntegrityError | StaleDataError | Problem)
            kept = self._kept(key, fingerprint) if twice else None
            if kept is None:
                raise
            return kept

    def _answer(
        self, key: str, fingerprint: str, before: dict[str, Any], run: Callable[[], ResponseReturnValue]
    ) -> ResponseReturnValue:
        kept = self._kept(key, fingerprint)
        if kept is not None:
            return kept
        page = not is_api()
        with together() as begun:  # passwords are hashed and files are read before the first write
            answer = run()
            response = make_response(*answer[:2]) if isinstance(answer, tuple) else make_response(answer)
            if page and not begun():
                return self._kept(key, fingerprint) or answer
            way = response.location or response.content_location
            if page and not way:
                return answer
            with nullcontext() if begun() else writing():
                db.session.add(
                    Receipt(
                        user_id=actor_id(), address=request.path[:300], key=key, fingerprint=fingerprint,
                        status=303 if page else response.status_code,
                        body={"location": way, "session": _new(before)} if page else _told(response),
                    )
                )  # fmt: skip
                if page:
                    db.session.execute(_old())
            return answer

    def _kept(self, key: str, fingerprint: str) -> ResponseReturnValue | None:
        receipt = db.session.scalars(
            sa.select(Receipt).where(
                Receipt.tenant_id == tenant_id(),
                Receipt.user_id == actor_id(),
                Receipt.address == request.path[:300],
                Receipt.key == key,
            )
        ).one_or_none()
        if receipt is None:
            return None
        if receipt.fingerprint != fingerprint:
            raise Invalid(
                N_("This Idempotency-Key came with another payload before. Use a new key."),
                code="idempotency_key_reused",
            )
        if is_api():
            body = current_app.json.response(receipt.body) if receipt.body is not None else ""
            response = make_response(body, receipt.status)
        else:
            session.update(receipt.body["session"])
            response = make_response(redirect(receipt.body["location"], receipt.status))
        response.headers["Idempotency-Replayed"] = "true"
        return response


def _fingerprint() -> str:
    """What the request says, arguments and body; of a form its fields: the boundary of an upload is new each time."""
    # Keyed: a payload may hold a password, and a plain digest of it could be guessed from a stolen database
    key = current_app.config["SECRET_KEY"].encode()
    seen = hmac.new(key, request.query_string + b"\n", hashlib.sha256)
    if request.mimetype not in ("multipart/form-data", "application/x-www-form-urlencoded"):
        seen.update(request.get_data(cache=True))
        return seen.hexdigest()
    # A part may have no name at all. The order of fields tells nothing, that of the values of one may
    seen.update(json.dumps(sorted(request.form.items(multi=True), key=_name)).encode())
    for name, file in sorted(request.files.items(multi=True), key=_name):
        seen.update(json.dumps([name, hashlib.file_digest(file.stream, "sha256").hexdigest()]).encode())  # type: ignore[arg-type]
        file.stream.seek(0)
    return seen.hexdigest()


def _name(part: tuple[str | None, Any]) -> str:
    return str(part[0])


def _told(response: Response) -> Any:
    """The answer to an app, without what is told once."""
    text = response.get_data(as_text=True)
    body = json.loads(text) if text else None
    if isinstance(body, dict):
        body.update({name: None for name in TOLD_ONCE if name in body})
    return body


def _new(before: dict[str, Any]) -> dict[str, Any]:
    """What is new in the session: the messages that wait for the reader where a page leads to."""
    return {name: value for name, value in session.items() if before.get(name) != value}


def _old() -> sa.Delete:
    """Receipts of forms of the person that nobody will send again."""
    return sa.delete(Receipt).where(
        Receipt.tenant_id == tenant_id(), Receipt.user_id == actor_id(),
        Receipt.status == 303, Receipt.created_at < now() - KEPT,
    )  # fmt: skip
