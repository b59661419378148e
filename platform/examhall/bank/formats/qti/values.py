"""Values of QTI's variables and the declarations that give them keys and worth.

Rules: reference semantics §2.6. A container without members is NULL, and NULL is None here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.lookup import Table, table_of
from examhall.bank.formats.qti.notes import Notes
from examhall.bank.types.contract import exact
from examhall.errors import N_

Atom = str | bool | Decimal | tuple[str, str] | tuple[Decimal, Decimal]
ENTRIES_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Value:
    """Members in order; a single value has one. `base` is the base type."""

    items: tuple[Atom, ...]
    base: str = "identifier"
    cardinality: str = "single"


def value(items: Iterable[Atom], base: str = "identifier", cardinality: str = "single") -> Value | None:
    """A value, NULL when it has no members."""
    members = tuple(items)
    return Value(members, base, cardinality) if members else None


def number(amount: Decimal | int) -> Value:
    """A single float."""
    return Value((Decimal(amount),), "float")


@dataclass(frozen=True, slots=True)
class Mapping:
    """What members of a response are worth: entries as (key, worth, whether case counts)."""

    entries: tuple[tuple[Atom, Decimal, bool], ...]
    default: Decimal = Decimal(0)
    lower: Decimal | None = None
    upper: Decimal | None = None

    def bounded(self, worth: Decimal) -> Decimal:
        """A sum within the bounds."""
        worth = worth if self.lower is None else max(worth, self.lower)
        return worth if self.upper is None else min(worth, self.upper)

    def worth(self, member: Atom) -> Decimal:
        """What one member is worth."""
        for key, worth, case_counts in self.entries:
            same = key == member
            if not case_counts and isinstance(key, str) and isinstance(member, str):
                same = key.casefold() == member.casefold()
            if same:
                return worth
        return self.default


@dataclass(frozen=True, slots=True)
class Area:
    """A shape on an image: rect (4 numbers), circle (3), poly (pairs), ellipse (4), default (none)."""

    shape: str
    coords: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """One response or outcome variable. `areas` maps points by the position of each area."""

    identifier: str
    cardinality: str
    base: str
    correct: Value | None = None
    default: Value | None = None
    mapping: Mapping | None = None
    areas: tuple[Area, ...] = ()
    area_mapping: Mapping | None = None
    normal_maximum: Decimal | None = None
    is_outcome: bool = False
    table: Table | None = None


def declaration(element: Any, notes: Notes) -> Declaration:
    """A responseDeclaration or outcomeDeclaration. Raises Fault for values that are none."""
    base, cardinality = element.get("baseType", "identifier"), element.get("cardinality", "single")
    mapping, area_mapping = tree.child(element, "mapping"), tree.child(element, "areaMapping")
    areas = list(tree.children(area_mapping, "areaMapEntry")) if area_mapping is not None else []
    maximum = element.get("normalMaximum")
    return Declaration(
        identifier=element.get("identifier", ""),
        cardinality=cardinality,
        base=base,
        correct=_values(tree.child(element, "correctResponse"), base, cardinality, notes),
        default=_values(tree.child(element, "defaultValue"), base, cardinality, notes),
        mapping=None if mapping is None else _mapping(mapping, base, notes),
        areas=tuple(area(entry, notes) for entry in areas),
        area_mapping=None if area_mapping is None else _area_mapping(area_mapping, areas, notes),
        normal_maximum=None if maximum is None else decimal(maximum, element, notes),
        is_outcome=element.tag == "outcomeDeclaration",
        table=table_of(element, lambda text, where: decimal(text, where, notes)),
    )


def atom(text: str, base: str, where: Any, notes: Notes) -> Atom:
    """A member of a value as it is written."""
    if base in ("string", "file", "uri", "identifier", "duration"):
        return text.strip()  # white space around a text is how the file is written, and no answer keeps it
    if base in ("integer", "float"):
        return decimal(text, where, notes)
    if base == "boolean":
        return text.strip().lower() in ("true", "1")
    parts = text.split()
    if base not in ("pair", "directedPair", "point") or len(parts) != 2:
        raise notes.fault(where, N_('"%(text)s" is not a %(base)s. Correct this value.'), text=text[:40], base=base)
    if base == "point":
        return decimal(parts[0], where, notes), decimal(parts[1], where, notes)
    first, second = sorted(parts) if base == "pair" else parts
    return first, second


def decimal(text: str, where: Any, notes: Notes) -> Decimal:
    """A number as it is written; NaN, INF and words are faults."""
    found = exact(text.strip())
    if found is None:
        message = N_('"%(text)s" is not a number. Write digits and a point here.')
        raise notes.fault(where, message, text=text.strip()[:40])
    return found


def area(element: Any, notes: Notes) -> Area:
    """The shape and coords of an element."""
    coords = element.get("coords", "").replace(",", " ").split()
    numbers = tuple(int(decimal(part.rstrip("%"), element, notes)) for part in coords[:1000])
    shape = element.get("shape", "default")
    fitting = {"rect": 4, "circle": 3, "ellipse": 4, "default": len(numbers)}.get(shape)
    if len(numbers) != fitting and not (shape == "poly" and len(numbers) >= 6 and len(numbers) % 2 == 0):
        message = N_('The coordinates "%(coords)s" do not make a %(shape)s. Correct them.')
        raise notes.fault(element, message, coords=element.get("coords", "")[:40], shape=shape)
    return Area(shape, numbers)


def _values(element: Any, base: str, cardinality: str, notes: Notes) -> Value | None:
    if element is None:
        return None
    values = list(tree.children(element, "value"))
    if len(values) > ENTRIES_LIMIT:
        raise notes.fault(element, N_("There are more than %(limit)s values here. Remove some."), limit=ENTRIES_LIMIT)
    texts = [(found, "".join(found.itertext())) for found in values]
    return value(
        (atom(text, base, found, notes) for found, text in texts if text.strip() or base == "string"), base, cardinality
    )


def _bound(element: Any, name: str, notes: Notes) -> Decimal | None:
    text = element.get(name)
    return None if text is None else decimal(text, element, notes)


def _mapping(element: Any, base: str, notes: Notes) -> Mapping:
    entries = list(tree.children(element, "mapEntry"))
    if len(entries) > ENTRIES_LIMIT:
        message = N_("This mapping has more than %(limit)s entries. Remove some.")
        raise notes.fault(element, message, limit=ENTRIES_LIMIT)
    return Mapping(
        tuple(
            (
                atom(entry.get("mapKey", ""), base, entry, notes),
                decimal(entry.get("mappedValue", ""), entry, notes),
                tree.truth(entry, "caseSensitive", True),
            )
            for entry in entries
        ),
        _bound(element, "defaultValue", notes) or Decimal(0),
        _bound(element, "lowerBound", notes),
        _bound(element, "upperBound", notes),
    )


def _area_mapping(element: Any, areas: list[Any], notes: Notes) -> Mapping:
    return Mapping(
        tuple(
            (str(place), decimal(entry.get("mappedValue", ""), entry, notes), True) for place, entry in enumerate(areas)
        ),
        _bound(element, "defaultValue", notes) or Decimal(0),
        _bound(element, "lowerBound", notes),
        _bound(element, "upperBound", notes),
    )
