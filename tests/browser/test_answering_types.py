"""All fourteen types answered in a real browser: by keyboard alone, and by touch on a phone, in both directions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import MakeVisitor
from browser.live import Live
from browser.looking import look, tab_to
from browser.visitor import Visitor
from fourteen import compose_all, right
from sitting import started

pytestmark = pytest.mark.browser

PAPER = {"name": "thoughts.txt", "mimeType": "text/plain", "buffer": b"A disc has one side."}
FIELDS = """
async slots => {
    const { read } = await import("/static/js/attempt/answers.js");
    return slots.map(slot => read(slot, null, ".").response);
}
"""

Enter = Callable[[Page, str, dict[str, Any]], None]


def test_every_type_is_answered_by_keyboard_alone(live: Live, visit: MakeVisitor) -> None:
    sit(live, visit, "northwind", 1280, by_keyboard)


@pytest.mark.parametrize("slug", ["northwind", "qalam"])
def test_every_type_is_answered_by_touch_on_a_phone(live: Live, visit: MakeVisitor, slug: str) -> None:
    sit(live, visit, slug, 390, by_touch)


def sit(live: Live, visit: MakeVisitor, slug: str, width: int, enter: Enter) -> None:
    """Answer everything in one way, come back, hand in and read the result."""
    exam = compose_all(live.hall, slug)
    person = live.hall.person("candidate", slug)
    exam.assign(person)
    paper = started(exam, live.hall.api(person))
    visitor = visit(person, width)
    visitor.go(f"/attempts/{paper['id']}")
    page = visitor.page
    asked = [slot for slot in paper["paper"] if slot["type"] != "description"]
    expect(page.locator("#q-1 .question-points")).to_have_count(0)
    assert page.locator("#navigator [data-answered][data-slot]").count() == 13
    for slot in paper["paper"]:
        expect(page.locator(f"#q-{slot['slot']}")).to_be_visible()
        enter(page, f"#q-{slot['slot']}", slot)
        look(visitor)
        if slot is not paper["paper"][-1]:
            press_next(page, enter)
    visitor.expect_state("saved")
    given = visitor.stored()
    for slot in asked:
        if slot["type"] != "upload":
            assert given[slot["slot"]] == right(slot), slot["type"]

    # Whoever comes back finds every field as it was left
    page.reload()
    visitor.expect_state("saved")
    assert page.evaluate(FIELDS, [slot["slot"] for slot in asked]) == [given[slot["slot"]] for slot in asked]
    expect(page.locator("#q-13 [data-name]").first).to_have_text("thoughts.txt")
    visitor.hand_in()
    look(visitor)
    of_slot = {slot["type"]: page.locator(f"#q-{slot['slot']}") for slot in asked}
    for kind, question in of_slot.items():
        tone = "tone-info" if kind in ("essay", "upload") else "tone-good"
        expect(question.locator(".question-head .badge-status")).to_have_class(re.compile(tone))
    expect(page.locator("#q-1 .badge-status")).to_have_count(0)
    expect(of_slot["upload"].locator("a[download]")).to_contain_text("thoughts.txt")
    expect(page.locator(".result-head .badge-status")).to_have_class(re.compile("tone-info"))


def press_next(page: Page, enter: Enter) -> None:
    """On to the next question, by the means of this visitor."""
    if enter is by_touch:
        page.locator("[data-next]").tap()
    else:
        tab_to(page, "[data-next]")
        page.keyboard.press("Enter")


def by_keyboard(page: Page, here: str, slot: dict[str, Any]) -> None:
    """Give the right answer without ever pointing at anything."""
    keys, wanted = page.keyboard, right(slot) or {}
    if slot["type"] == "upload":
        tab_to(page, f"{here} input[type=file]")
        with page.expect_file_chooser() as chooser:
            keys.press("Enter")
        chooser.value.set_files(PAPER)
        expect(page.locator(f"{here} [data-name]").first).to_have_text(PAPER["name"])
    for id_ in wanted.get("order", [])[:-1]:
        item = f'{here} [data-item="{id_}"]'
        tab_to(page, f'{item} [data-move="-1"]')
        while page.evaluate("([item, place]) => [...document.querySelectorAll(place)].indexOf("
                            "document.querySelector(item))", [item, f"{here} [data-item]"]) > wanted["order"].index(id_):
            keys.press("Enter")  # fmt: skip
    if wanted.get("order") and page.locator(f'{here} [data-taken="false"]').count():
        tab_to(page, f"{here} [data-take-order]")
        keys.press("Enter")
    for place, part in parts(wanted):
        root = f'{here} [data-key="{place}"]' if place else here
        if "text" in part:
            tab_to(page, f"{root} .answer")
            keys.press("Control+a")
            keys.type(part["text"])
        if "number" in part:
            fields = [(f"{root} [data-number]", part["number"]), (f"{root} [data-unit]", part.get("unit"))]
            for selector, text in reversed(fields) if slot.get("units", None) and slot["units"]["left"] else fields:
                if text:
                    tab_to(page, selector)
                    keys.type(text)
        if "match" in part:
            tab_to(page, f"{root} select")
            texts = {choice["id"]: choice["text"] for choice in slot["choices"]}
            keys.type(texts[part["match"]])
        if "choice" in part and page.locator(f"{root} select").count():
            tab_to(page, f"{root} select")
            keys.type("South")
        elif "choice" in part or "value" in part:
            value = str(part.get("choice", part.get("value"))).replace("True", "true").replace("False", "false")
            tab_to(page, f"{root} input")
            keys.press("Space")
            for _ in range(9):
                if page.evaluate("document.activeElement.value") == value:
                    break
                keys.press("ArrowDown")
        ticked = part.get("choices", [])
        for value in [each for each in values(page.locator(f"{root} input")) if each in ticked]:
            tab_to(page, f'{root} input[value="{value}"]')
            keys.press("Space")


def by_touch(page: Page, here: str, slot: dict[str, Any]) -> None:
    """Give the right answer with a finger."""
    wanted = right(slot) or {}
    if slot["type"] == "upload":
        page.locator(f"{here} input[type=file]").set_input_files(PAPER)
        expect(page.locator(f"{here} [data-name]").first).to_have_text(PAPER["name"])
    for region in slot.get("regions", []):
        if region["id"] in wanted["regions"]:
            page.locator(f'{here} [data-region="{region["id"]}"]').tap()
    for place, id_ in enumerate(wanted.get("order", [])):
        while values(page.locator(f"{here} [data-item]"), "data-item").index(id_) > place:
            page.locator(f'{here} [data-item="{id_}"] [data-move="-1"]').tap()
    if wanted.get("order") and page.locator(f'{here} [data-taken="false"]').count():
        page.locator(f"{here} [data-take-order]").tap()
    for place, part in parts(wanted):
        root = page.locator(f'{here} [data-key="{place}"]' if place else here)
        if "text" in part:
            root.locator(".answer").fill(part["text"])
        if "number" in part:
            root.locator("[data-number]").fill(part["number"].translate(str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")))
            expect(root.locator("[data-figure]")).to_have_text(re.compile(r"[\d.,٫]+"))
        if "unit" in part:
            unit = root.locator("[data-unit]")
            unit.select_option(part["unit"]) if slot["units"]["input"] == "choice" else unit.fill(part["unit"])
        if "match" in part:
            root.locator("select").select_option(part["match"])
        if "choice" in part and root.locator("select").count():
            root.locator("select").select_option(part["choice"])
        elif "choice" in part or "value" in part:
            value = str(part.get("choice", part.get("value"))).replace("True", "true").replace("False", "false")
            press(root, value)
        for value in part.get("choices", []):
            press(root, value)


def press(root: Locator, value: str) -> None:
    """Tap the row of an option, which is as large as a finger."""
    row = root.locator("label.option", has=root.page.locator(f'input[value="{value}"]'))
    box = row.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    row.tap()


def parts(response: dict[str, Any]) -> list[tuple[str | None, dict[str, Any]]]:
    """The places of a response: their keys, or None for the whole, and what belongs there."""
    for member, wrap in (("rows", "value"), ("matches", "match")):
        if member in response:
            return [(key, {wrap: value}) for key, value in response[member].items()]
    if "regions" in response:
        return [(None, {"choice": response["regions"][0]})]
    return list(response["gaps"].items()) if "gaps" in response else [(None, response)]


def values(fields: Locator, name: str = "value") -> list[str]:
    """An attribute of several elements, in their order."""
    found: list[str] = fields.evaluate_all("(all, name) => all.map(each => each.getAttribute(name))", name)
    return found
