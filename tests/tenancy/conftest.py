"""Halls whose tenants are made for the test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hall import Hall, MakeHall
from tenancy.folders import tenant_folder

MakeTenants = Callable[..., Hall]


@pytest.fixture
def make_tenants(make_hall: MakeHall, tmp_path: Path) -> MakeTenants:
    """`make_tenants({"acme": {…changes of its tenant.toml…}, …}, **settings)`: a hall with these tenants on SQLite."""

    def make(tenants: dict[str, dict[str, Any]], **settings: Any) -> Hall:
        for slug, changes in tenants.items():
            tenant_folder(tmp_path / "tenants", slug, **changes)
        return make_hall("sqlite", tenants_folder=tmp_path / "tenants", **settings)

    return make
