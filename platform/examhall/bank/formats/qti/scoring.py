"""What responses to an item are worth, and which feedback they earn: the rules of the item, asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from lxml import etree

from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.processing import Processor, Responses, rules_of
from examhall.bank.formats.qti.values import Declaration, declaration
from examhall.bank.types.contract import as_text
from examhall.errors import N_

ROUNDING = Decimal("0.0015")  # what thirds and sevenths of three digits lack
_PLACES = Decimal("1e-12")
_WIDE = Context(prec=250)  # numbers are below 1e100, and so are the quotients of two above 1e-100
_SETTING = ("setOutcomeValue", "lookupOutcomeValue")
#: What is called an interaction, but asks for nothing: films and buttons.
UNSCORED = ("mediaInteraction", "endAttemptInteraction")
_MODAL = ("modalFeedback", "feedbackInline", "feedbackBlock")
_NOT_SCORES = ("maxscore", "minscore", "completionstatus", "passed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a response earns: a score, and feedbacks by their places."""

    score: Decimal
    shown: frozenset[int]


@dataclass(frozen=True, slots=True)
class Feedback:
    """A feedback of the file: it is shown while the outcome holds the identifier, or hidden while it does."""

    element: Any
    outcome: str
    identifier: str
    hides: bool


class Scorer:
    """The rules of one item. Raises Fault where there are none, or none that we understand."""

    def __init__(self, item: Any, notes: Notes, interactions: Iterable[str] = ()) -> None:
        self.notes = notes
        self.declarations: dict[str, Declaration] = {}
        for element in tree.children(item, "responseDeclaration", "outcomeDeclaration"):
            declared = declaration(element, notes)
            self.declarations[declared.identifier] = declared
        self.feedbacks = [_feedback(element) for element in tree.inner(item, *_MODAL) if not _asks(element)]
        rules = rules_of(item, notes)
        if rules is not None and next(rules.iter(*_SETTING), None) is None:
            message = N_("The rules of the file give no points; each response is compared with its own key instead.")
            notes.warn(rules if rules.sourceline else item, message)
            rules = None
        if rules is None:
            rules = self._own_rules(interactions)
        self.rules = rules
        self.score_name = self._score_name(rules)

    def prepare(self) -> None:
        """Must be called before rules are read or run. Raises Fault where one is not understood."""
        self.processor = Processor(self.declarations, self.rules, self.notes)

    def outcome(self, responses: Responses, assumed: Mapping[str, bool] | None = None) -> Outcome:
        """What these responses (by identifier; absent ones are NULL) earn."""
        found = self.processor.run(responses, assumed)
        score = found.get(self.score_name)
        amount = score.items[0] if score is not None else Decimal(0)
        shown = frozenset(
            place
            for place, feedback in enumerate(self.feedbacks)
            if ((held := found.get(feedback.outcome)) is not None and feedback.identifier in held.items)
            != feedback.hides
        )
        return Outcome(amount if isinstance(amount, Decimal) else Decimal(0), shown)

    def declared_maximum(self) -> Decimal | None:
        """The most that a response may earn, as the file declares it."""
        score, maximum = self.declarations.get(self.score_name), self.declarations.get("MAXSCORE")
        if score is not None and score.normal_maximum:
            return score.normal_maximum
        if maximum is not None and maximum.default is not None and isinstance(maximum.default.items[0], Decimal):
            return maximum.default.items[0] or None
        return None

    def points(self, best: Decimal) -> Decimal:
        """The points of a question of which the best response earns `best`; what looks wrong is told."""
        declared = self.declared_maximum()
        if declared is not None and abs(declared - best) > ROUNDING:
            message = N_("The file says that %(declared)s points can be had, but the best answer earns %(best)s.")
            self.notes.warn(None, message, declared=as_text(declared), best=as_text(best))
        if best == 100:
            self.notes.warn(None, N_("This question is worth 100 points. If these are percents, change its points."))
        return rounded_points(best)

    def _own_rules(self, interactions: Iterable[str]) -> Any:
        """Rules for an item without any: responses are mapped, or else matched with the right one."""
        rules = etree.Element("responseProcessing")
        for name in interactions:
            declared = self.declarations.get(name)
            if declared is None or (declared.correct is None and not declared.mapping and not declared.area_mapping):
                continue
            if declared.mapping or declared.area_mapping:
                kind = "mapResponse" if declared.mapping else "mapResponsePoint"
                worth, parent = f'<{kind} identifier="{name}"/>', rules
            else:
                condition = etree.SubElement(rules, "responseCondition")
                parent = etree.SubElement(condition, "responseIf")
                match = etree.SubElement(parent, "match")
                etree.SubElement(match, "variable", identifier=name)
                etree.SubElement(match, "correct", identifier=name)
                worth = '<baseValue baseType="float">1</baseValue>'
            total = f'<sum><variable identifier="SCORE"/>{worth}</sum>'
            parent.append(etree.fromstring(f'<setOutcomeValue identifier="SCORE">{total}</setOutcomeValue>'))
        self.declarations.setdefault("SCORE", Declaration("SCORE", "single", "float", is_outcome=True))
        return rules

    def _score_name(self, rules: Any) -> str:
        assigned: list[str] = [rule.get("identifier", "") for rule in rules.iter(*_SETTING)]
        declared = [
            name
            for name, found in self.declarations.items()
            if found.is_outcome and found.base in ("float", "integer") and name.lower() not in _NOT_SCORES
        ]
        for name in [*assigned, *declared]:
            if name.upper() == "SCORE":
                return name
        return next((name for name in declared if name in assigned), "SCORE")


def rounded_points(best: Decimal) -> Decimal:
    """Points without the traces of rounded parts: 0.9999 is 1."""
    whole = best.to_integral_value()
    return whole if abs(best - whole) < ROUNDING else best.quantize(Decimal("0.0001"), context=_WIDE).normalize()


def fraction(score: Decimal, best: Decimal) -> Decimal:
    """The part of the best score, to twelve places."""
    return Decimal(1) if score == best else (score / best).quantize(_PLACES, context=_WIDE).normalize()


def _asks(element: Any) -> bool:
    """Whether there is something to answer in a block, so that it is no mere feedback."""
    return any(str(inner.tag).endswith("Interaction") and inner.tag not in UNSCORED for inner in element.iter())


def _feedback(element: Any) -> Feedback:
    return Feedback(
        element=element,
        outcome=element.get("outcomeIdentifier", ""),
        identifier=element.get("identifier", ""),
        hides=element.get("showHide", "show") == "hide",
    )
