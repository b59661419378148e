"""GIFT, the plain-text format in which teachers write questions.

Rules: reference semantics §2.3. Questions are separated by blank lines; each is read by itself, so that a wrong one
never hides the next. Time grows with the length of the text and no faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from examhall.bank.formats import Import, Item, Message
from examhall.bank.formats.gift_answers import Reader
from examhall.bank.formats.passage import Fault, Passage, mask
from examhall.bank.richtext import plain_text
from examhall.bank.types import type_named
from examhall.errors import N_, Invalid

QUESTIONS_LIMIT = 10_000
QUESTION_LIMIT = 100_000
NAME_LIMIT = 200
CATEGORY_LIMIT = 200
TAG_LIMIT = 50
ID_LIMIT = 100

_NAME_FROM_STEM = 60
_GAP = "_____"
_CATEGORY = "$CATEGORY:"
_CONTEXT = re.compile(r"\A\$[A-Za-z0-9]+\$/(top/)?")  # where Moodle hangs a category: of no use elsewhere
_LABEL = re.compile(r"\[(?P<kind>id|tag):(?P<value>(?:\\\]|[^][])+)\]")
_UNUSABLE = re.compile(r"[\0\ud800-\udfff\ufdd0-\ufdef]")


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines between blank lines: their text without comments, and the comments."""

    passage: Passage
    comments: list[Passage]


def parse(text: str) -> Import:
    """The questions of a GIFT text and what is wrong with it. Never raises: what cannot be read is an error."""
    result = Import([], [])
    category = ""
    lines_of_ids: dict[str, int] = {}
    for block in _blocks(_UNUSABLE.sub("\ufffd", text.removeprefix("\ufeff"))):
        try:
            if len(result.questions) + len(result.errors) >= QUESTIONS_LIMIT:
                message = N_("There are more than %(limit)s questions. Split the file and import the parts.")
                result.errors.append(block.passage.message(message, limit=QUESTIONS_LIMIT))
                break
            if block.passage.text.startswith(_CATEGORY):
                category = _category(block.passage)
                continue
            question = _question(block, category)
            if question.external_id:
                first = lines_of_ids.setdefault(question.external_id, question.line)
                if first != question.line:
                    message = N_('The id "%(id)s" is used on line %(first)s too. Give each question its own.')
                    raise block.passage.fault(message, id=question.external_id, first=first)
            result.questions.append(question)
        except Fault as fault:
            result.errors.extend(fault.messages)
    if not result.questions and not result.errors:
        result.errors.append(Message(1, N_("There is no question in this file. Is it the right one?")))
    return result


def _blocks(text: str) -> Iterator[_Block]:
    """The blocks that hold more than comments."""
    kept: list[str] = []
    comments: list[Passage] = []
    lines = re.sub(r"\r\n?", "\n", text).split("\n")
    for number, line in enumerate([*lines, ""], start=1):
        bare = line.strip()
        if bare.startswith("//"):
            comments.append(Passage(bare, number))
            kept.append("")
        elif bare:
            kept.append(line)
        else:
            if any(kept):
                yield _Block(Passage("\n".join(kept), number - len(kept)).stripped(), comments)
            kept, comments = [], []


def _category(passage: Passage) -> str:
    path, rest = passage.cut(len(_CATEGORY)).parted("\n")
    if rest is not None and rest.text.strip():
        raise rest.stripped().fault(N_("Put a blank line after $CATEGORY."))
    name = _CONTEXT.sub("", path.text.strip(), count=1)
    if not name or len(name) > CATEGORY_LIMIT:
        raise passage.fault(N_("Write a category of 1 to %(limit)s characters after $CATEGORY:."), limit=CATEGORY_LIMIT)
    return name


def _question(block: _Block, category: str) -> Item:
    start = block.passage
    if len(start.text) > QUESTION_LIMIT:
        message = N_("This question has more than %(limit)s characters. Is a blank line missing?")
        raise start.fault(message, limit=QUESTION_LIMIT)
    external_id, tags = _labels(block.comments)
    name, rest = _name(Passage(mask(start.text), start.line))
    before, answer_block, after = _parts(rest)
    reader = Reader()
    reader.text_format, stem = reader.format_of(before.stripped())
    if after.text.strip():
        stem = Passage(stem.text + (" " if before.text[-1:].isspace() else "") + _GAP + after.text, stem.line)
    if re.search("[:=]", stem.text):
        note = N_("An unescaped : or = in a question is read as text here, but not everywhere. Write \\: or \\=.")
        reader.warnings.append(stem.message(note))
    prompt = reader.html(stem)
    answers = reader.answers(answer_block)
    try:
        body = type_named(answers.type).validate({"prompt": prompt, **answers.data})
    except Invalid as invalid:
        lines = {"prompt": stem.line, **answers.lines}
        raise Fault(
            Message(_line(error.field, lines, start.line), error.message, error.params) for error in invalid.errors
        ) from None
    return Item(
        line=start.line,
        name=name or plain_text(body.prompt, _NAME_FROM_STEM),
        type=answers.type,
        body=body.to_json(),
        category=category,
        tags=tags,
        external_id=external_id,
        warnings=reader.warnings,
    )


def _labels(comments: list[Passage]) -> tuple[str, list[str]]:
    """The id (the first one counts) and the tags that stand in the comments of a question."""
    found: dict[str, list[str]] = {"id": [], "tag": []}
    for comment in comments:
        for label in _LABEL.finditer(comment.text):
            value = " ".join(label["value"].replace("\\]", "]").split())
            limit = ID_LIMIT if label["kind"] == "id" else TAG_LIMIT
            if not value or len(value) > limit:
                message = N_("Write 1 to %(limit)s characters in [%(kind)s:…].")
                raise comment.fault(message, limit=limit, kind=label["kind"])
            found[label["kind"]].append(value)
    return next(iter(found["id"]), ""), list(dict.fromkeys(found["tag"]))


def _name(passage: Passage) -> tuple[str, Passage]:
    """The name between :: and ::, or "", and what follows it."""
    if not passage.text.startswith("::"):
        return "", passage
    name, rest = passage.cut(2).parted("::")
    if rest is None or "{" in name.text:
        raise passage.fault(N_("The name of this question is not closed. Write :: after it."))
    words = " ".join(name.plain().split())
    if len(words) > NAME_LIMIT:
        raise passage.fault(N_("Shorten the name of this question to at most %(limit)s characters."), limit=NAME_LIMIT)
    return words, rest.stripped()


def _parts(passage: Passage) -> tuple[Passage, Passage, Passage]:
    """What stands before, in and after the answer block."""
    opened, closed = passage.text.find("{"), passage.text.find("}")
    if opened < 0 and closed < 0:
        message = N_(
            "Without an answer block this is a description, which cannot be imported yet."
            " Write answers between { and }, or remove it."
        )
        raise passage.fault(message)
    if closed < 0:
        message = N_("This { is not closed. Write } before the next blank line, and \\{ for a brace in a text.")
        raise passage.cut(opened).fault(message)
    if opened < 0 or closed < opened:
        raise passage.cut(closed).fault(
            N_("This } closes nothing. Write { before the answers, and \\} for a brace in a text.")
        )
    surplus = re.compile("[{}]").search(passage.text, closed + 1)
    place = surplus.start() if surplus else passage.text.find("{", opened + 1, closed)
    if place >= 0:
        message = N_(
            "A question has one answer block, and here is another brace. Write \\{ and \\} for braces in a text."
        )
        raise passage.cut(place).fault(message)
    return passage.cut(0, opened), passage.cut(opened + 1, closed), passage.cut(closed + 1)


def _line(path: str, lines: dict[str, int], otherwise: int) -> int:
    """The line of the field at a path such as `options.2.text`, or of the nearest one around it."""
    while path:
        if path in lines:
            return lines[path]
        path = path.rpartition(".")[0]
    return otherwise
