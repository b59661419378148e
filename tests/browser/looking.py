"""What every page of the portal is held to when somebody comes by."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Locator, Page

from browser.visitor import Visitor

#: The width of a desk, and of a phone.
WIDTHS = (1280, 390)
#: Both tenants and both widths, a desk's and a phone's, each with one of the other; LOOKS=all takes each with each.
_DESK, _PHONE = WIDTHS
_LOOKS = [("northwind", _DESK), ("qalam", _PHONE)]
_OTHERS = [("northwind", _PHONE), ("qalam", _DESK)] if os.environ.get("LOOKS") == "all" else []
looks = pytest.mark.parametrize(("slug", "width"), [*_LOOKS, *_OTHERS])


def look(visitor: Visitor) -> Page:
    """The page, which everybody can use, has one main heading and is nowhere wider than the screen."""
    page = visitor.page
    visitor.expect_accessible()
    assert page.locator("h1").count() == 1, page.url
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(wide), f"{page.url} is wider than the screen"
    return page


def save(page: Page) -> None:
    """Press the main button of the page's form."""
    page.locator("main form:not(.dialog-body) button.btn-primary").click()


def tab_to(page: Page, selector: str) -> Locator:
    """Press Tab until the focus is there."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return page.locator(selector)
    raise AssertionError(f"Tab never comes to {selector}")


def enter(page: Page, address: str) -> None:
    """Press Enter on a link or in a form, and wait for the page whose address ends in that."""
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"{address}$"))
