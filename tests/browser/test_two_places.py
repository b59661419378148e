"""One attempt in two places, and the end of the time."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from browser.conftest import MakeVisitor
from browser.live import Live
from browser.visitor import Visitor
from examhall.attempts.models import Attempt
from examhall.clock import now
from examhall.extensions import db
from hall import Person

pytestmark = pytest.mark.browser

SINGLE, TEXT = 1, 4


@pytest.fixture
def other(visit: MakeVisitor, candidate: Person, visitor: Visitor) -> Visitor:
    """The same candidate at another device, with the same attempt open."""
    other = visit(candidate, 390)
    other.page.goto(visitor.page.url)
    return other


@pytest.mark.parametrize("decision", ["keep", "take"])
def test_the_stale_one_is_told_and_decides(visitor: Visitor, other: Visitor, decision: str) -> None:
    visitor.answer(TEXT, "Lima")
    visitor.expect_state("saved")
    other.answer(TEXT, "Quito")
    panel = other.page.locator("#q-4 [data-conflict]")
    expect(panel).to_be_visible()
    expect(panel.locator("[data-other]")).to_contain_text("Lima")
    other.expect_state("unsaved")
    other.expect_accessible()
    assert visitor.stored() == {TEXT: {"text": "Lima"}}
    panel.locator(f"[data-{decision}]").click()
    other.expect_state("saved")
    wanted = "Quito" if decision == "keep" else "Lima"
    expect(other.page.locator("#q-4 .answer")).to_have_value(wanted)
    assert other.stored() == {TEXT: {"text": wanted}}


def test_a_conflict_shows_the_options_that_were_chosen(visitor: Visitor, other: Visitor) -> None:
    visitor.page.get_by_role("radio", name="Earth").check()
    visitor.expect_state("saved")
    other.page.get_by_role("radio", name="Saturn").check()
    expect(other.page.locator("#q-1 [data-other]")).to_contain_text("Earth")


def test_a_conflict_outlives_a_reload(visitor: Visitor, other: Visitor) -> None:
    visitor.answer(TEXT, "Lima")
    visitor.expect_state("saved")
    other.answer(TEXT, "Quito")
    expect(other.page.locator("#q-4 [data-conflict]")).to_be_visible()
    other.page.on("dialog", lambda dialog: dialog.accept())
    other.page.reload()
    expect(other.page.locator("#q-4 [data-conflict]")).to_be_visible()
    expect(other.page.locator("#q-4 .answer")).to_have_value("Quito")


def test_two_tabs_of_one_browser_follow_each_other(visitor: Visitor) -> None:
    second = visitor.new_tab()
    second.goto(visitor.page.url)
    visitor.page.get_by_role("radio", name="Earth").check()
    expect(second.get_by_role("radio", name="Earth")).to_be_checked()
    expect(second.locator('[data-notice="elsewhere"]')).to_be_visible()
    second.get_by_role("radio", name="Saturn").check()
    expect(visitor.page.get_by_role("radio", name="Saturn")).to_be_checked()
    assert visitor.page.locator("[data-conflict]").count() == second.locator("[data-conflict]").count() == 0
    visitor.hand_in()
    second.wait_for_url("**/result")


def test_after_handing_in_elsewhere_a_change_is_told_not_to_count(visitor: Visitor, other: Visitor) -> None:
    visitor.hand_in()
    other.answer(TEXT, "Quito")
    expect(other.page.locator("#ended-dialog .when-closed")).to_be_visible()
    expect(other.page.locator("#q-4 .answer")).to_be_disabled()
    other.expect_accessible()
    other.page.locator("#ended-dialog a").click()
    other.page.wait_for_url("**/result")


def test_the_last_minute_is_shown_and_said(live: Live, visitor: Visitor) -> None:
    due_in(live, 62)
    visitor.page.reload()
    timer = visitor.page.locator("#timer")
    expect(timer).to_have_attribute("data-urgency", "soon")
    expect(visitor.page.locator("#announcer")).to_have_text("One minute left.")
    expect(timer).to_have_attribute("data-urgency", "last")
    expect(timer.locator("[data-figure]")).to_have_text(re.compile(r"^0:5\d$"))


def test_at_the_deadline_the_last_answer_is_stored_and_the_exam_handed_in(live: Live, visitor: Visitor) -> None:
    due_in(live, 4)
    visitor.page.reload()
    expect(visitor.page.locator("#timer")).to_have_attribute("data-urgency", "last")
    box = visitor.question(TEXT).locator(".answer")
    while visitor.page.locator("#timer [data-figure]").inner_text() != "0:01":
        visitor.page.wait_for_timeout(50)
    box.fill("Lima")
    visitor.page.wait_for_url("**/result")
    expect(visitor.page.locator("#q-4 .tone-good")).to_be_visible()
    assert visitor.kept() == []


def test_what_is_typed_offline_and_comes_after_the_end_is_handed_over_and_told(live: Live, visitor: Visitor) -> None:
    visitor.context.set_offline(True)
    visitor.answer(TEXT, "Lima")
    visitor.expect_state("offline")
    url = visitor.page.url
    visitor.page.close(run_before_unload=False)
    due_in(live, -60)
    visitor.context.set_offline(False)
    visitor.page = visitor.new_tab()
    visitor.page.goto(url)
    expect(visitor.page.locator('[data-notice="leftover"]')).to_be_visible()
    visitor.expect_accessible()
    assert visitor.kept() == []


def due_in(live: Live, seconds: int) -> None:
    """Move the deadline of all attempts of northwind."""
    with live.hall.inside(write=True):
        statement = sa.update(Attempt).where(Attempt.tenant_id == live.hall.app().tenant.id)
        db.session.execute(statement.values(deadline_at=now() + timedelta(seconds=seconds)))
