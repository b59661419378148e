"""What a candidate may see of an attempt, and when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Show(StrEnum):
    """One thing that a review can show."""

    GRADE = "grade"
    RESPONSES = "responses"
    CORRECTNESS = "correctness"
    SOLUTIONS = "solutions"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the exam shows as soon as an attempt is finished, and what more once the exam itself has closed."""

    immediately: frozenset[Show] = frozenset()
    closed: frozenset[Show] = frozenset()


def shown(policy: Policy, finished: bool, closed: bool) -> frozenset[Show]:
    """What may be seen now: nothing while the attempt is open, and the closing takes nothing back that was shown."""
    if not finished:
        return frozenset()
    return policy.immediately | policy.closed if closed else policy.immediately
