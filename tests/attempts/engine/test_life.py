"""Any life of an attempt, made up by hypothesis: whatever happens in whatever order, the promises hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from attempts.engine.example import example_paper
from attempts.engine.hall import GRACE, Hall
from examhall.attempts.engine.grading import grade
from examhall.attempts.engine.paper import Paper
from examhall.attempts.engine.saving import Stored
from examhall.attempts.engine.states import Kind, State
from examhall.attempts.engine.steps import Step

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LIMIT = timedelta(minutes=10)
EXAMPLE = example_paper()
SLOTS = st.integers(1, 5)

FORGERIES: dict[str, Callable[[Step], Step]] = {
    "response": lambda step: replace(step, response={"text": "forged"}),
    "time": lambda step: replace(step, at=step.at - timedelta(milliseconds=1)),
    "seq": lambda step: replace(step, seq=(step.seq or 0) + 1),
    "kind": lambda step: replace(step, kind=Kind.SAVE if step.kind is Kind.LATE else Kind.LATE),
    "actor": lambda step: replace(step, actor=UUID(int=99)),
}


class Life(RuleBasedStateMachine):
    """The model is what a candidate would say was acknowledged: `acknowledged`, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NINE
        self.hall = Hall(EXAMPLE, UUID(int=7), started_at=NINE, time_limit=LIMIT)
        self.acknowledged: dict[int, object] = {}
        self.seqs: dict[int, int] = {}
        self.seen: list[Step] = []
        self.submitted = False
        self.expired = False
        self.texts = 0

    @initialize(extra=st.sampled_from([0, 1, 30_000]))
    def start(self, extra: int) -> None:
        self.hall = Hall(EXAMPLE, UUID(int=7), started_at=NINE, time_limit=LIMIT, extra=timedelta(milliseconds=extra))
        self.last_moment = NINE + LIMIT + timedelta(milliseconds=extra) + GRACE

    @rule(milliseconds=st.one_of(st.integers(0, 120_000), st.integers(-5_000, -1)))
    def time_passes_and_the_clock_may_be_set_back(self, milliseconds: int) -> None:
        self.now += timedelta(milliseconds=milliseconds)

    @rule(milliseconds=st.sampled_from([-30_001, -30_000, -1, 0, 1]))
    def the_end_comes_near(self, milliseconds: int) -> None:
        self.now = self.last_moment + timedelta(milliseconds=milliseconds)

    @rule(slot=SLOTS, step=st.integers(1, 3), data=st.data(), says_base=st.booleans())
    def the_candidate_answers(self, slot: int, step: int, data: st.DataObject, says_base: bool) -> None:
        response = data.draw(self.responses(slot))
        stored = self.seqs.get(slot, 0)
        outcome = self.hall.save(self.now, slot, response, stored + step, stored if says_base else None)
        assert outcome == self.due("accepted")
        if outcome == "accepted":
            self.acknowledged[slot] = response
            self.seqs[slot] = stored + step

    @precondition(lambda self: self.seqs)
    @rule(data=st.data())
    def the_page_repeats_what_was_acknowledged(self, data: st.DataObject) -> None:
        slot = data.draw(st.sampled_from(sorted(self.seqs)))
        written = len(self.hall.steps)
        assert self.hall.save(self.now, slot, self.acknowledged[slot], self.seqs[slot]) == "repeated"
        assert len(self.hall.steps) == written

    @precondition(lambda self: self.seqs)
    @rule(data=st.data(), back=st.integers(0, 3), says_base=st.booleans())
    def an_older_tab_saves(self, data: st.DataObject, back: int, says_base: bool) -> None:
        slot = data.draw(st.sampled_from(sorted(self.seqs)))
        seq = max(1, self.seqs[slot] - back)
        base = seq - 1 if says_base else None
        assert self.hall.save(self.now, slot, self.another(slot), seq, base) == self.due("stale")

    @rule(slot=SLOTS, off=st.sampled_from([-1, 1, 7]))
    def a_tab_that_saw_something_else_saves(self, slot: int, off: int) -> None:
        stored = self.seqs.get(slot, 0)
        assert self.hall.save(self.now, slot, self.another(slot), stored + 1, stored + off) == self.due("conflict")

    @rule(
        wrong=st.sampled_from(
            [
                (0, None, 1),
                (6, {"text": "x"}, 1),
                (4, {"choice": "x"}, 99),
                (3, {"value": 1}, 99),
                (4, {"text": "x"}, 0),
            ]
        )
    )
    def a_broken_client_saves(self, wrong: tuple[int, object, int]) -> None:
        written = len(self.hall.steps)
        assert self.hall.save(self.now, *wrong) == "invalid"
        assert len(self.hall.steps) == written

    @rule()
    def the_candidate_submits(self) -> None:
        in_time = self.now <= self.last_moment
        done = self.hall.submit(self.now)
        assert done is (in_time and not self.submitted and not self.expired)
        self.submitted = self.submitted or done
        self.expired = self.expired or not (in_time or self.submitted)

    @rule()
    def the_server_starts_again_and_reads_the_steps(self) -> None:
        saves = [step for step in self.hall.steps if step.kind is Kind.SAVE]
        self.hall.stored = {step.slot: Stored(step.seq, step.response) for step in saves}  # type: ignore[misc, arg-type]
        paper = Paper.from_json(EXAMPLE.paper.to_json())
        assert self.hall.steps[0].data == {"seed": paper.seed, "paper": paper.digest}

    @rule(data=st.data(), forgery=st.sampled_from(sorted(FORGERIES)))
    def somebody_changes_a_step_and_is_found(self, data: st.DataObject, forgery: str) -> None:
        number = data.draw(st.integers(0, len(self.hall.steps) - 1))
        whole = self.hall.steps
        self.hall.steps = [*whole[:number], FORGERIES[forgery](whole[number]), *whole[number + 1 :]]
        assert self.hall.verify() == number
        self.hall.steps = whole

    @invariant()
    def grading_sees_what_was_acknowledged_and_nothing_else(self) -> None:
        assert self.hall.answers() == self.acknowledged

    @invariant()
    def a_replay_gives_the_same_grade(self) -> None:
        assert self.hall.grading() == grade(EXAMPLE.paper, EXAMPLE.bodies, self.acknowledged)

    @invariant()
    def seq_never_falls(self) -> None:
        for slot in range(1, 6):
            seqs = [step.seq or 0 for step in self.hall.steps if step.kind is Kind.SAVE and step.slot == slot]
            assert seqs == sorted(set(seqs))
            assert seqs[-1:] == ([self.seqs[slot]] if slot in self.seqs else [])

    @invariant()
    def no_step_is_changed_or_taken_away(self) -> None:
        assert self.hall.steps[: len(self.seen)] == self.seen
        self.seen = list(self.hall.steps)
        assert self.hall.verify() is None

    @invariant()
    def an_attempt_ends_by_its_candidate_or_by_its_time_only(self) -> None:
        expected = State.SUBMITTED if self.submitted else State.EXPIRED if self.expired else State.OPEN
        assert self.hall.state is expected

    def due(self, outcome: str) -> str:
        """What a sound save hears now: `outcome` while the attempt takes answers."""
        if self.submitted:
            return "closed"
        return "late" if self.expired or self.now > self.last_moment else outcome

    def another(self, slot: int) -> object:
        """A payload that differs from what was acknowledged in the slot; a text differs from every earlier one too."""
        if slot == 4:
            self.texts += 1
            return {"text": f"another {self.texts}"}
        return None if self.acknowledged.get(slot) is not None else EXAMPLE.all_right()[slot]

    def responses(self, slot: int) -> st.SearchStrategy[object]:
        ids = list(EXAMPLE.paper.slots[slot - 1].options.values())
        sound: dict[int, st.SearchStrategy[object]] = {
            1: st.sampled_from(ids or [""]).map(lambda id_: {"choice": id_}),
            2: st.lists(st.sampled_from(ids or [""]), unique=True, min_size=1).map(lambda chosen: {"choices": chosen}),
            3: st.booleans().map(lambda value: {"value": value}),
            4: st.sampled_from(["Lisbon", "lissabon", "Porto"]).map(lambda text: {"text": text}),
            5: st.sampled_from(["90", "89.5", "-1"]).map(lambda number: {"number": number}),
        }
        return st.one_of(st.none(), sound[slot])


TestLife = Life.TestCase
#: Ten times what the profile asks of a property: here a whole life is one example.
TestLife.settings = settings(max_examples=10 * settings().max_examples, stateful_step_count=40, deadline=None)
