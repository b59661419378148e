"""The bodies of questions as Moodle XML has them, a writer for each type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from typing import Any

from examhall.bank.formats import cloze_syntax
from examhall.bank.formats.moodle_xml.markers import write_markers
from examhall.bank.formats.moodle_xml.markup import Markup, Unsayable
from examhall.bank.formats.moodle_xml.numbers import write_calculated, write_numeric
from examhall.bank.formats.moodle_xml.rows import USUAL, label_format
from examhall.bank.types.contract import as_text
from examhall.errors import N_

Data = Mapping[str, Any]
_ORDER_GRADING = {"exact": "ALL_OR_NOTHING", "position": "ABSOLUTE_POSITION", "adjacent": "RELATIVE_NEXT_EXCLUDE_LAST"}
_KPRIME_SCORING = {"kprim": "kprime", "all_or_nothing": "kprimeonezero", "every_decision": "subpoints"}
_PLACES = Context(prec=28)
_TAG = re.compile(r"<[A-Za-z/]")


def yes(value: bool) -> str:
    return "true" if value else "false"


def percent(fraction: str) -> str:
    """A fraction as Moodle writes it, with all its digits."""
    return as_text(Decimal(fraction).scaleb(2, context=_PLACES))


def combined(markup: Markup, body: Data) -> None:
    """The feedback by outcome."""
    for tag, name in (("correct", "right"), ("partiallycorrect", "partial"), ("incorrect", "wrong")):
        markup.rich(f"{tag}feedback", body[f"{name}_feedback"])


def _no_combined(markup: Markup, body: Data) -> None:
    if any(body[f"{name}_feedback"] for name in ("right", "partial", "wrong")):
        markup.lose(N_("Moodle has no feedback by outcome for this type, so it is left out."))


def _pinned(markup: Markup, parts: list[Data]) -> None:
    if any(part["pinned"] for part in parts):
        markup.lose(N_("Moodle shuffles all options: none keeps its place."))


def _choice(markup: Markup, body: Data, single: bool) -> None:
    markup.element("single", yes(single))
    _options(markup, body)


def _options(markup: Markup, body: Data) -> None:
    _pinned(markup, body["options"])
    markup.element("shuffleanswers", yes(body["shuffle"]))
    markup.element("answernumbering", "abc")
    markup.element("showstandardinstruction", "0")
    combined(markup, body)
    for option in body["options"]:
        markup.open("answer", fraction=percent(option["fraction"]), format="html")
        markup.html(option["text"])
        markup.rich("feedback", option["feedback"])
        markup.close("answer")


def _single_choice(markup: Markup, body: Data) -> str:
    _choice(markup, body, single=True)
    return "multichoice"


def _multiple_choice(markup: Markup, body: Data) -> str:
    if body["scheme"] == "all_or_nothing":
        markup.lose(N_('Moodle reads this question with the plug-in "multichoiceset" only.'))
        options = [option | {"fraction": "1" if Decimal(option["fraction"]) > 0 else "0"} for option in body["options"]]
        _options(markup, {**body, "options": options})
        return "multichoiceset"
    if body["scheme"] != "sum":
        message = N_("Moodle adds up the fractions of what is ticked; the scheme %(scheme)s is not kept.")
        markup.lose(message, scheme=body["scheme"])
    _choice(markup, body, single=False)
    return "multichoice"


def _true_false(markup: Markup, body: Data) -> str:
    _no_combined(markup, body)
    for word in ("true", "false"):
        fraction = "100" if (word == "true") is body["correct"] else "0"
        markup.open("answer", fraction=fraction, format="moodle_auto_format")
        markup.text(word)
        markup.rich("feedback", body[f"feedback_{word}"])
        markup.close("answer")
    return "truefalse"


def _short_text(markup: Markup, body: Data) -> str:
    _no_combined(markup, body)
    markup.element("usecase", int(body["case_sensitive"]))
    answers = [answer for answer in body["answers"] if not answer["pattern"]]
    if len(answers) < len(body["answers"]):
        markup.lose(N_("Moodle knows no patterns, so the answers that are patterns are left out."))
    if all(Decimal(answer["fraction"]) != 1 for answer in answers):
        raise Unsayable(N_("Moodle knows no patterns, and without them no answer of this question is right."))
    for answer in answers:
        markup.open("answer", fraction=percent(answer["fraction"]), format="plain_text")
        markup.text(answer["text"])
        markup.rich("feedback", answer["feedback"])
        markup.close("answer")
    return "shortanswer"


def _numeric(markup: Markup, body: Data) -> str:
    _no_combined(markup, body)
    write_numeric(markup, body)
    return "numerical"


def _calculated(markup: Markup, body: Data) -> str:
    combined(markup, body)
    write_calculated(markup, body)
    return "calculated"


def _kprim(markup: Markup, body: Data) -> str:
    markup.lose(N_('Moodle reads this question with the plug-in "kprime" only.'))
    _no_combined(markup, body)
    _pinned(markup, body["rows"])
    markup.named("scoringmethod", _KPRIME_SCORING[body["scheme"]])
    markup.element("shuffleanswers", yes(body["shuffle"]))
    markup.element("numberofrows", 4)
    markup.element("numberofcolumns", 2)
    for number, row in enumerate(body["rows"], start=1):
        markup.open("row", number=str(number))
        markup.rich("optiontext", row["text"])
        markup.rich("feedbacktext", row["feedback"])
        markup.close("row")
    for (column, usual), label in zip(USUAL.items(), (body["true_label"], body["false_label"]), strict=True):
        markup.open("column", number=column)
        markup.open("responsetext", format=label_format(label))
        markup.text(label or usual)
        markup.close("responsetext")
        markup.close("column")
    for row_number, row in enumerate(body["rows"], start=1):
        for column, right in zip(USUAL, (row["correct"], not row["correct"]), strict=True):
            markup.open("weight", rownumber=str(row_number), columnnumber=column)
            markup.element("value", "1.000" if right else "0.000")
            markup.close("weight")
    return "kprime"


def _matching(markup: Markup, body: Data) -> str:
    if len(body["stems"]) < 2 or len(body["choices"]) < 3:
        markup.lose(N_("Moodle asks for two stems and three choices, so it may refuse this question."))
    markup.element("shuffleanswers", yes(body["shuffle"]))
    combined(markup, body)
    named = {stem["choice"] for stem in body["stems"]}
    waiting = list(body["choices"])
    for stem in body["stems"]:
        while waiting and waiting[0]["key"] not in named:  # a distractor before it
            _pair(markup, "", waiting.pop(0)["text"])
        waiting = [choice for choice in waiting if choice["key"] != stem["choice"]]
        right = next(choice for choice in body["choices"] if choice["key"] == stem["choice"])
        _pair(markup, stem["text"], right["text"])
    for choice in waiting:
        _pair(markup, "", choice["text"])
    return "matching"


def _pair(markup: Markup, stem: str, choice: str) -> None:
    if _TAG.search(choice):
        markup.lose(N_("Moodle shows choices as plain text, without pictures and formatting."))
    markup.open("subquestion", format="html")
    markup.html(stem)
    markup.open("answer")
    markup.html(choice)
    markup.close("answer")
    markup.close("subquestion")


def _ordering(markup: Markup, body: Data) -> str:
    for tag, value in (
        ("layouttype", "VERTICAL"),
        ("selecttype", "ALL"),
        ("selectcount", len(body["items"])),
        ("gradingtype", _ORDER_GRADING[body["scheme"]]),
        ("showgrading", "SHOW"),
        ("numberingstyle", "none"),
    ):
        markup.element(tag, value)
    combined(markup, body)
    for place, item in enumerate(body["items"], start=1):
        markup.open("answer", fraction=f"{place}.0000000", format="html")
        markup.html(item["text"])
        markup.close("answer")
    return "ordering"


def _essay(markup: Markup, body: Data) -> str:
    _no_combined(markup, body)
    for tag, value in (
        ("responseformat", "plain"),
        ("responserequired", 1),
        ("responsefieldlines", body["lines"]),
        ("minwordlimit", body["min_words"] or ""),
        ("maxwordlimit", body["max_words"] or ""),
        ("attachments", 0),
        ("attachmentsrequired", 0),
    ):
        markup.element(tag, value)
    markup.rich("graderinfo", body["marking_notes"])
    if body["template"] != body["template"].strip():
        markup.lose(N_("White space around the template is left out."))
    markup.open("responsetemplate", format="plain_text")
    markup.text(body["template"])
    markup.close("responsetemplate")
    return "essay"


def _upload(markup: Markup, body: Data) -> str:
    _no_combined(markup, body)
    if body["max_files"] > 3:
        markup.lose(N_("Moodle's form offers up to 3 files or any number; this question takes %(count)s."),
                    count=body["max_files"])  # fmt: skip
    for tag, value in (
        ("responseformat", "noinline"),
        ("responserequired", 0),
        ("responsefieldlines", 15),
        ("attachments", body["max_files"]),
        ("attachmentsrequired", 1),
        ("maxbytes", body["max_bytes"]),
        ("filetypeslist", ",".join(f".{ending}" for ending in body["accept"])),
    ):
        markup.element(tag, value)
    markup.rich("graderinfo", body["marking_notes"])
    return "essay"


def _cloze(markup: Markup, body: Data) -> str:
    _no_combined(markup, body)
    return "cloze"


def cloze_text(markup: Markup, body: Data) -> str:
    """The prompt of a cloze question with its gaps in the language of embedded answers. Raises Unsayable."""
    if not all(cloze_syntax.sayable(gap) for gap in body["gaps"]):
        raise Unsayable(N_("Moodle XML cannot say the right answers of this question."))
    text, losses = cloze_syntax.write(body["prompt"], body["gaps"])
    for loss in losses:
        markup.lose(loss.text, **loss.params)
    return text


def _description(markup: Markup, body: Data) -> str:
    _no_combined(markup, body)
    return "description"


def _hotspot(markup: Markup, body: Data) -> str:
    combined(markup, body)
    write_markers(markup, body)
    return "ddmarker"


WRITERS: Mapping[str, Callable[[Markup, Data], str]] = {
    "single_choice": _single_choice,
    "multiple_choice": _multiple_choice,
    "true_false": _true_false,
    "kprim": _kprim,
    "short_text": _short_text,
    "numeric": _numeric,
    "matching": _matching,
    "ordering": _ordering,
    "cloze": _cloze,
    "calculated": _calculated,
    "essay": _essay,
    "upload": _upload,
    "hotspot": _hotspot,
    "description": _description,
}


def points_of(body: Data) -> Decimal | None:
    """The points that Moodle gives a cloze question, whatever the file says."""
    return Decimal(sum(gap["weight"] for gap in body["gaps"])) if "gaps" in body else None
