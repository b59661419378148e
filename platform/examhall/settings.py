"""What a deployment may set: typed, read from `config/*.toml` and overridden by `EXAMHALL_…` environment variables."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from examhall.errors import ConfigurationError

PROJECT = Path(__file__).resolve().parents[2]
PREFIX = "EXAMHALL_"
ENVIRONMENTS = ("development", "testing", "production")


class Settings(BaseModel):
    """The settings of one deployment. `config/base.toml` gives each key its default and its reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    environment: Literal["development", "testing", "production"]
    debug: bool = False
    tenants_folder: Path = PROJECT / "tenants"
    instance_folder: Path = PROJECT / "instance"
    live_tenants: int = Field(default=10_000, ge=1)
    bad_tenant: Literal["stop", "isolate"] = "stop"
    secret_key: str | None = None
    demo_accounts: bool = False
    portals_page: bool = False
    path_hosts: tuple[str, ...] = ()
    tls: bool = True
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    database_url: str = "sqlite:///{instance}/{slug}/{id}.sqlite"
    owner_database_url: str | None = None
    database_pool: int = Field(default=4, ge=1, le=64)
    limits_storage: str = "memory://"
    address_limit: str = "60000/minute"
    max_body_bytes: int = Field(default=4 * 1024 * 1024, ge=1024)
    max_upload_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    max_attempt_bytes: int = Field(default=512 * 1024 * 1024, ge=1024)
    import_wait_seconds: float = Field(default=1.5, ge=0, le=60)
    access_token_minutes: int = Field(default=15, ge=1, le=120)
    session_days: int = Field(default=14, ge=1, le=90)
    grace_seconds: int = Field(default=30, ge=0, le=600)
    argon2_memory_kib: int = Field(default=19_456, ge=8)
    argon2_time_cost: int = Field(default=2, ge=1)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


def load_settings(environ: Mapping[str, str] | None = None, config: Path = PROJECT / "config") -> Settings:
    """Read the settings of the environment that `EXAMHALL_ENV` names (production where it names none).

    Raises `ConfigurationError` naming file, key and remedy.
    """
    environ = os.environ if environ is None else environ
    name = environ.get("EXAMHALL_ENV", "production")
    if name not in ENVIRONMENTS:
        raise ConfigurationError("environment", "EXAMHALL_ENV", f"give one of {', '.join(ENVIRONMENTS)}, not {name!r}")
    file = config / f"{name}.toml"
    values = {**_toml(config / "base.toml"), **_toml(file), "environment": name}
    for key, text in environ.items():
        if key.startswith(PREFIX) and key != "EXAMHALL_ENV":
            values[key.removeprefix(PREFIX).lower()] = text.split(",") if key == "EXAMHALL_PATH_HOSTS" else text
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        source = "environment" if PREFIX + key.upper() in environ else file
        remedy = (
            f"there is no such setting; known: {', '.join(Settings.model_fields)}"
            if first["type"] == "extra_forbidden"
            else first["msg"]
        )
        raise ConfigurationError(source, key, remedy) from error
    if name == "production" and environ.get("FLASK_DEBUG", "0").lower() not in {"", "0", "false", "no"}:
        raise ConfigurationError("environment", "FLASK_DEBUG", "production never runs with debug on: take it out")
    refuse_unsafe(settings, file, config)
    return settings


def refuse_unsafe(settings: Settings, file: Path, config: Path) -> None:
    """Hold a deployment to what can work, and production to what its name promises. Raises `ConfigurationError`."""
    if settings.max_attempt_bytes < settings.max_upload_bytes:
        remedy = f"give at least max_upload_bytes, {settings.max_upload_bytes}: else what may come could not be kept"
        raise ConfigurationError(file, "max_attempt_bytes", remedy)
    if settings.secret_key is not None and len(settings.secret_key) < 32:
        raise ConfigurationError(
            file, "secret_key", "give at least 32 characters, for example from `openssl rand -hex 32`"
        )
    if settings.environment != "production":
        return
    if settings.debug:
        raise ConfigurationError(file, "debug", "production never runs with debug on: take it out")
    if settings.demo_accounts:
        raise ConfigurationError(file, "demo_accounts", "demonstration accounts have a published password: take it out")
    if settings.portals_page:
        raise ConfigurationError(file, "portals_page", "the list of all portals is for development: take it out")
    published = {_toml(config / f"{name}.toml").get("secret_key") for name in ("base", "development", "testing")}
    if settings.secret_key in published - {None}:
        raise ConfigurationError(
            file, "secret_key", "this key stands in the repository: make one with `openssl rand -hex 32`"
        )


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(file, "file", "it can't be read; restore it from the repository") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(file, "file", f"not valid TOML: {error}") from error
