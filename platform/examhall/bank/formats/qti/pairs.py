"""Pairs and orders: matchInteraction, associateInteraction, orderInteraction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import permutations, product
from typing import Any

from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.feedback import Probe
from examhall.bank.formats.qti.grids import grid
from examhall.bank.formats.qti.scoring import fraction
from examhall.bank.formats.qti.subject import Draft, Subject, hint, keys, limit
from examhall.bank.types import type_named
from examhall.bank.types.kprim import EARNS, ROWS
from examhall.bank.types.ordering import ITEMS_LIMIT
from examhall.errors import N_

Pairs = Mapping[str, str]
"""The choice for each stem, by identifiers."""

_CLOSE = Decimal("0.002")  # what sixths that are written with three digits add up to
_SCHEMES = ("exact", "adjacent", "position")
_ORDERS_LIMIT = 40


def match(subject: Subject, interaction: Any) -> Draft:
    """A matchInteraction as kprim, where four rows meet two columns and the points agree, or as matching."""
    sets = [
        list(tree.children(found, "simpleAssociableChoice")) for found in tree.children(interaction, "simpleMatchSet")
    ]
    if len(sets) != 2 or not sets[0] or not sets[1]:
        raise subject.notes.fault(interaction, N_("A matchInteraction has two sets (simpleMatchSet) of choices."))
    swapped = any(limit(one, "matchMax") != 1 for one in sets[0]) and all(
        limit(one, "matchMax") == 1 for one in sets[1]
    )
    stems, options = reversed(sets) if swapped else sets

    def pair(stem: str, choice: str) -> tuple[str, str]:
        return (choice, stem) if swapped else (stem, choice)

    draft = _matching(subject, interaction, stems, options, pair)
    if draft.type != "cloze" and any(limit(stem, "matchMax") != 1 for stem in stems) and len(stems) > 1:
        message = N_("Several choices may be matched with one stem in the file; here one may.")
        subject.notes.loss(interaction, message)
    return draft


def associate(subject: Subject, interaction: Any) -> Draft:
    """An associateInteraction as matching: the first of each right pair is a stem, all others are choices."""
    found = list(tree.children(interaction, "simpleAssociableChoice"))
    declared = subject.declared(interaction)
    mapped = [key for key, worth, _ in declared.mapping.entries if worth > 0] if declared.mapping else []
    right = [item for item in (declared.correct.items if declared.correct else mapped) if isinstance(item, tuple)]
    order = {choice.get("identifier", ""): choice for choice in found}
    places = {name: place for place, name in enumerate(order)}
    pairs = [sorted((str(one), str(other)), key=lambda name: places.get(name, 0)) for one, other in right]
    members = [name for pair in pairs for name in pair]
    if not pairs or len(set(members)) < len(members) or not set(members) <= order.keys():
        message = N_("These associations cannot be kept: here each choice belongs to one pair.")
        raise subject.notes.fault(interaction, message)
    subject.notes.loss(interaction, N_("Free pairs (associateInteraction) are shown as stems with choices."))
    stems = {first for first, _ in pairs}
    held = [order[name] for name in order if name in stems]
    others = [order[name] for name in order if name not in stems]
    return _matching(subject, interaction, held, others, lambda one, other: tuple(sorted((one, other))))  # type: ignore[arg-type, return-value]


def _matching(
    subject: Subject,
    interaction: Any,
    stems: Sequence[Any],
    options: Sequence[Any],
    pair: Callable[[str, str], tuple[str, str]],
) -> Draft:
    declared, notes = subject.declared(interaction), subject.notes
    names = [stem.get("identifier", "") for stem in stems]
    choices = [option.get("identifier", "") for option in options]
    if len(names) * len(choices) > 1000 or len(set(names)) < len(names) or len(set(choices)) < len(choices):
        raise notes.fault(interaction, N_("Give fewer choices here, each with an identifier of its own."))

    def score(pairs: Pairs) -> Decimal:
        return subject.outcome(declared, [pair(stem, choice) for stem, choice in pairs.items()]).score

    right = {}
    worths = {stem: {choice: score({stem: choice}) for choice in choices} for stem in names}
    correct = {item for item in (declared.correct.items if declared.correct else ()) if isinstance(item, tuple)}
    for stem, element in zip(names, stems, strict=True):
        most = max(worths[stem].values())
        of_stem = [choice for choice in choices if pair(stem, choice) in correct]
        earning = [choice for choice in choices if worths[stem][choice] == most and most > 0] or of_stem
        if len(earning) > 1 and len(of_stem) != 1:
            return grid(subject, interaction, declared, (stems, options), pair)
        if earning:
            right[stem] = of_stem[0] if len(earning) > 1 else earning[0]
        else:
            notes.loss(element, N_('"%(name)s" has no right partner in the file and is left out.'), name=stem[:100])
    best = score(right) if right else Decimal(0)
    if best <= 0:
        raise notes.fault(interaction, N_("No pair earns anything. Name the right ones in the file."))
    if len(names) == len(right) == ROWS and len(choices) == 2 and hint(interaction, "kind") != "matching":
        draft = _kprim(subject, interaction, (stems, options), right, score, best)
        if draft is not None:
            return draft
    _check_shares(subject, interaction, right, score, best)
    full = subject.outcome(declared, [pair(stem, choice) for stem, choice in right.items()])
    texts = subject.feedback(
        [Probe(frozenset(), Decimal(1), full.shown), *_wrong(subject, declared, names, choices, right, pair)]
    )
    choice_keys = dict(zip(choices, keys(choices), strict=True))
    if not all(choice_keys.values()):
        choice_keys = {name: f"c{place}" for place, name in enumerate(choices, start=1)}
    data = {
        "stems": [
            {"key": key, "text": subject.text(stem), "choice": choice_keys[right[name]]}
            for name, key, stem in zip(names, keys(names), stems, strict=True)
            if name in right
        ],
        "choices": [
            {"key": choice_keys[name], "text": subject.text(option)}
            for name, option in zip(choices, options, strict=True)
        ],
        "shuffle": tree.truth(interaction, "shuffle"),
    }
    return Draft("matching", data, texts, subject.scorer.points(best))


def _wrong(
    subject: Subject, declared: Any, names: Sequence[str], choices: Sequence[str], right: Pairs, pair: Any
) -> list[Probe]:
    """What is shown for a response in which nothing is right, and for one in which one pair is."""
    wrong = {name: next((choice for choice in choices if choice != right.get(name)), "") for name in names}
    mixed = {**wrong, **{name: right[name] for name in list(right)[:1]}}
    found = [Probe(frozenset(), Decimal(0), subject.outcome(declared, [pair(*one) for one in wrong.items()]).shown)]
    if len(names) > 1:
        shown = subject.outcome(declared, [pair(*one) for one in mixed.items()]).shown
        found.append(Probe(frozenset(), Decimal("0.5"), shown))
    return found


def _check_shares(
    subject: Subject, interaction: Any, right: Pairs, score: Callable[[Pairs], Decimal], best: Decimal
) -> None:
    """Whether each right pair earns the same share, and a wrong one nothing."""
    alone = [score({stem: choice}) / best for stem, choice in right.items()]
    share = Decimal(1) / len(right)
    if len(right) > 1 and not any(alone):
        message = N_("In the file only all pairs together earn points; here each earns its share.")
        subject.notes.loss(interaction, message)
    elif any(abs(part - share) > _CLOSE for part in alone):
        message = N_("The pairs earn different points in the file; here each earns the same share.")
        subject.notes.loss(interaction, message)
    stems = list(right)
    turned = dict(zip(stems, [right[stem] for stem in [*stems[1:], stems[0]]], strict=True))
    if score(turned) < 0:
        subject.notes.loss(interaction, N_("Wrong pairs cost points in the file; here they earn nothing."))


def _kprim(
    subject: Subject,
    interaction: Any,
    sets: tuple[Sequence[Any], Sequence[Any]],
    right: Pairs,
    score: Callable[[Pairs], Decimal],
    best: Decimal,
) -> Draft | None:
    """Four statements to judge, where the number of right verdicts alone decides as one of our schemes does."""
    rows, columns = sets
    names, choices = [row.get("identifier", "") for row in rows], [column.get("identifier", "") for column in columns]
    earned: list[set[Decimal]] = [set() for _ in range(ROWS + 1)]
    for verdicts in product(choices, repeat=ROWS):
        given = dict(zip(names, verdicts, strict=True))
        count = sum(given[name] == right[name] for name in names)
        earned[count].add(max(fraction(score(given), best), Decimal(0)))
    scheme = next(
        (
            scheme
            for scheme, table in EARNS.items()
            if all({worth} == found for worth, found in zip(table, earned, strict=True))
        ),
        None,
    )
    declared = subject.declared(interaction)
    if scheme is None or declared.cardinality == "single":
        return None
    responses = [[(name, verdict)] for name in names for verdict in choices]
    responses += [list(right.items()), [(name, choices[right[name] == choices[0]]) for name in names]]
    probes = []
    for given_pairs in responses:
        outcome = subject.outcome(declared, given_pairs)
        answered = frozenset(name for name, _ in given_pairs)
        probes.append(Probe(answered, fraction(outcome.score, best), outcome.shown))
    texts = subject.feedback(probes)
    labels = ["" if hint(column, "label") == "usual" else tree.words(column) for column in columns]
    own = [label.lower() for label in labels] == ["true", "false"]
    data = {
        "rows": [
            {
                "key": key,
                "text": subject.text(row),
                "correct": right[name] == choices[0],
                "feedback": texts.of(name),
                "pinned": tree.truth(row, "fixed"),
            }
            for name, key, row in zip(names, keys(names), rows, strict=True)
        ],
        "shuffle": tree.truth(interaction, "shuffle"),
        "true_label": "" if own else labels[0],
        "false_label": "" if own else labels[1],
        "scheme": scheme,
    }
    return Draft("kprim", data, texts, subject.scorer.points(best))


def order(subject: Subject, interaction: Any) -> Draft:
    """An orderInteraction as ordering."""
    declared, notes = subject.declared(interaction), subject.notes
    elements = {found.get("identifier", ""): found for found in tree.children(interaction, "simpleChoice")}
    right = [str(item) for item in declared.correct.items] if declared.correct else []
    if len(elements) > ITEMS_LIMIT:
        raise notes.fault(interaction, N_("Give at most %(max_length)s entries here."), max_length=ITEMS_LIMIT)
    if sorted(right) != sorted(elements) or len(right) < 2:
        raise notes.fault(interaction, N_("The right order (correctResponse) has to name each choice once."))
    if not tree.truth(interaction, "shuffle") or any(tree.truth(element, "fixed") for element in elements.values()):
        notes.loss(interaction, N_("Some items keep their place in the file; here all are shuffled."))
    full = subject.outcome(declared, right)
    if full.score <= 0:
        raise notes.fault(interaction, N_("The right order earns nothing. Check the response processing."))
    kind = type_named("ordering")
    tried = _orders(right)
    scores = {given: max(subject.outcome(declared, given).score / full.score, Decimal(0)) for given in tried}
    misfits: dict[str, tuple[int, Decimal]] = {}
    for scheme in dict.fromkeys([hint(interaction, "scheme"), *_SCHEMES]):
        if scheme in _SCHEMES:
            names = {name: f"i{place}" for place, name in enumerate(right)}
            body = kind.load(
                {"prompt": "?", "scheme": scheme, "items": [{"key": names[name], "text": name} for name in right]}
            )
            graded = {given: kind.grade(body, [names[name] for name in given]) or 0 for given in tried}
            apart = [abs(graded[given] - scores[given]) for given in tried]
            misfits[scheme] = (sum(one > _CLOSE for one in apart), sum(apart, Decimal(0)))
    scheme = min(misfits, key=lambda name: misfits[name])
    if misfits[scheme][0]:
        notes.loss(interaction, N_("Orders that are partly right earn other points in the file; check the scheme."))
    probes = [Probe(frozenset(), scores[given], subject.outcome(declared, given).shown) for given in tried]
    data = {
        "items": [
            {"key": key, "text": subject.text(elements[name])} for name, key in zip(right, keys(right), strict=True)
        ],
        "scheme": scheme,
    }
    return Draft("ordering", data, subject.feedback(probes), subject.scorer.points(full.score))


def _orders(right: Sequence[str]) -> list[tuple[str, ...]]:
    """Orders to try: all of up to four items, else the right one, neighbours changed, turned around, moved on."""
    if len(right) <= 4:
        return list(permutations(right))
    found = [tuple(right), tuple(reversed(right))]
    for place in range(len(right) - 1):
        changed = list(right)
        changed[place], changed[place + 1] = changed[place + 1], changed[place]
        found += [tuple(changed), (*right[place + 1 :], *right[: place + 1])]
    return list(dict.fromkeys(found))[:_ORDERS_LIMIT]
