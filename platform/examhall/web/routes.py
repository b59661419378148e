"""Routes as data, and their mounting on the platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask

from examhall.errors import ConfigurationError
from examhall.web.boot import check_view
from examhall.web.options import check_route_options
from examhall.web.views import TenantView

API_PREFIX = "/api/"


class Route:
    """One address: `Route("/exams/", "exam_list", ListView, model=Exam, template="x.html", permission="exams.read")`.

    `name` is the endpoint, by which `url_for` and a tenant's `[views.<name>]` know it; the options are those of the
    view. A rule under `/api/` answers JSON.
    """

    def __init__(self, rule: str, name: str, view: type[TenantView], **options: Any) -> None:
        self.rule, self.name, self.view = rule, name, view
        self.options: Mapping[str, Any] = options

    @property
    def is_api(self) -> bool:
        """Whether the route belongs to the JSON API."""
        return self.rule.startswith(API_PREFIX)

    def __repr__(self) -> str:
        return f"Route({self.rule!r}, {self.name!r}, {self.view.__name__})"


def mount(app: Flask, routes: Iterable[Route]) -> dict[str, Route]:
    """Register the routes on the platform and check each: options known, guards set, names unique.

    Returns the routes by name, and keeps them in `app.extensions["routes"]`. Raises `ConfigurationError` naming route
    and remedy, so that a mistake fails at boot.
    """
    api = app.extensions["api"]
    mounted: dict[str, Route] = {}
    for route in routes:
        if route.name in mounted:
            raise ConfigurationError(route, "name", f"{mounted[route.name]} has this name already")
        check_route_options(route.view, route.name, route.options)
        check_view(route.name, route.view(**route.options))
        if route.is_api:
            api.add_resource(route.view, route.rule, endpoint=route.name, resource_class_kwargs=dict(route.options))
        else:
            app.add_url_rule(route.rule, route.name, route.view.as_view(route.name, **route.options))
        mounted[route.name] = route
    app.extensions["routes"] = mounted
    return mounted
