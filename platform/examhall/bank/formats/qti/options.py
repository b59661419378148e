"""Options to choose or to tick: choiceInteraction, hottextInteraction, and what both share with other interactions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from examhall.bank.formats.qti import choices, tree
from examhall.bank.formats.qti.choices import Key
from examhall.bank.formats.qti.feedback import Probe
from examhall.bank.formats.qti.scoring import Outcome, fraction
from examhall.bank.formats.qti.subject import Draft, Subject, hint, keys, limit
from examhall.bank.formats.qti.values import Declaration
from examhall.bank.types.contract import as_text
from examhall.errors import N_

_VERDICTS = ["true", "false"]


def choice(subject: Subject, interaction: Any) -> Draft:
    """A choiceInteraction as true_false, single_choice or multiple_choice."""
    options = list(tree.children(interaction, "simpleChoice"))
    draft = _options(subject, interaction, options)
    draft.data["shuffle"] = tree.truth(interaction, "shuffle")
    for option, data in zip(options, draft.data["options"], strict=True):
        data["pinned"] = tree.truth(option, "fixed")
        data["text"] = subject.text(option)
    return _as_true_false(draft, options)


def hottext(subject: Subject, interaction: Any) -> Draft:
    """A hottextInteraction: its text stays whole, what may be chosen in it becomes options."""
    options = tree.inner(interaction, "hottext")
    draft = _options(subject, interaction, options)
    for option, data in zip(options, draft.data["options"], strict=True):
        data["text"] = subject.text(option)
    subject.notes.loss(interaction, N_("Words to choose in a text (hottextInteraction) are shown as options below it."))
    text = subject.text(interaction, {option: f"<u>{subject.text(option)}</u>" for option in options})
    draft.data["shuffle"] = False
    draft.prompt = subject.prompt() + f"<div>{text}</div>"
    return draft


def scored(subject: Subject, interaction: Any, identifiers: Sequence[str], most: int) -> tuple[Key, list[Probe], bool]:
    """The key of choices, what was tried for their feedback, and whether several may be chosen."""
    declared = subject.declared(interaction)
    notes = subject.notes
    if not identifiers or len(set(identifiers)) < len(identifiers):
        raise notes.fault(interaction, N_("Give the choices here, each with an identifier of its own."))

    def tried(ticked: frozenset[str]) -> Outcome:
        return subject.outcome(declared, [name for name in identifiers if name in ticked])

    declared_best = subject.scorer.declared_maximum()
    if declared.cardinality == "single" or most == 1:
        found = choices.single(identifiers, lambda ticked: tried(ticked).score, notes, declared_best)
        responses = [frozenset([name]) for name in identifiers]
        multiple = False
    else:
        found = choices.several(
            identifiers,
            lambda ticked: tried(ticked).score,
            notes,
            declared=declared_best,
            right=_right(declared, identifiers),
            most=most,
            hint=hint(interaction, "scheme"),
        )
        rights = frozenset(name for name in identifiers if found.fractions[name] > found.unticked.get(name, Decimal(0)))
        whole = frozenset(identifiers)
        fitting = [ticked for ticked in (rights, whole, whole - rights) if ticked and not 0 < most < len(ticked)]
        responses = list(dict.fromkeys([*(frozenset([name]) for name in identifiers), *fitting]))
        multiple = True
        _limits(subject, interaction, len(identifiers), most)
    probes = [
        Probe(ticked, fraction(outcome.score, found.best), outcome.shown)
        for ticked in responses
        for outcome in [tried(ticked)]
    ]
    return found, probes, multiple


def _limits(subject: Subject, interaction: Any, count: int, most: int) -> None:
    least = limit(interaction, "minChoices")
    if 0 < most < count:
        subject.notes.loss(interaction, N_("At most %(most)s may be chosen in the file; here any number."), most=most)
    if least > 1:
        subject.notes.loss(
            interaction, N_("At least %(least)s must be chosen in the file; here any number."), least=least
        )


def _right(declared: Declaration, identifiers: Sequence[str]) -> list[str]:
    if declared.correct is None:
        return []
    return [name for name in identifiers if name in declared.correct.items]


def _options(subject: Subject, interaction: Any, options: Sequence[Any]) -> Draft:
    identifiers = [option.get("identifier", "") for option in options]
    cardinality = subject.declared(interaction).cardinality
    most = limit(interaction, "maxChoices") if interaction.get("maxChoices") or cardinality != "single" else 1
    found, probes, multiple = scored(subject, interaction, identifiers, most)
    texts = subject.feedback(probes)
    for option in options:
        if option.get("templateIdentifier"):
            subject.notes.loss(
                option, N_("An option depends on a template variable in the file; here it is always shown.")
            )
    data = [
        {
            "key": key,
            "fraction": as_text(found.fractions[name]),
            "feedback": texts.of(name),
            **({"unticked": as_text(found.unticked.get(name, Decimal(0)))} if multiple else {}),
        }
        for name, key in zip(identifiers, keys(identifiers), strict=True)
    ]
    points = subject.scorer.points(found.best)
    body = {"options": data, **({"scheme": found.scheme} if multiple else {})}
    return Draft("multiple_choice" if multiple else "single_choice", body, texts, points)


def _as_true_false(draft: Draft, options: Sequence[Any]) -> Draft:
    """A statement, where the two options are just the two verdicts."""
    names = [option.get("identifier", "").lower() for option in options]
    if draft.type != "single_choice" or sorted(names) != sorted(_VERDICTS):
        return draft
    if [tree.words(option).lower() for option in options] != names:
        return draft
    data = dict(zip(names, draft.data["options"], strict=True))
    if sorted(option["fraction"] for option in data.values()) != ["0", "1"]:
        return draft
    body = {
        "correct": data["true"]["fraction"] == "1",
        "feedback_true": data["true"]["feedback"],
        "feedback_false": data["false"]["feedback"],
    }
    return Draft("true_false", body, draft.texts, draft.points)
