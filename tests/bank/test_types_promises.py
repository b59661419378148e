"""What every question type promises, whatever its author wrote and its candidate answers."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from bank.examples import SECRET, Case, cases
from examhall.bank.types import TYPES, type_named
from examhall.bank.types.contract import InvalidResponse
from examhall.errors import Invalid

EMPTY: list[dict[str, Any]] = [{"choices": []}, {"text": ""}, {"text": " \n"}, {"number": ""}]
MISSHAPEN: list[Any] = [
    True, 0, 1.5, "", "z1", [], {}, [None], {"choice": None}, {"choice": 1}, {"choice": True}, {"choice": []},
    {"choice": "no such option"}, {"choice": "o1"}, {"choices": "z1"}, {"choices": [None]}, {"choices": [["z1"]]},
    {"choices": {"z1": True}}, {"choices": ["no such option"]}, {"value": 1}, {"value": 0}, {"value": "true"},
    {"value": None}, {"text": None}, {"text": 1}, {"text": ["a"]}, {"text": "a\0b"}, {"text": "a\ud800"},
    {"text": "a" * 2001}, {"number": 1}, {"number": 1.5}, {"number": None}, {"number": True}, {"number": "1" * 65},
    {"choice": "z1", "extra": 1}, {"__proto__": {}},
]  # fmt: skip


@given(cases)
def test_a_fraction_stays_within_its_bounds(case: Case) -> None:
    least, greatest = case.kind.bounds(case.body)
    fraction = case.kind.grade(case.body, case.kind.read(case.arrangement, case.response))
    assert least <= 0
    assert greatest == 1
    assert least <= fraction <= greatest


@given(cases)
def test_the_right_answer_earns_the_whole_mark_exactly(case: Case) -> None:
    assert case.kind.grade(case.body, case.kind.read(case.arrangement, case.full)) == Decimal(1)


@given(cases)
def test_what_is_revealed_as_correct_earns_the_whole_mark(case: Case) -> None:
    inner = case.kind.read(case.arrangement, case.response)
    correct = case.kind.reveal(case.body, case.arrangement, inner)["correct"]
    assert case.kind.grade(case.body, case.kind.read(case.arrangement, correct)) == Decimal(1)


@given(cases)
def test_no_answer_earns_nothing_and_costs_nothing(case: Case) -> None:
    assert case.kind.read(case.arrangement, None) is None
    assert case.kind.grade(case.body, None) == 0


@given(cases)
def test_a_presentation_never_holds_the_key(case: Case) -> None:
    shown = case.kind.present(case.body, case.arrangement)
    assert SECRET not in json.dumps(shown)
    assert shown.keys() <= {"prompt", "options", "units"}
    for option in shown.get("options", []):
        assert option.keys() == {"id", "text"}
    assert [option["id"] for option in shown.get("options", [])] == list(case.arrangement.values())


@given(cases)
def test_two_bodies_that_differ_in_their_key_only_look_the_same(case: Case) -> None:
    other = case.body.to_json()
    if "correct" in other:
        other["correct"] = not other["correct"]
    for part in [*other.get("options", []), *other.get("answers", [])]:
        part["fraction"] = "1"
        part["feedback"] = "another"
    other["feedback"] = "another"
    assert case.kind.present(case.kind.load(other), case.arrangement) == case.kind.present(case.body, case.arrangement)


@given(cases)
def test_grading_twice_gives_the_same_and_changes_nothing(case: Case) -> None:
    before = copy.deepcopy(case.body)
    inner = case.kind.read(case.arrangement, case.response)
    assert case.kind.grade(case.body, inner) == case.kind.grade(case.body, inner)
    assert case.kind.reveal(case.body, case.arrangement, inner) == case.kind.reveal(case.body, case.arrangement, inner)
    assert case.body == before


@given(cases)
def test_a_body_survives_json_and_a_second_validation(case: Case) -> None:
    stored = json.loads(json.dumps(case.body.to_json()))
    assert case.kind.load(stored) == case.body
    assert case.kind.validate(stored) == case.body


@given(cases)
def test_an_inner_response_is_json(case: Case) -> None:
    inner = case.kind.read(case.arrangement, case.response)
    assert json.loads(json.dumps(inner)) == inner


@settings(max_examples=30)
@given(cases)
def test_a_response_of_another_shape_is_refused(case: Case) -> None:
    for response in MISSHAPEN:
        with pytest.raises(InvalidResponse):
            case.kind.read(case.arrangement, response)


@settings(max_examples=30)
@given(cases)
def test_an_empty_response_counts_as_no_answer(case: Case) -> None:
    (name,) = case.full
    for response in EMPTY:
        if name in response:
            assert case.kind.read(case.arrangement, response) is None


@given(cases)
def test_feedback_is_revealed_only_when_it_was_earned(case: Case) -> None:
    nothing = case.kind.reveal(case.body, case.arrangement, None)
    assert nothing["feedback"] == []
    assert nothing["general_feedback"] == case.body.feedback


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize(
    "data", [None, True, 1, "x", [], [{}], {}, {"prompt": 1}, {"prompt": "a", "options": 3, "answers": 3}]
)
def test_what_is_no_body_is_refused_with_fields(name: str, data: object) -> None:
    with pytest.raises(Invalid) as refused:
        type_named(name).validate(data)
    assert refused.value.errors
    for error in refused.value.errors:
        assert error.message % error.params


@given(cases)
def test_a_body_takes_no_unknown_field(case: Case) -> None:
    with pytest.raises(Invalid) as refused:
        case.kind.validate(case.body.to_json() | {"__proto__": 1})
    assert [error.field for error in refused.value.errors] == ["__proto__"]


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize(
    "prompt", ["", "  ", "<p></p>", "<img src=x>", "<script>x</script>", "a\0", "a\ud800", "a" * 50_001]
)
def test_a_prompt_that_shows_nothing_or_cannot_be_kept_is_refused(name: str, prompt: str) -> None:
    with pytest.raises(Invalid) as refused:
        type_named(name).validate({"prompt": prompt})
    assert "prompt" in [error.field for error in refused.value.errors]


def test_rich_text_is_sanitised_on_the_way_in_and_not_again_from_the_store() -> None:
    kind = type_named("true_false")
    body = kind.validate({"prompt": "<p onclick=x>a</p>", "correct": True, "feedback": "<script>x</script>b"})
    assert (body.prompt, body.feedback) == ("<p>a</p>", "b")
    assert kind.load(body.to_json() | {"prompt": "<i>as it stands"}).prompt == "<i>as it stands"


def test_a_flood_of_tags_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        type_named("true_false").validate({"prompt": "a" + "<i>" * 5000, "correct": True})
    assert [error.field for error in refused.value.errors] == ["prompt"]


def test_an_unknown_type_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(Invalid) as refused:
        type_named("essay")
    (error,) = refused.value.errors
    assert error.field == "type"
    assert "single_choice, multiple_choice, true_false, short_text, numeric" in error.message % error.params
