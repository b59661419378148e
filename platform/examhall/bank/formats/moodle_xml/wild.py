"""What files from the wild have that XML does not allow, though its meaning is clear; mended without moving a line."""

from __future__ import annotations

import re
from html.entities import html5

from examhall.bank.formats import Message
from examhall.errors import N_

MENDED_LIMIT = 500_000  # what is broken so often is no text, and the parser says so
_KNOWN = {b"amp", b"lt", b"gt", b"quot", b"apos"}
# Sections and comments that nothing closes reach to the end, so that no text is searched twice.
_LITERAL = rb"<!\[CDATA\[[^\]]*+(?:\](?!\]>)[^\]]*+)*+(?:\]\]>|\Z)|<!--[^-]*+(?:-(?!->)[^-]*+)*+(?:-->|\Z)"
_LITERALS = re.compile(_LITERAL)
# An & that begins no entity of XML, and a < that begins no tag.
_ODD = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)|<(?=[\s0-9=])")
_LITERAL_OR_ENTITY = re.compile(
    _LITERAL + rb"|&(?P<name>[A-Za-z][A-Za-z0-9]{1,30});|(?P<sign>&(?!#?[A-Za-z0-9]{1,31};)|<(?=[\s0-9=]))"
)
_WRITTEN = {b"&": b"&amp;", b"<": b"&lt;"}
_CONTROLS = bytes(code for code in range(1, 32) if code not in b"\t\n\r")
_TO_SPACES = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))
_CONTROL = re.compile(b"[" + re.escape(_CONTROLS) + b"]")
_NUMBERED = re.compile(rb"&#(?:0*+(?:[1-8]|1[124-9]|2[0-9]|3[01])|x0*+(?:[1-8bcefBCEF]|1[0-9a-fA-F]));")
_BEFORE_DECLARATION = re.compile(rb"\A(\xef\xbb\xbf)?(\s++)(<\?xml[^>]{0,200}\?>)")
_QUESTIONS = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*+(?=<question[\s>])", re.DOTALL)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def mended(data: bytes) -> tuple[bytes, list[Message]]:
    """The file and what was mended in it: HTML's entities, signs that stand for themselves, control characters, space
    before the declaration, questions without a <quiz> around them."""
    notes: list[Message] = []
    if data.startswith(_UTF_16):
        return data, notes
    data = _BEFORE_DECLARATION.sub(rb"\1\3\2", data, count=1)
    if found := _QUESTIONS.match(data):
        data = b"".join((data[: found.end()], b"<quiz>", data[found.end() :], b"</quiz>"))
    if found := _CONTROL.search(data) or _NUMBERED.search(data):
        message = N_("The file holds control characters, which no text has. A space stands for each of them.")
        notes.append(Message(data.count(b"\n", 0, found.start()) + 1, message))
        data = _NUMBERED.sub(b" ", data.translate(_TO_SPACES), count=MENDED_LIMIT)
    if _ODD.search(_LITERALS.sub(b"", data)):
        sign = next((found for found in _LITERAL_OR_ENTITY.finditer(data) if found["sign"]), None)
        if sign:
            message = N_("The file has & or < where XML asks for &amp; or &lt;. They are read as these signs.")
            notes.append(Message(data.count(b"\n", 0, sign.start()) + 1, message))
        data = _LITERAL_OR_ENTITY.sub(_spelled, data, count=MENDED_LIMIT)
    return data, notes


def _spelled(found: re.Match[bytes]) -> bytes:
    """An entity of HTML as a number; what is none stays, and the parser says where."""
    if found["sign"]:
        return _WRITTEN[found["sign"]]
    name = found["name"]
    text = None if name is None or name in _KNOWN else html5.get(name.decode("ascii") + ";")
    return found[0] if text is None else b"".join(b"&#%d;" % ord(character) for character in text)
