r"""Formulas: LaTeX as authors write it, as the MathML that browsers draw and read aloud.

latex2mathml does the translation, but what it gives is not trusted: its own writer leaves out every escape, and
commands such as `\href` and `\style` set attributes. So its tree is written anew here, and only known elements with
attributes of known shape pass. What cannot be drawn is shown as it was written.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

LATEX_LIMIT = 2_000
_DEPTH_LIMIT = 60
_OUTPUT_LIMIT = 50_000

#: What names, loads or runs something, and definitions, which can grow without bound.
_FORBIDDEN = re.compile(
    r"\\(class|def|DeclareMathOperator|href|newcommand|newenvironment|renewcommand|style|verb)(?![A-Za-z])"
)
_ELEMENTS = frozenset({
    "math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow", "mspace", "msqrt",
    "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
})  # fmt: skip
_COLOUR = re.compile(r"[A-Za-z]{1,20}|#[0-9A-Fa-f]{3,6}")
_LENGTH = re.compile(
    r"[+-]?([0-9]{0,1}(\.[0-9]{1,3})?(em|ex|in|cm|mm|pc|mu|width)?|[0-9]{1,2}(\.[0-9]{1,3})?(px|pt))"
    r"|(negative)?(thin|medium|thick)mathspace"
)
_LENGTHS = re.compile(rf"({_LENGTH.pattern})( ({_LENGTH.pattern}))*")
_WORDS = re.compile(r"[a-z]{1,20}(-[a-z]{1,20})*( [a-z]{1,20})*")
_SHAPES = (
    dict.fromkeys(("mathbackground", "mathcolor"), _COLOUR)
    | dict.fromkeys(
        ("depth", "height", "linethickness", "lspace", "mathsize", "maxsize", "minsize", "rspace", "voffset", "width"),
        _LENGTH,
    )
    | dict.fromkeys(("columnspacing", "rowspacing"), _LENGTHS)
    | dict.fromkeys(
        ("accent", "columnalign", "columnlines", "display", "displaystyle", "fence", "form", "largeop", "linebreak",
         "mathvariant", "movablelimits", "notation", "rowlines", "separator", "stretchy"),
        _WORDS,
    )
    | {"scriptlevel": re.compile("[0-2]")}
)  # fmt: skip
_CHARACTER = re.compile(r"&#x[0-9A-Fa-f]{1,6};")  # how latex2mathml writes symbols, inside of texts


@lru_cache(maxsize=4096)
def mathml(latex: str, display: str = "inline") -> str | None:
    """A formula as a `<math>` element, safe in any page; None for one that can't be drawn.

    `display` is inline or block. What it does not know, such as a misspelt command, it draws as it was written.
    """
    if len(latex) > LATEX_LIMIT or not latex.strip() or _FORBIDDEN.search(latex):
        return None
    try:
        pieces: list[str] = []
        _write(convert_to_element(latex, display=display), pieces, 0)
    except Exception:  # latex2mathml fails on wrong formulas in many ways, from StopIteration to RecursionError
        return None
    written = "".join(pieces)
    return written if len(written) <= _OUTPUT_LIMIT else None


def _write(element: Element, pieces: list[str], depth: int) -> None:
    """Append an element and what it holds; raises ValueError for what may not stand in a page."""
    if element.tag not in _ELEMENTS or depth > _DEPTH_LIMIT:
        raise ValueError(element.tag)
    attributes = ""
    for name, value in element.attrib.items():
        if name == "xmlns":
            continue
        if name not in _SHAPES or not _SHAPES[name].fullmatch(value):
            raise ValueError(name)
        attributes += f' {name}="{value}"'
    text = _CHARACTER.sub(lambda found: unescape(found[0]), element.text or "")
    pieces.append(f"<{element.tag}{attributes}>{escape(text, quote=False)}")
    for child in element:
        _write(child, pieces, depth + 1)
    pieces.append(f"</{element.tag}>")
