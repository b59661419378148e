"""Questions of the plug-in "gapfill": the words that belong into a text stand in it, within brackets.

As the plug-in describes itself: `[cat|dog]` takes either word, the characters around a gap may be others, a word may be
a regular expression unless that is switched off, and wrong words for the list are answers that earn nothing.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

import re2

from examhall.bank.content.richtext import plain_text, sanitise
from examhall.bank.formats.moodle_xml.choices import Draft
from examhall.bank.formats.moodle_xml.question import Question
from examhall.bank.types.choice import OPTIONS_LIMIT
from examhall.bank.types.cloze import GAPS_LIMIT
from examhall.errors import N_

_TAG = re.compile(r"<[^<>]*>")
_OF_EXPRESSIONS = re.compile(r"[*+?^$()\[\]\\]")
_SETTINGS = (
    "delimitchars", "answerdisplay", "casesensitive", "noduplicates", "disableregex", "singleuse"
)  # fmt: skip
#: How the gaps look; what is not 0 of these is told as not kept.
_LOOKS = ("fixedgapsize", "optionsaftertext", "letterhints")


def gapfill(question: Question, prompt: str) -> Draft:
    """Gaps to write in or, where the plug-in shows the words, to choose for."""
    settings = {name: [node.take_text() for node in question.node.take_all(name)] for name in _SETTINGS}
    said = {name: next(iter(values), "") for name, values in settings.items()}
    for child in question.node.children:
        if child.tag in _LOOKS and child.text == "0":
            child.forget()
            child.taken = True
    signs = said["delimitchars"] or "[]"
    gap = re.compile(
        rf"(?<!\\){re.escape(signs[0])}([^{re.escape(signs[0] + signs[-1])}]{{1,500}}){re.escape(signs[-1])}"
    )
    words = [_words(found) for found in gap.findall(prompt)]
    if not any(words) or not all(words):
        message = N_("There is no gap in this question. Write one such as %(example)s.")
        raise question.places["prompt"].fault(message, example=f"{signs[0]}cat{signs[-1]}")
    if len(words) > GAPS_LIMIT:
        message = N_("There are more than %(limit)s gaps. Split the question.")
        raise question.places["prompt"].fault(message, limit=GAPS_LIMIT)
    if said["noduplicates"] == "1":
        question.lose(question.node, N_("A word earns its mark in each gap where it is right, also a second time."))
    wrong = _wrong(question)
    listed = list(dict.fromkeys([*(word for each in words for word in _parts(each)), *wrong]))
    shown = said["answerdisplay"] != "gapfill" and len(listed) > 1
    if shown and len(listed) > OPTIONS_LIMIT:
        raise question.places["prompt"].fault(N_("Give at most %(max_length)s entries here."), max_length=OPTIONS_LIMIT)
    if shown and said["answerdisplay"] != "dropdown":
        question.lose(question.node, N_("The words are chosen from a list here and not dragged into their places."))
    if shown and said["singleuse"] == "1":
        question.lose(question.node, N_("Each word may be chosen any number of times."))
    expressions = said["disableregex"] != "1"
    gaps = []
    for number, each in enumerate(words, start=1):
        made = _chosen(each, listed) if shown else _written(each, said["casesensitive"] == "1", expressions)
        gaps.append({"key": str(number), "weight": 1} | made)
    numbers = iter(range(1, len(words) + 1))
    question.places["gaps"] = question.places["prompt"]
    return "cloze", {"prompt": gap.sub(lambda _: f"{{#{next(numbers)}}}", prompt), "gaps": gaps}


def _words(html: str) -> str:
    """What stands in a gap, which an editor may have put tags around."""
    return unescape(_TAG.sub("", html)).replace("\xa0", " ").strip()


def _parts(words: str) -> list[str]:
    """The words of which any is right."""
    return [part.strip() for part in words.split("|") if part.strip()] or [words]


def _is_pattern(words: str) -> bool:
    """Whether our patterns can say this: C++ is an expression to the plug-in alone."""
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(words, options)
    except re2.error:
        return False
    return True


def _wrong(question: Question) -> list[str]:
    """The words for the list that belong nowhere. The right ones are repeated beside them."""
    wrong = []
    for answer in question.answers():
        earned = question.fraction(answer)
        text = plain_text(sanitise(question.texts.html(answer)))
        if not earned and text:
            wrong.append(text)
    return wrong


def _written(words: str, case_sensitive: bool, expressions: bool) -> dict[str, Any]:
    parts = _parts(words)
    if expressions and _is_pattern(words) and any(_OF_EXPRESSIONS.search(part) for part in parts):
        answers = [{"text": words, "pattern": True, "fraction": "1"}]
    else:
        answers = [{"text": part, "fraction": "1"} for part in dict.fromkeys(parts)]
    return {"kind": "short_text", "display": "text", "case_sensitive": case_sensitive, "answers": answers}


def _chosen(words: str, listed: list[str]) -> dict[str, Any]:
    right = set(_parts(words))
    options = [{"text": escape(word, quote=False), "fraction": "1" if word in right else "0"} for word in listed]
    return {"kind": "choice", "display": "dropdown", "shuffle": True, "options": options}
