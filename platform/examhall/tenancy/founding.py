"""Founding a tenant: the folder that a new organization begins with, checked before it appears."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from uuid_utils.compat import uuid7

from examhall.errors import ConfigurationError
from examhall.tenancy.tenant import SLUG_RULE, Tenant, tenant_of

if TYPE_CHECKING:
    from examhall.tenancy.apps import Platform

PRIMARY, ACCENT = "#27496d", "#8a3f0c"
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64">\n'
    f'  <rect width="64" height="64" rx="14" fill="{PRIMARY}"/>\n'
    '  <path fill="none" stroke="#fff" stroke-width="6" stroke-linejoin="round" d="M17 34 28 45 48 20"/>\n'
    "</svg>\n"
)


def found(
    platform: Platform, slug: str, *, name: str, hosts: Sequence[str], locales: Sequence[str], time_zone: str
) -> Tenant:
    """Write the tenant's folder with `tenant.toml`, logo and favicon, whole or not at all, and take the tenant in.

    Raises `ConfigurationError` for a slug or host that is taken and for whatever `tenant.toml` may not say.
    """
    home = platform.settings.tenants_folder
    folder = home / slug
    if folder.name != slug:
        raise ConfigurationError(slug, "slug", SLUG_RULE)
    if folder.exists():
        raise ConfigurationError(folder, "slug", "this folder exists already; take another slug")
    text = _settings(name, hosts, locales, time_zone)
    tenant = tenant_of(folder, platform.settings.instance_folder, tomllib.loads(text))
    platform.directory.add(tenant)
    # Made beside its place under a name that holds no tenant, then renamed: no server ever reads half a folder.
    with TemporaryDirectory(prefix=".new-", dir=home) as workshop:
        draft = Path(workshop, slug)
        _write(draft, {"tenant.toml": text, "static/logo.svg": LOGO, "static/favicon.svg": LOGO})
        draft.rename(folder)
    return tenant


def _settings(name: str, hosts: Sequence[str], locales: Sequence[str], time_zone: str) -> str:
    # JSON's texts and lists of texts are TOML's too, but for one control character
    def toml(value: str | Sequence[str]) -> str:
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "")

    return (
        "# Checked at start and by `flask tenants check`.\n\n"
        f"id = {toml(str(uuid7()))}  # never changes: it stands in records, tokens and file names\n"
        f"hosts = {toml(hosts)}\n"
        f"locales = {toml(locales)}  # the first is the default\n"
        f"time_zone = {toml(time_zone)}\n\n"
        f"[names]\n{toml(locales[0])} = {toml(name)}\n\n"
        f"[brand]\nprimary = {toml(PRIMARY)}\naccent = {toml(ACCENT)}\n"
    )


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
