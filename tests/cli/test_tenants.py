"""`flask tenants …` as an operator uses it."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from examhall.app import create_app
from examhall.errors import ConfigurationError
from examhall.storage.migrate import head
from hall import Hall, MakeHall

Flask = Callable[..., Result]


ACME = (
    "tenants", "create", "acme", "--name", 'Acme "Exams" & Söhne', "--host", "acme.example.org", "--host",
    "exams.acme.example", "--locale", "es", "--locale", "en", "--time-zone", "Europe/Madrid",
)  # fmt: skip


def change(folder: Path, slug: str, old: str, new: str) -> None:
    file = folder / slug / "tenant.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_list_shows_hosts_languages_and_databases(flask: Flask, hall: Hall) -> None:
    answer = flask("tenants", "list")
    assert answer.exit_code == 0
    lines = answer.output.splitlines()
    assert lines[0].split() == ["SLUG", "NAME", "HOSTS", "LOCALES", "DATABASE"]
    assert lines[1].startswith("northwind")
    assert "northwind.localhost" in lines[1]
    assert lines[1].endswith(head())
    Path(hall.app("qalam").engines[None].url.database or "").unlink()
    assert "empty: migrate it" in flask("tenants", "list").output.splitlines()[2]


def test_check_finds_nothing_wrong_with_the_examples(flask: Flask) -> None:
    answer = flask("tenants", "check")
    assert (answer.exit_code, answer.output) == (0, "All 2 tenants are right.\n")
    assert flask("tenants", "check", "qalam").output == "qalam is right.\n"


def test_a_start_tells_everything_that_is_wrong_at_once(make_hall: MakeHall, folder: Path) -> None:
    change(folder, "northwind", 'accent = "#a8480f"', 'accent = "red"\ncolour = "red"')
    change(folder, "northwind", 'time_zone = "America/New_York"', 'time_zone = "Mars"')
    (folder / "qalam" / "tenant.toml").write_text("id = ")
    with pytest.raises(ConfigurationError) as refused:
        make_hall("sqlite", tenants_folder=folder)
    told = refused.value.told().splitlines()
    assert len(told) == 4
    assert all(line.startswith(str(folder)) for line in told)
    for key in ("time_zone", "brand.accent", "brand.colour", "file: not valid TOML"):
        assert any(f": {key}" in line for line in told), key


def test_where_tenants_are_isolated_check_tells_and_the_others_are_served(make_hall: MakeHall, folder: Path) -> None:
    (folder / "qalam" / "tenant.toml").write_text(
        (folder / "qalam" / "tenant.toml").read_text() + "\n[views.api_users]\nmodel = 1\n"
    )
    hall = make_hall("sqlite", tenants_folder=folder, bad_tenant="isolate")
    run = hall.platform.test_cli_runner().invoke
    answer = run(args=["tenants", "check"])
    assert answer.exit_code == 1
    assert "views.api_users.model: a tenant may set" in answer.output
    assert run(args=["tenants", "check", "qalam"]).exit_code == 1
    assert run(args=["tenants", "check", "northwind"]).exit_code == 0
    assert "qalam" in run(args=["tenants", "list"]).output
    assert hall.api(slug="qalam").get("/me").status_code == 503
    assert hall.api().get("/me").status_code == 401


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("templates/exams/list.html", "{% if %}", "list.html: line 1"),
        ("static/logo.svg", None, "brand.logo: there is no logo.svg"),
    ],
)
def test_check_looks_where_the_start_does_not(
    flask: Flask, folder: Path, file: str, text: str | None, told: str
) -> None:
    path = folder / "northwind" / file
    if text is None:
        path.unlink()
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    answer = flask("tenants", "check")
    assert answer.exit_code == 1
    assert told in answer.output
    assert flask("tenants", "check", "qalam").exit_code == 0


def test_check_reads_secrets_and_addresses_of_databases(
    flask: Flask, hall: Hall, make_hall: MakeHall, folder: Path
) -> None:
    hall.app()
    (hall.settings.instance_folder / "northwind" / "secrets.toml").chmod(0o644)
    assert "chmod 600" in flask("tenants", "check").output
    change(folder, "qalam", "[wording.ar]", '[storage]\ndatabase_url = "nonsense"\n\n[wording.ar]')
    assert create_app(hall.settings).test_cli_runner().invoke(args=["tenants", "check", "qalam"]).exit_code == 1


def test_an_unknown_tenant_is_named(flask: Flask) -> None:
    for command in (("tenants", "check", "nobody"), ("tenants", "migrate", "nobody")):
        answer = flask(*command)
        assert answer.exit_code == 2
        assert "there is no tenant 'nobody'" in answer.output


def test_create_founds_a_tenant_that_opens_its_portal(flask: Flask, hall: Hall, folder: Path) -> None:
    answer = flask(*ACME)
    assert answer.exit_code == 0, answer.output
    settings = tomllib.loads((folder / "acme" / "tenant.toml").read_text("utf-8"))
    assert settings["hosts"] == ["acme.example.org", "exams.acme.example"]
    assert settings["names"] == {"es": 'Acme "Exams" & Söhne'}
    secrets = hall.settings.instance_folder / "acme" / "secrets.toml"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == ["acme", "northwind", "qalam"]

    anew = Hall(hall.settings, "sqlite")
    assert anew.platform.test_cli_runner().invoke(args=["tenants", "check"]).exit_code == 0
    client = anew.platform.test_client()
    assert client.get("/api/v1/me", base_url="http://acme.example.org").status_code == 401
    person = anew.person("admin", "acme")
    login = {"email": person.email, "password": "open-the-exam-hall"}
    assert client.post("/api/v1/auth/login", json=login, base_url="http://acme.example.org").status_code == 200
    anew.dispose()


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("acme", "northwind", "exists already"),
        ("acme", "admin", "no reserved word"),
        ("acme", "Ac me", "3 to 32 of a-z"),
        ("acme", "../acme", "3 to 32 of a-z"),
        ("acme.example.org", "qalam.localhost", "belongs to tenant 'qalam'"),
        ("acme.example.org", "https://acme", "without scheme"),
        ("es", "fr", "not spoken here yet"),
        ("Europe/Madrid", "Mars", "tz database"),
    ],
)
def test_what_can_not_be_is_refused_and_leaves_nothing(
    flask: Flask, folder: Path, option: str, value: str, told: str
) -> None:
    answer = flask(*(value if word == option else word for word in ACME))
    assert answer.exit_code == 1
    assert told in answer.output
    assert ".new-" not in answer.output
    assert sorted(path.name for path in folder.iterdir()) == ["northwind", "qalam"]
    assert not (folder.parent / "acme").exists()


def test_migrate_brings_one_or_all_databases_up_to_date(flask: Flask, hall: Hall) -> None:
    files = [Path(hall.app(slug).engines[None].url.database or "") for slug in ("northwind", "qalam")]
    for file in files:
        file.unlink()
    assert flask("tenants", "migrate").exit_code == 2
    assert flask("tenants", "migrate", "qalam").exit_code == 0
    assert [file.exists() for file in files] == [False, True]
    assert flask("tenants", "migrate", "--all").output.count(f"revision {head()}") == 2
    assert flask("tenants", "migrate", "--all").exit_code == 0


def test_a_database_that_does_not_answer_is_told_without_a_trace(make_hall: MakeHall, tmp_path: Path) -> None:
    hall = make_hall("sqlite")
    (tmp_path / "dir.sqlite").mkdir()
    settings = hall.settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/dir.sqlite"})
    answer = create_app(settings).test_cli_runner().invoke(args=["tenants", "migrate", "--all"])
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: the database refused: unable to open")
