"""An exam that is changed in the moment in which somebody starts it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from bank.factories import BankFactory, QuestionFactory
from examhall.exams import operations
from examhall.exams.composing import hold
from examhall.exams.models import Exam as ExamRow
from examhall.exams.models import SectionQuestion
from examhall.exams.reading import find_section
from examhall.extensions import db
from examhall.storage.records import tenant_id
from exams.factories import exam_of
from faults.test_races import at_once
from hall import Api, Hall
from portal import Portal, forms
from sitting import Exam, compose


@pytest.fixture
def exam(hall: Hall) -> Exam:
    return compose(hall, kinds=("true_false", "short_text"))


@pytest.fixture
def candidate(hall: Hall, exam: Exam) -> Api:
    person = hall.person("candidate")
    exam.assign(person)
    return hall.api(person)


def started_during(hall: Hall, exam: Exam, candidate: Api, change: Callable[[ExamRow], None]) -> Any:
    """What a start answers that comes while an author's change is not committed yet."""
    with ThreadPoolExecutor(1) as thread:
        with hall.inside(write=True):
            change(hold(UUID(exam.id)))
            db.session.flush()
            answer = thread.submit(candidate.post, f"/exams/{exam.id}/attempts")
            time.sleep(0.5)  # long enough to reach the lock, whatever it has read before
            assert not answer.done()
        return answer.result()


def test_nobody_starts_what_is_being_taken_back(hall: Hall, exam: Exam, candidate: Api) -> None:
    def take_back(row: ExamRow) -> None:
        row.state = "draft"

    assert started_during(hall, exam, candidate, take_back).status_code == 404
    assert candidate.get("/attempts").json == []


def test_nobody_starts_what_is_being_deleted(hall: Hall, exam: Exam, candidate: Api) -> None:
    assert started_during(hall, exam, candidate, db.session.delete).status_code == 404


def test_a_paper_is_drawn_from_the_sections_as_they_stand_after_the_change(
    hall: Hall, exam: Exam, candidate: Api
) -> None:
    def drop_a_question(_row: ExamRow) -> None:
        picks = sa.select(SectionQuestion).where(SectionQuestion.tenant_id == tenant_id())
        db.session.delete(db.session.scalars(picks.order_by(SectionQuestion.position)).all()[-1])

    answer = started_during(hall, exam, candidate, drop_a_question)
    assert [slot["type"] for slot in answer.json["paper"]] == ["true_false"]


def test_what_several_add_to_a_section_at_once_is_all_there(hall: Hall) -> None:
    with hall.inside():
        bank: UUID = BankFactory().id
        questions = [str(QuestionFactory(bank_id=bank).id) for _ in range(12)]
    authors = [Portal(hall, hall.person("author")) for _ in range(4)]
    api = hall.api("author")
    for _ in range(3):
        exam_id = exam_of(hall)
        sections = f"/exams/{exam_id}/sections"
        section = api.post(sections, {"title": "Basics"}).json["id"]
        at = f"/manage{sections}/{section}/questions"

        def add(number: int, at: str = at) -> int:
            return authors[number].submit(at, {"question_id": questions[number::4]}).status_code

        assert at_once(4, add) == [303] * 4
        held = api.get(f"{sections}/{section}").json["questions"]
        assert {each["question_id"] for each in held} == {*questions}


@pytest.mark.parametrize("act", ["", "/remove"])
def test_a_section_is_not_written_over_what_is_added_to_it_meanwhile(hall: Hall, act: str) -> None:
    exam_id, portal, api = exam_of(hall, questions=2), Portal(hall, hall.person("author")), hall.api("author")
    (section,) = api.get(f"/exams/{exam_id}/sections").json
    at = f"/manage/exams/{exam_id}/sections/{section['id']}"
    (form,) = [each for each in forms(portal.get(at)) if "revision" in each.values]
    with hall.inside():
        added = QuestionFactory(bank_id=BankFactory().id).id
    with ThreadPoolExecutor(1) as thread:
        with hall.inside(write=True):
            further = [{"question_id": added}]
            operations.update_section(find_section(UUID(exam_id), UUID(section["id"])), further=further)
            answer = thread.submit(portal.post, at + act, form.values | {"title": "Over it"})
            time.sleep(0.5)  # long enough to reach the lock, whatever it has read before
            assert not answer.done()
        assert answer.result().status_code == 412
    (now,) = api.get(f"/exams/{exam_id}/sections").json
    assert now["title"] == section["title"]
    assert [each["question_id"] for each in now["questions"]] == [
        *(each["question_id"] for each in section["questions"]), str(added),
    ]  # fmt: skip
