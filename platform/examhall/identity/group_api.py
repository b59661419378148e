"""The JSON face of groups."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from examhall.errors import NotFound
from examhall.extensions import Statement
from examhall.identity import groups
from examhall.identity.models import Group, User
from examhall.identity.roles import Role
from examhall.identity.schemas import Name, Strict
from examhall.web.conditional import require_match
from examhall.web.guards import permitted
from examhall.web.views import ListView, MethodView, json_of, paging_headers

Description = Annotated[str, Field(max_length=2_000)]


class GroupIn(Strict):
    """A new group."""

    name: Name
    description: Description = ""


class GroupChange(Strict):
    """What may change about a group."""

    name: Name | None = None
    description: Description | None = None


class GroupOut(BaseModel):
    """Some people under one name: a department, a class."""

    id: UUID
    name: str
    description: str
    member_count: int
    created_at: datetime
    updated_at: datetime


class MembersIn(Strict):
    """People to put into a group."""

    user_ids: list[Annotated[UUID, Field(strict=False)]] = Field(min_length=1, max_length=groups.ADDED_LIMIT)


class MemberOut(BaseModel):
    """Somebody in a group."""

    id: UUID
    name: str
    email: str
    role: Role
    active: bool


class AddedOut(BaseModel):
    """How many people were put into the group; those in it before are not counted."""

    added: int


@permitted(GET="users.read", POST="users.write")
class Groups(ListView):
    """The groups of people of the organization; question banks can be shared with them."""

    model, schema = Group, GroupOut
    search, ordering = ("name", "description"), ("name", "created_at", "updated_at")
    bodies = {"POST": GroupIn}
    answers = {"POST": (201, GroupOut)}

    def query(self) -> Statement:
        """Groups with the number of their members."""
        return groups.counted_groups()

    def represent(self, record: Any) -> dict[str, Any]:
        """A group and its number of members."""
        group, count = record
        return _group(group, count)

    def post(self, data: GroupIn) -> ResponseReturnValue:
        """Make a group without members."""
        group = groups.create_group(data.name, data.description)
        return json_of(group, _group(group, 0), 201)


@permitted(GET="users.read", PATCH="users.write", DELETE="users.write")
class GroupItem(MethodView):
    """One group."""

    model, schema = Group, GroupOut
    bodies = {"PATCH": GroupChange}
    answers = {"DELETE": (204, None)}

    def get(self, id: UUID) -> ResponseReturnValue:
        """Show a group."""
        group = groups.load_group(id)
        return json_of(group, _group(group, groups.member_count(id)))

    def patch(self, id: UUID, data: GroupChange) -> ResponseReturnValue:
        """Change name or description. Send the ETag that you read as `If-Match`."""
        group = groups.load_group(id)
        require_match(group)
        groups.update_group(group, name=data.name, description=data.description)
        return json_of(group, _group(group, groups.member_count(id)))

    def delete(self, id: UUID) -> ResponseReturnValue:
        """Delete a group; its people stay. Refused while a bank is shared with it. Send the ETag as `If-Match`."""
        group = groups.load_group(id)
        require_match(group)
        groups.delete_group(group)
        return "", 204


@permitted(GET="users.read", POST="users.write")
class Members(ListView):
    """The people of a group."""

    model, schema = User, MemberOut
    search, ordering = ("name", "email"), ("name", "email")
    bodies = {"POST": MembersIn}
    answers = {"POST": (200, AddedOut)}

    def query(self) -> Statement:
        """The people who belong to the group of the address."""
        group_id = (request.view_args or {})["id"]
        statement: Statement = super().query().where(User.id.in_(groups.members_of(group_id)))
        return statement

    def get(self, id: UUID) -> ResponseReturnValue:
        """List them."""
        groups.load_group(id)
        rows, page = self.page_of(self.query())
        return [self.represent(row) for row in rows], 200, paging_headers(page, {"id": id})

    def post(self, id: UUID, data: MembersIn) -> ResponseReturnValue:
        """Put people into the group; those in it already stay."""
        return AddedOut(added=groups.add_members(groups.load_group(id), data.user_ids)).model_dump()


@permitted("users.write")
class MemberItem(MethodView):
    """One person in a group."""

    answers = {"DELETE": (204, None)}

    def delete(self, id: UUID, user_id: UUID) -> ResponseReturnValue:
        """Take the person out of the group; the account stays."""
        if not groups.remove_members(groups.load_group(id), [user_id]):
            raise NotFound()
        return "", 204


def _group(group: Group, count: int) -> dict[str, Any]:
    values = {name: getattr(group, name) for name in GroupOut.model_fields if name != "member_count"}
    return GroupOut(**values, member_count=count).model_dump(mode="json")
