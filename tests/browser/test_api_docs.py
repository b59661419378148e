"""The page about the API, as somebody reads it who writes an app."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from browser.live import Live
from browser.looking import looks
from browser.wcag import violations

pytestmark = pytest.mark.browser

#: Contrast takes three quarters of the time for 12,000 elements, and one template writes all calls and schemas: it is
#: looked at in the first of each section, everything else on the whole page.
REPEATED = {"exclude": [[".api > section > article:nth-of-type(n+4)"]]}
STRUCTURE = {"rules": {"color-contrast": {"enabled": False}}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


@looks
def test_everybody_can_read_it_and_find_a_call(browser: Browser, live: Live, slug: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 850}, locale="ar" if slug == "qalam" else "en")
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.goto(f"{live.url(slug)}/api/v1/docs")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page, **STRUCTURE) == []
    assert violations(page, REPEATED, **CONTRAST) == []

    page.locator(".api-contents").get_by_role("link", name="PUT /api/v1/attempts/{id}/answers").click()
    call = page.locator("article", has=page.locator("#put_answers"))
    expect(call.locator("h3")).to_be_in_viewport()
    expect(call).to_contain_text("Needs the permission exams.sit.")
    call.get_by_role("link", name="SavesIn").click()
    expect(page.locator("#schema-SavesIn")).to_be_in_viewport()
    assert faults == []
    page.close()
