"""What an item of QTI 1.2 shows: its texts as HTML, its responses with their choices, its metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.markup import Files, Markup
from examhall.bank.formats.qti.notes import Notes

_RESPONSES = ("response_lid", "response_str", "response_num", "response_grp", "response_xy", "response_extension")
_ENTRIES = ("response_str", "response_num")
_EITHER = ("", "smart_text")  # may be plain or HTML
_LIKE_HTML = re.compile(r"<[A-Za-z/!]|&[a-z]+;|&#")


@dataclass
class Response:
    """One response: its choices by identifier, in order, with their HTML."""

    element: Any
    name: str
    text: str
    choices: dict[str, str]

    @property
    def several(self) -> bool:
        """Whether several choices may be ticked."""
        return bool(self.element.get("rcardinality", "Single").lower() == "multiple")


class Presentation:
    """The texts and responses of an item."""

    def __init__(self, item: Any, notes: Notes, files: Files) -> None:
        self.item, self.notes = item, notes
        self.markup = Markup(notes, files)
        self.metadata = tree.metadata(item.iter("qtimetadatafield", "qti_metadatafield"))  # the latter is D2L's
        for short in item.iter("qmd_itemtype"):
            self.metadata.setdefault("qmd_itemtype", tree.words(short))
        shown = tree.child(item, "presentation")
        self.prompt = "" if shown is None else self._shown(shown)
        self.responses = [] if shown is None else [self._response(found) for found in shown.iter(*_RESPONSES)]

    def passage(self, marks: Mapping[Any, str]) -> str:
        """The text of the item as one, with what stands for its responses where they are."""
        shown = tree.child(self.item, "presentation")
        return " ".join(part for part in self._running(shown, marks) if part)

    def _running(self, element: Any, marks: Mapping[Any, str]) -> Iterator[str]:
        for inner in element:
            if inner in marks:
                yield marks[inner]
            elif inner.tag == "material":
                yield self.material(inner)
            elif inner.tag in ("flow", "flow_mat"):
                yield from self._running(inner, marks)

    def text(self, element: Any) -> str:
        """The HTML of the materials within an element."""
        return "" if element is None else self._shown(element)

    def _shown(self, element: Any) -> str:
        parts = []
        for inner in element:
            if inner.tag == "material":
                parts.append(self.material(inner))
            elif inner.tag in (
                "flow",
                "flow_mat",
                "itemfeedback",
                "solution",
                "hint",
                "solutionmaterial",
                "hintmaterial",
            ):
                parts.append(self._shown(inner))
        return joined(*parts)

    def material(self, element: Any) -> str:
        """The HTML of one material."""
        return "".join(self._material(found) for found in element)

    def _material(self, element: Any) -> str:
        if element.tag == "mat_extension":  # where Blackboard puts its texts
            return "".join(self._material(found) for found in element)
        if element.tag in ("mattext", "matemtext", "mat_formattedtext"):
            text = "".join(element.itertext())
            kind = (element.get("texttype") or element.get("type", "")).lower()
            html = "html" in kind or (kind in _EITHER and _LIKE_HTML.search(text))
            return self.html(text) if html else escape(text.strip(), quote=False).replace("\n", "<br>")
        if element.tag == "matbreak":
            return "<br>"
        if element.tag in ("matimage", "mataudio", "matvideo"):
            medium = etree.Element("img", src=element.get("uri", ""), alt=element.get("label", ""))
            return self.markup.html(_wrapped(medium))
        return ""

    def html(self, text: str) -> str:
        """HTML from the file, with its pictures and formulas as ours."""
        if not text.strip():
            return ""
        parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, recover=True)
        root = lxml_html.fragment_fromstring(text, create_parent="div", parser=parser)
        return self.markup.html(root)

    def _response(self, element: Any) -> Response:
        choices = {label.get("ident", ""): self._shown(label) for label in element.iter("response_label")}
        if element.tag in _ENTRIES:  # where one that shows nothing is a field, not a choice
            choices = {name: html for name, html in choices.items() if html}
        return Response(element, element.get("ident", ""), self._shown(element), choices)


def joined(*parts: str) -> str:
    """Texts one below the other; those that are empty are left out."""
    held = [part for part in parts if part]
    return "".join(f"<div>{part}</div>" for part in held) if len(held) > 1 else "".join(held)


def _wrapped(element: Any) -> Any:
    wrapper = etree.Element("span")
    wrapper.append(element)
    return wrapper
