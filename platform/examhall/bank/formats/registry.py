"""All formats, and which of them a file is: told by what is in it, never by its name."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from types import MappingProxyType

from examhall.bank.formats import Format, aiken, decode, examhall_json, gift, moodle_xml, qti, tables
from examhall.errors import N_, FieldError, Invalid

#: In the order in which they are asked whether a file is theirs: those that are sure of it come first.
_ALL: tuple[Format, ...] = (
    examhall_json.FORMAT,
    *qti.FORMATS,
    tables.XLSX,
    moodle_xml.FORMAT,
    tables.CSV,
    aiken.FORMAT,
    gift.FORMAT,
)
FORMATS: Mapping[str, Format] = MappingProxyType({format.name: format for format in _ALL})
#: Those that can be read, and those that can be written.
READ = tuple(name for name, format in FORMATS.items() if format.parse)
WRITTEN = tuple(name for name, format in FORMATS.items() if format.export)


def format_named(name: str, known: tuple[str, ...] = READ) -> Format:
    """The format of this name. Raises `Invalid`, naming those that are `known`."""
    if name not in known:
        message = N_("There is no such format. Choose one of: %(known)s.")
        raise Invalid(errors=[FieldError("format", message, {"known": ", ".join(known)})])
    return FORMATS[name]


def format_of(data: bytes) -> Format:
    """The format that a file is written in.

    Raises `Invalid` (field `file`) where it is none that is known, PayloadTooLarge for a text that is too long for any.
    """
    for name in READ:
        if FORMATS[name].recognises(data):
            return FORMATS[name]
    if b"\0" not in data or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decode(data)  # a text, which may be one of them were it not for its encoding
    message = N_("Nothing in this file tells its format. It may be one of %(known)s: choose it, or check the file.")
    raise Invalid(errors=[FieldError("file", message, {"known": ", ".join(FORMATS[name].label for name in READ)})])
