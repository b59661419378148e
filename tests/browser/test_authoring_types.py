"""An author writes a question of each type, with a picture and a formula, at a desk and on a phone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from browser.conftest import MakeVisitor
from browser.live import Live
from browser.looking import WIDTHS, look, looks, save
from browser.test_author_day import new_bank
from examhall.bank.types import TYPES

pytestmark = pytest.mark.browser


def picture(folder: Path) -> Path:
    """A file with a picture of two halves."""
    image = Image.new("RGB", (200, 100), "teal")
    image.paste("orange", (100, 0, 200, 100))
    out = io.BytesIO()
    image.save(out, "PNG")
    file = folder / "halves.png"
    file.write_bytes(out.getvalue())
    return file


def fill(page: Page, **fields: str) -> None:
    """Fill fields by name; two underscores stand for a hyphen."""
    for name, value in fields.items():
        field = page.locator(f'[name="{name.replace("__", "-")}"]')
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "checkbox":
            field.check()
        else:
            field.fill(value)


def options(page: Page) -> None:
    fill(page, options__0__text="4", options__0__fraction="1", options__1__text="5")


def several(page: Page) -> None:
    fill(page, options__0__text="2", options__0__fraction="0.5", options__1__text="3", options__1__fraction="0.5")
    fill(page, options__2__text="4")


def statements(page: Page) -> None:
    for number in range(4):
        fill(page, **{f"rows__{number}__text": f"{number} < 2"})
    fill(page, rows__0__correct="y", rows__1__correct="y")


def numbers(page: Page) -> None:
    fill(page, answers__0__tolerance_type="range")
    expect(page.locator('[name="answers-0-value"]')).to_be_hidden()
    fill(page, answers__0__low="3.1", answers__0__high="3.2", answers__0__fraction="1")
    expect(page.locator('[name="units-0-name"]')).to_be_hidden()
    fill(page, unit_use="optional")
    fill(page, units__0__name="cm", units__0__multiplier="1")


def pairs(page: Page) -> None:
    for number, (stem, choice) in enumerate([("Lisbon", "Portugal"), ("Rome", "Italy"), ("", "Spain")]):
        fill(page, **{f"pairs__{number}__stem": stem, f"pairs__{number}__choice": choice})


def items(page: Page) -> None:
    for number, text in enumerate(["three", "one", "two"]):
        fill(page, **{f"items__{number}__text": text})
    first = page.locator('[data-rows="items"] > [data-row]').first
    down = first.locator('[data-moves="down"]')
    down.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    texts = page.locator('[data-rows="items"] > [data-row] textarea')
    expect(texts.nth(0)).to_have_value("one")
    expect(texts.nth(2)).to_have_value("three")
    expect(page.locator('[name="items-2-text"]')).to_have_value("three")
    expect(page.locator('[name="items-2-text"]')).to_have_count(1)


def gaps(page: Page) -> None:
    prompt = page.locator("[name=prompt]")
    prompt.focus()
    for _ in range(2):
        prompt.press("End")
        page.locator('[name="prompt"]').locator("xpath=..").locator('[data-tool="gap"]').click()
    expect(prompt).to_have_value(re.compile(r"\{#1\}\{#2\}$"))
    fill(page, gaps__0__texts__0__text="word")
    fill(page, gaps__1__kind="choice")
    expect(page.locator('[name="gaps-1-texts-0-text"]')).to_be_hidden()
    fill(page, gaps__1__options__0__text="yes", gaps__1__options__0__fraction="1", gaps__1__options__1__text="no")


def formulas(page: Page) -> None:
    prompt = page.locator("[name=prompt]")
    prompt.fill(prompt.input_value() + " {a}")
    fill(page, variables__0__name="a", variables__0__low="1", variables__0__high="9", variables__0__decimals="0")
    fill(page, answers__0__formula="a^2", answers__0__fraction="1")


def regions(page: Page) -> None:
    page.locator("[data-chooses]").click()
    dialog = page.locator("#media-dialog")
    dialog.locator("[name=medium]").first.check()
    dialog.locator("#media-words").fill("Two halves")
    dialog.locator("[data-takes]").click()
    expect(page.locator('[name="width"]')).to_have_value("200")
    fill(page, regions__0__label="Left", regions__0__coords="0, 0, 100, 100", regions__0__fraction="1")
    fill(page, regions__1__label="Right", regions__1__shape="rect")
    page.locator("[data-draws]").nth(1).click()
    canvas = page.locator("[data-canvas-shapes]")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.8)
    page.mouse.up()
    assert len(page.input_value('[name="regions-1-coords"]').split(",")) == 4


WAYS: dict[str, Callable[[Page], None]] = {
    "single_choice": options,
    "multiple_choice": several,
    "true_false": lambda page: page.locator("[name=correct]").first.check(),
    "kprim": statements,
    "short_text": lambda page: fill(page, answers__0__text="four", answers__0__fraction="1"),
    "numeric": numbers,
    "matching": pairs,
    "ordering": items,
    "cloze": gaps,
    "calculated": formulas,
    "essay": lambda page: fill(page, min_words="50", max_words="200"),
    "upload": lambda page: fill(page, max_files="2"),
    "hotspot": regions,
    "description": lambda page: None,
}


def insert_picture(page: Page, file: Path) -> None:
    tools = page.locator('.field:has(> [name="prompt"]) .tools')
    tools.locator('[data-tool="media"]').click()
    dialog = page.locator("#media-dialog")
    dialog.locator("[data-takes]").click()
    expect(dialog.locator("[data-error]")).to_be_visible()
    dialog.locator("[data-file]").set_input_files(file)
    dialog.locator("#media-words").fill("Two halves")
    dialog.locator("[data-takes]").click()
    expect(dialog).to_be_hidden()


def insert_formula(page: Page) -> None:
    tools = page.locator('.field:has(> [name="prompt"]) .tools')
    tools.locator('[data-tool="formula"]').click()
    dialog = page.locator("#formula-dialog")
    dialog.locator("[data-latex]").press_sequentially(r"\frac{1}{2}")
    expect(dialog.locator("math mfrac")).to_be_visible()
    dialog.locator("[data-takes]").click()
    expect(dialog).to_be_hidden()


@looks
@pytest.mark.parametrize("kind", TYPES)
def test_a_question_of_each_type_is_written_with_a_picture_and_a_formula(
    live: Live, visit: MakeVisitor, tmp_path: Path, kind: str, slug: str, width: int
) -> None:
    person = live.hall.person("author", slug)
    bank = new_bank(live.hall.api(person))
    author = visit(person, width)
    page = author.page
    author.go(f"/manage/banks/{bank}/questions/new?type={kind}")
    page.fill("[name=prompt]", "Half of it?\nTake care. ")
    page.locator("[name=prompt]").press("Control+End")
    insert_formula(page)
    insert_picture(page, picture(tmp_path))
    WAYS[kind](page)
    shown = page.locator('[data-trial] [data-tried="shown"]')
    expect(shown.locator("math mfrac").first).to_be_visible()
    expect(shown.locator(".prompt img").first).to_be_visible()
    look(author)
    save(page)
    expect(page.locator("#seen")).to_be_visible()
    seen = page.locator('[aria-labelledby="seen"]')
    expect(seen.locator("math mfrac").first).to_be_visible()
    assert seen.locator('img[alt="Two halves"]').first.evaluate("image => image.naturalWidth") == 200
    look(author)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_answer_is_tried_beside_the_form_of_a_question_that_exists(
    live: Live, visit: MakeVisitor, width: int
) -> None:
    person = live.hall.person("author")
    api = live.hall.api(person)
    options = [{"text": "one", "fraction": "1", "feedback": "Well done."}, {"text": "two", "fraction": "0"}]
    asked = {"type": "single_choice", "name": "Half", "body": {"prompt": "Half of two?", "options": options}}
    answer = api.post(f"/banks/{new_bank(api)}/questions", asked)
    author = visit(person, width)
    page = author.page
    author.go(f"/manage/questions/{answer.json['id']}/edit")  # type: ignore[index]  # it was made
    shown = page.locator('[data-trial] [data-tried="shown"]')
    page.locator("[data-checks]").click()
    result = page.locator("[data-result]")
    expect(result).to_be_focused()
    expect(result).not_to_contain_text("Well done.")
    shown.locator("input").first.focus()
    page.keyboard.press("Space")
    page.locator("[data-checks]").press("Enter")
    expect(result).to_contain_text("Well done.")
    expect(result).to_contain_text("100")
    look(author)

    page.fill("[name=prompt]", "Half of four?")
    expect(shown).to_contain_text("Half of four?")
    expect(result).to_be_empty()
    tools = page.locator('.field:has(> [name="prompt"]) .tools')
    tools.locator("button").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#formula-dialog")).to_be_visible()
    author.expect_accessible()
    page.keyboard.press("Escape")
    expect(tools.locator('[data-tool="formula"]')).to_be_focused()
    tools.locator('[data-tool="media"]').click()
    author.expect_accessible()
    assert len(api.get(f"/questions/{answer.json['id']}/versions").json) == 1  # type: ignore[index,arg-type]


@looks
def test_what_was_written_outlives_the_sign_in(
    live: Live, visit: MakeVisitor, tmp_path: Path, slug: str, width: int
) -> None:
    person = live.hall.person("author", slug)
    author = visit(person, width)
    page = author.page
    author.go(f"/manage/banks/{new_bank(live.hall.api(person))}/questions/new?type=true_false")
    page.locator("[name=correct]").first.check()
    page.fill("[name=prompt]", "Nothing is lost.")
    shown = page.locator('[data-trial] [data-tried="shown"]')
    expect(shown).to_be_visible()

    author.context.clear_cookies()
    page.fill("[name=prompt]", "Nothing is lost, ever.")
    expect(page.locator("[data-gone]")).to_be_visible()
    assert page.locator("[name=password]").count() == 0, "the sign-in page is no piece of this one"
    tools = page.locator('.field:has(> [name="prompt"]) .tools')
    tools.locator('[data-tool="formula"]').click()
    page.locator("[data-latex]").fill("x^2")
    page.wait_for_timeout(700)
    assert page.locator("[data-drawn] *").count() == 0
    page.keyboard.press("Escape")
    look(author)
    save(page)
    expect(page.locator("[data-gone]")).to_be_in_viewport()
    expect(page.locator("[name=prompt]")).to_have_value("Nothing is lost, ever.")

    author.let_in()  # as in another tab
    insert_picture(page, picture(tmp_path))
    expect(page.locator("[data-gone]")).to_be_hidden()
    expect(shown.locator("img")).to_be_visible()
    save(page)
    expect(page.locator("#seen")).to_be_visible()


@pytest.mark.parametrize("told", ["in the pane", "nowhere yet"])
def test_whoever_signs_in_again_in_another_tab_saves_what_they_wrote(live: Live, visit: MakeVisitor, told: str) -> None:
    person = live.hall.person("author")
    author = visit(person)
    page = author.page
    author.go(f"/manage/banks/{new_bank(live.hall.api(person))}/questions/new?type=description")
    page.fill("[name=prompt]", "Nothing is lost.")
    expect(page.locator('[data-trial] [data-tried="shown"]')).to_be_visible()
    if told == "in the pane":
        author.context.clear_cookies()
        page.fill("[name=prompt]", "Nothing is lost, ever.")
        expect(page.locator("[data-gone]")).to_be_visible()
        author.let_in()
    else:
        before = page.input_value("form[data-authoring] [name=csrf_token]")
        author.let_in()
        with page.expect_response(lambda answer: "questions/new" in answer.url):
            page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # back from the other tab
        expect(page.locator("form[data-authoring] [name=csrf_token]")).not_to_have_value(before)
    save(page)
    expect(page.locator("#seen")).to_be_visible()


def test_nobody_leaves_a_form_by_mistake(live: Live, visit: MakeVisitor) -> None:
    person = live.hall.person("author")
    author = visit(person)
    page = author.page
    asked: list[str] = []
    author.go(f"/manage/banks/{new_bank(live.hall.api(person))}/questions/new?type=description")
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("[name=prompt]").press_sequentially("Wait.")
    page.locator(".site-brand").click()
    expect(page.locator("[name=prompt]")).to_have_value("Wait.")
    assert asked == ["beforeunload"]
    save(page)
    expect(page.locator("#seen")).to_be_visible()
    page.locator(".site-brand").click()
    page.wait_for_url("**/manage/exams")
    assert asked == ["beforeunload"], "there is nothing to be lost"
