"""Aiken: one question, options with letters, and the letter of the right one. Nothing else can be said in it.

    What is 2 + 2?
    A. 3
    B. 4
    ANSWER: B

Rules: reference semantics §2.4. A defect of the original that is not copied: there the letter of the answer counts
options from the top, whatever letters they bear; here it is the option that bears it. What authors write by hand in
small letters, in words of their own or with an explanation below it is read as well, with a warning, as other systems
do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape
from string import ascii_lowercase, ascii_uppercase
from typing import Any, NoReturn

from examhall.bank.content.richtext import plain_text
from examhall.bank.formats import Export, Format, Import, Item, Medium, Message, decode
from examhall.bank.formats.passage import Fault
from examhall.bank.formats.unsaid import unsaid
from examhall.bank.types import type_named
from examhall.errors import N_, Invalid

QUESTIONS_LIMIT = 10_000

_NAME_FROM_STEM = 60
_WORDS = (
    r"(?:(?:correct|right|reference)[ \t]+)?answer|respuesta(?:[ \t]+correcta)?|(?:richtige[ \t]+)?antwort"
    r"|(?:bonne[ \t]+)?réponse|resposta(?:[ \t]+correta)?|الإجابة(?:[ \t]+الصحيحة)?"
    r"|ans|key|correct(?:[ \t]+(?:option|choice))?|risposta(?:[ \t]+corretta)?|(?:juiste[ \t]+)?antwoord"
    r"|(?:kunci[ \t]+)?jawaban|kunci|(?:poprawna[ \t]+)?odpowied[źz]|(?:doğru[ \t]+)?cevap|đáp[ \t]+án"
    r"|(?:правильный[ \t]+)?ответ|(?:правильна[ \t]+)?відповідь|(?:正确|參考|参考)?答案|正解|정답"
)
_OPTION = re.compile(r"([A-Z])[).][ \t]*(.*)")
_BY_HAND = re.compile(
    r"(?:[-*•][ \t]+)?[(\[]?([A-Za-z])[ \t]?(?:[)\]]|[.:、：．](?=[ \t])|[、：．])[ \t]*(.*)", re.DOTALL
)
_ANSWER = re.compile(rf"ANSWER:[ \t]*(.*)|(?i:\**(?:{_WORDS})[ \t]*[:：]\**+)[ \t]*+(.*[^*])\**+")
# What no stem says of itself.
_SURELY = re.compile(
    r"\**(?:(?:correct|right|reference|richtige|bonne)[ \t]|\w+[ \t]+correcta|\w+[ \t]*:\**[ \t]*(?:true|false)\b)",
    re.I,
)
_LETTER = re.compile(r"[(\[]?([A-Za-z])(?:[.)\]:][ \t]*(.*))?")
_LETTERS = re.compile(r"[A-Za-z](?:[ \t]*(?:[,;/&+]|\band\b)[ \t]*[A-Za-z])+")
_EXPLANATION = re.compile(
    r"\**(?:explanation|rationale|feedback|explicación|erklärung|explication)[ \t]*:\**[ \t]*(.*)", re.IGNORECASE
)
#: What is said of a question, and is never a line of an option.
_OF_QUESTION = re.compile(
    rf"{_EXPLANATION.pattern}|\**(?:category|difficulty|hint|level|marks?|points?|score|tags?|topic)[ \t]*:",
    re.IGNORECASE,
)
_ANSWER_LINE = re.compile(
    rb"^[ \t]*ANSWER:[ \t]*[A-Z][ \t]*(?:[.),;&][^\n]{0,500})?\r?$"
    rb"|^[ \t]*(?:[-*][ \t]+)?[(\[]?[A-Za-z][ \t]?(?:[).:\]]|\xe3\x80\x81|\xef\xbc[\x8e\x9a])"
    rb"[^\n]*+\n[ \t\r\n]*+\**(?i:"
    + _WORDS.encode()
    + rb")[ \t]*(?::|\xef\xbc\x9a)\**[ \t]*[(\[]?[A-Za-z][.)\]\t *\r]*$",
    re.MULTILINE,
)
_LIKE_AN_ANSWER = re.compile(rf"(?:{_WORDS})[ \t]*:", re.IGNORECASE)
#: Options on one line: a) 6  b) 12  c) 8
_NEXT_LABEL = re.compile(r"(?<![ \t])(?:[ \t]{2,}+|\t)(?=[(\[]?[A-Za-z][.)\]](?:[ \t]|\S))")
_ALPHABETS = (ascii_uppercase, ascii_lowercase)
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_UNUSABLE = re.compile(r"[\0\ud800-\udfff]")

Line = tuple[int, str]
Option = tuple[int, str, str]
"""The line, the letter and the text of an option."""


def recognises(data: bytes) -> bool:
    """Whether a file has the one line that every Aiken question ends with."""
    return _ANSWER_LINE.search(data) is not None


def parse(data: bytes, **settings: Any) -> Import:
    """The questions of an Aiken file. Raises what `decode` does; everything else that is wrong is an error by line."""
    result = Import([], [])
    for lines, explanation in _blocks(decode(data)):
        if len(result.questions) + len(result.errors) >= QUESTIONS_LIMIT:
            message = N_("There are more than %(limit)s questions. Split the file and import the parts.")
            result.errors.append(Message(lines[0][0], message, {"limit": QUESTIONS_LIMIT}))
            break
        try:
            result.questions.append(_question(lines, explanation))
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
        lines = [f"{letter}. {_line(option['text'])}" for letter, option in zip(ascii_uppercase, options, strict=False)]
        text = "\n".join([_line(item.body["prompt"]), *lines, f"ANSWER: {ascii_uppercase[right[0]]}"])
        if not _says(text, lines, right[0]):
            message = N_("“%(name)s” is left out: without its formatting it can't be told in Aiken.")
            losses.append(Message(number, message, {"name": item.name}))
            continue
        losses += unsaid(item, number, "Aiken", frozenset())
        written.append(text)
    return Export("".join(f"{text}\n\n" for text in written).encode(), "text/plain", "txt", losses)


def _says(text: str, options: Sequence[str], right: int) -> bool:
    """Whether a text reads as one question, of one line, with these options and this one right."""
    found = parse(text.encode())
    if found.errors or len(found.questions) != 1 or found.questions[0].warnings:
        return False
    read = found.questions[0].body["options"]
    return len(read) == len(options) and read[right]["fraction"] == "1"


def _blocks(text: str) -> Iterator[tuple[list[Line], list[Line]]]:
    """The lines of each question, its ANSWER the last of them; and those of an explanation directly below it.

    What follows the last ANSWER comes without one.
    """
    block: list[Line] = []
    explanation: list[Line] = []
    explained = False  # whether the next line may belong to the explanation of the block that has its ANSWER
    for number, line in _lines(text):
        if explained and line and (explanation or _EXPLANATION.fullmatch(line)):
            explanation.append((number, line))
            continue
        if explained:
            yield block, explanation
            block, explanation, explained = [], [], False
        if not line or (len(line) < 2 and (not block or _BY_HAND.fullmatch(block[-1][1]))):
            continue  # as in the original a lone sign is no question, though it may be a line of one
        block.append((number, line))
        explained = _answered(line, block[-2][1] if len(block) > 1 else "")
    if block:
        yield block, explanation


def _lines(text: str) -> Iterator[Line]:
    """The lines of a file by their numbers; options that share a line are told one by one.

    Such a row goes on where the one above it ends, or begins with A, and the line below bears none of its letters.
    """
    lines = [line.strip() for line in _UNUSABLE.sub("\ufffd", text).replace("\ufeff", "").splitlines()]
    following, below = [], ""
    for line in reversed(lines):
        following.append(below)
        below = line or below
    last = ""
    for number, (line, below) in enumerate(zip(lines, reversed(following), strict=True), start=1):
        parts = _NEXT_LABEL.split(line)
        found = [_BY_HAND.fullmatch(part) for part in parts] if len(parts) > 1 else []
        letters = "".join(one[1] if one else " " for one in found)
        again = _BY_HAND.fullmatch(below)
        if letters and _follow(last, letters) and (again is None or again[1] not in letters):
            yield from ((number, part) for part in parts)
            last = letters[-1]
        else:
            yield number, line
            last = last if not line else ""


def _follow(last: str, letters: str) -> bool:
    """Whether letters are A, B and so on, or what comes after the last one, if there is one."""
    begun = any(letters == alphabet[: len(letters)] for alphabet in _ALPHABETS)
    return begun or (last != "" and any(last + letters in alphabet for alphabet in _ALPHABETS))


def _answered(line: str, above: str) -> bool:
    """Whether a line names the right option, as it does by letters or below an option."""
    answer = _ANSWER.fullmatch(line)
    if answer is None:
        return False
    by_hand = answer[2]
    return by_hand is None or bool(
        _LETTER.fullmatch(by_hand) or _LETTERS.fullmatch(by_hand) or _BY_HAND.fullmatch(above) or _SURELY.match(line)
    )


def _question(lines: list[Line], explanation: list[Line]) -> Item:
    *asked, last = lines
    answer = _ANSWER.fullmatch(last[1]) if _answered(last[1], asked[-1][1] if asked else "") else None
    if answer is None:
        message = N_("This question has no ANSWER. Write ANSWER: and the letter of the right option below it.")
        _refuse(lines[0][0], message)
    strict = [place for place, (_, text) in enumerate(asked) if place and _OPTION.fullmatch(text)]
    stem, options = _parted(asked, last[0], _OPTION if len(strict) > 1 else _BY_HAND)
    if len({letter.upper() for _, letter, _ in options}) < len(options):
        _refuse(options[0][0], N_("Two options bear the same letter. Give each its own."))
    said = answer[1] if answer[2] is None else answer[2]
    right = _named(said, options)
    if not right:
        message = N_("No option bears the letter “%(letter)s”. Write the capital letter of one of these: %(known)s.")
        known = ", ".join(letter.upper() for _, letter, _ in options)
        _refuse(last[0], message, letter=said[:20], known=known)
    share = "1" if len(right) == 1 else str(round(1 / Decimal(len(right)), 12))
    data = {
        "prompt": _html(stem),
        "options": [
            {"text": escape(text, quote=False).replace("\n", "<br>"), "fraction": share if place in right else "0"}
            for place, (_, _, text) in enumerate(options)
        ],
        "feedback": _EXPLANATION.sub(r"\1", _html(explanation), count=1),
    }
    kind = "single_choice" if len(right) == 1 else "multiple_choice"
    try:
        body = type_named(kind).validate(data)
    except Invalid as invalid:
        raise Fault(
            Message(_line_of(error.field, lines[0][0], options), error.message, error.params)
            for error in invalid.errors
        ) from None
    name = plain_text(body.prompt, _NAME_FROM_STEM)
    warnings = []
    if len(stem) > 1 or any("\n" in text for _, _, text in options):
        note = N_("This question goes over several lines. That is read here, but not everywhere.")
        warnings.append(Message(stem[min(1, len(stem) - 1)][0], note))
    if len(strict) < len(options) or answer[1] is None or not re.fullmatch("[A-Z]", said):
        note = N_("Other systems read options such as “A. text” and answers such as “ANSWER: A” only.")
        warnings.append(Message(last[0], note))
    if explanation:
        note = N_(
            "The explanation below the answer is read as the general feedback. Other systems take it for a question."
        )
        warnings.append(Message(explanation[0][0], note))
    return Item(line=stem[0][0], name=name, type=kind, body=body.to_json(), warnings=warnings)


def _named(said: str, options: Sequence[Option]) -> set[int]:
    """The places of the options that an ANSWER names: by a letter, by several, or by the text of one."""
    places = {letter.upper(): place for place, (_, letter, _) in enumerate(options)}
    if one := _LETTER.fullmatch(said):
        place = places.get(one[1].upper())
        if place is not None and one[2] in (None, "", options[place][2]):
            return {place}
    if _LETTERS.fullmatch(said):
        letters = [letter.upper() for letter in re.findall(r"\b[A-Za-z]\b", said)]
        return {places[letter] for letter in letters} if places.keys() >= set(letters) else set()
    same = [place for place, (_, _, text) in enumerate(options) if text.casefold() == said.casefold()]
    return set(same) if len(same) == 1 else set()


def _html(lines: Sequence[Line]) -> str:
    said = (_BOLD.fullmatch(text) for _, text in lines)
    return "<br>".join(
        escape(bold[1] if bold else text, quote=False) for bold, (_, text) in zip(said, lines, strict=True)
    )


def _parted(lines: list[Line], end: int, option: re.Pattern[str]) -> tuple[list[Line], list[Option]]:
    """The lines of the stem, and the options: the last lines that look like options.

    The first line is always of the stem, even where it looks like an option ("A. Einstein was born in …").
    """
    found = [option.fullmatch(text) for _, text in lines]
    start = max(1, 1 + max((place for place, one in enumerate(found) if one is None), default=0))
    early = next((place for place in range(1, min(start, len(lines))) if found[place]), 0)
    if early and not any(_LIKE_AN_ANSWER.match(text) or _OF_QUESTION.match(text) for _, text in lines[early:]):
        begun = [place for place in range(early, len(lines)) if found[place]]
        letters = "".join(one[1] for one in found[early:] if one).upper()
        if len(begun) > 1 and letters == ascii_uppercase[: len(begun)]:
            return lines[:early], _over_lines(lines, begun, option)
    if start >= len(lines):
        where, text = lines[-1] if lines else (end, "")
        if _LIKE_AN_ANSWER.match(text):
            _refuse(where, N_("Write ANSWER: in capital letters, at the beginning of the line."))
        _refuse(where, N_("This question has no options. Write each on a line of its own: A. and its text."))
    if early:
        after = next(place for place in range(early, start) if not found[place])
        message = N_("This question has no ANSWER before line %(next)s, or an option of it goes over two lines.")
        _refuse(lines[0][0], message, next=lines[after][0])
    options = [(line, one[1], one[2]) for (line, _), one in zip(lines[start:], found[start:], strict=True) if one]
    return lines[:start], options


def _over_lines(lines: list[Line], starts: list[int], option: re.Pattern[str]) -> list[Option]:
    """Options of which some go over several lines: those that begin at `starts`, whose letters are A, B and so on."""
    options = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        one = option.fullmatch(lines[start][1])
        assert one is not None
        text = "\n".join([one[2], *(text for _, text in lines[start + 1 : end])])
        options.append((lines[start][0], one[1], text))
    return options


def _refuse(line: int, message: str, **params: Any) -> NoReturn:
    raise Fault([Message(line, message, params)])


def _line_of(path: str, stem: int, options: Sequence[Option]) -> int:
    parts = path.split(".")
    return options[int(parts[1])][0] if parts[0] == "options" and len(parts) > 1 else stem


def _line(html: str) -> str:
    return plain_text(html) or "?"


FORMAT = Format("aiken", "Aiken", recognises, parse, export)
