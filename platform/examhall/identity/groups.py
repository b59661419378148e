"""Groups of people: every write, and what both faces read."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from examhall.errors import N_, Conflict, FieldError, Invalid, NotFound
from examhall.extensions import Statement, db
from examhall.identity.models import Group, GroupMember, User
from examhall.storage.records import new_id, tenant_id
from examhall.storage.statements import insert, table
from examhall.storage.transactions import writes

audit = logging.getLogger("examhall.audit")

#: People that one call adds.
ADDED_LIMIT = 500

_members = table(GroupMember)


def load_group(group_id: UUID) -> Group:
    """A group of the tenant. Raises `NotFound`."""
    statement = sa.select(Group).where(Group.tenant_id == tenant_id(), Group.id == group_id)
    group = db.session.scalars(statement).one_or_none()
    if group is None:
        raise NotFound()
    return group


def counted_groups() -> Statement:
    """Groups, each with the number of its members."""
    count = (
        sa.select(sa.func.count())
        .where(GroupMember.tenant_id == Group.tenant_id, GroupMember.group_id == Group.id)
        .scalar_subquery()
        .label("member_count")
    )
    return sa.select(Group, count).where(Group.tenant_id == tenant_id())


def member_count(group_id: UUID) -> int:
    """How many people belong to a group."""
    counted = sa.select(sa.func.count()).where(GroupMember.tenant_id == tenant_id(), GroupMember.group_id == group_id)
    return db.session.scalar(counted) or 0


def members_of(group_id: UUID) -> sa.Select[UUID]:
    """The ids of a group's members, as a part of a select."""
    return sa.select(GroupMember.user_id).where(GroupMember.tenant_id == tenant_id(), GroupMember.group_id == group_id)


def groups_of(user_id: sa.SQLColumnExpression[UUID], tenant: sa.SQLColumnExpression[UUID]) -> sa.Select[UUID]:
    """The ids of the groups that a person of a tenant belongs to, as a part of a select that names both."""
    return sa.select(GroupMember.group_id).where(GroupMember.tenant_id == tenant, GroupMember.user_id == user_id)


@writes
def create_group(name: str, description: str = "") -> Group:
    """A new group without members. Raises `Invalid` for a name that another group has."""
    group = Group(name=_free_name(name), description=_plain("description", description))
    db.session.add(group)
    db.session.flush()
    audit.info("group %s created", group.id)
    return group


@writes
def update_group(group: Group, *, name: str | None = None, description: str | None = None) -> Group:
    """Change what is given. Raises `Invalid`; a group that changed since it was read is refused as stale."""
    if name is not None:
        group.name = _free_name(name, group.id)
    if description is not None:
        group.description = _plain("description", description)
    db.session.flush()
    audit.info("group %s changed", group.id)
    return group


@writes
def delete_group(group: Group) -> None:
    """Delete a group; its people stay. Raises `Conflict` while anything is shared with it."""
    db.session.delete(group)
    try:
        db.session.flush()
    except IntegrityError as error:  # the bank stands above this slice: its foreign key speaks for it
        message = N_("A question bank is shared with this group. Stop sharing it first.")
        raise Conflict(message, code="group_in_use") from error
    audit.info("group %s deleted", group.id)


@writes
def add_members(group: Group, user_ids: Iterable[UUID]) -> int:
    """Put people into a group; those in it already stay. Gives how many are new. Raises `Invalid` naming strangers."""
    asked = [*dict.fromkeys(user_ids)]
    known = set(db.session.scalars(sa.select(User.id).where(User.tenant_id == tenant_id(), User.id.in_(asked))))
    strangers = [index for index, user_id in enumerate(asked) if user_id not in known]
    if strangers:
        message = N_("This is nobody of your organization. Take somebody from the list of people.")
        raise Invalid(errors=[FieldError(f"user_ids.{index}", message) for index in strangers])
    rows = [{"tenant_id": tenant_id(), "id": new_id(), "group_id": group.id, "user_id": user_id} for user_id in asked]
    before = member_count(group.id)
    if rows:
        db.session.execute(insert(GroupMember).on_conflict_do_nothing(), rows)
    audit.info("group %s got %s people", group.id, len(rows))
    return member_count(group.id) - before


@writes
def remove_members(group: Group, user_ids: Iterable[UUID]) -> int:
    """Take people out of a group. Gives how many were in it."""
    gone = db.session.execute(
        sa.delete(_members)
        .where(
            _members.c.tenant_id == tenant_id(), _members.c.group_id == group.id,
            _members.c.user_id.in_([*user_ids]),
        )
        .returning(_members.c.id)
    ).all()  # fmt: skip
    audit.info("group %s lost %s people", group.id, len(gone))
    return len(gone)


def _free_name(name: str, mine: UUID | None = None) -> str:
    name = _plain("name", name)
    if not name:
        raise Invalid(errors=[FieldError("name", N_("Give a name."))])
    other = sa.select(Group.id).where(
        Group.tenant_id == tenant_id(), Group.name == name, Group.id != (mine or new_id())
    )
    if db.session.scalar(other):
        raise Invalid(errors=[FieldError("name", N_("Another group has this name. Choose another one."))])
    return name


def _plain(field: str, text: str) -> str:
    if "\0" in text:
        raise Invalid(errors=[FieldError(field, N_("Give plain text."))])
    return unicodedata.normalize("NFC", text).strip()
