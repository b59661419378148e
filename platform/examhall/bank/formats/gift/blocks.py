"""The blocks of a GIFT file, one for each question: lines between blank lines, unless their braces say otherwise.

Authors forget the blank line between two questions, or leave one among the answers; other tools put their output
between fences. Where the braces tell what was meant, it is read so, with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from examhall.bank.formats import Message
from examhall.bank.formats.passage import Passage, mask, shield
from examhall.errors import N_

CATEGORY = "$CATEGORY:"
QUESTION_LIMIT = 100_000
_FENCE = re.compile(r"```(?:gift|markdown|md|moodle|plain|plaintext|te?xt)?", re.IGNORECASE)
_GOES_ON = re.compile(r"[=~#]|\}[^\S\n]*(?:\n|\Z)")
_NAMED = re.compile(r"\s*::(?!\s)[^{}]*?::")
_BRACE = re.compile(r"\{")
_ANSWERS = re.compile(r"\{\s*(?:[=~#]|(?:TRUE|FALSE|T|F)\s*[#}])")
_ESCAPED_BRACE = re.compile(r"\\}\s*\Z")


@dataclass(frozen=True, slots=True)
class Block:
    """The text of one question without comments, the comments, and what is to be told about its bounds."""

    passage: Passage
    comments: list[Passage]
    warnings: list[Message] = field(default_factory=list)


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a text. A $CATEGORY is one by itself, even where its author forgot the blank lines."""
    above: Block | None = None
    for joined in _joined(_between_blank_lines(text)):
        for block in _parted(joined):
            if above is not None:
                _tell_of_blank_line(above, block)
                yield above
            above = block
    if above is not None:
        yield above


def _tell_of_blank_line(above: Block, block: Block) -> None:
    """Warns where a blank line seems to part the text of a question from its answers."""
    text = block.passage.text
    if (
        _NAMED.match(above.passage.text)
        and not text.startswith(("::", CATEGORY))
        and "{" not in shield(mask(above.passage.text))
        and _ANSWERS.search(mask(text))
    ):
        message = N_(
            "This text has a name but no answers. If the question below belongs to it, leave out the blank line."
        )
        above.warnings.append(above.passage.message(message))


def _between_blank_lines(text: str) -> Iterator[Block]:
    kept: list[str] = []
    comments: list[Passage] = []
    for number, line in enumerate([*re.sub(r"\r\n?", "\n", text).split("\n"), ""], start=1):
        bare = line.strip()
        if bare.startswith("//"):
            comments.append(Passage(bare, number))
            kept.append("")
        elif bare and _is_fence(bare, kept):
            kept.append("")
        elif bare and not bare.startswith(CATEGORY):
            kept.append(line)
        else:
            if any(kept) or (comments and not bare):
                yield Block(Passage("\n".join(kept), number - len(kept)).stripped(), comments)
                comments = []
            kept = []
            if bare:
                yield Block(Passage(bare, number), [])
                kept = [""] if comments else []  # so that these stay in the block of the question below


def _is_fence(bare: str, kept: list[str]) -> bool:
    """Whether a line is the fence around a whole listing: above a question or below its answers."""
    if _FENCE.fullmatch(bare) is None:
        return False
    above = kept[-1].rstrip() if kept else ""
    return not above or (above.endswith("}") and _ESCAPED_BRACE.search(above) is None)


def _joined(found: Iterator[Block]) -> Iterator[Block]:
    """Blocks of which the next begins with an answer, or ends them, while a brace is open are one."""
    held: list[Block] = []
    depth = length = 0
    for block in found:
        text = block.passage.text
        if held and depth > 0 and length <= QUESTION_LIMIT and _GOES_ON.match(text):
            depth, length = depth + _depth(text), length + len(text)
        else:
            if held:
                yield _one(held)
            held, depth, length = [], _depth(text), len(text)
        held.append(block)
    if held:
        yield _one(held)


def _depth(text: str) -> int:
    if "{" not in text and "}" not in text:
        return 0
    bare = shield(mask(text))
    return bare.count("{") - bare.count("}")


def _one(parts: list[Block]) -> Block:
    first = parts[0]
    if len(parts) == 1:
        return first
    texts, end = [], first.passage.line
    for part in parts:
        texts.append("\n" * (part.passage.line - end) + part.passage.text)
        end = part.passage.line + part.passage.text.count("\n")
    message = N_("Blank lines among the answers are left out here. Other systems end the question there.")
    return Block(
        Passage("".join(texts), first.passage.line),
        [comment for part in parts for comment in part.comments],
        [parts[1].passage.message(message)],
    )


def _parted(block: Block) -> Iterator[Block]:
    """The questions of a block: one ends where the name of the next, or its answers, tell that another has begun."""
    text = block.passage.text
    if "::" not in text[2:] and text.count("{") < 2:
        yield block
        return
    lines = text.split("\n")
    bare = shield(mask(text))
    answering = [_ANSWERS.match(bare, brace.start()) is not None for brace in _BRACE.finditer(bare)]
    start, depth, first, braces, comments, warnings = 0, 0, 0, 0, list(block.comments), block.warnings
    shielded = bare.split("\n")
    for place, line in enumerate(shielded):
        depth += line.count("{") - line.count("}")
        braces += line.count("{")
        following = next((other for other in shielded[place + 1 : place + 4] if other.strip()), "").lstrip()
        closed = line.rstrip().endswith("}")
        mine_is_named = _NAMED.match(shielded[start]) is not None
        named = following.startswith("::") if closed else mine_is_named and _NAMED.match(following) is not None
        goes_on = mine_is_named or following[:1].islower()
        if depth == 0 and (named or (closed and not goes_on and answering[first : braces + 1] == [True, True])):
            line_number = block.passage.line + place
            mine = [comment for comment in comments if comment.line <= line_number]
            yield Block(_passage(lines[start : place + 1], block.passage.line + start), mine, warnings)
            comments, start, first = comments[len(mine) :], place + 1, braces
            message = N_("There is no blank line above this question. Other systems read it as part of the one before.")
            warnings = [Message(line_number + 1, message)]
    yield Block(_passage(lines[start:], block.passage.line + start), comments, warnings)


def _passage(lines: list[str], line: int) -> Passage:
    return Passage("\n".join(lines), line).stripped()
