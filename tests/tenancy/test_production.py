"""What production refuses to start with, each with file, key and remedy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from examhall.app import create_app
from examhall.errors import ConfigurationError
from examhall.settings import PROJECT, Settings, load_settings
from examhall.tenancy.demonstration import leave_mark, mark

PRODUCTION = {"EXAMHALL_ENV": "production"}


@pytest.mark.parametrize(
    ("setting", "value", "remedy"),
    [
        ("DEBUG", "true", "never runs with debug"),
        ("DEMO_ACCOUNTS", "true", "published password"),
        ("PORTALS_PAGE", "true", "for development"),
        ("SECRET_KEY", load_settings({"EXAMHALL_ENV": "testing"}).secret_key, "stands in the repository"),
        ("SECRET_KEY", "secret", "at least 32 characters"),
        ("MAX_ATTEMPT_BYTES", "1048576", "at least max_upload_bytes, 67108864"),
    ],
)
def test_an_unsafe_setting_stops_the_start(setting: str, value: str, remedy: str) -> None:
    with pytest.raises(ConfigurationError, match=remedy) as refused:
        load_settings(PRODUCTION | {f"EXAMHALL_{setting}": value})
    assert refused.value.key == setting.lower()


def test_flask_s_own_switch_for_debug_is_refused_too() -> None:
    with pytest.raises(ConfigurationError, match="never runs with debug"):
        load_settings(PRODUCTION | {"FLASK_DEBUG": "1"})
    assert load_settings(PRODUCTION | {"FLASK_DEBUG": "0"}).debug is False


@pytest.mark.parametrize("setting", ["DEBUG", "DEMO_ACCOUNTS", "PORTALS_PAGE"])
def test_development_may(setting: str) -> None:
    settings = load_settings({"EXAMHALL_ENV": "development", f"EXAMHALL_{setting}": "true"})
    assert getattr(settings, setting.lower()) is True


def test_production_is_what_runs_where_nothing_is_said() -> None:
    assert load_settings({}).environment == "production"


@pytest.fixture
def production(tmp_path: Path) -> Settings:
    return load_settings(PRODUCTION | {"EXAMHALL_INSTANCE_FOLDER": str(tmp_path)})


def test_the_mark_of_demonstration_accounts_stops_production_alone(production: Settings) -> None:
    create_app(production)
    for slug in ("northwind", "qalam"):
        leave_mark(production, slug)
    with pytest.raises(ConfigurationError, match="password is published") as refused:
        create_app(production)
    for slug in ("northwind", "qalam"):
        assert str(mark(production, slug)) in refused.value.told()
    create_app(production.model_copy(update={"environment": "development"}))


def test_the_door_says_why_and_shows_no_trace(production: Settings) -> None:
    leave_mark(production, "northwind")
    environ = os.environ | PRODUCTION | {
        "EXAMHALL_INSTANCE_FOLDER": str(production.instance_folder),
        "PYTHONPATH": str(PROJECT / "platform"),
        "FLASK_APP": "wsgi",
    }  # fmt: skip
    for command in (["-c", "import wsgi"], ["-m", "flask", "tenants", "list"]):
        ended = subprocess.run(
            [sys.executable, *command], cwd=PROJECT, env=environ, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 1
        assert ended.stdout == ""
        assert ended.stderr.startswith("Examhall can't start:\n")
        assert "Traceback" not in ended.stderr
        assert str(mark(production, "northwind")) in ended.stderr
