"""An app of the organization, on an origin of its own, drives the API from a browser with a bearer token."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from browser.live import Live
from hall import PASSWORD, MakeHall
from sitting import compose

pytestmark = pytest.mark.browser

#: What the app's page does: sign in, list the exams, create one, and read the headers that it needs.
SCRIPT = """async ([api, email, password]) => {
    const call = (path, options = {}) =>
        fetch(api + path, {...options, headers: {"Content-Type": "application/json", ...options.headers}})
    const tokens = await (await call("/auth/login", {method: "POST", body: JSON.stringify({email, password})})).json()
    const headers = {Authorization: `Bearer ${tokens.access_token}`}
    const listed = await call("/exams", {headers})
    const made = await call("/exams", {method: "POST", headers: {...headers, "Idempotency-Key": "app-1"},
                                       body: JSON.stringify({title: "Made elsewhere", description: "By the app"})})
    const exam = await made.json()
    const matching = {...headers, "If-Match": made.headers.get("ETag")}
    const changed = await call(`/exams/${exam.id}`, {method: "PATCH", headers: matching,
                                                     body: JSON.stringify({title: "Changed elsewhere"})})
    return {titles: (await listed.json()).map(item => item.title), total: listed.headers.get("X-Total-Count"),
            statuses: [made.status, changed.status], state: exam.state}
}"""


@contextmanager
def origin() -> Iterator[str]:
    """A site that has nothing to do with the portal: an empty page on a port of its own."""

    class Empty(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>App</title>")

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextmanager
def page_of(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def test_a_listed_origin_lists_exams_and_creates_one(
    browser: Browser, server: Live, make_hall: MakeHall, tmp_path: Any
) -> None:
    with origin() as app:
        instance = tmp_path / "instance" / "northwind"
        instance.mkdir(parents=True)
        (instance / "tenant.toml").write_text(f'[cors]\norigins = ["{app}"]\n')
        hall = make_hall(instance_folder=tmp_path / "instance")
        compose(hall, kinds=("true_false",))
        author = hall.person("author")
        with server.serving(hall) as live, page_of(browser, app) as page:
            found = page.evaluate(SCRIPT, [f"{live.url('northwind')}/api/v1", author.email, PASSWORD])
    assert found == {"titles": ["General knowledge"], "total": "1", "statuses": [201, 200], "state": "draft"}


def test_another_origin_learns_nothing(browser: Browser, live: Live) -> None:
    author = live.hall.person("author")
    with origin() as app, page_of(browser, app) as page:
        failure = page.evaluate(
            "([address]) => fetch(address).then(() => 'answered', error => error.name)",
            [f"{live.url('northwind')}/api/v1/tenant"],
        )
        failed = page.evaluate(
            f"args => ({SCRIPT})(args).then(() => 'answered', error => error.name)",
            [f"{live.url('northwind')}/api/v1", author.email, PASSWORD],
        )
    assert (failure, failed) == ("TypeError", "TypeError")
