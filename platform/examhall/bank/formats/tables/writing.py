"""Questions as rows of a table, and what of them no row can say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from examhall.bank.authoring.markup import to_text
from examhall.bank.formats import Item, Message
from examhall.bank.formats.tables.fields import FIELDS, LETTERS
from examhall.bank.formats.unsaid import unsaid
from examhall.bank.types.contract import as_text
from examhall.errors import N_

_SAYS = frozenset({
    "category", "tags", "external_id", "difficulty", "language", "points", "status", "feedback", "option.feedback",
    "feedback_true", "feedback_false",
})  # fmt: skip


class _Unsayable(Exception):
    """A question that has no row; the message is a msgid."""


def table(items: Sequence[Item], label: str) -> tuple[list[list[str]], list[Message]]:
    """The rows, the names of the columns first, with the losses. `label` names the format in these."""
    told: list[dict[str, str]] = []
    losses: list[Message] = []
    for number, item in enumerate(items, start=1):
        try:
            told.append(_row(item))
        except _Unsayable as reason:
            losses.append(Message(number, str(reason), {"name": item.name, "format": label}))
            continue
        losses += unsaid(item, number, label, _SAYS, markup=True)
    used = [field for field in FIELDS if field in {"question", "type", "right"} or any(row.get(field) for row in told)]
    return [used, *([row.get(field, "") for field in used] for row in told)], losses


def _row(item: Item) -> dict[str, str]:
    write = _BODIES.get(item.type)
    if write is None:
        raise _Unsayable(N_("“%(name)s” is left out: a row of %(format)s can't hold its type."))
    body = item.body
    row = {
        "question": to_text(body["prompt"]), "type": item.type, "name": item.name, "id": item.external_id,
        "category": item.category, "tags": ", ".join(item.tags), "difficulty": item.difficulty,
        "language": item.language, "points": as_text(item.points), "status": item.status,
        "feedback": to_text(body["feedback"]),
    }  # fmt: skip
    for name, text in write(body):
        row[name] = text
    return row


Cells = Iterator[tuple[str, str]]


def _lettered(parts: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if len(parts) > len(LETTERS):
        raise _Unsayable(N_("“%(name)s” is left out: a row of %(format)s holds 26 options at most."))
    return zip(LETTERS, parts, strict=False)


def _choice(body: Mapping[str, Any]) -> Cells:
    yield from _texts(body["options"])
    yield "right", _shares(body["options"])


def _texts(parts: Sequence[Mapping[str, Any]]) -> Cells:
    for letter, part in _lettered(parts):
        yield letter, to_text(part["text"])
        yield f"{letter}_feedback", to_text(part.get("feedback", ""))


def _shares(parts: Sequence[Mapping[str, Any]]) -> str:
    """Letters with their percents, of all that are worth anything."""
    worth = [(letter, Decimal(part["fraction"])) for letter, part in _lettered(parts)]
    return "; ".join(
        letter.upper() if share == 1 else f"{letter.upper()}={as_text(share * 100)}%"
        for letter, share in worth
        if share
    )


def _verdict(body: Mapping[str, Any]) -> Cells:
    yield "right", "true" if body["correct"] else "false"
    yield "a_feedback", to_text(body["feedback_true"])
    yield "b_feedback", to_text(body["feedback_false"])


def _kprim(body: Mapping[str, Any]) -> Cells:
    if body["scheme"] != "kprim" or body["true_label"] or body["false_label"]:
        raise _Unsayable(
            N_("“%(name)s” is left out: its marking or its words for true and false fit no row of %(format)s.")
        )
    yield from _texts(body["rows"])
    yield "right", "; ".join(letter.upper() for letter, row in _lettered(body["rows"]) if row["correct"])


def _short(body: Mapping[str, Any]) -> Cells:
    if any(answer["pattern"] for answer in body["answers"]):
        raise _Unsayable(N_("“%(name)s” is left out: a row of %(format)s can't hold a pattern."))
    for letter, answer in _lettered(body["answers"]):
        yield letter, answer["text"]
        yield f"{letter}_feedback", to_text(answer["feedback"])
    yield "right", _shares(body["answers"])


def _number(body: Mapping[str, Any]) -> Cells:
    for letter, answer in _lettered(body["answers"]):
        yield letter, _interval(answer)
        yield f"{letter}_feedback", to_text(answer["feedback"])
    yield "right", _shares(body["answers"])


def _interval(answer: Mapping[str, Any]) -> str:
    kind = answer["tolerance_type"]
    if answer["any"]:
        return "*"
    if answer.get("unit"):
        raise _Unsayable(N_("“%(name)s” is left out: a row of %(format)s can't hold the unit of an answer."))
    if kind == "range":
        return f"{answer['low']} .. {answer['high']}"
    if answer["tolerance"] == "0" and kind == "nominal":
        return str(answer["value"])
    if kind == "nominal":
        return f"{answer['value']} +- {answer['tolerance']}"
    raise _Unsayable(N_("“%(name)s” is left out: a row of %(format)s can't hold its kind of tolerance."))


def _matching(body: Mapping[str, Any]) -> Cells:
    texts = {choice["key"]: to_text(choice["text"]) for choice in body["choices"]}
    asked = {stem["choice"] for stem in body["stems"]}
    pairs = [f"{to_text(stem['text'])} -> {texts[stem['choice']]}" for stem in body["stems"]]
    pairs += [f"-> {text}" for key, text in texts.items() if key not in asked]
    if any(pair.count("->") != 1 for pair in pairs) or len(set(texts.values())) < len(texts):
        raise _Unsayable(N_("“%(name)s” is left out: in a row of %(format)s its pairs would not be clear."))
    yield from ((letter, pair["text"]) for letter, pair in _lettered([{"text": pair} for pair in pairs]))


def _ordering(body: Mapping[str, Any]) -> Cells:
    if body["scheme"] != "exact":
        raise _Unsayable(N_("“%(name)s” is left out: a row of %(format)s can't hold its marking."))
    for letter, item in _lettered(body["items"]):
        yield letter, to_text(item["text"])


def _nothing(body: Mapping[str, Any]) -> Cells:
    return iter(())


_BODIES: Mapping[str, Callable[[Mapping[str, Any]], Cells]] = {
    "single_choice": _choice, "multiple_choice": _choice, "true_false": _verdict, "kprim": _kprim, "short_text": _short,
    "numeric": _number, "matching": _matching, "ordering": _ordering, "essay": _nothing, "description": _nothing,
}  # fmt: skip
