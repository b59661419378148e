"""The Flask configuration that every tenant app starts from. Values are immutable: they are shared by reference."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import examhall.web.counters  # noqa: F401  # takes the name memory://
from examhall.settings import Settings


def flask_config(settings: Settings) -> dict[str, Any]:
    """What the extensions need to be told, from the deployment's settings."""
    return {
        "DEBUG": settings.debug,
        "TESTING": settings.environment == "testing",
        "MAX_CONTENT_LENGTH": settings.max_body_bytes,
        "MAX_UPLOAD_LENGTH": settings.max_upload_bytes,
        "IMPORT_WAIT": settings.import_wait_seconds,
        "MAX_FORM_PARTS": 1000,
        "MAX_FORM_MEMORY_SIZE": settings.max_body_bytes,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.tls,
        "SESSION_COOKIE_PATH": "/",
        "PREFERRED_URL_SCHEME": "https" if settings.tls else "http",
        "JWT_TOKEN_LOCATION": ("headers", "cookies"),
        "JWT_ALGORITHM": "HS256",
        "JWT_ENCODE_ISSUER": "examhall",
        "JWT_DECODE_ISSUER": "examhall",
        "JWT_COOKIE_SECURE": settings.tls,
        "JWT_COOKIE_SAMESITE": "Lax",
        "JWT_COOKIE_CSRF_PROTECT": True,
        "JWT_CSRF_IN_COOKIES": False,
        "JWT_CSRF_CHECK_FORM": True,
        "JWT_CSRF_METHODS": ("POST", "PUT", "PATCH", "DELETE"),  # the extension's own default is a list
        "JWT_SESSION_COOKIE": False,
        # Flask-WTF renders and validates forms; the double submit of Flask-JWT-Extended guards them. The sign-in form,
        # which nobody is signed in for, switches WTF's own check on for itself.
        "WTF_CSRF_ENABLED": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "RATELIMIT_STORAGE_URI": settings.limits_storage,
        # A limiter whose Redis hangs must not hold a save: give up soon, then count in memory
        "RATELIMIT_STORAGE_OPTIONS": _redis_options(settings.limits_storage),
        "RATELIMIT_STRATEGY": "fixed-window",
        "RATELIMIT_APPLICATION": settings.address_limit,
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_KEY_PREFIX": "examhall",
        "RATELIMIT_HEADERS_ENABLED": False,
        "SQLALCHEMY_DATABASE_URI": "sqlite://",  # never connected to: every tenant app brings its own engine
        "BOOTSTRAP_SERVE_LOCAL": True,
        "TEMPLATES_AUTO_RELOAD": settings.debug,
    }


def _redis_options(storage: str) -> Mapping[str, float]:
    timeouts = {} if storage.startswith("memory") else {"socket_timeout": 0.1, "socket_connect_timeout": 0.1}
    return MappingProxyType(timeouts)
