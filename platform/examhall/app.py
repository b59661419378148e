"""The factory: a table of contents, no logic."""

from __future__ import annotations

from pathlib import Path

from examhall.attempts.uses import in_attempts
from examhall.bank.content.media import init_media
from examhall.bank.plugged import template_folders
from examhall.bank.uses import init_uses
from examhall.cli import init_cli
from examhall.exams.uses import in_exams
from examhall.extensions import babel, db, jwt, limiter, migrate
from examhall.identity.challenge import challenge
from examhall.identity.tokens import init_tokens
from examhall.logs import init_logs
from examhall.routes import ROUTES
from examhall.settings import Settings, load_settings
from examhall.storage.engines import Engines
from examhall.storage.idempotency import Receipts
from examhall.storage.scope_guard import init_scope_guard
from examhall.storage.transactions import init_transactions
from examhall.tenancy import current_tenant
from examhall.tenancy.apps import Platform
from examhall.tenancy.demonstration import refuse_marked
from examhall.tenancy.directory import Directory
from examhall.tenancy.language import init_language
from examhall.theme.context import init_theme
from examhall.web.api import Api
from examhall.web.config import flask_config
from examhall.web.hooks import init_hooks
from examhall.web.problems import init_problems

HERE = Path(__file__).parent
TEMPLATES = [HERE / "theme" / "templates", *sorted(HERE.glob("*/templates"))]


def create_app(settings: Settings | None = None) -> Platform:
    """The platform with all its tenants, ready to serve. Raises `ConfigurationError` naming file, key and remedy."""
    settings = settings or load_settings()
    init_logs(settings.log_level)
    refuse_marked(settings)
    directory = Directory(settings.tenants_folder, settings.instance_folder)
    engines = Engines(settings)
    platform = Platform(settings, directory, engines.of, [*TEMPLATES, *template_folders()])
    platform.config.update(flask_config(settings))
    platform.extensions["engines"] = engines
    platform.extensions["idempotency"] = Receipts()

    init_hooks(platform, tls=settings.tls, origins=lambda: current_tenant().settings.cors.origins)
    init_language(platform, babel)
    init_problems(platform, challenge)
    init_theme(platform)
    init_media(platform)
    init_transactions()
    init_scope_guard()
    db.init_app(platform)
    migrate.init_app(platform, db, directory=str(HERE / "migrations"))
    jwt.init_app(platform)
    init_tokens(jwt)
    limiter.init_app(platform)
    Api(platform)
    platform.mount(ROUTES)
    init_uses(in_exams, in_attempts)
    init_cli(platform)
    return platform
