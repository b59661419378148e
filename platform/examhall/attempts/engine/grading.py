"""What the answers are worth. Grading is a replay of the steps, so a regrade is a replay with other bodies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from examhall.attempts.engine.paper import Paper, Slot
from examhall.attempts.engine.states import Kind
from examhall.attempts.engine.steps import Step
from examhall.bank.types import type_named
from examhall.bank.types.contract import Body

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class SlotMark:
    """The worth of one slot: fraction of the response (below 0 for a penalty), and mark = fraction x points.

    Both are None while the response waits for a marker.
    """

    slot: int
    fraction: Decimal | None
    mark: Decimal | None
    answered: bool


@dataclass(frozen=True, slots=True)
class Grading:
    """The worth of an attempt. `points` is the sum of the marks, not below 0; `percent` has two places.

    While responses wait for a marker (`pending` of them) both are what the others are worth, and not final.
    """

    marks: tuple[SlotMark, ...]
    points: Decimal
    max_points: Decimal
    percent: Decimal
    pending: int = 0


def replay(steps: Iterable[Step]) -> dict[int, object]:
    """The last accepted response of each slot; None where it was cleared. Late steps never count."""
    return {step.slot: step.response for step in steps if step.kind is Kind.SAVE and step.slot is not None}


def grade(paper: Paper, bodies: Mapping[UUID, Body], answers: Mapping[int, object]) -> Grading:
    """Grade the answers (slot number -> response as it was sent) with the bodies (by version id).

    A slot without an answer is worth 0, never a penalty. A paper without points gives 0 percent.
    """
    marks = tuple(_mark(slot, bodies[slot.version_id], answers.get(slot.number)) for slot in paper.slots)
    points = max(sum((mark.mark for mark in marks if mark.mark is not None), Decimal(0)), Decimal(0))
    share = points / paper.max_points if paper.max_points else Decimal(0)
    pending = sum(mark.mark is None for mark in marks)
    return Grading(marks, points, paper.max_points, (share * 100).quantize(_HUNDREDTH, ROUND_HALF_UP), pending)


def passed(graded: Grading, pass_mark: Decimal | None) -> bool | None:
    """Whether the percent reaches the pass mark (in percent, inclusive); None where the exam has none.

    None, too, as long as anything waits for a marker. The rounded percent decides, because it is the one that people
    see: nobody fails with the pass mark in hand.
    """
    return None if pass_mark is None or graded.pending else graded.percent >= pass_mark


def _mark(slot: Slot, body: Body, response: object) -> SlotMark:
    kind = type_named(slot.type)
    inner = None if response is None else kind.read(slot.options, response)
    fraction = kind.grade(body, inner)
    mark = None if fraction is None else fraction * slot.points
    return SlotMark(slot.number, fraction, mark, inner is not None)
