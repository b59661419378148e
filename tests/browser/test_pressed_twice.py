"""Quick fingers: three presses of one button, with the script that heeds them and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, expect

from browser.conftest import MakeVisitor
from browser.live import Live

pytestmark = pytest.mark.browser

ADD = "main form button.btn-primary"


def press_three_times(page: Page) -> list[str]:
    """Press as a hand does, without a look at the page between; gives the forms that were sent, as they come."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.url)

    page.on("request", note)
    place = page.locator(ADD).bounding_box()
    assert place
    for count in (1, 2, 3):
        page.mouse.click(place["x"] + 9, place["y"] + 9, click_count=count)
    return sent


@pytest.mark.parametrize("scripted", [True, False])
def test_three_presses_make_one_bank(live: Live, visit: MakeVisitor, scripted: bool) -> None:
    person = live.hall.person("author")
    author = visit(person)
    page = author.page
    if not scripted:
        page.route("**/sending.js*", lambda route: route.abort())
    author.go("/manage/banks/new")
    page.fill("[name=name]", "Physics")
    sent = press_three_times(page)
    expect(page.locator("h1")).to_have_text("Physics")
    assert [bank["name"] for bank in live.hall.api(person).get("/banks").json] == ["Physics"]
    if scripted:
        assert len(sent) == 1


def test_the_pressed_button_is_busy_until_the_page_is_shown_again(live: Live, visit: MakeVisitor) -> None:
    author = visit(live.hall.person("author"))
    page = author.page
    page.route(
        "**/banks/new", lambda route: route.fulfill(status=204) if route.request.method == "POST" else route.continue_()
    )
    author.go("/manage/banks/new")
    page.fill("[name=name]", "Physics")
    sent = press_three_times(page)
    button, form = page.locator(ADD), page.locator("main form[aria-busy]")
    expect(button).to_have_attribute("aria-disabled", "true")
    assert len(sent) == 1
    page.evaluate("() => { dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })) }")
    expect(form).to_have_count(0)
    expect(button).not_to_have_attribute("aria-disabled", "true")
