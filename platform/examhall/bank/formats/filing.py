"""What a question brings beside its body (name, category, tags, points …), in the one form in which banks keep it."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from examhall.bank import texts
from examhall.bank.formats import Import, Item, Message
from examhall.errors import N_, FieldError, Invalid

EXTERNAL_ID_LIMIT = 200
POINTS_LIMIT = Decimal(10_000)
DIFFICULTIES = ("", "easy", "medium", "hard")
STATUSES = ("draft", "ready", "retired")

_LANGUAGE = re.compile(r"([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,5})?")
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
        difficulty=_one_of("difficulty", item.difficulty, DIFFICULTIES),
        language=_language(item.language),
        status=_one_of("status", item.status, STATUSES),
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
    try:
        points = item.points.quantize(_CENT)
        fits = 0 <= points <= POINTS_LIMIT
    except InvalidOperation:
        fits = False
    if not fits:
        message = N_("A question is worth 0 to %(limit)s points. Correct the number of points.")
        raise Invalid(errors=[FieldError("points", message, {"limit": str(POINTS_LIMIT)})])
    if points == item.points:
        return item.points, []
    message = N_("Points are kept with two decimals: %(given)s becomes %(kept)s.")
    params = {"given": str(item.points)[:40], "kept": str(points)}
    return points, [Message(item.line, message, params, item.element)]


def _one_of(field: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        message = N_("Choose one of: %(known)s.")
        raise Invalid(errors=[FieldError(field, message, {"known": ", ".join(filter(None, known))})])
    return value


def _language(tag: str) -> str:
    if len(tag) > 35 or not _LANGUAGE.fullmatch(tag):
        message = N_("Write a language as its tag, such as en or pt-BR.")
        raise Invalid(errors=[FieldError("language", message)])
    return tag
