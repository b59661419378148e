"""Questions of Moodle XML with gaps in their text."""

from __future__ import annotations

import re
from typing import Any

from examhall.bank.content.richtext import plain_text, sanitise
from examhall.bank.formats import cloze_syntax
from examhall.bank.formats.moodle_xml.choices import Draft
from examhall.bank.formats.moodle_xml.node import Fault
from examhall.bank.formats.moodle_xml.question import Question
from examhall.errors import N_

_SLOT = re.compile(r"\[\[([0-9]{1,3})\]\]")


def cloze(question: Question, prompt: str) -> Draft:
    """Gaps in the language of embedded answers."""
    node = question.places["prompt"]
    found = cloze_syntax.read(prompt)
    if found.faults:
        raise Fault(node.message(fault.text, **fault.params) for fault in found.faults)
    for warning in found.warnings:
        question.warn(node, warning.text, **warning.params)
    question.places["gaps"] = node
    return "cloze", {"prompt": found.prompt, "gaps": found.gaps}


def gapselect(question: Question, prompt: str) -> Draft:
    """Words to choose for each [[n]]; of the choices in its group, choice n is the right one."""
    dragged = question.kind == "ddwtos"
    boxes = question.node.take_all("dragbox" if dragged else "selectoption")
    if dragged:
        question.lose(question.node, N_("The words are chosen from a list here and not dragged into their places."))
        if [box for box in boxes if not box.take("infinite")]:
            question.lose(question.node, N_("Each word may be chosen any number of times."))
    choices: list[tuple[str, str]] = []
    for box in boxes:
        box.attributes.setdefault("format", "html")
        choices.append((sanitise(question.texts.html(box)), box.setting("group", "1")))
    slots = [int(number) for number in _SLOT.findall(prompt)]
    if not slots:
        raise question.places["prompt"].fault(N_("There is no place such as [[1]] in this text. Write one."))
    gaps = [_slot(question, gap, slot, choices) for gap, slot in enumerate(slots, start=1)]
    numbers = iter(range(1, len(slots) + 1))
    question.places["gaps"] = question.places["prompt"]
    text = _SLOT.sub(lambda slot: f"{{#{next(numbers)}}}", prompt)
    shuffle = question.node.flag("shuffleanswers")
    return "cloze", {"prompt": text, "gaps": [gap | {"shuffle": shuffle} for gap in gaps]}


def _slot(question: Question, gap: int, slot: int, choices: list[tuple[str, str]]) -> dict[str, Any]:
    node = question.places["prompt"]
    if not 1 <= slot <= len(choices):
        message = N_(
            "[[%(slot)s]] stands for choice %(slot)s, and there are %(count)s. Correct the number or add a choice."
        )
        raise node.fault(message, slot=slot, count=len(choices))
    right, group = choices[slot - 1]
    texts = list(dict.fromkeys(text for text, of in choices if of == group and plain_text(text)))
    if len(texts) < 2:  # where Moodle shows a list of one
        texts = list(dict.fromkeys(text for text, _ in choices if plain_text(text)))
        message = N_("[[%(slot)s]] is the only choice in its group. Here it is one among all choices of the question.")
        question.lose(node, message, slot=slot)
    options = [{"text": text, "fraction": "1" if text == right else "0"} for text in texts]
    if len(options) < 2:
        raise node.fault(N_("[[%(slot)s]] has no other choice in its group. Add a wrong one."), slot=slot)
    return {"key": str(gap), "kind": "choice", "display": "dropdown", "weight": 1, "options": options}
