"""What is typed is not lost: without a network, with a server that fails, and when a sign-in runs out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from playwright.sync_api import Route, expect

from browser.live import Live
from browser.visitor import Visitor
from examhall.clock import now
from examhall.identity import operations
from hall import Person

pytestmark = pytest.mark.browser

TEXT = 4
#: The first save gets to the server, and its answer never to the page.
LOSE_ONE = """() => {
  const send = window.fetch;
  window.fetch = async (url, options) => {
    const answer = await send(url, options);
    if (window.lost || !url.endsWith("/answers")) return answer;
    window.lost = answer.status;
    throw new TypeError("Failed to fetch");
  };
}"""
LIMA = {TEXT: {"text": "Lima"}}


def test_offline_answers_are_kept_and_sent_when_the_network_is_back(visitor: Visitor) -> None:
    visitor.context.set_offline(True)
    visitor.page.get_by_role("radio", name="Earth").check()
    visitor.answer(TEXT, "Lima")
    visitor.expect_state("offline")
    expect(visitor.page.locator('[data-notice="offline"]')).to_be_visible()
    visitor.expect_accessible()
    visitor.context.set_offline(False)
    visitor.expect_state("saved")
    expect(visitor.page.locator('[data-notice="offline"]')).not_to_be_visible()
    assert visitor.stored()[TEXT] == LIMA[TEXT]
    assert len(visitor.stored()) == 2


def test_a_tab_that_dies_offline_loses_nothing(visitor: Visitor) -> None:
    url = visitor.page.url
    visitor.context.set_offline(True)
    visitor.answer(TEXT, "Lima")
    visitor.expect_state("offline")
    visitor.page.close(run_before_unload=False)
    visitor.context.set_offline(False)
    visitor.page = visitor.new_tab()
    visitor.page.goto(url)
    expect(visitor.page.locator("#q-4 .answer")).to_have_value("Lima")
    visitor.expect_state("saved")
    assert visitor.stored() == LIMA


def test_closing_a_tab_with_unsaved_answers_asks_first_and_sends_them_all_the_same(visitor: Visitor) -> None:
    asked: list[str] = []
    visitor.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    visitor.answer(TEXT, "Lima")
    url = visitor.page.url
    with visitor.page.expect_event("close"):
        visitor.page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    visitor.page = visitor.new_tab()
    visitor.page.goto(url)
    visitor.expect_state("saved")
    assert visitor.stored() == LIMA


def test_a_server_that_fails_is_asked_again(visitor: Visitor) -> None:
    answers = iter([503, 429])

    def fail(route: Route) -> None:
        status = next(answers, None)
        if status is None:
            route.continue_()
        else:
            route.fulfill(status=status, body="{}", headers={"Retry-After": "1"})

    visitor.page.route("**/answers", fail)
    visitor.answer(TEXT, "Lima")
    visitor.expect_state("unsaved")
    visitor.expect_state("saved")
    assert visitor.stored() == LIMA


def test_a_lost_acknowledgement_makes_no_conflict(visitor: Visitor) -> None:
    """The server has stored the answer, but its word was lost; meanwhile the candidate types on."""
    visitor.page.evaluate(LOSE_ONE)
    visitor.answer(TEXT, "Li")
    visitor.expect_state("offline")
    visitor.answer(TEXT, "Lima")
    visitor.expect_state("saved")
    assert visitor.page.evaluate("window.lost") == 200
    assert visitor.stored() == LIMA
    assert visitor.page.locator("[data-conflict]").count() == 0


def test_an_access_token_that_runs_out_in_the_middle_is_renewed_unnoticed(live: Live, visitor: Visitor) -> None:
    expire(live, visitor)
    visitor.answer(TEXT, "Lima")
    visitor.expect_state("saved")
    expect(visitor.page.locator('[data-notice="signed-out"]')).not_to_be_visible()
    assert visitor.stored() == LIMA


def test_whoever_is_signed_out_signs_in_in_another_tab_and_goes_on(live: Live, visitor: Visitor) -> None:
    end_sessions(live, visitor.person)
    visitor.answer(TEXT, "Lima")
    expect(visitor.page.locator('[data-notice="signed-out"]')).to_be_visible()
    visitor.expect_state("unsaved")
    visitor.expect_accessible()
    with visitor.context.expect_page() as opened:
        visitor.page.locator('[data-notice="signed-out"] a').click()
    exam_tab, visitor.page = visitor.page, opened.value
    visitor.sign_in()
    visitor.page.close()
    visitor.page = exam_tab
    exam_tab.bring_to_front()
    exam_tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    visitor.expect_state("saved")
    expect(exam_tab.locator('[data-notice="signed-out"]')).not_to_be_visible()
    assert visitor.stored() == LIMA


def test_somebody_else_who_signs_in_here_does_not_send_them(live: Live, visitor: Visitor) -> None:
    end_sessions(live, visitor.person)
    visitor.answer(TEXT, "Lima")
    expect(visitor.page.locator('[data-notice="signed-out"]')).to_be_visible()
    exam_tab, own = visitor.page, visitor.person
    visitor.person, visitor.page = live.hall.person("candidate"), visitor.new_tab()
    visitor.sign_in()
    exam_tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    exam_tab.wait_for_timeout(500)
    expect(exam_tab.locator('[data-notice="signed-out"]')).to_be_visible()
    assert any(str(own.id) in key for key in visitor.kept()), "the answer waits for its owner"


def expire(live: Live, visitor: Visitor) -> None:
    """Make the browser's access token one that has run out."""
    config = live.hall.app().config
    name = config["JWT_ACCESS_COOKIE_NAME"]
    cookie: Any = next(cookie for cookie in visitor.context.cookies() if cookie["name"] == name)
    claims = jwt.decode(cookie["value"], options={"verify_signature": False})
    claims["exp"] = int((now() - timedelta(minutes=1)).timestamp())
    header = jwt.get_unverified_header(cookie["value"])
    old = jwt.encode(claims, config["JWT_SECRET_KEY"], headers={"kid": header["kid"]})
    visitor.context.add_cookies([cookie | {"value": old}])


def end_sessions(live: Live, person: Person) -> None:
    """Sign somebody out everywhere, as a change of access does."""
    with live.hall.inside(write=True):
        user = operations.db.session.get_one(operations.User, (live.hall.app().tenant.id, person.id))
        user.epoch += 1
        operations.db.session.flush()
