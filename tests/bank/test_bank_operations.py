"""What other slices ask of the bank: pools, references and bodies; and what two authors do at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event

from bank.factories import BODIES, BankFactory, QuestionFactory
from examhall.bank import operations
from examhall.bank.bodies import Bodies
from examhall.bank.exchange import importing
from examhall.bank.models import Question
from examhall.bank.reading import load_question, question_count
from examhall.bank.types import type_named
from examhall.bank.types.reference import QuestionRef
from examhall.errors import Invalid, PreconditionFailed
from hall import Hall


@contextmanager
def statements(app: Any) -> Iterator[list[str]]:
    """The reads that are sent to the tenant's database meanwhile."""
    seen: list[str] = []
    engine = next(iter(app.engines.values()))

    def watch(*event_args: Any) -> None:
        if event_args[2].startswith("SELECT"):
            seen.append(event_args[2])

    event.listen(engine, "before_cursor_execute", watch)
    yield seen
    event.remove(engine, "before_cursor_execute", watch)


def ref(question: Question) -> QuestionRef:
    return QuestionRef(question.id, question.latest_version_id, question.type)


def test_a_pool_holds_the_ready_questions_of_a_tag_and_a_branch_of_categories(hall: Hall) -> None:
    with hall.inside() as app:
        bank, other = BankFactory().id, BankFactory().id
        fire = QuestionFactory(bank_id=bank, category="safety/fire", tags=["basic"])
        ladder = QuestionFactory(bank_id=bank, category="safety", tags=["basic", "hands"], type="numeric")
        vault = QuestionFactory(bank_id=bank, category="safety2", tags=["Basic", "hand"])
        QuestionFactory(bank_id=bank, category="safety", tags=["basic"], status="draft")
        QuestionFactory(bank_id=bank, category="safety", tags=["basic"], status="retired")
        QuestionFactory(bank_id=other, category="safety", tags=["basic"])
        with statements(app) as seen:
            assert operations.pool(bank) == [ref(fire), ref(ladder), ref(vault)]
            assert operations.pool(bank, tag="basic") == [ref(fire), ref(ladder)]
            assert operations.pool(bank, tag="hand") == [ref(vault)]
            assert operations.pool(bank, category="safety") == [ref(fire), ref(ladder)]
            assert operations.pool(bank, tag="hands", category="safety") == [ref(ladder)]
            assert operations.pool(bank, category="safe") == operations.pool(bank, tag="|") == []
        assert len(seen) == 7
        assert operations.categories(bank) == ["safety", "safety/fire", "safety2"]
        assert operations.tags(bank) == ["Basic", "basic", "hand", "hands"]


def test_references_follow_a_question_and_bodies_stay_with_a_version(hall: Hall) -> None:
    with hall.inside() as app:
        question = QuestionFactory(bank_id=BankFactory().id)
        first = ref(question)
        assert operations.latest_refs([question.id, uuid4()]) == {question.id: first}
        operations.add_version(question, BODIES["single_choice"] | {"prompt": "Which?"})
        second = operations.latest_refs([question.id])[question.id]
        assert second.version_id != first.version_id
        with statements(app) as seen:
            bodies = operations.bodies([first.version_id, second.version_id, uuid4()])
            assert operations.bodies([second.version_id, first.version_id]) == bodies
        assert len(seen) == 1
        assert bodies[first.version_id].prompt == BODIES["single_choice"]["prompt"]
        assert bodies[second.version_id].prompt == "Which?"
        assert operations.bodies([]) == operations.latest_refs([]) == {}


def test_bodies_that_one_organization_has_read_are_not_there_for_another(hall: Hall) -> None:
    with hall.inside("northwind"):
        question = QuestionFactory(bank_id=BankFactory().id)
        assert operations.bodies([question.latest_version_id])
    with hall.inside("qalam"):
        assert operations.bodies([question.latest_version_id]) == {}
        assert operations.latest_refs([question.id]) == {}


def test_kept_bodies_stay_within_their_room() -> None:
    kept, body = Bodies(100), type_named("true_false").validate(BODIES["true_false"])
    keys = [(uuid4(), uuid4()) for _ in range(30)]
    for key in keys:
        kept.keep(key, body, 10)
        kept.keep(key, body, 10)
        kept.get(keys[:1])
    assert list(kept.get(keys)) == [keys[0], *keys[-9:]]
    kept.keep(key := (uuid4(), uuid4()), body, 11)
    assert kept.get([key]) == {}
    assert kept.size == 100


def in_parallel(hall: Hall, count: int, act: Callable[[], Any]) -> list[Any]:
    """What `count` threads got or raised that did `act` at the same moment."""
    gate, results = threading.Barrier(count), []

    def run() -> None:
        with hall.inside():
            gate.wait()
            try:
                results.append(act())
            except Exception as error:
                results.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_versions_that_are_added_at_the_same_moment_are_numbered_one_after_the_other(hall: Hall) -> None:
    with hall.inside():
        question = QuestionFactory(bank_id=BankFactory().id)
    results = in_parallel(
        hall,
        4,
        lambda: (
            operations.add_version(
                load_question(question.id), BODIES["single_choice"] | {"prompt": f"Which? {uuid4()}"}
            ).number
        ),
    )
    assert sorted(results) == [2, 3, 4, 5]
    with hall.inside():
        latest = load_question(question.id)
        assert latest.latest_number == 5
        assert operations.bodies([latest.latest_version_id])[latest.latest_version_id].prompt == latest.excerpt


def test_of_two_edits_of_the_same_revision_one_is_refused(hall: Hall) -> None:
    with hall.inside():
        question = QuestionFactory(bank_id=BankFactory().id)
    results = in_parallel(
        hall,
        3,
        lambda: (
            operations.add_version(
                load_question(question.id), BODIES["single_choice"] | {"prompt": f"{uuid4()}"}, revision=1
            ).number
        ),
    )
    assert results.count(2) == 1
    assert [type(result) for result in results].count(PreconditionFailed) == 2


@pytest.mark.parametrize("name", ["", "\0", "a\0b", "\ud800", "x" * 201])
def test_no_name_that_cannot_be_stored_or_shown_gets_in(hall: Hall, name: str) -> None:
    with hall.inside():
        with pytest.raises(Invalid) as refusal:
            operations.create_bank(name)
        assert [error.field for error in refusal.value.errors] == ["name"]


def test_an_import_that_fails_half_way_leaves_nothing(hall: Hall) -> None:
    def fail(*event_args: Any) -> None:
        if event_args[2].startswith("INSERT INTO question_versions"):
            raise OSError("the disk is full")

    with hall.inside() as app:
        bank, engine = BankFactory().id, next(iter(app.engines.values()))
        parsed = importing.read(b"::One::? {T}\n\n::Two::? {F}\n").questions
        event.listen(engine, "before_cursor_execute", fail)
        with pytest.raises(OSError, match="disk"):
            importing.import_questions(bank, parsed)
        event.remove(engine, "before_cursor_execute", fail)
    with hall.inside():
        assert question_count(bank) == 0
        importing.import_questions(bank, parsed)
        assert question_count(bank) == 2
