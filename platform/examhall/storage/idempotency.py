"""Receipts: a POST sent again with its `Idempotency-Key` gets the first answer again, and has no second effect."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from examhall.errors import N_, BadRequest, Invalid, Problem
from examhall.extensions import db
from examhall.storage.records import Record, actor_id, tenant_id
from examhall.storage.transactions import together, writing
from examhall.web.problems import is_api

HEADER = "Idempotency-Key"
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
    """The ledger that `TenantView` asks for each POST with a key."""

    def answer_once(self, run: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
        """Run the handler and keep its answer in the same transaction, or give the kept answer again. Pages just run.

        Raises `Invalid` (422) for a key that came with another payload, `BadRequest` for one that is too long.
        """
        if not is_api():
            return run()
        key = request.headers[HEADER]
        if not 1 <= len(key) <= 200:
            raise BadRequest(N_("An Idempotency-Key has 1 to 200 characters."))
        fingerprint = _fingerprint()
        try:
            return self._answer(key, fingerprint, run)
        except (IntegrityError, Problem):
            # The same key may have come twice at once and the other was first: its receipt stands now
            kept = self._kept(key, fingerprint)
            if kept is None:
                raise
            return kept

    def _answer(self, key: str, fingerprint: str, run: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
        kept = self._kept(key, fingerprint)
        if kept is not None:
            return kept
        with together():  # passwords are hashed and files are read before the first write
            answer = run()
            response = make_response(*answer[:2]) if isinstance(answer, tuple) else make_response(answer)
            body = _without_secrets(response.get_data(as_text=True))
            with writing() as session:
                session.add(
                    Receipt(
                        user_id=actor_id(), address=request.path[:300], key=key, fingerprint=fingerprint,
                        status=response.status_code, body=body,
                    )
                )  # fmt: skip
                session.flush()
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
        response = make_response(
            current_app.json.response(receipt.body) if receipt.body is not None else "", receipt.status
        )
        response.headers["Idempotency-Replayed"] = "true"
        return response


def _fingerprint() -> str:
    """What the request says, arguments and body; of an upload its parts, for its boundary is new each time."""
    # Keyed: a payload may hold a password, and a plain digest of it could be guessed from a stolen database
    key = current_app.config["SECRET_KEY"].encode()
    seen = hmac.new(key, request.query_string + b"\n", hashlib.sha256)
    if request.mimetype != "multipart/form-data":
        seen.update(request.get_data(cache=True))
        return seen.hexdigest()
    # A part may have no name at all
    seen.update(json.dumps(sorted(request.form.items(multi=True), key=str)).encode())
    for name, file in sorted(request.files.items(multi=True), key=lambda item: str(item[0])):
        seen.update(json.dumps([name, hashlib.file_digest(file.stream, "sha256").hexdigest()]).encode())  # type: ignore[arg-type]
        file.stream.seek(0)
    return seen.hexdigest()


def _without_secrets(text: str) -> Any:
    body = json.loads(text) if text else None
    if isinstance(body, dict):
        body.update({name: None for name in TOLD_ONCE if name in body})
    return body
