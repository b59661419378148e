"""The bare extensions whose names code needs at import. `app.create_app` initialises each once, on the platform.

Tenant apps share the extensions by reference; what differs from tenant to tenant is answered through `current_app`,
which *is* the tenant.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import current_app, request
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy.orm import DeclarativeBase

from examhall.clock import now

#: Tokens whose signature is not checked again while they live; some 3 KB each with what they say.
REMEMBERED_TOKENS = 4_000


class Base(DeclarativeBase):
    """The declarative base; its naming convention gives every constraint a name that migrations can use."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class ReadingSession(Session):
    """A session whose reads end with a COMMIT on PostgreSQL; writes have ended before (see `storage.transactions`).

    psycopg forgets all prepared statements at a ROLLBACK, and PostgreSQL would plan each statement anew.
    """

    def close(self) -> None:
        """End what was read; nothing that is still held back, or half written, stays."""
        self.expunge_all()
        reading = self.in_transaction() and "then" not in self.info
        if reading and self.is_active and self.get_bind().dialect.name == "postgresql":
            with suppress(sa.exc.SQLAlchemyError):  # a connection that is gone has nothing to keep
                self.commit()
        super().close()


class TenantDatabase(SQLAlchemy):
    """Flask-SQLAlchemy whose engines are the current tenant's, shared by URL (see `storage.engines`)."""

    @property
    def engines(self) -> Mapping[str | None, sa.engine.Engine]:
        engines: Mapping[str | None, sa.engine.Engine] = current_app.engines  # type: ignore[attr-defined]
        return engines


class TokenReader(JWTManager):
    """Flask-JWT-Extended that remembers which tokens it has found to be signed: the same come with every answer.

    Whatever can change while a token lives is asked each time: its end and the CSRF value here, what else it must say
    and whether its person is still signed in by `identity.tokens`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._signed = lru_cache(maxsize=REMEMBERED_TOKENS)(self._read)

    def _decode_jwt_from_config(
        self, encoded_token: str, csrf_value: str | None = None, allow_expired: bool = False
    ) -> dict[str, Any]:
        if csrf_value is None and not allow_expired:
            claims = self._signed(current_app.config["JWT_SECRET_KEY"], encoded_token)
            if type(claims.get("exp")) is int and claims["exp"] > now().timestamp():
                return dict(claims)
        return self._read("", encoded_token, csrf_value, allow_expired)

    def _read(self, _secret: str, *token: Any) -> dict[str, Any]:
        # The secret is the tenant's: what one has signed is not remembered for another
        return super()._decode_jwt_from_config(*token)


def client_address() -> str:
    """The address that limits by origin count against; behind proxies `ProxyFix` has already put the client's here."""
    return request.remote_addr or "unknown"


# Objects outlive their transaction on purpose: a page is rendered after the operation has committed.
db = TenantDatabase(
    model_class=Base, session_options={"class_": ReadingSession, "expire_on_commit": False, "autoflush": False}
)
jwt = TokenReader()
limiter = Limiter(key_func=client_address)
babel = Babel()
bootstrap = Bootstrap5()
migrate = Migrate()

#: A select of whatever columns.
Statement = sa.Select[*tuple[Any, ...]]
