"""Words from left to right on a page that goes from right to left, and the other way round."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from browser.conftest import MakeVisitor
from browser.live import Live
from browser.test_author_day import new_bank

pytestmark = pytest.mark.browser

ENGLISH: dict[str, dict[str, Any]] = {
    "kprim": {"prompt": "Which?", "rows": [{"text": f"{number} < 2", "correct": number < 2} for number in range(4)]},
    "cloze": {
        "prompt": "<p>It lies in {#1}.</p>",
        "gaps": [
            {
                "key": "1",
                "kind": "choice",
                "options": [{"text": "Asia", "fraction": "1"}, {"text": "Africa", "fraction": "0"}],
            }
        ],
    },
}
ORDERING = {"prompt": "رتّب", "items": [{"text": text} for text in ("ثانية", "دقيقة", "ساعة")]}


def direction(place: Locator) -> str:
    """The direction in which it is written."""
    found: str = place.evaluate("place => getComputedStyle(place).direction")
    return found


def question(live: Live, kind: str, body: dict[str, Any]) -> str:
    """The address of a question of Qalam's author."""
    api = live.hall.api("author", "qalam")
    made = api.post(f"/banks/{new_bank(api)}/questions", {"type": kind, "name": kind, "body": body})
    assert made.status_code == 201, made.text
    return f"/manage/questions/{made.json['id']}"


def test_a_statement_reads_the_same_for_author_and_candidate(live: Live, visit: MakeVisitor) -> None:
    author = visit(live.hall.person("author", "qalam"), 390)
    author.go(question(live, "kprim", ENGLISH["kprim"]))
    texts = author.page.get_by_text("0 < 2", exact=True)
    expect(texts).to_have_count(2)
    assert [direction(text) for text in texts.all()] == ["ltr", "ltr"]


def test_the_mark_of_a_list_stands_where_its_text_ends(live: Live, visit: MakeVisitor) -> None:
    author = visit(live.hall.person("author", "qalam"), 390)
    author.go(question(live, "cloze", ENGLISH["cloze"]))
    gap = author.page.locator(".as-seen select")
    assert direction(gap) == "ltr"
    assert "100%" in gap.evaluate("gap => getComputedStyle(gap).backgroundPositionX"), "on the right"


def test_a_right_order_is_numbered_on_the_side_where_it_begins(live: Live, visit: MakeVisitor) -> None:
    author = visit(live.hall.person("author", "qalam"), 390)
    author.go(question(live, "ordering", ORDERING) + "/edit")
    page = author.page
    first = page.locator("[data-trial] [data-item]").first
    if "ثانية" in first.inner_text():
        first.locator('[data-move="1"]').click()
    else:
        page.locator("[data-trial] [data-take-order]").click()
    page.locator("[data-checks]").click()
    lists = page.locator("[data-result] .ordered")
    expect(lists).to_have_count(2)
    assert [direction(each) for each in lists.all()] == ["rtl", "rtl"]
