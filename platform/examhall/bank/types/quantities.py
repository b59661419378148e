"""Units of numeric answers: what an author asks for, how a candidate's unit is recognised, what a wrong one costs.

Rules: reference semantics §2.2. As in Moodle a unit's multiplier is what a number in the first unit is multiplied by:
with "W" first, "kW" has 0.001, and 5500 W are 5.5 kW. Nothing is ever divided by it, so that no value is rounded.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StrictBool, StringConstraints

from examhall.bank.types.contract import (
    ONE,
    ZERO,
    Body,
    InvalidResponse,
    Number,
    Part,
    exact,
    only,
    refusal,
    writable,
)
from examhall.errors import N_, FieldError

UNITS_LIMIT = 50
UNIT_LIMIT = 40


def _unit_name(name: str) -> str:
    if not folded(name) or not writable(name):
        raise refusal(N_('Write the unit as it is read, such as "cm" or "m/s".'))
    return " ".join(name.split())


def _multiplier(number: Decimal) -> Decimal:
    if number <= 0:
        raise refusal(N_("A multiplier is above 0: what a number in the first unit is multiplied by."))
    return number


def _share(number: Decimal) -> Decimal:
    if not 0 <= number <= 1:
        raise refusal(N_("Write a penalty from 0 to 1: 1 costs the whole mark."))
    return number


UnitName = Annotated[str, StringConstraints(max_length=UNIT_LIMIT), AfterValidator(_unit_name)]


class Unit(Part):
    """One unit: a number in the first unit times `multiplier` is the number in this one."""

    name: UnitName
    multiplier: Annotated[Number, AfterValidator(_multiplier)] = ONE


class Measured(Body):
    """A prompt whose answer is a number, perhaps with a unit.

    `unit_use`: none; optional (a number without unit is in the first one); required. A unit that is missing though
    required, unknown, or beside a number that is right only without it costs `unit_penalty`: a share of what the number
    earned ("mark") or of the whole mark ("max"), never more than the number earned.
    """

    units: Annotated[tuple[Unit, ...], Field(max_length=UNITS_LIMIT)] = ()
    unit_use: Literal["none", "optional", "required"] = "none"
    unit_input: Literal["text", "choice"] = "text"
    unit_penalty: Annotated[Number, AfterValidator(_share)] = Decimal("0.1")
    unit_penalty_of: Literal["mark", "max"] = "mark"
    units_left: StrictBool = False

    def unit(self, name: str) -> Unit | None:
        """The unit that a text names: case counts (mW, MW), spaces and variants of a sign (µ, μ; m², m2) do not."""
        wanted = folded(name)
        return next((unit for unit in self.units if folded(unit.name) == wanted), None)

    def multiplier(self, name: str, *, required: bool | None = None) -> Decimal | None:
        """The multiplier of a unit; of the first one for "" unless a unit is required; None for an unknown one."""
        if not name:
            missing = self.unit_use == "required" if required is None else required
            return None if missing else ONE
        unit = self.unit(name)
        return unit.multiplier if unit else None

    def penalised(self, fraction: Decimal) -> Decimal:
        """What is left of a fraction when the unit is wrong."""
        cost = self.unit_penalty * (fraction if self.unit_penalty_of == "mark" else ONE)
        return max(fraction - cost, ZERO)

    def shown_units(self) -> dict[str, Any] | None:
        """What a candidate may know of the units: the names only where one is to be chosen."""
        if self.unit_use == "none":
            return None
        shown: dict[str, Any] = {
            "input": self.unit_input,
            "required": self.unit_use == "required",
            "left": self.units_left,
        }
        return shown | ({"names": [unit.name for unit in self.units]} if self.unit_input == "choice" else {})

    def faulty_units(self) -> Iterator[FieldError]:
        """Faults of the units that no single field shows."""
        if self.unit_use != "none" and not self.units:
            yield FieldError("units", N_("Name at least one unit, or say that no unit is asked for."))
        if self.units and self.units[0].multiplier != ONE:
            yield FieldError(
                "units.0.multiplier", N_("The first unit is the one that the answers are in: its multiplier is 1.")
            )
        seen: dict[str, int] = {}
        for place, unit in enumerate(self.units):
            first = seen.setdefault(folded(unit.name), place)
            if first != place:
                message = N_("This is the same unit as number %(first)s. Change or remove one of them.")
                yield FieldError(f"units.{place}.name", message, {"first": first + 1})


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it was written, and the unit beside it, "" for none."""

    number: str
    unit: str

    @classmethod
    def from_outside(cls, response: object) -> Quantity | None:
        """The quantity of `{"number": "12.5", "unit": "cm"}`, whose unit may be left out; None when it is blank.

        Raises InvalidResponse for anything else.
        """
        if response is None:
            return None
        unit: object = ""
        if isinstance(response, dict) and set(response) == {"number", "unit"}:
            unit, response = response["unit"], {"number": response["number"]}
        number = only(response, "number")
        if not isinstance(unit, str) or len(unit) > UNIT_LIMIT or not writable(unit):
            raise InvalidResponse(N_("Write the unit in at most 40 characters, or leave it out."))
        if number == "":
            return None
        if not isinstance(number, str) or exact(number) is None:
            raise InvalidResponse(N_('Write a number with the digits 0 to 9 and a point, such as "12.5".'))
        return cls(number, " ".join(unit.split()))

    @classmethod
    def from_text(cls, text: str) -> Quantity:
        """The quantity that `str` wrote: no number holds a space."""
        number, _, unit = text.partition(" ")
        return cls(number, unit)

    def __str__(self) -> str:
        return f"{self.number} {self.unit}".rstrip()

    def to_response(self) -> dict[str, str]:
        """As it is sent from outside."""
        return {"number": self.number} | ({"unit": self.unit} if self.unit else {})


def folded(unit: str) -> str:
    """A unit as it is compared."""
    return "".join(unicodedata.normalize("NFKC", unit).split())
