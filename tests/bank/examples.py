"""Bodies and responses of every type, at random, for the promises that all types keep."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from examhall.bank.types import type_named
from examhall.bank.types.contract import Body, QuestionType, as_text

SECRET = "SECRET"
"""Stands in every feedback and in nothing else, so that a leak is easy to see."""

words = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=8)
feedbacks = st.sampled_from(["", f"<p>{SECRET}</p>"])
parts = st.sampled_from(["0", "0.25", "0.5", "0.3333333"])


@dataclass(frozen=True)
class Case:
    """A body, how one candidate sees its options, a response from outside and one that earns the whole mark."""

    kind: QuestionType
    body: Body
    arrangement: dict[str, str]
    response: dict[str, Any]
    full: dict[str, Any]


def _options(draw: st.DrawFn, fractions: list[str]) -> list[dict[str, Any]]:
    texts = draw(st.lists(words, min_size=len(fractions), max_size=len(fractions), unique=True))
    return [
        {"text": text, "fraction": fraction, "feedback": draw(feedbacks), "pinned": draw(st.booleans())}
        for text, fraction in zip(texts, fractions, strict=True)
    ]


def _arranged(draw: st.DrawFn, kind: QuestionType, body: Body) -> dict[str, str]:
    keys = kind.arrange(body, draw(st.randoms(use_true_random=False)), draw(st.booleans()))
    ids = draw(st.lists(st.integers(0, 10**9), min_size=len(keys), max_size=len(keys), unique=True))
    return {key: f"z{number}" for key, number in zip(keys, ids, strict=True)}


@st.composite
def single_choices(draw: st.DrawFn) -> Case:
    kind = type_named("single_choice")
    others = draw(st.lists(st.sampled_from(["1", "0", "0.5", "-0.25", "-1"]), min_size=1, max_size=6))
    fractions = draw(st.permutations(["1", *others]))
    data = {"prompt": "Which?", "feedback": f"{SECRET}", "options": _options(draw, fractions)}
    body = kind.validate(data | {"shuffle": draw(st.booleans())})
    arrangement = _arranged(draw, kind, body)
    right = next(option.key for option in body.options if option.fraction == 1)
    response = {"choice": draw(st.sampled_from(sorted(arrangement.values())))}
    return Case(kind, body, arrangement, response, {"choice": arrangement[right]})


@st.composite
def multiple_choices(draw: st.DrawFn) -> Case:
    kind = type_named("multiple_choice")
    right = draw(
        st.sampled_from([["1"], ["0.5", "0.5"], ["0.3333333"] * 3, ["0.1428571"] * 7, ["0.7", "0.3"], ["0.333"] * 3])
    )
    wrong = draw(st.lists(st.sampled_from(["0", "-0.5", "-1", "-0.3333333"]), min_size=1, max_size=4))
    data = {"prompt": "Which?", "options": _options(draw, draw(st.permutations(right + wrong)))}
    body = kind.validate(data)
    arrangement = _arranged(draw, kind, body)
    shown = sorted(arrangement.values())
    ticked = draw(st.lists(st.sampled_from(shown), unique=True))
    full = [arrangement[option.key] for option in body.options if option.fraction > 0]
    return Case(kind, body, arrangement, {"choices": ticked}, {"choices": full})


@st.composite
def true_falses(draw: st.DrawFn) -> Case:
    kind = type_named("true_false")
    correct = draw(st.booleans())
    data = {"prompt": "So?", "correct": correct, "feedback_true": draw(feedbacks), "feedback_false": draw(feedbacks)}
    return Case(kind, kind.validate(data), {}, {"value": draw(st.booleans())}, {"value": correct})


@st.composite
def short_texts(draw: st.DrawFn) -> Case:
    kind = type_named("short_text")
    texts = draw(st.lists(words, min_size=1, max_size=4, unique_by=lambda text: text.casefold()))
    answers = [{"text": text, "fraction": draw(parts), "feedback": draw(feedbacks)} for text in texts]
    answers[0]["fraction"] = "1"
    data = {"prompt": "What?", "answers": answers, "case_sensitive": draw(st.booleans())}
    response = {"text": draw(st.sampled_from(texts) | st.text(st.characters(codec="utf-8", exclude_characters="\0")))}
    return Case(kind, kind.validate(data), {}, response, {"text": texts[0]})


@st.composite
def numerics(draw: st.DrawFn) -> Case:
    kind = type_named("numeric")
    values = draw(st.lists(st.integers(-1000, 1000), min_size=1, max_size=4, unique=True))
    answers: list[dict[str, Any]] = [
        {
            "value": as_text(Decimal(value * 10).scaleb(-1)),
            "tolerance": draw(st.sampled_from(["0", "0.01", "0.4"])),
            "tolerance_type": draw(st.sampled_from(["nominal", "geometric"])) if abs(value) < 2 else "nominal",
            "fraction": draw(parts),
            "feedback": draw(feedbacks),
        }
        for value in values
    ]
    answers[0]["fraction"] = "1"
    if draw(st.booleans()):
        answers.append({"any": True, "fraction": "0", "feedback": draw(feedbacks)})
    number = draw(st.decimals(-2000, 2000, places=2)) if draw(st.booleans()) else Decimal(draw(st.sampled_from(values)))
    body = kind.validate({"prompt": "How much?", "answers": answers})
    return Case(kind, body, {}, {"number": as_text(number)}, {"number": str(values[0])})


cases = single_choices() | multiple_choices() | true_falses() | short_texts() | numerics()
