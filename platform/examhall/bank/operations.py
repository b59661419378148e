"""The writes of banks, questions and versions, and what other slices ask of the bank."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.bodies import bodies
from examhall.bank.content import texts
from examhall.bank.content.richtext import plain_text
from examhall.bank.content.wording import fingerprint_of, words_of
from examhall.bank.filing import categories as filing
from examhall.bank.filing.pools import categories, latest_refs, pool, tags, with_tag, within
from examhall.bank.models import Bank, Question, QuestionVersion, Status
from examhall.bank.types import type_named
from examhall.bank.types.contract import Body
from examhall.clock import now
from examhall.errors import N_, FieldError, Invalid, PreconditionFailed
from examhall.storage.records import actor_id, new_id, tenant_id
from examhall.storage.statements import table
from examhall.storage.transactions import writing

__all__ = [
    "add_version", "bodies", "categories", "create_bank", "create_question", "latest_refs", "new_question", "pool",
    "set_status", "tags", "update_bank", "update_question",
    "with_tag", "within",
]  # fmt: skip

audit = logging.getLogger("examhall.audit")

#: Characters of the prompt that name a question whose author did not.
NAME_FROM_PROMPT = 60

_questions = table(Question).c


# banks ----------------------------------------------------------------------------------------------------------


def create_bank(name: str, description: str = "") -> Bank:
    """A new, empty bank. Raises `Invalid`."""
    bank = Bank(
        name=texts.needed("name", name, texts.NAME_LIMIT),
        description=texts.paragraphs("description", description, texts.DESCRIPTION_LIMIT),
    )
    with writing() as session:
        session.add(bank)
        session.flush()
    audit.info("bank %s created", bank.id)
    return bank


def update_bank(bank: Bank, *, name: str | None = None, description: str | None = None) -> Bank:
    """Change what is given. Raises `Invalid`; a bank that changed since it was read is refused as stale."""
    if name is not None:
        name = texts.needed("name", name, texts.NAME_LIMIT)
    if description is not None:
        description = texts.paragraphs("description", description, texts.DESCRIPTION_LIMIT)
    with writing() as session:
        bank.name = bank.name if name is None else name
        bank.description = bank.description if description is None else description
        session.flush()
    audit.info("bank %s changed", bank.id)
    return bank


# questions ------------------------------------------------------------------------------------------------------


def create_question(
    bank_id: UUID, type: str, name: str, body: object, *, category_id: UUID | None = None, **filing_of: Any
) -> Question:
    """A new question with its first version. Without a name it is called by the beginning of its prompt.

    It is filed by what `filing_of` takes, or under the category of an id. Raises `Invalid`; faults of the body have
    paths such as `body.options.2.text`.
    """
    checked = _checked(type, body)
    values = filed(filing_of)
    name = texts.one_line("name", name, texts.NAME_LIMIT)
    with writing() as session:
        if category_id:
            values |= _category(bank_id, category_id)
        elif path := values.get("category"):
            values["category_id"] = filing.place(bank_id, [path])[path]
        question, version = new_question(bank_id, type, name, checked, **values)
        session.add(question)
        session.flush()
        session.add(version)
        session.flush()
    audit.info("question %s created in bank %s", question.id, bank_id)
    return question


def update_question(
    question: Question, *, name: str | None = None, category_id: UUID | None = None, status: str | None = None,
    **filing_of: Any,
) -> Question:  # fmt: skip
    """Change how a question is called, filed and used; what it asks stays. None changes nothing. Raises `Invalid`.

    A question that changed since it was read is refused as stale.
    """
    if name is not None:
        name = texts.needed("name", name, texts.NAME_LIMIT)
    values = filed({key: value for key, value in filing_of.items() if value is not None})
    with writing() as session:
        if category_id:
            values |= _category(question.bank_id, category_id)
        elif "category" in values:
            path = values["category"]
            values["category_id"] = filing.place(question.bank_id, [path]).get(path)
        for key, value in values.items():
            setattr(question, key, value)
        question.name = question.name if name is None else name
        if status is not None:
            set_status(question, Status(status))
        session.flush()
    audit.info("question %s changed: status %s", question.id, question.status)
    return question


def filed(values: Mapping[str, Any]) -> dict[str, Any]:
    """How a question is filed, as it is stored: category (path), tags, difficulty, language, points, status …

    Raises `Invalid`, and `TypeError` for what is no column of that kind.
    """
    kept = dict(values)
    for key, check in _FILED.items():
        if key in kept:
            kept[key] = check(kept[key])
    return kept


def set_status(question: Question, status: Status) -> None:
    """Let a question be a draft, ready or retired, with who and when; call it inside a write.

    Ready makes the latest version the one that exams take. A draft takes that away from the latest, and leaves it to
    an earlier one.
    """
    if question.status != status.value:
        question.status, question.status_at, question.status_by = status.value, now(), actor_id()
    if status is Status.READY:
        question.ready_version_id = question.latest_version_id
    elif status is Status.DRAFT and question.ready_version_id == question.latest_version_id:
        question.ready_version_id = None


def _category(bank_id: UUID, category_id: UUID) -> dict[str, Any]:
    category = filing.find(bank_id, category_id)
    if category is None:
        message = N_("There is no such category in this bank. Take one that its tree shows.")
        raise Invalid(errors=[FieldError("category_id", message)])
    return {"category_id": category.id, "category": category.path}


def add_version(
    question: Question, body: object, name: str | None = None, *, revision: int | None = None,
    status: str | None = None,
) -> QuestionVersion:  # fmt: skip
    """Let a question ask `body` from now on; attempts in progress keep what they have.

    What asks the same already adds nothing: then the present version is given back. As a `draft` the new version waits,
    and exams keep the one that was ready before. With `revision` the write holds to the question as its author saw it.
    Raises `Invalid`, `PreconditionFailed`.
    """
    checked = _checked(question.type, body)
    data = checked.to_json()
    name = texts.needed("name", name, texts.NAME_LIMIT) if name is not None else None
    with writing() as session:
        session.scalars(_locked(question.id)).one()
        if revision is not None and question.revision != revision:
            raise PreconditionFailed()
        latest = session.scalars(
            sa.select(QuestionVersion).where(
                QuestionVersion.tenant_id == tenant_id(), QuestionVersion.id == question.latest_version_id
            )
        ).one()
        name = question.name if name is None else name
        if latest.body == data and latest.name == name:
            if status is not None:
                set_status(question, Status(status))
            return latest
        version = QuestionVersion(
            id=new_id(),
            question_id=question.id,
            number=question.latest_number + 1,
            type=question.type,
            name=name,
            body=data,
        )
        session.add(version)
        question.name, question.excerpt = name, plain_text(checked.prompt, texts.EXCERPT_LIMIT)
        question.latest_number, question.latest_version_id = version.number, version.id
        question.words, question.fingerprint = words_of(name, data), fingerprint_of(data)
        set_status(question, Status(status or question.status))
        session.flush()
    audit.info("question %s has version %s", question.id, version.number)
    return version


def _locked(question_id: UUID) -> sa.Select[tuple[Question]]:
    """Reads a question anew, into the object that the session has of it, and holds it to the end of the transaction."""
    return (
        sa.select(Question)
        .where(Question.tenant_id == tenant_id(), Question.id == question_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _checked(type: str, body: object) -> Body:
    kind = type_named(type)
    try:
        checked: Body = kind.validate(body)
    except Invalid as problem:
        errors = [replace(error, field=f"body.{error.field}") for error in problem.errors]
        raise Invalid(errors=errors) from None
    return checked


def new_question(bank_id: UUID, type: str, name: str, body: Body, **values: Any) -> tuple[Question, QuestionVersion]:
    """A question and its first version, which point at each other, neither stored yet; `values` as `filed` gives them.

    Store all questions of a file before their versions.
    """
    data = body.to_json()
    name = name or plain_text(body.prompt, NAME_FROM_PROMPT)
    status = Status(values.pop("status", Status.READY))
    question = Question(
        id=new_id(), bank_id=bank_id, type=type, name=name, excerpt=plain_text(body.prompt, texts.EXCERPT_LIMIT),
        status=status.value, latest_number=1, latest_version_id=new_id(), words=words_of(name, data),
        fingerprint=fingerprint_of(data), **values,
    )  # fmt: skip
    question.ready_version_id = question.latest_version_id if status is not Status.DRAFT else None
    version = QuestionVersion(
        id=question.latest_version_id, question_id=question.id, number=1, type=type, name=name, body=data
    )
    return question, version


#: Key to the check that gives the form in which it is stored.
_FILED: Mapping[str, Callable[[Any], Any]] = {
    "category": texts.category,
    "tags": texts.tags,
    "difficulty": texts.difficulty,
    "language": texts.language,
    "points": texts.points,
}
