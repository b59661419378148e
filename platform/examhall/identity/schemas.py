"""What goes in and out about people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from examhall.identity.roles import Role

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Strict(BaseModel):
    """Input: a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SignInIn(Strict):
    """Who signs in."""

    email: str = Field(max_length=1000, examples=["candidate@northwind.example"])
    password: str = Field(max_length=100_000)


class TokensOut(BaseModel):
    """A pair of tokens; `expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"  # noqa: S105  # no secret: the word of RFC 6750
    expires_in: int


class PasswordIn(Strict):
    """A change of one's own password."""

    current_password: str = Field(max_length=100_000)
    new_password: str = Field(max_length=100_000)


class UserOut(BaseModel):
    """A person as administrators see them."""

    id: UUID
    email: str
    name: str
    role: Role
    active: bool
    must_change_password: bool
    created_at: datetime
    updated_at: datetime


class NewUserOut(UserOut):
    """A person just created or reset; the one-time password is told this once."""

    one_time_password: str | None = None


class MeOut(BaseModel):
    """Oneself, with the permissions of one's role."""

    id: UUID
    email: str
    name: str
    role: Role
    must_change_password: bool
    permissions: list[str]


class UserIn(Strict):
    """A new person. Without a password a one-time password is made."""

    email: str = Field(min_length=3, max_length=320)
    name: Name
    role: Annotated[Role, Field(strict=False)] = Role.CANDIDATE
    password: str | None = Field(default=None, max_length=100_000)


class UserChange(Strict):
    """What may change about a person; `reset_password` makes a one-time password."""

    name: Name | None = None
    role: Annotated[Role, Field(strict=False)] | None = None
    active: bool | None = None
    reset_password: bool = False
