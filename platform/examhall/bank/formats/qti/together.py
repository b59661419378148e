"""Whether the gaps of an item earn their points apart from each other, as ours do: tried with a few responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.subject import Draft, Subject
from examhall.bank.formats.qti.trial import drafted
from examhall.bank.formats.qti.values import Atom, Declaration, Value, number, value
from examhall.bank.types import type_named
from examhall.bank.types.contract import as_text, exact
from examhall.errors import N_

_TRIED_LIMIT = 60
_CLOSE = Decimal("0.002")

Given = tuple[Value | None, Any]
"""A response to one gap: as the rules of the file take it, and as our type does."""


def check(subject: Subject, draft: Draft) -> None:
    """Tells how many of the tried responses to the interactions of an item earn something else here."""
    names = [subject.response_of(interaction) for interaction in subject.interactions]
    gaps = _keyed(draft)
    known = [
        list(_responses(subject, interaction, gap)) for interaction, gap in zip(subject.interactions, gaps, strict=True)
    ]
    compare(subject, draft, [
        ({name: held for name, (held, _) in zip(names, given, strict=True)},
         {gap["key"]: answer for gap, (_, answer) in zip(gaps, given, strict=True) if answer is not None})
        for given in islice(_combined(known), _TRIED_LIMIT)
    ])  # fmt: skip


def check_rows(subject: Subject, draft: Draft, rows: Sequence[Mapping[str, Atom]], declared: Declaration) -> None:
    """The same for gaps that are the rows of one interaction: in each stands the member that each option is."""
    gaps = _keyed(draft)
    members = [dict(zip((option["key"] for option in gap["options"]), row.values(), strict=True))
               for gap, row in zip(gaps, rows, strict=True)]  # fmt: skip
    right = [
        [option["key"] for option in gap["options"] if Decimal(option["fraction"]) > 0][: _ticks_of(gap)]
        for gap in gaps
    ]
    ways = [right]
    for place, gap in enumerate(gaps):
        for option in gap["options"]:
            if option["key"] not in right[place]:
                ticked = [*right[place], option["key"]][-_ticks_of(gap) :]
                ways += [
                    [*right[:place], ticked, *right[place + 1 :]],
                    [ticked if row == place else [] for row in range(len(gaps))],
                ]
    compare(subject, draft, [
        ({declared.identifier: value([members[row][key] for row, keys in enumerate(way) for key in keys],
                                     declared.base, declared.cardinality)},
         {gap["key"]: {"choices": keys} if gap["kind"] == "multiple" else {"choice": keys[0]}
          for gap, keys in zip(gaps, way, strict=True) if keys})
        for way in ways[:_TRIED_LIMIT]
    ])  # fmt: skip


def _ticks_of(gap: Mapping[str, Any]) -> int:
    return len(gap["options"]) if gap["kind"] == "multiple" else 1


def compare(
    subject: Subject, draft: Draft, tried: Sequence[tuple[Mapping[str, Value | None], Mapping[str, Any]]]
) -> None:
    """Tells how many responses, each as the file takes it and as we do, earn something else here."""
    kind, gaps = type_named("cloze"), _keyed(draft)
    body = drafted("cloze", {"prompt": " ".join(f"{{#{gap['key']}}}" for gap in gaps), "gaps": gaps})
    if body is None:
        return
    misfits = 0
    for given, inner in tried:
        file = subject.scorer.outcome(given).score
        here = (kind.grade(body, inner) or Decimal(0)) * draft.points
        least = Decimal(0) if here >= 0 else file  # that answers cost nothing here is told of their gaps
        misfits += abs(here - min(max(file, least), draft.points)) > _CLOSE * draft.points
    if misfits:
        message = N_(
            "Some gaps count together in the file: of %(tried)s answers tried, %(misfits)s earn other points here."
        )
        subject.notes.loss(None, message, tried=len(tried), misfits=misfits)


def _keyed(draft: Draft) -> list[dict[str, Any]]:
    """The gaps of a draft, with a key for each option."""
    return [
        {**gap, "options": [{**option, "key": option["key"] or f"o{place}"}
                            for place, option in enumerate(gap["options"], start=1)]} if "options" in gap else gap
        for gap in draft.data["gaps"]
    ]  # fmt: skip


def _responses(subject: Subject, interaction: Any, gap: Mapping[str, Any]) -> Iterator[Given]:
    """None, then what earns most, then the others."""
    declared = subject.declared(interaction)
    yield None, None
    if "options" in gap:
        names = [one.get("identifier", "") for one in tree.children(interaction, "inlineChoice", "simpleChoice")]
        parts = {name: Decimal(option["fraction"]) for name, option in zip(names, gap["options"], strict=True)}
        keys = {name: option["key"] for name, option in zip(names, gap["options"], strict=True)}
        if gap["kind"] == "multiple":
            chosen = [[name for name in names if parts[name] > 0], names]
            for ticked in chosen:
                yield value(ticked, declared.base, declared.cardinality), {"choices": [keys[name] for name in ticked]}
        else:
            for name in sorted(names, key=lambda name: -parts[name]):
                yield value([name], declared.base, declared.cardinality), {"choice": keys[name]}
        return
    for answer in sorted(gap["answers"], key=lambda answer: -Decimal(answer["fraction"])):
        if gap["kind"] == "numeric":
            bounds = [exact(str(answer[name])) or Decimal(0) for name in ("value", "low", "high") if name in answer]
            middle = sum(bounds, Decimal(0)) / max(len(bounds), 1)
            yield number(middle), {"number": as_text(middle)}
        elif not answer.get("pattern") and "*" not in answer["text"].replace("\\*", ""):
            text = answer["text"].replace("\\*", "*")
            yield Value((text,), "string"), {"text": text}


def _combined(known: list[list[Given]]) -> Iterator[list[Given]]:
    """All right, each gap empty, each alone, each other answer beside right ones; the same text in all gaps."""
    empty, right = [gap[0] for gap in known], [gap[min(1, len(gap) - 1)] for gap in known]
    yield right
    for place, gap in enumerate(known):
        yield [*right[:place], gap[0], *right[place + 1 :]]
        yield [*empty[:place], right[place], *empty[place + 1 :]]
    for place, gap in enumerate(known):
        for other in gap[2:5]:
            yield [*right[:place], other, *right[place + 1 :]]
    for held in right:
        if isinstance(held[1], dict) and "text" in held[1]:
            yield [held if isinstance(one[1], dict) and "text" in one[1] else one for one in right]
