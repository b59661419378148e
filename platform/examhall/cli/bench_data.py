"""The data that `make bench` measures with: a bank of 200 questions, 50 exams of 40 drawn ones, 500 candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from examhall.bank.exchange.importing import import_questions, read
from examhall.bank.operations import create_bank
from examhall.exams.models import Assignment, Exam, Section
from examhall.extensions import db
from examhall.identity.models import User
from examhall.identity.passwords import hash_password
from examhall.identity.roles import Role
from examhall.storage.records import new_id, tenant_id
from examhall.storage.statements import insert
from examhall.storage.transactions import writing

QUESTIONS, EXAMS, PAPER, CANDIDATES = 200, 50, 40, 500
PASSWORD = "open-the-exam-hall"  # noqa: S105  # of people who exist in a measurement only
ACCOUNTS = [(f"bench-{number:03}@bench.example", PASSWORD) for number in range(CANDIDATES)]


def fill() -> None:
    """Fill the current tenant. Raises where the data is there already: measure on a database of its own."""
    bank = create_bank("Bench", "Questions to measure with")
    parsed = read(_gift().encode())
    import_questions(bank.id, parsed.questions)
    password_hash = hash_password(PASSWORD)  # one for all: hashing 500 would take half a minute
    with writing():
        users = [
            {"email": email, "name": f"Candidate {email}", "role": Role.CANDIDATE.value, "password_hash": password_hash}
            for email, _ in ACCOUNTS
        ]
        user_ids = _insert(User, users)
        exams = [
            {"title": f"Bench exam {number:02}", "state": "published", "attempts_allowed": None, "review": _REVIEW}
            for number in range(EXAMS)
        ]
        exam_ids = _insert(Exam, exams)
        sections = [
            {"exam_id": exam_id, "position": 1, "bank_id": bank.id, "draw_count": PAPER} for exam_id in exam_ids
        ]
        _insert(Section, sections)
        _insert(Assignment, [{"exam_id": exam_id, "user_id": user_id} for exam_id in exam_ids for user_id in user_ids])


_REVIEW = {"immediately": ["grade", "responses", "correctness", "solutions", "feedback"], "closed": []}


def _insert(model: type, rows: Sequence[dict[str, Any]]) -> list[UUID]:
    tenant = tenant_id()
    whole = [{"tenant_id": tenant, "id": new_id(), **row} for row in rows]
    db.session.execute(insert(model), whole)
    return [row["id"] for row in whole]


def _gift() -> str:
    return "\n\n".join(
        f"::Question {number}:: What is {number} plus {number + 7}, counted on the fingers of several patient people? "
        f"{{ ={2 * number + 7}#Right, the sum. ~{2 * number + 6}#One too few. ~{2 * number + 8}#One too many. "
        f"~{2 * number}#The first twice. }}"
        for number in range(1, QUESTIONS + 1)
    )


def is_filled() -> bool:
    """Whether the current tenant holds this data."""
    return (
        db.session.scalar(sa.select(User.id).where(User.tenant_id == tenant_id(), User.email == ACCOUNTS[0][0]))
        is not None
    )
