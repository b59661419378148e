"""Which scheme and fractions say what an item's rules say about options: proposed from a few scores, then tried.

A scheme is only taken for exact when our own type grades the tried responses as the file does. Used for every version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.scoring import ROUNDING, fraction
from examhall.bank.types import type_named
from examhall.bank.types.choice import OPTIONS_LIMIT
from examhall.bank.types.contract import as_text
from examhall.errors import N_, Invalid

Worth = Callable[[frozenset[str]], Decimal]

_ALL_SUBSETS_UP_TO = 7  # options: 128 ways to tick them
_PAIRS_LIMIT = 60
_CLOSE = Decimal("0.002")  # what sixths that are written with three digits add up to
_SCHEMES = ("all_or_nothing", "sum", "right_minus_wrong", "every_decision", "ticked_unticked")
_RIGHT_OR_WRONG = ("all_or_nothing", "right_minus_wrong", "every_decision")


@dataclass(frozen=True, slots=True)
class Key:
    """What options are worth: `fractions` and `unticked` by identifier, the score of the best response."""

    scheme: str
    fractions: Mapping[str, Decimal]
    unticked: Mapping[str, Decimal]
    best: Decimal


def single(keys: Sequence[str], worth: Worth, notes: Notes, declared: Decimal | None = None) -> Key:
    """The fractions of options of which one is chosen. Raises Fault where none is right.

    `declared` is the best score by the word of the file, which is taken where only rounding tells it from the real one.
    """
    _few(keys, notes)
    scores = {key: worth(frozenset([key])) for key in keys}
    best = _declared(max(scores.values(), default=Decimal(0)), declared)
    if best <= 0:
        raise notes.fault(None, N_("No option earns anything. Name the right one in the file."))
    if len(keys) > 1 and min(scores.values()) == best:
        notes.warn(None, N_("Every option earns the whole mark. Check the key."))
    _blank(worth(frozenset()), notes)
    fractions = {key: fraction(score, best) for key, score in scores.items()}
    if any(part < -1 for part in fractions.values()):
        notes.loss(None, N_("A wrong answer costs more than the whole mark in the file; here it costs the whole mark."))
    return Key("", {key: max(part, Decimal(-1)) for key, part in fractions.items()}, {}, best)


def several(
    keys: Sequence[str],
    worth: Worth,
    notes: Notes,
    *,
    declared: Decimal | None = None,
    right: Iterable[str] = (),
    most: int = 0,
    hint: str = "",
) -> Key:
    """The scheme and the fractions of options to tick, of which `right` are said to be right and `most` may be ticked.

    Raises Fault where nothing earns anything. A scheme that does not fit exactly is a loss.
    """
    _few(keys, notes)
    limit = most if 0 < most < len(keys) else len(keys)
    remembered: dict[frozenset[str], Decimal] = {}

    def known(ticked: frozenset[str]) -> Decimal:
        if ticked not in remembered:
            remembered[ticked] = worth(ticked)
        return remembered[ticked]

    rights = _best(keys, known, frozenset(right), limit)
    best = _declared(known(rights), declared)
    if best <= 0:
        raise notes.fault(None, N_("No option earns anything. Name the right one in the file."))
    tried = _samples(keys, rights, limit)
    found, misfits = None, 0
    for scheme in dict.fromkeys([hint, *_SCHEMES]):
        proposal = _proposed(scheme, keys, rights, known, best) if scheme else None
        if proposal is None or not _valid(proposal):
            continue
        wrong = len(_misfits(proposal, keys, known, tried))
        if found is None or wrong < misfits:
            found, misfits = proposal, wrong
        if not wrong:
            break
    if found is None:
        raise notes.fault(None, N_("These options cannot be kept. Give 2 to 50 of them, and points that make shares."))
    if misfits:
        message = N_(
            "Some answers earn other points than in the file: of %(tried)s that were tried, %(misfits)s."
            " The scheme that comes closest was taken; check it."
        )
        notes.loss(None, message, tried=len(tried), misfits=misfits)
    if min(known(ticked) for ticked in tried) < 0:
        notes.loss(None, N_("Answers may earn less than 0 points in the file; here they earn 0."))
    return found


def _few(keys: Sequence[str], notes: Notes) -> None:
    """Raises Fault for none, and for more than a question has: to try them takes the square of their number."""
    if not keys:
        raise notes.fault(None, N_("Give the choices here, each with an identifier of its own."))
    if len(keys) > OPTIONS_LIMIT:
        raise notes.fault(None, N_("Give at most %(max_length)s entries here."), max_length=OPTIONS_LIMIT)


def _declared(best: Decimal, declared: Decimal | None) -> Decimal:
    return declared if declared and abs(best / declared - 1) < ROUNDING else best


def _blank(score: Decimal, notes: Notes) -> None:
    if score:
        message = N_("A question that is left unanswered earns %(score)s points in the file; here it earns 0.")
        notes.loss(None, message, score=as_text(score))


def _best(keys: Sequence[str], worth: Worth, right: frozenset[str], limit: int) -> frozenset[str]:
    """The ticks that earn most, as few as can be."""
    starts = [right, frozenset(), *(frozenset([key]) for key in keys)]
    positive = frozenset(key for key in keys if worth(frozenset([key])) > worth(frozenset()))
    if len(keys) <= _ALL_SUBSETS_UP_TO:
        starts += [frozenset(ticked) for size in range(limit + 1) for ticked in combinations(keys, size)]
    if len(positive) <= limit:
        starts.append(positive)
    best = max(starts, key=lambda ticked: (worth(ticked), -len(ticked)))
    for _ in keys:
        nearby = [best ^ {key} for key in keys if len(best ^ {key}) <= limit]
        better = max(nearby, key=lambda ticked: (worth(ticked), -len(ticked)))
        if (worth(better), -len(better)) <= (worth(best), -len(best)):
            break
        best = better
    return best


def _samples(keys: Sequence[str], rights: frozenset[str], limit: int) -> list[frozenset[str]]:
    if len(keys) <= _ALL_SUBSETS_UP_TO:
        return [frozenset(ticked) for size in range(limit + 1) for ticked in combinations(keys, size)]
    whole = frozenset(keys)
    tried = [frozenset(), rights, whole, whole - rights]
    tried += [frozenset([key]) for key in keys] + [rights ^ {key} for key in keys]
    tried += [frozenset(pair) for pair in list(combinations(keys, 2))[:_PAIRS_LIMIT]]
    tried += [
        frozenset(keys[place] for place in range(start, len(keys), step)) for step in (2, 3) for start in range(step)
    ]
    return [ticked for ticked in dict.fromkeys(tried) if len(ticked) <= limit]


def _proposed(scheme: str, keys: Sequence[str], rights: frozenset[str], worth: Worth, best: Decimal) -> Key:
    fractions: dict[str, Decimal] = {}
    unticked: dict[str, Decimal] = {}
    for key in keys:
        decides = fraction(worth(rights) - worth(rights ^ {key}), best)
        alone = fraction(worth(frozenset([key])) - worth(frozenset()), best)
        if scheme in _RIGHT_OR_WRONG:
            fractions[key] = Decimal(key in rights)
        elif scheme == "ticked_unticked":
            fractions[key], unticked[key] = (decides, Decimal(0)) if key in rights else (Decimal(0), decides)
        elif key in rights:
            fractions[key] = alone if alone > 0 else decides
        elif worth(rights | {key}) <= 0:
            fractions[key] = Decimal(-1)  # whatever it costs beyond that, no sum goes below 0
        else:
            fractions[key] = min(alone, -decides)
    if scheme == "ticked_unticked":
        # What an empty response earns beyond the wrong options left alone belongs to all of them alike.
        surplus = fraction(worth(frozenset()), best) - sum(unticked.values())
        share = fraction(surplus, Decimal(len(keys)))
        fractions = {key: part + share for key, part in fractions.items()}
        unticked = {key: part + share for key, part in unticked.items()}
    return Key(scheme, fractions, unticked, best)


def _valid(key: Key) -> bool:
    parts = [*key.fractions.values(), *key.unticked.values()]
    if any(not -1 <= part <= 1 for part in parts):
        return False
    try:
        type_named("multiple_choice").validate(_data(key))
    except Invalid:
        return False
    return True


def _data(key: Key) -> dict[str, Any]:
    options = [
        {
            "key": f"o{place}",
            "text": f"o{place}",
            "fraction": as_text(part),
            "unticked": as_text(key.unticked.get(name, Decimal(0))),
        }
        for place, (name, part) in enumerate(key.fractions.items())
    ]
    return {"prompt": "?", "options": options, "scheme": key.scheme}


def _misfits(key: Key, keys: Sequence[str], worth: Worth, tried: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """The tried responses to which our type gives another fraction than the file."""
    kind = type_named("multiple_choice")
    body = kind.load(_data(key))
    places = {name: f"o{place}" for place, name in enumerate(keys)}
    return [
        ticked
        for ticked in tried
        if abs(
            (kind.grade(body, [places[name] for name in keys if name in ticked]) or 0)
            - min(max(worth(ticked) / key.best, Decimal(0)), Decimal(1))
        )
        > _CLOSE
    ]
