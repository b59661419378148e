"""One question of GIFT: its name, its text, and the answer block in or behind it."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from examhall.bank.content.richtext import plain_text, render
from examhall.bank.content.texts import NAME_LIMIT
from examhall.bank.formats import Item, Message, cloze_syntax
from examhall.bank.formats import unreached as unreached_answers
from examhall.bank.formats.gift.answers import Answers, Reader
from examhall.bank.formats.gift.blocks import QUESTION_LIMIT
from examhall.bank.formats.passage import Fault, Passage, mask, shield
from examhall.bank.types.contract import Body
from examhall.errors import N_, FieldError, Invalid

_NAME_FROM_STEM = 60
_GAP = "_____"
_GAP_OF_CLOZE = re.compile(r"\{[0-9]{0,3}:[A-Za-z]{2,12}(?:_[A-Za-z]{1,2})?:")
_ESCAPE_OF_CLOZE = re.compile(r"\\([}#~])")
_BARE_ANSWER = re.compile(r"\n[^\S\n]*(?P<mark>[=~])(?![=~\n])")
_BRACE = re.compile("[{}]")


def read_question(start: Passage, category: str, external_id: str, tags: list[str]) -> Item:
    """The question of a block that is not empty. Raises Fault."""
    if len(start.text) > QUESTION_LIMIT:
        message = N_("This question has more than %(limit)s characters. Is a blank line missing?")
        raise start.fault(message, limit=QUESTION_LIMIT)
    masked = mask(start.text)
    shielded = shield(masked)
    reader = Reader()
    if shielded != masked:
        note = N_(
            "Signs of GIFT in a formula or a tag are read as text here, but not everywhere."
            " Write a backslash before each: %(signs)s."
        )
        reader.warnings.append(start.message(note, signs=r"\{ \} \= \: \# \~"))
    name, rest = _name(Passage(shielded, start.line), reader)
    if _GAP_OF_CLOZE.search(rest.text):
        prompt, answers = _cloze(rest, reader)
    else:
        prompt, answers = _asked(rest, reader)
    if not prompt and name and answers.type != "description":
        reader.warnings.append(start.message(N_("This question has no text. It asks what its name says.")))
        prompt = escape(name, quote=False)
    body = _validated(answers, {"prompt": prompt, **answers.data}, reader, start.line)
    return Item(
        line=start.line,
        name=name or plain_text(body.prompt, _NAME_FROM_STEM),
        type=answers.type,
        body=body.to_json(),
        category=category,
        tags=tags,
        external_id=external_id,
        warnings=reader.warnings,
        losses=reader.losses,
    )


def _asked(rest: Passage, reader: Reader) -> tuple[str, Answers]:
    """What is asked, and what the answer block says."""
    before, block, after = _parts(rest, reader)
    reader.text_format, stem = reader.format_of(before.stripped())
    if after.text.strip():
        stem = Passage(stem.text + (" " if before.text[-1:].isspace() else "") + _GAP + after.text, stem.line)
    if re.search("[:=]", stem.text):
        note = N_("An unescaped : or = in a question is read as text here, but not everywhere. Write \\: or \\=.")
        reader.warnings.append(stem.message(note))
    prompt = reader.rendered(reader.text_format, stem)
    answers = Answers("description", {}) if block is None else reader.answers(block)
    answers.lines["prompt"] = stem.line
    return prompt, answers


def _cloze(rest: Passage, reader: Reader) -> tuple[str, Answers]:
    """The same of a text with gaps such as {1:SHORTANSWER:=sun}: not GIFT, but what some write into such files."""
    reader.text_format, stem = reader.format_of(rest.stripped())
    found = cloze_syntax.read(reader.told(render(stem.of_gaps(), reader.text_format), stem))
    if found.faults:
        raise Fault(stem.message(fault.text, **fault.params) for fault in found.faults)
    note = N_("Gaps such as %(example)s are read here, but not in GIFT elsewhere.")
    reader.warnings.append(stem.message(note, example="{1:SHORTANSWER:=sun}"))
    reader.warnings += (stem.message(warning.text, **warning.params) for warning in found.warnings)
    prompt = _ESCAPE_OF_CLOZE.sub(r"\1", found.prompt)
    return prompt, Answers("cloze", {"gaps": found.gaps}, {"gaps": stem.line, "prompt": stem.line})


def _name(passage: Passage, reader: Reader) -> tuple[str, Passage]:
    """The name between :: and ::, or "", and what follows it."""
    if not passage.text.startswith("::"):
        return "", passage
    name, rest = passage.cut(2).parted("::")
    if rest is None or ("{" in name.text and "{" not in rest.text):
        note = N_("The name of this question is not closed, so all is read as its text. Write :: after the name.")
        reader.warnings.append(passage.message(note))
        return "", passage.cut(2).stripped()
    words = " ".join(name.plain().split())
    if len(words) > NAME_LIMIT:
        reader.losses.append(passage.message(N_("The name is cut to %(limit)s characters."), limit=NAME_LIMIT))
        words = words[: NAME_LIMIT - 1].rstrip() + "…"
    return words, rest.stripped()


def _parts(passage: Passage, reader: Reader) -> tuple[Passage, Passage | None, Passage]:
    """What stands before, in and after the answer block; None for the block of a text that asks nothing."""
    opened, closed = passage.text.find("{"), passage.text.find("}")
    bare = _bare_answers(passage)
    if opened < 0 and closed < 0:
        end = passage.cut(len(passage.text))
        if bare is None:
            return passage, None, end
        note = N_("Answers without braces are read here, but not elsewhere. Write { before them and } behind.")
        reader.warnings.append(passage.cut(bare).message(note))
        return passage.cut(0, bare), passage.cut(bare), end
    if bare is not None and bare < opened:
        message = N_("Write { before the answers and } behind them, and \\{ and \\} for braces in a text.")
        raise passage.cut(bare).fault(message)
    if closed < 0:
        message = N_("This { is not closed. Write } before the next blank line, and \\{ for a brace in a text.")
        raise passage.cut(opened).fault(message)
    if opened < 0 or closed < opened:
        raise passage.cut(closed).fault(
            N_("This } closes nothing. Write { before the answers, and \\} for a brace in a text.")
        )
    end = passage.cut(closed + 1)
    if end.text.strip(" \n}") == "" and "}" in end.text and "{" not in passage.text[opened + 1 : closed]:
        note = N_("This } closes nothing. Write { before the answers, and \\} for a brace in a text.")
        reader.warnings.append(end.stripped().message(note))
        return passage.cut(0, opened), passage.cut(opened + 1, closed), end.cut(0, 0)
    surplus = _BRACE.search(passage.text, closed + 1)
    place = surplus.start() if surplus else passage.text.find("{", opened + 1, closed)
    if place >= 0:
        message = N_(
            "A question has one answer block, and here is another brace. Write \\{ and \\} for braces in a text."
        )
        raise passage.cut(place).fault(message)
    return passage.cut(0, opened), passage.cut(opened + 1, closed), passage.cut(closed + 1)


def _bare_answers(passage: Passage) -> int | None:
    """Where lines begin that say what is right and what is wrong, as answers do; None where there are none."""
    marks = list(_BARE_ANSWER.finditer(passage.text))
    return marks[0].start("mark") if {found["mark"] for found in marks} == {"=", "~"} else None


def _validated(answers: Answers, data: dict[str, Any], reader: Reader, line: int) -> Body:
    """The body. An answer that is never reached is left out."""
    try:
        body, unreached = unreached_answers.validated(answers.type, data)
    except Invalid as invalid:
        raise _fault(invalid.errors, answers, line) from None
    reader.losses += (
        Message(answers.line_of(error.field, line), unreached_answers.UNREACHED, {"first": error.params["first"]})
        for error in unreached
    )
    return body


def _fault(errors: tuple[FieldError, ...], answers: Answers, line: int) -> Fault:
    return Fault(Message(answers.line_of(error.field, line), error.message, error.params) for error in errors)
