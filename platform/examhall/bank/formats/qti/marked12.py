"""Questions of QTI 1.2 that a person marks: texts to write, files to hand in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.entries import ENDINGS
from examhall.bank.formats.qti.feedback import Texts
from examhall.bank.formats.qti.presentation12 import Presentation
from examhall.bank.formats.qti.rules12 import Rules
from examhall.bank.formats.qti.scoring import rounded_points
from examhall.bank.formats.qti.subject import Draft
from examhall.bank.formats.qti.types12 import texts_of
from examhall.bank.types.contract import exact
from examhall.bank.types.upload import FILES_LIMIT
from examhall.errors import N_

_WORDS = {"min_words": "word_limit_min", "max_words": "word_limit_max"}


def essay(shown: Presentation, rules: Rules) -> Draft:
    """A text that a person marks."""
    entry = next(shown.item.iter("render_fib"), None)
    rows = 0 if entry is None else tree.whole(entry.get("rows", ""))
    data: dict[str, Any] = {"marking_notes": _notes(shown)}
    if 1 <= rows <= 50:
        data["lines"] = rows
    for response in shown.responses:
        data |= _words(response.element)
        if response.element.get("rce", "No").lower() == "yes":
            shown.notes.loss(response.element, N_("The answer may be formatted in the file; here it is plain text."))
    return Draft("essay", data, _texts(shown, rules), _points(shown))


def upload(shown: Presentation, rules: Rules) -> Draft:
    """Files that a person marks; New Quizzes says which and how many."""
    data: dict[str, Any] = {"marking_notes": _notes(shown)}
    said = tree.child(shown.item, "presentation")
    kinds = [] if said is None else [kind.strip().lower() for kind in said.get("allowed_types", "").split(",")]
    endings = ["jpg" if kind == "jpeg" else kind for kind in kinds if kind]
    if known := list(dict.fromkeys(ending for ending in endings if ending in ENDINGS)):
        data["accept"] = known
    if unknown := [ending for ending in endings if ending not in ENDINGS]:
        message = N_("Files of the type %(names)s are not known here; other types are allowed as told.")
        shown.notes.loss(said, message, names=", ".join(unknown)[:200])
    if said is not None and (count := tree.whole(said.get("files_count", ""), -1)) >= 0:
        data["max_files"] = min(max(count, 1), FILES_LIMIT)
    return Draft("upload", data, _texts(shown, rules), _points(shown))


def _texts(shown: Presentation, rules: Rules) -> Texts:
    """The feedback, without the solution: it is told to markers."""
    rules.feedbacks = [found for found in rules.feedbacks if next(found.element.iter("solution"), None) is None]
    return texts_of(shown, rules, [{}, {"": frozenset("?")}], Decimal(1))


def _points(shown: Presentation) -> Decimal:
    """The most that the file says a marker may give."""
    declared = next(shown.item.iter("decvar"), None)
    most = None if declared is None else exact(declared.get("maxvalue", ""))
    return rounded_points(most) if most and most > 0 else Decimal(1)


def _notes(shown: Presentation) -> str:
    """What the file says to markers: the solution, and the notes of New Quizzes."""
    said = shown.metadata.get("grading_notes", "")
    return "".join(shown.text(found) for found in shown.item.iter("solution")) + (shown.html(said) if said else "")


def _words(response: Any) -> dict[str, int]:
    """The least and the greatest number of words, as New Quizzes says them."""
    if response.get("word_limit_enabled", "Yes").lower() != "yes":
        return {}
    said = {ours: tree.whole(response.get(theirs, "")) for ours, theirs in _WORDS.items()}
    return {name: words for name, words in said.items() if words > 0}
