"""What is written as GIFT, read again, is the same; what GIFT can't say is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank.examples import EXAMPLES, Case
from examhall.bank.formats import Item, Medium
from examhall.bank.formats.gift import export, parse
from examhall.bank.types import type_named

LINES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30)
TEXTS = st.text("a \n\\:#={}~%->*[]/$", min_size=1, max_size=20).filter(lambda text: text.strip(" \n"))


def item(kind: str, data: dict[str, Any], **about: Any) -> Item:
    return Item(1, about.pop("name", "Name"), kind, type_named(kind).validate(data).to_json(), **about)


def again(*items: Item) -> list[Item]:
    written = export(items, {}, "Bank").data
    found = parse(written)
    assert found.errors == [] or not written
    return found.questions


def losses(question: Item) -> list[str]:
    return [loss.text % loss.params for loss in export([question], {}, "Bank").losses]


def sayable(kind: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """What GIFT can say of a body, without the keys of its parts; None where it can't say it at all."""
    said = {"prompt": body["prompt"], "feedback": "" if kind == "description" else body["feedback"]}
    reduced = _REDUCED[kind](body)
    return None if reduced is None else said | reduced


def _single(body: dict[str, Any]) -> dict[str, Any] | None:
    if all(option["fraction"] == "1" for option in body["options"]):
        return None
    return {"options": [[option[name] for name in ("text", "fraction", "feedback")] for option in body["options"]]}


def _multiple(body: dict[str, Any]) -> dict[str, Any]:
    by_worth = [option["fraction"] if body["scheme"] == "sum" else "" for option in body["options"]]
    options = zip(body["options"], by_worth, strict=True)
    return {"options": [[option["text"], option["feedback"], fraction] for option, fraction in options]}


def _short(body: dict[str, Any]) -> dict[str, Any]:
    answers = [answer for answer in body["answers"] if not answer["pattern"]]
    return {"answers": [[answer[name] for name in ("text", "fraction", "feedback")] for answer in answers]}


def _numeric(body: dict[str, Any]) -> dict[str, Any]:
    names = ("any", "value", "tolerance", "low", "high", "fraction", "feedback")
    return {
        "answers": [
            [answer[name] for name in names] if answer["tolerance_type"] in ("nominal", "range") else answer["fraction"]
            for answer in body["answers"]
        ]
    }


def _matching(body: dict[str, Any]) -> dict[str, Any]:
    texts = {choice["key"]: choice["text"] for choice in body["choices"]}
    return {
        "pairs": [[stem["text"], texts[stem["choice"]]] for stem in body["stems"]],
        "choices": sorted(texts.values()),
    }


def _verdict(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in ("correct", "feedback_true", "feedback_false")}


_REDUCED: dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {
    "single_choice": _single,
    "multiple_choice": _multiple,
    "true_false": _verdict,
    "short_text": _short,
    "numeric": _numeric,
    "matching": _matching,
    "essay": lambda _: {},
    "description": lambda _: {},
}


class TestThereAndBack:
    @pytest.mark.parametrize("kind", sorted(EXAMPLES))
    def test_what_can_be_said_comes_back_the_same(self, kind: str) -> None:
        @given(EXAMPLES[kind])
        def check(case: Case) -> None:
            body = case.body.to_json()
            found = again(Item(1, "Name", kind, body))
            expected = sayable(kind, body) if kind in _REDUCED else None
            if expected is None:
                assert found == []
                assert "is left out" in losses(Item(1, "Name", kind, body))[0]
                return
            (question,) = found
            if kind == "numeric":  # an interval that is written as a range reads as one
                ranges = [answer["tolerance_type"] in ("nominal", "range") for answer in body["answers"]]
                question.body["answers"] = [
                    answer if as_it_was else answer | {"tolerance_type": "relative"}
                    for answer, as_it_was in zip(question.body["answers"], ranges, strict=True)
                ]
            if kind == "multiple_choice" and body["scheme"] != "sum":
                question.body["scheme"] = body["scheme"]
            assert (question.type, sayable(kind, question.body)) == (kind, expected)

        check()

    @given(TEXTS, TEXTS, TEXTS)
    def test_signs_of_the_syntax_are_escaped_in_every_text(self, prompt: str, right: str, feedback: str) -> None:
        options = [
            {"text": f"={right}", "fraction": "1", "feedback": f"##{feedback}"},
            {"text": "b->c", "fraction": "-0.3333333"},
        ]
        question = item("single_choice", {"prompt": prompt, "options": options, "feedback": feedback})
        assert [found.body for found in again(question, question)] == [question.body] * 2

    @given(TEXTS.filter(lambda text: "->" not in text))
    def test_an_answer_to_write_keeps_its_signs(self, text: str) -> None:
        question = item("short_text", {"prompt": "a", "answers": [{"text": text.strip(" \n"), "fraction": "1"}]})
        assert again(question)[0].body == question.body

    @pytest.mark.parametrize("text", ["[html]a", "%50%", "T", "TRUE", "#1", "//", "*", r"\*", r"a\nb", "$CATEGORY: a"])
    def test_an_answer_that_looks_like_syntax_is_an_answer(self, text: str) -> None:
        question = item("short_text", {"prompt": "a", "answers": [{"text": text, "fraction": "1"}]})
        assert again(question)[0].body == question.body

    @pytest.mark.parametrize(
        "text", ["[html]a", "%50%a", "[plain]", r"\(\frac{1}{2}\neq x\)", "a<br>\nb", "// a", "::"]
    )
    def test_a_text_that_looks_like_syntax_is_a_text(self, text: str) -> None:
        options = [{"text": text, "fraction": "1"}, {"text": "b", "fraction": "0", "feedback": text}]
        question = item("single_choice", {"prompt": text, "options": options, "feedback": text})
        assert again(question)[0].body == question.body

    @given(st.lists(st.tuples(LINES, LINES), max_size=4))
    def test_names_and_categories_come_back(self, pairs: list[tuple[str, str]]) -> None:
        data = {"prompt": "So?", "correct": True}
        items = [item("true_false", data, name=name, category=path.strip("/")) for name, path in pairs]
        items = [one for one in items if "//" not in one.category]
        found = again(*items)
        assert [(one.name, one.category) for one in found] == [(one.name, one.category) for one in items]

    def test_the_id_and_tags_come_back(self) -> None:
        question = item("essay", {"prompt": "Why?"}, external_id="q]1", tags=["a b", "c:d"])
        (found,) = again(question)
        assert (found.external_id, found.tags) == ("q]1", ["a b", "c:d"])

    def test_a_question_after_a_category_without_one_stands_outside_it_again(self) -> None:
        data = {"prompt": "Why?"}
        found = again(item("essay", data, category="a/b"), item("essay", data), item("essay", data, category="c"))
        assert [one.category for one in found] == ["a/b", "", "c"]


class TestLosses:
    def test_what_is_as_usual_loses_nothing(self) -> None:
        data = {"prompt": "Which?", "options": [{"text": "a", "fraction": "1"}, {"text": "b", "fraction": "0"}]}
        assert losses(item("single_choice", data, category="a", tags=["b"], external_id="c")) == []

    def test_what_no_gift_says_is_told(self) -> None:
        options = [{"text": "a", "fraction": "1", "pinned": True}, {"text": "b", "fraction": "0"}]
        data = {"prompt": "Which?", "options": options, "shuffle": False, "hints": ["h"], "right_feedback": "r"}
        question = item("single_choice", data, difficulty="hard", language="en")
        assert len(losses(question)) == 6

    def test_a_scheme_is_told_and_right_options_share_the_mark(self) -> None:
        options = [{"text": text, "fraction": fraction} for text, fraction in (("a", "1"), ("b", "1"), ("c", "-1"))]
        question = item("multiple_choice", {"prompt": "Which?", "options": options, "scheme": "all_or_nothing"})
        assert losses(question) == ["The marking scheme can't be said in GIFT and is left out."]
        assert [option["fraction"] for option in again(question)[0].body["options"]] == ["0.5", "0.5", "0"]

    @pytest.mark.parametrize(
        ("answer", "low", "high"),
        [
            ({"value": "200", "tolerance": "0.01", "tolerance_type": "relative"}, "198", "202"),
            ({"value": "10", "tolerance": "0.25", "tolerance_type": "geometric"}, "8", "12.5"),
            ({"value": "2", "digits": 1, "tolerance_type": "significant"}, "1.5", "2.5"),
            ({"value": "150", "tolerance": "10", "unit": "cm"}, "1.4", "1.6"),
        ],
    )
    def test_other_tolerances_become_ranges_in_the_first_unit(
        self, answer: dict[str, Any], low: str, high: str
    ) -> None:
        units = {"units": [{"name": "m"}, {"name": "cm", "multiplier": "100"}], "unit_use": "optional"}
        question = item("numeric", {"prompt": "How much?", "answers": [answer | {"fraction": "1"}], **units})
        (found,) = again(question)[0].body["answers"]
        assert (found["low"], found["high"]) == (low, high)
        assert "The units can't be said in GIFT and is left out." in losses(question)

    def test_a_picture_leaves_its_description(self) -> None:
        picture = f'<img src="media:{"a" * 64}" alt="A &lt; B">'
        question = item("essay", {"prompt": f"Explain {picture}."})
        written = export([question], {"a" * 64: Medium("a.png", "image/png", b"")}, "Bank")
        assert [loss.params["what"] for loss in written.losses] == ["A picture, sound or film"]
        assert again(question)[0].body["prompt"] == "Explain A &lt; B."

    def test_labels_that_can_not_be_said_are_told(self) -> None:
        question = item("essay", {"prompt": "Why?"}, external_id="a[b", tags=["c\\", "d"])
        assert (again(question)[0].tags, len(losses(question))) == (["d"], 2)
