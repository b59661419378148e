"""A toy box: the framework on a Flask app of its own, with a toy model and toy people; no exams anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from flask_babel import Babel
from flask_jwt_extended import JWTManager, create_access_token, create_refresh_token
from jinja2 import DictLoader
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import StaticPool

from examhall.errors import Forbidden
from examhall.extensions import db, limiter
from examhall.web.api import Api
from examhall.web.hooks import init_hooks
from examhall.web.problems import init_problems
from examhall.web.routes import Route, mount

OURS, THEIRS = UUID(int=1), UUID(int=2)
LISTED = "https://app.example.org"


class Shelf(DeclarativeBase):
    """Metadata of its own: the product's tables stay what they are."""


class Toy(Shelf):
    """Something to list, show and change."""

    __tablename__ = "toys"

    tenant_id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    colour: Mapped[str] = mapped_column(sa.String(20))
    weight: Mapped[int]
    loved: Mapped[bool]
    secret: Mapped[str] = mapped_column(sa.String(20), default="hidden")
    price: Mapped[float] = mapped_column(sa.Float, default=1.5)
    revision: Mapped[int] = mapped_column(default=1)


class ToyOut(BaseModel):
    """A toy as everybody may see it."""

    id: UUID
    name: str
    colour: str
    weight: int
    loved: bool


class ToyIn(BaseModel):
    """A new toy."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=20)
    weight: int = Field(default=1, ge=0)
    loved: bool = False


@dataclass(frozen=True)
class Child:
    """Somebody signed in."""

    id: UUID
    permissions: frozenset[str]

    def require(self, permission: str) -> None:
        if permission not in self.permissions:
            raise Forbidden()


@dataclass
class ToyTenant:
    """What the framework needs to know of a tenant."""

    id: UUID = OURS
    slug: str = "toybox"
    limits: Mapping[str, str] = field(
        default_factory=lambda: dict.fromkeys(
            ("visit", "read", "write", "save", "start", "import", "export"), "1000/minute"
        )
    )


class ToyApp(Flask):
    """A Flask app that has a tenant and engines, and nothing else of the product."""

    def __init__(self, tenant: ToyTenant) -> None:
        super().__init__("toybox", static_folder=None)
        self.tenant = tenant
        engine = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        self.engines = {None: engine}


def toy_box(
    routes: Iterable[Route] = (), *, tenant: ToyTenant | None = None, tls: bool = False, **config: Any
) -> ToyApp:
    """The app with these routes and seven toys, two of them another tenant's; TESTING and DEBUG are off."""
    app = ToyApp(tenant or ToyTenant())
    app.config.update(
        JWT_SECRET_KEY="k" * 64, SECRET_KEY="s" * 64, JWT_TOKEN_LOCATION=("headers", "cookies"),
        RATELIMIT_STORAGE_URI="memory://", SQLALCHEMY_DATABASE_URI="sqlite://", MAX_CONTENT_LENGTH=100_000, **config,
    )  # fmt: skip
    app.jinja_loader = DictLoader(  # type: ignore[assignment]
        {
            "error.html": "<h1>{{ title }}</h1><p>{{ detail }}</p><code>{{ request_id }}</code>",
            "toys.html": "{% for toy in rows %}{{ toy.name }};{% endfor %}page {{ page.number }} of {{ page.pages }}",
            "toy.html": "<b>{{ record.name }}</b>",
        }
    )
    init_hooks(app, tls=tls, origins=lambda: (LISTED,))
    Babel(app)
    init_problems(app, challenge=lambda problem: None)
    db.init_app(app)
    jwt = JWTManager(app)
    jwt.user_lookup_loader(lambda header, claims: Child(UUID(claims["sub"]), frozenset(claims["may"])))
    limiter.init_app(app)
    limiter.reset()
    Api(app)
    mount(app, routes)
    Shelf.metadata.create_all(app.engines[None])
    with app.engines[None].begin() as connection:
        connection.execute(sa.insert(Toy), [toy(number) for number in range(1, 8)])
    return app


def toy(number: int) -> dict[str, Any]:
    """The toys: 1 to 5 ours, 6 and 7 another tenant's."""
    names = ("Ball", "Crane", "50% Duck", "Élan", "Ball_2", "Foreign bear", "Foreign boat")
    return {
        "tenant_id": OURS if number <= 5 else THEIRS, "id": UUID(int=100 + number), "name": names[number - 1],
        "colour": "red" if number % 2 else "blue", "weight": number // 2, "loved": number == 1,
    }  # fmt: skip


def bearer(app: ToyApp, *permissions: str, refresh: bool = False, person: int = 7) -> dict[str, str]:
    """The header of somebody who holds these permissions."""
    make = create_refresh_token if refresh else create_access_token
    with app.app_context():
        token = make(str(UUID(int=person)), additional_claims={"may": permissions})
    return {"Authorization": f"Bearer {token}"}
