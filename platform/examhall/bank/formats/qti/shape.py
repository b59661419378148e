"""HTML within QTI in the shape that its schemas ask for; classes say what it was, so that it can be read again.

Facts: imsqti_v2p1.xsd (contents of itemBody, rubricBlock, blockquote, table and lists; attributes of their parts). What
this version forbids, 3.0 mostly allows; what it allows, 3.0 allows, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

#: The class of an element that only stands there because a schema asks for it.
ADDED = "examhall-added"
_INLINE_ONLY = frozenset({
    "p", "h3", "h4", "h5", "h6", "pre", "span", "b", "i", "em", "strong", "sub", "sup", "small", "code", "kbd", "samp",
    "var", "q", "abbr", "dfn",
})  # fmt: skip
_BLOCKS = frozenset({"p", "div", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "dl", "table", "blockquote", "hr"})
_WITHIN_TEXT = ("textEntryInteraction", "inlineChoiceInteraction")
_ONLY_BLOCKS = ("blockquote", "rubricBlock")
_PARTS = {"ul": ("li",), "ol": ("li",), "dl": ("dd", "dt"), "tr": ("td", "th")}
_HELD_BY = {"li": ("ul", "ol"), "dd": ("dl",), "dt": ("dl",)}
_LINES = ("dt", "caption")  # which hold no blocks
_ROWS = ("thead", "tfoot", "tbody")


def conform(root: Any, version: str) -> None:
    """Bring all that an element holds into shape."""
    for element in reversed(list(root.iter())):
        _place(element)
        _fill(element)
        for name in ("start", "type") if element.tag == "ol" else ():
            _as_class(element, name)
        if version == "2.1":
            _as_class(element, "dir")


def _place(element: Any) -> None:
    """Lines that hold blocks, and parts of lists outside of one, become blocks; blocks in a term or caption lines."""
    parent, holders = element.getparent(), _HELD_BY.get(element.tag, ())
    alone = holders and (parent is None or parent.tag not in holders)
    if alone or (element.tag in _INLINE_ONLY and any(_is_block(inner) for inner in element)):
        _become(element, "div")
    elif element.tag in _LINES:
        for inner in element:
            if inner.tag in ("p", "div"):
                _become(inner, "span")


def _fill(element: Any) -> None:
    """What holds parts of certain kinds alone gets its other texts and elements into such parts."""
    if element.tag in _ONLY_BLOCKS:
        _gather(element, "div", [inner for inner in element if _is_block(inner)])
    elif element.tag in _PARTS:
        _gather(element, _PARTS[element.tag][0], [inner for inner in element if inner.tag in _PARTS[element.tag]])
    elif element.tag == "table":
        _table(element)
    if element.tag == "tr" and not len(element):
        etree.SubElement(element, "td").set("class", ADDED)


def _become(element: Any, tag: str) -> None:
    _mark(element, f"examhall-{element.tag}", first=True)
    element.tag = tag


def _is_block(element: Any) -> bool:
    tag = str(element.tag)
    return tag in _BLOCKS or (tag.endswith("Interaction") and tag not in _WITHIN_TEXT)


def _mark(element: Any, name: str, *, first: bool = False) -> None:
    held = [element.get("class", "")]
    element.set("class", " ".join(part for part in ([name, *held] if first else [*held, name]) if part))


def _as_class(element: Any, name: str) -> None:
    if (said := element.attrib.pop(name, None)) is not None:
        _mark(element, f"examhall-{name}-{said}")


def _gather(element: Any, name: str, fitting: Sequence[Any]) -> None:
    """Put texts and elements that may not stand directly in an element into others that may."""
    text, inner = element.text or "", list(element)
    element.text = None
    for child in inner:
        element.remove(child)
    held = _opened(element, name, text)
    for child in inner:
        tail, child.tail = child.tail or "", None
        if child in fitting:
            element.append(child)
            held = _opened(element, name, tail)
        else:
            held = _opened(element, name, " ", always=True) if held is None else held
            held.append(child)
            child.tail = tail


def _opened(element: Any, name: str, text: str, *, always: bool = False) -> Any:
    if not text.strip() and not always:
        return None
    made = etree.SubElement(element, name)
    made.set("class", ADDED)
    made.text = text.strip("\n\t") if text.strip() else None
    return made


def _table(table: Any) -> None:
    """A caption, then the head, the foot and the bodies, of which there is one at least."""
    parts = {name: [part for part in table if part.tag == name and len(part)] for name in ("caption", *_ROWS)}
    parts["caption"] = [part for part in table if part.tag == "caption"][:1]
    loose = [row for row in table if row.tag == "tr"]
    for part in list(table):
        table.remove(part)
    table.text = None
    if loose or not parts["tbody"]:
        made = etree.Element("tbody")
        made.set("class", ADDED)
        made.extend(loose)
        parts["tbody"].append(made)
    table.extend([*parts["caption"], *parts["thead"], *parts["tfoot"], *parts["tbody"]])
    if not len(parts["tbody"][-1]):
        row = etree.SubElement(parts["tbody"][-1], "tr")
        for made in (row, etree.SubElement(row, "td")):
            made.set("class", ADDED)
