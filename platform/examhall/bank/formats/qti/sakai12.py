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

from examhall.bank.content.richtext import plain_text
from examhall.bank.formats.qti import marked12, more12, tree, types12
from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.presentation12 import Presentation
from examhall.bank.formats.qti.rules12 import Rules
from examhall.bank.formats.qti.scored12 import either, equal, negated, scored, worth
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
    fields = tree.metadata(item.iter("qtimetadatafield"))
    kind = fields.get("qmd_itemtype", "")
    if not kind or _OWN not in fields:
        return ""
    if kind not in READERS:
        message = N_('Questions of the type "%(name)s" have no counterpart here. Leave this one out or ask otherwise.')
        raise notes.fault(item, message, name=kind[:100])
    if (most := _bound(item, "maxvalue")) > 0:
        worth(item, most)
    _feedback(item)
    if kind in _SETTLED:
        _SETTLED[kind](item, notes, fields)
    return kind


def _bound(item: Any, name: str) -> Decimal:
    """A bound of the score as it is declared; what a wrong answer costs is declared as the least one."""
    declared = next(item.iter("decvar"), None)
    return Decimal(0) if declared is None else exact(declared.get(name, "")) or Decimal(0)


def _feedback(item: Any) -> None:
    """What is said of an answer stands in the condition itself, what is said to all has a name of its own."""
    linked = set()
    for number, shown in enumerate(list(item.iter("displayfeedback"))):
        if (text := tree.words(shown)) not in ("", "null"):
            name = f"{shown.get('linkrefid', '')}{number}"
            shown.addnext(etree.Element("displayfeedback", linkrefid=name))
            made = etree.SubElement(item, "itemfeedback", ident=name)
            etree.SubElement(etree.SubElement(made, "material"), "mattext").text = text
        linked.add(shown.get("linkrefid", ""))
    names = {item.get("ident"): "general_fb", "Correct": "correct_fb", "InCorrect": "general_incorrect_fb"}
    for feedback in item.iter("itemfeedback"):
        if (name := feedback.get("ident")) in names and name not in linked:
            feedback.set("ident", names[name])


def _choices(item: Any, notes: Notes, fields: Fields) -> None:
    """Right is what shows that it is; where several may be ticked, right ones less wrong ones, or all of them."""
    response = next(item.iter("response_lid"), None)
    if response is None:
        return
    name, right = response.get("ident", ""), set()
    amounts: dict[str, Decimal] = {}
    for condition in item.iter("respcondition"):
        compared = next(condition.iter("varequal"), None)
        if compared is not None:
            option = tree.words(compared)
            amounts[option] = exact(tree.words(tree.child(condition, "setvar"))) or Decimal(0)
            if any(shown.get("linkrefid") == "Correct" for shown in tree.children(condition, "displayfeedback")):
                right.add(option)
    tests = {label.get("ident", ""): equal(name, label.get("ident", "")) for label in item.iter("response_label")}
    wrong = [test for option, test in tests.items() if option not in right]
    if fields["qmd_itemtype"] != "Multiple Correct Answer":
        most = max((amount for option, amount in amounts.items() if option not in right), default=Decimal(0))
        if 0 < most < min((amounts[option] for option in right), default=most):
            parts = {option: amount for option, amount in amounts.items() if option in tests}
            scored(item, *(([tests[option]], "Set", as_text(amount)) for option, amount in parts.items()))
            return  # each answer has points of its own
        whole = _bound(item, "maxvalue")
        cost = as_text(-abs(_bound(item, "minvalue")) / whole) if whole > 0 else "0"
        chosen = [([test], "Set", "1") for option, test in tests.items() if option in right]
        scored(item, *chosen, *(([test], "Set", cost) for test in wrong), least=cost)
    elif fields.get("mcms_partial_credit", "true").lower() == "true":
        ticked = ([test] for option, test in tests.items() if option in right)
        scored(item, *((test, "Add", "1") for test in ticked), *(([test], "Subtract", "1") for test in wrong))
    else:
        ticked_all = [test for option, test in tests.items() if option in right]
        scored(item, ([*ticked_all, *map(negated, wrong)], "Set", "1"))


def _pairs(shown: Presentation, rules: Rules) -> Draft:
    """Sources, which have a limit, and the targets behind them; a right condition names the target, then the source."""
    right = {
        tree.words(one): one.get("respident", "")
        for condition in shown.item.iter("respcondition")
        for one in condition.iter("varequal")
        if any(told.get("linkrefid") == "CorrectMatch" for told in tree.children(condition, "displayfeedback"))
    }
    texts = {name: html for response in shown.responses for name, html in response.choices.items()}
    limited = {label.get("ident", "") for label in shown.item.iter("response_label") if label.get("match_max")}
    choices: dict[str, str] = {}
    for name, html in texts.items():
        if html and name not in limited:
            choices.setdefault(html, f"c{len(choices) + 1}")
    stems = []
    for name in (name for name in texts if name in limited):
        if (partner := texts.get(right.get(name, ""), "")) in choices:
            stems.append({"text": texts[name], "choice": choices[partner]})
        else:
            message = N_('"%(name)s" has no right partner in the file and is left out.')
            shown.notes.loss(shown.item, message, name=plain_text(texts[name], 60))
    if not stems:
        raise shown.notes.fault(shown.item, N_("No pair earns anything. Name the right ones in the file."))
    data = {"stems": stems, "choices": [{"key": key, "text": html} for html, key in choices.items()]}
    return Draft("matching", data, types12.texts_of(shown, rules, [{}, {"": frozenset("?")}], Decimal(1)))


def _gaps(item: Any, notes: Notes, fields: Fields) -> None:
    """Each gap earns the same; its answers stand in one text, parted by strokes, and a star is any text."""
    cased = fields.get("CASE_SENSITIVE", "").lower() == "true"
    found: dict[str, list[str]] = {}
    for one in item.iter("varequal"):
        one.set("case", "Yes" if cased else "No")
        found.setdefault(one.get("respident", ""), []).extend(part.strip() for part in tree.words(one).split("|"))
    if fields.get("MUTUALLY_EXCLUSIVE", "").lower() == "true" and len(set(map(str, found.values()))) < len(found):
        notes.loss(item, N_("A word may be used once only in the file; here as often as one likes."))
    names = [response.get("ident", "") for response in item.iter("response_str")]
    tests = {name: [_written(name, text, cased) for text in dict.fromkeys(found.get(name, ())) if text]
             for name in names}  # fmt: skip
    scored(item, *(([either(tests[name])], "Add", "1") for name in tests))


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
    "Fill In the Blank": _gaps,
    "Numeric Response": _numbers,
}
READERS: Mapping[str, Callable[[Presentation, Rules], Draft]] = {
    "Multiple Choice": types12.single,
    "True False": types12.single,
    "Multiple Correct Single Selection": types12.single,
    "Multiple Correct Answer": types12.several,
    "Matching": _pairs,
    "Fill In the Blank": more12.entries,
    "Numeric Response": more12.entries,
    "Short Answers/Essay": marked12.essay,
    "File Upload": marked12.upload,
}
