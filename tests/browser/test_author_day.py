"""An author's day in a real browser: a bank is filled, and an exam is composed of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from browser.conftest import MakeVisitor
from browser.live import Live
from browser.looking import enter, look, looks, save, tab_to
from hall import Api

pytestmark = pytest.mark.browser

#: What is typed at each tenant.
NAMES = {"northwind": "Fire drill", "qalam": "الإخلاء عند الحريق"}
OPTIONS = {"northwind": ("The nearest exit", "The widest exit", "The lift"), "qalam": ("الأقرب", "الأوسع", "المصعد")}
GIFT = """::Sum::What is 2 + 2? {=4 ~3 ~5}

::Product::What is 2 × 3? {~6 ~5}

::Water::Water boils at 100 °C at sea level. {TRUE}
"""


def new_bank(author: Api, name: str = "Sums") -> str:
    """The id of an empty bank."""
    answer = author.post("/banks", {"name": name, "description": ""})
    assert answer.json
    return str(answer.json["id"])


def bank_with_three(author: Api) -> str:
    """The id of a bank that holds three ready questions."""
    bank = new_bank(author)
    for number in (1, 2, 3):
        answers = [{"value": str(number + number), "tolerance": "0", "fraction": "1"}]
        body = {"prompt": f"Twice {number}?", "answers": answers}
        made = author.post(
            f"/banks/{bank}/questions", {"type": "numeric", "name": f"Twice {number}", "body": body, "status": "ready"}
        )
        assert made.status_code == 201, made.text
    return bank


@looks
def test_a_bank_is_made_and_a_question_written_and_changed(
    live: Live, visit: MakeVisitor, slug: str, width: int
) -> None:
    author = visit(live.hall.person("author", slug), width)
    page = author.page
    author.go("/manage/banks")
    look(author)
    page.locator('a[href$="/banks/new"]').first.click()
    page.fill("[name=name]", NAMES[slug])
    look(author)
    save(page)
    expect(page.locator("h1")).to_have_text(NAMES[slug])
    look(author)

    page.locator('a[href$="/questions/new"]').first.click()
    look(author)
    page.locator('a[href*="type=single_choice"]').click()
    page.fill("[name=prompt]", NAMES[slug])
    rows = page.locator("[data-row]")
    shown = rows.count()
    page.locator("[data-adds]").click()
    expect(rows).to_have_count(shown + 1)
    expect(rows.last.locator("textarea").first).to_be_focused()
    for number, text in enumerate(OPTIONS[slug]):
        rows.nth(number).locator("textarea").first.fill(text)
    rows.last.locator("textarea").first.fill("?")
    rows.last.locator("[data-removes]").click()
    expect(rows).to_have_count(shown)
    rows.nth(0).locator("[name$=fraction]").fill("0.5")
    save(page)
    expect(page.locator("main .alert-danger")).to_be_visible()
    look(author)
    rows.nth(0).locator("[name$=fraction]").fill("1")
    save(page)

    expect(page.locator("#seen")).to_be_visible()
    expect(page.locator(".key-entry")).to_have_count(3)
    look(author)
    page.locator('a[href$="/edit"]').click()
    page.locator("[data-row] textarea").nth(0).fill(OPTIONS[slug][0] + " !")
    look(author)
    save(page)
    expect(page.locator(".key-entry").first).to_contain_text("!")
    versions = page.locator('[aria-labelledby="versions"] tbody a')
    expect(versions).to_have_count(2)
    page.locator('[aria-labelledby="versions"] a[href*="version=1"]').click()
    expect(page.locator(".key-entry").first).not_to_contain_text("!")
    expect(page.locator("main .alert-info")).to_be_visible()
    look(author)


@looks
def test_questions_are_imported_once_their_faulty_line_is_mended(
    live: Live, visit: MakeVisitor, slug: str, width: int
) -> None:
    person = live.hall.person("author", slug)
    bank = new_bank(live.hall.api(person), NAMES[slug])
    author = visit(person, width)
    page = author.page
    author.go(f"/manage/banks/{bank}/import")
    page.fill("[name=text]", GIFT)
    save(page)
    page.wait_for_url("**/manage/imports/*")
    fault = page.locator(".alert-danger .faults li")
    expect(fault).to_have_count(1)
    expect(fault).to_contain_text(re.compile("[3٣]"))
    expect(fault.locator("code")).to_contain_text("2 × 3")
    look(author)
    fault.locator("a").click()
    expect(page.locator("#mended")).to_be_focused()
    marked = "text => text.value.slice(text.selectionStart, text.selectionEnd)"
    assert "2 × 3" in page.locator("#mended").evaluate(marked), "where the fault is"
    assert page.input_value("[name=text]").replace("\r", "") == GIFT, "what was typed stands there to be mended"
    page.fill("[name=text]", GIFT.replace("~6", "=6"))
    page.locator("[value=mend]").click()
    expect(page.locator("article")).to_have_count(3)
    look(author)
    page.locator("[value=commit]").click()
    expect(page.locator(".alert-success")).to_be_visible()
    look(author)
    page.locator("[data-opens=undo]").click()
    expect(page.locator("#undo")).to_be_visible()
    look(author)
    page.keyboard.press("Escape")
    author.go(f"/manage/banks/{bank}/questions")
    expect(page.locator("tbody tr")).to_have_count(3)
    look(author)
    page.fill("[type=search]", "Water")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)


@looks
def test_an_exam_is_composed_and_looked_at_as_a_candidate(
    live: Live, visit: MakeVisitor, slug: str, width: int
) -> None:
    person = live.hall.person("author", slug)
    bank = bank_with_three(live.hall.api(person))
    author = visit(person, width)
    page = author.page
    author.go("/manage/exams")
    look(author)
    page.locator('a[href$="/exams/new"]').first.click()
    page.fill("[name=title]", NAMES[slug])
    save(page)

    # One question for everybody
    page.locator('a[href$="/sections/new"]').first.click()
    look(author)
    save(page)
    page.locator("[name=question_id]").first.check()
    look(author)
    save(page)
    expect(page.locator("[name=question_id]")).to_have_count(2)
    author.go(re.sub(".*(/manage/.*)/sections/.*", r"\1/sections", page.url))
    expect(page.locator("tbody tr")).to_have_count(1)

    # Two drawn from the bank
    page.locator('a[href$="/sections/new"]').first.click()
    page.select_option("[name=bank_id]", bank)
    page.fill("[name=count]", "9")
    page.locator("[name=look]").click()
    expect(page.locator("form [role=status]")).to_contain_text(re.compile("[23٢٣]"))
    page.fill("[name=count]", "2")
    save(page)
    look(author)

    page.locator('a[href$="/preview"]').click()
    look(author)
    expect(page.locator("[data-slot]")).to_have_count(3)
    exam = re.search("exams/([0-9a-f-]+)/", page.url)
    assert exam
    assert live.hall.api("admin", slug).get(f"/exams/{exam[1]}/attempts").json == [], "looking leaves no attempt"


def test_a_question_is_written_by_keyboard_alone(live: Live, visit: MakeVisitor) -> None:
    person = live.hall.person("author")
    bank = new_bank(live.hall.api(person))
    author = visit(person)
    page = author.page
    author.go(f"/manage/banks/{bank}/questions")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    tab_to(page, 'a[href$="/questions/new"]')
    enter(page, "/questions/new")
    tab_to(page, 'a[href*="type=single_choice"]')
    enter(page, "type=single_choice")
    tab_to(page, "[name=prompt]")
    page.keyboard.type("At which height does water boil soonest?")
    for text in ("On a mountain", "At the sea"):
        tab_to(page, "[name^=options][name$=text]")
        page.keyboard.type(text)
    tab_to(page, "[data-adds]")
    page.keyboard.press("Enter")
    page.keyboard.type("In a mine")
    tab_to(page, "main form [type=submit]")
    page.keyboard.press("Space")
    expect(page.locator(".key-entry")).to_have_count(3)
    expect(page.locator(".key-entry").first).to_contain_text("On a mountain")
