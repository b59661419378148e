"""The content of QTI elements as the HTML that our questions hold; what has no place in it is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any, Protocol

from examhall.bank.content.richtext import TAGS
from examhall.bank.formats import Medium
from examhall.bank.formats.mathml import latex_of
from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.shape import ADDED
from examhall.errors import N_

Replace = Callable[[Any], str | None]
"""What stands for an element in the HTML; None where it is an ordinary one."""

_VOID = {"br", "hr", "wbr"}
_RENAMED = {"h1": "h3", "h2": "h3", "tt": "code", "acronym": "abbr", "strike": "s", "label": "span", "address": "div",
            "figure": "div", "figcaption": "div", "section": "div", "article": "div", "header": "div", "footer": "div",
            "aside": "div", "main": "div", "center": "div", "cite": "em", "big": "span", "font": "span",
            "fieldset": "div", "legend": "div"}  # fmt: skip
_TRANSPARENT = {
    "colgroup",
    "itemBody",
    "contentBody",
    "templateInline",
    "templateBlock",
    "hottext",
    "picture",
    "feedbackBlock",
    "feedbackInline",
}
_NOTHING = {"col", "source", "track", "prompt", "stylesheet", "rubricBlock", "catalogInfo", "modalFeedback"}
_KEPT_ATTRIBUTES = {"lang", "dir", "colspan", "rowspan", "start", "type", "scope"}
_OURS = re.compile(r"\bexamhall-([a-z0-9]{1,10})\b(?!-)")
_SAID = re.compile(r"\bexamhall-(dir|start|type)-([\w-]{1,5})")
_MEDIA = {"img": "image", "object": "", "embed": "", "audio": "audio", "video": "video"}
EXTENSIONS = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
               "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "oga": "audio/ogg",
               "wav": "audio/wav", "mp4": "video/mp4", "webm": "video/webm"}  # fmt: skip


class Files(Protocol):
    """The files that a QTI file may refer to."""

    def medium(self, href: str) -> Medium | None:
        """The medium at an address relative to the QTI file, None where there is none; keeps what it gives."""
        ...


class Markup:
    """Turns content into HTML. Variables in it are faults; what is merely left out is a loss."""

    def __init__(self, notes: Notes, files: Files) -> None:
        self.notes, self.files = notes, files

    def html(self, element: Any, replace: Replace = lambda _: None) -> str:
        """The HTML of what stands within an element; a single div around everything is left away. "" for None."""
        if element is None:
            return ""
        for wrapper in ("contentBody", "div"):
            shown = [inner for inner in element if replace(inner) != "" and inner.tag not in _NOTHING]
            if len(shown) == 1 and shown[0].tag == wrapper and replace(shown[0]) is None and _is_bare(element):
                bare = not shown[0].keys() or (shown[0].keys() == ["class"] and not _OURS.search(shown[0].get("class")))
                element = shown[0] if bare else element
        return self._within(element, replace).strip()

    def _within(self, element: Any, replace: Replace) -> str:
        parts = [escape(element.text or "", quote=False)]
        for inner in element:
            replaced = replace(inner)
            parts.append(self._element(inner, replace) if replaced is None else replaced)
            parts.append(escape(inner.tail or "", quote=False))
        return "".join(parts)

    def _element(self, element: Any, replace: Replace) -> str:
        tag = element.tag
        if element.get("style"):
            self.notes.loss(element, N_("The styles of the file are left out."))
        if ADDED in element.get("class", "").split():
            return self._within(element, replace)
        if ours := _OURS.search(element.get("class", "")):
            tag = ours[1] if ours[1] in TAGS else tag
        tag = _RENAMED.get(tag, tag)
        if tag in _MEDIA:
            return self._medium(element, replace)
        if tag == "math":
            return self._math(element)
        if tag in _NOTHING:
            return ""
        content = self._within(element, replace)
        if element.get("data-role") == "tooltip-content":  # TAO shows it when one points at what stands before it
            return f" ({content})" if content.strip() else ""
        if tag == "div" and not content.strip():
            return ""  # what authoring tools leave behind
        if tag in TAGS:
            return self._tag(tag, element, content)
        self._left_out(element)
        return content if tag not in ("script", "style", "svg", "iframe") else ""

    def _tag(self, tag: str, element: Any, content: str) -> str:
        kept = {name: value for name, value in element.attrib.items() if name in _KEPT_ATTRIBUTES}
        kept |= dict(_SAID.findall(element.get("class", "")))
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in kept.items())
        return f"<{tag}{attributes}>" if tag in _VOID else f"<{tag}{attributes}>{content}</{tag}>"

    def _left_out(self, element: Any) -> None:
        tag = element.tag
        if tag == "printedVariable":
            raise self.notes.fault(element, N_("The text shows a variable (printedVariable), which is not understood."))
        if tag == "a":
            self.notes.loss(element, N_("Links are left out; their text stays."))
        elif tag not in _TRANSPARENT:
            self.notes.loss(element, N_("%(name)s may not stand in a text and is left out."), name=tag)

    def _math(self, element: Any) -> str:
        if latex := latex_of(element):
            return escape(latex, quote=False)
        for annotation in list(element.iter("annotation")):
            annotation.getparent().remove(annotation)
        self.notes.loss(element, N_("A formula in MathML has become plain text. Write it anew in LaTeX."))
        return escape(" ".join("".join(element.itertext()).split()), quote=False)

    def _medium(self, element: Any, replace: Replace) -> str:
        if formula := element.get("data-equation-content"):
            return escape(f"\\({formula}\\)", quote=False)
        sources = [element, *tree.inner(element, "source", "img")]
        href = next((found for source in sources if (found := source.get("src") or source.get("data"))), "")
        alternative = element.get("alt") or element.get("aria-label") or tree.words(element)
        medium = self.files.medium(href) if href else None
        kind = medium.media_type.partition("/")[0] if medium else ""
        if medium is None or kind not in ("image", "audio", "video"):
            message = N_('"%(name)s" is not in the file, or no picture, sound or film; it is left out.')
            self.notes.loss(element, message, name=href[:200])
            return escape(alternative, quote=False)
        text = alternative or element.get("title") or medium.name
        if not alternative and element.get("alt") is None:
            message = N_('"%(name)s" has no alternative text. Write one for those who cannot see or hear it.')
            self.notes.warn(element, message, name=href[:200])
        sizes = ((name, element.get(name, "")) for name in ("width", "height") if kind != "audio")
        size = "".join(f' {name}="{pixels}"' for name, pixels in sizes if pixels.isascii() and pixels.isdigit())
        if kind == "image":
            return f'<img src="media:{medium.digest}" alt="{escape(text)}"{size}>'
        return f'<{kind} src="media:{medium.digest}" title="{escape(text)}"{size}></{kind}>'


def media_type(name: str) -> str:
    """The media type that a file's name tells; "" for what is no medium that we show, as drawings (SVG) are not."""
    return EXTENSIONS.get(name.rpartition(".")[2].lower(), "")


def _is_bare(element: Any) -> bool:
    """Whether an element has no text of its own beside its children."""
    return not (element.text or "").strip() and not any((inner.tail or "").strip() for inner in element)
