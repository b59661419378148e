"""An administrator's day in a real browser: somebody is added, sits an exam, is graded and is shut out again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.conftest import MakeVisitor
from browser.live import Live
from browser.looking import enter, look, looks, save, tab_to
from browser.visitor import Visitor
from hall import PASSWORD
from sitting import Exam, compose, right_answer, started
from sitting import save as save_answers

pytestmark = pytest.mark.browser

NAMES = {"northwind": "Ada Byron", "qalam": "ليلى حسن"}
OWN_PASSWORD = "seven calm herons by the lake"


@looks
def test_somebody_new_is_let_in_and_sits_an_exam(live: Live, visit: MakeVisitor, slug: str, width: int) -> None:
    exam = compose(live.hall, slug, state="draft", pass_mark="50")
    admin, desk = visit(live.hall.person("admin", slug), width), visit(live.hall.person("candidate", slug), width)
    email = f"ada@{slug}.example"
    one_time = add(admin, NAMES[slug], email)
    open_to(admin, exam, email)
    sit(desk, exam, email, one_time)


@looks
def test_the_result_is_read_and_its_candidate_shut_out(live: Live, visit: MakeVisitor, slug: str, width: int) -> None:
    exam = compose(live.hall, slug, pass_mark="50")
    candidate = live.hall.person("candidate", slug)
    exam.assign(candidate)
    api = live.hall.api(candidate)
    attempt = started(exam, api)
    save_answers(api, attempt, {"slot": 1, "response": right_answer(attempt["paper"][0]), "seq": 1})
    assert api.post(f"/attempts/{attempt['id']}/submit").status_code == 200

    admin = visit(live.hall.person("admin", slug), width)
    page = admin.page
    admin.go(f"/manage/exams/{exam.id}/attempts")
    expect(page.locator("tbody tr")).to_have_count(1)
    look(admin)
    page.locator('.tabs a[href$="/results"]').click()
    expect(page.locator("tbody tr")).to_contain_text(candidate.email)
    look(admin)
    with page.expect_download() as download:
        page.locator("a[download]").click()
    _heading, row = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert candidate.email in row
    assert download.value.suggested_filename.endswith(".csv")
    page.locator('tbody a[href*="/manage/attempts/"]').click()
    expect(page.locator("#q-1 .tone-good").first).to_be_visible()
    look(admin)

    # Shut out: at once, and for good
    desk = visit(candidate, width)
    desk.go("/attempts")
    admin.go(f"/manage/users?q={candidate.email}")
    page.locator("tbody th a").click()
    look(admin)
    page.locator("[data-opens=change-access]").click()
    look(admin)
    page.locator("#change-access [type=submit]").click()
    expect(page.locator("main .alert-success")).to_be_visible()
    desk.page.reload()
    expect(desk.page.locator("[name=password]")).to_be_visible()
    sign_in(desk, candidate.email, PASSWORD)
    expect(desk.page.locator("main .alert-danger")).to_be_visible()


def add(admin: Visitor, name: str, email: str) -> str:
    """Add a candidate; returns the one-time password, which a second look no longer shows."""
    page = admin.page
    admin.go("/manage/users")
    look(admin)
    page.locator('a[href$="/users/new"]').click()
    page.fill("[name=name]", name)
    page.fill("[name=email]", email)
    look(admin)
    save(page)
    secret = page.locator("#one-time-password")
    one_time = secret.inner_text()
    look(admin)
    page.locator(".crumbs a").first.click()
    page.get_by_role("link", name=name).click()
    expect(page.locator("h1")).to_have_text(name)
    expect(secret).to_have_count(0)
    return one_time


def open_to(admin: Visitor, exam: Exam, email: str) -> None:
    """Assign the one person and publish, with a look at the dialog that asks first."""
    page = admin.page
    admin.go(f"/manage/exams/{exam.id}/people")
    look(admin)
    page.locator('a[href$="/people/add"]').first.click()
    page.locator("tr", has_text=email).get_by_role("checkbox").check()
    look(admin)
    save(page)
    admin.go(f"/manage/exams/{exam.id}/people")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("[data-opens=to-published]").click()
    expect(page.locator("#to-published")).to_be_visible()
    look(admin)
    page.locator("#to-published [type=submit]").click()
    expect(page.locator("main .alert-success")).to_be_visible()
    look(admin)


def sit(desk: Visitor, exam: Exam, email: str, one_time: str) -> None:
    """At a desk where somebody else was signed in: sign in for the first time, choose a password, sit the exam."""
    page = desk.page
    desk.go("/")
    page.locator("[popovertarget=person-menu]").click()
    page.locator('form[action$="/sign-out"] button').click()
    expect(page.locator("[name=email]")).to_be_visible()
    look(desk)
    sign_in(desk, email, one_time)
    expect(page.locator("[name=new_password]")).to_be_visible()
    look(desk)
    page.fill("[name=current_password]", one_time)
    page.fill("[name=new_password]", OWN_PASSWORD)
    save(page)
    page.locator(f'a[href$="/exams/{exam.id}"]').first.click()
    page.locator('form[action$="/start"] button').click()
    page.get_by_role("radio", name="Jupiter").check()
    desk.expect_state("saved")
    desk.hand_in()
    expect(page.locator(".score strong")).to_have_text(re.compile("[2٢][0٠]"))


def sign_in(desk: Visitor, email: str, password: str) -> None:
    """Fill in the form."""
    desk.page.fill("[name=email]", email)
    desk.page.fill("[name=password]", password)
    desk.page.press("[name=password]", "Enter")


def test_a_person_is_added_and_disabled_by_keyboard_alone(live: Live, visit: MakeVisitor) -> None:
    visitor = visit(live.hall.person("admin"))
    page = visitor.page
    visitor.go("/manage/users")
    tab_to(page, 'a[href$="/users/new"]')
    enter(page, "/users/new")
    tab_to(page, "[name=name]")
    page.keyboard.type("Ada Byron")
    tab_to(page, "[name=email]")
    page.keyboard.type("ada@northwind.example")
    page.keyboard.press("Enter")
    expect(page.locator("#one-time-password")).to_be_visible()
    tab_to(page, 'main a[href$="/manage/users"]')
    enter(page, "/users")
    tab_to(page, "tbody tr:first-child th a")
    enter(page, "/users/[0-9a-f-]+")
    expect(page.locator("h1")).to_have_text("Ada Byron")

    # The dialog holds the focus, Escape gives it back
    opener = tab_to(page, "[data-opens=change-access]")
    page.keyboard.press("Space")
    expect(page.locator("#change-access [data-closes]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#change-access [type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("main .alert-success")).to_be_visible()
    expect(page.locator("[data-opens=change-access]")).to_be_visible()
