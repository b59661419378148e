"""Items with gaps: inline choices, text entries and choices within a text, and words to be put into gaps.

Each gap is tried while the others are empty; where that earns nothing, while the others are right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from html import escape
from math import lcm
from typing import Any

from examhall.bank.formats.qti import choices, together, tree, written
from examhall.bank.formats.qti.feedback import Probe
from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.scoring import Outcome, fraction
from examhall.bank.formats.qti.subject import Draft, Subject, hint, keys, limit
from examhall.bank.formats.qti.values import Declaration, Value, value
from examhall.bank.types.cloze import WEIGHT_LIMIT
from examhall.bank.types.contract import as_text
from examhall.errors import N_

GAPS = frozenset({
    "inlineChoiceInteraction", "textEntryInteraction", "choiceInteraction", "gapMatchInteraction",
})  # fmt: skip

_TOGETHER = N_("In the file only all gaps together earn points; here each earns its share.")
_DISPLAYS = ("dropdown", "radio", "radio_row", "checkbox", "checkbox_row")
_ALIKE_LIMIT = 10
_OUR_NAME = re.compile(r"RESPONSE_([1-9][0-9]{0,2})")
Responses = dict[str, Value | None]
Gap = tuple[dict[str, Any], Decimal]
"""A gap without key and weight, and the score that its best response earns."""


def cloze(subject: Subject) -> Draft:
    """An item whose interactions all stand for gaps."""
    found: list[Gap] = []
    places: list[Any] = []
    known = _alike(subject)
    for interaction in subject.interactions:
        name = subject.declared(interaction).identifier
        others = [_apart(known, name, turn) for turn in (0, 1)]
        if interaction.tag == "gapMatchInteraction":
            found += _words(subject, interaction, others[0])
            places += tree.inner(interaction, "gap")
        else:
            found.append(_gap(subject, interaction, others))
            places.append(interaction)
    draft = assembled(subject, found, lambda marks: subject.prompt(_with_texts(subject, marks)), places)
    if places == subject.interactions and all(loss.text != _TOGETHER for loss in subject.notes.losses):
        together.check(subject, draft)
    return draft


def gap_match(subject: Subject, interaction: Any) -> Draft:
    """A gapMatchInteraction: each gap becomes a drop-down list of all words."""

    def prompt(marks: dict[Any, str]) -> str:
        asked = subject.text(tree.child(interaction, "prompt"))
        parts = [
            part for part in (subject.prompt({interaction: ""}), asked, _text_of(subject, interaction, marks)) if part
        ]
        return "".join(f"<div>{part}</div>" for part in parts)

    return assembled(subject, _words(subject, interaction, {}), prompt, tree.inner(interaction, "gap"))


def _with_texts(subject: Subject, marks: dict[Any, str]) -> dict[Any, str]:
    """What stands for interactions: for those with gaps in a text of their own, this text."""
    for interaction in subject.interactions:
        if interaction.tag == "gapMatchInteraction":
            asked = subject.text(tree.child(interaction, "prompt"))
            text = f"{f'<div>{asked}</div>' if asked else ''}<div>{_text_of(subject, interaction, marks)}</div>"
            marks = {**marks, interaction: text}
    return marks


def _text_of(subject: Subject, interaction: Any, marks: Mapping[Any, str]) -> str:
    return subject.text(interaction, {**marks, **dict.fromkeys(tree.children(interaction, "gapText", "gapImg"), "")})


def _words(subject: Subject, interaction: Any, around: Responses) -> list[Gap]:
    """The gaps of a gapMatchInteraction; `around` are the right responses of other interactions."""
    declared, notes = subject.declared(interaction), subject.notes
    words = list(tree.children(interaction, "gapText", "gapImg"))
    holes = tree.inner(interaction, "gap")
    names = [word.get("identifier", "") for word in words]
    if not words or not holes or len(set(names)) < len(names) or len(names) * len(holes) > 1000:
        raise notes.fault(interaction, N_("Give the words and the gaps here, each with an identifier of its own."))
    notes.loss(
        interaction, N_("Words to be dragged into gaps (gapMatchInteraction) are shown as lists to choose from.")
    )
    if any(limit(word, "matchMax") == 1 for word in words) and len(holes) > 1:
        notes.loss(interaction, N_("A word may be used once only in the file; here as often as one likes."))
    found = []
    for hole in holes:
        key = _hole(subject, declared, names, hole, around)
        options = [
            {"key": own, "text": subject.text(word), "fraction": as_text(key.fractions[word.get("identifier", "")])}
            for word, own in zip(words, keys(names), strict=True)
        ]
        found.append(({"kind": "choice", "display": "dropdown", "options": options}, key.best))
    return found


def _hole(
    subject: Subject, declared: Declaration, names: Sequence[str], hole: Any, elsewhere: Responses
) -> choices.Key:
    """The fractions of the words for one gap."""
    name = hole.get("identifier", "")
    correct = [item for item in (declared.correct.items if declared.correct else ()) if isinstance(item, tuple)]
    beside = [item for item in correct if item[1] != name]

    def score(pairs: Sequence[Any], others: Responses) -> Decimal:
        given = value(pairs, declared.base, declared.cardinality)
        return subject.scorer.outcome({**others, declared.identifier: given}).score

    for pairs, others in (([], {}), (beside, elsewhere)):
        empty = score(pairs, others)
        scores = {word: score([*pairs, (word, name)], others) - empty for word in names}
        if max(scores.values()) > 0:
            if pairs or others:
                _together(subject, hole)
            return choices.single(names, partial(_total, scores), subject.notes)
    raise subject.notes.fault(hole, N_("No word earns anything in this gap. Name the right one in the file."))


def _total(scores: Mapping[str, Decimal], ticked: frozenset[str]) -> Decimal:
    return sum((scores[name] for name in ticked), Decimal(0))


def _right(declared: Declaration) -> Value | None:
    """The right response, or what earns most; one of them, where several are for a single value."""
    entries = declared.mapping.entries if declared.mapping else ()
    earning = [key for key, worth, _ in sorted(entries, key=lambda entry: -entry[1]) if worth > 0]
    members = declared.correct.items if declared.correct else tuple(earning)
    return value(members[:1] if declared.cardinality == "single" else members, declared.base, declared.cardinality)


def _together(subject: Subject, where: Any) -> None:
    subject.notes.loss(where, _TOGETHER)


def _alike(subject: Subject) -> dict[str, list[Value]]:
    """The right response to each gap by its identifier and, to one for texts, some that earn as much."""
    found = {}
    for declared in map(subject.declared, subject.interactions):
        right, entries = _right(declared), declared.mapping.entries if declared.mapping else ()
        most = max((worth for _, worth, _ in entries), default=Decimal(0))
        texts = declared.cardinality == "single" and declared.base == "string"
        others = [Value((key,), declared.base) for key, worth, _ in entries if texts and worth == most > 0]
        if right is not None:
            found[declared.identifier] = list(dict.fromkeys([right, *others]))[:_ALIKE_LIMIT]
    return found


def _apart(known: Mapping[str, Sequence[Value]], but: str = "", turn: int = 0) -> Responses:
    """A right response to each gap `but` one, not the same text in two: some files count it once. Turns differ."""
    right: Responses = {}
    for name, alike in known.items():
        turned = [alike[(place + turn) % len(alike)] for place in range(len(alike))]
        if name != but:
            right[name] = next((one for one in turned if one not in right.values()), turned[0])
    return right


def _gap(subject: Subject, interaction: Any, others: Sequence[Responses]) -> tuple[dict[str, Any], Decimal]:
    """A gap without key and weight, and the score that its best response earns; `others` may stand in other gaps."""
    declared = subject.declared(interaction)

    def trying(*around: Responses) -> Callable[[Value | None, Mapping[str, bool]], Outcome]:
        empty = [subject.scorer.outcome(held).score for held in around]

        def tried(response: Value | None, assumed: Mapping[str, bool]) -> Outcome:
            found = [subject.scorer.outcome({**held, declared.identifier: response}, assumed) for held in around]
            best = max(outcome.score - without for outcome, without in zip(found, empty, strict=True))
            return Outcome(best, found[0].shown)

        return tried

    read = _entry if interaction.tag == "textEntryInteraction" else _list
    if not others[0] or _earns(declared, trying({})):
        return read(subject, interaction, declared, trying({}))
    found = read(subject, interaction, declared, trying(*others))
    _together(subject, interaction)
    return found


def _earns(declared: Declaration, tried: Callable[[Value | None, Mapping[str, bool]], Outcome]) -> bool:
    """Whether something can be earned in this gap alone."""
    right = _right(declared)
    return right is None or tried(right, {}).score > 0


def _entry(subject: Subject, interaction: Any, declared: Declaration, tried: Any) -> tuple[dict[str, Any], Decimal]:
    numeric = written.is_number(subject.scorer, declared)
    read = written.numbers if numeric else written.texts
    found = read(subject.scorer, declared.identifier, tried, subject.notes)
    data: dict[str, Any] = {"kind": "numeric" if numeric else "short_text", "answers": found.answers}
    return data if numeric else {**data, "case_sensitive": found.case_sensitive}, found.best


def ticks(
    notes: Notes, where: Any, names: Sequence[str], worth: choices.Worth, right: Sequence[str]
) -> tuple[dict[str, Decimal], Decimal]:
    """The fractions of choices of which several may be ticked in a gap, and the score that the best ticks earn."""
    key = choices.several(names, worth, notes, right=right, hint="sum")
    if key.scheme != "sum":
        notes.loss(where, N_("Ticks in a gap earn other points in the file; here right ones earn their share."))
    shares = sum(part > 0 for part in key.fractions.values()) if key.scheme != "sum" else 1
    return {name: fraction(part, Decimal(shares)) for name, part in key.fractions.items()}, key.best


def _list(subject: Subject, interaction: Any, declared: Declaration, tried: Any) -> tuple[dict[str, Any], Decimal]:
    options = list(tree.children(interaction, "inlineChoice", "simpleChoice"))
    names = [option.get("identifier", "") for option in options]

    def worth(ticked: frozenset[str]) -> Decimal:
        members = [name for name in names if name in ticked]
        score = tried(value(members, declared.base, declared.cardinality), {}).score
        return score if isinstance(score, Decimal) else Decimal(0)

    if not names or len(set(names)) < len(names):
        raise subject.notes.fault(interaction, N_("Give the choices here, each with an identifier of its own."))
    several = declared.cardinality != "single" and limit(interaction, "maxChoices") != 1
    notes = subject.notes
    right = [name for name in names if declared.correct and name in declared.correct.items]
    if several:
        fractions, best = ticks(notes, interaction, names, worth, right)
    else:
        key = choices.single(names, worth, notes)
        fractions, best = dict(key.fractions), key.best
    data = {
        "kind": "multiple" if several else "choice",
        "display": _display(interaction, several),
        "shuffle": tree.truth(interaction, "shuffle"),
        "options": [
            {
                "key": own,
                "text": _text(subject, option),
                "pinned": tree.truth(option, "fixed"),
                "fraction": as_text(fractions[name]),
            }
            for name, own, option in zip(names, keys(names), options, strict=True)
        ],
    }
    return data, best


def _text(subject: Subject, option: Any) -> str:
    return subject.text(option) or escape(tree.words(option), quote=False)


def _display(interaction: Any, several: bool) -> str:
    said = hint(interaction, "display")
    fitting = [name for name in _DISPLAYS if name.startswith("checkbox") == several]
    if said in fitting:
        return said
    return "checkbox" if several else "dropdown" if interaction.tag == "inlineChoiceInteraction" else "radio"


def assembled(
    subject: Subject,
    found: Sequence[Gap],
    prompt: Callable[[dict[Any, str]], str],
    elements: Sequence[Any],
) -> Draft:
    """The cloze that gaps make, each given without key and weight and with the score of its best response."""
    shares = weights([best for _, best in found], subject.notes)
    marks: dict[Any, str] = {}
    gaps = []
    numbers = _numbers([element.get("responseIdentifier", "") for element in elements])
    for number, element, (gap, _), weight in zip(numbers, elements, found, shares, strict=True):
        asked = subject.text(tree.child(element, "prompt"))
        marks[element] = f"{f'<div>{asked}</div>' if asked else ''}{{#{number}}}"
        gaps.append({"key": number, "weight": weight, **gap})
    best = sum((score for _, score in found), Decimal(0))
    rights = _all_right(subject)
    probes = [Probe(frozenset(), Decimal(0), subject.scorer.outcome({}).shown)]
    if rights is not None:
        right = subject.scorer.outcome(rights)
        probes.append(Probe(frozenset(), Decimal(1), right.shown))
        if len(rights) > 1:
            some = subject.scorer.outcome(dict(list(rights.items())[:1]))
            probes.append(Probe(frozenset(), fraction(some.score, best), some.shown))
        if right.score > 0 and abs(right.score - best) > Decimal("0.001"):
            best = right.score
    return Draft("cloze", {"gaps": gaps}, subject.feedback(probes), subject.scorer.points(best), prompt(marks))


def _numbers(names: Sequence[str]) -> list[str]:
    """The numbers of gaps: those of their responses where our own files name them so, else in order."""
    said = [match[1] for name in names if (match := _OUR_NAME.fullmatch(name))]
    in_order = [str(place) for place in range(1, len(names) + 1)]
    return said if len(set(said)) == len(names) else in_order


def _all_right(subject: Subject) -> Responses | None:
    """All right responses, where the file names them."""
    right = _apart(_alike(subject))
    return right if len(right) == len(subject.interactions) else None


def weights(scores: Sequence[Decimal], notes: Notes) -> list[int]:
    """Small whole numbers in the proportion of scores."""
    shares = [Fraction(score / scores[0]).limit_denominator(100) for score in scores]
    multiple = lcm(*(share.denominator for share in shares))
    weights = [int(share * multiple) for share in shares]
    if max(weights) > WEIGHT_LIMIT or min(weights) < 1:
        notes.loss(None, N_("The gaps earn different points in the file; here each earns the same share."))
        return [1] * len(scores)
    return weights
