"""People, as factory-boy makes them. Call a factory inside a tenant's context: `with hall.inside(): UserFactory()`."""

from __future__ import annotations

import factory

from examhall.identity.models import User
from examhall.identity.operations import create_user
from examhall.identity.roles import Role
from hall import PASSWORD


class UserFactory(factory.Factory):
    """A person of the current tenant, stored by the same operation that an administrator's page calls."""

    class Meta:
        model = User

    class Params:
        newcomer = factory.Trait(password=None)

    name = factory.Faker("name")
    email = factory.Sequence(lambda number: f"person-{number}@people.example")
    role = Role.CANDIDATE
    password = PASSWORD

    @classmethod
    def _create(cls, model: type[User], *args: object, **values: object) -> User:
        user, one_time = create_user(**values)  # type: ignore[arg-type]
        user.one_time = one_time
        return user
