"""Tenants made for a test: their folders, right in every key and then changed in one, and whole halls of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from examhall.settings import load_settings
from hall import Hall

NAMESPACE = UUID("6f0b7f0e-3a51-4a2e-9a53-0d0c52a0e0c1")


def tenant_folder(root: Path, slug: str, **changes: Any) -> Path:
    """Write `root/slug/tenant.toml`; `changes` replace whole keys, None takes one out. Returns the folder."""
    values: dict[str, Any] = {
        "id": str(uuid5(NAMESPACE, slug)),
        "names": {"en": slug.title()},
        "hosts": [f"{slug}.localhost"],
        "locales": ["en"],
        "time_zone": "Europe/Madrid",
        "brand": {"primary": "#0b3d66", "accent": "#a8480f"},
    }
    folder = root / slug
    folder.mkdir(parents=True, exist_ok=True)
    kept = {key: value for key, value in (values | changes).items() if value is not None}
    (folder / "tenant.toml").write_text(toml(kept), "utf-8")
    return folder


def toml(values: Mapping[str, Any], path: tuple[str, ...] = ()) -> str:
    """Texts, numbers, lists and tables as TOML; JSON writes the first three as TOML does."""
    lines = [f"{json.dumps(key)} = {json.dumps(value)}" for key, value in values.items() if not isinstance(value, dict)]
    for key, value in values.items():
        if isinstance(value, dict):
            lines += [f"[{'.'.join(json.dumps(part) for part in (*path, key))}]", toml(value, (*path, key))]
    return "\n".join(lines) + "\n"


def standing_hall(root: Path, empty: Path, tenants: Mapping[str, Mapping[str, Any]], **settings: Any) -> Hall:
    """A hall below `root` for a whole module of tests; `empty` is a migrated SQLite file. Dispose of it after."""
    for slug, changes in tenants.items():
        tenant_folder(root / "tenants", slug, **changes)
    folders = {"tenants_folder": root / "tenants", "instance_folder": root / "instance"}
    hall = Hall(load_settings({"EXAMHALL_ENV": "testing"}).model_copy(update={**folders, **settings}), "sqlite")
    for tenant in hall.platform.directory:
        file = Path(hall.platform.extensions["engines"].url_of(tenant).database)
        file.parent.mkdir(parents=True)
        shutil.copy(empty, file)
    return hall
