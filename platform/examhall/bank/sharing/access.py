"""Who may do what with a bank: said once, as a column of a select.

Administrators and a bank's owner may everything. An open bank is every author's. Beside that a bank is shared with
roles and groups, each to `use` (exams draw and pick its questions), `read` or `write`. What a request needs follows
from the permission that let it in, so that no door can forget to ask: `banks.write` needs write, all others read;
exams name `use`. Whoever may nothing finds nothing; whoever may less than they ask for is told so.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from flask import g, has_request_context

from examhall.bank.models import Access, Bank, BankShare, Question
from examhall.errors import N_, Forbidden, NotFound
from examhall.extensions import db
from examhall.identity.groups import groups_of
from examhall.identity.principal import Principal
from examhall.identity.roles import Role
from examhall.storage.records import tenant_id

#: Each allows what stands before it; nothing at all is 0.
LEVELS = {Access.USE: 1, Access.READ: 2, Access.WRITE: 3}
_ACCESS = {level: access for access, level in LEVELS.items()}


def _person() -> Principal | None:
    person: Any = g.get("principal") if has_request_context() else None
    return cast(Principal | None, person)


def _role() -> str:
    person = _person()
    return person.role.value if person else ""


def _person_id() -> UUID | None:
    person = _person()
    return person.id if person else None


def _granted() -> sa.ColumnElement[int]:
    # Made once: who asks is put in when a statement runs
    role = sa.bindparam("person_role", callable_=_role, type_=sa.String)
    person = sa.bindparam("person_id", callable_=_person_id, type_=sa.Uuid)
    steps = [(BankShare.access == access.value, level) for access, level in LEVELS.items()]
    shared = sa.select(sa.func.max(sa.case(*steps, else_=0))).where(
        BankShare.tenant_id == Bank.tenant_id,
        BankShare.bank_id == Bank.id,
        sa.or_(BankShare.role == role, BankShare.group_id.in_(groups_of(person, BankShare.tenant_id))),
    )
    everything = sa.or_(
        role.in_(("", Role.ADMIN.value)),
        Bank.owner_id == person,
        sa.and_(role == Role.AUTHOR.value, Bank.open.is_(True)),
    )
    best = sa.func.coalesce(shared.correlate(Bank).scalar_subquery(), 0)
    return sa.case((everything, LEVELS[Access.WRITE]), else_=best)


#: What the present person may do with a bank of the select, as a level; commands may everything.
granted = _granted()


def may(access: Access) -> sa.ColumnElement[bool]:
    """Whether the present person may do this with a bank of the select."""
    return granted >= LEVELS[access]


def banks_for(access: Access) -> sa.Select[UUID]:
    """The ids of the banks with which the present person may do this, as a part of a select."""
    return sa.select(Bank.id).where(Bank.tenant_id == tenant_id(), may(access))


def require(level: int, access: Access | None = None) -> None:
    """Raise `NotFound` for a bank of level 0, `Forbidden` where the level is less than what is needed."""
    if not level:
        raise NotFound()
    needed = access or _needed()
    if level < LEVELS[needed]:
        raise Forbidden(_LESS[needed], code="bank_access")


def access_of(level: int) -> Access:
    """The access of a level above 0."""
    return _ACCESS[level]


def owns(bank: Bank) -> bool:
    """Whether the present person decides with whom the bank is shared."""
    person = _person()
    return person is None or person.role is Role.ADMIN or bank.owner_id == person.id


def outside(question_ids: list[UUID]) -> set[UUID]:
    """Those of the questions that the present person may not put into exams; one statement."""
    there = sa.select(Question.id).where(
        Question.tenant_id == tenant_id(), Question.id.in_(question_ids), Question.bank_id.in_(banks_for(Access.USE))
    )
    return set(question_ids) - set(db.session.scalars(there))


def _needed() -> Access:
    permission = g.get("permission") if has_request_context() else None
    return Access.WRITE if permission == "banks.write" else Access.READ


_LESS = {
    Access.USE: N_("This bank is not shared with you. Ask its owner."),
    Access.READ: N_("This bank is shared with you for exams only, without a look at its questions. Ask its owner."),
    Access.WRITE: N_("This bank is shared with you to read only. Ask its owner to let you write."),
}
