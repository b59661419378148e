"""Items of QTI 1.2 as Blackboard writes them, brought into the form of the standard before they are read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lxml import etree

from examhall.bank.formats.qti import tree
from examhall.bank.types.contract import as_text, exact

_RIGHT = "correct"  # the feedback by which a condition says that it is the right one


def settle(item: Any) -> str:
    """The type that Blackboard gives an item, "" for an item of another system; the item then says all it means."""
    kind = tree.words(next(item.iter("bbmd_questiontype"), None))
    if kind == "Matching":
        _matching(item)
    if kind:
        _points(item, shared=kind == "Matching")
    return kind


def _points(item: Any, *, shared: bool) -> None:
    """Right conditions that set nothing earn the whole, or in matching their share."""
    silent = [
        condition
        for condition in item.iter("respcondition")
        if tree.child(condition, "setvar") is None
        and any(found.get("linkrefid") == _RIGHT for found in tree.children(condition, "displayfeedback"))
    ]
    declared = next(item.iter("decvar"), None)
    whole = exact("" if declared is None else declared.get("maxvalue", "")) or Decimal(1)
    for condition in silent:
        made = etree.SubElement(condition, "setvar", action="Add" if shared else "Set")
        made.text = as_text(whole / len(silent)) if shared else as_text(whole)
        condition.set("continue", "Yes" if shared else "No")


def _matching(item: Any) -> None:
    """Stems stand beside their responses, and the choices of all responses in a block of their own."""
    block = next((flow for flow in item.iter("flow") if flow.get("class") == "RIGHT_MATCH_BLOCK"), None)
    if block is None:
        return
    choices = [flow for flow in block if flow.tag == "flow"]
    block.getparent().remove(block)
    for response in list(item.iter("response_lid")):
        beside = [found for found in response.itersiblings() if found.tag in ("flow", "material")]
        for place, found in enumerate(beside):
            response.insert(place, found)
        for label, choice in zip(response.iter("response_label"), choices, strict=False):
            for material in choice.iter("material"):
                label.append(_copied(material))


def _copied(element: Any) -> Any:
    return etree.fromstring(etree.tostring(element, with_tail=False))
