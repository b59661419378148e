"""What the shapes of answers do beside holding one: say what is wrong, count, take back, and meet another copy."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import MakeVisitor
from browser.hands import PAPER, Finger
from browser.live import Live
from browser.looking import look
from browser.test_answering_types import FIELDS
from browser.visitor import Visitor
from fourteen import compose_all, compose_one, right
from hall import Api, Person
from sitting import Exam, save, started

pytestmark = pytest.mark.browser

(
    DESCRIPTION, SINGLE, MULTIPLE, TRUE_FALSE, KPRIM, TEXT, NUMERIC, MATCHING, ORDERING, CLOZE, CALCULATED, ESSAY,
    UPLOAD, HOTSPOT,
) = range(1, 15)  # fmt: skip


@pytest.fixture
def exam(live: Live) -> Exam:
    """Northwind's exam of all fourteen."""
    return compose_all(live.hall)


@pytest.fixture
def api(live: Live, candidate: Person) -> Api:
    """The candidate's other device, which is an app."""
    return live.hall.api(candidate)


@pytest.fixture
def attempt(exam: Exam, api: Api) -> dict[str, Any]:
    """The candidate's attempt, begun there."""
    return started(exam, api)


@pytest.fixture
def visitor(visit: MakeVisitor, candidate: Person, attempt: dict[str, Any]) -> Visitor:
    """The candidate at a desk."""
    visitor = visit(candidate)
    visitor.go(f"/attempts/{attempt['id']}")
    visitor.expect_state("saved")
    return visitor


#: What the other copy says, in the words of the question.
SAID = {
    "single_choice": "2", "multiple_choice": "4", "true_false": "True", "kprim": "2 is prime.: True",
    "short_text": "Lima", "numeric": "2.5 m", "matching": "Paris: Seine", "ordering": "A secondA minuteAn hourA day",
    "cloze": "Gap 1: Lima", "calculated": "7.5 €", "essay": "Because all", "upload": "elsewhere.txt",
    "hotspot": "Blue, right",
}  # fmt: skip


def another(slot: dict[str, Any]) -> dict[str, Any] | None:
    """A response that is not the right one."""
    meant = right(slot) or {}
    wrong = {
        "true_false": {"value": False}, "short_text": {"text": "Quito"}, "numeric": {"number": "3", "unit": "m"},
        "cloze": {"gaps": {"1": {"text": "Quito"}}}, "calculated": {"number": "1"}, "essay": {"text": "No idea."},
    }  # fmt: skip
    match slot["type"]:
        case "single_choice" | "multiple_choice" as kind:
            other = next(each["id"] for each in slot["options"] if each["id"] not in str(meant))
            return {"choice": other} if kind == "single_choice" else {"choices": [other]}
        case "kprim":
            row, verdict = next(iter(meant["rows"].items()))
            return {"rows": {row: not verdict}}
        case "matching":
            return {"matches": {slot["stems"][0]["id"]: slot["choices"][0]["id"]}}
        case "ordering":
            return {"order": meant["order"][::-1]}
        case "hotspot":
            return {"regions": [each["id"] for each in slot["regions"] if each["id"] not in meant["regions"]]}
    return wrong.get(slot["type"])


def test_another_copy_is_shown_and_taken_whatever_the_type(
    visit: MakeVisitor, candidate: Person, attempt: dict[str, Any], api: Api
) -> None:
    visitor = visit(candidate, 390)
    visitor.go(f"/attempts/{attempt['id']}")
    visitor.expect_state("saved")
    page, hands = visitor.page, Finger(visitor.page)
    for slot in attempt["paper"][1:]:
        number, here = slot["slot"], f"#q-{slot['slot']}"
        there = right(slot) or {"files": [handed_up(api, attempt, "elsewhere.txt")]}
        save(api, attempt, {"slot": number, "response": there, "seq": 1})
        visitor.question(number)
        if slot["type"] == "upload":
            hands.upload(here)
        else:
            hands.answer(here, another(slot) or {})
        expect(page.locator(f"{here} [data-other]")).to_contain_text(SAID[slot["type"]])
        look(visitor)
        page.locator(f"{here} [data-take]").click()
        visitor.expect_state("saved")
        assert page.evaluate(FIELDS, [number]) == [there], slot["type"]


def handed_up(api: Api, attempt: dict[str, Any], name: str) -> str:
    """The id of a file that an app has handed up."""
    data = {"slot": str(UPLOAD), "file": (io.BytesIO(b"Words."), name)}
    answer = api.post(f"/attempts/{attempt['id']}/files", data=data)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def test_a_file_that_is_not_taken_is_told_why(visitor: Visitor) -> None:
    place = visitor.question(UPLOAD)
    box, told = place.locator("input[type=file]"), place.locator(".upload-trouble")
    box.set_input_files(PAPER | {"name": "film.mp4"})
    expect(told).to_contain_text("Files of this kind are not accepted here.", use_inner_text=True)
    box.set_input_files(PAPER | {"buffer": b"a" * 1001})
    expect(told).to_contain_text("This file is too large.", use_inner_text=True)
    box.set_input_files(PAPER | {"name": "no.pdf"})
    expect(told).to_contain_text("What is in this file is not PDF", use_inner_text=True)
    visitor.expect_accessible()
    assert visitor.stored() == {}
    visitor.context.set_offline(True)
    box.set_input_files(PAPER)
    expect(told).to_contain_text("The file could not be sent.", use_inner_text=True)
    visitor.context.set_offline(False)
    box.set_input_files([PAPER, PAPER | {"name": "more.txt"}, PAPER | {"name": "most.txt"}])
    expect(told).to_contain_text("There are as many files as may be sent.", use_inner_text=True)
    expect(place.locator(".upload-name")).to_have_text(["thoughts.txt", "more.txt"])
    visitor.expect_state("saved")
    assert len(visitor.stored()[UPLOAD]["files"]) == 2


def test_a_file_is_removed_and_looked_at(visitor: Visitor) -> None:
    place = visitor.question(UPLOAD)
    Finger(visitor.page).upload(f"#q-{UPLOAD}")
    with visitor.page.expect_download() as download:
        place.locator(".upload-name").click()
    assert download.value.suggested_filename == "thoughts.txt"
    place.locator("[data-remove-file]").click()
    expect(place.locator("input[type=file]")).to_be_focused()
    visitor.expect_state("saved")
    assert visitor.stored() == {UPLOAD: None}
    expect(visitor.page.locator(f'#navigator [data-slot="{UPLOAD}"]')).to_have_attribute("data-answered", "false")


def test_a_file_from_another_device_has_its_name(visitor: Visitor, api: Api, attempt: dict[str, Any]) -> None:
    second = visitor.new_tab()
    second.goto(visitor.page.url)
    Finger(second).upload(f"#q-{UPLOAD}")
    expect(visitor.question(UPLOAD).locator(".upload-name")).to_have_text(["thoughts.txt"])


def test_handing_in_waits_for_a_file_on_its_way(visitor: Visitor) -> None:
    page = visitor.page
    page.route("**/files", lambda route: (page.wait_for_timeout(1500), route.continue_()))
    visitor.question(UPLOAD).locator("input[type=file]").set_input_files(PAPER)
    visitor.hand_in()
    expect(page.locator(f"#q-{UPLOAD} .upload-name")).to_have_text(["thoughts.txt"])


def test_a_gap_that_can_t_be_read_does_not_hold_up_the_others(visitor: Visitor) -> None:
    page, place = visitor.page, visitor.question(CLOZE)
    number = place.locator('[data-key="2"] .answer')
    number.fill("10.5")
    visitor.expect_state("saved")
    number.fill("1,234")
    place.locator('[data-key="1"] .answer').fill("Lima")
    expect(place.locator(".when-thousands")).to_be_visible()
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(place.locator('[data-key="1"] .answer')).to_have_attribute("aria-invalid", "false")
    visitor.expect_state("unsaved")
    page.wait_for_timeout(1600)
    assert visitor.stored()[CLOZE] == {"gaps": {"1": {"text": "Lima"}, "2": {"number": "10.5"}}}
    number.fill("11")
    visitor.expect_state("saved")
    assert visitor.stored()[CLOZE]["gaps"]["2"] == {"number": "11"}


def test_words_are_counted_and_never_refused(visitor: Visitor) -> None:
    place = visitor.question(ESSAY)
    box, count = place.locator(".answer"), place.locator("[data-words]")
    expect(box).to_have_value("Because")
    assert visitor.stored() == {}, "what the author wrote is no answer"
    for text, state in (("Because it is", "few"), ("Because it is so", "right"), ("so " * 51, "many")):
        box.fill(text)
        expect(count).to_have_attribute("data-state", state)
        expect(count.locator("[data-count]")).to_have_text(str(len(text.split())))
        visitor.expect_state("saved")
        assert visitor.stored()[ESSAY] == {"text": text}
    box.fill("")
    visitor.expect_state("saved")
    assert visitor.stored()[ESSAY] is None


def test_none_of_these_is_an_answer_and_excludes_the_others(visitor: Visitor) -> None:
    place = visitor.question(MULTIPLE)
    place.get_by_role("checkbox", name="5").check()
    place.get_by_role("checkbox", name="None of these").check()
    expect(place.get_by_role("checkbox", name="5")).not_to_be_checked()
    visitor.expect_state("saved")
    assert visitor.stored() == {MULTIPLE: {"choices": []}}
    visitor.page.reload()
    expect(place.get_by_role("checkbox", name="None of these")).to_be_checked()
    place.get_by_role("checkbox", name="2").check()
    expect(place.get_by_role("checkbox", name="None of these")).not_to_be_checked()


def order_of(page: Page) -> list[str]:
    return page.locator(f"#q-{ORDERING} [data-label]").all_inner_texts()


def test_an_order_is_dragged_taken_back_and_taken_as_it_stands(visitor: Visitor) -> None:
    page, place = visitor.page, visitor.question(ORDERING)
    first = order_of(page)
    assert visitor.stored() == {}
    place.locator("[data-grip]").nth(0).hover()
    page.mouse.down()
    below = place.locator("[data-item]").nth(2).bounding_box()
    assert below is not None
    page.mouse.move(below["x"] + 40, below["y"] + below["height"] - 4, steps=8)
    page.mouse.up()
    assert order_of(page) == [first[1], first[2], first[0], first[3]]
    visitor.expect_state("saved")
    assert len(visitor.stored()[ORDERING]["order"]) == 4
    expect(place.locator("[data-take-order]")).not_to_be_visible()
    place.locator("[data-clear]").click()
    visitor.expect_state("saved")
    assert order_of(page) == first
    assert visitor.stored()[ORDERING] is None
    place.locator("[data-take-order]").click()
    visitor.expect_state("saved")
    assert visitor.stored()[ORDERING] is not None


def test_a_text_between_questions_is_read_and_not_answered(visitor: Visitor) -> None:
    page = visitor.page
    expect(page.locator("#q-1 h2")).to_have_text(re.compile("Information"))
    assert page.locator("#q-1 :is([data-flag], [data-clear], .question-points)").count() == 0
    page.click("[data-next]")
    expect(page.locator("#q-2 h2")).to_have_text("Question 1 of 13")
    dialog = visitor.open_finish()
    expect(dialog.locator('[data-count="unanswered"]')).to_have_text("13")
    expect(dialog.locator('[data-links="unanswered"] a')).to_have_text([str(number) for number in range(1, 14)])
    dialog.locator('[data-links="unanswered"] a').last.click()
    expect(page.locator(f"#q-{HOTSPOT}")).to_be_visible()
    page.locator('#navigator a[data-slot="1"]').click()
    expect(page.locator("#q-1-title")).to_be_focused()


def test_a_press_on_the_picture_ticks_the_list(visitor: Visitor) -> None:
    place = visitor.question(HOTSPOT)
    for label, index in (("Brown, left", 0), ("Blue, right", 1)):
        place.locator("[data-region]").nth(index).click()
        expect(place.get_by_role("radio", name=label)).to_be_checked()
        expect(place.locator('[data-region][data-chosen="true"]')).to_have_count(1)
    place.get_by_role("radio", name="Brown, left").check()
    expect(place.locator("[data-region]").nth(0)).to_have_attribute("data-chosen", "true")


def test_what_is_too_wide_for_a_phone_scrolls_in_its_own_box(live: Live, visit: MakeVisitor) -> None:
    sum_ = " + ".join(f"{letter}^2" for letter in "abcdefghijklmnop")
    table = "<table><tr>" + "<td>a cell that is long</td>" * 9 + "</tr></table>"
    body = {
        "prompt": rf"<p>First \[x = \frac{{1}}{{{sum_}}} + {sum_}\] then \({sum_}\)</p>{table}",
        "options": [
            {"text": rf"\({sum_}\)", "fraction": "1"},
            {"text": "Donau" + "dampfschifffahrtselektrizitäten" * 3, "fraction": "0"},
        ],
    }
    exam = compose_one(live.hall, "single_choice", body)
    person = live.hall.person("candidate")
    exam.assign(person)
    visitor = visit(person, 390)
    visitor.go(f"/attempts/{started(exam, live.hall.api(person))['id']}")
    visitor.expect_state("saved")
    look(visitor)
    assert visitor.page.locator("#q-1-prompt math[display=block][tabindex='0']").count() == 1
