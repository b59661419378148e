"""An assessmentItem of QTI 2.x or 3.0 as a question of ours, or clearly why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from examhall.bank.content.richtext import plain_text
from examhall.bank.formats import Item, unreached
from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.entries import description, essay, essays, is_marked_by_hand, slider, text_entry, upload
from examhall.bank.formats.qti.gaps import GAPS, cloze, gap_match
from examhall.bank.formats.qti.markup import Files
from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.options import choice, hottext
from examhall.bank.formats.qti.pairs import associate, match, order
from examhall.bank.formats.qti.pictures import hotspot, select_point
from examhall.bank.formats.qti.subject import Draft, Subject, hint
from examhall.bank.formats.qti.templates import settle
from examhall.errors import N_, Invalid

NAME_LIMIT = 200
ID_LIMIT = 100

_READERS: Mapping[str, Callable[[Subject, Any], Draft]] = {
    "choiceInteraction": choice,
    "hottextInteraction": hottext,
    "matchInteraction": match,
    "associateInteraction": associate,
    "orderInteraction": order,
    "hotspotInteraction": hotspot,
    "selectPointInteraction": select_point,
    "gapMatchInteraction": gap_match,
    "textEntryInteraction": text_entry,
    "sliderInteraction": slider,
    "extendedTextInteraction": essay,
    "uploadInteraction": upload,
}
_ACCESSIBILITY = ("apipAccessibility", "accessibilityInfo", "catalogInfo", "companionMaterialsInfo")


@dataclass(frozen=True, slots=True)
class About:
    """What a package says of an item beside the item itself."""

    category: str = ""
    tags: Sequence[str] = field(default_factory=tuple)
    difficulty: str = ""


def read(root: Any, notes: Notes, files: Files, about: About, stimulus: str = "") -> Item:
    """The question that an item is. `stimulus` is HTML that stands before it. Raises Fault."""
    settle(root, notes)
    subject = Subject(root, notes, files)
    _settings(subject)
    draft = _draft(subject)
    title = " ".join(root.get("title", "").split())
    prompt = stimulus + (subject.prompt() if draft.prompt is None else draft.prompt)
    if not plain_text(prompt) and "<img" not in prompt and title:
        notes.warn(subject.body, N_("The question has no text of its own; its title was taken."))
        prompt = escape(title, quote=False) + prompt
    if draft.type not in ("essay", "upload") and subject.marking_notes():
        notes.loss(subject.body, N_("Texts for markers and tutors (rubricBlock) are left out."))
    try:
        body, left_out = unreached.validated(draft.type, {**draft.data, **draft.texts.body(), "prompt": prompt})
    except Invalid as invalid:
        raise notes.invalid(subject.interactions[0] if subject.interactions else root, invalid.errors) from None
    for error in left_out:
        notes.loss(subject.interactions[0], unreached.UNREACHED, first=error.params["first"])
    identifier = root.get("identifier", "").strip()
    if len(identifier) > ID_LIMIT:
        notes.warn(root, N_("The identifier has more than %(limit)s characters and is left out."), limit=ID_LIMIT)
    return Item(
        line=root.sourceline or 0,
        name=plain_text(escape(title, quote=False), NAME_LIMIT) or plain_text(body.prompt, 60),
        type=draft.type,
        body=body.to_json(),
        category=about.category,
        tags=list(about.tags),
        external_id=identifier if len(identifier) <= ID_LIMIT else "",
        difficulty=about.difficulty,
        language=root.get("lang", ""),
        points=draft.points,
        warnings=notes.warnings,
        losses=notes.losses,
        element=notes.element,
    )


def _draft(subject: Subject) -> Draft:
    interactions = subject.interactions
    if not interactions:
        return description(subject)
    if is_marked_by_hand(subject) and (len(interactions) > 1 or interactions[0].tag == "textEntryInteraction"):
        return essays(subject)
    if len(interactions) == 1:
        only = interactions[0]
        if only.tag == "inlineChoiceInteraction" or _is_within(subject, only):
            return cloze(subject)
        if tree.truth(subject.root, "adaptive") and not subject.declared(only).correct:
            message = N_("This item is answered in several steps (adaptive). Write a question for each step.")
            raise subject.notes.fault(only, message)
        reader = _READERS.get(only.tag)
        if reader is None:
            message = N_("%(name)s has no counterpart here. Leave this question out or ask in another way.")
            raise subject.notes.fault(only, message, name=only.tag)
        return reader(subject, only)
    if all(interaction.tag in GAPS for interaction in interactions):
        return cloze(subject)
    names = ", ".join(dict.fromkeys(interaction.tag for interaction in interactions))
    message = N_("Several interactions in one item (%(names)s) cannot be kept together. Make an item of each.")
    raise subject.notes.fault(interactions[1], message, names=names)


def _is_within(subject: Subject, interaction: Any) -> bool:
    """Whether a text entry stands within a sentence: words follow it in its block; or our own classes say so."""
    if hint(interaction, "display"):
        return True
    block = interaction
    while block is not subject.body and block.tag in ("textEntryInteraction", "span", "strong", "em", "b", "i"):
        if (block.tail or "").strip(" .?!:;,_\t\n\r\xa0"):
            return True
        block = block.getparent()
    return False


def _settings(subject: Subject) -> None:
    """Tells of the settings of an item that our model has no place for."""
    root, notes = subject.root, subject.notes
    if tree.truth(root, "adaptive"):
        notes.loss(root, N_("The item is adaptive, with several attempts at it; here it is answered once."))
    if tree.truth(root, "timeDependent"):
        notes.loss(root, N_("The score depends on time in the file; here it does not."))
    if tree.inner(root, "stylesheet"):
        notes.loss(root, N_("The styles of the file are left out."))
    if any(next(root.iter(name), None) is not None for name in _ACCESSIBILITY):
        notes.loss(root, N_("Support for personal needs (accessibility catalogues) is left out."))
    if tree.child(root, "contextDeclaration") is not None:
        notes.loss(root, N_("Variables of the context (contextDeclaration) are left out."))
