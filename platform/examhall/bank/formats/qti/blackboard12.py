"""Items of QTI 1.2 as Blackboard writes them, brought into the form of the standard before they are read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lxml import etree

from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.notes import Notes
from examhall.bank.types.contract import as_text, exact
from examhall.errors import N_

_RIGHT = "correct"  # the feedback by which a condition says that it is the right one
#: What has no counterpart here, though its responses look as if it had.
_STRANGE = frozenset({"Calculated", "Hot Spot", "Jumbled Sentence", "Opinion Scale", "Quiz Bowl"})
_EITHER_OR = {"yes_no": ("Yes", "No"), "agree_disagree": ("Agree", "Disagree"), "right_wrong": ("Right", "Wrong"),
              "true_false": ("True", "False")}  # fmt: skip


def settle(item: Any, notes: Notes) -> str:
    """The type that Blackboard gives an item, "" for an item of another system; the item then says all it means.

    Raises Fault for a type that has no counterpart.
    """
    kind = tree.words(next(item.iter("bbmd_questiontype"), None))
    if kind in _STRANGE:
        message = N_('Questions of the type "%(name)s" have no counterpart here. Leave this one out or ask otherwise.')
        raise notes.fault(item, message, name=kind)
    if kind == "Matching":
        _matching(item)
        _percents(item, notes)
    if kind == "Either/Or":
        _words(item)
    if kind:
        _points(item, shared=kind == "Matching")
    if kind in ("Multiple Choice", "Multiple Answer", "True/False", "Either/Or"):
        _choices(item, weighted=tree.words(next(item.iter("bbmd_partialcredit"), None)).lower() == "true")
    return kind


def _whole(item: Any) -> Decimal:
    """The points of an item."""
    declared = next(item.iter("decvar"), None)
    return exact("" if declared is None else declared.get("maxvalue", "")) or Decimal(1)


def _part(item: Any, percent: Any) -> str:
    return as_text(_whole(item) * (exact(tree.words(percent)) or Decimal(0)) / 100)


def _percents(item: Any, notes: Notes) -> None:
    """Pairs that say their share of the points, and what a wrong one costs, in percent."""
    for said in list(item.iter("setvar")):
        if said.get("variablename") == "PartialCreditPercent":
            said.text, condition = _part(item, said), said.getparent()
            said.set("action", "Add")
            condition.set("continue", "Yes")
        elif said.get("variablename") == "NegativeCreditPercent":
            if exact(tree.words(said)):
                notes.loss(item, N_("Wrong pairs cost points in the file; here they earn nothing."))
            said.getparent().remove(said)


def _choices(item: Any, *, weighted: bool) -> None:
    """What choices show and, where they are `weighted`, their share of the points in percent.

    Each has a condition for that, behind all others, which names the choice as if it was asked.
    """
    response = next(item.iter("response_lid"), None)
    rules = next(item.iter("resprocessing"), None)
    if response is None or rules is None:
        return
    labels = {label.get("ident", "") for label in response.iter("response_label")}
    found = []
    for condition in item.iter("respcondition"):
        named = next(condition.iter("varequal"), None)
        if named is not None and named.get("respident") in labels and not tree.words(named):
            found.append((condition, named))
    weighted = weighted and any(exact(tree.words(said)) for one, _ in found for said in tree.children(one, "setvar"))
    for condition in item.iter("respcondition") if weighted else ():
        if all(condition is not one for one, _ in found):
            for said in list(tree.children(condition, "setvar")):
                condition.remove(said)
    for condition, named in reversed(found):
        named.text = named.get("respident")
        named.set("respident", response.get("ident", ""))
        condition.set("continue", "Yes")
        for said in list(tree.children(condition, "setvar")):
            if weighted and exact(tree.words(said)):
                said.text = _part(item, said)
                said.set("action", "Add")
            else:
                condition.remove(said)
        rules.insert(0, condition)


def _words(item: Any) -> None:
    """The two verdicts of a statement as words, in place of the names that Blackboard has for them."""
    for text in item.iter("mattext", "mat_formattedtext"):
        kind, _, verdict = tree.words(text).partition(".")
        if kind in _EITHER_OR and verdict in ("true", "false"):
            text.text = _EITHER_OR[kind][verdict == "false"]


def _points(item: Any, *, shared: bool) -> None:
    """Right conditions that set nothing earn the whole, or in matching their share."""
    silent = [
        condition
        for condition in item.iter("respcondition")
        if tree.child(condition, "setvar") is None
        and any(found.get("linkrefid") == _RIGHT for found in tree.children(condition, "displayfeedback"))
    ]
    whole = _whole(item)
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
