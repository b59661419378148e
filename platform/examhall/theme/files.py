"""Static files and the brand's stylesheet, each with a version made from its content."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import current_app
from werkzeug.security import safe_join

from examhall.tenancy import current_tenant

THEME = Path(__file__).parent / "static"


def find(name: str) -> Path | None:
    """The file of that name, the tenant's own or else the theme's; None where neither has it or the name leads out."""
    for folder in (current_tenant().folder / "static", THEME):
        path = safe_join(str(folder), name)
        if path is not None and Path(path).is_file():
            return Path(path)
    return None


def version_of(name: str) -> str | None:
    """A digest of the file's content, read once per process (with debug on each time); None where there is none."""
    read = _version.__wrapped__ if current_app.debug else _version
    return read(current_tenant().folder, name)


@lru_cache(maxsize=20_000)
def _version(folder: Path, name: str) -> str | None:
    # `folder` tells the tenants apart in the cache; `find` asks the present one
    path = find(name)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path else None


def brand_sheet() -> tuple[str, str]:
    """The tenant's colours as CSS variables, and the version of that text."""
    brand = current_tenant().settings.brand
    text = f":root {{ --brand: {brand.primary}; --on-brand: {brand.on_primary}; --accent: {brand.accent}; }}\n"
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]
