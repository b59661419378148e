"""The two faces of repeated questions: told on demand, settled one by one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import BaseModel, Field

from examhall.bank import operations
from examhall.bank.comparison import repeats
from examhall.bank.comparison.differences import words_between
from examhall.bank.comparison.repeats import Repeats
from examhall.bank.forms import STATUSES
from examhall.bank.models import Status
from examhall.bank.reading import load_bank, load_question
from examhall.bank.types import TYPES
from examhall.errors import N_, BadRequest, FieldError, NotFound
from examhall.web.forms import Form, require_revision
from examhall.web.guards import permitted
from examhall.web.views import MethodView


class RepeatsArguments(BaseModel):
    """What is looked for."""

    near: bool = Field(default=False, description="Also those that ask nearly the same; that takes some two seconds.")


class RepeatedOut(BaseModel):
    """One of the questions."""

    id: UUID
    name: str
    excerpt: str
    type: str
    category: str
    status: Status


class RepeatOut(BaseModel):
    """Questions that ask the same (100) or nearly (90 and more), the oldest first."""

    similarity: int
    questions: list[RepeatedOut]


class RepeatsOut(BaseModel):
    """Repeated questions of a bank, retired ones left out: at most 100 of each kind, and how many there are."""

    same_total: int
    same: list[RepeatOut]
    near_total: int | None = Field(description="Null where nobody asked for them.")
    near: list[RepeatOut]


@permitted("banks.read")
class BankRepeats(MethodView):
    """Questions of a bank that ask the same, or nearly."""

    schema = RepeatsOut
    arguments = {"GET": RepeatsArguments}

    def get(self, id: UUID) -> ResponseReturnValue:
        """List them; retire those that you don't need."""
        load_bank(id)
        same, near = _found(id)
        told = RepeatsOut(
            same_total=same.total, same=_told(same), near_total=near.total if near else None, near=_told(near)
        )
        return told.model_dump(mode="json")


@permitted(GET="banks.read", POST="banks.write")
class RepeatsPage(MethodView):
    """Questions of a bank that ask the same, or nearly, side by side."""

    template = "bank/duplicates.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """The same ones; with `near=true` also those that are nearly the same."""
        bank = load_bank(id)
        same, near = _found(id)
        return self.respond(
            bank=bank,
            same=same,
            near=near,
            types=TYPES,
            statuses=STATUSES,
            words=words_between,
            most=repeats.COMPARABLE,
        )

    def post(self, id: UUID) -> ResponseReturnValue:
        """Retire one of them."""
        load_bank(id)
        try:
            question = load_question(UUID(request.form.get("question_id", "")))
        except ValueError:
            raise NotFound() from None
        if question.bank_id != id:
            raise NotFound()
        require_revision(question, Form())
        operations.update_question(question, status=Status.RETIRED.value)
        flash(gettext("“%(name)s” is retired; exams draw it no more.", name=question.name), "success")
        return redirect(url_for("bank_duplicates", id=id, near=request.args.get("near") or None), 303)


def _found(bank_id: UUID) -> tuple[Repeats, Repeats | None]:
    near = request.args.get("near") or "false"
    if near not in ("true", "false"):
        message = N_("Give true or false.")
        raise BadRequest(message, errors=[FieldError("near", message)])
    return repeats.same(bank_id), repeats.nearly(bank_id) if near == "true" else None


def _told(found: Repeats | None) -> list[Any]:
    return [RepeatOut.model_validate(each, from_attributes=True) for each in found.told] if found else []
