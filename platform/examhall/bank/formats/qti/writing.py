"""A question of ours as an assessmentItem, in the names of QTI 2.x; what it cannot say is told."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from examhall.bank.formats import Item
from examhall.bank.formats.qti import rules
from examhall.bank.formats.qti.elements import Address, Texts, element
from examhall.bank.formats.qti.feedback import GENERAL, VERDICT
from examhall.bank.formats.qti.rules import RESPONSE
from examhall.bank.types import type_named
from examhall.errors import N_

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
_OUTCOMES = {"right_feedback": "right", "partial_feedback": "partial", "wrong_feedback": "wrong"}


class Unsayable(Exception):
    """A question that QTI has no words for. The message is a msgid."""


@dataclass
class Draft:
    """What becomes an item: its declarations, what its body holds after the prompt, its rules and its feedback."""

    item: Item
    body: Any
    points: Decimal
    version: str
    texts: Texts
    declarations: list[Any] = field(default_factory=list)
    #: Elements after the prompt; the prompt itself is `prompt`, an element that already holds its HTML.
    interactions: list[Any] = field(default_factory=list)
    prompt: Any = None
    rules: list[Any] = field(default_factory=list)
    #: A standard template that would say the same as the rules, if there is no feedback and one point.
    template: str = ""
    feedback: dict[str, str] = field(default_factory=dict)
    notes: str = ""
    losses: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def loss(self, text: str, **params: Any) -> None:
        """Note what is left out."""
        if (text, params) not in self.losses:
            self.losses.append((text, params))

    def share(self, part: Decimal) -> Decimal:
        """The points that a fraction earns."""
        return part * self.points

    def respond(
        self,
        cardinality: str,
        base_type: str,
        *,
        name: str = RESPONSE,
        correct: Sequence[str] = (),
        mapping: Any = None,
        default: str = "",
    ) -> None:
        """Declare a response."""
        made = element("responseDeclaration", identifier=name, cardinality=cardinality, baseType=base_type)
        if correct:
            made.append(element("correctResponse", *(element("value", value) for value in correct)))
        if default:
            made.append(element("defaultValue", element("value", default)))
        if mapping is not None:
            made.append(mapping)
        self.declarations.append(made)

    def filled(self, name: str, html: str, **attributes: str) -> Any:
        """An element that holds HTML."""
        return self.texts.fill(element(name, **attributes), html)


def mapping(entries: Mapping[str, Decimal], *, least: Decimal | None = None, most: Decimal | None = None,
            cases: bool | None = None) -> Any:  # fmt: skip
    """A mapping from the members of a response to points, within bounds."""
    made = element("mapping", defaultValue="0")
    for name, bound in (("lowerBound", least), ("upperBound", most)):
        if bound is not None:
            made.set(name, rules.worth(bound))
    for key, points in entries.items():
        entry = element("mapEntry", mapKey=key, mappedValue=rules.worth(points))
        if cases is not None:
            entry.set("caseSensitive", "true" if cases else "false")
        made.append(entry)
    return made


def identifier(key: str) -> str:
    """The key of a part as an identifier, which never begins with a digit."""
    return f"_{key}" if key[:1].isdigit() else key


def boolean(verdict: bool) -> str:
    """A boolean as XML writes it."""
    return "true" if verdict else "false"


def name_of(item: Item) -> str:
    """The identifier of an item: its external one where that may be one, else a name made of its content."""
    if _IDENTIFIER.fullmatch(item.external_id):
        return item.external_id
    content = json.dumps([item.type, item.name, item.category, item.external_id, item.body], sort_keys=True)
    return f"q{hashlib.sha256(content.encode()).hexdigest()[:20]}"


def written(
    item: Item, writers: Mapping[str, Callable[[Draft], None]], version: str, address: Address
) -> tuple[Any, list[tuple[str, Mapping[str, Any]]]]:
    """An item (in the names of 2.x) and what of the question it does not say. Raises Unsayable."""
    writer = writers.get(item.type)
    if writer is None:
        raise Unsayable(N_("Questions of this type cannot be said in QTI; this one is left out."))
    body = type_named(item.type).load(item.body)
    draft = Draft(item, body, item.points, version, Texts(address, version == "3.0"))
    if draft.points <= 0 and type_named(item.type).answerable:
        draft.loss(N_("A question with 0 points is given 1 point."))
        draft.points = Decimal(1)
    writer(draft)
    if draft.prompt is None:
        draft.prompt = draft.texts.fill(element("div"), body.prompt, wrap=False)
    _feedback(draft)
    _losses(draft)
    root = element(
        "assessmentItem",
        *draft.declarations,
        *_outcomes(draft),
        element("itemBody", *_notes(draft), draft.prompt, *draft.interactions),
        *_processing(draft),
        *(
            draft.filled("modalFeedback", html, outcomeIdentifier=outcome, identifier=name, showHide="show")
            for (outcome, name), html in _said(draft).items()
        ),
        identifier=name_of(item),
        title=item.name,
        adaptive="false",
        timeDependent="false",
        toolName="Examhall",
    )
    if item.language:
        root.set("{http://www.w3.org/XML/1998/namespace}lang", item.language)
    if draft.texts.lost:
        draft.loss(N_("A picture or sound is missing from the media of this bank."))
    return root, draft.losses


def _notes(draft: Draft) -> list[Any]:
    use = {"use": "scoring"} if draft.version == "3.0" else {}  # which 2.1 does not know
    return [draft.filled("rubricBlock", draft.notes, view="scorer", **use)] if draft.notes else []


def _feedback(draft: Draft) -> None:
    """The rules that show feedback of everybody."""
    if draft.body.feedback:
        draft.rules.append(rules.set_(GENERAL, rules.base("general")))
    if any(getattr(draft.body, name) for name in _OUTCOMES):
        draft.rules.append(rules.verdict(draft.points))
    if draft.feedback or draft.body.feedback or any(getattr(draft.body, name) for name in _OUTCOMES):
        draft.template = ""


def _said(draft: Draft) -> dict[tuple[str, str], str]:
    """HTML of feedback by outcome and identifier."""
    said = {("FEEDBACK", name): html for name, html in draft.feedback.items()}
    if draft.body.feedback:
        said[GENERAL, "general"] = draft.body.feedback
    for name, verdict in _OUTCOMES.items():
        if html := getattr(draft.body, name):
            said[VERDICT, verdict] = html
    return said


def _outcomes(draft: Draft) -> list[Any]:
    if not type_named(draft.item.type).answerable and not draft.body.feedback:
        return []
    points = rules.worth(draft.points)
    zero, most = element("defaultValue", element("value", "0")), element("defaultValue", element("value", points))
    declared = [
        element(
            "outcomeDeclaration", zero, identifier="SCORE", cardinality="single", baseType="float", normalMaximum=points
        ),
        element("outcomeDeclaration", most, identifier="MAXSCORE", cardinality="single", baseType="float"),
    ]
    outcomes = dict.fromkeys(outcome for outcome, _ in _said(draft))
    for outcome in outcomes:
        cardinality = "multiple" if outcome == "FEEDBACK" else "single"
        declared.append(
            element("outcomeDeclaration", identifier=outcome, cardinality=cardinality, baseType="identifier")
        )
    return declared


def _processing(draft: Draft) -> list[Any]:
    if draft.template and (draft.points == 1 or draft.template.startswith("map_")):
        return [rules.template(draft.template, draft.version)]
    return [element("responseProcessing", *draft.rules)] if draft.rules else []


def _losses(draft: Draft) -> None:
    item = draft.item
    if draft.body.hints:
        draft.loss(N_("Hints are left out."))
    if item.external_id and item.external_id != name_of(item):
        draft.loss(
            N_('The external id "%(id)s" cannot be an identifier in QTI; another one was made.'), id=item.external_id
        )
    if item.status != "ready":
        draft.loss(N_("The status of a question is left out."))
    if item.category_external_id:
        draft.loss(N_("The external ids of categories are left out."))
