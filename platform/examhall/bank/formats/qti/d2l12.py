"""Items of QTI 1.2 as D2L Brightspace writes them, brought into the form of the standard before they are read.

How choices, pairs and orders are graded stands in a number of its own (`grading_type`), beside rules that count in
variables of D2L; rules that say the same in one variable take their place. Each mode: Brightspace's help for teachers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from examhall.bank.content.richtext import plain_text
from examhall.bank.formats.qti import marked12, more12, tree, types12
from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.presentation12 import Presentation
from examhall.bank.formats.qti.rules12 import Rules
from examhall.bank.formats.qti.scored12 import equal, negated, scored, worth
from examhall.bank.formats.qti.subject import Draft
from examhall.bank.types.contract import as_text, exact
from examhall.errors import N_

Conditions = list[tuple[str, str]]
"""What is compared with what: the identifier of a response, and a text or an identifier."""

#: Functions whose names mean something else here, or nothing.
_FUNCTIONS = {"sqr": "sqrt", "log": "log10"}
_FUNCTION = re.compile(r"\b(?:sqr|log)\b(?=\s*\()", re.IGNORECASE)
#: Settings of a question, with the values that it has when nobody set them. Difficulty goes to 10.
_USUAL = {"difficulty": {"", "0", "1"}, "isbonus": {"", "no"}, "ismandatory": {"", "no"}}
_GENERAL = "general_fb"  # the name by which feedback for everybody is known


def settle(item: Any, notes: Notes) -> str:
    """The type that D2L gives an item, "" for an item of another system; the item then says all it means.

    Raises Fault for a type that has no counterpart.
    """
    fields = tree.metadata(item.iter("qti_metadatafield"))
    kind = fields.get("qmd_questiontype", "")
    if not kind:
        return ""
    if kind not in READERS:
        message = N_('Questions of the type "%(name)s" have no counterpart here. Leave this one out or ask otherwise.')
        raise notes.fault(item, message, name=kind[:100])
    label = item.get("label", "")
    _feedback(item, {label, item.get("ident", "")})
    if label:  # which questions of one pool do not share
        item.set("ident", label)
    weight = exact(fields.get("qmd_weighting", ""))
    if weight is not None and weight >= 0:
        worth(item, weight)
    for setting in (found for extension in item.iter("itemproc_extension") for found in extension):
        value = tree.words(setting)
        if value not in _USUAL.get(setting.tag, {value}):
            notes.loss(setting, N_('%(name)s is not kept: "%(value)s".'), name=setting.tag, value=value[:100])
    for extension in list(item.iter("response_extension")):
        item.append(extension)  # it says how a response is graded, and is none itself
    if kind in _SETTLED:
        _SETTLED[kind](item, notes)
    return kind


def _mode(item: Any) -> str:
    return tree.words(next(item.iter("grading_type"), None))


def _feedback(item: Any, names: set[str]) -> None:
    """Feedback for everybody has the name of the question, and no condition leads to it."""
    linked = {shown.get("linkrefid", "") for shown in item.iter("displayfeedback")}
    for feedback in item.iter("itemfeedback"):
        if feedback.get("ident", "") in names - linked:
            feedback.set("ident", _GENERAL)


def _right(item: Any) -> Conditions:
    """The comparisons that count as right."""
    found = []
    for condition in item.iter("respcondition"):
        counted = [said for said in tree.children(condition, "setvar") if said.get("varname") != "D2L_Incorrect"]
        if any(said.get("varname") == "D2L_Correct" or (exact(tree.words(said)) or 0) > 0 for said in counted):
            found += [
                (one.get("respident", ""), tree.words(one))
                for one in condition.iter("varequal")
                if next(one.iterancestors("not"), None) is None
            ]
    return found


def _ticks(item: Any, notes: Notes) -> None:
    """0: all or nothing, 1: right minus wrong, 2: right ones ticked and wrong ones left, 3: right ones, no more."""
    response = next(item.iter("response_lid"), None)
    if response is None:
        return
    name, right = response.get("ident", ""), {text for _, text in _right(item)}
    tests = {label.get("ident", ""): equal(name, label.get("ident", "")) for label in item.iter("response_label")}
    ticked = [([test], "Add", "1") for option, test in tests.items() if option in right]
    wrong = [test for option, test in tests.items() if option not in right]
    if (mode := _mode(item)) == "1":
        scored(item, *ticked, *(([test], "Subtract", "1") for test in wrong))
    elif mode == "2":
        scored(item, *ticked, *(([negated(test)], "Add", "1") for test in wrong))
    elif mode == "3":
        scored(item, *ticked)
        if 0 < len(ticked) < len(tests):
            message = N_("At most %(most)s may be chosen in the file; here any number.")
            notes.loss(item, message, most=len(ticked))
    else:
        scored(item, ([*(test for tests, _, _ in ticked for test in tests), *map(negated, wrong)], "Set", "1"))


def _groups(item: Any) -> list[Any]:
    """The responses of pairs and orders, by the names of the standard."""
    groups = list(item.iter("response_grp"))
    for group in groups:
        group.tag = "response_lid"
        group.set("ident", group.get("respident") or group.get("ident", ""))
    return groups


def _pairs(item: Any, notes: Notes) -> None:
    """0: equal shares, 1: all or nothing, 2: right minus wrong."""
    names = {group.get("ident") for group in _groups(item)}
    scored(item, *(([equal(*pair)], "Add", "1") for pair in dict.fromkeys(_right(item)) if pair[0] in names))
    if _mode(item) == "1":
        message = N_("In the file only all pairs together earn points; here each earns its share.")
        notes.loss(item, message)
    elif _mode(item) == "2":
        notes.loss(item, N_("Wrong pairs cost points in the file; here they earn nothing."))


def _places(item: Any, _: Notes) -> None:
    """Each item is compared with its place."""
    names = {label.get("ident") for label in item.iter("response_label")}
    places = {name: place for name, text in _right(item) if name in names and (place := tree.whole(text, -1)) >= 0}
    for group in _groups(item):
        ordered = sorted(places, key=lambda name: places[name])
        scored(item, ([equal(group.get("ident"), name) for name in ordered], "Set", "1"))


def _entries(item: Any, _: Notes) -> None:
    """Conditions name the field within a response; an answer may be a pattern."""
    fields = {
        label.get("ident"): response.get("ident", "")
        for response in item.iter("response_str")
        for label in response.iter("response_label")
    }
    for condition in item.iter("conditionvar"):
        pattern = any(tree.words(said).lower() == "yes" for said in condition.iter("answer_is_regexp"))
        for found in list(condition.iter("varequal")):
            found.set("respident", fields.get(found.get("respident"), found.get("respident", "")))
            if pattern:
                found.tag = "varsubset"
                found.set("setmatch", "Matches")
        for extension in list(tree.children(condition, "var_extension")):
            condition.remove(extension)


def _blanks(item: Any, notes: Notes) -> None:
    """Each gap adds its share, by the first of its answers that fits."""
    _entries(item, notes)
    seen: set[tuple[str | None, str, str]] = set()
    for condition in list(item.iter("respcondition")):
        compared = [(one.get("respident"), one.tag, _folded(one)) for one in _compared(condition)]
        if compared and set(compared) <= seen:
            condition.getparent().remove(condition)
        seen.update(compared)
        condition.set("continue", "Yes")
        for said in tree.children(condition, "setvar"):
            said.set("action", "Add")


def _compared(element: Any) -> Iterator[Any]:
    return (found for found in element.iter("varequal", "varsubset"))


def _folded(compared: Any) -> str:
    text = tree.words(compared)
    return text if compared.get("case", "no").lower() == "yes" else text.casefold()


def _key(item: Any, _: Notes) -> None:
    """The answer that markers see."""
    for said in item.iter("answer_key", "answer_key_material"):
        said.tag = {"answer_key": "solution"}.get(said.tag, "solutionmaterial")


_SETTLED: Mapping[str, Callable[[Any, Notes], None]] = {
    "Multi-Select": _ticks,
    "Matching": _pairs,
    "Ordering": _places,
    "Short Answer": _entries,
    "Multi-Short Answer": _entries,
    "Fill in the Blanks": _blanks,
    "Long Answer": _key,
}


def _ordering(shown: Presentation, rules: Rules) -> Draft:
    """0: each place earns its share, 1: all or nothing, 2: right minus wrong."""
    draft = more12.ordering(shown, rules)
    if (mode := _mode(shown.item)) != "1":
        draft.data["scheme"] = "position"
    if mode == "2":
        message = N_("Orders that are partly right earn other points in the file; check the scheme.")
        shown.notes.loss(shown.item, message)
    return draft


def _texts(shown: Presentation, rules: Rules) -> Draft:
    """Several texts to write in any order, of which each counts once."""
    draft = types12.short_text(shown, rules)
    field = next(shown.item.iter("render_fib"), None)
    said = 0 if field is None else tree.whole(field.get("input_boxes", ""))
    answers = draft.data["answers"]
    boxes = said if 0 < said <= 100 else len(answers)
    if boxes > 1:
        message = N_("A word may be used once only in the file; here as often as one likes.")
        shown.notes.loss(shown.item, message)
    cased = draft.data["case_sensitive"]
    gaps = [
        {"key": str(number), "kind": "short_text", "case_sensitive": cased, "answers": answers}
        for number in range(1, boxes + 1)
    ]
    prompt = shown.prompt + "".join(f"<div>{{#{gap['key']}}}</div>" for gap in gaps)
    return Draft("cloze", {"gaps": gaps}, draft.texts, draft.points, prompt)


def _essay(shown: Presentation, rules: Rules) -> Draft:
    """A text that a person marks; it may begin with some words."""
    draft = marked12.essay(shown, rules)
    first = next(shown.item.iter("initial_text_material"), None)
    draft.data["template"] = plain_text(shown.text(first))
    if tree.words(next(shown.item.iter("has_htmleditor"), None)).lower() == "yes":
        shown.notes.loss(shown.item, N_("The answer may be formatted in the file; here it is plain text."))
    return draft


def _arithmetic(shown: Presentation, rules: Rules) -> Draft:
    """A number to be worked out from values that differ between candidates."""
    item, notes = shown.item, shown.notes
    rule = next(item.iter("respcond_extension"), None)
    formula = tree.words(None if rule is None else tree.child(rule, "formula"))
    if rule is None or not formula:
        raise notes.fault(item, N_("The formula is missing."))
    variables = []
    for found in item.iter("variable"):
        said = {part: tree.words(tree.child(found, part)) for part in ("minvalue", "maxvalue", "decimalplaces", "step")}
        decimals, step = tree.whole(said["decimalplaces"]), exact(said["step"])
        if step is not None and step != Decimal(1).scaleb(-decimals):
            message = N_(
                'The values of "%(name)s" go in steps of %(step)s in the file; here any with as many decimals.'
            )
            notes.loss(found, message, name=found.get("name", "")[:32], step=as_text(step))
        bounds = {"low": said["minvalue"], "high": said["maxvalue"]}
        variables.append({"name": found.get("name", ""), **bounds, "decimals": decimals})
    tolerance, precision = tree.child(rule, "tolerance"), tree.child(rule, "precision")
    percent = tolerance is not None and tolerance.get("type") == "percent"
    margin = exact(tree.words(tolerance) or "0")
    if margin is None:
        message = N_('"%(text)s" is not a number. Write digits and a point here.')
        raise notes.fault(tolerance, message, text=tree.words(tolerance)[:40])
    if tree.words(tree.child(rule, "units")):
        notes.loss(rule, N_("Units are left out: only the number counts."))
    answer = {
        "formula": _FUNCTION.sub(lambda name: _FUNCTIONS[name[0].lower()], formula),
        "tolerance": as_text(margin / 100 if percent else margin),
        "tolerance_type": "relative" if percent else "nominal",
        "shown": {"digits": tree.whole(tree.words(precision)), "kind": "decimals"},
        "fraction": "1",
    }
    return Draft(
        "calculated",
        {"variables": variables, "answers": [answer]},
        types12.texts_of(shown, rules, [{}, {"": frozenset("?")}], Decimal(1)),
    )


READERS: Mapping[str, Callable[[Presentation, Rules], Draft]] = {
    "Multiple Choice": types12.single,
    "True/False": types12.single,
    "Multi-Select": types12.several,
    "Matching": types12.matching,
    "Ordering": _ordering,
    "Short Answer": types12.short_text,
    "Multi-Short Answer": _texts,
    "Fill in the Blanks": more12.entries,
    "Long Answer": _essay,
    "Arithmetic": _arithmetic,
}
