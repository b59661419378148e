"""The two faces of sharing a bank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import BaseModel, Field

from examhall.bank.models import Access, Bank
from examhall.bank.reading import load_bank
from examhall.bank.sharing import shares
from examhall.bank.sharing.access import owns
from examhall.bank.sharing.shares import ROLES, SHARES_LIMIT, Share
from examhall.errors import N_, FieldError, Forbidden, Invalid
from examhall.identity.roles import LABELS, Role
from examhall.identity.schemas import Strict
from examhall.web.forms import Form, require_revision
from examhall.web.guards import permitted
from examhall.web.views import MethodView

#: What may be shared, in the reader's words.
ACCESS_LABELS: Mapping[Access, str] = {
    Access.USE: N_("Use in exams"),
    Access.READ: N_("Read, and use in exams"),
    Access.WRITE: N_("Write, read and use"),
}


class ShareIn(Strict):
    """What one role, or one group, may do: `use` its questions in exams, `read` them as well, or `write`."""

    role: Annotated[Role, Field(strict=False)] | None = None
    group_id: Annotated[UUID, Field(strict=False)] | None = None
    access: Annotated[Access, Field(strict=False)]


class SharesIn(Strict):
    """With whom a bank is shared, whole: what is not named is no longer shared."""

    open: bool = Field(description="Whether every author may write to it.")
    shares: list[ShareIn] = Field(default_factory=list, max_length=SHARES_LIMIT)


class ShareOut(BaseModel):
    """What one role or one group may do; the other is null."""

    role: Role | None
    group_id: UUID | None
    group_name: str
    access: Access


class GroupRef(BaseModel):
    """A group that a bank can be shared with."""

    id: UUID
    name: str


class SharesOut(BaseModel):
    """With whom a bank is shared, and which groups there are."""

    open: bool
    owner_id: UUID | None
    shares: list[ShareOut]
    groups: list[GroupRef]


@permitted(GET="banks.read", PUT="banks.write")
class BankShares(MethodView):
    """With whom a bank is shared."""

    schema = SharesOut
    bodies = {"PUT": SharesIn}

    def get(self, id: UUID) -> ResponseReturnValue:
        """Whether it is open to every author, and with which roles and groups it is shared beside."""
        return _shares(load_bank(id))

    def put(self, id: UUID, data: SharesIn) -> ResponseReturnValue:
        """Share it with exactly these; for its owner and administrators. Exams that use it go on as they are."""
        bank = load_bank(id)
        wrong = [index for index, each in enumerate(data.shares) if (each.role is None) == (each.group_id is None)]
        if wrong:
            message = N_("Name either a role or a group.")
            raise Invalid(errors=[FieldError(f"shares.{index}", message) for index in wrong])
        shares.share(bank, data.open, [Share(each.access, each.role, each.group_id) for each in data.shares])
        return _shares(bank)


@permitted("banks.write")
class BankSharingPage(MethodView):
    """With whom a bank is shared."""

    template = "bank/bank_sharing.html"

    def get(self, id: UUID) -> ResponseReturnValue:
        """Roles and groups, each with what it may do."""
        return self._page(_own(id), Form())

    def post(self, id: UUID) -> ResponseReturnValue:
        """Share it as the form says."""
        bank, form = _own(id), Form()
        require_revision(bank, form)
        done = form.accept(lambda: shares.share(bank, request.form.get("open") == "true", _sent(request.form)))
        if done is None:
            return self._page(bank, form), 422
        flash(gettext("Saved."), "success")
        return redirect(url_for("bank_sharing", id=id), 303)

    def _page(self, bank: Bank, form: Form) -> str:
        shared, groups = shares.shares_of(bank.id), shares.groups()
        taken = {each.group_id for each in shared}
        return self.respond(
            bank=bank, form=form, labels=LABELS, accesses=ACCESS_LABELS, roles=ROLES,
            by_role={each.role: each.access for each in shared if each.role},
            shared=[each for each in shared if each.group_id],
            free=[(id_, name) for id_, name in groups if id_ not in taken], known=len(groups),
        )  # fmt: skip


def _own(bank_id: UUID) -> Bank:
    bank = load_bank(bank_id)
    if not owns(bank):
        raise Forbidden(N_("Only the bank's owner and administrators decide with whom it is shared."))
    return bank


def _sent(form: Mapping[str, str]) -> list[Share]:
    """What the fields `role-…`, `group-…` and those of a further group say. Raises `Invalid`."""
    fields = [(name, value) for name, value in form.items() if name.startswith(("role-", "group-")) and value]
    if form.get("new-group"):
        fields.append((f"group-{form['new-group']}", form.get("new-access", "")))
    found = []
    for name, value in fields:
        kind, _, whom = name.partition("-")
        try:
            access = Access(value)
            found.append(Share(access, Role(whom)) if kind == "role" else Share(access, None, UUID(whom)))
        except ValueError:
            raise Invalid(N_("Choose from the list.")) from None
    return found


def _shares(bank: Bank) -> dict[str, Any]:
    shared = [
        ShareOut(role=each.role, group_id=each.group_id, group_name=each.name, access=each.access)
        for each in shares.shares_of(bank.id)
    ]
    groups = [GroupRef(id=id_, name=name) for id_, name in shares.groups()]
    return SharesOut(open=bank.open, owner_id=bank.owner_id, shares=shared, groups=groups).model_dump(mode="json")
