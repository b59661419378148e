r"""Rich text: what authors may write in questions and feedback, made safe once, on the way in.

The allowlist is our own. It holds structure and emphasis, and nothing that links, runs or names: no class, style or id,
and no URL but `media:DIGEST`, a file of the tenant's own store. So a question cannot call home, lead out of the exam or
dress up as a part of the page.

Formulas stay LaTeX between `\(` and `\)`, or `\[` and `\]` where they have a line of their own; media stay digests.
Only `shown` makes MathML and links of them, each time that a text is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape

import nh3
from markdown_it import MarkdownIt

from examhall.bank.content.maths import mathml

_INLINE = frozenset({
    "abbr", "b", "bdi", "bdo", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s",
    "samp", "small", "span", "strong", "sub", "sup", "u", "var", "wbr",
})  # fmt: skip
_BLOCK = frozenset({
    "blockquote", "br", "caption", "dd", "div", "dl", "dt", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
MARKDOWN_LIMIT = 20_000  # emphasis that never closes costs the square of its length
_PLAYED = frozenset({"audio", "video"})
_MEDIA = _PLAYED | {"img"}
TAGS = _INLINE | _BLOCK | _MEDIA

# HTML's "formatting elements". A parser opens those left open again in every later block, once for each distinct set of
# attributes, so that 20 KB of them grew to 47 MB here. Without attributes the standard itself bounds them (three each).
_FORMATTING = re.compile(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\t\n\f\r /][^>]*", re.IGNORECASE | re.ASCII
)
_WITH_LANGUAGE = TAGS - {"b", "br", "code", "em", "hr", "i", "s", "small", "strong", "u", "wbr"} - _MEDIA
_DIRECTIONS = {"dir": {"ltr", "rtl", "auto"}}
_SPANS = {"colspan", "rowspan"}
_ATTRIBUTES: dict[str, set[str]] = {tag: {"lang"} for tag in _WITH_LANGUAGE} | {
    "td": {"lang"} | _SPANS,
    "th": {"lang"} | _SPANS,
    "ol": {"lang", "start"},
    "img": {"src", "alt", "width", "height"},
    "audio": {"src", "title", "aria-label"},
    "video": {"src", "title", "aria-label", "width", "height"},
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
    "src": re.compile(r"media:[0-9a-f]{64}"),
    "width": re.compile(r"[1-9][0-9]{0,3}"),
    "height": re.compile(r"[1-9][0-9]{0,3}"),
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
    set_tag_attribute_values={tag: {"controls": ""} for tag in _PLAYED},
    url_schemes={"media"},
    link_rel=None,
)
# Links and pictures would be dropped by the allowlist anyway; as plain text they at least stay readable.
_MARKDOWN = MarkdownIt("commonmark").disable(["link", "image", "autolink", "reference"])
_DIGEST = re.compile(r"media:([0-9a-f]{64})\b")
_MEDIUM = re.compile(r"<(img|audio|video)\b([^<>]*)>", re.IGNORECASE)
_SOURCE = re.compile(r"""\ssrc\s*=\s*["']?media:([0-9a-f]{64})(?=["'\s/]|$)""", re.IGNORECASE)
_LABEL = re.compile(r'\s(alt|aria-label|title)="([^"]*)"')
_IN_FORMULA = r"(?:[^\\<]|\\[^][()<]|<br>)*+"
_FORMULA = rf"(?<!\\)(?:\\\(({_IN_FORMULA})\\\)|\\\[({_IN_FORMULA})\\\])"
#: Listings and tags are passed over, so that a formula is read in ordinary text alone.
_SHOWN = re.compile(rf"<(code|kbd|pre|samp)\b[^<>]*>.*?</\1>|<[^<>]*>|{_FORMULA}", re.DOTALL)
#: A formula before it is sanitised: a "<" in it is a less-than sign, unless a name and what ends it make it a tag.
TYPED_FORMULA = re.compile(r"(?<!\\)\\(?:\((?:[^\\]|\\[^()])*+\\\)|\[(?:[^\\]|\\[^][])*+\\\])")
_LESS_THAN = re.compile(r"<(?!/?[A-Za-z][A-Za-z0-9]*[\s/>]|!)")
_SPECIAL = re.compile(r"[<>&\r\0]")
_PASSES = 4
_PRE_THEN_NEWLINE = re.compile(r"<pre[^<>]*>\n")  # a parser drops the first newline, so one more keeps it
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>\s*", re.DOTALL)
BLOCK_TAG = rf"</?(?:{'|'.join(sorted(_BLOCK))})\b"
_AFTER_BLOCK = re.compile(rf"({BLOCK_TAG}[^<>]*>)[^\S\n]*\n\s*", re.IGNORECASE)
_BEFORE_BLOCK = re.compile(rf"\n(?=[^\S\n]*{BLOCK_TAG})", re.IGNORECASE)
_TAG = re.compile(r"</?([A-Za-z][^\s/<>]*)[^<>]*>")
_START_OR_END = re.compile(r"<(/?)([A-Za-z][^\s/<>]*)([^<>]*)")


def sanitise(html: str) -> str:
    """Safe HTML with the meaning of `html`: what the allowlist does not hold is left out, its text stays.

    Scripts, styles, embedded documents and drawings go with their content. Takes any text without lone surrogates.
    """
    html = _with_formulas_escaped(html)
    for _ in range(_PASSES):
        if not _SPECIAL.search(html):
            return html.strip()
        clean = _MEDIUM.sub(_if_stored, _CLEANER.clean(_FORMATTING.sub(r"<\1", html)))
        clean = _PRE_THEN_NEWLINE.sub(r"\g<0>\n", clean.strip())
        if clean == html:
            break
        html = clean  # without the elements left out, the rest may nest anew: read it as a browser will
    return html


def shown(html: str, media_base: str) -> str:
    """Sanitised HTML as it goes out: media are links below `media_base`, formulas are MathML.

    A formula that can't be drawn stands there as it was written, in `<code class="maths">`.
    """
    if "media:" in html:
        html = _MEDIUM.sub(lambda tag: _SOURCE.sub(rf' src="{media_base}/\1', tag[0]), html)
    return _SHOWN.sub(_drawn, html) if "\\" in html else html


def unlabelled_media(html: str) -> list[str]:
    """Tags in sanitised HTML of pictures without `alt`, and of sounds and films without `title` or `aria-label`."""
    return [tag[0] for tag in _MEDIUM.finditer(html) if not _label(tag)]


def media_of(text: str) -> frozenset[str]:
    """Digests of the media that HTML, or JSON with HTML in it, refers to."""
    return frozenset(_DIGEST.findall(text))


def foreign_tags(html: str) -> list[str]:
    """Names of the elements in `html` that `sanitise` leaves out, each once, in order: what to warn an author of."""
    tags = _START_OR_END.finditer(_with_formulas_escaped(html))
    return list(dict.fromkeys(tag[2].lower() for tag in tags if _is_foreign(tag)))


def render(text: str, text_format: str) -> str:
    """HTML of a text in one of Moodle's formats: html, moodle, plain, markdown. NOT safe before `sanitise`.

    `moodle` is HTML in which a line break shows as one, except beside the tag of a block.

    Raises KeyError for another format.
    """
    return RENDERERS[text_format](text)


def plain_text(html: str, limit: int | None = None) -> str:
    """The words of sanitised HTML, with those that describe its media, on one line.

    What goes beyond `limit` characters gives way to "…".
    """
    words = _TAG.sub(_in_words, html)
    line = " ".join(unescape(words).split())
    if limit is None or len(line) <= limit:
        return line
    cut = line.rfind(" ", limit // 2, limit)
    return line[: cut if cut > 0 else limit - 1].rstrip() + "…"


def _with_formulas_escaped(html: str) -> str:
    return TYPED_FORMULA.sub(lambda formula: _LESS_THAN.sub("&lt;", formula[0]), html) if "\\" in html else html


def _if_stored(tag: re.Match[str]) -> str:
    return tag[0] if _SOURCE.search(tag[2]) else ""


def _drawn(found: re.Match[str]) -> str:
    inline, display = found[2], found[3]
    if inline is None and display is None:
        return found[0]
    latex = unescape((inline or display or "").replace("<br>", "\n"))
    drawn = mathml(latex, "inline" if display is None else "block")
    return drawn or f'<code class="maths" dir="ltr">{found[0]}</code>'


def _label(tag: re.Match[str]) -> str:
    """What describes a medium, as HTML."""
    names = {"alt"} if tag[1].lower() == "img" else {"aria-label", "title"}
    labels = (text.strip() for name, text in _LABEL.findall(tag[2]) if name in names)
    return next(filter(None, labels), "")


def _is_foreign(tag: re.Match[str]) -> bool:
    name = tag[2].lower()
    return name not in TAGS or (name in _MEDIA and not tag[1] and not _SOURCE.search(tag[3]))


def _in_words(tag: re.Match[str]) -> str:
    name = tag[1].lower()
    if name in _MEDIA:
        medium = _MEDIUM.match(tag[0])
        return f" {_label(medium)} " if medium else ""
    return "" if name in _INLINE else " "


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
