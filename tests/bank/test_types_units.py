"""Units of numbers, rule by rule (reference semantics §2.2): multipliers, what is asked for, what a wrong one costs."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examhall.bank.types.contract import InvalidResponse
from examhall.bank.types.numeric import Numeric, NumericBody
from examhall.errors import Invalid

KIND = Numeric()


def measured(unit_use: str = "optional", *answers: dict[str, Any], **more: Any) -> NumericBody:
    units = [{"name": "W"}, {"name": "kW", "multiplier": "0.001"}, {"name": "mW", "multiplier": "1000"}]
    found = answers or ({"value": "5500", "tolerance": "10", "fraction": "1"},)
    about = {"units": units, "unit_use": unit_use, "answers": list(found)}
    return KIND.validate({"prompt": "Power?", **about, **more})


def worth(number: str, unit: str, body: NumericBody) -> Decimal:
    return KIND.grade(body, KIND.read({}, {"number": number, "unit": unit}))


class TestUnits:
    def test_a_multiplier_makes_the_right_number_another(self) -> None:
        body = measured()
        assert [worth(number, "kW", body) for number in ("5.5", "5.51", "5.511", "5.49")] == [1, 1, 0, 1]
        assert worth("5500000", "mW", body) == 1

    def test_a_unit_is_known_by_its_letters_whatever_their_spacing(self) -> None:
        units = [{"name": "µm"}, {"name": "m / s", "multiplier": "2"}, {"name": "m²", "multiplier": "3"}]
        body = measured("required", {"value": "1", "fraction": "1"}, units=units)
        assert [worth("1", unit, body) for unit in ("μm", " µm ", "µ m")] == [1, 1, 1]
        assert [worth("2", "m/s", body), worth("3", "m2", body)] == [1, 1]

    def test_case_tells_units_apart(self) -> None:
        assert worth("5500", "w", measured("required")) == Decimal("0.9")

    def test_a_unit_may_be_left_out_where_it_is_optional(self) -> None:
        body = measured("optional")
        assert [worth("5500", "", body), worth("5500", "W", body), KIND.grade(body, "5500")] == [1, 1, 1]

    def test_a_unit_left_out_where_it_is_required_costs_the_penalty(self) -> None:
        assert worth("5500", "", measured("required")) == Decimal("0.9")
        assert worth("5500", "", measured("required", unit_penalty="0.25")) == Decimal("0.75")

    @pytest.mark.parametrize("unit_use", ["optional", "required"])
    def test_a_wrong_unit_beside_the_right_number_costs_the_penalty(self, unit_use: str) -> None:
        body = measured(unit_use)
        assert [worth("5500", unit, body) for unit in ("kW", "horses")] == [Decimal("0.9")] * 2
        assert [worth("7", unit, body) for unit in ("W", "horses", "")] == [0, 0, 0]

    @pytest.mark.parametrize(
        ("penalty", "of", "left"),
        [("0.5", "mark", "0.2"), ("0.3", "max", "0.1"), ("0.5", "max", "0"), ("1", "mark", "0")],
    )
    def test_the_penalty_is_a_share_of_what_was_earned_or_of_the_whole_mark(
        self, penalty: str, of: str, left: str
    ) -> None:
        half = {"value": "10", "fraction": "0.4"}
        body = measured("required", {"value": "7", "fraction": "1"}, half, unit_penalty=penalty, unit_penalty_of=of)
        assert worth("10", "", body) == Decimal(left), "and never below nothing"

    def test_units_mean_nothing_where_none_is_asked_for(self) -> None:
        body = measured("none")
        assert worth("5500", "kW", body) == 1
        assert KIND.present(body, {})["units"] is None

    def test_an_answer_may_be_in_another_unit_than_the_first(self) -> None:
        body = measured("required", {"value": "5.5", "tolerance": "0.1", "unit": "kW", "fraction": "1"})
        assert [worth("5600", "W", body), worth("5.4", "kW", body), worth("5601", "W", body)] == [1, 1, 0]
        assert KIND.reveal(body, {}, None)["correct"] == {"number": "5.5", "unit": "kW"}

    def test_an_answer_in_inches_keeps_its_significant_digits(self) -> None:
        units = [{"name": "cm"}, {"name": "in", "multiplier": "0.393700787401574803"}]
        answer = {"value": "31.75", "digits": 3, "tolerance_type": "significant", "fraction": "1"}
        body = measured("required", answer, units=units)
        assert [worth("12.5", "in", body), worth("12.4", "in", body), worth("31.8", "cm", body)] == [1, 0, 1]

    def test_the_right_answer_carries_a_unit_where_one_is_asked_for(self) -> None:
        assert KIND.reveal(measured(), {}, None)["correct"] == {"number": "5500", "unit": "W"}
        assert KIND.reveal(measured("none"), {}, None)["correct"] == {"number": "5500"}
        assert KIND.grade(measured("required"), KIND.full(measured("required"))) == 1

    def test_the_names_are_told_only_where_one_is_to_be_chosen(self) -> None:
        free = {"input": "text", "required": True, "left": False}
        assert KIND.present(measured("required"), {})["units"] == free
        chosen = measured("optional", unit_input="choice", units_left=True)
        assert KIND.present(chosen, {})["units"] == {
            "input": "choice", "required": False, "left": True, "names": ["W", "kW", "mW"],
        }  # fmt: skip

    def test_a_unit_is_asked_for_in_one_of_three_ways(self) -> None:
        with pytest.raises(Invalid) as refused:
            measured("sometimes")
        assert [error.field for error in refused.value.errors] == ["unit_use"]

    @pytest.mark.parametrize("unit", [None, 5, "x" * 41, "a\0", ["W"]])
    def test_a_unit_is_a_short_text(self, unit: object) -> None:
        with pytest.raises(InvalidResponse):
            KIND.read({}, {"number": "1", "unit": unit})

    def test_a_unit_without_number_is_no_answer(self) -> None:
        assert KIND.read({}, {"number": "", "unit": "W"}) is None
        with pytest.raises(InvalidResponse):
            KIND.read({}, {"unit": "W"})

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"units": []}, "units"),
            ({"units": [{"name": "W", "multiplier": "2"}]}, "units.0.multiplier"),
            ({"units": [{"name": "m2"}, {"name": "m²", "multiplier": "2"}]}, "units.1.name"),
            ({"units": [{"name": " "}]}, "units.0.name"),
            ({"units": [{"name": "W"}, {"name": "V", "multiplier": "0"}]}, "units.1.multiplier"),
            ({"unit_penalty": "1.5"}, "unit_penalty"),
            ({"unit_penalty": "-0.1"}, "unit_penalty"),
            ({"answers": [{"value": "1", "unit": "V", "fraction": "1"}]}, "answers.0.unit"),
        ],
    )
    def test_units_that_cannot_work_are_refused(self, more: dict[str, Any], field: str) -> None:
        with pytest.raises(Invalid) as refused:
            measured("required", **more)
        assert [error.field for error in refused.value.errors] == [field]


numbers = st.from_regex(r"-?[0-9]{1,12}(\.[0-9]{1,12})?(e-?[0-9])?", fullmatch=True)


@given(numbers, numbers, numbers, st.sampled_from(["0.001", "100", "2.54", "0.3"]))
def test_a_unit_moves_every_bound_by_its_multiplier(low: str, high: str, number: str, multiplier: str) -> None:
    low, high = sorted((low, high), key=Fraction)
    body = KIND.validate({
        "prompt": "?",
        "answers": [{"low": low, "high": high, "tolerance_type": "range", "fraction": "1"}],
        "units": [{"name": "a"}, {"name": "b", "multiplier": multiplier}],
        "unit_use": "required",
        "unit_penalty": "1",
    })  # fmt: skip
    held = Fraction(low) <= Fraction(number) / Fraction(multiplier) <= Fraction(high)
    assert (worth(number, "b", body) == 1) is held
