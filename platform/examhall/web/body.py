"""Read a JSON body strictly and hold it to a pydantic schema, before any operation sees it."""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from examhall.errors import N_, BadRequest, FieldError, Invalid

MAX_DEPTH = 32
MAX_DIGITS = 400
#: Things that one answer tells to mend; a body of nothing but mistakes gets no answer of its own size.
MAX_ERRORS = 50

S = TypeVar("S", bound=BaseModel)


def read_body(schema: type[S]) -> S:
    """The request's JSON as an instance of `schema`; an absent body reads as `{}`.

    Raises `BadRequest` (400) for what is not plain JSON, 415 for another content type, `Invalid` (422) naming each
    field.
    """
    data = request.get_data(cache=True)
    if not data.strip():
        return validated(schema, {})
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset != "utf-8" or request.headers.get("Content-Encoding"):
        raise UnsupportedMediaType()
    return validated(schema, parse(data))


def validated(schema: type[S], value: Any) -> S:
    """`value` as an instance of `schema`. Raises `Invalid` naming each field in its path."""
    try:
        return schema.model_validate(value)
    except ValidationError as error:
        raise Invalid(errors=field_errors(error)) from error


def field_errors(error: ValidationError) -> list[FieldError]:
    """What pydantic found, one entry a field, in our own translatable words where there are such."""
    found = []
    for item in error.errors(include_url=False, include_input=False)[:MAX_ERRORS]:
        path = ".".join(str(part) for part in item["loc"])[:200] or "body"
        message, params = _MESSAGES.get(item["type"], (None, ()))
        context = item.get("ctx", {})
        if message is None:
            reason = str(context["error"]) if item["type"] == "value_error" else item["msg"]
            found.append(FieldError(path, reason))
        else:
            found.append(FieldError(path, message, {name: context.get(name, "") for name in params}))
    return found


_MESSAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "missing": (N_("This is needed."), ()),
    "extra_forbidden": (N_("There is no such field. Leave it out."), ()),
    "string_type": (N_("Give a text."), ()),
    "string_too_short": (N_("Give at least %(min_length)s characters."), ("min_length",)),
    "string_too_long": (N_("Give at most %(max_length)s characters."), ("max_length",)),
    "int_type": (N_("Give a whole number."), ()),
    "int_parsing": (N_("Give a whole number."), ()),
    "int_from_float": (N_("Give a whole number."), ()),
    "bool_type": (N_("Give true or false."), ()),
    "bool_parsing": (N_("Give true or false."), ()),
    "greater_than_equal": (N_("Give at least %(ge)s."), ("ge",)),
    "greater_than": (N_("Give more than %(gt)s."), ("gt",)),
    "less_than_equal": (N_("Give at most %(le)s."), ("le",)),
    "less_than": (N_("Give less than %(lt)s."), ("lt",)),
    "uuid_parsing": (N_("Give an id as it stands in other answers."), ()),
    "uuid_type": (N_("Give an id as it stands in other answers."), ()),
    "enum": (N_("Give one of: %(expected)s."), ("expected",)),
    "literal_error": (N_("Give one of: %(expected)s."), ("expected",)),
    "list_type": (N_("Give a list."), ()),
    "dict_type": (N_("Give an object."), ()),
    "model_type": (N_("Give an object."), ()),
    "datetime_parsing": (N_("Give a moment such as 2026-05-01T09:00:00Z."), ()),
    "datetime_from_date_parsing": (N_("Give a moment such as 2026-05-01T09:00:00Z."), ()),
    "datetime_type": (N_("Give a moment such as 2026-05-01T09:00:00Z."), ()),
    "timezone_aware": (N_("Give the moment with its zone, such as 2026-05-01T09:00:00Z."), ()),
    "decimal_parsing": (N_('Give a number as text, such as "12.5".'), ()),
    "decimal_type": (N_('Give a number as text, such as "12.5".'), ()),
    "too_long": (N_("Give at most %(max_length)s entries."), ("max_length",)),
    "too_short": (N_("Give at least %(min_length)s entries."), ("min_length",)),
}


def parse(data: bytes) -> Any:
    """Bytes as JSON (RFC 8259) and nothing beyond it.

    Refuses other encodings than UTF-8, a byte order mark, NaN and Infinity, numbers that overflow, keys that stand
    twice, lone surrogates, NUL and nesting deeper than 32. Raises `BadRequest`.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(N_("The body is not UTF-8.")) from error
    if _depth(text) > MAX_DEPTH:
        raise BadRequest(N_("The body is nested more than %(depth)s deep."), depth=MAX_DEPTH)
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_number, parse_int=_number
        )
    except (ValueError, RecursionError) as error:
        raise BadRequest(N_("The body is not well-formed JSON.")) from error
    # \u escapes are the only way in for these two; each is looked for in what was written, not in every string again
    if "\\u" in text or "\0" in text:
        _refuse_characters(value)
    return value


def _depth(text: str) -> int:
    depth = deepest = 0
    inside = escaped = False
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = inside
        elif character == '"':
            inside = not inside
        elif not inside and character in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                return deepest
        elif not inside and character in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise BadRequest(N_("A key stands twice in the same object. Send it once."))
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise BadRequest(N_("NaN and Infinity are no JSON numbers."))


def _number(text: str) -> int | float:
    if len(text) > MAX_DIGITS:
        raise BadRequest(N_("A number is too long."))
    if text.lstrip("-").isdigit():
        whole = int(text)
        if not -(2**63) <= whole < 2**63:
            raise BadRequest(N_("A number is out of range."))
        return whole
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise BadRequest(N_("A number is out of range."))
    return number


def _refuse_characters(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise BadRequest(N_("A text holds a character that can't be stored (NUL or a lone surrogate)."))
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_characters(key)
            _refuse_characters(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_characters(item)
