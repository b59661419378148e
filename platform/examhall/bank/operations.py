"""Every write of the bank, and what other slices ask of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.bank import texts
from examhall.bank.bodies import bodies
from examhall.bank.formats import Import, Item, Message, decode, gift
from examhall.bank.models import Bank, Question, QuestionVersion, Status
from examhall.bank.richtext import plain_text
from examhall.bank.types import type_named
from examhall.bank.types.contract import Body
from examhall.bank.types.reference import QuestionRef
from examhall.bank.wording import fingerprint_of, words_of
from examhall.errors import N_, Invalid, PreconditionFailed
from examhall.extensions import db
from examhall.storage.records import new_id, tenant_id
from examhall.storage.statements import table
from examhall.storage.transactions import writing

__all__ = [
    "add_version", "bodies", "categories", "check_gift", "create_bank", "create_question", "import_questions",
    "latest_refs", "pool", "read_gift", "tags", "update_bank", "update_question",
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
    bank_id: UUID, type: str, name: str, body: object, *, tags: Iterable[str] = (), category: str = "",
    status: str = Status.READY, external_id: str = "",
) -> Question:  # fmt: skip
    """A new question with its first version. Without a name it is called by the beginning of its prompt.

    Raises `Invalid`; faults of the body have paths such as `body.options.2.text`.
    """
    checked = _checked(type, body)
    question, version = _new(
        bank_id, type, texts.one_line("name", name, texts.NAME_LIMIT), checked, checked.to_json(),
        tags=texts.tags(tags), category=texts.category(category), status=Status(status), external_id=external_id,
    )  # fmt: skip
    with writing() as session:
        session.add(question)
        session.flush()
        session.add(version)
        session.flush()
    audit.info("question %s created in bank %s", question.id, bank_id)
    return question


def update_question(
    question: Question, *, name: str | None = None, category: str | None = None, tags: Iterable[str] | None = None,
    status: str | None = None,
) -> Question:  # fmt: skip
    """Change how a question is called, filed and used; what it asks stays. Raises `Invalid`.

    A question that changed since it was read is refused as stale.
    """
    if name is not None:
        name = texts.needed("name", name, texts.NAME_LIMIT)
    category = None if category is None else texts.category(category)
    kept = None if tags is None else texts.tags(tags)
    with writing() as session:
        question.name = question.name if name is None else name
        question.category = question.category if category is None else category
        question.tags = question.tags if kept is None else kept
        question.status = question.status if status is None else Status(status).value
        session.flush()
    audit.info("question %s changed: status %s", question.id, question.status)
    return question


def add_version(
    question: Question, body: object, name: str | None = None, *, revision: int | None = None
) -> QuestionVersion:
    """Let a question ask `body` from now on; attempts in progress keep what they have.

    What asks the same already adds nothing: then the present version is given back. With `revision` the write holds to
    the question as its author saw it. Raises `Invalid`, `PreconditionFailed`.
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
        if question.status == Status.READY.value:
            question.ready_version_id = version.id
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


def _new(
    bank_id: UUID, type: str, name: str, body: Body, data: dict[str, Any], *, tags: list[str], category: str,
    status: Status = Status.READY, external_id: str = "",
) -> tuple[Question, QuestionVersion]:  # fmt: skip
    """A question and its first version, which point at each other."""
    name = name or plain_text(body.prompt, NAME_FROM_PROMPT)
    question = Question(
        id=new_id(), bank_id=bank_id, type=type, name=name, excerpt=plain_text(body.prompt, texts.EXCERPT_LIMIT),
        category=category, tags=tags, status=status.value, external_id=external_id, latest_version_id=new_id(),
        words=words_of(name, data), fingerprint=fingerprint_of(data),
    )  # fmt: skip
    question.ready_version_id = question.latest_version_id if status is not Status.DRAFT else None
    version = QuestionVersion(
        id=question.latest_version_id, question_id=question.id, number=1, type=type, name=name, body=data
    )
    return question, version


# imports --------------------------------------------------------------------------------------------------------


def read_gift(data: bytes) -> Import:
    """The questions of a GIFT file and what is wrong with it, line by line.

    Raises `PayloadTooLarge` beyond 2 MB and `Invalid` (field `file`) for what is no text in UTF-8.
    """
    found = gift.parse(decode(data))
    questions, errors = [], list(found.errors)
    for parsed in found.questions:
        try:
            questions.append(replace(parsed, tags=texts.tags(parsed.tags), category=texts.category(parsed.category)))
        except Invalid as problem:
            errors += [Message(parsed.line, error.message, error.params) for error in problem.errors]
    return Import(questions, sorted(errors, key=lambda message: message.line))


def check_gift(bank_id: UUID, data: bytes) -> Import:
    """The same, with a warning at each question whose id stands in the bank already. Raises as `read_gift` does."""
    found = read_gift(data)
    ids = {parsed.external_id for parsed in found.questions} - {""}
    known = set(_known_ids(bank_id)) if ids else set()
    return replace(found, questions=[_warned(parsed, parsed.external_id in known) for parsed in found.questions])


def import_questions(bank_id: UUID, parsed: Sequence[Item]) -> list[Question]:
    """Put all questions into the bank, or none: two inserts, however many they are. Gives them in their order."""
    pairs = [
        _new(
            bank_id, item.type, item.name, type_named(item.type).load(item.body), item.body,
            tags=texts.tags(item.tags), category=texts.category(item.category), external_id=item.external_id,
        )
        for item in parsed
    ]  # fmt: skip
    with writing() as session:
        session.add_all(question for question, _ in pairs)
        session.flush()
        session.add_all(version for _, version in pairs)
        session.flush()
    audit.info("%s questions imported into bank %s", len(pairs), bank_id)
    return [question for question, _ in pairs]


def _known_ids(bank_id: UUID) -> Sequence[str]:
    statement = sa.select(_questions.external_id).where(
        _questions.tenant_id == tenant_id(), _questions.bank_id == bank_id, _questions.external_id != ""
    )
    return db.session.scalars(statement).all()


def _warned(parsed: Item, known: bool) -> Item:
    if not known:
        return parsed
    message = N_('A question with the id "%(id)s" is in this bank already. This one will stand beside it.')
    warning = Message(parsed.line, message, {"id": parsed.external_id})
    return replace(parsed, warnings=[*parsed.warnings, warning])


# what others ask -------------------------------------------------------------------------------------------------


def pool(bank_id: UUID, tag: str = "", category: str = "") -> list[QuestionRef]:
    """The ready questions of a bank, those with a tag and in a category or below it where given; one statement."""
    statement = sa.select(_questions.id, _questions.latest_version_id, _questions.type).where(
        _questions.tenant_id == tenant_id(), _questions.bank_id == bank_id, _questions.status == Status.READY.value
    )
    if tag:
        statement = statement.where(with_tag(tag))
    if category:
        statement = statement.where(within(category))
    return [QuestionRef(*row) for row in db.session.execute(statement.order_by(_questions.id))]


def latest_refs(question_ids: Iterable[UUID]) -> dict[UUID, QuestionRef]:
    """The present version of each question, by the question's id; ids that the tenant does not have are left out."""
    statement = sa.select(_questions.id, _questions.latest_version_id, _questions.type).where(
        _questions.tenant_id == tenant_id(), _questions.id.in_(list(question_ids))
    )
    return {row.id: QuestionRef(*row) for row in db.session.execute(statement)}


def categories(bank_id: UUID) -> list[str]:
    """The categories of a bank's questions and those above them, in order: `a`, `a/b`."""
    statement = sa.select(_questions.category).where(_questions.tenant_id == tenant_id(), _questions.bank_id == bank_id)
    paths = set()
    for path in db.session.scalars(statement.distinct()):
        steps = path.split("/")
        paths |= {"/".join(steps[: depth + 1]) for depth in range(len(steps))}
    return sorted(paths - {""})


def tags(bank_id: UUID) -> list[str]:
    """The tags of a bank's questions, in order."""
    statement = sa.select(_questions.tags).where(_questions.tenant_id == tenant_id(), _questions.bank_id == bank_id)
    return sorted({tag for words in db.session.scalars(statement.distinct()) for tag in words})


# LIKE ignores case on SQLite and heeds it on PostgreSQL; these two mean the same on both.


def with_tag(tag: str) -> sa.ColumnElement[bool]:
    """Whether a question has a tag, written exactly so."""
    stored = sa.type_coerce(_questions.tags, sa.Text)
    return sa.func.replace(stored, f"|{tag}|", "") != stored


def within(category: str) -> sa.ColumnElement[bool]:
    """Whether a question is filed in a category or below it."""
    below = f"{category}/"
    return sa.or_(_questions.category == category, sa.func.substr(_questions.category, 1, len(below)) == below)
