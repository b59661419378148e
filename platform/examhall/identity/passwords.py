"""Passwords: rules, argon2id hashes, and one-time passwords. At most one hash at a time per worker."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask import current_app

from examhall.errors import N_, FieldError, Invalid
from examhall.settings import Settings

#: NIST SP 800-63B-4: 15 characters where the password is the only factor; no rules of composition, no rotation.
LEAST_CHARACTERS = 15
#: Checked before hashing, so that nobody can make us hash a megabyte.
MOST_BYTES = 1024

# Signing in never starves saving: two cores hash some 80 passwords a second in any stack, so hashing waits here.
_turn = threading.Semaphore(1)

_WORDS = (
    "amber", "birch", "cedar", "coral", "delta", "ember", "fjord", "grove", "hazel", "inlet", "jolly",
    "karst", "lemon", "maple", "north", "olive", "pearl", "quill", "river", "slate", "tidal", "umber",
    "valor", "wheat", "xenon", "yacht", "zebra", "arrow", "basil", "cloud", "dunes", "eagle",
)  # fmt: skip


def hash_password(password: str) -> str:
    """The argon2id hash of a password, salted."""
    with _turn:
        return _hasher().hash(_normal(password))


def matches(password_hash: str, password: str) -> bool:
    """Whether the password is the one that was hashed; takes the same time either way."""
    if len(password.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        return False
    with _turn:
        try:
            return _hasher().verify(password_hash, _normal(password))
        except (Argon2Error, InvalidHashError, UnicodeEncodeError):
            return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other costs than today's and should be made anew."""
    return _hasher().check_needs_rehash(password_hash)


def stand_in_hash() -> str:
    """A hash that no password matches, so that an unknown address takes as long as a wrong password."""
    hasher = _hasher()
    return _stand_in(hasher.memory_cost, hasher.time_cost)


def check_password(password: str, field: str = "password", *, email: str = "") -> None:
    """Hold a new password to the rules. Raises `Invalid` naming `field` and remedy."""
    message = None
    params = {}
    if len(password) < LEAST_CHARACTERS:
        message, params = (
            N_("Take at least %(least)s characters; several words make a good password."),
            {"least": LEAST_CHARACTERS},
        )
    elif len(password.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        message = N_("This password is too long.")
    elif len(set(password)) < 5:
        message = N_("This password is too easy to guess. Take several words.")
    elif email and password.casefold() == email.casefold():
        message = N_("Your e-mail address is no password. Take several words.")
    if message:
        raise Invalid(errors=[FieldError(field, message, params)])


def one_time_password() -> str:
    """A password to hand over once: four words and six digits, about 40 bits."""
    words = "-".join(secrets.choice(_WORDS) for _ in range(4))
    return f"{words}-{secrets.randbelow(1_000_000):06d}"


def _normal(password: str) -> str:
    # NIST SP 800-63B-4 §3.1.1.2: normalise, so that the same keys on another device give the same password
    return unicodedata.normalize("NFKC", password)


def _hasher() -> PasswordHasher:
    settings: Settings = current_app.settings  # type: ignore[attr-defined]
    return _hasher_of(settings.argon2_memory_kib, settings.argon2_time_cost)


@lru_cache
def _hasher_of(memory_kib: int, time_cost: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)


@lru_cache
def _stand_in(memory_kib: int, time_cost: int) -> str:
    return _hasher_of(memory_kib, time_cost).hash(secrets.token_hex())
