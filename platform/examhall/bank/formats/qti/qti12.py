"""QTI 1.2, above all as Canvas writes it: assessments, question banks and single items.

What Canvas adds to the standard is read by its `question_type`; other files by the shape of their responses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from html import escape
from typing import Any

from examhall.bank.content.richtext import plain_text
from examhall.bank.formats import Item, Message, unreached
from examhall.bank.formats.qti import (
    blackboard12,
    d2l12,
    gaps12,
    marked12,
    more12,
    sakai12,
    statements12,
    tree,
    types12,
)
from examhall.bank.formats.qti.item import ID_LIMIT, NAME_LIMIT
from examhall.bank.formats.qti.markup import Files
from examhall.bank.formats.qti.notes import Fault, Notes
from examhall.bank.formats.qti.presentation12 import Presentation, joined
from examhall.bank.formats.qti.rules12 import Rules
from examhall.bank.formats.qti.subject import Draft
from examhall.bank.types.contract import HINTS_LIMIT, exact
from examhall.errors import N_, Invalid

CATEGORY_LIMIT = 200
Reader = Callable[[Presentation, Rules], Draft]

_BY_TYPE: Mapping[str, Reader] = {
    "multiple_choice_question": types12.single,
    "true_false_question": types12.single,
    "multiple_answers_question": types12.several_in_canvas,
    "short_answer_question": types12.short_text,
    "fill_in_multiple_blanks_question": gaps12.blanks,
    "multiple_dropdowns_question": gaps12.dropdowns,
    "matching_question": types12.matching,
    "numerical_question": types12.numeric,
    "calculated_question": types12.calculated,
    "ordering_question": more12.ordering,
    "categorization_question": more12.categories,
    "essay_question": marked12.essay,
    "file_upload_question": marked12.upload,
    "text_only_question": types12.description,
    "cc.multiple_choice.v0p1": types12.single,
    "cc.true_false.v0p1": types12.single,
    "cc.multiple_response.v0p1": types12.several,
    "cc.fib.v0p1": types12.short_text,
    "cc.pattern_match.v0p1": types12.short_text,
    "cc.essay.v0p1": marked12.essay,
}
#: Where the shape of the responses does not say enough.
_OF_BLACKBOARD: Mapping[str, Reader] = {
    "Matching": types12.matching,
    "Ordering": more12.ordering,
    "Fill in the Blank Plus": more12.entries,
    "Essay": marked12.essay,
    "Short Response": marked12.essay,
    "File Upload": marked12.upload,
}
_WITHOUT_TITLE = {"", "question", "root_section"}


def read(
    root: Any, path: str, files: Files, add: Callable[[Item], None], error: Callable[..., None], losses: list[Message]
) -> None:
    """Hands each question of a questestinterop to `add`, what is wrong with the others to `error`."""
    for drawn in _draws(root):
        message = N_('How many questions are drawn from "%(name)s" is not kept. Say so where you compose the exam.')
        params = {"name": drawn.get("title", "")[:NAME_LIMIT]}
        losses.append(Message(drawn.sourceline or 0, message, params, path))
    if (elsewhere := next(root.iter("itemref"), None)) is not None:
        message = N_("This test names questions of another file. They are read there; their order here is left out.")
        losses.append(Message(elsewhere.sourceline or 0, message, {}, path))
    shared = {_stimulus_of(element) for element in root.iter("item")} - {""}
    stimuli: dict[str, str] = {}
    numbered = sorted(enumerate(root.iter("item"), start=1), key=lambda pair: pair[1].get("ident") not in shared)
    for number, element in numbered:
        place = f"item[{number}]"
        notes = Notes(f"{path}: {place}" if path else place, element.sourceline or 0)
        try:
            if element.get("ident") in shared:
                stimuli[element.get("ident")] = _stimulus(Presentation(element, notes, files))
                losses.extend(notes.losses)
            else:
                add(_question(element, notes, files, stimuli.get(_stimulus_of(element), "")))
        except Fault as fault:
            error(*fault.messages)
    if elsewhere is None and next(root.iter("item"), None) is None:
        error(Message(root.sourceline or 0, N_("There is no question in this file. Is it the right one?"), {}, path))


def _draws(root: Any) -> Iterator[Any]:
    """The sections of which only some questions are asked."""
    for drawn in root.iter("selection"):
        if tree.words(tree.child(drawn, "selection_number")) or tree.child(drawn, "sourcebank_ref") is not None:
            yield next(drawn.iterancestors("section", "assessment"), root)
    for section in root.iter("section"):
        own = tree.child(section, "qtimetadata")
        if own is not None and any(tree.words(label) == "qmd_numberofitems" for label in own.iter("fieldlabel")):
            yield section  # as D2L says it


def _stimulus(shown: Presentation) -> str:
    """What New Quizzes shows beside several questions: its title and instructions are attributes."""
    title = " ".join(shown.item.get("title", "").split())
    heading = "" if title.lower() in _WITHOUT_TITLE else f"<b>{escape(title, quote=False)}</b>"
    return joined(heading, shown.html(shown.item.get("instructions", "")), shown.prompt)


def _stimulus_of(item: Any) -> str:
    return tree.metadata(item.iter("qtimetadatafield")).get("parent_stimulus_item_ident", "")


def _question(element: Any, notes: Notes, files: Files, stimulus: str) -> Item:
    """The question that an item is. `stimulus` is HTML that New Quizzes shows beside several. Raises Fault."""
    kind = blackboard12.settle(element, notes)
    of_d2l, of_sakai = d2l12.settle(element, notes), sakai12.settle(element, notes)
    shown = Presentation(element, notes, files)
    rules = Rules(element, notes)
    known = (d2l12.READERS.get(of_d2l), sakai12.READERS.get(of_sakai), _OF_BLACKBOARD.get(kind))
    reader = next((found for found in known if found is not None), None) or _reader(shown)
    draft = reader(shown, rules)
    prompt = shown.prompt if draft.prompt is None else draft.prompt
    prompt = f"<div>{stimulus}</div><div>{prompt}</div>" if stimulus else prompt
    title = " ".join(element.get("title", "").split())
    if not plain_text(prompt) and "<img" not in prompt and title:
        notes.warn(element, N_("The question has no text of its own; its title was taken."))
        prompt = escape(title, quote=False) + prompt
    hints = [text for hint in tree.children(element, "hint") if (text := shown.text(hint))]
    data = {**draft.data, **draft.texts.body(), "prompt": prompt, "hints": hints[:HINTS_LIMIT]}
    try:
        body, left_out = unreached.validated(draft.type, data)
    except Invalid as invalid:
        raise notes.invalid(element, invalid.errors) from None
    for error in left_out:
        notes.loss(element, unreached.UNREACHED, first=error.params["first"])
    identifier = shown.metadata.get("assessment_question_identifierref") or element.get("ident", "")
    return Item(
        line=element.sourceline or 0,
        name="" if title.lower() in _WITHOUT_TITLE else plain_text(escape(title, quote=False), NAME_LIMIT),
        type=draft.type,
        body=body.to_json(),
        category=_category(element),
        external_id=identifier if len(identifier) <= ID_LIMIT else "",
        language=element.get("lang", ""),
        points=_points(shown, draft, rules),
        warnings=notes.warnings,
        losses=notes.losses,
        element=notes.element,
    )


def _reader(shown: Presentation) -> Reader:
    named = shown.metadata.get("question_type") or shown.metadata.get("cc_profile", "")
    if named in _BY_TYPE:
        return _BY_TYPE[named]
    if named.endswith("_question"):
        message = N_('Questions of the type "%(name)s" have no counterpart here. Leave this one out or ask otherwise.')
        raise shown.notes.fault(shown.item, message, name=named[:100])
    return _by_shape(shown)


def _by_shape(shown: Presentation) -> Reader:
    """How an item is read that does not say its type."""
    responses = shown.responses
    kinds = {response.element.tag for response in responses}
    if not responses:
        return types12.description
    if kinds == {"response_lid"} and responses[0].element.get("rcardinality", "").lower() != "ordered":
        if len(responses) > 1:
            return types12.matching
        if statements12.are_judged(shown.item, responses[0]):
            return statements12.statements
        return types12.several if responses[0].several else types12.single
    if kinds == {"response_lid"}:
        return more12.ordering
    if kinds <= {"response_str", "response_num"} and len(responses) > 1:
        return more12.entries
    if len(responses) == 1 and kinds <= {"response_str", "response_num"}:
        entry = next(responses[0].element.iter("render_fib"), None)
        kind = "" if entry is None else entry.get("fibtype", "").lower()
        if kinds == {"response_num"} or kind in ("integer", "decimal", "scientific"):
            return types12.numeric
        compared = next(shown.item.iter("varequal", "varsubstring", "varsubset"), None)
        return marked12.essay if compared is None else types12.short_text
    if len(kinds) == 1:
        message = N_("%(name)s has no counterpart here. Leave this question out or ask in another way.")
        raise shown.notes.fault(responses[0].element, message, name=responses[0].element.tag)
    names = ", ".join(sorted(kinds))
    message = N_("Several interactions in one item (%(names)s) cannot be kept together. Make an item of each.")
    raise shown.notes.fault(responses[0].element, message, names=names)


def _points(shown: Presentation, draft: Draft, rules: Rules) -> Decimal:
    said = exact(shown.metadata.get("points_possible", ""))
    if said is not None and said >= 0:
        return said
    if draft.points != 100 and not rules.counts:
        return draft.points
    weight = exact(shown.metadata.get("qmd_weighting", ""))
    return weight if weight is not None and weight > 0 else Decimal(1)  # 100 is what this version calls the whole


def _category(element: Any) -> str:
    """The title of the assessment, or of the bank, that the item stands in."""
    for holder in element.iterancestors("assessment", "objectbank", "section"):
        fields = tree.metadata(holder.iterfind("qtimetadata/qtimetadatafield"))
        title = fields.get("bank_title") or holder.get("title", "")
        if title.strip().lower() not in _WITHOUT_TITLE:
            return " ".join(title.replace("/", "∕").split())[:CATEGORY_LIMIT]
    return ""
