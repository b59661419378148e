"""How an app files questions: the tree of categories, status and versions, filters, comments, bulk actions and undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from bank.factories import BODIES, BankFactory, QuestionFactory
from bank.test_bank_operations import statements
from examhall.bank import operations
from examhall.bank.filing import categories
from examhall.bank.formats import CategoryInfo
from examhall.exams.models import Exam, Section
from examhall.extensions import db
from examhall.storage.transactions import writing
from hall import Api, Hall


@pytest.fixture
def author(hall: Hall) -> Api:
    return hall.api("author")


@pytest.fixture
def bank(hall: Hall) -> UUID:
    with hall.inside():
        return BankFactory().id


def question(hall: Hall, bank: UUID, **values: Any) -> str:
    with hall.inside():
        return str(QuestionFactory(bank_id=bank, **values).id)


def tree(author: Api, bank: UUID) -> dict[str, str]:
    return {row["path"]: row["id"] for row in author.get(f"/banks/{bank}/categories").json}


def category(author: Api, bank: UUID, name: str, parent: str | None = None, **values: Any) -> Any:
    return author.post(f"/banks/{bank}/categories", {"name": name, "parent_id": parent} | values)


def faults(answer: Any) -> list[str]:
    return [error["field"] for error in answer.json["errors"]]


# categories -----------------------------------------------------------------------------------------------------


def test_a_path_that_a_question_is_filed_under_makes_its_categories(hall: Hall, author: Api, bank: UUID) -> None:
    one = question(hall, bank, category="safety/fire")
    two = author.post(
        f"/banks/{bank}/questions",
        {"type": "numeric", "body": BODIES["numeric"], "category_id": tree(author, bank)["safety"]},
    ).json
    assert list(tree(author, bank)) == ["safety", "safety/fire"]
    assert (two["category"], two["category_id"]) == ("safety", tree(author, bank)["safety"])
    moved = author.patch(f"/questions/{one}", {"category": "health"}).json
    assert (moved["category"], moved["category_id"]) == ("health", tree(author, bank)["health"])
    assert author.patch(f"/questions/{one}", {"category": ""}).json["category_id"] is None
    counts = {row["path"]: row["question_count"] for row in author.get(f"/banks/{bank}/categories").json}
    assert counts == {"health": 0, "safety": 1, "safety/fire": 0}


def test_what_stands_below_a_category_follows_it(hall: Hall, author: Api, bank: UUID) -> None:
    deep = question(hall, bank, category="a/b/c")
    beside = question(hall, bank, category="a b")
    untouched = author.get(f"/questions/{beside}").json
    before = author.get(f"/questions/{deep}")
    ids = tree(author, bank)
    renamed = author.patch(f"/categories/{ids['a']}", {"name": "Z"})
    assert (renamed.status_code, renamed.json["path"], renamed.json["id"]) == (200, "Z", ids["a"])
    assert set(tree(author, bank)) == {"Z", "Z/b", "Z/b/c", "a b"}
    after = author.get(f"/questions/{deep}")
    assert (after.json["category"], after.json["category_id"]) == ("Z/b/c", ids["a/b/c"])
    assert (after.json["updated_at"], after.headers["ETag"] == before.headers["ETag"]) == (
        before.json["updated_at"], False,
    )  # fmt: skip
    moved = author.patch(f"/categories/{ids['a/b']}", {"parent_id": ids["a b"]})
    assert moved.json["path"] == "a b/b"
    assert author.get(f"/questions/{deep}").json["category"] == "a b/b/c"
    top = author.patch(f"/categories/{ids['a/b/c']}", {"parent_id": None, "name": "c2", "description": "Deep\nwater"})
    assert (top.json["path"], top.json["description"]) == ("c2", "Deep\nwater")
    assert author.get(f"/questions/{deep}").json["category"] == "c2"
    assert author.get(f"/questions/{beside}").json == untouched
    assert [row["id"] for row in author.get(f"/banks/{bank}/questions?category_id={ids['a b']}").json] == [beside]
    assert [row["id"] for row in author.get(f"/banks/{bank}/questions?category=c2").json] == [deep]


def test_a_category_that_cannot_be_there_is_refused_at_its_field(hall: Hall, author: Api, bank: UUID) -> None:
    with hall.inside():
        other = categories.create(BankFactory().id, "Elsewhere").id
    a = category(author, bank, "a", external_id="A-1").json
    b = category(author, bank, "b", a["id"]).json
    assert (b["path"], b["parent_id"]) == ("a/b", a["id"])
    assert faults(category(author, bank, "a")) == ["name"]
    assert faults(category(author, bank, "b", a["id"])) == ["name"]
    assert faults(category(author, bank, "x/y")) == ["name"]
    assert faults(category(author, bank, "  ")) == ["name"]
    assert faults(category(author, bank, "x" * 201)) == ["name"]
    assert faults(category(author, bank, "x" * 199, a["id"])) == ["name"]
    assert faults(category(author, bank, "c", str(other))) == ["parent_id"]
    assert faults(category(author, bank, "c", external_id="A-1")) == ["external_id"]
    assert faults(author.patch(f"/categories/{a['id']}", {"parent_id": b["id"]})) == ["parent_id"]
    assert faults(author.patch(f"/categories/{a['id']}", {"parent_id": a["id"]})) == ["parent_id"]
    assert faults(author.patch(f"/categories/{a['id']}", {"name": "y" * 199})) == ["name"]
    assert set(tree(author, bank)) == {"a", "a/b"}
    seen = author.matching(f"/categories/{a['id']}")
    assert author.patch(f"/categories/{a['id']}", {"name": "x"}, headers={}).status_code == 428
    assert author.patch(f"/categories/{a['id']}", {"name": "x"}, headers=seen).status_code == 200
    assert author.patch(f"/categories/{a['id']}", {"name": "y"}, headers=seen).status_code == 412


def test_a_category_goes_when_it_is_empty_or_lets_its_content_up(hall: Hall, author: Api, bank: UUID) -> None:
    inner, direct = question(hall, bank, category="a/a/b"), question(hall, bank, category="a")
    ids = tree(author, bank)
    refused = author.delete(f"/categories/{ids['a']}")
    assert (refused.status_code, refused.json["code"]) == (409, "category_not_empty")
    seen = author.matching(f"/categories/{ids['a']}")
    assert author.delete(f"/categories/{ids['a']}?lift=maybe", headers=seen).status_code == 400
    lifted = author.delete(f"/categories/{ids['a']}?lift=true", headers=seen)
    assert lifted.status_code == 204, lifted.text
    assert tree(author, bank) == {"a": ids["a/a"], "a/b": ids["a/a/b"]}
    assert author.get(f"/questions/{inner}").json["category"] == "a/b"
    assert (
        author.get(f"/questions/{direct}").json["category"],
        author.get(f"/questions/{direct}").json["category_id"],
    ) == ("", None)
    category(author, bank, "b")
    clash = f"/categories/{ids['a/a']}"
    answer = author.delete(f"{clash}?lift=true", headers=author.matching(clash))
    assert (answer.status_code, answer.json["code"]) == (409, "category_exists")
    empty = category(author, bank, "empty").json["id"]
    assert author.delete(f"/categories/{empty}").status_code == 204
    assert author.get(f"/categories/{empty}").status_code == 404


def test_a_category_that_an_exam_draws_from_stays(hall: Hall, author: Api, bank: UUID) -> None:
    used = category(author, bank, "used").json["id"]
    with hall.inside(write=True):
        exam = Exam(title="Drawing")
        db.session.add(exam)
        db.session.flush()
        db.session.add(Section(exam_id=exam.id, position=1, bank_id=bank, draw_count=1, draw_category_id=UUID(used)))
    answer = author.delete(f"/categories/{used}")
    assert (answer.status_code, answer.json["code"]) == (409, "category_in_use")
    assert list(tree(author, bank)) == ["used"]


def test_many_paths_find_their_place_in_few_statements(hall: Hall, bank: UUID) -> None:
    paths = [f"x/{number}" for number in range(50)] + ["y/z", ""]
    with hall.inside() as app:
        with statements(app) as seen, writing():
            first = categories.place(
                bank, paths, [CategoryInfo("x/3", "ext-3", "Three"), CategoryInfo("told", "t", "")]
            )
        assert len(seen) <= 3
        with statements(app) as seen, writing():
            assert categories.place(bank, [*paths, "told"]) == first
        assert len(seen) == 2
        assert set(first) == {*paths, "told"} - {""}
        told = {each.path: each.external_id for each in categories.tree(bank) if each.external_id}
        assert told == {"x/3": "ext-3", "told": "t"}
        assert len(categories.tree(bank)) == 54


# columns and status ---------------------------------------------------------------------------------------------


def test_a_question_says_how_hard_it_is_its_language_and_its_points(author: Api, bank: UUID) -> None:
    sent = {
        "type": "numeric", "body": BODIES["numeric"], "difficulty": "hard", "language": "ZH-hant-tw", "points": "2.50",
    }  # fmt: skip
    made = author.post(f"/banks/{bank}/questions", sent).json
    assert (made["difficulty"], made["language"], made["points"]) == ("hard", "zh-Hant-TW", "2.5")
    assert made["author_id"] == made["status_by"] == str(author.person.id)
    path = f"/questions/{made['id']}"
    changed = author.patch(path, {"difficulty": "", "points": "0", "language": ""}).json
    assert (changed["difficulty"], changed["language"], changed["points"]) == ("", "", "0")
    for query in ("difficulty=hard", "language=en", f"author_id={uuid4()}", f"import_id={uuid4()}"):
        assert author.get(f"/banks/{bank}/questions?{query}").json == [], query
    assert len(author.get(f"/banks/{bank}/questions?author_id={author.person.id}").json) == 1
    assert author.get(f"/banks/{bank}/questions?author_id=me").status_code == 400


def test_exams_keep_the_ready_version_while_a_newer_one_is_a_draft(hall: Hall, author: Api, bank: UUID) -> None:
    path = f"/questions/{question(hall, bank)}"

    def drawn() -> set[UUID]:
        with hall.inside():
            return {ref.version_id for ref in operations.pool(bank)}

    first = author.get(path).json
    assert drawn() == {UUID(first["ready_version_id"])}
    draft = author.post(f"{path}/versions", {"body": BODIES["single_choice"] | {"prompt": "New?"}, "status": "draft"})
    assert draft.status_code == 201
    shown = author.get(path).json
    assert (shown["status"], shown["version"], shown["body"]["prompt"]) == ("draft", 2, "New?")
    assert shown["ready_version_id"] == first["ready_version_id"]
    assert drawn() == {UUID(first["ready_version_id"])}
    with hall.inside():
        (latest,) = operations.latest_refs([UUID(first["id"])]).values()
        assert str(latest.version_id) == first["ready_version_id"]
    ready = author.patch(path, {"status": "ready"}).json
    assert ready["ready_version_id"] == draft.json["id"]
    assert drawn() == {UUID(draft.json["id"])}
    assert author.patch(path, {"status": "retired"}).json["ready_version_id"] == draft.json["id"]
    assert drawn() == set()
    assert author.patch(path, {"status": "draft"}).json["ready_version_id"] is None
    assert drawn() == set()
    same = author.post(f"{path}/versions", {"body": shown["body"], "status": "ready"})
    assert (same.json["number"], drawn()) == (2, {UUID(draft.json["id"])})


def test_a_status_says_who_and_when(hall: Hall, author: Api, bank: UUID) -> None:
    path = f"/questions/{question(hall, bank)}"
    before = author.get(path).json
    same = author.patch(path, {"status": "ready", "name": "Other"}).json
    assert (same["status_at"], same["status_by"]) == (before["status_at"], None)
    after = author.patch(path, {"status": "retired"}).json
    assert after["status_by"] == str(author.person.id)
    assert after["status_at"] > before["status_at"]


# filters and comments -------------------------------------------------------------------------------------------


def test_a_filter_is_kept_under_a_name_for_its_owner_alone(hall: Hall, author: Api, bank: UUID) -> None:
    path = f"/banks/{bank}/filters"
    first = author.post(path, {"name": "Old ones", "query": {"status": "retired", "q": ""}})
    assert (first.status_code, first.json["query"]) == (201, {"status": "retired"})
    again = author.post(path, {"name": "Old ones", "query": {"status": "retired", "tag": "x"}})
    assert again.json["id"] == first.json["id"]
    assert [row["query"] for row in author.get(path).json] == [{"status": "retired", "tag": "x"}]
    for query, field in (
        ({"page": "2"}, "query.page"), ({"category_id": "x"}, "query.category_id"), ({}, "query"), ({"q": ""}, "query"),
    ):  # fmt: skip
        assert faults(author.post(path, {"name": "Wrong", "query": query})) == [field]
    other = hall.api("author")
    assert other.get(path).json == []
    assert other.delete(f"/filters/{first.json['id']}").status_code == 404
    assert author.delete(f"/filters/{first.json['id']}").status_code == 204
    assert author.get(path).json == []


def test_authors_talk_about_a_question(hall: Hall, author: Api, bank: UUID) -> None:
    path = f"/questions/{question(hall, bank)}/comments"
    first = author.post(path, {"text": " Is 23 <b>prime</b>?\r\nSure? "})
    assert first.status_code == 201
    assert (first.json["text"], first.json["version"]) == ("Is 23 <b>prime</b>?\nSure?", 1)
    other = hall.api("admin")
    second = other.post(path, {"text": "Yes."}).json
    assert [row["id"] for row in other.get(path).json] == [first.json["id"], second["id"]]
    assert other.get(path).json[0] == first.json
    assert faults(author.post(path, {"text": "  "})) == ["text"]
    assert author.delete(f"/comments/{second['id']}").status_code == 403
    assert other.delete(f"/comments/{second['id']}").status_code == 204
    assert other.get(path).json == [first.json]


# bulk -----------------------------------------------------------------------------------------------------------


def act(author: Api, bank: UUID, action: str, **values: Any) -> Any:
    return author.post(f"/banks/{bank}/bulk", {"action": action} | values)


def rows(author: Api, bank: UUID) -> dict[str, Any]:
    return {row["id"]: row for row in author.get(f"/banks/{bank}/questions").json}


BULK: dict[str, tuple[dict[str, Any], str, list[Any]]] = {
    "tag": ({"tag": "new tag"}, "tags", [["new tag"], ["a", "b", "new tag"], ["new tag"]]),
    "untag": ({"tag": "a"}, "tags", [[], ["b"], ["new tag"]]),
    "status": ({"status": "retired"}, "status", ["retired"] * 3),
    "status draft": ({"status": "draft"}, "ready_version_id", [None] * 3),
    "move": ({}, "category", ["there"] * 3),
}


@pytest.mark.parametrize("name", BULK)
def test_many_questions_are_changed_at_once_and_put_back(hall: Hall, author: Api, bank: UUID, name: str) -> None:
    values, field, expected = BULK[name]
    chosen = [
        question(hall, bank, category="here", tags=tags, status=status)
        for tags, status in (([], "ready"), (["a", "b"], "draft"), (["new tag"], "retired"))
    ]
    beside = question(hall, bank, category="here", tags=["a", "new tag"])
    there = category(author, bank, "there").json["id"]
    before = rows(author, bank)
    values = {"category_id": there} if name == "move" else values
    done = act(author, bank, name.split()[0], ids=chosen, **values)
    assert done.status_code == 201, done.text
    after = rows(author, bank)
    assert [after[id_][field] for id_ in chosen] == expected
    changed = [id_ for id_ in chosen if after[id_][field] != before[id_][field]]
    assert (done.json["changed"], done.json["unchanged"]) == (len(changed), 3 - len(changed)) or name == "status draft"
    assert after[beside] == before[beside]
    undone = author.post(f"/bulk/{done.json['id']}/undo")
    assert (undone.status_code, undone.json) == (200, {"restored": done.json["changed"], "kept": []})
    same = [{**row, "updated_at": ""} for row in rows(author, bank).values()]
    assert same == [{**row, "updated_at": ""} for row in before.values()]
    assert author.post(f"/bulk/{done.json['id']}/undo").status_code == 409


def test_all_that_a_filter_finds_is_changed(hall: Hall, author: Api, bank: UUID) -> None:
    for number in range(30):
        question(hall, bank, name=f"Number {number}", tags=["even"] if number % 2 == 0 else [])
    done = act(author, bank, "status", status="retired", filter={"tag": "even", "q": "numb", "status": "ready"})
    assert (done.json["changed"], done.json["unchanged"]) == (15, 0)
    assert author.get(f"/banks/{bank}/questions?status=retired").headers["X-Total-Count"] == "15"
    assert act(author, bank, "untag", tag="odd", filter={}).json["unchanged"] == 30
    assert faults(act(author, bank, "tag", tag="x", filter={"q": "no such thing"})) == ["ids"]


def test_what_changed_since_is_not_put_back(hall: Hall, author: Api, bank: UUID) -> None:
    one, two, three = (question(hall, bank, category=name) for name in ("a", "b", "a"))
    done = act(author, bank, "move", ids=[one, two, three], category_id=None).json["id"]
    author.patch(f"/questions/{one}", {"name": "Changed"})
    author.delete(f"/categories/{tree(author, bank)['b']}")
    undone = author.post(f"/bulk/{done}/undo").json
    assert (undone["restored"], set(undone["kept"])) == (1, {one, two})
    found = rows(author, bank)
    assert [found[id_]["category"] for id_ in (one, two, three)] == ["", "", "a"]


def test_a_bulk_action_does_all_or_nothing(hall: Hall, author: Api, bank: UUID) -> None:
    full = question(hall, bank, tags=[str(number) for number in range(20)])
    free = question(hall, bank)
    with hall.inside():
        foreign = str(QuestionFactory(bank_id=BankFactory().id).id)
    before = rows(author, bank)
    for values, field in (
        ({"action": "tag", "tag": "x", "ids": [free, full]}, "tag"),
        ({"action": "tag", "tag": "x", "ids": [free, foreign]}, "ids"),
        ({"action": "tag", "tag": "x", "ids": []}, "ids"),
        ({"action": "tag", "tag": "x", "ids": [free], "filter": {}}, "ids"),
        ({"action": "tag", "ids": [free]}, "tag"),
        ({"action": "tag", "tag": "a|b", "ids": [free]}, "tags"),
        ({"action": "status", "ids": [free]}, "status"),
        ({"action": "move", "category_id": str(uuid4()), "ids": [free]}, "category_id"),
        ({"action": "tag", "tag": "x", "filter": {"author": "x"}}, "filter.author"),
        ({"action": "burn", "ids": [free]}, "action"),
    ):
        answer = author.post(f"/banks/{bank}/bulk", values)
        assert (answer.status_code, faults(answer)) == (422, [field]), values
    assert rows(author, bank) == before


def test_the_tags_of_a_bank_are_listed(hall: Hall, author: Api, bank: UUID) -> None:
    question(hall, bank, tags=["b", "a c"])
    question(hall, bank, tags=["b", "Z"])
    assert author.get(f"/banks/{bank}/tags").json == ["Z", "a c", "b"]
