"""What a plain format can't say of a question: one loss for each setting that is not as the format takes it to be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from examhall.bank.content.richtext import media_of
from examhall.bank.formats import Item, Message
from examhall.errors import N_

UNSAYABLE = N_("%(what)s can't be said in %(format)s and is left out.")

#: Settings of a body, each with its value where nobody chose another, and what it is called in a report.
_SETTINGS: dict[str, tuple[object, str]] = {
    "feedback": ("", N_("The general feedback")),
    "right_feedback": ("", N_("The feedback for right answers")),
    "partial_feedback": ("", N_("The feedback for partly right answers")),
    "wrong_feedback": ("", N_("The feedback for wrong answers")),
    "hints": ([], N_("The hints")),
    "shuffle": (True, N_("That the options keep their order")),
    "scheme": ("sum", N_("The marking scheme")),
    "case_sensitive": (False, N_("That capital and small letters are different")),
    "units": ([], N_("The units")),
    "feedback_true": ("", N_("The feedback for “True”")),
    "feedback_false": ("", N_("The feedback for “False”")),
    "template": ("", N_("The text that an answer begins with")),
    "min_words": (None, N_("The least number of words")),
    "max_words": (None, N_("The greatest number of words")),
    "marking_notes": ("", N_("The marking notes")),
    "lines": (10, N_("The height of the field for the answer")),
}
_FILING: dict[str, tuple[object, str]] = {
    "category": ("", N_("The category")),
    "category_external_id": ("", N_("The id of a category")),
    "tags": ([], N_("The tags")),
    "external_id": ("", N_("The id")),
    "difficulty": ("", N_("The difficulty")),
    "language": ("", N_("The language")),
    "points": (Decimal(1), N_("The points")),
    "status": ("ready", N_("The status")),
}
_OPTION: dict[str, tuple[object, str]] = {
    "feedback": ("", N_("The feedback of an option or answer")),
    "pinned": (False, N_("That an option stays in its place")),
    "unticked": ("0", N_("What an option earns that is not ticked")),
}
_TAG = re.compile(r"<(?!br>)[A-Za-z][^>]*>")


def unsaid(item: Item, number: int, label: str, says: frozenset[str], *, markup: bool = False) -> Iterator[Message]:
    """A loss for each setting that a format named `label` can't say.

    `says` names those that it can: fields of the item, of its body, and `option.<field>`. With `markup` its texts are
    HTML. `number` is the place of the question in the file.
    """

    def loss(what: str) -> Message:
        return Message(number, UNSAYABLE, {"what": what, "format": label})

    body = item.body
    yield from (
        loss(what) for name, (usual, what) in _FILING.items() if name not in says and getattr(item, name) != usual
    )
    yield from (
        loss(what) for name, (usual, what) in _SETTINGS.items() if name not in says and body.get(name, usual) != usual
    )
    options: list[dict[str, Any]] = [*body.get("options", ()), *body.get("answers", ())]
    for name, (usual, what) in _OPTION.items():
        if f"option.{name}" not in says and any(option.get(name, usual) != usual for option in options):
            yield loss(what)
    texts = [body["prompt"], *(str(option.get("text", "")) for option in body.get("options", ()))]
    if media_of(json.dumps(body)):
        yield loss(N_("A picture, sound or film"))
    if not markup and any(_TAG.search(text) for text in texts):
        yield Message(number, N_("%(format)s holds plain text only: formatting is left out."), {"format": label})
