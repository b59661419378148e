"""Sections: fixed questions and draws, their order, and the moment from which they stand still."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from bank.factories import BankFactory
from examhall.attempts.engine.paper import draw
from examhall.exams import access
from exams.factories import ExamFactory, SectionFactory, exam_of, fields, questions_in, sat
from hall import Api, Hall
from sitting import body

NOTHING = str(uuid4())


@pytest.fixture
def author(hall: Hall) -> Api:
    return hall.api("author")


def bank_of(hall: Hall, count: int, slug: str = "northwind", **values: Any) -> tuple[str, list[str]]:
    """A bank and the ids of its questions."""
    with hall.inside(slug):
        bank_id = BankFactory().id
        return str(bank_id), [str(id_) for id_ in questions_in(bank_id, count, **values)]


def titles(author: Api, path: str) -> list[str]:
    listed = author.get(path).json
    assert [section["position"] for section in listed] == [*range(1, len(listed) + 1)]
    return [section["title"] for section in listed]


def test_a_section_holds_fixed_questions_and_a_draw(hall: Hall, author: Api) -> None:
    path = f"/exams/{exam_of(hall)}/sections"
    bank, (one, two) = bank_of(hall, 2)
    category = author.post(f"/banks/{bank}/categories", {"name": "a"}).json["id"]
    sent = {
        "title": "Basics", "shuffle": True,
        "questions": [{"question_id": two, "points": "2.5"}, {"question_id": one}],
        "draw": {"bank_id": bank, "count": 3, "tag": "basic", "category": "a", "points": "0.5"},
    }  # fmt: skip
    made = author.post(path, sent)
    assert made.status_code == 201, made.text
    questions = [pick(two, "2.5"), pick(one, "1")]
    drawn = {**sent["draw"], "category_id": category}
    assert made.json == {**sent, "id": made.json["id"], "position": 1, "questions": questions, "draw": drawn}
    assert made.headers["Location"].endswith(f"/api/v1{path}/{made.json['id']}")
    assert author.get(path).json == [made.json]
    assert author.get(path).headers["X-Total-Count"] == "1"
    assert author.get(f"{path}/{made.json['id']}").json == made.json


def test_what_is_known_of_a_section_is_news_once_its_questions_are_others(hall: Hall, author: Api) -> None:
    path = f"/exams/{exam_of(hall, questions=2)}/sections"
    path += f"/{author.get(path).json[0]['id']}"
    known = author.get(path)
    seen = {"If-None-Match": known.headers["ETag"]}
    assert author.get(path, headers=seen).status_code == 304
    one, two = (each["question_id"] for each in known.json["questions"])
    for changed in ([pick(two, "1"), pick(one, "1")], [pick(one, "1")], [pick(one, "7")]):
        sent = [{name: each[name] for name in ("question_id", "points")} for each in changed]
        assert author.patch(path, {"questions": sent}).status_code == 200
        assert author.get(path, headers=seen).json["questions"] == changed


def pick(question_id: str, points: str) -> dict[str, Any]:
    """A fixed question as the API shows it, pinned to no version."""
    return {"question_id": question_id, "version_id": None, "points": points}


def test_a_draw_follows_its_category_wherever_it_is_moved(hall: Hall, author: Api) -> None:
    path = f"/exams/{exam_of(hall)}/sections"
    bank, _ = bank_of(hall, 1)
    category = author.post(f"/banks/{bank}/categories", {"name": "fire"}).json
    author.post(f"/banks/{bank}/questions", {"type": "essay", "category": "fire", "body": body("essay")})
    section = author.post(path, {"draw": {"bank_id": bank, "count": 1, "category_id": category["id"]}}).json
    assert section["draw"]["category"] == "fire"
    renamed = author.patch(f"/categories/{category['id']}", {"name": "safety"})
    assert renamed.status_code == 200, renamed.text
    assert author.get(f"{path}/{section['id']}").json["draw"]["category"] == "safety"


def test_a_draw_from_a_category_that_is_not_there_is_refused(hall: Hall, author: Api) -> None:
    path = f"/exams/{exam_of(hall)}/sections"
    bank, _ = bank_of(hall, 1)
    refused = author.post(path, {"draw": {"bank_id": bank, "count": 1, "category": "nowhere"}})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "draw.category")


class TestPins:
    def test_a_pinned_question_stays_at_its_version_and_others_follow_the_latest_ready_one(
        self, hall: Hall, author: Api
    ) -> None:
        path = f"/exams/{exam_of(hall)}/sections"
        _, (one, two) = bank_of(hall, 2)
        section = author.post(path, {"questions": [{"question_id": one, "version": 1}, {"question_id": two}]}).json
        pinned, following = section["questions"]
        first = author.get(f"/questions/{one}/versions").json[0]["id"]
        assert (pinned["version_id"], following["version_id"]) == (first, None)
        for question in (one, two):
            changed = body("single_choice")
            assert author.post(f"/questions/{question}/versions", {"body": changed}).status_code == 201
        exam_id = UUID(path.split("/")[2])
        with hall.inside("northwind"):
            asked = {item.ref.question_id: item.ref.version_id for item in draw(access.rules(exam_id), "seed")}
        latest = author.get(f"/questions/{two}/versions").json[0]["id"]
        assert asked == {UUID(one): UUID(first), UUID(two): UUID(latest)}
        again = author.patch(f"{path}/{section['id']}", {"questions": [{"question_id": one}]}).json
        assert again["questions"][0]["version_id"] is None

    def test_a_version_that_the_question_lacks_is_refused(self, hall: Hall, author: Api) -> None:
        path = f"/exams/{exam_of(hall)}/sections"
        _, (one,) = bank_of(hall, 1)
        refused = author.post(path, {"questions": [{"question_id": one, "version": 7}]})
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "questions.0.version")


def test_a_section_changes_by_what_is_sent(hall: Hall, author: Api) -> None:
    path = f"/exams/{exam_of(hall)}/sections"
    bank, (one, two, three) = bank_of(hall, 3)
    draw = {"bank_id": bank, "count": 1, "tag": "", "category": "", "points": "1"}
    sent = {"questions": [{"question_id": one}, {"question_id": two, "points": "4"}], "draw": draw}
    section = author.post(path, sent).json
    at = f"{path}/{section['id']}"
    assert author.patch(at, {"title": "New"}).json == section | {"title": "New"}
    changed = author.patch(at, {"questions": [{"question_id": three}, {"question_id": two, "points": "3"}]})
    assert changed.status_code == 200, changed.text
    assert changed.json["questions"] == [
        pick(three, "1"),
        pick(two, "3"),
    ]
    assert author.patch(at, {"draw": None}).json["draw"] is None
    assert author.get(at).json["questions"] == changed.json["questions"]
    assert author.delete(at).status_code == 204
    assert author.get(at).status_code == 404


def test_what_is_no_longer_pinned_has_to_be_ready(hall: Hall, author: Api) -> None:
    path = f"/exams/{exam_of(hall)}/sections"
    _, (one,) = bank_of(hall, 1)
    assert author.patch(f"/questions/{one}", {"status": "draft"}).status_code == 200
    section = author.post(path, {"questions": [{"question_id": one, "version": 1}]}).json
    at = f"{path}/{section['id']}"
    refused = author.patch(at, {"questions": [{"question_id": one}]})
    assert (refused.status_code, fields(refused)) == (422, ["questions.0.question_id"])
    assert author.patch(f"/questions/{one}", {"status": "ready"}).status_code == 200
    assert author.patch(at, {"questions": [{"question_id": one}]}).json["questions"] == [pick(one, "1")]


def test_sections_are_moved_among_each_other(hall: Hall, author: Api) -> None:
    path = f"/exams/{exam_of(hall)}/sections"
    ids = {title: author.post(path, {"title": title}).json["id"] for title in "ABC"}
    author.post(path, {"title": "first", "position": 1})
    assert titles(author, path) == ["first", "A", "B", "C"]
    author.patch(f"{path}/{ids['C']}", {"position": 2})
    assert titles(author, path) == ["first", "C", "A", "B"]
    author.patch(f"{path}/{ids['C']}", {"position": 50})
    assert titles(author, path) == ["first", "A", "B", "C"]
    author.delete(f"{path}/{ids['A']}")
    assert titles(author, path) == ["first", "B", "C"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"title": "x" * 201}, "title"),
    ({"position": 0}, "position"),
    ({"questions": [{"question_id": NOTHING}]}, "questions.0.question_id"),
    ({"questions": [{"question_id": "x"}]}, "questions.0.question_id"),
    ({"questions": [{"question_id": 5}]}, "questions.0.question_id"),
    ({"questions": [{"question_id": NOTHING, "points": "-1"}]}, "questions.0.points"),
    ({"questions": [{"question_id": NOTHING, "points": "0.001"}]}, "questions.0.points"),
    ({"questions": [{"question_id": NOTHING, "points": 1}]}, "questions.0.points"),
    ({"draw": {"bank_id": NOTHING, "count": 1}}, "draw.bank_id"),
    ({"draw": {"count": 1}}, "draw.bank_id"),
    ({"draw": {"bank_id": NOTHING, "count": 0}}, "draw.count"),
    ({"draw": {"bank_id": NOTHING, "count": 501}}, "draw.count"),
    ({"colour": "red"}, "colour"),
]


def test_what_can_not_be_is_refused_with_its_field(hall: Hall) -> None:
    author = hall.api("author")
    path = f"/exams/{exam_of(hall)}/sections"
    for sent, field in REFUSED:
        answer = author.post(path, sent)
        assert (answer.status_code, fields(answer)) == (422, [field]), f"{sent}: {answer.text}"
    assert author.get(path).json == []


def test_a_question_stands_once_in_a_section(hall: Hall, author: Api) -> None:
    path = f"/exams/{exam_of(hall)}/sections"
    _, (one,) = bank_of(hall, 1)
    answer = author.post(path, {"questions": [{"question_id": one}, {"question_id": one}]})
    assert (answer.status_code, fields(answer)) == (422, ["questions.1.question_id"])


def test_questions_and_banks_of_others_are_not_there(hall: Hall, author: Api) -> None:
    path = f"/exams/{exam_of(hall)}/sections"
    bank, (question,) = bank_of(hall, 1, "qalam")
    answer = author.post(path, {"questions": [{"question_id": question}]})
    assert (answer.status_code, fields(answer)) == (422, ["questions.0.question_id"])
    answer = author.post(path, {"draw": {"bank_id": bank, "count": 1}})
    assert (answer.status_code, fields(answer)) == (422, ["draw.bank_id"])


def test_there_are_at_most_fifty_sections(hall: Hall, author: Api) -> None:
    exam_id = exam_of(hall)
    with hall.inside():
        exam = access.find_exam(UUID(exam_id))
        for _ in range(50):
            SectionFactory(exam=exam)
    assert author.post(f"/exams/{exam_id}/sections", {}).status_code == 409


# what is published can be sat --------------------------------------------------------------------------------------


def test_a_pool_that_is_too_small_stops_the_publishing(hall: Hall, author: Api) -> None:
    exam_id = exam_of(hall)
    bank, _ = bank_of(hall, 3, tags=["hard"])
    section = {"title": "Hard ones", "draw": {"bank_id": bank, "count": 4, "tag": "hard"}}
    made = author.post(f"/exams/{exam_id}/sections", section).json
    refused = author.patch(f"/exams/{exam_id}", {"state": "published"})
    assert refused.status_code == 409
    assert "“Hard ones” asks for 4 questions, but only 3" in refused.json["detail"]
    at = f"/exams/{exam_id}/sections/{made['id']}"
    assert author.patch(at, {"draw": section["draw"] | {"count": 3}}).status_code == 200
    assert author.patch(f"/exams/{exam_id}", {"state": "published"}).status_code == 200


def test_what_is_published_stays_fit_to_be_sat(hall: Hall, author: Api) -> None:
    path = f"/exams/{exam_of(hall, published=True)}/sections"
    (section,) = author.get(path).json
    bank, _ = bank_of(hall, 1)
    refused = author.post(path, {"draw": {"bank_id": bank, "count": 2}})
    assert refused.status_code == 409
    assert author.delete(f"{path}/{section['id']}").json["code"] == "exam_empty"
    assert author.patch(f"{path}/{section['id']}", {"questions": []}).json["code"] == "exam_empty"
    assert author.get(path).json == [section]
    assert author.post(path, {"draw": {"bank_id": bank, "count": 1}}).status_code == 201


def test_once_somebody_has_started_the_questions_stand(hall: Hall, author: Api) -> None:
    exam_id = exam_of(hall, published=True)
    path = f"/exams/{exam_id}/sections"
    (section,) = author.get(path).json
    at = f"{path}/{section['id']}"
    sat(hall, exam_id)
    for answer in (author.post(path, {}), author.patch(at, {"title": "New"}), author.delete(at)):
        assert (answer.status_code, answer.json["code"]) == (409, "exam_has_attempts")
        assert "copy" in answer.json["detail"].lower()
    assert author.get(path).json == [section]


# how a paper is filled -------------------------------------------------------------------------------------------


def test_the_rules_hold_fixed_questions_and_pools_in_their_order(hall: Hall) -> None:
    with hall.inside():
        exam, bank_id, other_id = ExamFactory(), BankFactory().id, BankFactory().id
        one, two = questions_in(bank_id, 2, category="a")
        tagged = questions_in(bank_id, 3, tags=["x", "xy"], category="a/b")
        questions_in(bank_id, 1, tags=["xy"], category="ab")
        questions_in(bank_id, 2, tags=["x"], status="retired")
        others = questions_in(other_id, 2)
        picks = [{"question_id": two, "points": Decimal(2)}, {"question_id": one, "points": Decimal("0.5")}]
        drawn = {"bank_id": bank_id, "count": 2, "tag": "x", "points": Decimal(3)}
        SectionFactory(exam=exam, title="A", questions=picks, draw=drawn, shuffle=True)
        SectionFactory(exam=exam, title="B", draw={"bank_id": bank_id, "count": 1, "category": "a"})
        SectionFactory(exam=exam, title="C", draw={"bank_id": other_id, "count": 1})
        SectionFactory(exam=exam, title="empty")
        rules = access.rules(exam.id)
        assert [(rule.title, rule.count, rule.shuffle) for rule in rules] == [
            ("A", 2, True), ("B", 1, False), ("C", 1, False), ("empty", 0, False),
        ]  # fmt: skip
        assert [(pick.ref.question_id, pick.points) for pick in rules[0].fixed] == [
            (two, Decimal(2)), (one, Decimal("0.5")),
        ]  # fmt: skip
        assert [{ref.question_id for ref in rule.pool} for rule in rules] == [
            {*tagged}, {one, two, *tagged}, {*others}, set(),
        ]  # fmt: skip
        assert access.extent(exam.id) == (6, Decimal("10.5"))
        assert len(draw(rules, "seed")) == 6


def test_a_text_without_a_question_stands_where_it_is_put_counts_nothing_and_is_never_drawn(hall: Hall) -> None:
    with hall.inside():
        exam, bank_id = ExamFactory(), BankFactory().id
        (asked,) = questions_in(bank_id, 1)
        (text,) = questions_in(bank_id, 1, type="description", body={"prompt": "Read this first."})
        picks = [{"question_id": text, "points": Decimal(1)}]
        SectionFactory(exam=exam, questions=picks, draw={"bank_id": bank_id, "count": 1, "points": Decimal(2)})
        (rule,) = access.rules(exam.id)
        assert [pick.ref.question_id for pick in rule.fixed] == [text]
        assert [ref.question_id for ref in rule.pool] == [asked]
        assert access.extent(exam.id) == (1, Decimal(2))


def test_the_rules_cost_two_statements_however_many_sections(
    hall: Hall, statements: Callable[[Hall], list[str]]
) -> None:
    with hall.inside():
        exam = ExamFactory()
        for _ in range(5):
            bank_id = BankFactory().id
            questions_in(bank_id, 2)
            SectionFactory(exam=exam, picked=2, draw={"bank_id": bank_id, "count": 1})
        seen = statements(hall)
        access.rules(exam.id)
        assert len([text for text in seen if text.lstrip().startswith("SELECT")]) == 2


# who may ---------------------------------------------------------------------------------------------------------


def test_candidates_see_no_sections_and_markers_change_none(hall: Hall) -> None:
    path = f"/exams/{exam_of(hall, questions=1)}/sections"
    at = f"{path}/{hall.api('author').get(path).json[0]['id']}"
    candidate, marker = hall.api("candidate"), hall.api("marker")
    assert {candidate.get(path).status_code, candidate.get(at).status_code} == {403}
    assert marker.get(path).status_code == marker.get(at).status_code == 200
    for api in (candidate, marker):
        for answer in (api.post(path, {}), api.patch(at, {"title": "x"}, headers={}), api.delete(at, headers={})):
            assert answer.status_code == 403


def test_foreign_and_strayed_sections_are_not_there(hall: Hall, author: Api) -> None:
    own, other, foreign = exam_of(hall, questions=1), exam_of(hall, questions=1), exam_of(hall, "qalam", questions=1)
    strayed = author.get(f"/exams/{other}/sections").json[0]["id"]
    paths = [f"/exams/{own}/sections/{strayed}", f"/exams/{own}/sections/{NOTHING}"]
    paths += [f"/exams/{foreign}/sections/{strayed}"]
    for path in paths:
        assert author.get(path).status_code == 404
        assert author.patch(path, {"title": "x"}, headers={}).status_code == 404
        assert author.delete(path, headers={}).status_code == 404
    assert author.get(f"/exams/{foreign}/sections").status_code == 404
    assert author.post(f"/exams/{foreign}/sections", {}).status_code == 404
