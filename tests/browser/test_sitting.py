"""The candidate's day in a real browser: from the list of exams to the graded result."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from browser.conftest import MakeVisitor
from browser.live import Live
from browser.looking import looks
from browser.visitor import Visitor
from sitting import compose

pytestmark = pytest.mark.browser

SINGLE, MULTIPLE, TRUE_FALSE, TEXT, NUMBER = 1, 2, 3, 4, 5


@looks
def test_from_the_list_to_the_graded_result(live: Live, visit: MakeVisitor, slug: str, width: int) -> None:
    exam = compose(live.hall, slug, pass_mark="50", time_limit_minutes=60)
    person = live.hall.person("candidate", slug)
    exam.assign(person)
    visitor = visit(person, width)
    page = visitor.page
    visitor.context.clear_cookies()
    visitor.sign_in()
    assert page.locator("html").get_attribute("dir") == ("rtl" if slug == "qalam" else "ltr")
    page.locator(f'a[href$="/exams/{exam.id}"]').first.click()
    visitor.expect_accessible()
    page.locator('form[action$="/start"] button.btn-primary').click()
    page.wait_for_url("**/attempts/*")
    visitor.expect_accessible()

    # Answer four of five, each in its own way
    page.get_by_role("radio", name="Jupiter").check()
    visitor.expect_state("saved")
    page.click("[data-next]")
    expect(page.locator("#q-2-title")).to_be_focused()
    page.get_by_role("checkbox", name="7").check()
    page.get_by_role("checkbox", name="2").check()
    page.locator("#q-2 [data-flag]").click()
    visitor.question(TRUE_FALSE).locator("input[value=true]").check()
    visitor.answer(NUMBER, "٢٥٫٢")
    expect(page.locator("#q-5 [data-figure]")).to_have_text("25.2")
    visitor.expect_state("saved")
    visitor.expect_accessible()

    # The tab is closed; another one goes on where this one was
    page.close()
    page = visitor.page = visitor.new_tab()
    visitor.go("/attempts")
    visitor.expect_accessible()
    page.locator('.exam-card a[href*="/attempts/"]').click()
    expect(page.locator("#q-5")).to_be_visible()
    expect(page.locator("#q-5 .answer")).to_have_value("25.2")
    expect(page.locator('#navigator [data-slot="2"]')).to_have_attribute("data-flagged", "true")
    assert page.locator('#navigator [data-answered="true"][data-slot]').count() == 4

    dialog = visitor.open_finish()
    expect(dialog.locator('[data-count="answered"]')).to_have_text("4")
    expect(dialog.locator('[data-count="flagged"]')).to_have_text("1")
    expect(dialog.locator('[data-links="unanswered"] a')).to_have_text(["4"])
    visitor.expect_accessible()
    dialog.locator('[data-links="unanswered"] a').click()
    expect(page.locator("#q-4-title")).to_be_focused()
    visitor.hand_in()
    visitor.expect_accessible()
    expect(page.locator(".score strong")).to_have_text(re.compile("80"))
    expect(page.locator(".score")).to_have_class(re.compile("is-passed"))
    assert visitor.kept() == [], "nothing of an attempt that is over stays in the browser"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the screen"


def test_a_change_is_stored_within_two_seconds(visitor: Visitor) -> None:
    visitor.question(TEXT).locator(".answer").press_sequentially("Lima", delay=30)
    expect(visitor.page.locator("#save-state")).to_have_attribute("data-state", "saved", timeout=2000)
    assert visitor.stored() == {TEXT: {"text": "Lima"}}
    visitor.question(SINGLE).get_by_role("radio", name="Earth").check()
    expect(visitor.page.locator("#save-state")).to_have_attribute("data-state", "saved", timeout=2000)


def test_what_is_typed_is_on_its_way_even_while_typing_goes_on(visitor: Visitor) -> None:
    box = visitor.question(TEXT).locator(".answer")
    with visitor.page.expect_request("**/answers", timeout=2000):
        box.press_sequentially("on and on and on", delay=150)


def test_a_choice_can_be_taken_back(visitor: Visitor) -> None:
    visitor.page.get_by_role("radio", name="Earth").check()
    visitor.expect_state("saved")
    visitor.page.locator("#q-1 [data-clear]").click()
    visitor.expect_state("saved")
    assert visitor.stored() == {SINGLE: None}
    expect(visitor.page.locator('#navigator [data-slot="1"]')).to_have_attribute("data-answered", "false")


def test_what_cannot_be_read_as_a_number_is_said_and_not_handed_in(visitor: Visitor) -> None:
    page = visitor.page
    visitor.answer(NUMBER, "1,234")
    expect(page.locator("#q-5 .when-thousands")).to_be_visible()
    expect(page.locator("#q-5 .answer")).to_have_attribute("aria-invalid", "true")
    visitor.expect_state("unsaved")
    visitor.expect_accessible()
    dialog = visitor.open_finish()
    dialog.locator("[type=submit]").click()
    expect(dialog.locator(".when-troubled")).to_be_visible()
    expect(dialog.locator('[data-links="troubled"] a')).to_have_text(["5"])
    dialog.locator('[data-links="troubled"] a').click()
    page.locator("#q-5 .answer").fill("1234")
    expect(page.locator("#q-5 .when-thousands")).not_to_be_visible()
    visitor.expect_state("saved")
    assert visitor.stored() == {NUMBER: {"number": "1234"}}


def test_all_of_it_can_be_done_by_keyboard(visitor: Visitor) -> None:
    page = visitor.page

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab never comes to {selector}")

    tab_to("#q-1 input")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    tab_to("[data-next]")
    page.keyboard.press("Enter")
    expect(page.locator("#q-2-title")).to_be_focused()
    tab_to("#q-2 input")
    page.keyboard.press("Space")
    tab_to('#navigator a[data-slot="4"]')
    page.keyboard.press("Enter")
    tab_to("#q-4 .answer")
    page.keyboard.type("Lima")
    tab_to("#navigator [data-opens]")
    page.keyboard.press("Enter")
    expect(page.locator("#submit-dialog")).to_be_visible()
    tab_to("#submit-dialog [type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/result")
    expect(page.locator(".review-answer").first).to_have_text("Lima")


def test_handing_in_with_two_quick_presses_hands_in_once(visitor: Visitor) -> None:
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/submit") else None)
    visitor.page.get_by_role("radio", name="Jupiter").check()
    visitor.open_finish().locator("[type=submit]").dblclick()
    visitor.page.wait_for_url("**/result")
    assert len(asked) == 1
    expect(visitor.page.locator("#q-1 .tone-good")).to_be_visible()
