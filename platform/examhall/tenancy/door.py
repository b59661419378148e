"""The door: which tenant is asked, by Host or by `/t/<slug>` on the hosts that allow it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from examhall.errors import ConfigurationError
from examhall.tenancy.demonstration import PASSWORD, accounts
from examhall.tenancy.tenant import HOST
from examhall.web.routes import API_PREFIX

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from examhall.tenancy.apps import Platform

PATH_DOOR = "/t/"
OUT_OF_SERVICE = (503, "unavailable", "Out of service", "This portal is being mended. Try again later.")

logger = logging.getLogger("examhall.tenancy")


class Door:
    """WSGI callable that hands each request to its tenant's app.

    An unknown host gets 421 and learns nothing of any tenant; a tenant whose file is broken answers 503 alone.
    """

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.answer(environ)(environ, start_response)

    def answer(self, environ: WSGIEnvironment) -> WSGIApplication:
        """The WSGI app that answers: a tenant's, or a response of the door itself."""
        path = environ.get("PATH_INFO", "")
        if path == "/health":
            return Response('{"status":"ok"}\n', mimetype="application/json", headers={"Cache-Control": "no-store"})
        directory = self.platform.directory
        host = host_of(environ)
        slug = directory.slug_of_host.get(host)
        if slug is None and host in self.platform.settings.path_hosts:
            if path == "/" and self.platform.settings.portals_page:
                return self._portals(environ)
            if path.startswith(PATH_DOOR):
                slug, slash, rest = path.removeprefix(PATH_DOOR).partition("/")
                if slug in directory.by_slug and not slash:
                    return redirect(f"{PATH_DOOR}{slug}/", 308)
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + PATH_DOOR + slug
                environ["PATH_INFO"] = slash + rest
            if slug not in directory.by_slug and slug not in directory.broken:
                return refusal(404, "not_found", "Not found", "There is no portal at this address.", path)
        if slug in directory.broken:
            return refusal(*OUT_OF_SERVICE, path)
        if slug is None:
            return refusal(421, "misdirected_request", "Not here", "No portal is served under this host name.", path)
        try:
            return self.platform.tenant_app(slug).wsgi_app
        except ConfigurationError as error:  # its secrets can't be read
            logger.critical("tenant %s is out of service: %s", slug, error.told().replace("\n", "; "))
            return refusal(*OUT_OF_SERVICE, path)

    def _portals(self, environ: WSGIEnvironment) -> Response:
        portals = [
            {
                "name": tenant.name,
                "slug": tenant.slug,
                "hosts": tenant.settings.hosts,
                "accounts": accounts(self.platform.settings, tenant.slug),
            }
            for tenant in self.platform.directory
        ]
        _, colon, port = environ["HTTP_HOST"].partition(":")
        page = self.platform.jinja_env.get_template("portals.html").render(
            portals=portals, port=colon + port, password=PASSWORD
        )
        return Response(page, mimetype="text/html")


def host_of(environ: WSGIEnvironment) -> str:
    """The host that is asked for: lower case, without port and final dot; empty where it is no host name."""
    host = environ.get("HTTP_HOST", "").lower()
    name, colon, port = host.partition(":")
    if colon and not (port.isascii() and port.isdigit()):
        return ""
    name = name.removesuffix(".")
    return name if HOST.fullmatch(name) else ""


def refusal(status: int, code: str, title: str, detail: str, path: str) -> Response:
    """The door's own answer, in English since no tenant's language is known: problem+json for the API, else a page."""
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "30"} if status == 503 else {})
    if API_PREFIX in path:
        document = {
            "type": f"urn:examhall:problem:{code}",
            "title": title,
            "status": status,
            "detail": detail,
            "code": code,
            "errors": [],
        }
        return Response(json.dumps(document), status, headers, mimetype="application/problem+json")
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    page = f"{head}<h1>{title}</h1><p>{detail}</p></html>\n"
    return Response(page, status, headers, mimetype="text/html")
