"""Rich text: what authors may write in questions and feedback, made safe once, on the way in.

The allowlist is our own. It holds structure and emphasis, and nothing that loads, links, runs or names: no URL of any
kind, no class, style or id. So a question cannot call home, lead out of the exam or dress up as a part of the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape

import nh3
from markdown_it import MarkdownIt

_INLINE = frozenset({
    "abbr", "b", "bdi", "bdo", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s",
    "samp", "small", "span", "strong", "sub", "sup", "u", "var", "wbr",
})  # fmt: skip
_BLOCK = frozenset({
    "blockquote", "br", "caption", "dd", "div", "dl", "dt", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
MARKDOWN_LIMIT = 20_000  # emphasis that never closes costs the square of its length
TAGS = _INLINE | _BLOCK

# HTML's "formatting elements". A parser opens those left open again in every later block, once for each distinct set of
# attributes, so that 20 KB of them grew to 47 MB here. Without attributes the standard itself bounds them (three each).
_FORMATTING = re.compile(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\t\n\f\r /][^>]*", re.IGNORECASE | re.ASCII
)
_WITH_LANGUAGE = TAGS - {"b", "br", "code", "em", "hr", "i", "s", "small", "strong", "u", "wbr"}
_DIRECTIONS = {"dir": {"ltr", "rtl", "auto"}}
_SPANS = {"colspan", "rowspan"}
_ATTRIBUTES: dict[str, set[str]] = {tag: {"lang"} for tag in _WITH_LANGUAGE} | {
    "td": {"lang"} | _SPANS,
    "th": {"lang"} | _SPANS,
    "ol": {"lang", "start"},
}
_VALUES: dict[str, dict[str, set[str]]] = {tag: _DIRECTIONS for tag in _WITH_LANGUAGE} | {
    "ol": _DIRECTIONS | {"type": {"1", "a", "A", "i", "I"}},
    "th": _DIRECTIONS | {"scope": {"col", "row", "colgroup", "rowgroup"}},
}
_ATTRIBUTE_SHAPES = {
    "lang": re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}"),
    "start": re.compile(r"-?[0-9]{1,4}"),
    "colspan": re.compile(r"[1-9][0-9]?"),
    "rowspan": re.compile(r"[1-9][0-9]?"),
}


def _shaped(tag: str, attribute: str, value: str) -> str | None:
    shape = _ATTRIBUTE_SHAPES.get(attribute)
    return value if shape is None or shape.fullmatch(value) else None


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags={"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title"},
    attributes=_ATTRIBUTES,
    attribute_filter=_shaped,
    tag_attribute_values=_VALUES,
    url_schemes=set(),
    link_rel=None,
)
# Links and pictures would be dropped by the allowlist anyway; as plain text they at least stay readable.
_MARKDOWN = MarkdownIt("commonmark").disable(["link", "image", "autolink", "reference"])
_MEDIUM = re.compile(r"media:([0-9a-f]{64})\b")
_SPECIAL = re.compile(r"[<>&\r\0]")
_PASSES = 4
_PRE_THEN_NEWLINE = re.compile(r"<pre[^<>]*>\n")  # a parser drops the first newline, so one more keeps it
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>\s*", re.DOTALL)
_BLOCK_TAG = rf"</?(?:{'|'.join(sorted(_BLOCK))})\b"
_AFTER_BLOCK = re.compile(rf"({_BLOCK_TAG}[^<>]*>)[^\S\n]*\n\s*", re.IGNORECASE)
_BEFORE_BLOCK = re.compile(rf"\n(?=[^\S\n]*{_BLOCK_TAG})", re.IGNORECASE)
_TAG = re.compile(r"</?([A-Za-z][^\s/<>]*)[^<>]*>")
_TAG_NAME = re.compile(r"</?([A-Za-z][^\s/<>]*)")


def sanitise(html: str) -> str:
    """Safe HTML with the meaning of `html`: what the allowlist does not hold is left out, its text stays.

    Scripts, styles, embedded documents and drawings go with their content. Takes any text without lone surrogates.
    """
    for _ in range(_PASSES):
        if not _SPECIAL.search(html):
            return html.strip()
        clean = _PRE_THEN_NEWLINE.sub(r"\g<0>\n", _CLEANER.clean(_FORMATTING.sub(r"<\1", html)).strip())
        if clean == html:
            break
        html = clean  # without the elements left out, the rest may nest anew: read it as a browser will
    return html


def media_of(text: str) -> frozenset[str]:
    """Digests of the media that HTML, or JSON with HTML in it, refers to."""
    return frozenset(_MEDIUM.findall(text))


def foreign_tags(html: str) -> list[str]:
    """Names of the elements in `html` that `sanitise` leaves out, each once, in order: what to warn an author of."""
    names = (name.lower() for name in _TAG_NAME.findall(html))
    return list(dict.fromkeys(name for name in names if name not in TAGS))


def render(text: str, text_format: str) -> str:
    """HTML of a text in one of Moodle's formats: html, moodle, plain, markdown. NOT safe before `sanitise`.

    `moodle` is HTML in which a line break shows as one, except beside the tag of a block.

    Raises KeyError for another format.
    """
    return RENDERERS[text_format](text)


def plain_text(html: str, limit: int | None = None) -> str:
    """The words of sanitised HTML on one line; what goes beyond `limit` characters gives way to "…"."""
    words = _TAG.sub(lambda tag: "" if tag[1].lower() in _INLINE else " ", html)
    line = " ".join(unescape(words).split())
    if limit is None or len(line) <= limit:
        return line
    cut = line.rfind(" ", limit // 2, limit)
    return line[: cut if cut > 0 else limit - 1].rstrip() + "…"


def _from_moodle(text: str) -> str:
    after_blocks = _AFTER_BLOCK.sub(r"\1 ", text)
    return _BEFORE_BLOCK.sub(" ", after_blocks).replace("\n", "<br>")


def _from_plain(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")


def _from_markdown(text: str) -> str:
    html = _MARKDOWN.render(text).strip()
    only = _ONE_PARAGRAPH.fullmatch(html)
    return only[1] if only else html


RENDERERS: Mapping[str, Callable[[str], str]] = {
    "html": str,
    "moodle": _from_moodle,
    "plain": _from_plain,
    "markdown": _from_markdown,
}
