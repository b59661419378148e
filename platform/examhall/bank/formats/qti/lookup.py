"""Tables in outcome declarations, by which a raw score becomes the score (lookupOutcomeValue)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from examhall.bank.formats.qti import tree


@dataclass(frozen=True, slots=True)
class Table:
    """Entries in order as (source, whether the source itself counts, target); `exact`: only the source itself does."""

    entries: tuple[tuple[Decimal, bool, str], ...]
    exact: bool
    otherwise: str | None

    def target(self, amount: Decimal | None) -> str | None:
        """What the first fitting entry says, or what is said for everything else; None for NULL."""
        if amount is not None:
            for source, included, target in self.entries:
                if (source == amount and included) or (not self.exact and source < amount):
                    return target
        return self.otherwise


def table_of(declared: Any, number: Any) -> Table | None:
    """The table of an outcomeDeclaration; `number` reads a number at an element, or raises Fault."""
    for name, entry in (("matchTable", "matchTableEntry"), ("interpolationTable", "interpolationTableEntry")):
        if (found := tree.child(declared, name)) is not None:
            entries = tuple(
                (number(one.get("sourceValue", ""), one), tree.truth(one, "includeBoundary", True),
                 one.get("targetValue", ""))
                for one in tree.children(found, entry)
            )  # fmt: skip
            return Table(entries, name == "matchTable", found.get("defaultValue"))
    return None
