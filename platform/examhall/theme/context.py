"""What every template may use: the tenant, the person, the navigation, files and icons; see `localized` for texts.

The Jinja environment is shared by all tenants, so a global here is a function or a proxy that asks the present request;
macros that are imported without context see the globals too.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import flask_babel
from flask import Flask, current_app, g, request, url_for
from flask_jwt_extended import get_jwt
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy

from examhall.errors import N_, Problem
from examhall.extensions import bootstrap
from examhall.identity.principal import Principal
from examhall.tenancy import current_tenant
from examhall.theme import localized
from examhall.theme.files import brand_sheet, version_of
from examhall.web import guards
from examhall.web.forms import ONCE


def init_theme(app: Flask) -> None:
    """Give the platform's templates their globals, filters and context; tenant apps share them."""
    bootstrap.init_app(app)
    app.url_defaults(_add_version)
    app.context_processor(_context)
    config = LocalProxy(lambda: current_app.config)
    app.jinja_env.globals.update(localized.GLOBALS, asking=asking, asset=asset, csrf=csrf, icon=icon, config=config)
    app.jinja_env.filters.update(localized.FILTERS)


def asking(**arguments: object) -> str:
    """The address of this page with some of its arguments as given, and the others as they are."""
    return f"?{urlencode({**request.args.to_dict(), **arguments})}"


def asset(name: str) -> str:
    """The address of a static file, the tenant's own or the theme's, with its version: it may be kept for ever."""
    known: dict[str, str] = g._get_current_object().setdefault("assets", {})
    if name not in known:
        address = _address.__wrapped__ if current_app.debug else _address
        known[name] = address(current_tenant().folder, request.script_root, name)
    return known[name]


@lru_cache(maxsize=20_000)
def _address(folder: Path, root: str, name: str) -> str:
    # `folder` and `root` tell the tenants and their ways in apart in the cache
    return url_for("static", filename=name)


def icon(name: str) -> Markup:
    """A picture of static/icons.svg; decoration only, so the text beside it must say everything."""
    return _icon(asset("icons.svg"), name)


@lru_cache(maxsize=20_000)
def _icon(sheet: str, name: str) -> Markup:
    turns = " icon-turns" if name in {"back", "next", "sign-out"} else ""
    return Markup(
        '<svg class="icon{}" aria-hidden="true" stroke="currentColor" stroke-width="2" stroke-linecap="round"'
        ' stroke-linejoin="round"><use href="{}#{}"></use></svg>'
    ).format(turns, sheet, name)


def csrf() -> Markup:
    """The hidden fields that every POST form of a signed-in person carries; nothing for a visitor.

    One tells that the form is ours, the other which one it is, so that it is not done twice.
    """
    token = csrf_token()
    if not token:
        return Markup()
    return Markup(
        '<input type="hidden" name="csrf_token" value="{}">'
        '<input type="hidden" name="{}" value="{}" autocomplete="off">'
    ).format(token, ONCE, secrets.token_urlsafe(12))


def csrf_token() -> str:
    """The double-submit value of the present sign-in, which scripts send as `X-CSRF-TOKEN`; empty for a visitor."""
    return str(get_jwt()["csrf"]) if guards.principal() else ""


@dataclass(frozen=True)
class Entry:
    """A line of the main navigation, for those who hold `permission`; current on endpoints that begin with `family`."""

    endpoint: str
    label: str
    icon: str
    permission: str
    family: tuple[str, ...]


MAIN = (
    Entry("exam_list", N_("Exams"), "exams", "exams.sit", ("exam_",)),
    Entry("attempt_list", N_("My attempts"), "attempts", "exams.sit", ("attempt_",)),
    Entry("exam_manage_list", N_("Exams"), "exams", "exams.read", ("exam_",)),
    Entry("bank_list", N_("Question banks"), "bank", "banks.read", ("bank_", "question_", "import_", "category_")),
    Entry("user_list", N_("People"), "people", "users.read", ("user_", "group_")),
)


def navigation(person: Principal | None) -> list[dict[str, Any]]:
    """The main navigation of a person: `[{label, url, current, icon}]`."""
    if person is None:
        return []
    here = request.endpoint or ""
    return [
        {
            "label": flask_babel.gettext(entry.label),
            "url": url_for(entry.endpoint),
            "current": here.startswith(entry.family),
            "icon": entry.icon,
        }
        for entry in MAIN
        if person.may(entry.permission) and entry.endpoint in current_app.platform.routes  # type: ignore[attr-defined]
    ]


def _context() -> dict[str, Any]:
    person = _person()
    return {
        "tenant": current_tenant(),
        "locale": flask_babel.get_locale(),
        "current_user": person,
        "csrf_token": csrf_token(),
        "navigation": navigation(person),
    }


def _person() -> Principal | None:
    """Who is signed in. Where no view was found nobody has asked yet; the error page still knows its reader."""
    person = guards.principal()
    if person is None and request.routing_exception is not None:
        try:
            person = guards.authenticate()
        except (Problem, SQLAlchemyError):
            return None
    return person  # type: ignore[return-value]  # the framework knows less of a person than a page shows


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    """Put the version into the addresses of files, so that browsers may keep them."""
    if endpoint == "static":
        values.setdefault("v", version_of(values["filename"]))
    elif endpoint == "brand_css":
        values.setdefault("v", brand_sheet()[1])
