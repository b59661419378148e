"""A small paper with one question of each type, as the stories of the engine use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from examhall.attempts.engine.paper import Paper, Pick, SectionRule, compose, draw
from examhall.bank.types import type_named
from examhall.bank.types.contract import Body
from examhall.bank.types.reference import QuestionRef

QUESTIONS = {
    "single_choice": {
        "prompt": "<p>Which planet is nearest to the sun?</p>",
        "options": [
            {"key": "a", "text": "Mercury", "fraction": "1"},
            {"key": "b", "text": "Venus", "fraction": "-0.5"},
            {"key": "c", "text": "Mars", "fraction": "0"},
            {"key": "d", "text": "None of these", "fraction": "0", "pinned": True},
        ],
    },
    "multiple_choice": {
        "prompt": "<p>Which of these are prime?</p>",
        "options": [
            {"key": "a", "text": "2", "fraction": "0.5"},
            {"key": "b", "text": "3", "fraction": "0.5"},
            {"key": "c", "text": "4", "fraction": "-0.5"},
        ],
    },
    "true_false": {"prompt": "<p>Water boils at a lower temperature on a mountain.</p>", "correct": True},
    "short_text": {
        "prompt": "<p>Name the capital of Portugal.</p>",
        "answers": [{"text": "Lisbon", "fraction": "1"}, {"text": "Lis*", "fraction": "0.5"}],
    },
    "numeric": {
        "prompt": "<p>How many degrees has a right angle?</p>",
        "answers": [{"value": "90", "tolerance": "0.5", "fraction": "1"}],
    },
}
POINTS = {"single_choice": "2", "multiple_choice": "3", "true_false": "1", "short_text": "1", "numeric": "1"}


@dataclass(frozen=True)
class Example:
    """A paper of five slots, in the order of QUESTIONS, 8 points in all, and its bodies by version id."""

    paper: Paper
    bodies: Mapping[UUID, Body]

    def option(self, slot: int, key: str) -> str:
        """The opaque id of an option."""
        found = self.paper.slot(slot)
        assert found is not None
        return found.options[key]

    def all_right(self) -> dict[int, object]:
        """The answers that earn every point."""
        return {
            1: {"choice": self.option(1, "a")},
            2: {"choices": [self.option(2, "a"), self.option(2, "b")]},
            3: {"value": True},
            4: {"text": "Lisbon"},
            5: {"number": "90"},
        }


def example_paper() -> Example:
    """Composed from a fixed seed, with shuffled options."""
    refs = [QuestionRef(UUID(int=n), UUID(int=100 + n), name) for n, name in enumerate(QUESTIONS, start=1)]
    bodies = {ref.version_id: type_named(ref.type).validate(QUESTIONS[ref.type]) for ref in refs}
    rule = SectionRule(fixed=tuple(Pick(ref, Decimal(POINTS[ref.type])) for ref in refs))
    return Example(compose(draw([rule], "seed"), bodies, "seed", shuffle_options=True), bodies)
