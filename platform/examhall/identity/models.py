"""Tables of people and of their sign-ins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from examhall.storage.records import Moment, MutableRecord, Record, belongs_to


class User(MutableRecord):
    """A person of one tenant. The same e-mail address in two tenants is two people."""

    __tablename__ = "users"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "email"),)

    #: NFC and lower case, so that both engines agree on what is the same address.
    email: Mapped[str] = mapped_column(sa.String(320))
    name: Mapped[str] = mapped_column(sa.String(200))
    role: Mapped[str] = mapped_column(sa.String(20))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    #: The password was made by somebody else: nothing but changing it is allowed.
    must_change_password: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    #: Counted up when the person is disabled, changes role or password: every token of an earlier epoch is void.
    epoch: Mapped[int] = mapped_column(default=1)


class Group(MutableRecord):
    """Some people of a tenant under one name: a department, a class."""

    __tablename__ = "groups"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "name"),)

    name: Mapped[str] = mapped_column(sa.String(200))
    description: Mapped[str] = mapped_column(sa.Text, default="")


class GroupMember(Record):
    """That a person belongs to a group."""

    __tablename__ = "group_members"
    __table_args__ = (
        belongs_to("groups", "group_id", ondelete="CASCADE"),
        belongs_to("users", "user_id", ondelete="CASCADE"),
        sa.UniqueConstraint("tenant_id", "group_id", "user_id"),
        sa.Index(None, "tenant_id", "user_id"),
    )

    group_id: Mapped[UUID] = mapped_column(sa.Uuid)
    user_id: Mapped[UUID] = mapped_column(sa.Uuid)


class UserSession(Record):
    """One sign-in, and the family of refresh tokens that followed from it."""

    __tablename__ = "user_sessions"
    __table_args__ = (belongs_to("users", "user_id", ondelete="CASCADE"), sa.Index(None, "tenant_id", "user_id"))

    user_id: Mapped[UUID] = mapped_column(sa.Uuid)
    #: `app` keeps its tokens itself, `portal` in HttpOnly cookies.
    kind: Mapped[str] = mapped_column(sa.String(10))
    refresh_jti: Mapped[str] = mapped_column(sa.String(64))
    previous_jti: Mapped[str | None] = mapped_column(sa.String(64))
    rotated_at: Mapped[datetime] = mapped_column(Moment)
    #: However often it is refreshed, the session ends here.
    expires_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
