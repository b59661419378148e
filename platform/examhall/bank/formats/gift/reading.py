"""Reads GIFT: questions are separated by blank lines, and each is read by itself, so that a wrong one hides no other.

Time grows with the length of the text and no faster.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from examhall.bank.content.texts import CATEGORY_LIMIT, TAG_LIMIT, TAGS_LIMIT
from examhall.bank.formats import CategoryInfo, Import, Message, decode
from examhall.bank.formats.gift.blocks import CATEGORY, blocks
from examhall.bank.formats.gift.question import read_question
from examhall.bank.formats.passage import Fault, Passage
from examhall.errors import N_

QUESTIONS_LIMIT = 10_000
ANSWERS_LIMIT = 60_000
ID_LIMIT = 100

# Where Moodle hangs a category: of no use elsewhere.
_CONTEXT = re.compile(r"\A\$[A-Za-z0-9]+\$\s*(/|\Z)\s*(top\s*(/|\Z))?")
_COMMAND = re.compile(r"\$[A-Z_]{3,}[ \t]*[:=][^\n{}]*")  # of other tools
_BRACES = re.compile(r"\{[^{}]*+\}?")
_ANSWER = re.compile(r"(?<!\\)[~=]")
_LABEL = re.compile(r"\[(?P<kind>id|tag):(?P<value>(?:\\\]|[^][])*)\]")
_UNUSABLE = re.compile(r"[\0\ud800-\udfff\ufdd0-\ufdef]")


@dataclass
class _Labels:
    """What stands in the comments of a question, and what of that is not kept."""

    external_id: str = ""
    tags: list[str] = field(default_factory=list)
    losses: list[Message] = field(default_factory=list)


def parse(data: bytes, **settings: Any) -> Import:
    """The questions of a GIFT file. Raises what `decode` does; everything else that is wrong is an error by line."""
    result = Import([], [])
    text = _UNUSABLE.sub("\ufffd", decode(data))
    if (line := _line_of_surplus(text)) is not None:
        message = N_("There are more than %(limit)s answers. Split the file and import the parts.")
        return Import([], [Message(line, message, {"limit": ANSWERS_LIMIT})])
    category = ""
    lines_of_ids: dict[str, int] = {}
    for block in blocks(text):
        try:
            if len(result.questions) + len(result.errors) >= QUESTIONS_LIMIT:
                message = N_("There are more than %(limit)s questions. Split the file and import the parts.")
                result.errors.append(block.passage.message(message, limit=QUESTIONS_LIMIT))
                break
            if block.passage.text.startswith(CATEGORY):
                category = _category(block.passage)
                if category and all(known.path != category for known in result.categories[-1:]):
                    result.categories.append(CategoryInfo(category))
                continue
            if _COMMAND.fullmatch(block.passage.text):
                message = N_("“%(text)s” is no command that is known here, so it is left out.")
                result.losses.append(block.passage.message(message, text=block.passage.text[:60]))
                continue
            labels = _labels(block.comments, lines_of_ids)
            if block.passage.text:
                question = read_question(block.passage, category, labels.external_id, labels.tags)
                question.warnings[:0] = block.warnings
                question.losses[:0] = labels.losses
                result.questions.append(question)
            elif labels.external_id or labels.tags:
                message = N_("This id or tag stands apart and is left out. Write it directly above its question.")
                result.losses.append(block.comments[0].message(message))
        except Fault as fault:
            result.errors.extend(fault.messages)
    if not result.questions and not result.errors:
        result.errors.append(Message(1, N_("There is no question in this file. Is it the right one?")))
    return result


def _line_of_surplus(text: str) -> int | None:
    """The line of the braces with which there are more answers than a file may have: each takes its time to read."""
    answers = 0
    for braces in _BRACES.finditer(text):
        answers += len(_ANSWER.findall(text, *braces.span()))
        if answers > ANSWERS_LIMIT:
            return (text.count("\n", 0, braces.start()) or text.count("\r", 0, braces.start())) + 1
    return None


def _category(passage: Passage) -> str:
    said = passage.text.removeprefix(CATEGORY).strip()
    parts = (part.strip() for part in _CONTEXT.sub("", said, count=1).replace("//", "\u2044").split("/"))
    path = "/".join(filter(None, parts))
    if not said or len(path) > CATEGORY_LIMIT:
        raise passage.fault(N_("Write a category of 1 to %(limit)s characters after $CATEGORY:."), limit=CATEGORY_LIMIT)
    return path


def _labels(comments: list[Passage], lines_of_ids: dict[str, int]) -> _Labels:
    """The id (the first one counts) and the tags that stand in the comments of a question."""
    found = _Labels()
    for comment in comments:
        for label in _LABEL.finditer(comment.text):
            value = " ".join(label["value"].replace("\\]", "]").split())
            if label["kind"] == "id":
                _take_id(found, comment, value, lines_of_ids)
            elif value and value not in found.tags:
                if len(value) > TAG_LIMIT or "|" in value or len(found.tags) == TAGS_LIMIT:
                    message = N_('The tag "%(tag)s" is left out: it is too long, or one too many, or holds a "|".')
                    found.losses.append(comment.message(message, tag=value[:TAG_LIMIT]))
                else:
                    found.tags.append(value)
    return found


def _take_id(found: _Labels, comment: Passage, value: str, lines_of_ids: dict[str, int]) -> None:
    if not value or value == found.external_id:
        return
    if found.external_id or len(value) > ID_LIMIT:
        message = N_('The id "%(id)s" is left out: a question has one, of at most %(limit)s characters.')
        found.losses.append(comment.message(message, id=value[:ID_LIMIT], limit=ID_LIMIT))
        return
    first = lines_of_ids.setdefault(value, comment.line)
    if first != comment.line:
        message = N_('The id "%(id)s" is used on line %(first)s too, so it is left out here.')
        found.losses.append(comment.message(message, id=value, first=first))
        return
    found.external_id = value
