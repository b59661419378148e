"""Rules of QTI 1.2 anew, for systems whose own rules do not say what their questions are worth."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from lxml import etree

from examhall.bank.formats.qti import tree
from examhall.bank.types.contract import as_text

Scored = tuple[list[Any], str, str]
"""The tests of a condition, what it does to the score (Add, Set …), and by how many points."""


def scored(item: Any, *conditions: Scored, least: str = "0") -> None:
    """Puts conditions in the place of all that scores, down to the least score; what only shows feedback stays."""
    for old in list(item.iter("outcomes", "respcondition")):
        if tree.child(old, "displayfeedback") is None:
            old.getparent().remove(old)
        for said in list(tree.children(old, "setvar")):
            old.remove(said)
        old.set("continue", "Yes")
    held = etree.Element("resprocessing")
    outcomes = etree.SubElement(held, "outcomes")
    etree.SubElement(outcomes, "decvar", varname="SCORE", minvalue=least)
    for tests, action, points in conditions:
        condition = etree.SubElement(held, "respcondition", {"continue": "Yes"})
        etree.SubElement(condition, "conditionvar").extend(tests)
        etree.SubElement(condition, "setvar", action=action).text = points
    item.insert(0, held)  # so that feedback on other answers comes after what scores


def equal(response: str, text: str) -> Any:
    """The test whether a response is this."""
    made = etree.Element("varequal", respident=response)
    made.text = text
    return made


def negated(test: Any) -> Any:
    """The test for the contrary."""
    made = etree.Element("not")
    made.append(test)
    return made


def either(tests: Iterable[Any]) -> Any:
    """The test whether one of several holds."""
    made = etree.Element("or")
    made.extend(tests)
    return made


def worth(item: Any, points: Decimal) -> None:
    """Says what a question is worth where Canvas says so, whatever its rules add up to."""
    field = etree.SubElement(etree.SubElement(item, "qtimetadata"), "qtimetadatafield")
    etree.SubElement(field, "fieldlabel").text = "points_possible"
    etree.SubElement(field, "fieldentry").text = as_text(points)
