"""Tags that mark nothing up, but say what is asked: `vector<int>`, `#include <stdio.h>`, "What does <head> hold?".

A browser takes them for elements that it does not know, and hides them; a sanitiser drops them, some with all that
follows. Authors who write such a text in HTML mean the signs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from examhall.bank.content.richtext import TAGS, TYPED_FORMULA, plain_text, sanitise

#: Elements that old pages leave open, or that have no end.
_LEFT_OPEN = frozenset({
    "area", "basefont", "big", "blink", "center", "col", "embed", "font", "nobr", "param", "source", "strike", "track",
    "tt",
})  # fmt: skip
#: Elements that someone closes who means them, at least once in a text.
_CLOSED = TAGS - {
    "audio", "br", "caption", "dd", "dt", "hr", "img", "li", "p", "rp", "rt", "tbody", "td", "tfoot", "th", "thead",
    "tr", "video", "wbr",
}  # fmt: skip
_BEFORE_WORD = re.compile(r"[^\S\n]\w|[.,;:?!)\"'”»]")
_GLUED = re.compile(r"(?:[\w.,;:?!]|</[^\s<>]*>)\Z")
_ALONE = frozenset({
    "autoplay", "checked", "compact", "controls", "disabled", "hidden", "loop", "multiple", "muted", "noshade",
    "nowrap", "open", "readonly", "required", "reversed", "selected",
})  # fmt: skip
_QUOTED = r"""[^<>"']{0,100}(?:(?:"[^"]{0,200}"|'[^']{0,200}')[^<>"']{0,100}){1,8}+"""
_START_OR_END = re.compile(
    rf"<(?P<end>/?)(?P<name>[A-Za-z][^\s/<>]*)(?:(?P<rest>[^<>]*)>|(?P<quoted>{_QUOTED})>|(?P<cut>\s*(?=<)))?"
)
_FORMULA = re.compile(f"({TYPED_FORMULA.pattern})")
_OF_OFFICE = re.compile(r"[a-z0-9]+:[a-z]")  # <o:p> and the like, which word processors leave behind
TAG = re.compile(r"<[^<>]+>")
_CLOSED_OR_SHOWN = re.compile(r"</(?:p|div|span|table)\s*>|<(?:img|audio|video|math|svg)\b", re.IGNORECASE)


def literal(html: str) -> tuple[str, list[str]]:
    """The text with a `&lt;` for each "<" that begins no element, and the tags that are so read, each once.

    An element is what HTML has for texts, what has attributes, and what is closed.
    """
    if "<" not in html:
        return html, []
    names: dict[str, set[str]] = {"": set(), "/": set()}
    for found in _START_OR_END.finditer(html):
        names[found["end"]].add(found["name"].lower())
    read: dict[str, None] = {}

    def shown(found: re.Match[str]) -> str:
        partners = names["" if found["end"] else "/"]
        if not _says_itself(found, partners):
            return found[0]
        read[found[0]] = None
        return "&lt;" + found[0][1:]

    pieces = _FORMULA.split(html) if "\\" in html else [html]
    pieces[::2] = [_START_OR_END.sub(shown, piece) for piece in pieces[::2]]
    return "".join(pieces), list(read)


def _says_itself(found: re.Match[str], partners: set[str]) -> bool:
    name, rest = found["name"].lower(), found["rest"]
    if found["quoted"] is not None:
        return False
    if rest is None:  # nothing ends it, and a sanitiser would drop all that follows
        return found["cut"] is None or name not in TAGS
    words = rest.strip(" /\t\r\n").lower().split()
    if "=" in rest or (words and _ALONE.issuperset(words)):
        return False
    if name in TAGS or name in _LEFT_OPEN or _OF_OFFICE.match(name):
        return name not in partners and (bool(words) or (name in _CLOSED and _is_word(found)))
    return name not in partners and not _is_left_over(found)


def _is_word(found: re.Match[str]) -> bool:
    """Whether a start tag stands in its line as a word does: What does <b> do?"""
    before = found.string[max(found.start() - 2, 0) : found.start()]
    apart = before[-1:] in (" ", "(", '"', "“", "„", "«") and before.strip() not in ("", ">")
    return not found["end"] and apart and _BEFORE_WORD.match(found.string, found.end()) is not None


def _is_left_over(found: re.Match[str]) -> bool:
    """Whether an end tag stands behind a word or another one, as those of a page do from which a text was cut."""
    before = found.string[max(found.start() - 40, 0) : found.start()]
    return bool(found["end"]) and _GLUED.search(before) is not None


def told_apart_by_tags(texts: Sequence[str]) -> bool:
    """Whether options lose what tells them apart when their tags are left out, as do <br>, <lb> and <break>."""
    if not any("<" in text for text in texts) or any(_CLOSED_OR_SHOWN.search(text) for text in texts):
        return False
    left = [sanitise(literal(text)[0]) for text in texts]
    same = len(set(texts)) > len(set(left))
    return same or any(text and not plain_text(clean) for text, clean in zip(texts, left, strict=True))


def without_tags(html: str) -> str:
    """The text with each "<" and ">" as a sign."""
    return html.replace("<", "&lt;").replace(">", "&gt;")
