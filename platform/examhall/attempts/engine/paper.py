"""What one candidate is asked: questions drawn from the exam's sections, in a frozen order, under opaque option ids."""

from __future__ import annotations

import hashlib
import hmac
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

from examhall.attempts.engine.canonical import canonical
from examhall.bank.types import type_named
from examhall.bank.types.contract import Arrangement, Body, as_text
from examhall.bank.types.reference import QuestionRef
from examhall.errors import N_, Conflict

_T = TypeVar("_T")

# A letter for each byte, from its lower five bits: ten bytes make an id of 50 bits. base64.b32encode is far slower.
_BASE32 = b"abcdefghijklmnopqrstuvwxyz234567" * 8


@dataclass(frozen=True, slots=True)
class Pick:
    """A question that every paper holds, and its points."""

    ref: QuestionRef
    points: Decimal


@dataclass(frozen=True, slots=True)
class SectionRule:
    """How a section is filled: its fixed questions, then `count` of the `pool`; `shuffle` mixes them all."""

    fixed: tuple[Pick, ...] = ()
    pool: tuple[QuestionRef, ...] = ()
    count: int = 0
    points_each: Decimal = Decimal(1)
    shuffle: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question chosen for a paper; `section` is the index of its rule."""

    section: int
    ref: QuestionRef
    points: Decimal


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in a paper. `number` counts from 1; `options` is empty for types without options."""

    number: int
    section: int
    question_id: UUID
    version_id: UUID
    type: str
    points: Decimal
    options: Arrangement


@dataclass(frozen=True, slots=True)
class Paper:
    """The frozen questions of one attempt. The seed makes the opaque ids, so it never leaves the server."""

    seed: str
    slots: tuple[Slot, ...]

    def slot(self, number: int) -> Slot | None:
        """The slot of that number, or None."""
        return next((slot for slot in self.slots if slot.number == number), None)

    @property
    def max_points(self) -> Decimal:
        """The points of all slots together."""
        return sum((slot.points for slot in self.slots), Decimal(0))

    @property
    def digest(self) -> str:
        """SHA-256 of the paper in lower-case hex."""
        return hashlib.sha256(canonical(self.to_json()).encode("ascii")).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """A compact JSON value, for it is stored with every attempt.

        Slots and options are lists, because a database may reorder the keys of an object, and order is meaning here.
        """
        return {
            "seed": self.seed,
            "slots": [
                [s.number, s.section, s.question_id.hex, s.version_id.hex, s.type, as_text(s.points),
                 [[key, shown] for key, shown in s.options.items()]]
                for s in self.slots
            ],
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Paper:
        """The paper that `to_json` wrote."""
        return cls(
            data["seed"],
            tuple(
                Slot(number, section, UUID(question), UUID(version), type_name, Decimal(points), dict(options))
                for number, section, question, version, type_name, points, options in data["slots"]
            ),
        )


def draw(rules: Sequence[SectionRule], seed: str) -> list[Drawn]:
    """The questions of one paper, section by section; the same rules and seed give the same questions.

    No question comes twice: fixed ones leave every pool, and what one section draws no other does. Raises Conflict,
    naming the section, if a question is fixed twice or the pools do not suffice. Whether they suffice depends on the
    rules alone, never on the seed: where pools overlap, a section gives up a question that another needs if it can take
    one of its own instead. So a trial draw at publication speaks for every candidate.
    """
    fixed = _fixed(rules)
    rng = _generator(f"questions {seed}")
    pools = []
    for rule in rules:
        free = {ref.question_id: ref for ref in rule.pool if ref.question_id not in fixed}
        # The database's order must not matter; comparing ints is faster than comparing UUIDs.
        pools.append({id_: free[id_] for id_ in _shuffled(sorted(free, key=lambda id_: id_.int), rng)})
    holders: dict[UUID, int] = {}
    untried = [iter(pool) for pool in pools]
    for index, rule in enumerate(rules):
        for have in range(rule.count):
            if not _take_one(index, pools, untried, holders, set()):
                raise Conflict(
                    N_(
                        "Section “%(section)s” asks for %(wanted)s questions, but only %(have)s are left for it. "
                        "Add questions to its pool or lower the number."
                    ),
                    section=_name(rule, index),
                    wanted=rule.count,
                    have=have,
                )
    drawn: list[Drawn] = []
    for index, rule in enumerate(rules):
        section = [Drawn(index, pick.ref, pick.points) for pick in rule.fixed]
        taken = [ref for id_, ref in pools[index].items() if holders.get(id_) == index]
        section += [Drawn(index, ref, rule.points_each) for ref in taken]
        drawn += _shuffled(section, rng) if rule.shuffle else section
    return drawn


def compose(drawn: Sequence[Drawn], bodies: Mapping[UUID, Body], seed: str, shuffle_options: bool) -> Paper:
    """The paper of what was drawn: numbers the slots, freezes the order of the options and gives them opaque ids.

    `bodies` are keyed by version id. With `shuffle_options` False every question keeps its authored order.
    """
    rng = _generator(f"options {seed}")
    slots = []
    for number, item in enumerate(drawn, start=1):
        ref = item.ref
        keys = type_named(ref.type).arrange(bodies[ref.version_id], rng, shuffle_options)
        options = _opaque(seed, number, keys)
        points = item.points if type_named(ref.type).answerable else Decimal(0)
        slots.append(Slot(number, item.section, ref.question_id, ref.version_id, ref.type, points, options))
    return Paper(seed, tuple(slots))


def present(paper: Paper, bodies: Mapping[UUID, Body]) -> list[dict[str, Any]]:
    """What the candidate may see, without any key: [{slot, type, points, prompt, …}], the rest by type.

    `answerable` is there, and False, for a text between questions.
    """
    return [
        {
            "slot": slot.number,
            "type": slot.type,
            "points": as_text(slot.points),
            **({} if type_named(slot.type).answerable else {"answerable": False}),
            **type_named(slot.type).present(bodies[slot.version_id], slot.options),
        }
        for slot in paper.slots
    ]


def _fixed(rules: Sequence[SectionRule]) -> set[UUID]:
    fixed: set[UUID] = set()
    for index, rule in enumerate(rules):
        for pick in rule.fixed:
            if pick.ref.question_id in fixed:
                raise Conflict(
                    N_("Section “%(section)s” repeats a question of this exam. Remove it from one of the two places."),
                    section=_name(rule, index),
                )
            fixed.add(pick.ref.question_id)
    return fixed


def _take_one(
    section: int,
    pools: Sequence[Mapping[UUID, QuestionRef]],
    untried: Sequence[Iterator[UUID]],
    holders: dict[UUID, int],
    asked: set[int],
) -> bool:
    """Give the section one more question of its pool, if need be one that its holder can replace.

    This is the search for an augmenting path in bipartite matching: it fails only where no choice at all would do.
    """
    asked.add(section)
    for id_ in untried[section]:  # whatever is held stays held, if by another: nobody needs to look there again
        if id_ not in holders:
            holders[id_] = section
            return True
    for id_ in pools[section]:
        holder = holders[id_]
        if holder not in asked and _take_one(holder, pools, untried, holders, asked):
            holders[id_] = section
            return True
    return False


def _generator(seed: str) -> random.Random:
    # The seed is secret and made elsewhere; what is drawn from it has to be reproducible, not unpredictable.
    return random.Random(seed)  # noqa: S311


def _shuffled(items: Iterable[_T], rng: random.Random) -> list[_T]:
    # Python promises the same numbers from random() for ever, but not the same shuffle() or sample().
    return sorted(items, key=lambda _: rng.random())


def _opaque(seed: str, slot: int, keys: Iterable[str]) -> dict[str, str]:
    """Ids that tell neither key nor authored order and are unique within the slot: key -> id, in the given order."""
    options: dict[str, str] = {}
    for key in keys:
        options[key] = next(
            id_ for again in count() if (id_ := _opaque_id(seed, f"{slot}|{key}{'|' * again}")) not in options.values()
        )
    return options


def _opaque_id(seed: str, message: str) -> str:
    return hmac.digest(seed.encode(), message.encode(), "sha256")[:10].translate(_BASE32).decode("ascii")


def _name(rule: SectionRule, index: int) -> str:
    return rule.title or str(index + 1)
