"""What files from the wild have that XML does not allow, though its meaning is clear; mended without moving a line."""

from __future__ import annotations

import re
from html.entities import html5

from examhall.bank.formats import Message
from examhall.errors import N_

_KNOWN = {b"amp", b"lt", b"gt", b"quot", b"apos"}
_LITERAL_OR_ENTITY = re.compile(rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|&(?P<name>[A-Za-z][A-Za-z0-9]{1,30});", re.DOTALL)
_CONTROL = re.compile(
    rb"[\x01-\x08\x0b\x0c\x0e-\x1f]|&#(?:0*(?:[1-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[1-8bcefBCEF]|1[0-9a-fA-F]));"
)
_BEFORE_DECLARATION = re.compile(rb"\A(\xef\xbb\xbf)?(\s+)(<\?xml[^>]{0,200}\?>)")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def mended(data: bytes) -> tuple[bytes, list[Message]]:
    """The file and what was mended in it: HTML's entities, control characters, space before the declaration."""
    notes: list[Message] = []
    if data.startswith(_UTF_16):
        return data, notes
    data = _BEFORE_DECLARATION.sub(rb"\1\3\2", data, count=1)
    if found := _CONTROL.search(data):
        message = N_("The file holds control characters, which no text has. A space stands for each of them.")
        notes.append(Message(data.count(b"\n", 0, found.start()) + 1, message))
        data = _CONTROL.sub(b" ", data)
    unknown = {match["name"] for match in _LITERAL_OR_ENTITY.finditer(data) if match["name"]} - _KNOWN
    if not unknown:
        return data, notes
    return _LITERAL_OR_ENTITY.sub(_spelled, data), notes


def _spelled(found: re.Match[bytes]) -> bytes:
    """An entity of HTML as a number; what is none stays, and the parser says where."""
    name = found["name"]
    text = None if name is None or name in _KNOWN else html5.get(name.decode("ascii") + ";")
    return found[0] if text is None else b"".join(b"&#%d;" % ord(character) for character in text)
