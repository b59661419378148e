"""With whom a bank is shared: read and written as a whole."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.models import Access, Bank, BankShare
from examhall.bank.sharing.access import owns
from examhall.clock import now
from examhall.errors import N_, FieldError, Forbidden, Invalid
from examhall.extensions import db
from examhall.identity.models import Group
from examhall.identity.roles import PERMISSIONS, Role
from examhall.storage.records import new_id, tenant_id
from examhall.storage.statements import table
from examhall.storage.transactions import writes

audit = logging.getLogger("examhall.audit")

#: Groups and roles that one bank is shared with.
SHARES_LIMIT = 200
#: The permission without which an access would be worth nothing.
NEEDS: Mapping[Access, str] = {
    Access.USE: "exams.write", Access.READ: "banks.read", Access.WRITE: "banks.write",
}  # fmt: skip
#: Roles that a bank can be shared with, each with what is open to it.
ROLES: Mapping[Role, list[Access]] = {
    role: [access for access, permission in NEEDS.items() if permission in PERMISSIONS[role]]
    for role in (Role.AUTHOR, Role.MARKER, Role.INVIGILATOR)
}

_shares, _banks = table(BankShare), table(Bank)


@dataclass(frozen=True)
class Share:
    """What one role or one group (the other is None) may do; `name` is the group's."""

    access: Access
    role: Role | None = None
    group_id: UUID | None = None
    name: str = ""


def shares_of(bank_id: UUID) -> list[Share]:
    """With whom a bank is shared: roles first, then groups by name; one statement."""
    of_group = sa.and_(Group.tenant_id == BankShare.tenant_id, Group.id == BankShare.group_id)
    rows = db.session.execute(
        sa.select(BankShare.access, BankShare.role, BankShare.group_id, Group.name)
        .outerjoin(Group, of_group)
        .where(BankShare.tenant_id == tenant_id(), BankShare.bank_id == bank_id)
    )
    found = [
        Share(Access(access), Role(role) if role else None, group_id, name or "")
        for access, role, group_id, name in rows
    ]
    return sorted(found, key=lambda share: (share.role is None, share.role or "", share.name.casefold()))


def groups() -> list[tuple[UUID, str]]:
    """The groups that a bank can be shared with: id and name, by name."""
    rows = db.session.execute(sa.select(Group.id, Group.name).where(Group.tenant_id == tenant_id()))
    return sorted(((id_, name) for id_, name in rows), key=lambda each: each[1].casefold())


@writes
def share(bank: Bank, open_: bool, shares: Sequence[Share]) -> Bank:
    """Let these shares be all there are, and the bank be open to every author or not.

    Raises `Forbidden` for whoever is neither owner nor administrator, `Invalid` for a group that is not there, for
    one that is named twice, and for an access that a role can't use.
    """
    if not owns(bank):
        raise Forbidden(N_("Only the bank's owner and administrators decide with whom it is shared."))
    _check(shares)
    db.session.execute(
        sa.select(_banks.c.id).where(_banks.c.tenant_id == tenant_id(), _banks.c.id == bank.id).with_for_update()
    )
    db.session.execute(sa.delete(_shares).where(_shares.c.tenant_id == tenant_id(), _shares.c.bank_id == bank.id))
    moment = now()
    rows: list[dict[str, Any]] = [
        {
            "tenant_id": tenant_id(), "id": new_id(), "bank_id": bank.id, "role": each.role.value if each.role else "",
            "group_id": each.group_id, "access": each.access.value, "created_at": moment,
        }
        for each in shares
    ]  # fmt: skip
    if rows:
        db.session.execute(sa.insert(_shares), rows)
    bank.open, bank.updated_at = open_, moment
    db.session.flush()
    audit.info("bank %s is %s, shares: %s", bank.id, "open" if open_ else "closed", len(rows))
    return bank


def _check(shares: Sequence[Share]) -> None:
    wanted = [each.group_id for each in shares if each.group_id]
    there = sa.select(Group.id).where(Group.tenant_id == tenant_id(), Group.id.in_(wanted)).with_for_update(read=True)
    known = set(db.session.scalars(there)) if wanted else set()
    errors, seen = [], set()
    for index, each in enumerate(shares):
        whom = each.role or each.group_id
        if each.group_id and each.group_id not in known:
            errors.append(FieldError(f"shares.{index}.group_id", N_("There is no such group. Take one from the list.")))
        elif whom in seen:
            errors.append(FieldError(f"shares.{index}", N_("This one stands here twice. Name it once.")))
        elif each.role and each.access not in ROLES.get(each.role, ()):
            message = N_("This role can't do that, whatever is shared with it. Choose another access.")
            errors.append(FieldError(f"shares.{index}.access", message))
        seen.add(whom)
    if errors:
        raise Invalid(errors=errors)
