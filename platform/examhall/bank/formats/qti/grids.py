"""A matchInteraction in which a stem has several right partners: a gap for each stem."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from examhall.bank.formats.qti import choices
from examhall.bank.formats.qti.gaps import assembled, ticks
from examhall.bank.formats.qti.subject import Draft, Subject, keys, limit
from examhall.bank.formats.qti.together import check_rows
from examhall.bank.formats.qti.values import Declaration
from examhall.bank.types.contract import as_text
from examhall.errors import N_

TOGETHER = N_("In the file only all pairs together earn points; here each earns its share.")
Pair = Callable[[str, str], tuple[str, str]]


def grid(
    subject: Subject,
    interaction: Any,
    declared: Declaration,
    sets: tuple[Sequence[Any], Sequence[Any]],
    pair: Pair,
) -> Draft:
    """A cloze whose gaps are the rows. Raises Fault where nothing earns anything."""
    rows, columns = sets
    names = [column.get("identifier", "") for column in columns]
    correct = set(declared.correct.items) if declared.correct else set()
    texts = [subject.text(column) for column in columns]
    message = N_("Stems with several right partners are shown as gaps: lists to choose from, or boxes to tick.")
    subject.notes.loss(interaction, message)
    found, shown, members = [], [], []
    for row in rows:
        name = row.get("identifier", "")

        right = [one for one in names if pair(name, one) in correct]
        mine = {pair(name, one): one for one in names}
        others = [item for item in correct if item not in mine]

        def worth(ticked: frozenset[str], name: str = name, around: Sequence[Any] = ()) -> Decimal:
            own = [pair(name, one) for one in names if one in ticked]
            return subject.outcome(declared, [*around, *own]).score - subject.outcome(declared, list(around)).score

        tried = [frozenset([one]) for one in names] + [frozenset(right)]
        if max(map(worth, tried)) <= 0 and right and worth(frozenset(right), around=others) > 0:
            subject.notes.loss(row, TOGETHER)
            worth = partial(worth, around=others)
        if max(map(worth, tried)) <= 0:
            subject.notes.loss(row, N_('"%(name)s" has no right partner in the file and is left out.'), name=name[:100])
            continue
        several = limit(row, "matchMax") != 1
        if several:
            fractions, best = ticks(subject.notes, row, names, worth, right)
        else:
            key = choices.single(names, worth, subject.notes)
            fractions, best = dict(key.fractions), key.best
        options = [
            {"key": key, "text": text, "fraction": as_text(fractions[one])}
            for one, key, text in zip(names, keys(names), texts, strict=True)
        ]
        kind = {"kind": "multiple", "display": "checkbox_row"} if several else {"kind": "choice", "display": "dropdown"}
        found.append(({**kind, "options": options}, best))
        shown.append(row)
        members.append({one: pair(name, one) for one in names})
    if not found:
        raise subject.notes.fault(interaction, N_("No pair earns anything. Name the right ones in the file."))

    def prompt(marks: dict[Any, str]) -> str:
        lines = "".join(f"<div>{subject.text(row)} {marks[row]}</div>" for row in shown)
        return f"<div>{subject.prompt()}</div>{lines}"

    draft = assembled(subject, found, prompt, shown)
    if all(loss.text != TOGETHER for loss in subject.notes.losses):
        check_rows(subject, draft, members, declared)
    return draft
