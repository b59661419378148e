"""The language of embedded answers ("cloze"): `{weight:TYPE:=right#feedback~%50%half~wrong}` within a text.

Rules: reference semantics §2.2. Read liberally where the meaning is clear: a name of a type in small letters, balanced
braces within an answer. Written so that every reader of the language, and this one, reads the same again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape, unescape
from typing import Any

from examhall.bank.content.richtext import plain_text
from examhall.bank.formats import Message
from examhall.bank.types.cloze import GAPS_LIMIT
from examhall.bank.types.contract import ONE, ZERO, as_text, exact
from examhall.errors import N_

_SHORT, _NUMBER, _CHOICE, _MULTIPLE = "short_text", "numeric", "choice", "multiple"


@dataclass(frozen=True, slots=True)
class _Kind:
    """What one name of a type means."""

    kind: str
    display: str = "text"
    case_sensitive: bool = False
    shuffle: bool = False


def _with_names() -> Iterator[tuple[str, _Kind]]:
    yield from (("SHORTANSWER", _Kind(_SHORT)), ("SA", _Kind(_SHORT)), ("MW", _Kind(_SHORT)))
    for name in ("SHORTANSWER_C", "SAC", "MWC"):
        yield name, _Kind(_SHORT, case_sensitive=True)
    yield from (("NUMERICAL", _Kind(_NUMBER)), ("NM", _Kind(_NUMBER)))
    displays = {"": "dropdown", "V": "radio", "H": "radio_row"}
    for long, short, kind, shown in (
        ("MULTICHOICE", "MC", _CHOICE, displays),
        ("MULTIRESPONSE", "MR", _MULTIPLE, {"": "checkbox", "H": "checkbox_row"}),
    ):
        for letter, display in shown.items():
            for shuffled in ("", "S"):
                meaning = _Kind(kind, display, shuffle=bool(shuffled))
                suffix = letter + shuffled
                yield long + ("_" + suffix if suffix else ""), meaning
                yield short + suffix, meaning


_KINDS = dict(_with_names())
#: Of several names for one meaning the first, which is the long one.
_NAMES = {meaning: name for name, meaning in reversed(_KINDS.items())}
_START = re.compile(r"\{(?P<weight>[0-9]{0,6}):(?P<type>[A-Za-z_]{1,16}):?")
_SPACE = r"(?:\s|&nbsp;){0,9}"
_SPACED = re.compile(  # as people write it, and other readers take for a text
    rf"\{{{_SPACE}([0-9]{{0,6}}){_SPACE}:{_SPACE}({'|'.join(_KINDS)}){_SPACE}:(?=[^{{}}]*\}})",
    re.IGNORECASE,
)
_ANSWERS = re.compile(r"[^{}=%]{0,500}[=%]")
_LIKE_A_START = re.compile(rf"\{{(?={_SPACE}[0-9]{{0,6}}{_SPACE}:{_SPACE}[A-Za-z_]{{1,16}}{_SPACE}:)")
_STOP = re.compile(r"\\[{}#~]|(?<!&)(?<!&amp;)#|[~{}]")
_WEIGHT = re.compile(r"\s*(?P<right>=)?(?:%(?P<percent>-?[0-9]{1,3}(?:[.,][0-9]*)?)%)?")
_ESCAPE = re.compile(r"\\([}#~])")
_BEFORE_SPECIAL = re.compile(r"\\(?=[{}#~]|$)")
_SPECIAL = re.compile(r"(?<!&)#|[{}~]|^[%=]")
# Entities where a backslash would stay visible elsewhere, or be no escape at all.
_WRITTEN = {"=": "&#61;", "%": "&#37;", "~": "&#126;", "{": "&#123;", "}": "\\}", "#": "\\#"}
_BLOCKS = re.compile(r"</?(?:p|div|br|span)\b[^<>]*>", re.IGNORECASE)
_PLACE = re.compile(r"\{#([a-z0-9]{1,16})\}")


@dataclass(slots=True)
class Cloze:
    """A text read: `prompt` with {#1}, {#2}.., the gaps as bodies have them, and what is worth telling.

    Messages carry no line; `faults` say why the text is not a sound cloze question.
    """

    prompt: str
    gaps: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)
    faults: list[Message] = field(default_factory=list)

    def warn(self, text: str, /, **params: Any) -> None:
        self.warnings.append(Message(0, text, params))

    def fail(self, text: str, /, **params: Any) -> None:
        self.faults.append(Message(0, text, params))


def read(html: str) -> Cloze:
    """The prompt and the gaps of an HTML text; time grows with its length and no faster."""
    cloze = Cloze("")
    html = _SPACED.sub(r"{\1:\2:", html)
    pieces, end = [], 0
    while len(cloze.gaps) < GAPS_LIMIT and (start := _START.search(html, end)):
        number = len(cloze.gaps) + 1
        meaning = _KINDS.get(start["type"].upper())
        pieces.append(html[end : start.start()])
        if meaning is None:
            if _ANSWERS.match(html, start.end()):  # as a text it would tell what is right
                message = N_('There is no kind of gap such as "%(text)s". Write one such as %(example)s.')
                cloze.fail(message, text=start[0], example="{1:SHORTANSWER:=sun}")
            else:
                cloze.warn(N_('"%(text)s" is read as text, as there is no such kind of gap.'), text=start[0])
            pieces.append(start[0])
            end = start.end()
            continue
        close = _closing(html, start.end())
        if close is None:
            cloze.fail(
                N_("Gap %(gap)s (%(text)s…) is not closed. Write } after its answers."), gap=number, text=start[0]
            )
            close = start.end()
        cloze.gaps.append(_gap(number, int(start["weight"] or 1), meaning, html[start.end() : close], cloze))
        pieces.append(f"{{#{number}}}")
        end = min(close + 1, len(html))
    if _START.search(html, end):
        cloze.fail(N_("There are more than %(limit)s gaps. Split the question."), limit=GAPS_LIMIT)
    cloze.prompt = "".join([*pieces, html[end:]])
    if not cloze.gaps and not cloze.faults:
        cloze.fail(
            N_("There is no gap in this question. Write one such as %(example)s."), example="{1:SHORTANSWER:=sun}"
        )
    return cloze


def _closing(html: str, start: int) -> int | None:
    """Where the gap ends: at its first } that is neither escaped nor closes a { within an answer."""
    depth, first, place = 0, None, start
    while stop := _STOP.search(html, place):
        place = stop.end()
        if stop[0] == "{":
            if _START.match(html, stop.start()):
                break
            depth += 1
        elif stop[0] == "}":
            first = stop.start() if first is None else first
            if depth == 0:
                return stop.start()
            depth -= 1
    return first  # a { in an answer that nothing closes: it is a character as any other


def _gap(number: int, weight: int, meaning: _Kind, text: str, cloze: Cloze) -> dict[str, Any]:
    gap: dict[str, Any] = {"key": str(number), "kind": meaning.kind, "weight": weight, "display": meaning.display}
    alternatives = [(answer, feedback) for answer, feedback in _alternatives(text) if answer.strip() or feedback]
    if meaning.kind in (_SHORT, _NUMBER):
        make = _text_answer if meaning.kind == _SHORT else _number_answer
        answers = [make(number, answer, cloze) | {"feedback": feedback} for answer, feedback in alternatives]
        case = {"case_sensitive": meaning.case_sensitive} if meaning.kind == _SHORT else {}
        gap |= case | {"answers": answers}
    else:
        weighed = [_weighed(answer) for answer, _ in alternatives]
        fractions = [fraction for fraction, _, _ in weighed]
        if meaning.kind == _MULTIPLE and not any(explicit for _, _, explicit in weighed):
            fractions = _ticked(fractions)
        options = [
            {"text": text, "fraction": as_text(fraction), "feedback": feedback}
            for (_, text, _), fraction, (_, feedback) in zip(weighed, fractions, alternatives, strict=True)
        ]
        gap |= {"shuffle": meaning.shuffle, "options": options}
        if len(options) < 2:
            cloze.fail(N_("Gap %(gap)s has fewer than two options. Add one after ~."), gap=number)
    return gap


def _alternatives(text: str) -> Iterator[tuple[str, str]]:
    """The alternatives of a gap, each with its feedback; specials within balanced braces are text."""
    bounds: list[tuple[int, int]] = []
    start, mark, depth, balanced = 0, -1, 0, _balanced(text)
    for stop in _STOP.finditer(text):
        sign = stop[0]
        if sign in "{}" and balanced:
            depth += 1 if sign == "{" else -1
        elif sign == "~" and depth == 0:
            bounds.append((start, stop.start()))
            yield _alternative(text[start : stop.start()], mark - start)
            start, mark = stop.end(), -1
        elif sign == "#" and mark < start and depth == 0:
            mark = stop.start()
    last = text[start:]
    if last.strip() or not bounds:
        yield _alternative(last, mark - start)


def _balanced(text: str) -> bool:
    depth = 0
    for stop in _STOP.finditer(text):
        depth += {"{": 1, "}": -1}.get(stop[0], 0)
        if depth < 0:
            return False
    return depth == 0


def _alternative(text: str, mark: int) -> tuple[str, str]:
    answer, feedback = (text, "") if mark < 0 else (text[:mark], text[mark + 1 :])
    return answer, _ESCAPE.sub(r"\1", feedback).strip()


def _weighed(answer: str) -> tuple[Decimal, str, bool]:
    """The fraction that stands before an alternative, 0 where there is none; its text; whether it is in percent."""
    found = _WEIGHT.match(answer)
    assert found is not None
    text = _ESCAPE.sub(r"\1", answer[found.end() :]).strip()
    if found["percent"]:
        return Decimal(found["percent"].replace(",", ".").rstrip(".")).scaleb(-2), text, True
    return Decimal(1 if found["right"] else 0), text, False


def _ticked(fractions: Sequence[Decimal]) -> list[Decimal]:
    """Fractions of options to tick that have no weights: a wrong one takes away the share of a right one."""
    right = sum(fraction > 0 for fraction in fractions)
    cost = round(-ONE / right, 12) if right else ZERO
    return [fraction or cost for fraction in fractions]


def _text_answer(number: int, answer: str, cloze: Cloze) -> dict[str, Any]:
    fraction, text, _ = _weighed(answer)
    return {"text": _words(text), "fraction": as_text(fraction)}


def _number_answer(number: int, answer: str, cloze: Cloze) -> dict[str, Any]:
    fraction, text, _ = _weighed(answer)
    words = _words(text)
    if words == "*":
        return {"any": True, "fraction": as_text(fraction)}
    value, _, tolerance = words.partition(":")
    numbers = [exact(part.strip().replace(",", ".")) for part in (value, tolerance or "0")]
    if None in numbers:
        cloze.fail(N_('Gap %(gap)s: "%(text)s" is not a number. Write 3.14 or 3.14:0.01.'), gap=number, text=words[:40])
        return {"value": "0", "fraction": as_text(fraction)}
    return {"value": value.strip().replace(",", "."), "tolerance": as_text(numbers[1] or ZERO),
            "fraction": as_text(fraction)}  # fmt: skip


def _words(html: str) -> str:
    """The text of an answer to be written, which an editor may have put tags around."""
    return unescape(_BLOCKS.sub(" ", html)).replace("\xa0", " ").strip()


def write(prompt: str, gaps: Sequence[Mapping[str, Any]]) -> tuple[str, list[Message]]:
    """The text in the language of a prompt with {#key} and the gaps of its body; and what the language can't say."""
    losses: list[Message] = []
    texts = {gap["key"]: _written(gap, losses) for gap in gaps}
    pieces = _PLACE.split(prompt)
    pieces[::2] = [_LIKE_A_START.sub("&#123;", piece) for piece in pieces[::2]]
    pieces[1::2] = [texts.get(key, f"{{#{key}}}") for key in pieces[1::2]]
    return "".join(pieces), losses


def sayable(gap: Mapping[str, Any]) -> bool:
    """Whether the language has an answer of a gap that earns its whole mark."""
    right = [answer for answer in gap.get("answers", ()) if Decimal(answer["fraction"]) == 1]
    return gap["kind"] in (_CHOICE, _MULTIPLE) or any(_answer_text(gap, answer, []) is not None for answer in right)


def _written(gap: Mapping[str, Any], losses: list[Message]) -> str:
    kind = gap["kind"]
    listed = kind in (_CHOICE, _MULTIPLE)
    meaning = _Kind(
        kind,
        gap["display"] if listed else "text",
        case_sensitive=kind == _SHORT and gap.get("case_sensitive", False),
        shuffle=listed and gap.get("shuffle", False),
    )
    alternatives = []
    for answer in gap["options" if listed else "answers"]:
        text = answer["text"] if listed else _answer_text(gap, answer, losses)
        if text is None:
            continue
        if answer.get("pinned"):
            losses.append(
                Message(0, N_("Gap %(gap)s: an option that keeps its place is shuffled."), {"gap": gap["key"]})
            )
        fraction = Decimal(answer["fraction"])
        explicit = kind == _MULTIPLE or (fraction and fraction != 1)
        weight = f"%{as_text(fraction.scaleb(2))}%" if explicit else "=" if fraction else ""
        feedback = answer.get("feedback", "")
        alternatives.append(weight + _escaped(text) + (f"#{_escaped(feedback)}" if plain_text(feedback) else ""))
    return f"{{{gap['weight']}:{_NAMES[meaning]}:{'~'.join(alternatives)}}}"


def _answer_text(gap: Mapping[str, Any], answer: Mapping[str, Any], losses: list[Message]) -> str | None:
    if gap["kind"] == _SHORT:
        if answer.get("pattern"):
            message = N_("Gap %(gap)s: the pattern %(text)s is left out.")
            losses.append(Message(0, message, {"gap": gap["key"], "text": answer["text"]}))
            return None
        return escape(answer["text"], quote=False)
    if answer.get("any"):
        return "*"
    if answer.get("tolerance_type", "nominal") != "nominal":
        message = N_("Gap %(gap)s: an answer with a tolerance of the kind %(kind)s is left out.")
        losses.append(Message(0, message, {"gap": gap["key"], "kind": answer["tolerance_type"]}))
        return None
    tolerance = Decimal(answer.get("tolerance", "0"))
    return str(answer["value"]) + (f":{as_text(tolerance)}" if tolerance else "")


def _escaped(text: str) -> str:
    text = _BEFORE_SPECIAL.sub("&#92;", text)
    if text.endswith("&amp;"):  # behind it a sign would be no sign
        text = text.removesuffix("&amp;") + "&#38;"
    return _SPECIAL.sub(lambda sign: _WRITTEN[sign[0]], text)
