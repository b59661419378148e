"""What every template may use: the tenant, the person, the navigation, and filters for dates and numbers.

The Jinja environment is shared by all tenants, so a global here is a function or a proxy that asks the present request;
macros that are imported without context see the globals too.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import flask_babel
from babel.dates import get_datetime_format, get_timezone_location
from flask import Flask, current_app, request, url_for
from flask_jwt_extended import get_jwt
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy

from examhall.errors import N_, Problem
from examhall.extensions import bootstrap
from examhall.identity.principal import Principal
from examhall.tenancy import current_tenant
from examhall.theme.files import brand_sheet, version_of
from examhall.web import guards
from examhall.web.forms import ONCE


def init_theme(app: Flask) -> None:
    """Give the platform's templates their globals, filters and context; tenant apps share them."""
    bootstrap.init_app(app)
    app.url_defaults(_add_version)
    app.context_processor(_context)
    app.jinja_env.globals.update(asset=asset, csrf=csrf, zone=zone, config=LocalProxy(lambda: current_app.config))
    app.jinja_env.filters.update(dt=dt, d=d, number=number)


def asset(name: str) -> str:
    """The address of a static file, the tenant's own or the theme's, with its version: it may be kept for ever."""
    return url_for("static", filename=name)


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


def dt(moment: datetime) -> str:
    """Date and time of day in the tenant's zone: Mar 4, 2026, 5:30 PM."""
    parts = flask_babel.format_time(moment, "short"), flask_babel.format_date(_local(moment), "medium")
    pattern = str(get_datetime_format("medium", flask_babel.get_locale()))
    return pattern.replace("'", "").replace("{0}", parts[0]).replace("{1}", parts[1])


def d(day: date) -> str:
    """A date, that of a moment in the tenant's zone: Mar 4, 2026."""
    return str(flask_babel.format_date(_local(day) if isinstance(day, datetime) else day, "medium"))


def zone() -> str:
    """The place whose time the portal shows: New York."""
    return str(get_timezone_location(flask_babel.get_timezone(), locale=flask_babel.get_locale(), return_city=True))


def number(value: int | float | Decimal | str) -> str:
    """A number as the reader's language writes it; a text is a decimal as the API gives it."""
    return str(flask_babel.format_decimal(Decimal(value) if isinstance(value, str) else value))


def _local(moment: datetime) -> datetime:
    local: datetime = flask_babel.to_user_timezone(moment)
    return local


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
    Entry("bank_list", N_("Question banks"), "bank", "banks.read", ("bank_", "question_")),
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
