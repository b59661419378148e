"""Responses that are written, drawn out or handed in: textEntry and slider alone, extendedText, upload."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from examhall.bank.formats.qti import tree, written
from examhall.bank.formats.qti.feedback import Probe, Texts
from examhall.bank.formats.qti.notes import Fault
from examhall.bank.formats.qti.scoring import rounded_points
from examhall.bank.formats.qti.subject import Draft, Subject, limit
from examhall.bank.types.essay import LINES_LIMIT
from examhall.errors import N_

_TEXTS = {"textEntryInteraction", "extendedTextInteraction"}
_ENDINGS = {"application/pdf": "pdf", "text/plain": "txt", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif",
            "application/zip": "zip", "text/csv": "csv", "application/msword": "doc",
            "application/vnd.oasis.opendocument.text": "odt", "application/rtf": "rtf",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx"}  # fmt: skip
ENDINGS = {ending: media_type for media_type, ending in _ENDINGS.items()}


def text_entry(subject: Subject, interaction: Any) -> Draft:
    """A textEntryInteraction that is all there is to answer: short_text or, by its base type, numeric."""
    declared = subject.declared(interaction)
    numeric = written.is_number(subject.scorer, declared)
    read = written.numbers if numeric else written.texts

    def trying(response: Any, assumed: Any) -> Any:
        return subject.scorer.outcome({declared.identifier: response}, assumed)

    found = read(subject.scorer, declared.identifier, trying, subject.notes)
    texts = subject.feedback(found.probes)
    answers = [{**answer, "feedback": texts.of(name)} for answer, name in zip(found.answers, found.names, strict=False)]
    if (other := texts.of(written.ANYTHING)) and written.ANYTHING not in found.names:
        answers.append({**({"any": True} if numeric else {"text": "*"}), "fraction": "0", "feedback": other})
    data: dict[str, Any] = {"answers": answers}
    if not numeric:
        data["case_sensitive"] = found.case_sensitive
    return Draft("numeric" if numeric else "short_text", data, texts, subject.scorer.points(found.best))


def slider(subject: Subject, interaction: Any) -> Draft:
    """A sliderInteraction as numeric."""
    subject.notes.loss(
        interaction, N_("A slider (sliderInteraction) becomes a number to write; its bounds are left out.")
    )
    if subject.declared(interaction).base not in written.NUMBERS:
        raise subject.notes.fault(interaction, N_("The response of a slider is a number. Change its base type."))
    return text_entry(subject, interaction)


def essay(subject: Subject, interaction: Any) -> Draft:
    """An extendedTextInteraction as essay."""
    notes = subject.notes
    for name in ("expectedLength", "placeholderText", "patternMask", "maxStrings", "minStrings", "stringIdentifier"):
        if interaction.get(name) not in (None, "", "0"):
            notes.loss(interaction, N_('"%(name)s" of the text to write is left out.'), name=name)
    if interaction.get("format") == "xhtml":
        notes.loss(interaction, N_("The answer may be formatted in the file; here it is plain text."))
    declared = subject.declaring.declarations.get(subject.response_of(interaction))
    if declared is not None and (declared.correct or declared.mapping):
        notes.loss(interaction, N_("The file knows what is right and gives the points itself; here a person does."))
    lines = limit(interaction, "expectedLines") or 10
    data = {
        "template": _template(subject, interaction),
        "lines": min(lines, LINES_LIMIT),
        "min_words": _counted(interaction, "min_words"),
        "max_words": _counted(interaction, "max_words"),
        "marking_notes": subject.marking_notes(),
    }
    return _unscored(subject, "essay", data)


def is_marked_by_hand(subject: Subject) -> bool:
    """Whether all interactions are texts to write for which the file knows neither an answer nor rules."""
    if any(interaction.tag not in _TEXTS for interaction in subject.interactions):
        return False
    if all(interaction.tag == "extendedTextInteraction" for interaction in subject.interactions):
        return True
    processing = tree.child(subject.root, "responseProcessing")
    known = [one for one in subject.root.iter("responseDeclaration") if tree.inner(one, "value", "mapEntry")]
    return not known and (processing is None or (not len(processing) and not processing.keys()))


def essays(subject: Subject) -> Draft:
    """Texts to write as one essay; each has its place in the prompt."""
    interactions = subject.interactions
    if len(interactions) == 1:
        return essay(subject, interactions[0])
    subject.notes.loss(interactions[1], N_("The texts to write in this item become one; [1], [2] … name its parts."))
    draft = essay(subject, interactions[0])
    draft.data["lines"] = min(sum(limit(one, "expectedLines") or 2 for one in interactions), LINES_LIMIT)
    marks = {}
    for number, interaction in enumerate(interactions, start=1):
        asked = subject.text(tree.child(interaction, "prompt"))
        marks[interaction] = f"{f'<div>{asked}</div>' if asked else ''}[{number}]"
    draft.prompt = subject.prompt(marks)
    return draft


def upload(subject: Subject, interaction: Any) -> Draft:
    """An uploadInteraction as upload."""
    kinds = interaction.get("type", "").replace(",", " ").split()
    endings = list(dict.fromkeys(_ENDINGS[kind] for kind in kinds if kind in _ENDINGS))
    if unknown := [kind for kind in kinds if kind not in _ENDINGS]:
        message = N_("Files of the type %(names)s are not known here; other types are allowed as told.")
        subject.notes.loss(interaction, message, names=", ".join(unknown)[:200])
    data: dict[str, Any] = {"marking_notes": subject.marking_notes()}
    if endings:
        data["accept"] = endings
    declared = subject.declaring.declarations.get(subject.response_of(interaction))
    if declared is not None and declared.cardinality != "single":
        data["max_files"] = 10
    return _unscored(subject, "upload", data)


def description(subject: Subject) -> Draft:
    """An item without interaction: a text to read."""
    if (declared := next(subject.root.iter("responseDeclaration"), None)) is not None:
        message = N_("The file declares a response, but nothing to give it with; this becomes a text to read.")
        subject.notes.loss(declared, message)
    return _unscored(subject, "description", {})


def _counted(interaction: Any, name: str) -> int | None:
    """Words at least or at most, as our own files say it."""
    for part in interaction.get("class", "").split():
        kind, _, number = part.rpartition("-")
        if kind == name.replace("_", "-") and number.isascii() and number.isdigit() and len(number) < 6:
            return int(number) or None
    return None


def _template(subject: Subject, interaction: Any) -> str:
    for declared in tree.children(subject.root, "responseDeclaration"):
        default = tree.child(declared, "defaultValue")
        if declared.get("identifier") == subject.response_of(interaction) and default is not None:
            return "\n".join("".join(found.itertext()) for found in tree.children(default, "value"))
    return ""


def _unscored(subject: Subject, name: str, data: dict[str, Any]) -> Draft:
    """A question that a person marks: its rules, if any, are only asked which feedback everybody gets."""
    texts = Texts()
    points = None
    try:
        points = subject.declaring.declared_maximum()
        shown = subject.scorer.outcome({}).shown
        if subject.scorer.feedbacks:
            texts = subject.feedback([Probe(frozenset(), Decimal(mark), shown) for mark in (0, 1)])
    except Fault:
        subject.notes.loss(None, N_("The response processing of a question that a person marks is left out."))
    return Draft(name, data, texts, rounded_points(points or Decimal(1)))
