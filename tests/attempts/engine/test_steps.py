"""The chain of steps: it grows, and whoever changes it is found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from attempts.engine.example import Example
from examhall.attempts.engine.states import Kind
from examhall.attempts.engine.steps import Head, Step, append, begin, verify

SECOND = timedelta(seconds=1)


@pytest.fixture
def chain(example: Example, nine: datetime, candidate: UUID) -> list[Step]:
    """Started, answered twice, once too late, expired."""
    steps = [begin(example.paper, at=nine, actor=candidate)]
    for seq, response in [(1, {"text": "Porto"}), (2, {"text": "Lisbon"})]:
        steps.append(
            append(
                steps[-1].head, kind=Kind.SAVE, at=nine + seq * SECOND, actor=candidate,
                slot=4, response=response, seq=seq, client_time="2026-03-02T10:00:00+01:00",
            )
        )  # fmt: skip
    late = append(
        steps[-1].head,
        kind=Kind.LATE,
        at=nine + 5000 * SECOND,
        actor=candidate,
        slot=3,
        response={"value": True},
        seq=1,
    )
    steps.append(late)
    steps.append(append(late.head, kind=Kind.EXPIRE, at=nine + 5001 * SECOND, actor=UUID(int=0), data={"by": "clock"}))
    return steps


def test_step_0_keeps_seed_and_digest_of_the_paper(chain: list[Step], example: Example) -> None:
    start = chain[0]
    assert (start.number, start.kind, start.previous) == (0, Kind.START, "")
    assert start.data == {"seed": "seed", "paper": example.paper.digest}


def test_each_step_follows_the_one_before_it(chain: list[Step]) -> None:
    assert [step.number for step in chain] == [0, 1, 2, 3, 4]
    assert [step.previous for step in chain[1:]] == [step.hash for step in chain[:-1]]
    assert all(len(step.hash) == 64 for step in chain)


def test_an_untouched_chain_is_whole(chain: list[Step]) -> None:
    assert verify(chain) is None
    assert verify(chain, chain[-1].head) is None


def test_the_seal_is_the_same_for_ever(nine: datetime) -> None:
    """Written out here, because stored chains must be verified by every later version."""
    step = append(
        Head(6, "a" * 64), kind=Kind.SAVE, at=nine, actor=UUID(int=7), slot=1, response={"choice": "é"}, seq=3
    )
    text = (
        '[7,"save","2026-03-02T09:00:00.000000+00:00","00000000-0000-0000-0000-000000000007",'
        f'1,{{"choice":"\\u00e9"}},3,null,null,"{"a" * 64}"]'
    )
    assert step.hash == hashlib.sha256(text.encode()).hexdigest()


CHANGES: dict[str, Callable[[Step], Step]] = {
    "number": lambda step: replace(step, number=step.number + 1),
    "kind": lambda step: replace(step, kind=Kind.SUBMIT),
    "time": lambda step: replace(step, at=step.at + timedelta(microseconds=1)),
    "actor": lambda step: replace(step, actor=UUID(int=8)),
    "slot": lambda step: replace(step, slot=5),
    "response": lambda step: replace(step, response={"text": "Madrid"}),
    "seq": lambda step: replace(step, seq=9),
    "client time": lambda step: replace(step, client_time="2026-03-02T10:00:01+01:00"),
    "data": lambda step: replace(step, data={"seed": "another"}),
    "previous": lambda step: replace(step, previous="0" * 64),
    "hash": lambda step: replace(step, hash="0" * 64),
}


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_single_changed_field_of_any_step_is_found(
    chain: list[Step], number: int, change: Callable[[Step], Step]
) -> None:
    chain[number] = change(chain[number])
    assert verify(chain) == number


@pytest.mark.parametrize("number", range(4))
def test_a_missing_step_is_found(chain: list[Step], number: int) -> None:
    del chain[number]
    assert verify(chain) == number


@pytest.mark.parametrize("number", range(4))
def test_two_exchanged_steps_are_found(chain: list[Step], number: int) -> None:
    chain[number], chain[number + 1] = chain[number + 1], chain[number]
    assert verify(chain) == number


def test_a_step_put_in_is_found(chain: list[Step], nine: datetime, candidate: UUID) -> None:
    forged = append(chain[1].head, kind=Kind.SAVE, at=nine, actor=candidate, slot=4, response={"text": "x"}, seq=2)
    chain.insert(2, forged)
    assert verify(chain) == 3


def test_a_cut_end_is_found_by_the_head_that_is_kept_elsewhere(chain: list[Step]) -> None:
    head = chain[-1].head
    assert verify(chain[:3]) is None
    assert verify(chain[:3], head) == 3


def test_a_rewritten_end_is_found_by_the_head(chain: list[Step], nine: datetime, candidate: UUID) -> None:
    head = chain[-1].head
    rewritten = [*chain[:4], append(chain[3].head, kind=Kind.SUBMIT, at=nine, actor=candidate)]
    assert verify(rewritten) is None
    assert verify(rewritten, head) == 4


def test_an_attempt_without_steps_is_not_whole() -> None:
    assert verify([]) == 0


def test_a_database_may_hand_the_time_back_in_its_own_zone_and_the_keys_in_its_own_order(
    nine: datetime, candidate: UUID
) -> None:
    first = append(Head(-1, ""), kind=Kind.START, at=nine, actor=candidate, data={"a": 1, "b": {"c": 2, "d": 3}})
    handed_back = replace(first, at=nine.astimezone(ZoneInfo("Asia/Kolkata")), data={"b": {"d": 3, "c": 2}, "a": 1})
    assert verify([handed_back]) is None


def test_a_naive_time_is_refused(candidate: UUID) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        append(Head(-1, ""), kind=Kind.START, at=datetime.now(UTC).replace(tzinfo=None), actor=candidate)


def test_a_step_cannot_be_changed(chain: list[Step]) -> None:
    with pytest.raises(AttributeError):
        chain[0].seq = 5  # type: ignore[misc]
