"""A whole hall for one test: the platform with two tenants on a fresh database, people in it, and clients for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from examhall.app import create_app
from examhall.identity.models import User
from examhall.identity.operations import create_user
from examhall.identity.roles import Role
from examhall.settings import Settings
from examhall.storage.transactions import writing
from examhall.tenancy.apps import Platform, TenantApp

PASSWORD = "open-the-exam-hall"
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """Somebody with an account; the password is `PASSWORD`."""

    id: UUID
    email: str
    role: Role
    tenant: str


@dataclass
class Api:
    """A client of one tenant's API, signed in as `person` where one is given. Paths begin after `/api/v1`."""

    hall: Hall
    tenant: str
    person: Person | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = self.hall.platform.test_client()
        self.tokens: dict[str, Any] = {}
        if self.person:
            answer = self.post("/auth/login", {"email": self.person.email, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            self.tokens = answer.json
            self.headers["Authorization"] = f"Bearer {self.tokens['access_token']}"

    def call(
        self, method: str, path: str, json: Any = None, headers: dict[str, str] | None = None, **kwargs: Any
    ) -> TestResponse:
        """One request; `json` None sends no body."""
        body = {} if json is None else {"json": json}
        return self.client.open(
            f"/api/v1{path}",
            method=method,
            base_url=f"http://{self.tenant}.localhost",
            headers=self.headers | (headers or {}),
            **body,
            **kwargs,
        )

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.call("GET", path, **kwargs)

    def post(self, path: str, json: Any = None, **kwargs: Any) -> TestResponse:
        return self.call("POST", path, json, **kwargs)

    def put(self, path: str, json: Any = None, **kwargs: Any) -> TestResponse:
        return self.call("PUT", path, json, **kwargs)

    def patch(self, path: str, json: Any = None, **kwargs: Any) -> TestResponse:
        """PATCH with the `If-Match` of what stands at `path` now, unless headers are given."""
        return self.call("PATCH", path, json, **({"headers": self.matching(path)} | kwargs))

    def delete(self, path: str, **kwargs: Any) -> TestResponse:
        return self.call("DELETE", path, **({"headers": self.matching(path)} | kwargs))

    def matching(self, path: str) -> dict[str, str]:
        """`If-Match` for the revision that stands at `path` now; empty where it has none."""
        tag = self.get(path).headers.get("ETag")
        return {"If-Match": tag} if tag else {}


class Hall:
    """The platform with its tenants northwind and qalam; nobody and nothing in them yet."""

    def __init__(self, settings: Settings, engine: str, platform: Platform | None = None) -> None:
        self.settings, self.engine = settings, engine
        self.platform = platform or create_app(settings)

    def app(self, slug: str = "northwind") -> TenantApp:
        return self.platform.tenant_app(slug)

    @contextmanager
    def inside(self, slug: str = "northwind", *, write: bool = False) -> Iterator[TenantApp]:
        """A context of the tenant's app, with a write transaction where asked. Hold none around a request."""
        with self.app(slug).app_context():
            if write:
                with writing():
                    yield self.app(slug)
            else:
                yield self.app(slug)

    def person(self, role: Role | str = Role.CANDIDATE, slug: str = "northwind", email: str | None = None) -> Person:
        """A new person of a tenant."""
        email = email or f"{role}-{next(_numbers)}@{slug}.example"
        with self.inside(slug):
            user: User = create_user(email, f"Somebody {email}", Role(role), PASSWORD)[0]
            return Person(user.id, email, Role(role), slug)

    def api(self, person: Person | Role | str | None = None, slug: str = "northwind") -> Api:
        """A client signed in as a person, as a new person of a role, or as nobody."""
        if person is not None and not isinstance(person, Person):
            person = self.person(person, slug)
        return Api(self, person.tenant if person else slug, person)

    def dispose(self) -> None:
        self.platform.extensions["engines"].dispose()


MakeHall = Callable[..., Hall]
