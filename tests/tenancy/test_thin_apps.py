"""One platform, a thin app for each tenant: code is shared by reference, data by nobody."""

from __future__ import annotations

import gc
import re
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from jinja2 import Environment

from examhall.extensions import db, limiter
from examhall.tenancy.apps import SHARED, TenantApp
from hall import Hall
from tenancy.conftest import MakeTenants
from tenancy.folders import tenant_folder

#: What `Flask.__init__` gives an app that belongs to each tenant: its names, its config, its own views.
OWN = {
    "import_name", "root_path", "instance_path", "_static_folder", "_static_url_path", "template_folder", "config",
    "view_functions", "_got_first_request", "name", "extensions", "subdomain_matching", "jinja_env",
}  # fmt: skip


@pytest.fixture
def hall(make_tenants: MakeTenants) -> Hall:
    return make_tenants(
        {
            "acme": {
                "locales": ["en", "es"],
                "views": {"user_list": {"page_size": 7, "ordering": ["-created_at"]}, "api_users": {"page_size": 3}},
                "limits": {"read": "2/minute"},
                "wording": {"en": {"Exams": "Trials"}},
            },
            "bolt": {"locales": ["en", "es"], "wording": {"es": {"Exams": "Pruebas de Bolt"}}},
        }
    )


def test_every_attribute_of_flask_is_either_shared_or_the_tenants_own(hall: Hall) -> None:
    assert set(vars(Flask("pinned"))) <= {*SHARED, *OWN}, "decide for each new attribute of Flask whose it is"
    app = hall.app("acme")
    for name in SHARED:
        assert getattr(app, name) is getattr(hall.platform, name), name
    for name in OWN & set(vars(app)) - {"extensions"}:
        value = getattr(app, name)
        if not isinstance(value, str | bool | None):
            assert value is not getattr(hall.platform, name), name


def test_setup_methods_raise_on_a_tenant_app(hall: Hall) -> None:
    app = hall.app("acme")
    calls = [
        lambda: app.before_request(print),
        lambda: app.after_request(print),
        lambda: app.teardown_request(print),
        lambda: app.errorhandler(404)(print),
        lambda: app.add_url_rule("/more", "more", print),
        lambda: app.route("/more")(print),
        lambda: app.context_processor(dict),
        lambda: app.url_defaults(print),
        lambda: app.template_filter("more")(print),
    ]
    for call in calls:
        with pytest.raises(AssertionError, match="can no longer be called"):
            call()


def test_nothing_that_can_change_is_shared_in_the_config(hall: Hall) -> None:
    def changeable(value: Any) -> bool:
        return isinstance(value, list | set | bytearray) or (isinstance(value, dict) and bool(value))

    shared = {
        key: value
        for key, value in hall.app("acme").config.items()
        if changeable(value) and value is hall.app("bolt").config[key]
    }
    assert shared == {}
    hall.app("acme").config["LATER"] = "acme"
    assert "LATER" not in hall.app("bolt").config
    assert "LATER" not in hall.platform.config


def test_keys_cookies_and_engines_are_the_tenants_own(hall: Hall) -> None:
    acme, bolt = hall.app("acme"), hall.app("bolt")
    for key in ("SECRET_KEY", "JWT_SECRET_KEY", "JWT_ENCODE_AUDIENCE", "JWT_DECODE_AUDIENCE", "SESSION_COOKIE_NAME",
                "JWT_ACCESS_COOKIE_NAME", "JWT_REFRESH_COOKIE_NAME"):  # fmt: skip
        assert acme.config[key] != bolt.config[key], key
    assert acme.engines[None] is not bolt.engines[None]
    assert acme.engines[None] is hall.app("acme").engines[None]
    with acme.app_context():
        first = db.engine
    with bolt.app_context():
        assert db.engine is not first


def test_tenants_at_one_address_share_one_engine(make_tenants: MakeTenants, tmp_path: Path) -> None:
    hall = make_tenants({"acme": {}, "bolt": {}}, database_url=f"sqlite:///{tmp_path}/all.sqlite")
    assert hall.app("acme").engines[None] is hall.app("bolt").engines[None]


def test_tenants_hold_different_instances_of_one_view_with_different_options(hall: Hall) -> None:
    def instance(slug: str, endpoint: str) -> Any:
        """The instance inside the view function that Flask calls."""
        function = hall.app(slug).view_functions[endpoint]
        inner = getattr(function, "__wrapped__", function)
        cells = dict(zip(inner.__code__.co_freevars, inner.__closure__ or (), strict=True))
        return cells["self"].cell_contents

    acme, bolt = instance("acme", "user_list"), instance("bolt", "user_list")
    assert type(acme) is type(bolt)
    assert acme is not bolt
    assert (acme.page_size, [*acme.ordering]) == (7, ["-created_at"])
    assert bolt.page_size != 7
    assert acme is instance("acme", "user_list"), "made at first use and kept"
    assert instance("acme", "api_users").page_size == 3
    assert instance("bolt", "api_users").page_size == 20


def test_the_options_of_one_tenant_show_in_its_answers_alone(hall: Hall) -> None:
    for slug, rows in ("acme", 3), ("bolt", 6):
        admin = hall.api("admin", slug)
        for _ in range(5):
            hall.person("candidate", slug)
        assert len(admin.get("/users").json) == rows


def test_limits_are_the_tenants_own(hall: Hall) -> None:
    for slug, expected in ("acme", [200, 200, 429]), ("bolt", [200, 200, 200]):
        person = hall.api("candidate", slug)
        assert [person.get("/me").status_code for _ in range(3)] == expected
    limiter.reset()


def test_wording_is_the_tenants_own_and_does_not_pass_through_the_cache(hall: Hall) -> None:
    def says(slug: str, language: str) -> str:
        app = hall.app(slug)
        with app.test_request_context(headers={"Accept-Language": language}):
            app.preprocess_request()
            return render_template_string("{{ _('Exams') }}")

    for _ in range(2):
        assert says("acme", "en") == "Trials"
        assert says("bolt", "en") == "Exams"
        assert says("bolt", "es") == "Pruebas de Bolt"
        assert says("acme", "es") not in {"Trials", "Pruebas de Bolt"}


def test_a_template_of_one_tenant_is_seen_by_that_tenant_alone(make_tenants: MakeTenants, tmp_path: Path) -> None:
    own = tenant_folder(tmp_path / "tenants", "acme") / "templates"
    own.mkdir()
    (own / "error.html").write_text("<h1>Nothing at Acme</h1>", "utf-8")
    hall = make_tenants({"acme": {}, "bolt": {}})
    client = hall.platform.test_client()
    for _ in range(2):
        assert client.get("/nothing", base_url="http://acme.localhost").text == "<h1>Nothing at Acme</h1>"
        assert "Acme" not in client.get("/nothing", base_url="http://bolt.localhost").text
    assert hall.app("bolt").jinja_env is hall.platform.jinja_env, "an overlay only where there is something to lay over"


def test_what_all_share_is_compiled_once_and_what_is_changed_anew(
    make_tenants: MakeTenants, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {slug: tenant_folder(tmp_path / "tenants", slug) / "templates" for slug in ("acme", "bolt")}
    for slug, folder in own.items():
        folder.mkdir()
        text = f"{{% extends 'base.html' %}}{{% block content %}}Not at {slug}{{% endblock %}}"
        (folder / "error.html").write_text(text, "utf-8")
    hall = make_tenants({"acme": {}, "bolt": {}})
    client = hall.platform.test_client()
    compiled: list[str] = []
    compile = Environment.compile

    def watched(self: Environment, source: str, name: str, filename: str) -> object:
        compiled.append(name)
        return compile(self, source, name, filename)

    monkeypatch.setattr(Environment, "compile", watched)
    assert "Not at acme" in client.get("/nothing", base_url="http://acme.localhost").text
    compiled.clear()
    assert "Not at bolt" in client.get("/nothing", base_url="http://bolt.localhost").text
    assert compiled == ["error.html"], "all else was compiled for the other tenant"
    (own["bolt"] / "error.html").write_text("Gone from Bolt", "utf-8")
    hall.platform.live.evict("bolt")
    assert client.get("/nothing", base_url="http://bolt.localhost").text == "Gone from Bolt"
    assert "Not at acme" in client.get("/nothing", base_url="http://acme.localhost").text
    assert compiled == ["error.html", "error.html"]


def test_config_in_a_template_is_the_tenants(hall: Hall) -> None:
    for slug in ("acme", "bolt", "acme"):
        with hall.app(slug).test_request_context():
            assert render_template_string("{{ config['JWT_ACCESS_COOKIE_NAME'] }}") == f"{slug}-access"


def test_the_extensions_own_files_are_found(hall: Hall) -> None:
    client = hall.platform.test_client()
    page = client.get("/sign-in", base_url="http://acme.localhost").text
    for address in re.findall(r'<link rel="stylesheet" href="([^"]+)"', page):
        answer = client.get(address, base_url="http://acme.localhost", buffered=True)
        assert (answer.status_code, answer.mimetype) == (200, "text/css"), address


def test_the_tenants_file_comes_before_the_themes(make_tenants: MakeTenants, tmp_path: Path) -> None:
    css = tenant_folder(tmp_path / "tenants", "acme") / "static" / "css"
    css.mkdir(parents=True)
    (css / "base.css").write_text("/* acme */", "utf-8")
    client = make_tenants({"acme": {}, "bolt": {}}).platform.test_client()
    sheets = {
        slug: client.get("/static/css/base.css", base_url=f"http://{slug}.localhost", buffered=True).text
        for slug in ("acme", "bolt")
    }
    assert sheets["acme"] == "/* acme */" != sheets["bolt"]
    for way_out in ("../tenant.toml", "..%2ftenant.toml", "%2e%2e/tenant.toml", "%2fetc/passwd", "css/%00", "css"):
        assert client.get(f"/static/{way_out}", base_url="http://acme.localhost").status_code in {308, 404}


def test_the_least_recently_used_app_goes_and_is_freed_at_once(make_tenants: MakeTenants) -> None:
    hall = make_tenants({f"tenant-{number}": {} for number in range(4)}, live_tenants=2)
    client = hall.platform.test_client()
    gc.collect()
    gc.disable()
    try:
        seen = []
        for number in range(4):
            assert client.get("/sign-in", base_url=f"http://tenant-{number}.localhost").status_code == 200
            seen.append(weakref.ref(hall.app(f"tenant-{number}")))
        freed = [reference() is None for reference in seen]
    finally:
        gc.enable()
    assert len(hall.platform.live) == 2
    assert freed == [True, True, False, False], "by reference count alone: a cycle would keep a dropped app alive"


def test_an_evicted_app_is_made_anew_from_the_directory(hall: Hall) -> None:
    before = hall.app("acme")
    hall.platform.live.evict("acme")
    after = hall.app("acme")
    assert after is not before
    assert after.config["JWT_SECRET_KEY"] == before.config["JWT_SECRET_KEY"]


def test_a_thin_app_is_thin(hall: Hall) -> None:
    """The bench measures time and bytes; here only that nothing of the platform is built a second time."""
    app = hall.app("acme")
    own = [value for name, value in vars(app).items() if name not in SHARED and isinstance(value, Mapping)]
    assert sum(len(value) for value in own) < 2 * len(hall.platform.config)
    assert not isinstance(hall.platform, TenantApp)
