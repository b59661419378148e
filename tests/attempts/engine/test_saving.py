"""Which answers are taken: each rule by itself, then their order, then several saves in one call."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from attempts.engine.example import Example
from examhall.attempts.engine.saving import MAX_SEQ, Accepted, Code, Refused, Save, Sitting, Stored, decide
from examhall.attempts.engine.states import State

MS = timedelta(milliseconds=1)
GRACE = timedelta(seconds=30)
PORTO, LISBON = {"text": "Porto"}, {"text": "Lisbon"}


@pytest.fixture
def sitting(example: Example, nine: datetime) -> Sitting:
    """Open until ten; "Porto" stands in slot 4 with seq 5."""
    return Sitting(State.OPEN, nine + timedelta(hours=1), GRACE, example.paper, {4: Stored(5, PORTO)})


@pytest.fixture
def ten(nine: datetime) -> datetime:
    return nine + timedelta(hours=1)


def one(sitting: Sitting, save: Save, now: datetime) -> Accepted | Refused:
    (decision,) = decide(sitting, [save], now)
    return decision


class TestAccepted:
    def test_a_first_answer(self, sitting: Sitting, nine: datetime) -> None:
        assert one(sitting, Save(3, {"value": False}, 1), nine) == Accepted(3, 1, True, {"value": False})

    def test_a_first_answer_that_says_it_saw_nothing(self, sitting: Sitting, nine: datetime) -> None:
        assert one(sitting, Save(3, {"value": False}, 1, base=0), nine) == Accepted(3, 1, True, {"value": False})

    def test_a_later_answer_with_or_without_base(self, sitting: Sitting, nine: datetime) -> None:
        assert one(sitting, Save(4, LISBON, 6), nine) == Accepted(4, 6, True, LISBON)
        assert one(sitting, Save(4, LISBON, 6, base=5), nine) == Accepted(4, 6, True, LISBON)

    def test_a_gap_in_seq_is_no_harm(self, sitting: Sitting, nine: datetime) -> None:
        assert one(sitting, Save(4, LISBON, MAX_SEQ), nine) == Accepted(4, MAX_SEQ, True, LISBON)

    def test_null_clears(self, sitting: Sitting, nine: datetime) -> None:
        assert one(sitting, Save(4, None, 6, base=5), nine) == Accepted(4, 6, True, None)

    def test_the_same_payload_with_a_higher_seq_is_a_new_answer(self, sitting: Sitting, nine: datetime) -> None:
        assert one(sitting, Save(4, PORTO, 6), nine) == Accepted(4, 6, True, PORTO)

    @pytest.mark.parametrize("client_time", ["not a time", "0001-01-01T24:00:00", "9999-12-31T23:59:60Z", "", None])
    def test_the_clients_clock_decides_nothing(self, sitting: Sitting, nine: datetime, client_time: str | None) -> None:
        assert one(sitting, Save(4, LISBON, 6, client_time=client_time), nine) == Accepted(4, 6, True, LISBON)

    def test_without_a_deadline_there_is_no_late(self, sitting: Sitting, nine: datetime) -> None:
        endless = replace(sitting, deadline_at=None)
        assert one(endless, Save(4, LISBON, 6), nine + timedelta(days=3650)) == Accepted(4, 6, True, LISBON)


class TestRepeat:
    """The acknowledgement was lost on the way: the client asks again and must hear the same."""

    def test_an_exact_repeat_is_accepted_again_and_writes_nothing(self, sitting: Sitting, nine: datetime) -> None:
        assert one(sitting, Save(4, PORTO, 5), nine) == Accepted(4, 5, False, PORTO)

    def test_its_base_is_not_looked_at(self, sitting: Sitting, nine: datetime) -> None:
        assert one(sitting, Save(4, PORTO, 5, base=4), nine) == Accepted(4, 5, False, PORTO)

    def test_after_the_deadline(self, sitting: Sitting, ten: datetime) -> None:
        assert one(sitting, Save(4, PORTO, 5), ten + 2 * GRACE) == Accepted(4, 5, False, PORTO)

    @pytest.mark.parametrize("state", [State.SUBMITTED, State.EXPIRED])
    def test_after_the_end(self, sitting: Sitting, nine: datetime, state: State) -> None:
        assert one(replace(sitting, state=state), Save(4, PORTO, 5), nine) == Accepted(4, 5, False, PORTO)

    def test_a_repeated_clearing(self, sitting: Sitting, nine: datetime) -> None:
        cleared = replace(sitting, stored={4: Stored(5, None)})
        assert one(cleared, Save(4, None, 5), nine) == Accepted(4, 5, False, None)


class TestInvalid:
    @pytest.mark.parametrize("slot", [0, -1, 6, 2**63])
    def test_a_slot_that_is_not_in_the_paper(self, sitting: Sitting, nine: datetime, slot: int) -> None:
        assert one(sitting, Save(slot, PORTO, 1), nine) == Refused(slot, 1, Code.INVALID, None)

    @pytest.mark.parametrize("seq", [0, -1, MAX_SEQ + 1, 2**63, -(2**63) - 1])
    def test_a_seq_out_of_range(self, sitting: Sitting, nine: datetime, seq: int) -> None:
        assert one(sitting, Save(4, PORTO, seq), nine) == Refused(4, seq, Code.INVALID, Stored(5, PORTO))

    @pytest.mark.parametrize(
        ("slot", "response"),
        [
            (1, {"choice": "a"}),
            (1, {"choice": ["a", "b"]}),
            (1, {"choices": []}),
            (1, {"choice": True}),
            (2, {"choices": "a"}),
            (2, {"choices": ["aaaaaaaaaa"] * 10_000}),
            (3, {"value": "true"}),
            (3, {"value": 1}),
            (3, {"value": None}),
            (4, "Lisbon"),
            (4, ["Lisbon"]),
            (4, {}),
            (4, {"text": 1}),
            (4, {"text": "Lisbon", "more": 1}),
            (4, {"text": "x" * 5_000_000}),
            (4, {"text": "\x00"}),
            (4, {"text": "\ud800"}),
            (5, {"number": 90}),
            (5, {"number": "NaN"}),
            (5, {"number": "1_0"}),
            (5, {"number": "²"}),
        ],
    )
    def test_a_response_of_the_wrong_shape(self, sitting: Sitting, nine: datetime, slot: int, response: object) -> None:
        decision = one(sitting, Save(slot, response, 9), nine)
        assert decision == Refused(slot, 9, Code.INVALID, sitting.stored.get(slot))

    def test_an_option_of_another_slot(self, sitting: Sitting, example: Example, nine: datetime) -> None:
        foreign = {"choice": example.option(2, "a")}
        assert one(sitting, Save(1, foreign, 1), nine) == Refused(1, 1, Code.INVALID, None)

    def test_it_is_invalid_even_when_it_is_late_or_closed(self, sitting: Sitting, ten: datetime) -> None:
        wrong = Save(4, {"text": 1}, 6)
        for state in State:
            decision = one(replace(sitting, state=state), wrong, ten + 2 * GRACE)
            assert decision == Refused(4, 6, Code.INVALID, Stored(5, PORTO), keep_late=False)


class TestClosed:
    @pytest.mark.parametrize(
        "save", [Save(4, LISBON, 6), Save(4, LISBON, 5), Save(4, LISBON, 6, base=1), Save(3, {"value": True}, 1)]
    )
    def test_after_submitting_nothing_is_taken_or_kept(self, sitting: Sitting, nine: datetime, save: Save) -> None:
        decision = one(replace(sitting, state=State.SUBMITTED), save, nine)
        assert decision == Refused(save.slot, save.seq, Code.CLOSED, sitting.stored.get(save.slot), keep_late=False)

    def test_closed_comes_before_late(self, sitting: Sitting, ten: datetime) -> None:
        decision = one(replace(sitting, state=State.SUBMITTED), Save(4, LISBON, 6), ten + 2 * GRACE)
        assert isinstance(decision, Refused)
        assert decision.code is Code.CLOSED


class TestLate:
    @pytest.mark.parametrize(
        ("offset", "code"),
        [(-MS, None), (0 * MS, None), (MS, None), (GRACE - MS, None), (GRACE, None), (GRACE + MS, "late")],
    )
    def test_the_boundary_to_the_millisecond(
        self, sitting: Sitting, ten: datetime, offset: timedelta, code: str | None
    ) -> None:
        decision = one(sitting, Save(4, LISBON, 6), ten + offset)
        assert getattr(decision, "code", None) == code

    def test_what_is_late_is_kept_and_does_not_count(self, sitting: Sitting, ten: datetime) -> None:
        decision = one(sitting, Save(4, LISBON, 6), ten + timedelta(hours=1))
        assert decision == Refused(4, 6, Code.LATE, Stored(5, PORTO), keep_late=True)

    def test_an_expired_attempt_answers_the_same_even_before_its_deadline(
        self, sitting: Sitting, nine: datetime
    ) -> None:
        decision = one(replace(sitting, state=State.EXPIRED), Save(4, LISBON, 6), nine)
        assert decision == Refused(4, 6, Code.LATE, Stored(5, PORTO), keep_late=True)

    @pytest.mark.parametrize("save", [Save(4, LISBON, 5), Save(4, LISBON, 1), Save(4, LISBON, 6, base=1)])
    def test_late_comes_before_stale_and_conflict(self, sitting: Sitting, ten: datetime, save: Save) -> None:
        decision = one(sitting, save, ten + 2 * GRACE)
        assert isinstance(decision, Refused)
        assert decision.code is Code.LATE
        assert decision.keep_late

    def test_a_late_answer_that_is_sent_again_is_not_kept_twice(self, sitting: Sitting, ten: datetime) -> None:
        known = replace(sitting, late={4: Stored(6, LISBON)})
        assert one(known, Save(4, LISBON, 6), ten + 2 * GRACE) == Refused(4, 6, Code.LATE, Stored(5, PORTO), False)
        assert one(known, Save(4, None, 6), ten + 2 * GRACE) == Refused(4, 6, Code.LATE, Stored(5, PORTO), True)


class TestStale:
    @pytest.mark.parametrize("seq", [1, 4, 5])
    def test_a_seq_that_does_not_rise_with_another_payload(self, sitting: Sitting, nine: datetime, seq: int) -> None:
        assert one(sitting, Save(4, LISBON, seq), nine) == Refused(4, seq, Code.STALE, Stored(5, PORTO))

    def test_an_older_seq_is_stale_with_the_same_payload_too(self, sitting: Sitting, nine: datetime) -> None:
        assert one(sitting, Save(4, PORTO, 4), nine) == Refused(4, 4, Code.STALE, Stored(5, PORTO))

    def test_clearing_is_another_payload(self, sitting: Sitting, nine: datetime) -> None:
        assert one(sitting, Save(4, None, 5), nine) == Refused(4, 5, Code.STALE, Stored(5, PORTO))

    def test_stale_comes_before_conflict(self, sitting: Sitting, nine: datetime) -> None:
        assert one(sitting, Save(4, LISBON, 5, base=1), nine) == Refused(4, 5, Code.STALE, Stored(5, PORTO))


class TestConflict:
    @pytest.mark.parametrize("base", [0, 4, 6, -1, 2**64])
    def test_a_base_that_is_not_what_is_stored(self, sitting: Sitting, nine: datetime, base: int) -> None:
        assert one(sitting, Save(4, LISBON, 9, base=base), nine) == Refused(4, 9, Code.CONFLICT, Stored(5, PORTO))

    def test_a_base_where_nothing_is_stored(self, sitting: Sitting, nine: datetime) -> None:
        assert one(sitting, Save(3, {"value": True}, 9, base=8), nine) == Refused(3, 9, Code.CONFLICT, None)


class TestSeveral:
    def test_each_gets_its_own_decision_in_order(self, sitting: Sitting, nine: datetime) -> None:
        saves = [Save(9, None, 1), Save(4, LISBON, 6), Save(3, {"value": True}, 1), Save(5, {"number": "x"}, 1)]
        decisions = decide(sitting, saves, nine)
        assert [getattr(decision, "code", "accepted") for decision in decisions] == [
            "invalid", "accepted", "accepted", "invalid",
        ]  # fmt: skip
        assert [(decision.slot, decision.seq) for decision in decisions] == [(save.slot, save.seq) for save in saves]

    def test_later_ones_see_the_effect_of_earlier_ones(self, sitting: Sitting, nine: datetime) -> None:
        saves = [
            Save(4, LISBON, 6, base=5),
            Save(4, LISBON, 6, base=5),
            Save(4, PORTO, 6),
            Save(4, PORTO, 7, base=5),
            Save(4, None, 7, base=6),
        ]
        assert decide(sitting, saves, nine) == [
            Accepted(4, 6, True, LISBON),
            Accepted(4, 6, False, LISBON),
            Refused(4, 6, Code.STALE, Stored(6, LISBON)),
            Refused(4, 7, Code.CONFLICT, Stored(6, LISBON)),
            Accepted(4, 7, True, None),
        ]

    def test_a_late_answer_twice_in_one_call_is_kept_once(self, sitting: Sitting, ten: datetime) -> None:
        decisions = decide(sitting, [Save(4, LISBON, 6)] * 2, ten + 2 * GRACE)
        assert [decision.keep_late for decision in decisions if isinstance(decision, Refused)] == [True, False]

    def test_a_refused_one_changes_nothing_for_the_next(self, sitting: Sitting, nine: datetime) -> None:
        _, second = decide(sitting, [Save(4, {"text": 0}, 8), Save(4, LISBON, 6, base=5)], nine)
        assert second == Accepted(4, 6, True, LISBON)

    def test_the_sitting_itself_is_not_changed(self, sitting: Sitting, nine: datetime) -> None:
        decide(sitting, [Save(4, LISBON, 6)], nine)
        assert sitting.stored == {4: Stored(5, PORTO)}

    @pytest.mark.parametrize("saves", [[], ()])
    def test_nothing_sent_is_nothing_decided(self, sitting: Sitting, nine: datetime, saves: list[Save]) -> None:
        assert decide(sitting, saves, nine) == []
