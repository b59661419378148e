"""The list of a bank's questions in a real browser: narrowed, kept, many changed at once, and the tree beside it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import MakeVisitor
from browser.live import Live
from browser.looking import enter, look, looks, tab_to
from hall import Api

pytestmark = pytest.mark.browser

#: Categories and what is asked in them, at each tenant.
PLACES = {
    "northwind": ("Safety/Fire and smoke/In the warehouse", "Which extinguisher puts out burning oil", "night shift"),
    "qalam": ("السلامة/الحريق والدخان/في المستودع", "أي مطفأة تطفئ الزيت المشتعل", "الوردية الليلية"),
}


def filled(author: Api, slug: str) -> str:
    """The id of a bank of thirty questions, some in a deep category, with tags, difficulties and states."""
    path, prompt, tag = PLACES[slug]
    bank = str(author.post("/banks", {"name": path.split("/")[0], "description": ""}).json["id"])
    places = [path, path.rpartition("/")[0], ""]
    for number in range(30):
        sent = {
            "type": "true_false", "name": f"{prompt} ({number})", "body": {"prompt": f"{prompt}?", "correct": True},
            "category": places[number % 3], "tags": [tag] if number % 2 else [],
            "status": ("ready", "draft", "retired")[number % 3], "difficulty": ("easy", "hard", "")[number % 3],
            "points": "1.5",
        }  # fmt: skip
        assert author.post(f"/banks/{bank}/questions", sent).status_code == 201
    return bank


def tick(page: Page, count: int) -> None:
    for place in range(count):
        page.locator("[data-tick]").nth(place).check()


@looks
def test_an_author_keeps_order_among_many_questions(live: Live, visit: MakeVisitor, slug: str, width: int) -> None:
    person = live.hall.person("author", slug)
    bank = filled(live.hall.api(person), slug)
    author = visit(person, width)
    page, tag = author.page, PLACES[slug][2]
    author.go(f"/manage/banks/{bank}/questions")
    look(author)
    # Narrowed by a tag that the field offers, and kept under a name
    page.locator(".finder-more summary").click()
    page.locator("#filter-tag").focus()
    expect(page.locator(f'#tags option[value="{tag}"]')).to_have_count(1)
    page.fill("#filter-tag", tag)
    page.locator(".finder button").click()
    expect(page.locator("[data-tick]")).to_have_count(15)
    page.locator(".kept-new summary").click()
    page.fill("#filter-name", tag)
    page.locator(".kept-new button").click()
    expect(page.locator(".kept-name")).to_have_text(tag)
    look(author)
    # Three of them are retired, which is taken back
    tick(page, 3)
    expect(page.locator("[data-ticked]")).to_have_text("3")
    page.locator('[value="status-retired"]').click()
    look(author)
    page.locator(".undo button").click()
    expect(page.locator(".alert-success")).to_be_visible()
    # All that were found move to another place of the tree
    page.locator('[name="which"][value="all"]').check()
    page.select_option("#bulk-category", index=1)
    page.locator('[value="move"]').click()
    expect(page.locator(".undo")).to_be_visible()
    if width < 1000:
        page.locator(".tree-opens").click()
        look(author)
    page.locator(".tree li").nth(1).locator("a").click()
    look(author)
    expect(page.locator("[data-tick]")).to_have_count(25)


@looks
def test_the_tree_is_looked_after_and_a_question_talked_about(
    live: Live, visit: MakeVisitor, slug: str, width: int
) -> None:
    person = live.hall.person("author", slug)
    api = live.hall.api(person)
    bank = filled(api, slug)
    author = visit(person, width)
    page = author.page
    author.go(f"/manage/banks/{bank}/categories")
    look(author)
    page.locator(".row-actions a").first.click()
    look(author)
    page.fill("[name=name]", PLACES[slug][2])
    page.locator("main form button.btn-primary").first.click()
    expect(page.locator("tbody th").first).to_contain_text(PLACES[slug][2])
    question = api.get(f"/banks/{bank}/questions").json[0]
    assert question["category"].startswith(PLACES[slug][2])
    author.go(f"/manage/questions/{question['id']}")
    page.fill("#comment-text", PLACES[slug][1])
    page.locator('form[action$="/comments"] button').click()
    expect(page.locator(".comment")).to_contain_text(PLACES[slug][1])
    page.locator(".comment [data-opens]").click()
    page.keyboard.press("Enter")  # "Cancel" has the focus
    expect(page.locator(".comment dialog")).to_be_hidden()
    page.locator(".comment [data-opens]").click()
    look(author)
    page.locator(".comment dialog [type=submit]").click()
    expect(page.locator(".comment")).to_have_count(0)
    look(author)


def test_the_tree_is_kept_by_keyboard_alone(live: Live, visit: MakeVisitor) -> None:
    person = live.hall.person("author")
    api = live.hall.api(person)
    bank = filled(api, "northwind")
    author = visit(person)
    page = author.page
    author.go(f"/manage/banks/{bank}/questions")
    tab_to(page, '.tree a[href$="/categories"]')
    enter(page, "/categories")
    tab_to(page, '.row-actions a[href*="/categories/"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/manage/categories/*")
    tab_to(page, "[name=name]")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Renamed")
    enter(page, "/categories")
    assert [row["path"].split("/")[0] for row in api.get(f"/banks/{bank}/categories").json] == ["Renamed"] * 3
