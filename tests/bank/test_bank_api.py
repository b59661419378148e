"""Banks, questions and versions as an app of the organization keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from bank.factories import BODIES, BankFactory, QuestionFactory
from hall import Api, Hall

NOTHING = uuid4()


def bank_of(hall: Hall, slug: str = "northwind") -> UUID:
    with hall.inside(slug):
        return BankFactory().id


def question_of(hall: Hall, bank: UUID | None = None, slug: str = "northwind", **values: Any) -> str:
    bank = bank or bank_of(hall, slug)
    with hall.inside(slug):
        return str(QuestionFactory(bank_id=bank, **values).id)


def fields(answer: Any) -> list[str]:
    return [error["field"] for error in answer.json["errors"]]


def test_an_author_makes_a_bank_and_renames_it(hall: Hall) -> None:
    author = hall.api("author")
    made = author.post("/banks", {"name": "  Fire   safety ", "description": "First\r\nsecond"})
    assert made.status_code == 201, made.text
    assert made.json["name"] == "Fire safety"
    assert made.json["description"] == "First\nsecond"
    assert made.json["question_count"] == 0
    path = f"/banks/{made.json['id']}"
    assert author.get(path).json == made.json
    assert author.get(path).headers["ETag"] == made.headers["ETag"]
    changed = author.patch(path, {"name": "Safety"})
    assert (changed.status_code, changed.json["name"], changed.json["description"]) == (200, "Safety", "First\nsecond")


def test_banks_are_listed_with_the_number_of_their_questions(hall: Hall) -> None:
    author = hall.api("author")
    first, second = bank_of(hall), bank_of(hall)
    question_of(hall, second)
    question_of(hall, second, status="retired")
    answer = author.get("/banks")
    assert {row["id"]: row["question_count"] for row in answer.json} == {str(first): 0, str(second): 2}
    assert answer.headers["X-Total-Count"] == "2"
    assert author.get("/banks?q=no-such-words").json == []
    assert author.get("/banks?page_size=1&order=-created_at").json[0]["id"] == str(second)


@pytest.mark.parametrize("type_name", sorted(BODIES))
def test_a_question_of_every_type_is_kept_as_it_was_written(hall: Hall, type_name: str) -> None:
    author, bank = hall.api("author"), bank_of(hall)
    sent = {
        "type": type_name, "name": "A question", "body": BODIES[type_name], "tags": ["basic", "two words"],
        "category": "science / physics", "status": "draft",
    }  # fmt: skip
    made = author.post(f"/banks/{bank}/questions", sent)
    assert made.status_code == 201, made.text
    shown = author.get(f"/questions/{made.json['id']}")
    assert shown.json == made.json
    assert shown.json["version"] == 1
    assert (shown.json["tags"], shown.json["category"], shown.json["status"]) == (
        ["basic", "two words"], "science/physics", "draft",
    )  # fmt: skip
    assert shown.json["body"]["prompt"] == BODIES[type_name]["prompt"]
    (listed,) = author.get(f"/banks/{bank}/questions").json
    assert "body" not in listed
    assert listed["excerpt"] == shown.json["body"]["prompt"].removeprefix("<p>").removesuffix("</p>")


def test_a_question_without_a_name_is_called_by_its_prompt_and_is_ready(hall: Hall) -> None:
    author, bank = hall.api("author"), bank_of(hall)
    made = author.post(f"/banks/{bank}/questions", {"type": "single_choice", "body": BODIES["single_choice"]}).json
    assert (made["name"], made["status"], made["tags"]) == ("Which of these is a prime number?", "ready", [])


def test_what_runs_or_loads_is_left_out_of_a_body(hall: Hall) -> None:
    author, bank = hall.api("author"), bank_of(hall)
    prompt = '<p onclick="x()">True?<script>alert(1)</script><img src="https://example.org/a.png"></p>'
    body = BODIES["true_false"] | {"prompt": prompt}
    made = author.post(f"/banks/{bank}/questions", {"type": "true_false", "body": body})
    assert made.json["body"]["prompt"] == "<p>True?</p>"


REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "unknown type": ({"type": "riddle"}, ["type"]),
    "no body": ({"body": None}, ["body"]),
    "a list for a body": ({"body": []}, ["body"]),
    "a wrong option": (
        {"body": {"prompt": "?", "options": [{"text": "a", "fraction": "1"}, {"text": "", "fraction": "2"}]}},
        ["body.options.1.text", "body.options.1.fraction"],
    ),
    "no right option": (
        {"body": {"prompt": "?", "options": [{"text": "a", "fraction": "0"}, {"text": "b", "fraction": "0"}]}},
        ["body.options"],
    ),
    "an unknown field": ({"body": BODIES["single_choice"] | {"hint": "x"}}, ["body.hint"]),
    "a long name": ({"name": "x" * 201}, ["name"]),
    "a long tag": ({"tags": ["x" * 51]}, ["tags.0"]),
    "a bar in a tag": ({"tags": ["a|b"]}, ["tags"]),
    "too many tags": ({"tags": [str(number) for number in range(21)]}, ["tags"]),
    "a long category": ({"category": "x" * 201}, ["category"]),
    "an unknown status": ({"status": "gone"}, ["status"]),
    "a number for a name": ({"name": 7}, ["name"]),
    "a field too many": ({"pints": "1"}, ["pints"]),
    "an unknown difficulty": ({"difficulty": "nasty"}, ["difficulty"]),
    "no language": ({"language": "en_GB"}, ["language"]),
    "a number for points": ({"points": 1}, ["points"]),
    "too many points": ({"points": "10001"}, ["points"]),
    "points of three decimals": ({"points": "1.005"}, ["points"]),
    "another bank's category": ({"category_id": str(NOTHING)}, ["category_id"]),
}


@pytest.mark.parametrize(("change", "named"), REFUSED.values(), ids=REFUSED)
def test_a_question_that_cannot_be_right_is_refused_by_field(
    hall: Hall, change: dict[str, Any], named: list[str]
) -> None:
    author, bank = hall.api("author"), bank_of(hall)
    sound = {"type": "single_choice", "name": "A question", "body": BODIES["single_choice"]}
    answer = author.post(f"/banks/{bank}/questions", sound | change)
    assert answer.status_code == 422
    assert fields(answer) == named
    assert author.get(f"/banks/{bank}/questions").json == []


def test_a_bank_needs_a_name(hall: Hall) -> None:
    author = hall.api("author")
    for name in ("", "   ", None, 7, "x" * 201):
        assert fields(author.post("/banks", {"name": name})) == ["name"]
    assert author.get("/banks").json == []


def test_questions_are_found_by_type_status_category_tag_and_words(hall: Hall) -> None:
    author, bank = hall.api("author"), bank_of(hall)
    fire = question_of(hall, bank, name="Fire", category="safety/fire", tags=["basic"])
    ladder = question_of(hall, bank, name="Ladder", category="safety", tags=["basic", "physical"])
    safe = question_of(hall, bank, name="Opening a safe", category="safety2", type="numeric")
    old = question_of(hall, bank, name="Old", category="Safety", tags=["Basic"], status="retired")
    question_of(hall, name="In another bank", category="safety", tags=["basic"])

    def found(query: str) -> list[str]:
        answer = author.get(f"/banks/{bank}/questions?{query}")
        assert answer.headers["X-Total-Count"] == str(len(answer.json))
        return [row["id"] for row in answer.json]

    assert found("") == [fire, ladder, safe, old]
    assert found("type=numeric") == [safe]
    assert found("status=retired") == [old]
    assert found("category=safety") == [fire, ladder]
    assert found("category=safety/fire") == [fire]
    assert found("tag=basic") == [fire, ladder]
    assert found("tag=asi") == found("tag=%25") == found("category=%25") == []
    assert found("tag=physical&category=safety&status=ready&q=LADD") == [ladder]
    assert found("type=&status=&category=&tag=&q=") == [fire, ladder, safe, old]
    assert found("order=-name") == [safe, old, ladder, fire]
    beyond = author.get(f"/banks/{bank}/questions?page=7")
    assert (beyond.json, beyond.headers["X-Total-Count"]) == ([], "4")


@pytest.mark.parametrize(
    "query", ["bogus=1", "order=body", "page=0", "page_size=101", "tag=%00", "category=%00", "q=%00"]
)
def test_a_list_refuses_arguments_that_mean_nothing(hall: Hall, query: str) -> None:
    author, bank = hall.api("author"), bank_of(hall)
    assert author.get(f"/banks/{bank}/questions?{query}").status_code == 400


def test_filing_a_question_differently_adds_no_version(hall: Hall) -> None:
    author, question = hall.api("author"), question_of(hall)
    before = author.get(f"/questions/{question}")
    change = {"name": "Primes", "tags": ["maths", "maths"], "category": "a//b/", "status": "retired"}
    after = author.patch(f"/questions/{question}", change)
    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]
    assert (after.json["name"], after.json["tags"], after.json["category"]) == ("Primes", ["maths"], "a/b")
    assert (after.json["status"], after.json["version"]) == ("retired", 1)
    assert after.json["body"] == before.json["body"]
    assert author.patch(f"/questions/{question}", {"body": {}}).status_code == 422


@pytest.mark.parametrize("what", ["bank", "question"])
def test_a_change_names_the_revision_that_it_changes(hall: Hall, what: str) -> None:
    author = hall.api("author")
    path = f"/banks/{bank_of(hall)}" if what == "bank" else f"/questions/{question_of(hall)}"
    seen = author.matching(path)
    assert author.patch(path, {"name": "x"}, headers={}).status_code == 428
    assert author.patch(path, {"name": "First"}, headers=seen).status_code == 200
    assert author.patch(path, {"name": "Second"}, headers=seen).status_code == 412
    assert author.get(path).json["name"] == "First"


def test_a_new_version_leaves_the_old_one_as_it_was(hall: Hall) -> None:
    author, question = hall.api("author"), question_of(hall)
    (first,) = author.get(f"/questions/{question}/versions").json
    body = first["body"] | {"prompt": "Which one is prime?"}
    made = author.post(f"/questions/{question}/versions", {"body": body, "name": "Primes again"})
    assert made.status_code == 201, made.text
    assert (made.json["number"], made.json["body"]["prompt"]) == (2, "Which one is prime?")
    assert made.json["created_by"] == str(author.person.id)
    assert author.get(f"/questions/{question}/versions").json == [made.json, first]
    shown = author.get(f"/questions/{question}").json
    assert (shown["version"], shown["name"], shown["excerpt"]) == (2, "Primes again", "Which one is prime?")
    assert shown["body"] == made.json["body"]


def test_a_version_that_says_the_same_is_no_new_one(hall: Hall) -> None:
    author, question = hall.api("author"), question_of(hall)
    (first,) = author.get(f"/questions/{question}/versions").json
    again = author.post(f"/questions/{question}/versions", {"body": first["body"]})
    assert (again.status_code, again.json) == (201, first)
    assert author.get(f"/questions/{question}/versions").headers["X-Total-Count"] == "1"


def test_a_faulty_version_is_refused_and_the_type_stays(hall: Hall) -> None:
    author, question = hall.api("author"), question_of(hall)
    answer = author.post(f"/questions/{question}/versions", {"body": BODIES["numeric"]})
    assert answer.status_code == 422
    assert "body.options" in fields(answer)
    assert author.post(f"/questions/{question}/versions", {}).status_code == 422
    assert author.get(f"/questions/{question}").json["version"] == 1


def test_no_verb_changes_or_removes_a_version(hall: Hall) -> None:
    author, question = hall.api("author"), question_of(hall)
    for verb in ("PUT", "PATCH", "DELETE"):
        assert author.call(verb, f"/questions/{question}/versions", {}).status_code == 405


CALLS: dict[str, Callable[[Api, Any, Any], Any]] = {
    "show a bank": lambda api, bank, _: api.get(f"/banks/{bank}"),
    "rename a bank": lambda api, bank, _: api.patch(f"/banks/{bank}", {"name": "x"}, headers={"If-Match": '"a.1"'}),
    "list questions": lambda api, bank, _: api.get(f"/banks/{bank}/questions"),
    "add a question": lambda api, bank, _: api.post(
        f"/banks/{bank}/questions", {"type": "numeric", "body": BODIES["numeric"]}
    ),
    "import": lambda api, bank, _: api.post(f"/banks/{bank}/imports"),
    "show a question": lambda api, _, question: api.get(f"/questions/{question}"),
    "file a question": lambda api, _, question: api.patch(
        f"/questions/{question}", {"status": "retired"}, headers={"If-Match": '"a.1"'}
    ),
    "list versions": lambda api, _, question: api.get(f"/questions/{question}/versions"),
    "add a version": lambda api, _, question: api.post(
        f"/questions/{question}/versions", {"body": BODIES["single_choice"] | {"prompt": "?"}}
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_another_organization_finds_nothing(hall: Hall, call: Callable[[Api, Any, Any], Any]) -> None:
    bank = bank_of(hall)
    question = question_of(hall, bank)
    stranger = hall.api("admin", "qalam")
    foreign, absent = call(stranger, bank, question), call(stranger, NOTHING, NOTHING)
    assert foreign.status_code == absent.status_code == 404
    assert {**foreign.json, "request_id": ""} == {**absent.json, "request_id": ""}
    own = hall.api("author").get(f"/questions/{question}").json
    assert (own["version"], own["status"]) == (1, "ready")


@pytest.mark.parametrize("role", ["candidate", "marker", "invigilator"])
def test_the_bank_is_closed_to_other_roles(hall: Hall, role: str) -> None:
    bank = bank_of(hall)
    question, other = question_of(hall, bank), hall.api(role)
    for name, call in CALLS.items():
        looks = name.startswith(("show", "list"))
        assert call(other, bank, question).status_code == (404 if looks and role != "candidate" else 403), name


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_the_bank_is_closed_to_nobody_in_particular(hall: Hall, call: Callable[[Api, Any, Any], Any]) -> None:
    bank = bank_of(hall)
    assert call(hall.api(), bank, question_of(hall, bank)).status_code == 401
