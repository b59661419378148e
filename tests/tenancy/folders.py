"""Folders of tenants made for a test: right in every key, then changed in one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

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
