"""Tampering with what is stored of an attempt: found by `flask attempts verify`, whatever was touched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from examhall.attempts.models import Answer, Attempt, StoredPaper, StoredStep
from examhall.attempts.verification import verify
from examhall.extensions import db
from examhall.storage.records import tenant_id
from examhall.storage.statements import table
from hall import Hall
from sitting import compose, save, started


@pytest.fixture
def attempt(hall: Hall) -> str:
    exam = compose(hall, kinds=("true_false", "short_text", "single_choice"))
    people = [hall.person("candidate") for _ in range(2)]
    exam.assign(*people)
    for api in map(hall.api, people):
        begun = started(exam, api)
        save(api, begun, {"slot": 1, "response": {"value": True}, "seq": 1})
        save(api, begun, {"slot": 2, "response": {"text": "Quito"}, "seq": 1, "client_time": "2026-03-02T09:00+01:00"})
        save(api, begun, {"slot": 2, "response": {"text": "Límá 🜚"}, "seq": 4}, {"slot": 1, "response": None, "seq": 2})
        api.post(f"/attempts/{begun['id']}/submit")
    return str(begun["id"])


def changed(hall: Hall, model: Any, attempt: str, where: Callable[[Any], Any], **values: Any) -> list[tuple[str, str]]:
    """What is found once a hand has changed rows behind the program's back."""
    columns = table(model).c
    owner = columns.attempt_id if "attempt_id" in columns else columns.id
    with hall.inside(write=True):
        of_attempt = (columns.tenant_id == tenant_id(), sa.cast(owner, sa.String).like(f"%{attempt[-12:]}"))
        statement = sa.update(table(model)).where(*of_attempt, where(columns)).values(**values)
        assert len(db.session.execute(statement.returning(columns.id)).all()) == 1
    with hall.inside():
        checked, faults = verify()
    assert checked == 2
    return [(str(fault.attempt_id), fault.what) for fault in faults]


def test_what_happened_is_found_whole(hall: Hall, attempt: str) -> None:
    with hall.inside():
        assert verify() == (2, [])


def test_a_changed_step_is_found(hall: Hall, attempt: str) -> None:
    found = changed(hall, StoredStep, attempt, lambda c: c.number == 2, response={"text": "Lima"})
    assert found == [(attempt, "step 2 was changed or is missing")]


def test_a_chain_that_was_cut_is_found(hall: Hall, attempt: str) -> None:
    found = changed(hall, Attempt, attempt, lambda c: sa.true(), step_count=5)
    assert [each for each, _ in found] == [attempt]


def test_a_changed_answer_is_found(hall: Hall, attempt: str) -> None:
    found = changed(hall, Answer, attempt, lambda c: c.slot == 2, response={"text": "Lima"})
    assert found == [(attempt, "the answers in slots 2 are not those that were saved last")]


def test_another_paper_is_found(hall: Hall, attempt: str) -> None:
    found = changed(hall, StoredPaper, attempt, lambda c: sa.true(), content={"seed": "0", "slots": []})
    assert found == [(attempt, "the paper is not the one that it began with")]


def test_the_operator_is_told(hall: Hall, attempt: str) -> None:
    def run() -> Any:
        return hall.platform.test_cli_runner().invoke(args=["attempts", "verify", "northwind"])

    assert (run().exit_code, run().output) == (0, "northwind: 2 attempts checked, 0 with faults\n")
    changed(hall, StoredStep, attempt, lambda c: c.number == 0, data={"seed": "0"})
    answer = run()
    assert answer.exit_code == 1
    assert attempt in answer.output
    assert "step 0" in answer.output
