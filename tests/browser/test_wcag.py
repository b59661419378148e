"""What the other tests in this folder hold pages to."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from browser.wcag import violations

pytestmark = pytest.mark.browser


def test_a_broken_rule_is_named_with_its_place(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<html lang=en><title>Film</title><main><h1>Film</h1><img id=still src=data:,></main>")

    assert violations(page) == ["image-alt (Images must have alternative text): #still"]
    page.evaluate("document.getElementById('still').alt = 'A still'")
    assert violations(page) == []
    page.close()
