"""A text with gaps: an interaction for each gap, each with a response of its own, whose points are added."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from examhall.bank.content.richtext import plain_text
from examhall.bank.formats.qti import rules
from examhall.bank.formats.qti.elements import element, split_at
from examhall.bank.formats.qti.entries_out import numbers, text
from examhall.bank.formats.qti.writing import Draft, boolean, identifier, mapping
from examhall.errors import N_


def cloze(draft: Draft) -> None:
    """inlineChoice, textEntry and choice interactions within the prompt."""
    body = draft.body
    weights = sum(gap.weight for gap in body.gaps)
    marks = {}
    for gap in body.in_order():
        name = f"RESPONSE_{gap.key}"
        points = draft.share(Decimal(gap.weight) / weights) if weights else Decimal(0)
        if not points:
            draft.loss(N_("A gap with the weight 0 cannot be read again: it has no right answer in the file."))
        if gap.kind in ("short_text", "numeric"):
            marks[f"{{#{gap.key}}}"] = _entry(draft, gap, name, points)
        else:
            marks[f"{{#{gap.key}}}"] = _list(draft, gap, name, points)
    draft.prompt = draft.texts.fill(element("div"), body.prompt, wrap=False)
    split_at(draft.prompt, re.compile("|".join(map(re.escape, marks))), marks.get)


def _entry(draft: Draft, gap: Any, name: str, points: Decimal) -> Any:
    _no_feedback(draft, gap.answers)
    silent = [""] * len(gap.answers)
    if gap.kind == "numeric":
        numbers(draft, gap.answers, name, points, silent)
    else:
        text(draft, gap.answers, gap.case_sensitive, name, points, silent)
    return element("textEntryInteraction", responseIdentifier=name, class_="display-text")


def _list(draft: Draft, gap: Any, name: str, points: Decimal) -> Any:
    _no_feedback(draft, gap.options)
    several = gap.kind == "multiple"
    worths = {identifier(option.key): option.fraction for option in gap.options if option.fraction}
    if several:
        total = sum((part for part in worths.values() if part > 0), Decimal(0))
        worths = {key: part / total if part > 0 else part for key, part in worths.items()}
    least, most = (Decimal(0), points) if several else (None, None)
    right = [key for key, part in worths.items() if part > 0 and (several or part == 1)]
    shares = mapping({key: points * part for key, part in worths.items()}, least=least, most=most)
    cardinality = "multiple" if several else "single"
    draft.respond(cardinality, "identifier", name=name, correct=right if several else right[:1], mapping=shares)
    draft.rules.append(rules.mapped(name))
    inline = gap.display == "dropdown"
    made = element(
        "inlineChoiceInteraction" if inline else "choiceInteraction",
        responseIdentifier=name,
        shuffle=boolean(gap.shuffle),
        class_=f"display-{gap.display}",
    )
    if not inline:
        made.set("maxChoices", "0" if several else "1")
    for option in gap.options:
        fixed = {"fixed": "true"} if option.pinned else {}
        if not inline:
            made.append(draft.filled("simpleChoice", option.text, identifier=identifier(option.key), **fixed))
            continue
        if "<" in option.text:
            draft.loss(N_("The options of a list within a text are plain text in the file."))
        made.append(element("inlineChoice", plain_text(option.text), identifier=identifier(option.key), **fixed))
    return made


def _no_feedback(draft: Draft, answers: Any) -> None:
    if any(answer.feedback for answer in answers):
        draft.loss(N_("Feedback on the answers of a gap is left out."))
