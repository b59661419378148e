"""What every question type promises, whatever its author wrote and its candidate answers."""

from __future__ import annotations

import copy
import json
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank.examples import EXAMPLES, SECRET, Case, cases
from examhall.bank.types import TYPES, type_named
from examhall.bank.types.contract import InvalidResponse
from examhall.errors import Invalid

EMPTY: list[dict[str, Any]] = [
    {"text": ""}, {"text": " \n"}, {"number": ""}, {"rows": {}}, {"matches": {}}, {"files": []}, {"regions": []},
    {"gaps": {}}, {"gaps": {"1": None}}, {"number": "", "unit": "m"},
]  # fmt: skip
MISSHAPEN: list[Any] = [
    True, 0, 1.5, "", "z1", [], {}, [None], {"choice": None}, {"choice": 1}, {"choice": True}, {"choice": []},
    {"choice": "no such option"}, {"choice": "o1"}, {"choices": "z1"}, {"choices": [None]}, {"choices": [["z1"]]},
    {"choices": {"z1": True}}, {"choices": ["no such option"]}, {"value": 1}, {"value": 0}, {"value": "true"},
    {"value": None}, {"text": None}, {"text": 1}, {"text": ["a"]}, {"text": "a\0b"}, {"text": "a\ud800"},
    {"text": "a" * 100_001}, {"number": 1}, {"number": 1.5}, {"number": None}, {"number": True}, {"number": "1" * 65},
    {"choice": "z1", "extra": 1}, {"__proto__": {}}, {"rows": None}, {"rows": []}, {"rows": {"z1": 1}},
    {"rows": {"no such row": True}}, {"rows": {"r1": True}}, {"matches": None}, {"matches": []},
    {"matches": {"z1": None}}, {"matches": {"z1": "no such choice"}}, {"matches": {"s1": "c1"}}, {"order": None},
    {"order": []}, {"order": ["z1"]}, {"order": ["i1", "i2"]}, {"order": [None, None]}, {"files": None},
    {"files": "0" * 32}, {"files": ["../x"]}, {"files": ["0" * 32] * 2}, {"files": [None]}, {"files": [["0" * 32]]},
    {"files": [f"{number:032x}" for number in range(11)]}, {"regions": None}, {"regions": "z1"}, {"regions": [None]},
    {"regions": ["r1"]}, {"regions": ["no such region"]}, {"gaps": None}, {"gaps": []}, {"gaps": {"0": {"text": "a"}}},
]  # fmt: skip
#: Names of what makes up a key: no candidate may see one before the release.
KEY_NAMES = {
    "answers", "choice", "correct", "feedback", "fraction", "formula", "hints", "key", "marking_notes",
    "partial_feedback", "pinned", "right_feedback", "scheme", "tolerance", "unticked", "value", "variants", "weight",
    "wrong_feedback",
}  # fmt: skip

thorough = settings(max_examples=150)  # some ten bodies of each type


def names_in(value: Any) -> set[str]:
    """Every name in a JSON value, at any depth."""
    if isinstance(value, dict):
        return set(value).union(*map(names_in, value.values()))
    return set().union(*map(names_in, value)) if isinstance(value, list) else set()


def ids_in(value: Any) -> list[str]:
    """Every opaque id in a presentation, in its order."""
    if isinstance(value, dict):
        return ([value["id"]] if "id" in value else []) + [found for part in value.values() for found in ids_in(part)]
    return [found for part in value for found in ids_in(part)] if isinstance(value, list) else []


def test_every_type_has_examples() -> None:
    """Whoever adds a type adds bodies of it, so that it keeps the promises below."""
    assert EXAMPLES.keys() == TYPES.keys()


@thorough
@given(cases)
def test_a_fraction_stays_within_its_bounds(case: Case) -> None:
    least, greatest = case.kind.bounds(case.body)
    assert least <= 0
    assert greatest == (1 if case.kind.answerable else 0)
    inner = case.kind.read(case.arrangement, case.response)
    fraction = case.kind.grade(case.body, inner)
    if case.kind.needs_marker and inner is not None:
        assert fraction is None, "only a person can tell"
    else:
        assert fraction is not None
        assert least <= fraction <= greatest


@thorough
@given(cases)
def test_the_right_answer_earns_the_whole_mark_exactly(case: Case) -> None:
    if case.full is not None:
        assert case.kind.grade(case.body, case.kind.read(case.arrangement, case.full)) == Decimal(1)


@thorough
@given(cases)
def test_a_full_answer_is_given_wherever_there_is_one(case: Case) -> None:
    full = case.kind.full(case.body)
    assert (full is None) is (case.full is None)
    if full is not None:
        assert case.kind.grade(case.body, full) == Decimal(1)
        assert json.loads(json.dumps(full)) == full


@thorough
@given(cases)
def test_what_is_revealed_as_correct_earns_the_whole_mark(case: Case) -> None:
    inner = case.kind.read(case.arrangement, case.response)
    correct = case.kind.reveal(case.body, case.arrangement, inner)["correct"]
    assert (correct is None) is (case.full is None)
    if correct is not None:
        assert case.kind.grade(case.body, case.kind.read(case.arrangement, correct)) == Decimal(1)


@given(cases)
def test_no_answer_earns_nothing_and_costs_nothing(case: Case) -> None:
    assert case.kind.read(case.arrangement, None) is None
    assert case.kind.grade(case.body, None) == 0


@given(cases)
def test_blind_guessing_earns_something_between_the_bounds(case: Case) -> None:
    least, greatest = case.kind.bounds(case.body)
    guess = case.kind.guess(case.body)
    assert guess is None or least <= guess <= greatest


@thorough
@given(cases)
def test_a_presentation_never_holds_the_key(case: Case) -> None:
    shown = case.kind.present(case.body, case.arrangement)
    assert SECRET not in json.dumps(shown)
    assert not names_in(shown) & KEY_NAMES
    ids = ids_in(shown)
    assert ids == [shown for shown in case.arrangement.values() if shown in ids], "the order is the frozen one"


@thorough
@given(cases)
def test_two_bodies_that_differ_in_their_key_only_look_the_same(case: Case) -> None:
    assert case.kind.present(case.twin, case.arrangement) == case.kind.present(case.body, case.arrangement)


@thorough
@given(cases, st.integers(0, 99), st.booleans())
def test_chance_knows_nothing_of_the_key(case: Case, seed: int, shuffle: bool) -> None:
    orders = [case.kind.arrange(body, random.Random(seed), shuffle) for body in (case.body, case.twin)]
    assert orders[0] == orders[1]


@given(cases)
def test_grading_twice_gives_the_same_and_changes_nothing(case: Case) -> None:
    before = copy.deepcopy(case.body)
    inner = case.kind.read(case.arrangement, case.response)
    assert case.kind.grade(case.body, inner) == case.kind.grade(case.body, inner)
    assert case.kind.reveal(case.body, case.arrangement, inner) == case.kind.reveal(case.body, case.arrangement, inner)
    assert case.body == before


@thorough
@given(cases)
def test_a_body_survives_json_and_a_second_validation(case: Case) -> None:
    stored = json.loads(json.dumps(case.body.to_json()))
    assert case.kind.load(stored) == case.body
    assert case.kind.validate(stored) == case.body


@given(cases)
def test_an_inner_response_is_json(case: Case) -> None:
    inner = case.kind.read(case.arrangement, case.response)
    assert json.loads(json.dumps(inner)) == inner


@given(cases)
def test_what_is_presented_and_revealed_is_json(case: Case) -> None:
    shown = case.kind.present(case.body, case.arrangement)
    told = case.kind.reveal(case.body, case.arrangement, case.kind.read(case.arrangement, case.response))
    assert json.loads(json.dumps([shown, told])) == [shown, told]


@given(cases)
def test_an_answer_can_still_be_graded_after_the_key_was_mended(case: Case) -> None:
    inner = case.kind.read(case.arrangement, case.response)
    least, greatest = case.kind.bounds(case.twin)
    fraction = case.kind.grade(case.twin, inner)
    assert fraction is None or least <= fraction <= greatest


@settings(max_examples=60)
@given(cases)
def test_a_response_of_another_shape_is_refused(case: Case) -> None:
    for response in MISSHAPEN:
        with pytest.raises(InvalidResponse) as refused:
            case.kind.read(case.arrangement, response)
        assert str(refused.value)


@settings(max_examples=60)
@given(cases)
def test_an_empty_response_counts_as_no_answer(case: Case) -> None:
    for response in EMPTY:
        if case.response and response.keys() == case.response.keys():
            assert case.kind.read(case.arrangement, response) is None


@given(cases)
def test_feedback_is_revealed_only_when_it_was_earned(case: Case) -> None:
    nothing = case.kind.reveal(case.body, case.arrangement, None)
    assert nothing["feedback"] == []
    assert nothing["general_feedback"] == case.body.feedback


@given(cases)
def test_feedback_by_outcome_is_never_mixed_into_a_type_s_own(case: Case) -> None:
    body = case.body.model_copy(
        update={"right_feedback": "R!", "partial_feedback": "P!", "wrong_feedback": "W!", "hints": ("H!",)}
    )
    inner = case.kind.read(case.arrangement, case.response)
    assert not {"R!", "P!", "W!", "H!"} & set(case.kind.reveal(body, case.arrangement, inner)["feedback"])
    outcomes = [case.kind.outcome_feedback(body, {}, Decimal(fraction)) for fraction in ("1", "0.5", "0", "-1")]
    assert outcomes == ["R!", "P!", "W!", "W!"]


@given(cases)
def test_media_are_found_wherever_a_body_shows_them(case: Case) -> None:
    digest = "0" * 63 + "9"
    picture = f'<img src="media:{digest}" alt="A map">'
    shown = case.kind.load(case.body.to_json() | {"prompt": picture})
    told = case.kind.load(case.body.to_json() | {"feedback": picture})
    assert case.kind.media(shown) == case.kind.media(told) == case.kind.media(case.body) | {digest}


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
        type_named("drawing")
    (error,) = refused.value.errors
    assert error.field == "type"
    assert "single_choice, multiple_choice, true_false, kprim, short_text, numeric" in error.message % error.params
