"""Formats in which questions come and go. A parser finds all that is wrong with a file; it stores nothing."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from examhall.errors import N_, FieldError, Invalid, PayloadTooLarge

SIZE_LIMIT = 12 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell an author about a line (counted from 1; 0: the whole file) or about a named part of the file.

    `text` is a msgid, `params` fill its places. `element` names the part where lines say little:
    `question[3]/answer[2]`, `row 4, column B`, `items/q1.xml`.
    """

    line: int
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)
    element: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A question outside the bank: `body` is checked by its type and ready for JSON; `category` a path "a/b" or ""."""

    line: int
    name: str
    type: str
    body: dict[str, Any]
    category: str = ""
    category_external_id: str = ""
    tags: list[str] = field(default_factory=list)
    external_id: str = ""
    difficulty: str = ""
    language: str = ""
    points: Decimal = Decimal(1)
    status: str = "ready"
    warnings: list[Message] = field(default_factory=list)
    #: What the file says and our model cannot hold.
    losses: list[Message] = field(default_factory=list)
    element: str = ""


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture, a sound or a film: `name` as its author called it, `media_type` such as image/png."""

    name: str
    media_type: str
    data: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes in hex: how texts refer to it (`media:<digest>`)."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class CategoryInfo:
    """A category that a file describes."""

    path: str
    external_id: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """What a file says: its sound questions, in order, what is wrong with the others, and what of it can't be kept."""

    questions: list[Item]
    errors: list[Message]
    losses: list[Message] = field(default_factory=list)
    media: dict[str, Medium] = field(default_factory=dict)
    categories: list[CategoryInfo] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Export:
    """A file of questions; `losses` tells what of them the format can't say (`line` counts the questions from 1)."""

    data: bytes
    media_type: str
    extension: str
    losses: list[Message] = field(default_factory=list)


class Parser(Protocol):
    """Reads a file. `settings` are those that its format documents."""

    def __call__(self, data: bytes, **settings: Any) -> Import: ...


class Exporter(Protocol):
    """Writes questions; `media` holds what they refer to, `title` names the collection."""

    def __call__(self, items: Sequence[Item], media: Mapping[str, Medium], title: str) -> Export: ...


@dataclass(frozen=True, slots=True)
class Columns:
    """What a table holds, for its author to say which column is what: names of the columns and the first rows.

    `proposed` maps columns to fields as their names suggest, `fields` the names of fields to their labels (msgids).
    """

    names: list[str]
    rows: list[list[str]]
    proposed: dict[str, str]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Format:
    """One format: what it is called, how it is told from others by content alone, how it is read and written."""

    name: str
    label: str
    recognises: Callable[[bytes], bool]
    parse: Parser | None = None
    export: Exporter | None = None
    #: Settings that the parser takes: `grades` ("error", or "nearest" to mend odd percentages), `mapping` (column to
    #: field), `progress` (to be called with the share of the file that is read, 0 to 1).
    settings: frozenset[str] = frozenset()
    #: Of a table: its columns. Raises `Invalid` as the parser does.
    columns: Callable[[bytes], Columns] | None = None
    #: Of a format that has a place for what categories say of themselves: an exporter that says it as well.
    describing: Callable[[Sequence[CategoryInfo]], Exporter] | None = None


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
