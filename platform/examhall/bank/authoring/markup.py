"""What an author types, as HTML, and back: most questions are plain words, and nobody should need tags for these."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from examhall.bank.content.richtext import BLOCK_TAG, TYPED_FORMULA, sanitise

_LINE_END = re.compile(r"\r\n?")
_BLOCK = re.compile(BLOCK_TAG, re.IGNORECASE)
_LESS_THAN = re.compile(r"<(?!/?[A-Za-z][^<>]*>)")
_IN_FORMULA = re.compile("<(?!br>)")
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_BREAK = re.compile(r"<br>\s*")
_PARAGRAPHS = re.compile(r"(?:<p>(?:(?!</?p>).)*</p>\s*)+", re.DOTALL)
_BETWEEN_PARAGRAPHS = re.compile(r"</p>\s*<p>")


def to_html(text: str) -> str:
    """HTML of what was typed; still to be sanitised.

    A "<" that begins no tag is a less-than sign, and so is every one in a formula. Without the tag of a
    block a blank line parts paragraphs, and a line break stays one.
    """
    text = _LINE_END.sub("\n", text).strip()
    text = TYPED_FORMULA.sub(lambda formula: _IN_FORMULA.sub("&lt;", formula[0]), text)
    text = _LESS_THAN.sub("&lt;", text)
    if _BLOCK.search(text):
        return text
    blocks = [block.strip().replace("\n", "<br>") for block in _BLANK_LINES.split(text)]
    return blocks[0] if len(blocks) == 1 else "".join(f"<p>{block}</p>" for block in blocks)


def to_text(html: str) -> str:
    """Sanitised HTML as its author may go on typing: without tags where `to_html` gives just this HTML back."""
    lines = _BREAK.sub("\n", html)
    if _PARAGRAPHS.fullmatch(lines):
        lines = _BETWEEN_PARAGRAPHS.sub("\n\n", lines).removeprefix("<p>").removesuffix("</p>")
    for text in (unescape(lines), lines):
        if sanitise(to_html(text)) == html:
            return text
    # Without a block to show that it is HTML, its line breaks would be taken for the author's: there they mean a space.
    return html if _BLOCK.search(html) else " ".join(html.split())


def to_number(text: str) -> str:
    """A number in digits of any script, as ASCII, with a point for the Arabic decimal sign."""
    digits = "".join(str(unicodedata.decimal(character, character)) for character in text.strip())
    return digits.replace("٫", ".").replace("−", "-")
