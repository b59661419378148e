"""The door: who is asked stands in Host, or in the path where the deployment allows it, and nowhere else."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from werkzeug.test import create_environ, run_wsgi_app
from werkzeug.wrappers import Response

from hall import Hall
from tenancy.conftest import MakeTenants

TENANT = "/api/v1/me"


@pytest.fixture
def hall(make_tenants: MakeTenants) -> Hall:
    return make_tenants({"acme": {"hosts": ["acme.localhost", "xn--bcher-kva.example"]}, "bolt": {}})


def ask(hall: Hall, host: str | None, path: str = TENANT, **environ: Any) -> Response:
    """A request as a server hands it on, whatever Host says; `host` None sends none at all."""
    made = create_environ(path, "http://placeholder.example", environ_overrides=environ)
    del made["HTTP_HOST"]
    if host is not None:
        made["HTTP_HOST"] = host
    return Response(*run_wsgi_app(hall.platform, made, buffered=True))


def code(answer: Response) -> str:
    found: str = answer.json["code"]
    return found


@pytest.mark.parametrize(
    "host",
    [
        "acme.localhost",
        "acme.localhost:8000",
        "acme.localhost.",
        "acme.localhost.:443",
        "ACME.LocalHost",
        "xn--bcher-kva.example",
    ],
)
def test_85_a_host_is_known_in_each_of_its_spellings(hall: Hall, host: str) -> None:
    answer = ask(hall, host)
    assert (answer.status_code, code(answer)) == (401, "unauthenticated"), "the tenant's own app answers"


@pytest.mark.parametrize(
    "host",
    [
        "other.example",
        "acme.localhost.evil.test",
        "evil.test.acme.localhost",
        "acme.localhost:80:80",
        "acme.localhost:http",
        "acme.localhost:٨٠",
        "acme.localhost..",
        "acme.localhost, bolt.localhost",
        "acme.localhost bolt.localhost",
        "acme.localhost/..",
        "user@acme.localhost",
        "192.0.2.1",
        "192.0.2.1:8000",
        "[::1]:8000",
        "acme",
        "",
        ".",
        "bücher.example",
        "аcme.example",
        "acme.localhost\0",
        "a" * 300,
        None,
    ],
)
@pytest.mark.parametrize("path", [TENANT, "/", "/t/acme/", "/static/css/base.css"])
def test_85_any_other_host_is_misdirected_and_learns_nothing(hall: Hall, host: str | None, path: str) -> None:
    answer = ask(hall, host, path)
    assert answer.status_code == 421
    for word in ("acme", "bolt", "Acme", "Bolt"):
        assert word not in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    if path == TENANT:
        assert answer.mimetype == "application/problem+json"
        assert code(answer) == "misdirected_request"


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_X_FORWARDED_HOST": "bolt.localhost"},
        {"HTTP_FORWARDED": "host=bolt.localhost"},
        {"HTTP_X_TENANT_ID": "bolt"},
        {"HTTP_X_ORIGINAL_HOST": "bolt.localhost"},
        {"SERVER_NAME": "bolt.localhost"},
    ],
)
@pytest.mark.parametrize("proxies", [0, 1])
def test_86_only_host_says_who_is_asked(make_tenants: MakeTenants, environ: dict[str, str], proxies: int) -> None:
    hall = make_tenants({"acme": {"names": {"en": "Acme"}}, "bolt": {}}, trusted_proxies=proxies)
    page = ask(hall, "acme.localhost", "/sign-in", **environ)
    assert page.status_code == 200
    assert "Acme" in page.get_data(as_text=True)
    assert "Bolt" not in page.get_data(as_text=True)
    assert ask(hall, "other.example", "/sign-in", **environ).status_code == 421


@pytest.mark.parametrize(("proxies", "address", "scheme"), [(0, "127.0.0.1", "http"), (1, "198.51.100.2", "https")])
def test_what_a_proxy_says_is_believed_as_far_as_there_are_proxies(
    make_tenants: MakeTenants, proxies: int, address: str, scheme: str
) -> None:
    hall = make_tenants({"acme": {}}, trusted_proxies=proxies)
    seen: dict[str, Any] = {}
    app = hall.app("acme")
    app.wsgi_app = lambda environ, start: seen.update(environ) or [b""]  # type: ignore[method-assign,func-returns-value]
    forged = {"HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.2", "HTTP_X_FORWARDED_PROTO": "https"}
    environ = create_environ("/", "http://acme.localhost", environ_overrides={"REMOTE_ADDR": "127.0.0.1", **forged})
    list(hall.platform(environ, lambda status, headers: None))
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == (address, scheme)


def test_health_answers_before_the_door(hall: Hall) -> None:
    for host in ("acme.localhost", "other.example", "192.0.2.1", None):
        answer = ask(hall, host, "/health")
        assert (answer.status_code, answer.json) == (200, {"status": "ok"})
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "LOCALHOST"])
def test_by_path_where_the_deployment_allows_it(hall: Hall, host: str) -> None:
    assert "Acme" in ask(hall, host, "/t/acme/sign-in").get_data(as_text=True)
    assert "Bolt" in ask(hall, host, "/t/bolt/sign-in").get_data(as_text=True)
    assert code(ask(hall, host, "/t/acme/api/v1/me")) == "unauthenticated"
    assert 'src="/t/acme/static/' in ask(hall, host, "/t/acme/sign-in").get_data(as_text=True)


def test_by_path_an_absent_tenant_is_not_found(hall: Hall) -> None:
    for path in (
        "/t/none/",
        "/t//",
        "/t/ACME/",
        "/t/../acme/",
        "/t",
        "/sign-in",
        "/t/acme\0/",
        "/static/x.css",
    ):
        answer = ask(hall, "127.0.0.1", path)
        assert answer.status_code == 404, path
        assert "Acme" not in answer.get_data(as_text=True)


def test_by_path_a_missing_slash_is_added(hall: Hall) -> None:
    answer = ask(hall, "127.0.0.1", "/t/acme")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/t/acme/")


def test_by_path_nothing_on_a_tenants_own_host(hall: Hall) -> None:
    assert ask(hall, "acme.localhost", "/t/bolt/sign-in").status_code == 404


def test_production_has_no_path_door(make_tenants: MakeTenants) -> None:
    hall = make_tenants({"acme": {}}, path_hosts=())
    assert ask(hall, "127.0.0.1", "/t/acme/sign-in").status_code == 421
    assert ask(hall, "127.0.0.1", "/").status_code == 421


def test_the_list_of_portals_is_for_development(make_tenants: MakeTenants) -> None:
    shown = make_tenants({"acme": {}}, portals_page=True)
    assert "Acme" in ask(shown, "127.0.0.1", "/").get_data(as_text=True)
    hidden = make_tenants({"acme": {}}, portals_page=False)
    assert ask(hidden, "127.0.0.1", "/").status_code == 404


def test_an_absolute_address_in_the_request_line_changes_nothing(hall: Hall) -> None:
    answer = ask(hall, "acme.localhost", PATH_INFO="http://bolt.localhost/sign-in")
    assert answer.status_code == 404
    assert "Bolt" not in answer.get_data(as_text=True)


def test_a_tenant_with_a_broken_file_is_out_of_service_alone(make_tenants: MakeTenants) -> None:
    tenants = {
        "acme": {},
        "badfile": {"time_zone": "Mars/Olympus"},
        "badview": {"views": {"user_list": {"page_size": 0}}},
        "twin": {"hosts": ["twin.localhost", "acme.localhost"]},
    }
    hall = make_tenants(tenants, bad_tenant="isolate")
    for slug in ("badfile", "badview", "twin"):
        for host, path in ((f"{slug}.localhost", TENANT), ("127.0.0.1", f"/t/{slug}{TENANT}")):
            answer = ask(hall, host, path)
            assert (answer.status_code, code(answer)) == (503, "unavailable"), (host, path)
            assert int(answer.headers["Retry-After"]) > 0
            assert "Mars" not in answer.get_data(as_text=True)
    assert ask(hall, "badfile.localhost", "/").mimetype == "text/html"
    assert code(ask(hall, "acme.localhost")) == "unauthenticated", "the host stays with the tenant that had it first"


def test_secrets_that_cannot_be_read_put_one_tenant_out_of_service(make_tenants: MakeTenants) -> None:
    hall = make_tenants({"acme": {}, "bolt": {}}, secret_key=None)
    file = hall.settings.instance_folder / "acme" / "secrets.toml"
    file.write_text("token_key = ", "utf-8")
    file.chmod(0o600)
    assert ask(hall, "acme.localhost").status_code == 503
    assert code(ask(hall, "bolt.localhost")) == "unauthenticated"
    file.unlink()
    assert code(ask(hall, "acme.localhost")) == "unauthenticated", "mended files are read at the next request"


def test_the_log_says_which_tenant_and_why(
    make_tenants: MakeTenants, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("sys.stderr", StringIO())
    with caplog.at_level("CRITICAL", "examhall.tenancy"):
        make_tenants({"acme": {}, "badfile": {"time_zone": "Mars/Olympus"}}, bad_tenant="isolate")
    (record,) = [record for record in caplog.records if record.levelname == "CRITICAL"]
    assert "tenant badfile is out of service" in record.getMessage()
    assert "time_zone" in record.getMessage()
