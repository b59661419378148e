"""Items of QTI 1.2 as Sakai writes them, brought into the form of the standard before they are read.

The points that its rules add are those of no answer: which one is right is told by the feedback that a condition shows
(`Correct`), and what the question is worth by the greatest score that is declared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from lxml import etree

from examhall.bank.formats.qti import marked12, more12, tree, types12
from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.presentation12 import Presentation
from examhall.bank.formats.qti.rules12 import Rules
from examhall.bank.formats.qti.scored12 import equal, negated, scored, worth
from examhall.bank.formats.qti.subject import Draft
from examhall.bank.types.contract import as_text, exact
from examhall.errors import N_

_OWN = "TEXT_FORMAT"  # a field that only Sakai has
_SIGNS = re.compile(r"([\\.+?()\[\]{}|^$-])")
Fields = Mapping[str, str]


def settle(item: Any, notes: Notes) -> str:
    """The type that Sakai gives an item, "" for an item of another system; the item then says all it means.

    Raises Fault for a type that has no counterpart.
    """
    fields = {
        tree.words(tree.child(field, "fieldlabel")): tree.words(tree.child(field, "fieldentry"))
        for field in item.iter("qtimetadatafield")
    }
    kind = fields.get("qmd_itemtype", "")
    if not kind or _OWN not in fields:
        return ""
    if kind not in READERS:
        message = N_('Questions of the type "%(name)s" have no counterpart here. Leave this one out or ask otherwise.')
        raise notes.fault(item, message, name=kind[:100])
    declared = next(item.iter("decvar"), None)
    most = None if declared is None else exact(declared.get("maxvalue", ""))
    if most is not None and most > 0:
        worth(item, most)
    _feedback(item)
    if kind in _SETTLED:
        _SETTLED[kind](item, notes, fields)
    return kind


def _feedback(item: Any) -> None:
    """What is said of an answer stands in the condition itself, what is said to all has a name of its own."""
    linked = set()
    for number, shown in enumerate(list(item.iter("displayfeedback"))):
        if shown.get("linkrefid") == "AnswerFeedback" and tree.words(shown) not in ("", "null"):
            shown.set("linkrefid", f"AnswerFeedback{number}")
            made = etree.SubElement(item, "itemfeedback", ident=f"AnswerFeedback{number}")
            etree.SubElement(etree.SubElement(made, "material"), "mattext").text = tree.words(shown)
        linked.add(shown.get("linkrefid", ""))
    for feedback in item.iter("itemfeedback"):
        if feedback.get("ident") == item.get("ident") and feedback.get("ident") not in linked:
            feedback.set("ident", "general_fb")


def _choices(item: Any, notes: Notes, fields: Fields) -> None:
    """Right is what shows that it is; where several may be ticked, right ones less wrong ones, or all of them."""
    response = next(item.iter("response_lid"), None)
    if response is None:
        return
    name, right, amounts = response.get("ident", ""), set(), []
    for condition in item.iter("respcondition"):
        compared = next(condition.iter("varequal"), None)
        shown = [found.get("linkrefid") for found in tree.children(condition, "displayfeedback")]
        if compared is not None and "Correct" in shown:
            right.add(tree.words(compared))
        if compared is not None:
            amounts.append(("Correct" in shown, exact(tree.words(tree.child(condition, "setvar"))) or Decimal(0)))
    most = max((amount for is_right, amount in amounts if not is_right), default=Decimal(0))
    if all(amount > most for is_right, amount in amounts if is_right):
        return  # each answer has points of its own
    tests = {label.get("ident", ""): equal(name, label.get("ident", "")) for label in item.iter("response_label")}
    wrong = [test for option, test in tests.items() if option not in right]
    if fields["qmd_itemtype"] != "Multiple Correct Answer":
        declared = next(item.iter("decvar"))
        whole, cost = (exact(declared.get(bound, "")) or Decimal(0) for bound in ("maxvalue", "minvalue"))
        chosen = [([test], "Set", "1") for option, test in tests.items() if option in right]
        costs = [([test], "Set", as_text(-abs(cost) / whole)) for test in wrong] if whole and cost else []
        scored(item, *chosen, *costs, least="-1")
    elif fields.get("mcms_partial_credit", "true").lower() == "true":
        ticked = ([test] for option, test in tests.items() if option in right)
        scored(item, *((test, "Add", "1") for test in ticked), *(([test], "Subtract", "1") for test in wrong))
    else:
        ticked_all = [test for option, test in tests.items() if option in right]
        scored(item, ([*ticked_all, *map(negated, wrong)], "Set", "1"))


def _pairs(item: Any, notes: Notes, fields: Fields) -> None:
    """Sources with the targets that each condition, which names the target first, finds right."""
    group = next(item.iter("response_grp"), None)
    if group is None:
        return
    labels = [label for label in group.iter("response_label") if label.get("ident")]
    sources = [label for label in labels if label.get("match_max") is not None]
    right = {
        (tree.words(one), one.get("respident", ""))
        for condition in item.iter("respcondition")
        for one in condition.iter("varequal")
        if any(shown.get("linkrefid") == "CorrectMatch" for shown in tree.children(condition, "displayfeedback"))
    }
    targets = [label for label in labels if label not in sources]
    for source in sources:
        made = etree.SubElement(group.getparent(), "response_lid", ident=source.get("ident"))
        made.extend(list(source))
        choices = etree.SubElement(made, "render_choice")
        for target in targets:
            choices.append(etree.fromstring(etree.tostring(target, with_tail=False)))
    group.getparent().remove(group)
    names = {source.get("ident") for source in sources}
    scored(item, *(([equal(source, target)], "Add", "1") for source, target in sorted(right) if source in names))


def _gaps(item: Any, notes: Notes, fields: Fields) -> None:
    """Each gap earns the same; its answers stand in one text, parted by strokes, and a star is any text."""
    if any((exact(tree.words(said)) or 0) > 0 for said in item.iter("setvar")):
        return  # each answer has points of its own
    cased = fields.get("CASE_SENSITIVE", "").lower() == "true"
    found: dict[str, list[str]] = {}
    for one in item.iter("varequal"):
        found.setdefault(one.get("respident", ""), []).extend(part.strip() for part in tree.words(one).split("|"))
    if fields.get("MUTUALLY_EXCLUSIVE", "").lower() == "true" and len(set(map(str, found.values()))) < len(found):
        notes.loss(item, N_("A word may be used once only in the file; here as often as one likes."))
    conditions = []
    for response in item.iter("response_str"):
        name = response.get("ident", "")
        tests = [_written(name, text, cased) for text in dict.fromkeys(found.get(name, ())) if text]
        conditions += [([test], "Add", "1") for test in tests]
    scored(item, *conditions)


def _written(name: str, text: str, cased: bool) -> Any:
    test = equal(name, text)
    if cased:
        test.set("case", "Yes")
    if "*" in text:
        test.tag, test.text = "varsubset", ".*".join(_SIGNS.sub(r"\\\1", piece) for piece in text.split("*"))
        test.set("setmatch", "Matches")
    return test


def _numbers(item: Any, notes: Notes, fields: Fields) -> None:
    """Each gap earns the same; two numbers parted by a stroke are the ends of a range."""
    found = {one.get("respident", ""): tree.words(one).replace(",", ".") for one in item.iter("varequal")}
    conditions = []
    for response in list(item.iter("response_str")):
        name = response.get("ident", "")
        low, _, high = found.get(name, "").partition("|")
        response.tag = "response_num"
        for render in list(response):
            response.remove(render)
        made = etree.SubElement(response, "render_fib", fibtype="Decimal")
        if high:
            made.set("minnumber", low.strip())
            made.set("maxnumber", high.strip())
        conditions.append(([equal(name, low.strip())], "Add", "1"))
    scored(item, *conditions)


_SETTLED: Mapping[str, Callable[[Any, Notes, Fields], None]] = {
    "Multiple Choice": _choices,
    "True False": _choices,
    "Multiple Correct Single Selection": _choices,
    "Multiple Correct Answer": _choices,
    "Matching": _pairs,
    "Fill In the Blank": _gaps,
    "Numeric Response": _numbers,
}
READERS: Mapping[str, Callable[[Presentation, Rules], Draft]] = {
    "Multiple Choice": types12.single,
    "True False": types12.single,
    "Multiple Correct Single Selection": types12.single,
    "Multiple Correct Answer": types12.several,
    "Matching": types12.matching,
    "Fill In the Blank": more12.entries,
    "Numeric Response": more12.entries,
    "Short Answers/Essay": marked12.essay,
    "File Upload": marked12.upload,
}
