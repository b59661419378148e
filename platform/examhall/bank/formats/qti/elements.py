"""Building QTI: elements by their names in 2.x, texts from our HTML, and the whole as 2.1 or 3.0."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from copy import deepcopy
from typing import Any, cast

from lxml import etree
from lxml import html as lxml_html

from examhall.bank.formats.qti.formulas_out import FORMULA, LISTINGS, drawn
from examhall.bank.formats.qti.shape import conform

XML = "{http://www.w3.org/XML/1998/namespace}"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NAMESPACES = {
    "2.1": ("http://www.imsglobal.org/xsd/imsqti_v2p1", "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"),
    "3.0": (
        "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
        "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    ),
}
#: Elements of HTML that both versions hold; others become span or div with a class that says what they were.
_HTML = frozenset({
    "abbr", "b", "blockquote", "br", "caption", "code", "dd", "dfn", "div", "dl", "dt", "em", "h3", "h4", "h5", "h6",
    "hr", "i", "img", "kbd", "li", "object", "ol", "p", "pre", "q", "samp", "small", "span", "strong", "sub", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "var",
})  # fmt: skip
_PLAYED = frozenset({"audio", "video"})
_CAPITAL = re.compile(r"[A-Z]")
_WITH_BODY = ("modalFeedback", "rubricBlock")

Address = Callable[[str], tuple[str, str] | None]
"""The path and the media type of a medium by its digest; None where it is missing."""


def element(name: str, *children: Any, **attributes: str) -> Any:
    """An element with children: elements, or text at the beginning. `lang_` is xml:lang, a trailing "_" is dropped."""
    made = etree.Element(name)
    for key, value in attributes.items():
        made.set(f"{XML}lang" if key == "lang_" else key.rstrip("_"), value)
    for child in children:
        if isinstance(child, str):
            made.text = (made.text or "") + child
        else:
            made.append(child)
    return made


class Texts:
    """Puts our HTML into elements; `address` tells where media are, `played` whether audio and video have elements."""

    def __init__(self, address: Address, played: bool) -> None:
        self.address, self.played = address, played
        self.lost: list[str] = []

    def fill(self, made: Any, html: str, wrap: bool = True) -> Any:
        """The element, with HTML in it; HTML that is one whole div gets another around it, which readers drop."""
        root = lxml_html.fragment_fromstring(html, create_parent="div", parser=lxml_html.HTMLParser(no_network=True))
        made.text = root.text
        for inner in root:
            made.append(self._copied(inner))
        if "\\" in html:
            split_at(made, FORMULA, drawn, LISTINGS)
        if (
            wrap
            and len(made) == 1
            and made[0].tag == "div"
            and not (made.text or "").strip()
            and not (made[0].tail or "").strip()
        ):
            wrapper = element("div", *made)
            made.text = None
            made.append(wrapper)
        return made

    def _copied(self, found: Any) -> Any:
        digest = found.get("src", "").removeprefix("media:")
        if found.tag == "img" or found.tag in _PLAYED:
            made = self._medium(found, digest)
        else:
            inline = found.tag in ("bdi", "bdo", "del", "ins", "mark", "rp", "rt", "ruby", "s", "u", "wbr")
            name = found.tag if found.tag in _HTML else "span" if inline else "div"
            made = etree.Element(name)
            if name != found.tag:
                made.set("class", f"examhall-{found.tag}")
            for key, value in found.attrib.items():
                made.set(f"{XML}lang" if key == "lang" else key, value)
            made.text = found.text
            for inner in found:
                made.append(self._copied(inner))
        made.tail = found.tail
        return made

    def _medium(self, found: Any, digest: str) -> Any:
        where = self.address(digest)
        text = found.get("alt") or found.get("title") or found.get("aria-label") or ""
        if where is None:
            self.lost.append(digest)
            return element("span", text)
        path, kind = where
        size = {key: found.get(key) for key in ("width", "height") if found.get(key)}
        if found.tag == "img":
            return element("img", src=path, alt=text, **size)
        if self.played:
            made = element(found.tag, src=path, controls="true", **size)
            made.set("aria-label", text)
            return made
        return element("object", text, data=path, type=kind, **size)


def split_at(
    root: Any, pattern: re.Pattern[str], make: Callable[[str], Any | None], beside: Container[str] = ()
) -> None:
    """Puts elements into the places of what `pattern` finds in the texts within `root`, unless `make` gives none.

    Elements named in `beside` are left as they are.
    """
    for held in list(root.iter()):
        around = [above.tag for above in held.iterancestors()]
        if not any(tag in beside for tag in [held.tag, *around]):
            before, *found = _pieces(held.text or "", pattern, make)
            held.text = before
            for place, made in enumerate(found):
                held.insert(place, made)
        if held is not root and held.tail and not any(tag in beside for tag in around):
            before, *found = _pieces(held.tail, pattern, make)
            held.tail = before
            start = held.getparent().index(held) + 1
            for place, made in enumerate(found):
                held.getparent().insert(start + place, made)


def _pieces(text: str, pattern: re.Pattern[str], make: Callable[[str], Any | None]) -> list[Any]:
    """The text before the first element, then the elements with the texts after them as tails."""
    found = [(place, made) for place in pattern.finditer(text) if (made := make(place[0])) is not None]
    ends = [*(place.start() for place, _ in found), len(text)]
    for (place, made), end in zip(found, ends[1:], strict=True):
        made.tail = text[place.end() : end]
    return [text[: ends[0]], *(made for _, made in found)]


def rendered(root: Any, version: str) -> bytes:
    """The bytes of a file: the names of its version, in its namespace, indented nowhere, so that no text changes."""
    namespace, schema = _NAMESPACES[version]
    conform(root, version)
    if version == "3.0":
        for found in root.iter(*_WITH_BODY):
            body = element("contentBody", *found)
            body.text, found.text = found.text, None
            found.append(body)
    made = _renamed(root, namespace, version, {None: namespace, "xsi": _XSI})
    made.set(f"{{{_XSI}}}schemaLocation", f"{namespace} {schema}")
    return bytes(etree.tostring(made, encoding="UTF-8", xml_declaration=True))


def _renamed(found: Any, namespace: str, version: str, namespaces: Mapping[str | None, str] | None = None) -> Any:
    if found.tag.startswith("{"):  # of a formula
        return deepcopy(found)
    ours = version == "3.0" and found.tag not in _HTML | _PLAYED
    name = f"qti-{_kebab(found.tag)}" if ours else found.tag
    made = etree.Element(f"{{{namespace}}}{name}", nsmap=cast(Any, namespaces))
    for key, value in found.attrib.items():
        made.set(_kebab(key) if ours and not key.startswith("{") else key, value)
    made.text, made.tail = found.text, found.tail
    for inner in found:
        made.append(_renamed(inner, namespace, version))
    return made


def _kebab(name: str) -> str:
    return _CAPITAL.sub(lambda capital: f"-{capital[0].lower()}", name)
