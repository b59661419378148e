"""Variables of an item (templateDeclaration), settled before the item is read: here they are the same for everybody.

Inspera keeps its points in such variables. Where they are drawn for each candidate, one draw is taken; that is told.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from lxml import etree

from examhall.bank.formats.qti import chance, tree
from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.operators import is_true
from examhall.bank.formats.qti.processing import Processor
from examhall.bank.formats.qti.values import Atom, Declaration, Value, declaration
from examhall.bank.types.contract import as_text
from examhall.errors import N_

_TRIES = 100
_TRIED_RULES = 20_000  # in all tries, so that they take a second at most
_CONSTRAINT = "constraint "
_AS_RULES = {"templateProcessing": "responseProcessing", "templateCondition": "responseCondition",
             "templateIf": "responseIf", "templateElseIf": "responseElseIf", "templateElse": "responseElse",
             "exitTemplate": "exitResponse", "setTemplateValue": "setOutcomeValue"}  # fmt: skip
#: What the rules set beside variables, as variables whose names no file can use.
_OF_RESPONSES = {"setCorrectResponse": "correctResponse", "setDefaultValue": "defaultValue"}
_NAMING = ("tolerance", "figures", "n", "min", "max")


def settle(root: Any, notes: Notes) -> None:
    """Put the values of an item's own variables wherever it uses them. Raises Fault for rules not understood."""
    declared = list(tree.children(root, "templateDeclaration"))
    processing = tree.child(root, "templateProcessing")
    if not declared and processing is None:
        return
    known = {found.get("identifier", ""): declaration(found, notes) for found in declared}
    held: dict[str, Value | None] = {name: found.default for name, found in known.items()}
    if processing is not None:
        asked = {found.identifier: found for found in
                 (declaration(one, notes) for one in tree.children(root, "responseDeclaration"))}  # fmt: skip
        held |= _settled(processing, held, asked, notes)
        root.remove(processing)
    for element in tree.children(root, "responseDeclaration"):
        for part in _OF_RESPONSES.values():
            if (name := f"{part} {element.get('identifier', '')}") in held:
                _write(element, part, held[name])
    _show(root, {name: held[name] for name in known})


def _settled(
    processing: Any, first: Mapping[str, Value | None], asked: Mapping[str, Declaration], notes: Notes
) -> dict[str, Value | None]:
    """What the rules make of the variables; where chance decides, by a draw that keeps all constraints."""
    draws = random.Random(1)  # noqa: S311 - the same question whenever the same file is read
    size = sum(1 for _ in processing.iter())
    for _ in range(max(1, min(_TRIES, _TRIED_RULES // size))):
        found = Processor(asked, _rules(processing, first, draws), notes, chance.OPERATORS).run({})
        if all(is_true(value) for name, value in found.items() if name.startswith(_CONSTRAINT)):
            break
    else:
        raise notes.fault(processing, N_("No draw keeps the constraints of this item (templateConstraint)."))
    if next(processing.iter(*chance.OPERATORS), None) is not None:
        message = N_("Values are drawn for each candidate in the file; here all get those of one draw.")
        notes.loss(processing, message)
    return found


def _rules(processing: Any, first: Mapping[str, Value | None], draws: random.Random) -> Any:
    """Template processing in the words of response processing, with the first values of the variables and a draw."""
    rules = deepcopy(processing)
    for number, element in enumerate(rules.iter()):
        if element.tag in chance.OPERATORS:
            element.set(chance.DRAW, str(draws.random()))
        if element.tag == "templateConstraint":
            element.set("identifier", f"{_CONSTRAINT}{number}")
            element.tag = "setOutcomeValue"
        if element.tag in _OF_RESPONSES:
            element.set("identifier", f"{_OF_RESPONSES[element.tag]} {element.get('identifier', '')}")
            element.tag = "setOutcomeValue"
        element.tag = _AS_RULES.get(element.tag, element.tag)
    for name, value in first.items():
        rule = etree.Element("setOutcomeValue", identifier=name)
        rule.append(_constant(value))
        rules.insert(0, rule)
    return rules


def _constant(value: Value | None) -> Any:
    """The expression that is this value."""
    if value is None:
        return etree.Element("null")
    made = [etree.Element("baseValue", baseType=value.base) for _ in value.items]
    for element, item in zip(made, value.items, strict=True):
        element.text = _text(item)
    if value.cardinality == "single":
        return made[0]
    container = etree.Element(value.cardinality)
    container.extend(made)
    return container


def _write(declared: Any, part: str, held: Value | None) -> None:
    for old in list(tree.children(declared, part)):
        declared.remove(old)
    if held is not None:
        made = etree.SubElement(declared, part)
        for item in held.items:
            etree.SubElement(made, "value").text = _text(item)


def _show(root: Any, held: Mapping[str, Value | None]) -> None:
    """Values in the places of their names: in rules, texts, formulas and attributes, and in what they show and hide."""
    texts = {name: "; ".join(map(_text, value.items)) for name, value in held.items() if value is not None}
    for element in list(root.iter()):
        if element.tag == "variable" and element.get("identifier") in held:
            element.getparent().replace(element, _constant(held[element.get("identifier")]))
        elif element.tag == "printedVariable" and element.get("identifier") in texts:
            element.tag, element.text = "span", texts[element.get("identifier")]
        elif element.tag == "mi" and (element.text or "").strip() in texts:
            element.tag, element.text = "mn", texts[element.text.strip()]
        elif element.get("templateIdentifier") in held:
            value = held[element.get("templateIdentifier")]
            shown = value is not None and element.get("identifier") in value.items
            if shown == (element.get("showHide", "show") == "hide"):
                _remove(element)
            else:
                del element.attrib["templateIdentifier"]
    for element in tree.inner(root, "equal", "equalRounded", "index", "anyN"):
        for name in _NAMING:
            if (said := element.get(name)) is not None:
                element.set(name, " ".join(texts.get(word, word) for word in said.split()))


def _remove(element: Any) -> None:
    before, parent = element.getprevious(), element.getparent()
    if before is None:
        parent.text = (parent.text or "") + (element.tail or "")
    else:
        before.tail = (before.tail or "") + (element.tail or "")
    parent.remove(element)


def _text(item: Atom) -> str:
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, tuple):
        return " ".join(map(_text, item))
    return item if isinstance(item, str) else as_text(item)
