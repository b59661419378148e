"""The keys that a tenant signs with: derived from the deployment's one secret, or made on first start and kept."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path

from examhall.errors import ConfigurationError
from examhall.settings import Settings
from examhall.tenancy.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Secrets:
    """`token_key` signs JWTs, `session_key` visitors' cookies, `paper_key` draws; 64 hexadecimal characters each."""

    token_key: str
    session_key: str
    paper_key: str


NAMES = ("token_key", "session_key", "paper_key")


def secrets_of(tenant: Tenant, settings: Settings) -> Secrets:
    """The tenant's secrets. With `secret_key` set they are derived from it and nothing is written.

    Raises `ConfigurationError` for a secrets file that others can read or that is incomplete.
    """
    if settings.secret_key:
        master = settings.secret_key.encode()
        return Secrets(
            *(hmac.new(master, f"{tenant.id}:{name}".encode(), hashlib.sha256).hexdigest() for name in NAMES)
        )
    file = secrets_file(tenant, settings)
    if not file.exists():
        _create(file)
    return _read(file)


def secrets_file(tenant: Tenant, settings: Settings) -> Path:
    """Where secrets are kept that were made here; never beside `tenant.toml`."""
    return settings.instance_folder / tenant.slug / "secrets.toml"


def _create(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = "".join(f'{name} = "{secrets.token_hex(32)}"\n' for name in NAMES)
    # Written whole under another name and then linked: of two first starts one wins, and nobody reads half a file.
    draft = file.with_name(f".secrets-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, file)
    except FileExistsError:
        pass  # the other first start was quicker; its keys are as good
    finally:
        draft.unlink()


def _read(file: Path) -> Secrets:
    if file.stat().st_mode & 0o077:
        raise ConfigurationError(file, "permissions", f"others can read it: chmod 600 {file.name}")
    try:
        values = tomllib.loads(file.read_text())
        keys = [str(values[name]) for name in NAMES]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise ConfigurationError(
            file, "secrets", f"incomplete or damaged ({error}); restore it from the backup"
        ) from error
    if any(len(key) < 64 for key in keys):
        raise ConfigurationError(
            file, "secrets", "a key is shorter than 64 characters; restore the file from the backup"
        )
    return Secrets(*keys)
