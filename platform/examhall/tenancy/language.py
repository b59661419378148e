"""Which language and zone a request speaks, and each tenant's own wording laid over the product's translations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel.support import Translations
from flask import Flask, current_app, request
from flask_babel import Babel, Domain, get_locale

from examhall.tenancy import current_tenant

TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"


class TenantDomain(Domain):  # type: ignore[misc]  # Flask-Babel ships no types
    """The product's catalogue with one tenant's wording over it; each tenant has its own, and so its own cache."""

    def __init__(self, wording: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(str(TRANSLATIONS))
        self.wording = wording

    def get_translations(self) -> Translations:
        """The catalogue of the request's language."""
        key = (str(get_locale()), self.domain[0])
        if key not in self.cache:
            own = self.wording.get(key[0], {})
            catalogue = product_catalogue(key[0])
            if own:
                worded = Translations()
                worded.merge(catalogue)
                worded.plural = catalogue.plural
                worded._catalog.update(own)
                catalogue = worded
            self.cache[key] = catalogue
        found: Translations = self.cache[key]
        return found


_catalogues: dict[str, Any] = {}


def product_catalogue(language: str) -> Any:
    """The product's own catalogue of a language, read once and shared by all tenants."""
    if language not in _catalogues:
        catalogue = Translations.load(str(TRANSLATIONS), [language])
        if not hasattr(catalogue, "plural"):  # English has no file: texts stand for themselves
            catalogue = Translations()
            catalogue.plural = lambda count: int(count != 1)
        _catalogues[language] = catalogue
    return _catalogues[language]


def locale_cookie() -> str:
    """The cookie in which a visitor's choice of language is kept."""
    return f"{current_tenant().slug}-locale"


def select_locale() -> str:
    """The chosen language, else the first that the browser asks for, else the tenant's first."""
    tenant = current_tenant()
    chosen = request.cookies.get(locale_cookie())
    if chosen in tenant.locales:
        return chosen
    asked = request.accept_languages
    for tag, _quality in list(asked)[:20]:
        language = tag.replace("_", "-").split("-")[0].lower()
        if language in tenant.locales:
            return language
    return tenant.locales[0]


def select_zone() -> str:
    """The name of the tenant's zone."""
    return current_tenant().settings.time_zone


def init_language(app: Flask, babel: Babel) -> None:
    """Initialise Babel once, on the platform; both selectors and the domain ask the current tenant."""
    babel.init_app(
        app,
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=select_locale,
        timezone_selector=select_zone,
    )

    def choose_domain() -> None:
        current_app.domain.as_default()  # type: ignore[attr-defined]

    app.before_request(choose_domain)
