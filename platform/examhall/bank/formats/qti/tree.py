"""One vocabulary for all versions: elements and attributes by the names that QTI 2.x gives them, without namespaces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from examhall.bank.formats import xml

_HYPHEN = re.compile(r"-([a-z0-9])")
# A document type that only names the root and a DTD elsewhere: nothing is read for it, and lines keep their numbers.
_PLAIN_TYPE = re.compile(
    rb"""<!DOCTYPE\s+(?:[\w.-]{1,40}:)?(?:questestinterop|manifest|(?:qti-)?assessment-?(?:[Ii]tem|[Tt]est))"""
    rb"""(?:\s+(?:SYSTEM|PUBLIC\s+(["'])[^"'<>]{0,200}\1)\s+(["'])[^"'<>]{0,300}\2)?\s*>"""
)
_BEFORE_TYPE = re.compile(rb"<\?[^>]*+>|<!--[^>]*+>")
_HEAD = 4_000
_KNOWN_ATTRIBUTES = {
    "{http://www.w3.org/XML/1998/namespace}lang": "lang",
    "{http://www.blackboard.com/content-packaging/}file": "href",
    "{http://desire2learn.com/xsd/d2lcp_v2p0}input_boxes": "input_boxes",
}


def read(data: bytes) -> Any:
    """The root of a QTI file in the vocabulary of 2.x: `qti-choice-interaction` becomes `choiceInteraction`.

    Raises what `xml.parse` raises.
    """
    typed = _PLAIN_TYPE.search(data, 0, _HEAD)
    if typed is not None and b"<" not in _BEFORE_TYPE.sub(b"", data[: typed.start()]):
        data = data[: typed.start()] + b"\n" * typed[0].count(b"\n") + data[typed.end() :]
    root = xml.parse(data)
    for element in root.iter():
        name = xml.local(element)
        ours = name.startswith("qti-")
        element.tag = _camel(name[4:]) if ours else name
        attributes = {_attribute(key, ours): value for key, value in element.attrib.items()}
        element.attrib.clear()
        element.attrib.update({key: value for key, value in attributes.items() if key})
    return root


def _attribute(key: str, ours: bool) -> str:
    if key.startswith("{"):
        return _KNOWN_ATTRIBUTES.get(key, "")
    return _camel(key) if ours and not key.startswith(("data-", "aria-")) else key


def _camel(name: str) -> str:
    return _HYPHEN.sub(lambda found: found[1].upper(), name)


def child(element: Any, name: str) -> Any:
    """The first child of this name, or None."""
    return next(children(element, name), None)


def children(element: Any, *names: str) -> Iterator[Any]:
    """The children of these names, in order."""
    return (inner for inner in element if inner.tag in names)


def inner(element: Any, *names: str) -> list[Any]:
    """What stands anywhere within an element by these names, in order."""
    return [found for found in element.iter(*names) if found is not element]


def words(element: Any) -> str:
    """The text within an element, without the white space around it; "" for None."""
    return "" if element is None else "".join(element.itertext()).strip()


def metadata(fields: Iterable[Any]) -> dict[str, str]:
    """What the fields of QTI 1.2's metadata say: label to entry."""
    return {words(child(field, "fieldlabel")): words(child(field, "fieldentry")) for field in fields}


def truth(element: Any, name: str, otherwise: bool = False) -> bool:
    """A boolean attribute."""
    value = element.get(name)
    return otherwise if value is None else value.strip().lower() in ("true", "1")


def whole(text: str, otherwise: int = 0) -> int:
    """A whole number within reason."""
    return int(text) if re.fullmatch("[0-9]{1,5}", text) else otherwise
