"""The two faces of repeated questions: told on demand, retired or kept one by one."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import BaseModel, Field

from examhall.bank import operations
from examhall.bank.comparison import keeping, repeats
from examhall.bank.comparison.differences import words_between
from examhall.bank.comparison.repeats import Repeats
from examhall.bank.forms import STATUSES
from examhall.bank.models import Status
from examhall.bank.reading import load_bank, load_question
from examhall.bank.types import TYPES
from examhall.errors import N_, BadRequest, FieldError, NotFound
from examhall.identity.schemas import Strict
from examhall.web.body import validated
from examhall.web.forms import Form, require_revision
from examhall.web.guards import permitted
from examhall.web.views import MethodView


class RepeatsArguments(BaseModel):
    """What is looked for."""

    near: bool = Field(default=False, description="Also those that ask nearly the same; that takes some two seconds.")
    kept: bool = Field(default=False, description="Also the pairs that are kept beside each other.")


class KeptIn(Strict):
    """Questions that repeat each other and are to, or are not to any more."""

    question_ids: list[Annotated[UUID, Field(strict=False)]] = Field(
        min_length=2, max_length=keeping.TOGETHER, description="Questions of this bank; each is kept beside each other."
    )
    kept: bool = Field(default=True, description="False: tell of them again.")


class RepeatedOut(BaseModel):
    """One of the questions."""

    id: UUID
    name: str
    excerpt: str
    type: str
    category: str
    status: Status


class RepeatOut(BaseModel):
    """Questions that ask the same (100) or nearly (90 and more, unless they are kept), the oldest first."""

    similarity: int
    questions: list[RepeatedOut]


class RepeatsOut(BaseModel):
    """Repeated questions of a bank: at most 100 of each kind, and how many there are.

    Those that are retired or kept beside each other are left out.
    """

    same_total: int
    same: list[RepeatOut]
    near_total: int | None = Field(description="Null where nobody asked for them.")
    near: list[RepeatOut]
    kept_total: int = Field(description="Pairs that are kept beside each other.")
    kept: list[RepeatOut] = Field(description="These, the latest first, where they were asked for.")


@permitted(GET="banks.read", POST="banks.write")
class BankRepeats(MethodView):
    """Questions of a bank that ask the same, or nearly."""

    schema = RepeatsOut
    arguments = {"GET": RepeatsArguments}
    bodies = {"POST": KeptIn}
    answers = {"POST": (204, None)}

    def get(self, id: UUID) -> ResponseReturnValue:
        """List them; retire those that you don't need, and keep the others."""
        load_bank(id)
        same, near = repeats.same(id), repeats.nearly(id) if _flag("near") else None
        told = RepeatsOut(
            same_total=same.total, same=_told(same), near_total=near.total if near else None, near=_told(near),
            kept_total=repeats.kept_count(id), kept=_told(repeats.kept(id) if _flag("kept") else None),
        )  # fmt: skip
        return told.model_dump(mode="json")

    def post(self, id: UUID, data: KeptIn) -> ResponseReturnValue:
        """Keep questions beside each other: they are listed no more unless another joins them. Or list them again."""
        load_bank(id)
        settle = keeping.keep if data.kept else keeping.tell_again
        settle(id, data.question_ids)
        return Response(status=204)


@permitted(GET="banks.read", POST="banks.write")
class RepeatsPage(MethodView):
    """Questions of a bank that ask the same, or nearly, side by side."""

    template = "bank/duplicates.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """The same ones; with `near=true` also those that are nearly the same; with `kept=true` those that are kept."""
        bank, kept, near = load_bank(id), _flag("kept"), _flag("near")
        return self.respond(
            bank=bank, same=None if kept else repeats.same(id), near=repeats.nearly(id) if near and not kept else None,
            kept=repeats.kept(id) if kept else None, kept_total=repeats.kept_count(id), types=TYPES, statuses=STATUSES,
            words=words_between, most=repeats.COMPARABLE, together=keeping.TOGETHER,
        )  # fmt: skip

    def post(self, id: UUID) -> ResponseReturnValue:
        """Do what the pressed button says: `keep` some beside each other, `tell` of them again, or retire one."""
        load_bank(id)
        act = request.form.get("act")
        if act in ("keep", "tell"):
            chosen = validated(KeptIn, {"question_ids": request.form.getlist("question_id")}).question_ids
            if act == "keep":
                keeping.keep(id, chosen)
                flash(gettext("They are kept and stand here no more."), "success")
            else:
                keeping.tell_again(id, chosen)
                flash(gettext("They stand among the duplicates again."), "success")
        else:
            self._retire(id)
        shown = {name: request.args[name] for name in ("near", "kept") if request.args.get(name)}
        return redirect(url_for("bank_duplicates", id=id, **shown), 303)  # type: ignore[arg-type]  # nothing of its own

    def _retire(self, id: UUID) -> None:
        try:
            question = load_question(UUID(request.form.get("question_id", "")))
        except ValueError:
            raise NotFound() from None
        if question.bank_id != id:
            raise NotFound()
        require_revision(question, Form())
        operations.update_question(question, status=Status.RETIRED.value)
        flash(gettext("“%(name)s” is retired; exams draw it no more.", name=question.name), "success")


def _flag(name: str) -> bool:
    value = request.args.get(name) or "false"
    if value not in ("true", "false"):
        message = N_("Give true or false.")
        raise BadRequest(message, errors=[FieldError(name, message)])
    return value == "true"


def _told(found: Repeats | None) -> list[Any]:
    return [RepeatOut.model_validate(each, from_attributes=True) for each in found.told] if found else []
