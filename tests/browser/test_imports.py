"""Duplicates side by side, the list of imports and the losses of an export, at a desk and on a phone."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import expect

from bank.factories import gift
from browser.conftest import MakeVisitor
from browser.live import Live
from browser.looking import look, looks

pytestmark = pytest.mark.browser


@looks
def test_what_is_there_already_is_seen_beside_what_comes(live: Live, visit: MakeVisitor, slug: str, width: int) -> None:
    person = live.hall.person("author", slug)
    api = live.hall.api(person)
    bank = api.post("/banks", {"name": "Sums", "description": ""}).json["id"]
    for commit in ("true", "false"):
        file = {"file": (io.BytesIO(gift(2).encode()), "sums.gift")}
        made = api.post(f"/banks/{bank}/imports?commit={commit}", data=file)
        assert made.status_code == 201, made.text
    author = visit(person, width)
    page = author.page
    author.go(f"/manage/banks/{bank}/imports")
    expect(page.locator("tbody tr")).to_have_count(2)
    look(author)
    author.go(f"/manage/imports/{made.json['id']}?show=duplicates")
    expect(page.locator(".twin")).not_to_have_count(0)
    look(author)
    page.select_option("#choice-1", "skip")
    page.select_option("[name=duplicates]", "new_version")
    page.locator("[value=options]").click()
    expect(page.locator("#choice-1")).to_have_value("skip")
    page.locator("[value=commit]").click()
    expect(page.locator(".alert-success")).to_be_visible()
    assert len(api.get(f"/banks/{bank}/questions").json) == 2
    author.go(f"/manage/banks/{bank}/export?format=aiken")
    expect(page.locator("#losses")).to_be_visible()
    look(author)
    with page.expect_download() as download:
        page.locator("section .btn-primary").click()
    assert download.value.suggested_filename == "Sums.txt"
