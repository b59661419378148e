"""Each type as interactions, declarations and rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from examhall.bank.formats.qti import rules
from examhall.bank.formats.qti.elements import element
from examhall.bank.formats.qti.entries import ENDINGS
from examhall.bank.formats.qti.entries_out import numeric, short_text
from examhall.bank.formats.qti.gaps_out import cloze
from examhall.bank.formats.qti.rules import RESPONSE
from examhall.bank.formats.qti.writing import Draft, boolean, identifier, mapping
from examhall.bank.types.upload import BYTES_LIMIT
from examhall.errors import N_

_COLUMNS = ("column_true", "column_false")
_HALF = Decimal("0.5")
_UNANSWERED = N_("In the file a question that is left unanswered earns what leaving all options earns.")


def single_choice(draft: Draft) -> None:
    """One option: match_correct where it is all or nothing, else a mapping."""
    options = draft.body.options
    worths = {identifier(option.key): option.fraction for option in options}
    right = [name for name, part in worths.items() if part == 1]
    plain = len(right) == 1 and all(part in (0, 1) for part in worths.values())
    shares = None if plain else mapping({name: draft.share(part) for name, part in worths.items() if part})
    draft.respond("single", "identifier", correct=right[:1], mapping=shares)
    draft.interactions.append(_choices(draft, options, 1))
    draft.rules.append(rules.matched(draft.points) if plain else rules.mapped())
    draft.template = "match_correct" if plain else "map_response"
    _option_feedback(draft, options)


def multiple_choice(draft: Draft) -> None:
    """Options to tick, by the scheme."""
    body = draft.body
    right = [identifier(option.key) for option in body.options if option.fraction > option.unticked]
    if body.scheme != "ticked_unticked":
        right = [identifier(option.key) for option in body.options if option.fraction > 0]
    shares = None
    if body.scheme in ("sum", "right_minus_wrong"):
        worths = {identifier(option.key): option.fraction for option in body.options if option.fraction}
        if body.scheme == "right_minus_wrong":
            part = Decimal(1) / len(right)
            worths = {identifier(option.key): part if option.fraction > 0 else -part for option in body.options}
        shares = mapping(
            {name: draft.share(part) for name, part in worths.items()}, least=Decimal(0), most=draft.points
        )
        draft.rules.append(rules.mapped())
        draft.template = "map_response"
    elif body.scheme == "all_or_nothing":
        if right:
            draft.rules.append(rules.matched(draft.points))
        else:
            draft.rules.append(rules.when((element("isNull", rules.variable()), [rules.add(draft.points)])))
            draft.loss(_UNANSWERED)
        draft.template = "match_correct" if right else ""
    else:
        draft.rules += _decisions(draft)
    if body.scheme not in ("sum", "ticked_unticked") and any(option.fraction not in (0, 1) for option in body.options):
        draft.loss(N_("How large the fractions of options are, which this scheme does not look at, is left out."))
    draft.respond("multiple", "identifier", correct=right, mapping=shares)
    draft.interactions.append(_choices(draft, body.options, 0, class_=f"scheme-{body.scheme}"))
    _option_feedback(draft, body.options)


def _decisions(draft: Draft) -> list[Any]:
    """Rules for schemes in which leaving an option earns something, too."""
    options = draft.body.options
    if draft.body.scheme == "every_decision":
        part = Decimal(1) / len(options)
        worths = [(part, Decimal(0)) if option.fraction > 0 else (Decimal(0), part) for option in options]
    else:
        best = sum((max(option.fraction, option.unticked) for option in options), Decimal(0))
        worths = [(option.fraction / best, option.unticked / best) for option in options]
    draft.loss(_UNANSWERED)
    made = [
        rules.when(
            (rules.contains(identifier(option.key)), [rules.add(draft.share(ticked))]),
            otherwise=[rules.add(draft.share(left))],
        )
        for option, (ticked, left) in zip(options, worths, strict=True)
    ]
    bounded = element("max", rules.base("0", "float"), element("min", rules.base(rules.worth(draft.points), "float"),
                                                               rules.variable("SCORE")))  # fmt: skip
    return [*made, rules.set_("SCORE", bounded)]


def true_false(draft: Draft) -> None:
    """A choice of two."""
    body = draft.body
    draft.respond("single", "identifier", correct=[boolean(body.correct)])
    choices = [element("simpleChoice", name.capitalize(), identifier=name) for name in ("true", "false")]
    draft.interactions.append(
        element("choiceInteraction", *choices, responseIdentifier=RESPONSE, shuffle="false", maxChoices="1")
    )
    draft.rules.append(rules.matched(draft.points))
    draft.template = "match_correct"
    for name, html in (("true", body.feedback_true), ("false", body.feedback_false)):
        if html:
            draft.feedback[name] = html
    if draft.feedback:
        draft.rules.append(rules.set_("FEEDBACK", element("multiple", rules.variable())))


def kprim(draft: Draft) -> None:
    """A matchInteraction of four rows and two columns."""
    body = draft.body
    pairs = [f"{identifier(row.key)} {_COLUMNS[not row.correct]}" for row in body.rows]
    shares = mapping({pair: draft.share(Decimal("0.25")) for pair in pairs})
    if body.scheme == "every_decision":
        draft.rules.append(rules.mapped())
        draft.template = "map_response"
    elif body.scheme == "all_or_nothing":
        shares = None
        draft.rules.append(rules.matched(draft.points))
        draft.template = "match_correct"
    else:  # between three and four shares, and between two and three, so that no rounding counts
        branches = [
            (element("gte", element("mapResponse", identifier=RESPONSE), rules.base(rules.worth(least), "float")),
             [rules.add(draft.share(part))])
            for least, part in ((draft.share(Decimal("0.875")), Decimal(1)), (draft.share(Decimal("0.625")), _HALF))
        ]  # fmt: skip
        draft.rules.append(rules.when((rules.given(), [rules.when(*branches)])))
    draft.respond("multiple", "directedPair", correct=pairs, mapping=shares)
    rows = [
        draft.filled("simpleAssociableChoice", row.text, identifier=identifier(row.key), matchMax="1", **_fixed(row))
        for row in body.rows
    ]
    columns = [
        element("simpleAssociableChoice", label or usual, identifier=name, matchMax="4",
                **({} if label else {"class_": "label-usual"}))
        for name, label, usual in zip(_COLUMNS, (body.true_label, body.false_label), ("True", "False"), strict=True)
    ]  # fmt: skip
    draft.interactions.append(_match(rows, columns, body.shuffle))
    for row in body.rows:
        if row.feedback:
            name = identifier(row.key)
            draft.feedback[name] = row.feedback
            judged = element("or", *(rules.contains(f"{name} {column}", "directedPair") for column in _COLUMNS))
            draft.rules.append(rules.when((judged, [rules.note(name)])))


def matching(draft: Draft) -> None:
    """A matchInteraction of stems and choices."""
    body = draft.body
    taken = {stem.key for stem in body.stems}
    names = {
        choice.key: f"choice_{choice.key}" if choice.key in taken else identifier(choice.key) for choice in body.choices
    }
    pairs = [f"{identifier(stem.key)} {names[stem.choice]}" for stem in body.stems]
    share = draft.share(Decimal(1) / len(pairs))
    draft.respond("multiple", "directedPair", correct=pairs, mapping=mapping(dict.fromkeys(pairs, share)))
    stems = [
        draft.filled("simpleAssociableChoice", stem.text, identifier=identifier(stem.key), matchMax="1")
        for stem in body.stems
    ]
    choices = [
        draft.filled("simpleAssociableChoice", choice.text, identifier=names[choice.key], matchMax=str(len(pairs)))
        for choice in body.choices
    ]
    if len(stems) == 1:
        choices[0].set("matchMax", "0")
    draft.interactions.append(_match(stems, choices, body.shuffle, class_="kind-matching"))
    draft.rules.append(rules.mapped())
    draft.template = "map_response"


def ordering(draft: Draft) -> None:
    """An orderInteraction; the file holds the items by their texts, so that their order tells nothing."""
    body = draft.body
    names = [identifier(item.key) for item in body.items]
    draft.respond("ordered", "identifier", correct=names)
    choices = [
        draft.filled("simpleChoice", item.text, identifier=identifier(item.key))
        for item in sorted(body.items, key=lambda item: (item.text, item.key))
    ]
    made = element(
        "orderInteraction", *choices, responseIdentifier=RESPONSE, shuffle="true", class_=f"scheme-{body.scheme}"
    )
    draft.interactions.append(made)
    if body.scheme == "exact":
        draft.rules.append(rules.matched(draft.points))
        draft.template = "match_correct"
    elif body.scheme == "position":
        share = draft.share(Decimal(1) / len(names))
        for place, name in enumerate(names, start=1):
            there = element("match", element("index", rules.variable(), n=str(place)), rules.base(name))
            draft.rules.append(rules.when((there, [rules.add(share)])))
    else:
        share = draft.share(Decimal(1) / (len(names) - 1))
        for one, other in pairwise(names):
            together = element("contains", rules.variable(), element("ordered", rules.base(one), rules.base(other)))
            draft.rules.append(rules.when((together, [rules.add(share)])))


def essay(draft: Draft) -> None:
    """An extendedTextInteraction, which a person marks."""
    body = draft.body
    draft.respond("single", "string", default=body.template)
    limits = [
        f"{name}-{count}" for name, count in (("min-words", body.min_words), ("max-words", body.max_words)) if count
    ]
    attributes = {"class_": " ".join(limits)} if limits else {}
    if limits:
        draft.loss(N_("Limits of words are told in a class of the interaction, which other programs will not see."))
    draft.interactions.append(
        element("extendedTextInteraction", responseIdentifier=RESPONSE, expectedLines=str(body.lines), **attributes)
    )
    draft.notes = body.marking_notes


def upload(draft: Draft) -> None:
    """An uploadInteraction, which a person marks."""
    body = draft.body
    draft.respond("multiple" if body.max_files > 1 else "single", "file")
    kinds = [ENDINGS[ending] for ending in body.accept if ending in ENDINGS]
    if len(kinds) < len(body.accept):
        draft.loss(N_("Some of the types of files that are taken are left out."))
    if body.max_files not in (1, 10) or body.max_bytes != BYTES_LIMIT // 2:
        draft.loss(N_("How many files may be handed in, and how large, is left out."))
    attributes = {"type": " ".join(kinds)} if kinds else {}
    draft.interactions.append(element("uploadInteraction", responseIdentifier=RESPONSE, **attributes))
    draft.notes = body.marking_notes


def hotspot(draft: Draft) -> None:
    """A hotspotInteraction."""
    body = draft.body
    worths = {identifier(region.key): region.fraction for region in body.regions}
    right = [name for name, part in worths.items() if part > 0]
    shares = {name: draft.share(part) for name, part in worths.items() if part}
    least, most = (Decimal(0), draft.points) if body.multiple else (None, None)
    full = right if body.multiple else [name for name, part in worths.items() if part == 1][:1]
    draft.respond(
        "multiple" if body.multiple else "single",
        "identifier",
        correct=full,
        mapping=mapping(shares, least=least, most=most),
    )
    where = draft.texts.address(body.image)
    path, kind = where or ("", "image/png")
    if where is None:
        draft.texts.lost.append(body.image)
    size = {"width": str(body.width), "height": str(body.height)}
    picture = (
        element("img", src=path, alt=body.alt, **size)
        if draft.version == "3.0"
        else element("object", body.alt, data=path, type=kind, **size)
    )
    regions = [
        element(
            "hotspotChoice",
            identifier=identifier(region.key),
            shape={"polygon": "poly"}.get(region.shape, region.shape),
            coords=",".join(str(coordinate) for coordinate in region.coords),
            hotspotLabel=region.label,
        )
        for region in body.regions
    ]
    made = element(
        "hotspotInteraction",
        picture,
        *regions,
        responseIdentifier=RESPONSE,
        maxChoices="0" if body.multiple else "1",
        class_="scheme-sum",
    )
    draft.interactions.append(made)
    draft.rules.append(rules.mapped())
    draft.template = "map_response"
    _option_feedback(draft, body.regions)


def description(draft: Draft) -> None:
    """No interaction."""


def _choices(draft: Draft, options: Sequence[Any], most: int, **attributes: str) -> Any:
    made = element("choiceInteraction", responseIdentifier=RESPONSE, shuffle=boolean(draft.body.shuffle),
                   maxChoices=str(most), **attributes)  # fmt: skip
    for option in options:
        made.append(draft.filled("simpleChoice", option.text, identifier=identifier(option.key), **_fixed(option)))
    return made


def _option_feedback(draft: Draft, options: Sequence[Any]) -> None:
    draft.feedback |= {identifier(option.key): option.feedback for option in options if option.feedback}
    if draft.feedback:
        draft.rules.append(rules.set_("FEEDBACK", element("multiple", rules.variable())))


def _fixed(part: Any) -> dict[str, str]:
    return {"fixed": "true"} if part.pinned else {}


def _match(stems: Sequence[Any], choices: Sequence[Any], shuffle: bool, **attributes: str) -> Any:
    sets = [element("simpleMatchSet", *stems), element("simpleMatchSet", *choices)]
    return element(
        "matchInteraction",
        *sets,
        responseIdentifier=RESPONSE,
        shuffle=boolean(shuffle),
        maxAssociations=str(len(stems)),
        **attributes,
    )


WRITERS: Mapping[str, Callable[[Draft], None]] = {
    "single_choice": single_choice,
    "multiple_choice": multiple_choice,
    "true_false": true_false,
    "kprim": kprim,
    "short_text": short_text,
    "numeric": numeric,
    "matching": matching,
    "ordering": ordering,
    "cloze": cloze,
    "essay": essay,
    "upload": upload,
    "hotspot": hotspot,
    "description": description,
}
