"""The list of a bank's questions and its tree, as an author without scripts uses them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from bank.factories import BankFactory, QuestionFactory
from examhall.bank.filing import categories
from examhall.bank.filing.list_pages import QuestionListPage
from examhall.storage.transactions import writing
from hall import Api, Hall
from portal import Portal, forms


@pytest.fixture
def author(hall: Hall) -> Portal:
    return Portal(hall, hall.person("author", email="author@northwind.example"))


@pytest.fixture
def api(hall: Hall, author: Portal) -> Api:
    return hall.api("author")


@pytest.fixture
def bank(hall: Hall) -> UUID:
    with hall.inside():
        return BankFactory(name="Safety").id


@pytest.fixture
def questions(hall: Hall, bank: UUID) -> list[str]:
    """Fire and Ladder in one branch of the tree, Old beside it."""
    values: list[dict[str, Any]] = [
        {"name": "Fire", "category": "safety/fire", "tags": ["basic"], "difficulty": "hard"},
        {"name": "Ladder", "category": "safety", "tags": ["basic", "hands"]},
        {"name": "Old", "category": "other", "status": "retired"},
    ]
    with hall.inside():
        return [str(QuestionFactory(bank_id=bank, **value).id) for value in values]


def listed(page: Any) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/manage/questions/[^"]+" dir="auto">([^<]+)</a>', page.text)


def said(page: Any) -> str:
    """What the notices of a page say."""
    found = re.findall(r'<div class="alert.*?</svg><div>(.*?)</div>\s*</div>', page.text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", " ".join(found)).split())


def id_of(api: Api, bank: UUID, path: str) -> str:
    return next(row["id"] for row in api.get(f"/banks/{bank}/categories").json if row["path"] == path)


def test_the_list_is_narrowed_and_kept_under_a_name(author: Portal, bank: UUID, questions: list[str], api: Api) -> None:
    path = f"/manage/banks/{bank}/questions"
    assert listed(author.get(path)) == ["Fire", "Ladder", "Old"]
    assert listed(author.get(f"{path}?q=lad")) == ["Ladder"]
    assert listed(author.get(f"{path}?tag=basic&difficulty=hard")) == ["Fire"]
    assert listed(author.get(f"{path}?category_id={id_of(api, bank, 'safety')}")) == ["Fire", "Ladder"]
    assert "No question found" in author.get(f"{path}?q=nowhere").text
    kept = author.submit(f"{path}?tag=basic", {"name": "Basics"}, f"/manage/banks/{bank}/filters?tag=basic")
    assert kept.status_code == 303
    page = author.follow(kept)
    assert said(page) == "The filter is kept."
    (link,) = re.findall(r'class="kept-name" href="([^"]+)"', page.text)
    assert listed(author.get(link)) == ["Fire", "Ladder"]
    (form,) = [form for form in forms(page) if form.action.endswith("/remove")]
    assert "kept-name" not in author.follow(author.post(form.action, form.values)).text


def test_ticked_questions_are_changed_and_put_back(author: Portal, bank: UUID, questions: list[str], api: Api) -> None:
    path, action = f"/manage/banks/{bank}/questions?tag=basic", f"/manage/banks/{bank}/bulk?tag=basic"
    done = author.submit(path, {"question_id": questions[0], "do": "status-retired"}, action)
    assert done.location.endswith("?tag=basic")
    page = author.follow(done)
    assert said(page) == "One question was changed. Undo"
    assert api.get(f"/questions/{questions[0]}").json["status"] == "retired"
    assert said(author.get(path)) == ""
    undo = next(form for form in forms(page) if "/undo" in form.action)
    back = author.post(undo.action, undo.values)
    assert said(author.follow(back)) == "One question is as before."
    assert api.get(f"/questions/{questions[0]}").json["status"] == "ready"
    assert "undone already" in said(author.follow(author.post(undo.action, undo.values | {"once": "elsewhere"})))


def test_all_that_was_found_is_changed(author: Portal, bank: UUID, questions: list[str], api: Api) -> None:
    path, action = f"/manage/banks/{bank}/questions?tag=basic", f"/manage/banks/{bank}/bulk?tag=basic"
    other = id_of(api, bank, "other")
    author.submit(path, {"which": "all", "do": "move", "category_id": other}, action)
    rows = api.get(f"/banks/{bank}/questions").json
    assert [row["category"] for row in rows] == ["other"] * 3
    author.submit(path, {"which": "all", "do": "tag", "tag": "moved"}, action)
    author.submit(path, {"which": "all", "do": "untag", "tag": "basic"}, action)
    rows = api.get(f"/banks/{bank}/questions").json
    assert [row["tags"] for row in rows] == [["moved"], ["hands", "moved"], []]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"do": "tag", "tag": "x"}, "Choose at least one question."),
        ({"which": "all", "do": "tag", "tag": ""}, "This is needed. Fill it in."),
        ({"which": "all", "do": "tag", "tag": "a|b"}, "A tag can&#39;t hold"),
        ({"which": "all", "do": "move", "category_id": "00000000-0000-0000-0000-000000000000"}, "no such category"),
        ({"which": "all", "do": "status-burnt"}, ""),
        ({"which": "all", "do": "nothing"}, ""),
    ],
)
def test_what_cannot_be_done_is_said(
    author: Portal, bank: UUID, questions: list[str], api: Api, sent: dict[str, str], why: str
) -> None:
    before = api.get(f"/banks/{bank}/questions").json
    action = f"/manage/banks/{bank}/bulk"
    answer = author.submit(f"/manage/banks/{bank}/questions", sent, f"{action}?")
    assert why in said(author.follow(answer))
    assert api.get(f"/banks/{bank}/questions").json == before


def test_chosen_questions_go_to_the_export(author: Portal, bank: UUID, questions: list[str]) -> None:
    path, action = f"/manage/banks/{bank}/questions?tag=basic", f"/manage/banks/{bank}/bulk?tag=basic"
    (form,) = [form for form in forms(author.get(path)) if form.action == action]
    chosen = action.replace("bulk", "chosen")
    one = author.post(chosen, form.values | {"question_id": questions[0]})
    assert one.location.endswith(f"/manage/banks/{bank}/export?ids={questions[0]}")
    every = author.post(chosen, form.values | {"which": "all"})
    assert every.location.endswith(f"/manage/banks/{bank}/export?tag=basic")
    none = author.post(chosen, form.values)
    assert said(author.follow(none)) == "Choose at least one question."


def test_the_tree_is_kept_on_its_own_pages(author: Portal, bank: UUID, questions: list[str], api: Api) -> None:
    path = f"/manage/banks/{bank}/categories"
    made = author.submit(path, {"name": "Deep", "parent_id": id_of(api, bank, "safety/fire")})
    assert made.status_code == 303
    assert "safety / fire" in author.follow(made).text
    refused = author.submit(path, {"name": "safety"})
    assert refused.status_code == 422
    assert "A category of this name stands here already" in refused.text
    edit = f"/manage/categories/{id_of(api, bank, 'safety')}"
    assert author.submit(edit, {"name": "Security", "description": "All of it"}).status_code == 303
    assert api.get(f"/questions/{questions[0]}").json["category"] == "Security/fire"
    remove = f"{edit}/remove"
    refused = author.submit(edit, {}, remove)
    assert "This category is not empty" in said(author.follow(refused))
    assert author.submit(edit, {"lift": "y"}, remove).status_code == 303
    assert [row["path"] for row in api.get(f"/banks/{bank}/categories").json] == ["fire", "fire/Deep", "other"]
    assert author.submit(f"/manage/categories/{id_of(api, bank, 'other')}", {"name": ""}).status_code == 422


def test_authors_talk_on_the_page_of_a_question(hall: Hall, author: Portal, questions: list[str]) -> None:
    path = f"/manage/questions/{questions[0]}"
    said_it = author.submit(path, {"text": "Is this <b>right</b>?"}, f"{path}/comments")
    assert "Is this &lt;b&gt;right&lt;/b&gt;?" in author.follow(said_it).text
    other = Portal(hall, hall.person("admin"))
    assert "/manage/comments/" not in other.get(path).text
    (form,) = [form for form in forms(author.get(path)) if form.action.startswith("/manage/comments/")]
    assert (
        other.post(
            form.action, form.values | {"csrf_token": forms(other.get(path))[0].values["csrf_token"]}
        ).status_code
        == 403
    )
    assert "Is this" not in author.follow(author.post(form.action, form.values)).text
    assert author.submit(path, {"text": " "}, f"{path}/comments").status_code == 303


def test_a_question_is_filed_with_its_difficulty_language_and_points(
    author: Portal, questions: list[str], api: Api
) -> None:
    path = f"/manage/questions/{questions[1]}"
    filed = author.submit(path, {"difficulty": "easy", "language": "AR", "points": "٢٫٥", "category": "new/place"})
    assert filed.status_code == 303
    shown = api.get(f"/questions/{questions[1]}").json
    assert [shown[name] for name in ("difficulty", "language", "points", "category")] == [
        "easy",
        "ar",
        "2.5",
        "new/place",
    ]
    for wrong in ({"points": "much"}, {"points": "-1"}, {"language": "en_GB"}, {"points": ""}):
        assert author.submit(path, wrong).status_code == 422, wrong
    assert api.get(f"/questions/{questions[1]}").json == shown


@pytest.mark.parametrize(
    "query", ["", "?q=fire&tag=basic&status=ready&changed_since=2020-01-01&order=name", "?category=safety"]
)
def test_a_page_of_the_list_takes_four_reads(
    hall: Hall, author: Portal, bank: UUID, questions: list[str], query: str
) -> None:
    author.submit(f"/manage/banks/{bank}/questions?tag=basic", {"name": "B"}, f"/manage/banks/{bank}/filters?tag=basic")
    author.get(f"/manage/banks/{bank}/questions")
    with hall.inside() as app:
        engine = next(iter(app.engines.values()))
    seen: list[str] = []

    def watch(*args: Any) -> None:
        seen.append(args[2])

    event.listen(engine, "before_cursor_execute", watch)
    page = author.get(f"/manage/banks/{bank}/questions{query}")
    event.remove(engine, "before_cursor_execute", watch)
    assert page.status_code == 200
    assert len([text for text in seen if not text.startswith("BEGIN")]) == 4, seen


def test_of_very_many_questions_only_so_many_are_counted(
    hall: Hall, author: Portal, api: Api, bank: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hall.inside():
        for number in range(7):
            QuestionFactory(bank_id=bank, name=f"Question {number}", tags=["basic"])
    monkeypatch.setattr(QuestionListPage, "counted", 2)
    monkeypatch.setattr(QuestionListPage, "counted_on", 6)
    path = f"/manage/banks/{bank}/questions"
    page = author.get(f"{path}?page_size=1")
    assert "1–1 of more than 6" in page.text
    assert "All that were found (more than 6)" in page.text
    assert "1–1 of more than 4" in author.get(f"{path}?page_size=1&tag=basic").text
    last = author.get(f"{path}?page_size=1&page=7").text
    assert "7–7 of 7" in last, "further on there is always a next page to count to"
    assert "1–7 of 7" in author.get(path).text
    assert api.get(f"/banks/{bank}/questions?page_size=1").headers["X-Total-Count"] == "7"


@pytest.mark.parametrize("narrowing", ["tag=basic", "q=fire", "q=fire&tag=basic&difficulty=hard"])
@pytest.mark.parametrize("name", ["created_at", "name", "difficulty", "points", "updated_at"])
def test_what_is_sought_comes_in_the_order_of_the_whole(
    hall: Hall, api: Api, bank: UUID, name: str, narrowing: str
) -> None:
    with hall.inside():
        for number in range(12):
            QuestionFactory(
                bank_id=bank, name=f"Fire {number * 7 % 12}", tags=["basic"] if number % 3 else ["other"],
                difficulty=("hard", "easy", None)[number % 3 // 2], points=Decimal(number % 4),
            )  # fmt: skip
    for order in (name, f"-{name}"):
        path = f"/banks/{bank}/questions?order={order}"
        found = {row["id"] for row in api.get(f"{path}&{narrowing}&page_size=100").json}
        whole = [row["id"] for row in api.get(f"{path}&page_size=100").json if row["id"] in found]
        pages = [api.get(f"{path}&{narrowing}&page_size=3&page={number}").json for number in range(1, 6)]
        assert [row["id"] for page in pages for row in page] == whole != []


def test_of_a_large_tree_the_list_shows_what_is_near(hall: Hall, author: Portal, bank: UUID, api: Api) -> None:
    with hall.inside(), writing():
        categories.place(bank, [f"area {number}/part/{letter}" for number in range(30) for letter in "ab"])
    path = f"/manage/banks/{bank}/questions"

    def shown(page: Any) -> list[str]:
        tree = page.text.partition('id="tree"')[2].partition("</nav>")[0]
        return re.findall(r"<bdi>([^<]+)</bdi></a>", tree)

    top = [f"area {number}" for number in range(30)]
    assert sorted(shown(author.get(path))) == sorted(top)
    here = shown(author.get(f"{path}?category_id={id_of(api, bank, 'area 7/part')}"))
    assert sorted(here) == sorted([*top, "part", "a", "b"])
    assert here[here.index("area 7") :][:4] == ["area 7", "part", "a", "b"]


@pytest.mark.parametrize("narrowed", ["", "&tag=basic", "&q=ladder"])
def test_the_last_page_is_shown_in_place_of_one_beyond_it(
    author: Portal, bank: UUID, questions: list[str], narrowed: str
) -> None:
    there = f"/manage/banks/{bank}/questions?order=name&page_size=2{narrowed}"
    last = author.get(f"{there}&page={1 if narrowed else 2}")
    beyond = author.get(f"{there}&page=999")
    assert listed(beyond) == listed(last) != []
    assert "No question" not in beyond.text
