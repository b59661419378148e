"""All fourteen types answered in a real browser: by keyboard alone, and by touch on a phone, in both directions."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from browser.conftest import MakeVisitor
from browser.hands import Finger, Hands, Keyboard
from browser.live import Live
from browser.looking import look
from fourteen import compose_all, right
from sitting import started

pytestmark = pytest.mark.browser

FIELDS = """
async slots => {
    const { read } = await import("/static/js/attempt/answers.js");
    return slots.map(slot => read(slot, null, ".").response);
}
"""


@pytest.mark.parametrize(
    ("slug", "width", "with_"), [("northwind", 1280, Keyboard), ("northwind", 390, Finger), ("qalam", 390, Finger)]
)
def test_every_type_is_answered_kept_and_reviewed(
    live: Live, visit: MakeVisitor, slug: str, width: int, with_: type[Hands]
) -> None:
    exam = compose_all(live.hall, slug)
    person = live.hall.person("candidate", slug)
    exam.assign(person)
    attempt = started(exam, live.hall.api(person))
    visitor = visit(person, width)
    visitor.go(f"/attempts/{attempt['id']}")
    page, hands = visitor.page, with_(visitor.page)
    asked = {slot["type"]: slot["slot"] for slot in attempt["paper"] if slot["type"] != "description"}
    expect(page.locator("#q-1 .question-points")).to_have_count(0)
    assert page.locator("#navigator [data-answered][data-slot]").count() == len(asked) == 13

    for slot in attempt["paper"]:
        here = f"#q-{slot['slot']}"
        expect(page.locator(here)).to_be_visible()
        hands.answer(here, right(slot) or {})
        if slot["type"] == "upload":
            hands.upload(here)
        look(visitor)
        if slot is not attempt["paper"][-1]:
            hands.on()
    visitor.expect_state("saved")
    given = visitor.stored()
    for slot in attempt["paper"]:
        if slot["type"] not in ("description", "upload"):
            assert given[slot["slot"]] == right(slot), slot["type"]

    # Whoever comes back finds every field as it was left
    page.reload()
    visitor.expect_state("saved")
    assert page.evaluate(FIELDS, [*asked.values()]) == [given[slot] for slot in asked.values()]
    expect(page.locator(f"#q-{asked['upload']} [data-name]").first).to_have_text("thoughts.txt")

    visitor.hand_in()
    look(visitor)
    for kind, slot in asked.items():
        tone = "tone-info" if kind in ("essay", "upload") else "tone-good"
        expect(page.locator(f"#q-{slot} .question-head .badge-status")).to_have_class(re.compile(tone))
    expect(page.locator("#q-1 .badge-status")).to_have_count(0)
    expect(page.locator(".result-head .badge-status")).to_have_class(re.compile("tone-info"))
    with page.expect_download() as download:
        page.locator(f"#q-{asked['upload']} a[download]").click()
    assert download.value.suggested_filename == "thoughts.txt"
