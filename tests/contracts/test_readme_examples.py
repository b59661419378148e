"""The examples of platform/README.md work as they stand there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest
from werkzeug.test import TestResponse

from examhall import app, errors
from examhall.errors import ConfigurationError
from examhall.settings import PROJECT
from examhall.storage import transactions
from examhall.web import conditional, forms, guards, views
from examhall.web.options import OPTIONS, TASTE
from hall import Api, Hall, MakeHall

README = (PROJECT / "platform" / "README.md").read_text("utf-8")
FENCE = re.compile(r"```(?:python|jinja|toml)\n(?:# |\{# )(\S+?)(?: #\})?\n(.*?)```", re.DOTALL)
FILES = {name: text for name, text in FENCE.findall(README)}
VIEW, PAGE = "examhall/exams/calendar.py", "examhall/exams/templates/exams/calendar.html"
TOML, WALL = "tenants/northwind/tenant.toml", "tenants/northwind/templates/wall.html"


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def test_there_are_the_four_files_and_they_are_as_short_as_promised() -> None:
    assert [*FILES] == [VIEW, PAGE, TOML, WALL]
    assert len(lines(FILES[VIEW])) == 10
    assert len(lines(FILES[TOML])) == 2


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files in their places, in a copy of the tenants and beside the templates of the package."""
    module = ModuleType("examhall.exams.calendar")
    exec(compile(FILES[VIEW], VIEW, "exec"), vars(module))  # noqa: S102
    monkeypatch.setattr(app, "ROUTES", [*app.ROUTES, *module.ROUTES])
    templates = tmp_path / "templates"
    (templates / "exams").mkdir(parents=True)
    (templates / "exams" / "calendar.html").write_text(FILES[PAGE], "utf-8")
    monkeypatch.setattr(app, "TEMPLATES", [*app.TEMPLATES, templates])
    shutil.copytree(PROJECT / "tenants", tmp_path / "tenants")
    wall = tmp_path / WALL
    wall.parent.mkdir(exist_ok=True)
    wall.write_text(FILES[WALL], "utf-8")
    with (tmp_path / TOML).open("a", encoding="utf-8") as file:
        file.write("\n" + FILES[TOML])
    return tmp_path


def get(api: Api, path: str) -> TestResponse:
    return api.client.get(path, base_url=f"http://{api.tenant}.localhost", headers=api.headers)


def page(hall: Hall, slug: str, query: str = "") -> str:
    author = hall.api("author", slug)
    for title in ("Harbour pilots", "Crane drivers"):
        assert author.post("/exams", {"title": title, "description": ""}).status_code == 201
    return author.client.get(
        f"/manage/calendar{query}", base_url=f"http://{slug}.localhost", headers=author.headers
    ).text


def test_the_view_serves_both_tenants_each_in_its_look(make_hall: MakeHall, place: Path) -> None:
    hall = make_hall("sqlite", tenants_folder=place / "tenants")
    ours, theirs = page(hall, "northwind"), page(hall, "qalam")
    assert '<article class="sheet">Harbour pilots</article>' in ours
    assert "<ol><li>Crane drivers</li><li>Harbour pilots</li></ol>" in theirs
    assert "<article" not in theirs
    assert "<li>Harbour pilots</li><li>Harbour pilots</li><li>Crane drivers</li>" in page(
        hall, "qalam", "?order=-title"
    )
    assert get(hall.api("candidate"), "/manage/calendar").status_code == 403


@pytest.mark.parametrize(
    ("taste", "key"),
    [("page_size = 500", "page_size"), ('model = "User"', "model"), ('template = "none.html"', "template")],
)
def test_what_the_start_would_have_said(make_hall: MakeHall, place: Path, taste: str, key: str) -> None:
    file = place / TOML
    file.write_text(file.read_text("utf-8").replace('template = "wall.html"', taste), "utf-8")
    with pytest.raises(ConfigurationError) as refused:
        make_hall("sqlite", tenants_folder=place / "tenants")
    assert (refused.value.file, refused.value.key) == (str(file), f"views.calendar.{key}")


def test_the_house_is_drawn_as_it_stands() -> None:
    drawn = set(re.findall(r"^[├└]── (\S+)", README, re.MULTILINE))
    package = PROJECT / "platform" / "examhall"
    standing = {
        f"{entry.name}/" if entry.is_dir() else entry.name
        for entry in package.iterdir()
        if not entry.name.startswith("_")
    }
    assert drawn <= standing
    assert {name for name in standing if name.endswith("/")} <= drawn


def row(name: str) -> set[str]:
    """The names in backticks of one row of the table."""
    found = re.search(rf"^\| {re.escape(name)}[^|]*\|(.*)\|$", README, re.MULTILINE)
    assert found, name
    return set(re.findall(r"`@?(\w+)", found.group(1)))


def test_the_surface_is_the_one_that_there_is() -> None:
    assert row("options") | row("a route's own") == OPTIONS
    assert row("a tenant's") - {"views"} == TASTE
    for name in row("hooks") | row("told to OpenAPI") | row("options"):
        assert hasattr(views.TenantView, name), name
    assert row("guards") == {
        name for name, value in vars(guards).items() if (value.__doc__ or "").startswith("Class decorator:")
    }
    assert {"Form", "require_revision"} <= row("forms") & set(vars(forms))
    assert "require_match" in row("revisions") & set(vars(conditional))
    assert {"writes", "writing"} <= set(vars(transactions))
    assert {"NotFound", "Forbidden", "Invalid", "Conflict", "N_"} <= row("errors") & set(vars(errors))
