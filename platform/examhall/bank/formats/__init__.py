"""Formats in which questions come and go. A parser finds all that is wrong with a file; it stores nothing."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from examhall.errors import N_, FieldError, Invalid, PayloadTooLarge

SIZE_LIMIT = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell an author about a line (counted from 1): `text` is a msgid, `params` fill its places."""

    line: int
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A question that a file holds: `body` is checked by its type and ready for JSON; `category` a path "a/b" or ""."""

    line: int
    name: str
    type: str
    body: dict[str, Any]
    category: str = ""
    tags: list[str] = field(default_factory=list)
    external_id: str = ""
    warnings: list[Message] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Import:
    """What a file says: its sound questions, in order, and what is wrong with the others."""

    questions: list[Parsed]
    errors: list[Message]


def decode(data: bytes) -> str:
    """The text of an uploaded file: UTF-8, with or without a byte order mark.

    Raises PayloadTooLarge beyond SIZE_LIMIT bytes, Invalid (field `file`) for another encoding or a NUL.
    """
    if len(data) > SIZE_LIMIT:
        message = N_("The file has more than %(limit)s MB. Split it and import the parts one after the other.")
        raise PayloadTooLarge(message, limit=SIZE_LIMIT // 2**20)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _unreadable(N_("The file is written in UTF-16. Save it as UTF-8 and import it again."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = N_("Byte %(offset)s, on line %(line)s, is not UTF-8. Save the file as UTF-8 and import it again.")
        offset = error.start + (len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0)
        raise _unreadable(message, offset=offset, line=_line(data, offset)) from None
    if "\0" in text:
        offset = data.index(b"\0")
        message = N_("Byte %(offset)s, on line %(line)s, is NUL, which no text holds. Is this the right file?")
        raise _unreadable(message, offset=offset, line=_line(data, offset))
    return text


def _line(data: bytes, offset: int) -> int:
    before = data[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1


def _unreadable(message: str, **params: Any) -> Invalid:
    return Invalid(errors=[FieldError("file", message, params)])
