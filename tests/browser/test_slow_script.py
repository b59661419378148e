"""The page of a sitting before its script runs: nothing can be answered into the void."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from browser.visitor import Visitor

pytestmark = pytest.mark.browser


def test_nothing_can_be_answered_before_it_would_be_saved(visitor: Visitor) -> None:
    page = visitor.page
    held: list[Callable[[], None]] = []

    def hold(route: Route) -> None:
        held.append(route.continue_)

    page.route("**/attempt/page.js*", hold)
    page.reload(wait_until="commit")
    option = page.locator("#q-1 label", has_text="Jupiter")
    option.click(force=True)
    expect(page.get_by_role("radio", name="Jupiter", include_hidden=True)).not_to_be_checked()
    expect(page.locator("[data-notice=loading]")).to_be_visible()
    visitor.expect_accessible()
    held[0]()
    with page.expect_response("**/answers"):
        option.click()
    expect(page.locator("[data-notice=loading]")).not_to_be_visible()
    assert list(visitor.stored()) == [1]
