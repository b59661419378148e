"""A deployment of its own for each test: copies of the example tenants, and a runner of commands."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from examhall.settings import PROJECT
from hall import Hall, MakeHall

Flask = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tenants folder, free to be changed."""
    return Path(shutil.copytree(PROJECT / "tenants", tmp_path / "tenants"))


@pytest.fixture
def hall(make_hall: MakeHall, folder: Path) -> Hall:
    return make_hall("sqlite", tenants_folder=folder, secret_key=None)


@pytest.fixture
def flask(hall: Hall) -> Flask:
    """`flask("tenants", "list")` as somebody types it."""

    def run(*words: str, **options: object) -> Result:
        return hall.platform.test_cli_runner().invoke(args=words, **options)

    return run
