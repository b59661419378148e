"""Texts, dates and numbers as the reader's language writes them, for templates.

A page says some hundred texts and dates. Jinja and Flask-Babel ask for the language at each; here a request finds its
catalogue once, and what dates and numbers look like is remembered for all requests.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import flask_babel
from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format, get_timezone_location
from babel.numbers import format_decimal
from flask import g
from markupsafe import Markup

from examhall.tenancy import current_tenant


def text(message: str, **values: Any) -> Markup:
    """`_()` of templates: a text in the reader's language, with its values put in and escaped."""
    said = _said(_catalogue(), message)
    # A lone text with a sign in it goes through the formatting as well, so that `%%` means the same in all of them
    return said % values if values or "%" in said else said


def texts(one: str, many: str, num: int, **values: Any) -> Markup:
    """`ngettext()` of templates: the form of a text that fits `num`, which it may hold as `%(num)s`."""
    return Markup(_catalogue().ungettext(one, many, num)) % {"num": num, **values}  # noqa: S704  # as in _said


def dt(moment: datetime) -> str:
    """A date and time of day in the tenant's zone: Mar 4, 2026, 5:30 PM."""
    return _date_and_time(_locale(), _local(moment).replace(second=0, microsecond=0, tzinfo=None))


def d(day: date) -> str:
    """A date, that of a moment in the tenant's zone: Mar 4, 2026."""
    return _date(_locale(), _local(day).date() if isinstance(day, datetime) else day)


def number(value: int | float | Decimal | str) -> str:
    """A number as the reader's language writes it; a text is a decimal as the API gives it."""
    # -0 is equal to 0 and would be remembered for both
    return _number(_locale(), (Decimal(value) if isinstance(value, str) else value) or 0)


def zone() -> str:
    """The place whose time the portal shows: New York."""
    return _place(_locale(), flask_babel.get_timezone())


class Language(NamedTuple):
    """A language in its own words: for `lang` and `dir`, and the name that the menu shows."""

    code: str
    direction: str
    name: str


@lru_cache
def language(tag: str) -> Language:
    """What a language calls itself: `ar` is `العربية`, written from right to left."""
    locale = Locale.parse(tag, sep="-")
    name = locale.get_display_name(locale) or tag
    return Language(locale.language, locale.text_direction, name[:1].upper() + name[1:])


FILTERS: dict[str, Callable[..., str]] = {"dt": dt, "d": d, "number": number}
GLOBALS: dict[str, Callable[..., Any]] = {
    "_": text, "gettext": text, "ngettext": texts, "zone": zone, "language": language
}  # fmt: skip


def _catalogue() -> Any:
    # Asked for at each text: past the proxy `g`, through which every look costs more than the text itself
    here = g._get_current_object()
    found = here.get("catalogue")
    if found is None:
        found = here.catalogue = flask_babel.get_translations()
    return found


@lru_cache(maxsize=10_000)
def _said(catalogue: Any, message: str) -> Markup:
    return Markup(catalogue.ugettext(message))  # noqa: S704  # our own text or a tenant's, never what somebody typed


def _locale() -> str:
    here = g._get_current_object()
    found: str | None = here.get("locale")
    if found is None:
        found = here.locale = str(flask_babel.get_locale())
    return found


def _local(moment: datetime) -> datetime:
    return moment.astimezone(current_tenant().zone)


@lru_cache(maxsize=2000)
def _date(locale: str, day: date) -> str:
    return format_date(day, "medium", locale)


@lru_cache(maxsize=2000)
def _date_and_time(locale: str, moment: datetime) -> str:
    pattern = str(get_datetime_format("medium", locale=locale))
    time, day = format_time(moment, "short", locale=locale), format_date(moment, "medium", locale)
    return pattern.replace("'", "").replace("{0}", time).replace("{1}", day)


@lru_cache(maxsize=2000)
def _number(locale: str, value: int | float | Decimal) -> str:
    return format_decimal(value, locale=locale)


@lru_cache
def _place(locale: str, zone: Any) -> str:
    return get_timezone_location(zone, locale=locale, return_city=True)
