"""Variables of an item (templateDeclaration) that are the same for everybody: settled before the item is read.

Inspera keeps its points in such variables. What is drawn anew for each candidate is a fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from lxml import etree

from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.processing import Processor
from examhall.bank.formats.qti.values import Atom, Value, declaration
from examhall.bank.types.contract import as_text
from examhall.errors import N_

_CHANCE = ("random", "randomInteger", "randomFloat", "templateConstraint")
_AS_RULES = {"templateProcessing": "responseProcessing", "templateCondition": "responseCondition",
             "templateIf": "responseIf", "templateElseIf": "responseElseIf", "templateElse": "responseElse",
             "exitTemplate": "exitResponse", "setTemplateValue": "setOutcomeValue"}  # fmt: skip
#: What the rules set beside variables, as variables whose names no file can use.
_OF_RESPONSES = {"setCorrectResponse": "correctResponse", "setDefaultValue": "defaultValue"}
_NAMING = ("tolerance", "figures", "n", "min", "max")


def settle(root: Any, notes: Notes) -> None:
    """Put the values of an item's own variables wherever it uses them. Raises Fault where chance decides on them."""
    declared = list(tree.children(root, "templateDeclaration"))
    processing = tree.child(root, "templateProcessing")
    if not declared and processing is None:
        return
    if processing is not None and next(processing.iter(*_CHANCE), None) is not None:
        message = N_(
            "Values that are drawn for each candidate (templateDeclaration) cannot be kept. Write a fixed question."
        )
        raise notes.fault(declared[0] if declared else processing, message)
    known = {found.get("identifier", ""): declaration(found, notes) for found in declared}
    held: dict[str, Value | None] = {name: found.default for name, found in known.items()}
    if processing is not None:
        asked = [declaration(found, notes) for found in tree.children(root, "responseDeclaration")]
        held |= Processor({found.identifier: found for found in asked}, _rules(processing, held), notes).run({})
        root.remove(processing)
    for element in tree.children(root, "responseDeclaration"):
        for part in _OF_RESPONSES.values():
            if (name := f"{part} {element.get('identifier', '')}") in held:
                _write(element, part, held[name])
    _show(root, {name: held[name] for name in known})


def _rules(processing: Any, first: Mapping[str, Value | None]) -> Any:
    """Template processing in the words of response processing, with the first values of the variables."""
    rules = deepcopy(processing)
    for element in rules.iter():
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
    texts = {name: "" if value is None else "; ".join(map(_text, value.items)) for name, value in held.items()}
    for element in list(root.iter()):
        if element.tag == "variable" and element.get("identifier") in held:
            element.getparent().replace(element, _constant(held[element.get("identifier")]))
        elif element.tag == "printedVariable" and element.get("identifier") in texts:
            element.tag, element.text = "span", texts[element.get("identifier")]
        elif element.tag == "mi" and (element.text or "").strip() in texts:
            element.tag, element.text = "mn", texts[element.text.strip()]
        elif element.get("templateIdentifier") in texts:
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
