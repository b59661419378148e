"""What a branded app may know of an organization before anybody has signed in."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from pydantic import BaseModel

from examhall.tenancy import current_tenant
from examhall.web.guards import public
from examhall.web.routes import Route
from examhall.web.views import MethodView


class Colours(BaseModel):
    """`on_primary` is written on `primary`; `primary` and `accent` also stand on white."""

    primary: str
    on_primary: str
    accent: str


class SignInOut(BaseModel):
    """How people sign in here."""

    methods: list[str]


class TenantOut(BaseModel):
    """An organization as an app shows it: `name` in the language asked for, `locales` with the default one first."""

    slug: str
    name: str
    logo: str
    colours: Colours
    locales: list[str]
    time_zone: str
    sign_in: SignInOut


@public
class TenantItem(MethodView):
    """The organization whose API this is."""

    schema = TenantOut

    def get(self) -> ResponseReturnValue:
        """Name, logo, colours, languages and ways to sign in, for an app to dress itself with."""
        tenant = current_tenant()
        brand = tenant.settings.brand
        return TenantOut(
            slug=tenant.slug,
            name=tenant.name_in(str(get_locale())),
            logo=url_for("static", filename=brand.logo, _external=True),
            colours=Colours(primary=brand.primary, on_primary=brand.on_primary, accent=brand.accent),
            locales=list(tenant.locales),
            time_zone=tenant.settings.time_zone,
            sign_in=SignInOut(methods=list(tenant.settings.sign_in.methods)),
        ).model_dump()


ROUTES = [Route("/api/v1/tenant", "api_tenant", TenantItem)]
