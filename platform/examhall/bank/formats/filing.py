"""What a question brings beside its body (name, category, tags, points …), in the one form in which banks keep it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation

from examhall.bank.content import texts
from examhall.bank.formats import Import, Item, Message
from examhall.errors import N_, FieldError, Invalid

EXTERNAL_ID_LIMIT = 200
STATUSES = ("draft", "ready", "retired")

_CENT = Decimal("0.01")


def filed(item: Item) -> Item:
    """The question as a bank would keep it. Raises `Invalid` for what no bank could keep."""
    points, losses = _points(item)
    return replace(
        item,
        name=texts.one_line("name", item.name, texts.NAME_LIMIT),
        category=texts.category(item.category),
        category_external_id=texts.one_line("category", item.category_external_id, EXTERNAL_ID_LIMIT),
        tags=texts.tags(item.tags),
        external_id=texts.one_line("id", item.external_id, EXTERNAL_ID_LIMIT),
        difficulty=texts.difficulty(item.difficulty),
        language=texts.language(item.language),
        status=_status(item.status),
        points=points,
        losses=[*item.losses, *losses],
    )


def all_filed(found: Import) -> Import:
    """The same of a whole file: questions that no bank could keep become errors. Errors stand in the file's order."""
    questions, errors = [], list(found.errors)
    for item in found.questions:
        try:
            questions.append(filed(item))
        except Invalid as problem:
            errors += [Message(item.line, error.message, error.params, item.element) for error in problem.errors]
    return replace(found, questions=questions, errors=sorted(errors, key=lambda message: message.line))


def _points(item: Item) -> tuple[Decimal, list[Message]]:
    """The points, and what is lost where a file has more decimals than a bank keeps."""
    try:
        rounded = item.points.quantize(_CENT)
    except InvalidOperation:
        return texts.points(item.points), []
    if rounded == item.points:
        return texts.points(item.points), []
    message = N_("Points are kept with two decimals: %(given)s becomes %(kept)s.")
    params = {"given": str(item.points)[:40], "kept": str(rounded)}
    return texts.points(rounded), [Message(item.line, message, params, item.element)]


def _status(text: str) -> str:
    if text not in STATUSES:
        message = N_("There is no such status. Choose one of: %(known)s.")
        raise Invalid(errors=[FieldError("status", message, {"known": ", ".join(STATUSES)})])
    return text
