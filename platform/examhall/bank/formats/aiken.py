"""Aiken: one question, options with letters, and the letter of the right one. Nothing else can be said in it.

    What is 2 + 2?
    A. 3
    B. 4
    ANSWER: B

Rules: reference semantics §2.4. A defect of the original that is not copied: there the letter of the answer counts
options from the top, whatever letters they bear; here it is the option that bears it. What authors write by hand in
small letters or with a space too many is read as well, with a warning, as other systems do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from string import ascii_uppercase
from typing import Any, NoReturn

from examhall.bank.content.richtext import plain_text
from examhall.bank.formats import Export, Format, Import, Item, Medium, Message, decode
from examhall.bank.formats.passage import Fault
from examhall.bank.formats.unsaid import unsaid
from examhall.bank.types import type_named
from examhall.errors import N_, Invalid

QUESTIONS_LIMIT = 10_000

_NAME_FROM_STEM = 60
_OPTION = re.compile(r"([A-Z])[).][ \t]*(.*)")
_BY_HAND = re.compile(r"([A-Za-z])[ \t]?(?:\)|\.(?=[ \t]))[ \t]*(.*)")
_ANSWER = re.compile(r"ANSWER:[ \t]*(.*)|(?i:(?:correct[ \t]+)?answer)[ \t]*:[ \t]*([A-Za-z](?:[.)].*)?)")
_LETTER = re.compile(r"([A-Za-z])(?:[.)][ \t]*(.*))?")
_ANSWER_LINE = re.compile(
    rb"^[ \t]*ANSWER:[ \t]*[A-Z][ \t]*\r?$"
    rb"|^[ \t]*[A-Za-z][ \t]?[).][^\n]*+\n[ \t\r\n]*+(?i:(?:correct[ \t]+)?answer)[ \t]*:[ \t]*[A-Za-z][.)\t \r]*$",
    re.MULTILINE,
)
_LIKE_AN_ANSWER = re.compile(r"answer[ \t]*:", re.IGNORECASE)
_UNUSABLE = re.compile(r"[\0\ud800-\udfff]")

Line = tuple[int, str]


def recognises(data: bytes) -> bool:
    """Whether a file has the one line that every Aiken question ends with."""
    return _ANSWER_LINE.search(data) is not None


def parse(data: bytes, **settings: Any) -> Import:
    """The questions of an Aiken file. Raises what `decode` does; everything else that is wrong is an error by line."""
    result = Import([], [])
    for lines in _blocks(decode(data)):
        if len(result.questions) + len(result.errors) >= QUESTIONS_LIMIT:
            message = N_("There are more than %(limit)s questions. Split the file and import the parts.")
            result.errors.append(Message(lines[0][0], message, {"limit": QUESTIONS_LIMIT}))
            break
        try:
            result.questions.append(_question(lines))
        except Fault as fault:
            result.errors.extend(fault.messages)
    if not result.questions and not result.errors:
        result.errors.append(Message(1, N_("There is no question in this file. Is it the right one?")))
    return result


def export(items: Sequence[Item], media: Mapping[str, Medium], title: str) -> Export:
    """The single-choice questions with one right option and 26 options at most; all others are told as losses."""
    written: list[str] = []
    losses: list[Message] = []
    for number, item in enumerate(items, start=1):
        options = item.body.get("options", ())
        right = [place for place, option in enumerate(options) if option["fraction"] == "1"]
        partly = [option for option in options if option["fraction"] not in ("0", "1")]
        if item.type != "single_choice" or len(right) != 1 or partly or len(options) > len(ascii_uppercase):
            message = N_(
                "“%(name)s” is left out: Aiken takes single choice only, with one right option, others that earn"
                " nothing, and 26 options at most."
            )
            losses.append(Message(number, message, {"name": item.name}))
            continue
        losses += unsaid(item, number, "Aiken", frozenset())
        lines = [f"{letter}. {_line(option['text'])}" for letter, option in zip(ascii_uppercase, options, strict=False)]
        written.append("\n".join([_line(item.body["prompt"]), *lines, f"ANSWER: {ascii_uppercase[right[0]]}"]))
    return Export("".join(f"{text}\n\n" for text in written).encode(), "text/plain", "txt", losses)


def _blocks(text: str) -> Iterator[list[Line]]:
    """The lines of each question, its ANSWER the last of them; what follows the last ANSWER comes without one."""
    block: list[Line] = []
    for number, raw in enumerate(_UNUSABLE.sub("\ufffd", text).splitlines(), start=1):
        line = raw.strip()
        if len(line) < 2:  # as in the original: a lone sign is no question
            continue
        block.append((number, line))
        if _ANSWER.fullmatch(line):
            yield block
            block = []
    if block:
        yield block


def _question(lines: list[Line]) -> Item:
    *asked, last = lines
    answer = _ANSWER.fullmatch(last[1])
    if answer is None:
        message = N_("This question has no ANSWER. Write ANSWER: and the letter of the right option below it.")
        _refuse(lines[0][0], message)
    strict = [place for place, (_, text) in enumerate(asked) if place and _OPTION.fullmatch(text)]
    stem, options = _parted(asked, last[0], _OPTION if len(strict) > 1 else _BY_HAND)
    letters = {letter.upper(): place for place, (_, letter, _) in enumerate(options)}
    if len(letters) < len(options):
        _refuse(options[0][0], N_("Two options bear the same letter. Give each its own."))
    said = answer[1] if answer[2] is None else answer[2]
    named = _LETTER.fullmatch(said)
    place = letters.get(named[1].upper()) if named else None
    if named is None or place is None or named[2] not in (None, "", options[place][2]):
        message = N_("No option bears the letter “%(letter)s”. Write the capital letter of one of these: %(known)s.")
        _refuse(last[0], message, letter=said[:20], known=", ".join(letters))
    data = {
        "prompt": "<br>".join(escape(text, quote=False) for _, text in stem),
        "options": [
            {"text": escape(text, quote=False), "fraction": "1" if number == place else "0"}
            for number, (_, _, text) in enumerate(options)
        ],
    }
    try:
        body = type_named("single_choice").validate(data)
    except Invalid as invalid:
        raise Fault(
            Message(_line_of(error.field, lines[0][0], options), error.message, error.params)
            for error in invalid.errors
        ) from None
    name = plain_text(body.prompt, _NAME_FROM_STEM)
    warnings = []
    if len(stem) > 1:
        note = N_("This question goes over several lines. That is read here, but not everywhere.")
        warnings.append(Message(stem[1][0], note))
    if len(strict) < len(options) or answer[1] is None or answer[1] != named[1].upper():
        note = N_("Other systems read options such as “A. text” and answers such as “ANSWER: A” only.")
        warnings.append(Message(last[0], note))
    return Item(line=stem[0][0], name=name, type="single_choice", body=body.to_json(), warnings=warnings)


def _parted(lines: list[Line], end: int, option: re.Pattern[str]) -> tuple[list[Line], list[tuple[int, str, str]]]:
    """The lines of the stem, and the options as (line, letter, text): the last lines that look like options.

    The first line is always of the stem, even where it looks like an option ("A. Einstein was born in …").
    """
    found = [option.fullmatch(text) for _, text in lines]
    start = max(1, 1 + max((place for place, one in enumerate(found) if one is None), default=0))
    if start >= len(lines):
        where, text = lines[-1] if lines else (end, "")
        if _LIKE_AN_ANSWER.match(text):
            _refuse(where, N_("Write ANSWER: in capital letters, at the beginning of the line."))
        _refuse(where, N_("This question has no options. Write each on a line of its own: A. and its text."))
    if early := next((place for place in range(1, start) if found[place]), 0):
        after = next(place for place in range(early, start) if not found[place])
        message = N_("This question has no ANSWER before line %(next)s, or an option of it goes over two lines.")
        _refuse(lines[0][0], message, next=lines[after][0])
    options = [(line, one[1], one[2]) for (line, _), one in zip(lines[start:], found[start:], strict=True) if one]
    return lines[:start], options


def _refuse(line: int, message: str, **params: Any) -> NoReturn:
    raise Fault([Message(line, message, params)])


def _line_of(path: str, stem: int, options: list[tuple[int, str, str]]) -> int:
    parts = path.split(".")
    return options[int(parts[1])][0] if parts[0] == "options" and len(parts) > 1 else stem


def _line(html: str) -> str:
    return plain_text(html) or "?"


FORMAT = Format("aiken", "Aiken", recognises, parse, export)
