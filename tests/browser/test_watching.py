"""Staff watch an exam and read its results, at a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.conftest import MakeVisitor
from browser.live import Live
from browser.looking import looks
from hall import Api
from sitting import compose, right_answer, save, started

pytestmark = pytest.mark.browser


def sit(api: Api, exam_id: str, right: int) -> None:
    """Answer so many questions rightly and hand in."""
    attempt = api.post(f"/exams/{exam_id}/attempts").json
    save(
        api,
        attempt,
        *({"slot": slot["slot"], "response": right_answer(slot), "seq": 1} for slot in attempt["paper"][:right]),
    )
    api.post(f"/attempts/{attempt['id']}/submit")


@looks
def test_from_the_attempts_to_one_candidate_s_answers(live: Live, visit: MakeVisitor, slug: str, width: int) -> None:
    exam = compose(live.hall, slug, pass_mark="60", time_limit_minutes=60)
    people = [live.hall.person("candidate", slug) for _ in range(3)]
    exam.assign(*people)
    sit(live.hall.api(people[0]), exam.id, 5)
    sit(live.hall.api(people[1]), exam.id, 2)
    started(exam, live.hall.api(people[2]))
    visitor = visit(live.hall.person("marker", slug), width)
    page = visitor.page

    def look() -> None:
        visitor.expect_accessible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{page.url} is wider than the screen"
        )

    visitor.go(f"/manage/exams/{exam.id}/attempts")
    look()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.select_option("[name=state]", "open")
    page.locator(".filters button").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator(f'.tabs a[href$="/exams/{exam.id}/results"]').click()
    expect(page.locator(".stat dd").first).to_have_text("2")
    look()
    with page.expect_download() as download:
        page.locator('a[href$="/results.csv"]').click()
    assert download.value.suggested_filename == "results-General-knowledge.csv"
    page.get_by_role("link", name=people[1].email).click()
    expect(page.locator(".question .tone-good")).to_have_count(2)
    look()
