"""Files, colours, and the way in."""

from __future__ import annotations

import mimetypes

from flask import Response, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from examhall.errors import NotFound
from examhall.identity.principal import me
from examhall.tenancy import current_tenant
from examhall.theme.files import brand_sheet, find, version_of
from examhall.web.guards import authenticated, public
from examhall.web.views import MethodView

#: What the browser must be told of our own kinds of file, whatever the machine's own table says.
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2",
}


def keep(response: Response, version: str | None) -> Response:
    """Let browsers keep what was asked for by its version; anything else they ask about again."""
    if version is not None and request.args.get("v") == version:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    return response


@public
class Static(MethodView):
    """A file of the tenant, or of the theme where the tenant has none of that name."""

    def get(self, filename: str) -> ResponseReturnValue:
        """The file; kept for ever where the address carries its version."""
        path = find(filename)
        if path is None:
            raise NotFound()
        kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return keep(send_file(path, mimetype=kind), version_of(filename))


@public
class BrandCss(MethodView):
    """The tenant's colours."""

    def get(self) -> ResponseReturnValue:
        """The stylesheet that comes before the theme's own."""
        text, version = brand_sheet()
        response = Response(text, mimetype="text/css")
        response.set_etag(version)
        return keep(response, version).make_conditional(request)


@public
class Favicon(MethodView):
    """The picture that browsers ask for unasked."""

    def get(self) -> ResponseReturnValue:
        """To the tenant's own."""
        return redirect(url_for("static", filename=current_tenant().settings.brand.favicon), 302)


@authenticated
class Home(MethodView):
    """The start page: where a person's work is. A visitor is led to sign in."""

    def get(self) -> ResponseReturnValue:
        """To the exams."""
        person = me()
        if person.must_change_password:
            return redirect(url_for("password"), 303)
        return redirect(url_for("exam_list" if person.may("exams.sit") else "exam_manage_list"), 303)
