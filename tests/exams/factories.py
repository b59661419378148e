"""Exams, sections and assignments as a test needs them. Build inside `hall.inside(slug)`; the factories commit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import factory

from bank.factories import BankFactory, QuestionFactory
from examhall.exams import operations
from examhall.exams.models import Exam, Section
from hall import Hall, Person


class ExamFactory(factory.Factory[Exam]):
    """A draft without sections; with `questions=3` one with a section of so many, published where `published=True`."""

    class Meta:
        model = Exam

    title = factory.Sequence(lambda number: f"Exam {number:03}")
    description = "<p>Bring a pencil.</p>"

    @classmethod
    def _create(cls, model_class: type[Exam], *args: Any, **kwargs: Any) -> Exam:
        questions, published = kwargs.pop("questions", 0), kwargs.pop("published", False)
        exam = operations.create_exam(**kwargs)
        if questions or published:
            SectionFactory(exam=exam, picked=questions or 1)
        return operations.update_exam(exam, state="published") if published else exam


class SectionFactory(factory.Factory[Section]):
    """A section of `exam` with `picked` new questions of a bank of their own; further keywords as in `add_section`."""

    class Meta:
        model = Section

    title = factory.Sequence(lambda number: f"Part {number}")

    @classmethod
    def _create(cls, model_class: type[Section], *args: Any, **kwargs: Any) -> Section:
        picked = kwargs.pop("picked", 0)
        if picked:
            kwargs["questions"] = [{"question_id": id_} for id_ in questions_in(BankFactory().id, picked)]
        return operations.add_section(kwargs.pop("exam"), **kwargs)


def questions_in(bank_id: UUID, count: int, **values: Any) -> list[UUID]:
    """The ids of `count` new questions of a bank."""
    return [question.id for question in QuestionFactory.create_batch(count, bank_id=bank_id, **values)]


def exam_of(hall: Hall, slug: str = "northwind", **values: Any) -> str:
    """The id of a new exam, from outside a context."""
    with hall.inside(slug):
        return str(ExamFactory(**values).id)


def fields(answer: Any) -> list[str]:
    """The fields that an answer finds fault with."""
    return [error["field"] for error in answer.json["errors"]]


def sat(hall: Hall, exam_id: str) -> None:
    """Let somebody start the exam."""
    person = hall.person("candidate")
    assert hall.api("admin").post(f"/exams/{exam_id}/assignments", {"user_id": str(person.id)}).status_code == 201
    assert hall.api(person).post(f"/exams/{exam_id}/attempts").status_code == 201


def given(hall: Hall, person: Person, **values: Any) -> str:
    """An exam that the person is assigned to; `own` holds accommodations."""
    own = values.pop("own", {})
    with hall.inside(person.tenant):
        exam = ExamFactory(**({"published": True} | values))
        operations.assign(exam.id, [person.id], **own)
        return str(exam.id)
