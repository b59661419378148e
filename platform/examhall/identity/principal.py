"""The person behind a request: who they are and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from examhall.errors import N_, Forbidden, Unauthenticated
from examhall.identity.roles import PERMISSIONS, Role
from examhall.web import guards


@dataclass(frozen=True, slots=True)
class Principal:
    """One signed-in person, read anew with each request."""

    id: UUID
    session_id: UUID
    email: str
    name: str
    role: Role
    must_change_password: bool
    epoch: int

    @property
    def permissions(self) -> frozenset[str]:
        """What this person may do now; nothing until a one-time password is changed."""
        return frozenset() if self.must_change_password else PERMISSIONS[self.role]

    def may(self, permission: str) -> bool:
        """Whether the person holds a permission."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise `Forbidden` unless the person holds `permission`."""
        if self.must_change_password:
            raise Forbidden(N_("Choose a password of your own first."), code="password_change_required")
        if not self.may(permission):
            raise Forbidden()


def me() -> Principal:
    """The person behind the present request. Raises `Unauthenticated` where there is none."""
    person = guards.principal()
    if person is None:
        raise Unauthenticated()
    return cast(Principal, person)
