"""Static files and colours: the tenant's own before the theme's, kept by version, nothing from outside the folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from examhall.tenancy.demonstration import leave_mark
from hall import Hall, MakeHall
from portal import Portal


@pytest.fixture
def portal(make_hall: MakeHall) -> Portal:
    return Portal(make_hall())


def test_a_tenants_own_file_comes_before_the_themes(make_hall: MakeHall) -> None:
    hall = make_hall()
    here, there = Portal(hall), Portal(hall, slug="qalam")
    assert here.get("/static/logo.svg").data != there.get("/static/logo.svg").data
    assert here.get("/static/css/base.css").data == there.get("/static/css/base.css").data


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("css/base.css", "text/css; charset=utf-8"),
        ("js/dialogs.js", "text/javascript; charset=utf-8"),
        ("icons.svg", "image/svg+xml; charset=utf-8"),
    ],
)
def test_a_browser_is_told_what_it_gets(portal: Portal, name: str, kind: str) -> None:
    answer = portal.get(f"/static/{name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    [
        "../tenant.toml", "css/../../templates/base.html", "%2e%2e/tenant.toml", "..%2ftenant.toml", "..%5ctenant.toml",
        "/etc/passwd", "%2fetc/passwd", "css", "css/", "", "no.css", "logo.svg%00.css",
    ],
)  # fmt: skip
def test_nothing_outside_the_folders_is_served(portal: Portal, name: str) -> None:
    assert portal.get(f"/static/{name}", follow_redirects=True).status_code == 404


def test_an_address_with_its_version_is_kept_and_any_other_is_asked_about_again(portal: Portal) -> None:
    page = portal.get("/sign-in").text
    address = re.search(r'href="(/static/css/base.css\?v=\w+)"', page).group(1)
    assert portal.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for other in ("/static/css/base.css", "/static/css/base.css?v=older"):
        answer = portal.get(other)
        assert answer.headers["Cache-Control"] == "no-cache"
        assert portal.get(other, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert "Vary" not in portal.get(address).headers


def test_all_files_of_a_page_are_there_and_versioned(portal: Portal) -> None:
    page = portal.get("/sign-in").text
    addresses = set(re.findall(r'(?:href|src)="(/(?:static|brand|bootstrap)[^"#]*)', page))
    assert len(addresses) > 10
    for address in addresses:
        assert portal.get(address).status_code == 200, address
        assert "?v=" in address or address.startswith("/bootstrap/"), address


def test_the_colours_are_the_tenants_and_a_change_changes_the_address(make_hall: MakeHall) -> None:
    hall = make_hall()
    sheets, addresses = [], []
    for slug in ("northwind", "qalam"):
        portal = Portal(hall, slug=slug)
        addresses.append(re.search(r'href="(/brand.css\?v=\w+)"', portal.get("/sign-in").text).group(1))
        answer = portal.get(addresses[-1])
        assert answer.mimetype == "text/css"
        assert "immutable" in answer.headers["Cache-Control"]
        assert portal.get(addresses[-1], headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
        sheets.append(answer.text)
    assert sheets == [
        ":root { --brand: #0b3d66; --on-brand: #ffffff; --accent: #a8480f; }\n",
        ":root { --brand: #14532d; --on-brand: #ffffff; --accent: #7f1d3f; }\n",
    ]
    assert addresses[0] != addresses[1]


def test_the_favicon_is_the_tenants(portal: Portal) -> None:
    assert portal.follow(portal.get("/favicon.ico")).mimetype == "image/svg+xml"


def test_files_are_not_counted_against_the_visitor(make_hall: MakeHall, tmp_path: Path) -> None:
    own = tmp_path / "instance" / "northwind" / "tenant.toml"
    own.parent.mkdir(parents=True)
    own.write_text('[limits]\nvisit = "3/minute"\n')
    portal = Portal(make_hall(instance_folder=tmp_path / "instance"))
    assert [portal.get("/static/icons.svg").status_code for _ in range(5)] == [200] * 5
    assert [portal.get("/sign-in").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_the_page_of_portals_leads_to_each_of_them(make_hall: MakeHall) -> None:
    hall: Hall = make_hall()
    client = hall.platform.test_client()
    page = client.get("/", base_url="http://127.0.0.1:8123")
    assert page.status_code == 200
    for address in ("//northwind.localhost:8123/", "/t/northwind/", "//qalam.localhost:8123/", "/t/qalam/"):
        assert f'href="{address}"' in page.text
    for address in re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text):
        assert client.get(address, base_url="http://127.0.0.1:8123", buffered=True).status_code == 200, address
    assert "open-the-exam-hall" not in page.text
    assert client.get("/t/northwind/sign-in", base_url="http://127.0.0.1:8123").status_code == 200


def test_the_page_of_portals_shows_demonstration_accounts_where_there_are_any(make_hall: MakeHall) -> None:
    hall = make_hall(demo_accounts=True)
    leave_mark(hall.settings, "qalam")
    page = hall.platform.test_client().get("/", base_url="http://localhost:8000").text
    assert "candidate@qalam.example" in page
    assert "open-the-exam-hall" in page
    assert "northwind.example" not in page
