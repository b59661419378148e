"""Response processing: what the rules of an item make of a response, within a budget of steps.

Rules: reference semantics §2.6. Only what is pure is known: no loops, no chance, nothing of the author's own making.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

from lxml import etree

from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.mathematics import MATHEMATICS
from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.operators import FALSE, OPERATORS, TRUE, Operator, inside, is_true, pattern_of
from examhall.bank.formats.qti.values import Declaration, Value, atom, number, value
from examhall.errors import N_

Responses = Mapping[str, Value | None]

STEPS_LIMIT = 600_000  # for all runs of one question: a second or less
DEPTH_LIMIT = 40
_RULES = {"responseProcessing", "responseCondition", "responseIf", "responseElseIf", "responseElse",
          "setOutcomeValue", "lookupOutcomeValue", "exitResponse", "responseProcessingFragment",
          "processingFragment"}  # fmt: skip
_LEAVES = {"baseValue", "variable", "correct", "default", "null", "mapResponse", "mapResponsePoint", "mapTolResponse"}
_KNOWN = _RULES | _LEAVES
#: Operators of single systems that only put an answer in order before it is compared.
_TIDYING = re.compile(r"(Trim|ToAscii|ToLower(Case)?|Parse\w*(Decimal|Float|Integer|Number))$", re.IGNORECASE)
_WITHOUT_ARGUMENTS = {"multiple", "ordered", "randomInteger", "randomFloat", "mathConstant"}
_MATCH = '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
_MATCHED = f"""<responseCondition><responseIf>{_MATCH}%s</responseIf>
  <responseElse><setOutcomeValue identifier="SCORE"><baseValue baseType="float">0</baseValue></setOutcomeValue>%s
  </responseElse></responseCondition>"""
_MAPPED = """<responseCondition>
  <responseIf><isNull><variable identifier="RESPONSE"/></isNull><setOutcomeValue identifier="SCORE">
    <baseValue baseType="float">0</baseValue></setOutcomeValue></responseIf>
  <responseElse><setOutcomeValue identifier="SCORE"><%s identifier="RESPONSE"/></setOutcomeValue></responseElse>
  </responseCondition>"""
_ONE = '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>'
_ALL = '<setOutcomeValue identifier="SCORE"><variable identifier="MAXSCORE"/></setOutcomeValue>'
_SAID = '<setOutcomeValue identifier="FEEDBACKBASIC"><baseValue baseType="identifier">%s</baseValue></setOutcomeValue>'
_TEMPLATES = {
    "match_correct": _MATCHED % (_ONE, ""),
    "map_response": _MAPPED % "mapResponse",
    "map_response_point": _MAPPED % "mapResponsePoint",
    "cc2_match": _MATCHED % (_ONE, ""),
    "cc2_match_basic": _MATCHED % (_ALL + _SAID % "correct", _SAID % "incorrect"),
    "cc2_map_response": _MAPPED % "mapResponse",
}


class Exit(Exception):
    """exitResponse: the rules end here."""


def rules_of(item: Any, notes: Notes) -> Any:
    """The rules of an item: its own, those of the standard template that it names, or None where it has none.

    Templates are known by the last part of their address, in all versions and hosts.
    """
    processing = tree.child(item, "responseProcessing")
    if processing is None:
        return None
    declared = {found.get("identifier") for found in tree.children(item, "responseDeclaration")}
    if len(processing):
        return processing
    named = [name for name in (processing.get("template"), processing.get("templateLocation")) if name]
    for name in named:
        template = _TEMPLATES.get(name.rpartition("/")[2].lower().removesuffix(".xml"))
        if template is not None and "RESPONSE" not in declared:
            return etree.fromstring("<responseProcessing/>")
        if template is not None:
            return etree.fromstring(f"<responseProcessing>{template}</responseProcessing>")
    if named:
        message = N_(
            'The response processing template "%(name)s" is not a standard one. Write its rules into the item.'
        )
        raise notes.fault(processing, message, name=named[0][:200])
    return None


class _Node:
    """An element of the rules, read once: it is run many times."""

    __slots__ = ("constant", "element", "inner", "name", "pattern", "tag")

    def __init__(self, element: Any, inner: Sequence[_Node], constant: Value | None = None) -> None:
        self.element, self.inner, self.constant = element, inner, constant
        self.tag, self.name = str(element.tag), str(element.get("identifier", ""))
        self.pattern = pattern_of(element)


class Processor:
    """The rules of one item, ready to be run with any response.

    Raises Fault for rules that use something unknown, at once, whether they would come to it or not.
    """

    def __init__(
        self,
        declarations: Mapping[str, Declaration],
        rules: Any,
        notes: Notes,
        more: Mapping[str, Operator] | None = None,
    ) -> None:
        self.declarations, self.rules, self.notes = declarations, rules, notes
        self.operators = {**OPERATORS, **MATHEMATICS, **(more or {})}
        self.steps = 0
        self._variables: dict[str, Value | None] = {}
        self._assumed: Mapping[str, bool] = {}
        self._rule = self._read(rules, 0)

    def run(self, responses: Responses, assumed: Mapping[str, bool] | None = None) -> dict[str, Value | None]:
        """The outcomes that responses lead to; `assumed` says which patterns match, whatever the response is."""
        self._assumed = assumed or {}
        self._variables = {name: _initial(declared) for name, declared in self.declarations.items()}
        self._variables.update(responses)
        with suppress(Exit):
            self._rules(self._rule.inner)
        return {name: found for name, found in self._variables.items() if name not in responses}

    def _read(self, element: Any, depth: int) -> _Node:
        if depth > DEPTH_LIMIT:
            raise self.notes.fault(element, N_("The response processing is nested too deeply. Make it simpler."))
        if element.tag == "customOperator" and _TIDYING.search(definition := element.get("definition", "")):
            message = N_("How an answer is put in order before it is compared (%(name)s) is left out.")
            self.notes.loss(element, message, name=definition[:100])
        elif element.tag not in _KNOWN | self.operators.keys() or element.tag == "customOperator":
            message = N_(
                "The response processing uses %(name)s, which is not understood. Score this question otherwise."
            )
            raise self.notes.fault(element, message, name=element.tag)
        if element.tag in ("mapResponse", "mapResponsePoint", "mapTolResponse", "correct"):
            self._check_declared(element)
        if element.tag == "lookupOutcomeValue":
            declared = self.declarations.get(element.get("identifier", ""))
            if declared is None or declared.table is None or len(element) != 1:
                message = N_("The response processing is not complete at %(name)s.")
                raise self.notes.fault(element, message, name=element.tag)
        if element.tag == "baseValue":
            base = element.get("baseType", "identifier")
            return _Node(element, [], value([atom("".join(element.itertext()), base, element, self.notes)], base))
        leaf = element.tag in _LEAVES
        return _Node(element, [] if leaf else [self._read(inner, depth + 1) for inner in element])

    def _check_declared(self, element: Any) -> None:
        declared = self.declarations.get(element.get("identifier", ""))
        if declared is None:
            message = N_('The response processing asks for "%(name)s", which is not declared.')
            raise self.notes.fault(element, message, name=element.get("identifier", "")[:100])
        if element.tag == "mapTolResponse":
            self.notes.loss(element, N_("Misspellings that the file forgives count as wrong here."))
        mapping = declared.area_mapping if _maps_points(element.tag, declared) else declared.mapping
        if element.tag != "correct" and mapping is None:
            message = N_('The response "%(name)s" has no mapping, but the response processing asks for it.')
            raise self.notes.fault(element, message, name=declared.identifier)

    def _step(self, node: _Node) -> None:
        self.steps += 1
        if self.steps > STEPS_LIMIT:
            raise self.notes.fault(node.element, N_("The response processing takes too many steps. Make it simpler."))

    def _rules(self, rules: Iterable[_Node]) -> None:
        for rule in rules:
            self._step(rule)
            if rule.tag == "exitResponse":
                raise Exit
            if rule.tag == "setOutcomeValue":
                self._variables[rule.name] = self._expression(rule.inner[0]) if rule.inner else None
            elif rule.tag == "lookupOutcomeValue":
                self._variables[rule.name] = self._looked_up(rule)
            elif rule.tag == "responseCondition":
                self._condition(rule)
            else:
                self._rules(rule.inner)

    def _condition(self, condition: _Node) -> None:
        for branch in condition.inner:
            tested = branch.tag in ("responseIf", "responseElseIf")
            if tested and (not branch.inner or not is_true(self._expression(branch.inner[0]))):
                continue
            self._rules(branch.inner[1:] if tested else branch.inner)
            return

    def _looked_up(self, rule: _Node) -> Value | None:
        declared = self.declarations[rule.name]
        found = self._expression(rule.inner[0])
        amount = found.items[0] if found is not None and len(found.items) == 1 else None
        table = declared.table
        target = None if table is None else table.target(amount if isinstance(amount, Decimal) else None)
        return None if target is None else value([atom(target, declared.base, rule.element, self.notes)], declared.base)

    def _expression(self, node: _Node) -> Value | None:
        self._step(node)
        if node.tag in _LEAVES:
            return self._leaf(node)
        arguments = [self._expression(inner) for inner in node.inner]
        if self._assumed and node.pattern is not None:
            return TRUE if self._assumed.get(node.pattern) else FALSE
        operator = self.operators.get(node.tag)
        try:
            if operator is not None and (arguments or node.tag in _WITHOUT_ARGUMENTS):
                return operator(node.element, arguments)
        except (ValueError, IndexError, AttributeError):
            pass  # too few arguments, or attributes that are no numbers
        raise self.notes.fault(node.element, N_("The response processing is not complete at %(name)s."), name=node.tag)

    def _leaf(self, node: _Node) -> Value | None:
        if node.tag == "baseValue":
            return node.constant
        if node.tag == "variable":
            return self._variables.get(node.name)
        if node.tag == "null":
            return None
        if node.tag == "default":
            return self.declarations[node.name].default if node.name in self.declarations else None
        declared = self.declarations[node.name]
        if node.tag == "correct":
            return declared.correct
        return self._mapped(declared, _maps_points(node.tag, declared))

    def _mapped(self, declared: Declaration, points: bool) -> Value:
        mapping = declared.area_mapping if points else declared.mapping
        response = self._variables.get(declared.identifier)
        if mapping is None or response is None:
            return number(0 if mapping is None else mapping.bounded(Decimal(0)))
        if points:
            hit = [
                worth
                for (_, worth, _), area in zip(mapping.entries, declared.areas, strict=True)
                if any(isinstance(point, tuple) and inside(area, point) for point in response.items)  # type: ignore[arg-type]
            ]
            return number(mapping.bounded(sum(hit, Decimal(0)) if hit else mapping.default))
        total = sum((mapping.worth(member) for member in dict.fromkeys(response.items)), Decimal(0))
        return number(total if response.cardinality == "single" else mapping.bounded(total))


def _maps_points(tag: str, declared: Declaration) -> bool:
    """Whether areas are meant, which some files ask for as if they were ordinary entries."""
    return tag == "mapResponsePoint" or (declared.mapping is None and declared.area_mapping is not None)


def _initial(declared: Declaration) -> Value | None:
    if declared.default is not None or not declared.is_outcome:
        return declared.default if declared.is_outcome else None
    numeric = declared.cardinality == "single" and declared.base in ("integer", "float")
    return number(0) if numeric else None
