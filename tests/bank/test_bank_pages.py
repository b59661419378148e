"""The bank's pages, as an author without scripts uses them."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from bank.factories import BODIES, BankFactory, QuestionFactory
from hall import Api, Hall
from portal import Portal, forms

FAULTY = "::A::Is this sound? {T}\n\n::Open::Where does this <b>end</b>? {=here\n"


@pytest.fixture
def author(hall: Hall) -> Portal:
    return Portal(hall, hall.person("author"))


@pytest.fixture
def api(hall: Hall) -> Api:
    return hall.api("author")


@pytest.fixture
def bank(hall: Hall) -> UUID:
    with hall.inside():
        return BankFactory(name="Physics").id


def question_of(hall: Hall, bank: UUID, **values: Any) -> UUID:
    with hall.inside():
        return QuestionFactory(bank_id=bank, **values).id


def errors(page: TestResponse) -> dict[str, str]:
    """What the page says at its fields: id of the field to message."""
    pattern = r'<p class="field-error" id="([^"]+)-error">.*?<span>(.*?)</span>'
    return dict(re.findall(pattern, page.text, re.DOTALL))


def questions(api: Api, bank: UUID) -> list[Any]:
    rows: list[Any] = api.get(f"/banks/{bank}/questions").json
    return rows


def test_an_author_makes_a_bank_and_changes_it(author: Portal, api: Api) -> None:
    made = author.submit("/manage/banks/new", {"name": "Physics", "description": "First term"})
    assert made.status_code == 303
    page = author.follow(made)
    assert "Physics" in page.text
    assert "No questions yet" in page.text
    (bank,) = api.get("/banks").json
    assert author.submit(f"/manage/banks/{bank['id']}/edit", {"name": "Physics 1"}).status_code == 303
    assert "Physics 1" in author.get("/manage/banks").text
    assert api.get(f"/banks/{bank['id']}").json["description"] == "First term"


def test_a_bank_without_a_name_is_refused_at_its_field(author: Portal, api: Api) -> None:
    for name in ("", "  ", "x" * 201, "a\0b"):
        page = author.submit("/manage/banks/new", {"name": name})
        assert page.status_code == 422
        assert list(errors(page)) == ["name"]
    assert api.get("/banks").json == []


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(author: Portal, api: Api, bank: UUID) -> None:
    (form,) = [form for form in forms(author.get(f"/manage/banks/{bank}/edit")) if form.action == ""]
    api.patch(f"/banks/{bank}", {"name": "Theirs"})
    assert author.post(f"/manage/banks/{bank}/edit", form.values | {"name": "Mine"}).status_code == 412
    assert api.get(f"/banks/{bank}").json["name"] == "Theirs"


NEW: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "single_choice": (
        {"options-0-text": "3", "options-1-text": "4 < 5", "options-0-fraction": "0", "options-1-fraction": "1",
         "options-1-feedback": "Yes", "options-3-text": "None of these", "options-3-pinned": "y"},
        {"options": [("3", "0"), ("4 &lt; 5", "1"), ("None of these", "0")], "shuffle": True},
    ),
    "multiple_choice": (
        {"options-0-text": "a", "options-0-fraction": "٠٫٥", "options-1-text": "b", "options-1-fraction": "0.5",
         "options-2-text": "c", "options-2-fraction": "-1"},
        {"options": [("a", "0.5"), ("b", "0.5"), ("c", "-1")]},
    ),
    "true_false": ({"correct": "false", "feedback_true": "No"}, {"correct": False, "feedback_true": "No"}),
    "short_text": (
        {"answers-0-text": "Paris", "answers-1-text": "Par*", "answers-1-fraction": "0.5", "case_sensitive": "y"},
        {"answers": [("Paris", "1"), ("Par*", "0.5")], "case_sensitive": True},
    ),
    "numeric": (
        {"answers-0-value": "3.14", "answers-0-tolerance": "0.01", "answers-1-value": "*", "answers-1-feedback": "No"},
        {"answers": [("3.14", "1"), (None, "0")]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", NEW)
def test_a_question_of_every_type_is_written_in_its_form(author: Portal, api: Api, bank: UUID, kind: str) -> None:
    typed, body = NEW[kind]
    path = f"/manage/banks/{bank}/questions/new"
    assert f"{path}?type={kind}" in author.get(path).text
    filed = {"category": "a/b", "tags": "one, two words،three", "status": "draft"}
    filed |= {"difficulty": "hard", "language": "en", "points": "2.5"}
    made = author.submit(f"{path}?type={kind}", {"prompt": "Which?\r\n\r\nReally?"} | filed | typed)
    assert made.status_code == 303, errors(made)
    (listed,) = questions(api, bank)
    assert (listed["tags"], listed["category"], listed["status"]) == (["one", "two words", "three"], "a/b", "draft")
    assert (listed["difficulty"], listed["language"], listed["points"]) == ("hard", "en", "2.5")
    question = api.get(f"/questions/{listed['id']}").json
    assert question["body"]["prompt"] == "<p>Which?</p><p>Really?</p>"
    for name, expected in body.items():
        found = question["body"][name]
        if name in ("options", "answers"):
            found = [(row.get("text", row.get("value")), row["fraction"]) for row in found]
        assert found == expected
    assert "Which?" in author.follow(made).text


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_a_question_that_is_saved_untouched_has_no_new_version(
    hall: Hall, author: Portal, api: Api, bank: UUID, kind: str
) -> None:
    question = question_of(hall, bank, type=kind)
    saved = author.submit(f"/manage/questions/{question}/edit")
    assert saved.status_code == 303, errors(saved)
    assert "no new version" in author.follow(saved).text
    assert api.get(f"/questions/{question}").json["version"] == 1


def test_an_edit_adds_a_version_and_the_old_one_can_still_be_seen(
    hall: Hall, author: Portal, api: Api, bank: UUID
) -> None:
    question = question_of(hall, bank, name="Primes")
    path = f"/manage/questions/{question}"
    before = api.get(f"/questions/{question}").json["body"]
    saved = author.submit(f"{path}/edit", {"prompt": "Which one is prime?", "options-0-text": "25"})
    assert saved.status_code == 303
    page = author.follow(saved)
    assert "Which one is prime?" in page.text
    after = api.get(f"/questions/{question}").json
    assert after["version"] == 2
    assert [option["key"] for option in after["body"]["options"]] == [option["key"] for option in before["options"]]
    old = author.get(f"{path}?version=1")
    assert BODIES["single_choice"]["prompt"] in old.text
    assert not [form for form in forms(old) if form.action == ""]
    assert author.get(f"{path}?version=3").status_code == author.get(f"{path}?version=x").status_code == 404


def test_a_row_is_removed_by_emptying_it_and_added_anywhere(hall: Hall, author: Portal, api: Api, bank: UUID) -> None:
    question = question_of(hall, bank)
    rows = {"options-0-text": "", "options-0-feedback": "", "options-77-text": "29", "options-77-fraction": "0"}
    assert author.submit(f"/manage/questions/{question}/edit", rows).status_code == 303
    body = api.get(f"/questions/{question}").json["body"]
    assert [option["text"] for option in body["options"]] == ["23", "None of these", "29"]


WRONG: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    "no prompt": ("true_false", {"correct": "true"}, {"prompt": "Write what is asked."}),
    "no verdict": ("true_false", {"prompt": "?"}, {"correct": "Say whether the statement is true or false."}),
    "a picture": (
        "true_false", {"prompt": "<img src=x> <b>?</b>", "correct": "true"},
        {"prompt": "This may not stand in a question: &lt;img&gt;. Remove it, or write &amp;lt; for a less-than sign."},
    ),
    "a fraction of 2, after an empty row": (
        "single_choice", {"prompt": "?", "options-1-text": "a", "options-2-text": "b", "options-2-fraction": "2"},
        {"options-2-fraction": "Write a fraction between -1 and 1: 1 is the whole mark, 0.5 half of it."},
    ),
    "the same option twice": (
        "single_choice", {"prompt": "?", "options-0-text": "a", "options-3-text": "a"},
        {"options-3-text": "This option says the same as option 1. Change or remove one of them."},
    ),
    "a number that is none": (
        "numeric", {"prompt": "?", "answers-0-value": "12 apples"},
        {"answers-0-value": "&#34;12 apples&#34; is not a number. Write digits and a point, such as 3.14."},
    ),
    "a feedback without a number": (
        "numeric", {"prompt": "?", "answers-0-value": "1", "answers-1-feedback": "Hm"},
        {"answers-1-value": "Write a number as text, with digits and a point, such as &#34;0.5&#34;."},
    ),
    "a bar in a tag": (
        "true_false", {"prompt": "?", "correct": "true", "tags": "a|b"},
        {"tags": "A tag can&#39;t hold &#34;|&#34;. Leave it out."},
    ),
    "an unknown status": (
        "true_false", {"prompt": "?", "correct": "true", "status": "gone"}, {"status": "Choose from the list."},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "typed", "said"), WRONG.values(), ids=WRONG)
def test_a_fault_is_told_at_its_field_and_what_was_typed_stays(
    author: Portal, api: Api, bank: UUID, kind: str, typed: dict[str, str], said: dict[str, str]
) -> None:
    path = f"/manage/banks/{bank}/questions/new?type={kind}"
    page = author.submit(path, typed)
    assert page.status_code == 422
    assert errors(page) == said
    for field in said:
        assert f'href="#{field}"' in page.text
    (form,) = [form for form in forms(page) if form.action == ""]
    kept = {name: form.values[name].removeprefix("\r\n") for name in typed.keys() - {"status"}}
    assert kept.items() <= typed.items()
    assert questions(api, bank) == []


def test_faults_of_all_rows_together_are_told_above_them(author: Portal, bank: UUID) -> None:
    path = f"/manage/banks/{bank}/questions/new?type=single_choice"
    for rows, said in (
        ({"options-0-text": "a"}, "Give at least 2 entries here."),
        ({"options-0-text": "a", "options-0-fraction": "0", "options-1-text": "b"}, "No option earns the whole mark."),
        ({f"options-{number}-text": f"Option {number}" for number in range(51)}, "Give at most 50 entries here."),
    ):
        page = author.submit(path, {"prompt": "?"} | rows)
        assert page.status_code == 422
        assert page.text.count(said) == 2
        assert 'href="#options"' in page.text


@pytest.mark.parametrize("name", ["options-²-text", "options-99999999999-text", "options--1-text", "options-x-text"])
def test_a_row_whose_number_is_none_is_no_row(author: Portal, bank: UUID, name: str) -> None:
    page = author.submit(f"/manage/banks/{bank}/questions/new?type=single_choice", {"prompt": "?", name: "a"})
    assert page.status_code == 422


def test_a_new_question_is_worth_a_point_unless_its_form_says_otherwise(author: Portal, api: Api, bank: UUID) -> None:
    path = f"/manage/banks/{bank}/questions/new?type=true_false"
    assert 'name="points" required type="text" value="1"' in author.get(path).text
    typed = {"prompt": "?", "correct": "true"}
    assert "points" in errors(author.submit(path, typed | {"points": "many"}))
    assert author.submit(path, typed).status_code == 303
    assert [question["points"] for question in questions(api, bank)] == ["1"]


def test_a_question_is_filed_without_a_new_version(hall: Hall, author: Portal, api: Api, bank: UUID) -> None:
    question = question_of(hall, bank, tags=["old", "basic"])
    path = f"/manage/questions/{question}"
    assert 'value="old, basic"' in author.get(path).text
    filed = {"name": "Primes", "category": "maths", "tags": "basic", "status": "retired"}
    assert author.submit(path, filed).status_code == 303
    row = api.get(f"/questions/{question}").json
    assert (row["name"], row["category"], row["tags"], row["status"]) == ("Primes", "maths", ["basic"], "retired")
    assert row["version"] == 1
    assert "name" in errors(author.submit(path, {"name": " "}))


def test_a_stale_edit_of_a_question_is_refused(hall: Hall, author: Portal, api: Api, bank: UUID) -> None:
    question = question_of(hall, bank)
    for path in (f"/manage/questions/{question}", f"/manage/questions/{question}/edit"):
        (form,) = [form for form in forms(author.get(path)) if form.action == ""]
        api.patch(f"/questions/{question}", {"name": f"Theirs {path}"})
        assert author.post(path, form.values | {"name": "Mine", "prompt": "Mine?"}).status_code == 412
    assert api.get(f"/questions/{question}").json["version"] == 1


def test_the_list_is_narrowed_searched_and_paged(hall: Hall, author: Portal, bank: UUID) -> None:
    for number in range(27):
        odd = {"category": "a/b", "tags": ["odd"]} if number % 2 else {}
        question_of(hall, bank, name=f"Number {number:02}", **odd)
    question_of(hall, bank, name="Something else", status="draft", type="numeric")

    def names(query: str) -> list[str]:
        page = author.get(f"/manage/banks/{bank}/questions?{query}")
        assert page.status_code == 200
        return re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', page.text)

    assert names("q=else&type=&status=&category=&tag=") == ["Something else"]
    assert names("type=numeric") == names("status=draft") == ["Something else"]
    assert len(names("category=a")) == len(names("tag=odd")) == 13
    assert len(names("page=2")) == 3
    assert names("tag=even") == []
    assert author.get(f"/manage/banks/{bank}/questions?order=body").status_code == 400


def test_what_an_author_wrote_is_shown_and_never_run(author: Portal, bank: UUID, hall: Hall) -> None:
    name = "<script>alert(1)</script>"
    body = {"prompt": "?", "answers": [{"text": "<script>alert(2)</script>", "fraction": "1"}]}
    question = question_of(hall, bank, name=name, category='"><b>', tags=["<i>"], type="short_text", body=body)
    one = f"/manage/questions/{question}"
    for path in (f"/manage/banks/{bank}/questions", one, f"{one}/edit"):
        page = author.get(path).text
        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page
        assert '"><b>' not in page


#: They read what is shared with them.
HELPERS = {"marker", "invigilator"}


@pytest.mark.parametrize("role", ["candidate", "marker", "invigilator", "nobody", "stranger"])
def test_the_pages_are_open_to_authors_and_administrators_of_the_organization_only(
    hall: Hall, bank: UUID, role: str
) -> None:
    question = question_of(hall, bank)
    visitor = {
        "nobody": lambda: Portal(hall), "stranger": lambda: Portal(hall, hall.person("admin", "qalam")),
    }.get(role, lambda: Portal(hall, hall.person(role)))()  # fmt: skip
    one = [f"/manage/banks/{bank}/{page}" for page in ("edit", "questions", "questions/new", "import")]
    one += [f"/manage/questions/{question}", f"/manage/questions/{question}/edit"]
    every = ["/manage/banks", "/manage/banks/new"]
    status = {"nobody": 303, "stranger": 404}.get(role, 403)
    reads = {f"/manage/banks/{bank}/questions", f"/manage/questions/{question}"} if role in HELPERS else set()
    for path in one + (every if role != "stranger" else []):
        due = 404 if path in reads else status
        assert visitor.get(path).status_code == (200 if role in HELPERS and path == every[0] else due), path
    assert Portal(hall, hall.person("admin")).get(f"/manage/questions/{question}").status_code == 200
    assert Portal(hall, hall.person("admin")).get(f"/manage/questions/{uuid4()}").status_code == 404
