"""One platform that holds the code, and a thin Flask app for each tenant that holds its data.

Code belongs to the platform and is shared by reference: rules, hooks, extensions, templates. Data belongs to the
tenant: config, keys, cookies, engines, and its own instances of every view. `current_app` *is* the tenant.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask
from flask.config import Config
from jinja2 import BaseLoader, BytecodeCache, ChoiceLoader, Environment, FileSystemLoader
from jinja2.bccache import Bucket
from werkzeug.middleware.proxy_fix import ProxyFix

from examhall.errors import ConfigurationError
from examhall.settings import Settings
from examhall.tenancy.directory import Directory
from examhall.tenancy.door import Door
from examhall.tenancy.language import TenantDomain
from examhall.tenancy.secrets import secrets_of
from examhall.tenancy.tenant import Tenant
from examhall.web.options import check_taste
from examhall.web.routes import Route, mount

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: What every tenant app takes from the platform by reference. A test pins it against `vars(Flask(…))`.
SHARED = (
    "url_map", "blueprints", "extensions", "error_handler_spec", "before_request_funcs", "after_request_funcs",
    "teardown_request_funcs", "teardown_appcontext_funcs", "template_context_processors", "url_value_preprocessors",
    "url_default_functions", "url_build_error_handlers", "shell_context_processors", "cli", "json", "aborter",
)  # fmt: skip

EngineOf = Callable[[Tenant], sa.engine.Engine]

logger = logging.getLogger("examhall.tenancy")


class Compiled(BytecodeCache):
    """What templates are compiled to, once for all: a tenant with some of its own has an environment of its own."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what this file was compiled to while it read the same."""
        if bucket.key in self._known and self._known[bucket.key][0] == bucket.checksum:
            bucket.code = self._known[bucket.key][1]

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it, in the place of what the file was before."""
        if bucket.code:
            self._known[bucket.key] = bucket.checksum, bucket.code


class Platform(Flask):
    """The prototype app: all the code, none of the data. Its `wsgi_app` is the door to the tenants."""

    jinja_options = {"bytecode_cache": Compiled()}

    def __init__(
        self, settings: Settings, directory: Directory, engine_of: EngineOf, templates: Iterable[Path]
    ) -> None:
        self.templates = tuple(templates)
        super().__init__("examhall", static_folder=None, static_url_path="/static")
        self.settings, self.directory, self.engine_of = settings, directory, engine_of
        self.routes: dict[str, Route] = {}
        self.live = LiveTenants(self._make, settings.live_tenants)
        proxies = settings.trusted_proxies
        self.door = ProxyFix(Door(self), x_for=proxies, x_proto=proxies) if proxies else Door(self)

    @property
    def jinja_loader(self) -> BaseLoader:
        """The templates of the theme and of every slice."""
        return FileSystemLoader(self.templates)

    def mount(self, routes: Iterable[Route]) -> None:
        """Register the route table, then hold every tenant's view options to it.

        Raises `ConfigurationError` that tells all that is wrong with tenants; where the deployment says to isolate
        them, they are out of service and all others are served.
        """
        self.routes = mount(self, routes)
        self.directory.examine(self.check)
        broken = self.directory.broken
        if broken and self.settings.bad_tenant == "stop":
            raise ConfigurationError.together([*broken.values()])
        for slug, error in broken.items():
            logger.critical("tenant %s is out of service: %s", slug, error.told().replace("\n", "; "))

    def check(self, tenant: Tenant) -> None:
        """Refuse view options that this tenant may not set. Raises `ConfigurationError` with file, key and remedy."""
        file = tenant.folder / "tenant.toml"
        errors = []
        for endpoint, taste in tenant.settings.views.items():
            try:
                check_taste(file, endpoint, self.routes.get(endpoint), taste)
                self._check_template(tenant, file, endpoint, taste)
            except ConfigurationError as error:
                errors.append(error)
        if errors:
            raise ConfigurationError.together(errors)

    def _check_template(self, tenant: Tenant, file: Path, endpoint: str, taste: Mapping[str, Any]) -> None:
        folders = (tenant.folder / "templates", *self.templates)
        if "template" in taste and not any((folder / taste["template"]).is_file() for folder in folders):
            raise ConfigurationError(
                file, f"views.{endpoint}.template", f"there is no template {taste['template']!r} in {folders[0]}"
            )

    def tenant_app(self, slug: str) -> TenantApp:
        """The app of a tenant, made at first use. Raises `KeyError` for an unknown slug."""
        return self.live[slug]

    def _make(self, slug: str) -> TenantApp:
        return TenantApp(self, self.directory.by_slug[slug])

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Every request comes in by the door; the platform itself serves none."""
        return self.door(environ, start_response)


class Views(dict[str, Any]):
    """Endpoint to view function, instantiated with one tenant's options at first use and kept.

    Holds no reference to the app, so that an evicted app is freed at once.
    """

    def __init__(self, platform: Platform, taste: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__()
        self.routes, self.shared, self.taste = platform.routes, platform.view_functions, taste
        self.api = platform.extensions["api"]

    def __missing__(self, endpoint: str) -> Any:
        route = self.routes.get(endpoint)
        if route is None:  # an extension's own, such as bootstrap.static
            return self.shared[endpoint]
        view = route.view.as_view(endpoint, **{**route.options, **self.taste.get(endpoint, {})})
        return self.setdefault(endpoint, self.api.output(view) if route.is_api else view)

    def get(self, endpoint: str, default: Any = None) -> Any:
        """As of any mapping; Flask-Limiter asks this way."""
        return self[endpoint] if endpoint in self.routes or endpoint in self.shared else default


class TenantApp(Flask):
    """One tenant's app: 13 KB of data around the platform's code."""

    def __init__(self, platform: Platform, tenant: Tenant) -> None:
        self.platform, self.tenant = platform, tenant
        self.settings = platform.settings
        super().__init__(
            platform.import_name,
            static_folder=None,
            static_url_path="/static",
            root_path=platform.root_path,
            instance_path=str((self.settings.instance_folder / tenant.slug).absolute()),
            instance_relative_config=True,
        )
        for name in SHARED:
            setattr(self, name, getattr(platform, name))
        self.secrets = secrets_of(tenant, self.settings)
        self.config.update(self._own_config())
        self.domain = TenantDomain(tenant.settings.wording)
        self.view_functions = Views(platform, tenant.settings.views)
        # before_request() and the like raise from now on: they would reach every tenant
        self._got_first_request = True

    def make_config(self, instance_relative: bool = False) -> Config:
        """The platform's config, copied; its values are immutable."""
        return Config(self.instance_path, self.platform.config)

    def _own_config(self) -> dict[str, Any]:
        # With TLS the browser itself holds a cookie to this host and path
        prefix = ("__Host-" if self.settings.tls else "") + self.tenant.slug
        return {
            "SECRET_KEY": self.secrets.session_key,
            "JWT_SECRET_KEY": self.secrets.token_key,
            "JWT_ENCODE_AUDIENCE": str(self.tenant.id),
            "JWT_DECODE_AUDIENCE": str(self.tenant.id),
            "JWT_ACCESS_COOKIE_NAME": f"{prefix}-access",
            "JWT_REFRESH_COOKIE_NAME": f"{prefix}-refresh",
            "JWT_ACCESS_CSRF_COOKIE_NAME": f"{prefix}-csrf",
            "JWT_REFRESH_CSRF_COOKIE_NAME": f"{prefix}-refresh-csrf",
            "SESSION_COOKIE_NAME": f"{prefix}-visit",
        }

    @cached_property
    def engines(self) -> Mapping[str | None, sa.engine.Engine]:
        """The tenant's engine, shared with all tenants of the same URL; every statement asks for it."""
        return {None: self.platform.engine_of(self.tenant)}

    def create_jinja_environment(self) -> Environment:  # type: ignore[override]  # an overlay is a plain Environment
        """The platform's environment, overlaid only where the tenant brings templates of its own."""
        folder = self.tenant.folder / "templates"
        if not folder.is_dir():
            return self.platform.jinja_env
        own = ChoiceLoader([FileSystemLoader(folder), self.platform.jinja_env.loader or FileSystemLoader(())])
        return self.platform.jinja_env.overlay(loader=own)


class LiveTenants:
    """Slug to tenant app, made at first use; beyond `keep` the least recently used goes."""

    def __init__(self, make: Callable[[str], TenantApp], keep: int) -> None:
        self._make, self._keep = make, keep
        self._live: OrderedDict[str, TenantApp] = OrderedDict()
        self._lock = threading.Lock()

    def __getitem__(self, slug: str) -> TenantApp:
        with self._lock:
            app = self._live.get(slug)
            if app is None:
                app = self._live[slug] = self._make(slug)
            self._live.move_to_end(slug)
            if len(self._live) > self._keep:
                self._live.popitem(last=False)
            return app

    def __len__(self) -> int:
        return len(self._live)

    def evict(self, slug: str) -> None:
        """Forget a tenant's app; the next request makes it anew from the directory."""
        with self._lock:
            self._live.pop(slug, None)
