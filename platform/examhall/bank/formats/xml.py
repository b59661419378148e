"""XML from strangers, read without doing anything that it asks for: no document type, no entity, no network.

A file is decoded here, strictly, and not by the parser: so the search for a document type sees what the parser sees.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from examhall.errors import N_, FieldError, Invalid, PayloadTooLarge

SIZE_LIMIT = 24 * 1024 * 1024
TAGS_LIMIT = 400_000  # a tree takes some 200 bytes for each tag and each attribute
ATTRIBUTES_LIMIT = 600_000
PART_LIMIT = 20_000
TAGS_OF_PARTS_LIMIT = 1_500_000  # they come and go, and cost time but no memory
PARTS_LIMIT = 50_000

# Encodings that hold ASCII as it is, by the names that declarations give them. A declaration that was read is not in
# UTF-16, whatever it says: programs write so of a text that they then store as UTF-8.
_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "utf-16": "utf-8", "us-ascii": "ascii", "ascii": "ascii",
              "latin1": "iso-8859-1", "koi8-r": "koi8-r", "koi8-u": "koi8-u"}  # fmt: skip
_ENCODINGS |= {f"iso-8859-{part}": f"iso-8859-{part}" for part in range(1, 17) if part != 12}
_ENCODINGS |= {f"windows-{page}": f"cp{page}" for page in range(1250, 1259)}
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_DECLARATION = re.compile(
    r"""<\?xml\s[^>?]*?(?:encoding\s*=\s*["'](?P<encoding>[A-Za-z0-9._-]{1,40})["'][^>?]*)?\?>""", re.ASCII
)
_NAME = re.compile(r"\{[^}]*\}")
#: One that nothing closes reaches to the end, so that no text is searched twice.
_LITERAL = re.compile(r"<!\[CDATA\[[^\]]*+(?:\](?!\]>)[^\]]*+)*+(?:\]\]>|\Z)")
_CHUNK = 2**16
TOO_MANY = N_("The file has too many elements. Split it and import the parts one after the other.")
_OPTIONS: dict[str, Any] = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "recover": False,
    "remove_comments": True,
    "remove_pis": True,
    "collect_ids": False,
}


def parse(data: bytes) -> Any:
    """The root element of an XML file (lxml), without comments and processing instructions.

    Raises PayloadTooLarge beyond SIZE_LIMIT bytes, and Invalid (field `file`, with the line where one is known) for
    what is not well-formed, not in a known encoding, nested deeper than 256 levels, has a DOCTYPE or too many tags.
    """
    text = _harmless(data)
    if text.count("<") > TAGS_LIMIT or text.count("=") > ATTRIBUTES_LIMIT:
        raise _refused(TOO_MANY)
    try:
        return etree.fromstring(text.encode(), etree.XMLParser(**_OPTIONS))
    except etree.XMLSyntaxError as error:
        raise _not_well_formed(error) from None


def children(data: bytes) -> Iterator[Any]:
    """First the root element, still empty, then its children one at a time, each gone when the next is asked for.

    For files of many parts (PARTS_LIMIT), of which each may have as many tags as PART_LIMIT; raises as `parse` does.
    """
    text = _harmless(data)
    markup = _LITERAL.sub("", text)
    if markup.count("=") > ATTRIBUTES_LIMIT or markup.count("<") > TAGS_OF_PARTS_LIMIT:
        raise _refused(TOO_MANY)
    parser = etree.XMLPullParser(events=("start", "end"), **_OPTIONS)
    encoded, depth, tags, parts = text.encode(), 0, 0, 0
    element: Any
    root: Any = None
    try:
        for start in range(0, len(encoded) + _CHUNK, _CHUNK):
            if start < len(encoded):
                parser.feed(encoded[start : start + _CHUNK])
            else:
                parser.close()
            for event, element in parser.read_events():
                depth += 1 if event == "start" else -1
                tags += event == "start"
                if tags > PART_LIMIT or parts > PARTS_LIMIT:
                    raise _refused(TOO_MANY)
                if root is None:
                    root = element
                    yield root
                elif event == "end" and depth == 1:
                    yield element
                    element.clear()
                    del root[:-1]  # the last one still waits for the text behind it
                    tags, parts = 0, parts + 1
    except etree.XMLSyntaxError as error:
        # Of an unknown entity the parser says only in its log where it is
        raise _not_well_formed(next(iter(parser.feed_error_log), None) or error) from None


def _harmless(data: bytes) -> str:
    if len(data) > SIZE_LIMIT:
        message = N_("The file has more than %(limit)s MB. Split it and import the parts one after the other.")
        raise PayloadTooLarge(message, limit=SIZE_LIMIT // 2**20)
    text = _decoded(data)
    if _has_doctype(text):
        raise _refused(N_("The file has a document type (<!DOCTYPE …>), which is not read. Remove it and try again."))
    return text


def _not_well_formed(error: Any) -> Invalid:
    """The refusal for an exception of the parser or an entry of its log."""
    message = N_("Line %(line)s is not well-formed XML: %(reason)s. Correct it there and try again.")
    said, line = (error.msg, error.lineno) if isinstance(error, SyntaxError) else (error.message, error.line)
    return _refused(message, line=line or 1, reason=str(said).partition(", line ")[0][:200])


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    return _NAME.sub("", str(element.tag), count=1)


def _decoded(data: bytes) -> str:
    """The text of a file without byte order mark and XML declaration; the count of its lines stays.

    What is UTF-8 is read so even if another encoding is declared: hardly a text in another one is UTF-8 by chance.
    """
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    head = data[:200].decode("ascii", "replace")
    declared = (_DECLARATION.match(head) or {"encoding": None})["encoding"]
    encoding = _MARKS.get(mark) or _ENCODINGS.get((declared or "utf-8").lower())
    if encoding is None:
        message = N_('The file says that its encoding is "%(encoding)s", which is not read. Save it as UTF-8.')
        raise _refused(message, encoding=declared)
    if not mark and encoding != "utf-8" and _is_utf_8(data):
        encoding = "utf-8"
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = N_("Line %(line)s holds bytes that are not %(encoding)s. Save the file as UTF-8 and try again.")
        raise _refused(message, line=line, encoding=encoding.upper()) from None
    declaration = _DECLARATION.match(text)
    return "\n" * declaration[0].count("\n") + text[declaration.end() :] if declaration else text


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _has_doctype(text: str) -> bool:
    """Whether a document type stands before the root element."""
    place = 0
    while True:
        place = text.find("<", place)
        if text.startswith("<!--", place):
            end = text.find("-->", place + 4)
        elif text.startswith("<?", place):
            end = text.find("?>", place + 2)
        else:
            return place >= 0 and text.startswith("<!DOCTYPE", place)
        if end < 0:
            return False  # not closed: the parser says where
        place = end + 2


def _refused(message: str, **params: Any) -> Invalid:
    return Invalid(errors=[FieldError("file", message, params)])
