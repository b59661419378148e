"""True or false, rule by rule (reference semantics §2.2)."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from examhall.bank.types.true_false import TrueFalse
from examhall.errors import Invalid

KIND = TrueFalse()
BODY = KIND.validate(
    {
        "prompt": "Water boils at 100 °C everywhere.",
        "correct": False,
        "feedback_true": "Not on Everest.",
        "feedback": "p",
    }
)


def test_the_right_verdict_is_all_and_the_wrong_one_nothing() -> None:
    assert KIND.grade(BODY, False) == 1
    assert KIND.grade(BODY, True) == 0


def test_it_has_no_options() -> None:
    assert KIND.arrange(BODY, random.Random(1), True) == []
    assert KIND.present(BODY, {}) == {"prompt": "Water boils at 100 °C everywhere."}


def test_either_verdict_has_its_feedback() -> None:
    assert KIND.reveal(BODY, {}, True) == {
        "correct": {"value": False},
        "feedback": ["Not on Everest."],
        "general_feedback": "p",
    }
    assert KIND.reveal(BODY, {}, False)["feedback"] == []


@pytest.mark.parametrize("correct", [1, 0, "true", "false", None, []])
def test_the_key_is_true_or_false_and_nothing_like_it(correct: object) -> None:
    with pytest.raises(Invalid) as refused:
        KIND.validate({"prompt": "So?", "correct": correct})
    assert [error.field for error in refused.value.errors] == ["correct"]


def test_guessing_is_right_every_other_time() -> None:
    assert KIND.guess(BODY) == Decimal("0.5")
    assert KIND.full(BODY) is False
