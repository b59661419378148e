"""Banks, questions and files as a test needs them. Build inside `hall.inside(slug)`; the factories commit."""

from __future__ import annotations

from typing import Any

import factory

from examhall.bank import operations
from examhall.bank.models import Bank, Question

PRIMES = {
    "prompt": "<p>Which of these is a prime number?</p>",
    "feedback": "A prime number has exactly two divisors.",
    "options": [
        {"text": "21", "fraction": "0", "feedback": "21 is 3 times 7."},
        {"text": "23", "fraction": "1", "feedback": "Right."},
        {"text": "None of these", "fraction": "0", "pinned": True},
    ],
}
BODIES: dict[str, dict[str, Any]] = {
    "single_choice": PRIMES,
    "multiple_choice": {
        "prompt": "Tick the even numbers.",
        "options": [
            {"text": "2", "fraction": "0.5"},
            {"text": "3", "fraction": "-0.5"},
            {"text": "4", "fraction": "0.5"},
        ],
    },
    "true_false": {"prompt": "Water boils at 100 °C at sea level.", "correct": True, "feedback_false": "It does."},
    "short_text": {
        "prompt": "What is the capital of France?",
        "answers": [{"text": "Paris", "fraction": "1"}, {"text": "Par*", "fraction": "0.5", "feedback": "Nearly."}],
    },
    "numeric": {
        "prompt": "What is pi?",
        "answers": [
            {"value": "3.14159", "tolerance": "0.001", "fraction": "1"},
            {"any": True, "fraction": "0", "feedback": "No."},
        ],
    },
}


class BankFactory(factory.Factory[Bank]):
    """A bank of its own name."""

    class Meta:
        model = Bank

    name = factory.Sequence(lambda number: f"Bank {number}")
    description = "Questions for a test."

    @classmethod
    def _create(cls, model_class: type[Bank], *args: Any, **kwargs: Any) -> Bank:
        return operations.create_bank(**kwargs)


class QuestionFactory(factory.Factory[Question]):
    """A ready question of a type, `single_choice` unless another is named; `bank_id` is needed."""

    class Meta:
        model = Question

    type = "single_choice"
    name = factory.Sequence(lambda number: f"Question {number}")
    body = factory.LazyAttribute(lambda question: BODIES[question.type])

    @classmethod
    def _create(cls, model_class: type[Question], *args: Any, **kwargs: Any) -> Question:
        return operations.create_question(**kwargs)


def gift(count: int, first: int = 1) -> str:
    """A GIFT file of `count` sound questions."""
    return "\n\n".join(
        f"// [id:q-{number}] [tag:basic]\n::Sum {number}::What is {number} + 1? {{={number + 1} ~{number}}}"
        for number in range(first, first + count)
    )
