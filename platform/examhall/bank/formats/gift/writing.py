"""Writes GIFT: each question that it can say, with a loss for each thing that it can't.

Rules: reference semantics §2.3. All signs are escaped, also those that Moodle would take unescaped. Texts are HTML, as
the [html] before the question says, and need not repeat it. Distractors of a matching question are pairs without a
stem, as Moodle writes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Context, Decimal
from html import escape
from typing import Any

from examhall.bank.content.richtext import RENDERERS, plain_text
from examhall.bank.formats import Export, Item, Medium, Message
from examhall.bank.formats.unsaid import unsaid
from examhall.bank.types.contract import as_text
from examhall.bank.types.numeric import NumericAnswer
from examhall.bank.types.quantities import folded
from examhall.errors import N_

_SAYS = frozenset({
    "category", "tags", "external_id", "feedback", "option.feedback", "feedback_true", "feedback_false",
})  # fmt: skip
_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in r"\:#={}~"} | {"\n": "\\n", "\r": None})
_FORMAT = re.compile(rf"\s*\[({'|'.join(RENDERERS)})\]", re.IGNORECASE)
_MEDIUM = re.compile(r"<(img|audio|video)\b[^<>]*>(?:</\1>)?", re.IGNORECASE)
_ROOT = "$course$/top"  # where Moodle hangs categories; without it a name such as $a$/b would be taken for such a place
_EXACT = Context(prec=200)
_PLACES = Context(prec=28)
_DIGITS = Context(prec=40)

Data = Mapping[str, Any]
Tell = Callable[..., None]


class _Unsayable(Exception):
    """A question that GIFT can't say; the message is a msgid."""


def export(items: Sequence[Item], media: Mapping[str, Medium], title: str) -> Export:
    """The questions that GIFT can say, in their order; the others are told as losses."""
    written: list[str] = []
    losses: list[Message] = []
    category = ""
    for number, item in enumerate(items, start=1):
        told: list[Message] = []

        def tell(message: str, number: int = number, told: list[Message] = told, **params: Any) -> None:
            told.append(Message(number, message, params))

        try:
            block = _block(item, tell)
        except _Unsayable as reason:
            losses.append(Message(number, str(reason), {"name": item.name}))
            continue
        if item.category != category:
            category = item.category
            written.append(f"$CATEGORY: {_ROOT}/{category}".rstrip("/"))
        labels = " ".join(_labels(item, tell))
        name = f"::{item.name.translate(_SIGNS)}::" if item.name else ""
        prompt = _text(item.body["prompt"])
        written.append(f"// {labels}\n" * bool(labels) + f"{name}[html]{prompt}{block}")
        losses += [*unsaid(item, number, "GIFT", _SAYS, markup=True), *told]
    return Export("".join(f"{text}\n\n" for text in written).encode(), "text/plain", "gift", losses)


def _block(item: Item, tell: Tell) -> str:
    """The answer block of a question, braces and all."""
    body = item.body
    write = _WRITERS.get(item.type)
    if write is None:
        raise _Unsayable(N_("“%(name)s” is left out: GIFT has no questions of its type."))
    answers = [f"\t{answer}" for answer in write(body, tell)]
    if item.type == "description":
        if body["feedback"]:
            tell(N_("A text without a question has no feedback in GIFT, so it is left out."))
        return ""
    if body["feedback"]:
        answers.append(f"\t####{_named(body['feedback'])}")
    sign = "#" if item.type == "numeric" else ""
    return " {" + sign + "".join(f"\n{answer}" for answer in answers) + ("\n}" if answers else "}")


def _labels(item: Item, tell: Tell) -> Iterator[str]:
    """The id and the tags, in which [ and a \\ before ] can't be said."""
    for kind, value in (("id", item.external_id), *(("tag", tag) for tag in item.tags)):
        if "[" in value or "\\]" in value or value.endswith("\\"):
            tell(N_("“%(value)s” can't be an id or a tag in GIFT, so it is left out."), value=value)
        elif value:
            yield f"[{kind}:{value.replace(']', chr(92) + ']')}]"


def _text(html: str) -> str:
    """HTML as GIFT text, without media: their descriptions stand for them."""
    return _MEDIUM.sub(lambda tag: escape(plain_text(tag[0]), quote=False), html).strip().translate(_SIGNS)


def _named(html: str) -> str:
    """The same of a text that takes its format from the question, unless it begins as if it named another."""
    text = _text(html)
    return f"[html]{text}" if _FORMAT.match(text) else text


def _feedback(part: Data) -> str:
    return f"#{_named(part['feedback'])}" if part["feedback"] else ""


def _weight(fraction: Decimal) -> str:
    return f"%{as_text(fraction.scaleb(2, context=_PLACES))}%"


def _single_choice(body: Data, tell: Tell) -> Iterator[str]:
    fractions = [Decimal(option["fraction"]) for option in body["options"]]
    if all(fraction == 1 for fraction in fractions):
        raise _Unsayable(N_("“%(name)s” is left out: GIFT has no choice in which every option is right."))
    for option, fraction in zip(body["options"], fractions, strict=True):
        sign = "=" if fraction == 1 else f"~{_weight(fraction) if fraction else ''}"
        yield sign + _option(option)


def _multiple_choice(body: Data, tell: Tell) -> Iterator[str]:
    """Weights as they are where they are added up; else equal shares for what is right, as the scheme goes unsaid."""
    fractions = [Decimal(option["fraction"]) for option in body["options"]]
    if body["scheme"] != "sum":
        right = sum(fraction > 0 for fraction in fractions)
        share = round(1 / Decimal(right or 1), 12)
        fractions = [share if fraction > 0 else Decimal(0) for fraction in fractions]
    if not any(fraction > 0 for fraction in fractions):
        raise _Unsayable(N_("“%(name)s” is left out: GIFT has no choice in which no option is right."))
    for option, fraction in zip(body["options"], fractions, strict=True):
        yield f"~{_weight(fraction) if fraction else ''}{_option(option)}"


def _option(option: Data) -> str:
    text = _named(option["text"])
    return (f"[html]{text}" if text.startswith("%") else text) + _feedback(option)


def _true_false(body: Data, tell: Tell) -> Iterator[str]:
    names = ("feedback_false", "feedback_true") if body["correct"] else ("feedback_true", "feedback_false")
    wrong, right = (_named(body[name]) for name in names)
    said = f"#{wrong}#{right}" if right else f"#{wrong}" if wrong else ""
    yield ("TRUE" if body["correct"] else "FALSE") + said


def _short_text(body: Data, tell: Tell) -> Iterator[str]:
    answers = [answer for answer in body["answers"] if not answer["pattern"]]
    if len(answers) < len(body["answers"]):
        tell(N_("GIFT knows no patterns, so the answers that are patterns are left out."))
    if all(Decimal(answer["fraction"]) != 1 for answer in answers):
        raise _Unsayable(N_("“%(name)s” is left out: GIFT knows no patterns, and no other answer is right."))
    if any("->" in answer["text"] for answer in answers):
        raise _Unsayable(N_("“%(name)s” is left out: “->” in an answer would make it a matching question in GIFT."))
    for answer in answers:
        text, fraction = answer["text"].strip().translate(_SIGNS), Decimal(answer["fraction"])
        text = f"[plain]{text}" if _FORMAT.match(text) else text
        weight = _weight(fraction) if fraction != 1 or text.startswith("%") else ""
        yield f"={weight}{text}{_feedback(answer)}"


def _numeric(body: Data, tell: Tell) -> Iterator[str]:
    for answer in body["answers"]:
        fraction = Decimal(answer["fraction"])
        weight = _weight(fraction) if fraction != 1 else ""
        yield f"={weight}{_interval(body, answer, tell)}{_feedback(answer)}"


def _interval(body: Data, answer: Data, tell: Tell) -> str:
    """A number and its tolerance, or the bounds of a range, in the question's first unit."""
    if answer["any"]:
        return "*"
    wanted = folded(answer["unit"])
    multipliers = (Decimal(unit["multiplier"]) for unit in body["units"] if folded(unit["name"]) == wanted)
    multiplier = next(multipliers, Decimal(1))
    if answer["tolerance_type"] == "nominal" and multiplier == 1:
        near = Decimal(answer["tolerance"])
        return f"{answer['value']}:{as_text(near)}" if near else str(answer["value"])
    bounds = NumericAnswer.model_validate(answer).interval()
    assert bounds  # only "any" has none
    if answer["tolerance_type"] in ("geometric", "significant"):
        tell(N_("GIFT has no tolerance of the kind %(kind)s. The interval is written, rounded."),
             kind=answer["tolerance_type"])  # fmt: skip
    elif answer["tolerance_type"] == "relative":
        tell(N_("GIFT has no tolerance that is a share of the value. The interval is written."))
    low, high = (as_text(_DIGITS.plus(_EXACT.divide(bound, multiplier))) for bound in bounds)
    return f"{low}..{high}"


def _matching(body: Data, tell: Tell) -> Iterator[str]:
    if len(body["stems"]) < 2:
        tell(N_("A matching question with one stem may be refused elsewhere."))
    texts = {choice["key"]: _named(choice["text"]) for choice in body["choices"]}
    for stem in body["stems"]:
        yield f"={_pairable(stem['text'])} -> {texts[stem['choice']]}"
    named = {stem["choice"] for stem in body["stems"]}
    yield from (f"= -> {text}" for key, text in texts.items() if key not in named)


def _pairable(html: str) -> str:
    text = _named(html)
    return f"[html]{text}" if text.startswith("%") else text


def _nothing(body: Data, tell: Tell) -> Iterator[str]:
    yield from ()


_WRITERS: Mapping[str, Callable[[Data, Tell], Iterator[str]]] = {
    "single_choice": _single_choice,
    "multiple_choice": _multiple_choice,
    "true_false": _true_false,
    "short_text": _short_text,
    "numeric": _numeric,
    "matching": _matching,
    "essay": _nothing,
    "description": _nothing,
}
