"""Groups, sharing, uses, versions and duplicates at a desk and on a phone, in English and Arabic."""

from __future__ import annotations

from typing import Any

import pytest

from bank.factories import PRIMES
from browser.conftest import MakeVisitor
from browser.live import Live
from browser.looking import WIDTHS, look, save
from hall import Api

pytestmark = pytest.mark.browser

LONG = "<p>Which of these numbers is a prime number, in the words of Euclid of Alexandria?</p>"


def json(answer: Any) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json


def furnished(admin: Api) -> dict[str, str]:
    """A group, a closed bank that is shared with it, a question of two versions in an exam, and a near duplicate."""
    group = json(admin.post("/groups", {"name": "Mathematics department", "description": "Second floor"}))["id"]
    assert admin.person
    json(admin.post(f"/groups/{group}/members", {"user_ids": [str(admin.person.id)]}))
    bank = json(admin.post("/banks", {"name": "Number theory"}))["id"]
    shares = [{"group_id": group, "access": "read"}, {"role": "marker", "access": "read"}]
    json(admin.put(f"/banks/{bank}/shares", {"open": False, "shares": shares}))
    asked = {"type": "single_choice", "name": "Primes", "body": PRIMES}
    question = json(admin.post(f"/banks/{bank}/questions", asked))["id"]
    changed = {"prompt": LONG, "options": [*PRIMES["options"], {"text": "29", "fraction": "0.5"}]}
    json(admin.post(f"/questions/{question}/versions", {"body": PRIMES | changed}))
    near = PRIMES | changed | {"prompt": LONG.replace("words", "word")}
    for name in ("Near", "Near again"):
        json(admin.post(f"/banks/{bank}/questions", asked | {"name": name, "body": near}))
    exam = json(admin.post("/exams", {"title": "Finals", "description": ""}))["id"]
    json(admin.post(f"/exams/{exam}/sections", {"questions": [{"question_id": question}]}))
    return {"group": group, "bank": bank, "question": question}


@pytest.mark.parametrize("slug", ["northwind", "qalam"])
def test_the_pages_are_fit_for_desk_and_phone(live: Live, visit: MakeVisitor, slug: str) -> None:
    admin = live.hall.api("admin", slug)
    assert admin.person
    things = furnished(admin)
    pages = (
        "/manage/groups", "/manage/groups/new", "/manage/groups/{group}", "/manage/groups/{group}/people",
        "/manage/banks", "/manage/banks/{bank}/sharing", "/manage/questions/{question}/uses",
        "/manage/questions/{question}/differences", "/manage/banks/{bank}/duplicates?near=true",
    )  # fmt: skip
    for width in WIDTHS:
        visitor = visit(admin.person, width)
        for page in pages:
            visitor.go(page.format(**things))
            look(visitor)


def test_a_bank_is_shared_by_keyboard_alone(live: Live, visit: MakeVisitor) -> None:
    admin = live.hall.api("admin")
    assert admin.person
    bank = furnished(admin)["bank"]
    visitor = visit(admin.person)
    visitor.go(f"/manage/banks/{bank}/sharing")
    page = visitor.page
    page.get_by_label("Closed: only those named below").press("ArrowUp")
    page.get_by_label("Invigilator").press("R")
    save(page)
    page.get_by_text("Saved.").wait_for()
    told = json(admin.get(f"/banks/{bank}/shares"))
    assert told["open"] is True
    assert {"invigilator", "marker"} <= {each["role"] for each in told["shares"]}
