"""Formulas in presentation MathML as LaTeX, in which our questions hold them.

Source of the elements: W3C MathML Core. What has no counterpart here is left to the caller to tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.entities import html5
from typing import Any

from lxml import etree

from examhall.bank.content.maths import mathml

_FORMULA = re.compile(r"<math\b[^<>]*>(?:[^<]|<(?!/?math\b))*+</math\s*>", re.IGNORECASE)
_SAFE_FORMULA = re.compile("«math\\b[^«»]*»(?:[^«]|«(?!/?math\\b))*+«/math\\s*»")
_SAFE_SIGNS = str.maketrans("«»¨§`", "<>\"&'")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_VARIABLE = re.compile(r"\{[A-Za-z][A-Za-z0-9_]*\}")  # of a calculated question
_KNOWN_TO_XML = {"amp", "lt", "gt", "quot", "apos"}
_ROWS = {"math", "mrow", "mstyle", "mpadded"}
_FUNCTIONS = {"sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "log",
              "ln", "exp", "lim", "max", "min", "gcd", "det"}  # fmt: skip
_SIGNS = {"×": "\\times ", "÷": "\\div ", "⋅": "\\cdot ", "·": "\\cdot ", "−": "-", "≤": "\\le ", "≥": "\\ge ",
          "≠": "\\ne ", "±": "\\pm ", "→": "\\to ", "∞": "\\infty ", "∑": "\\sum ", "∫": "\\int ", "∏": "\\prod ",
          "{": "\\{", "}": "\\}", "%": "\\%", "&": "\\&", "#": "\\#", "_": "\\_", "$": "\\$", "\\": "\\backslash ",
          "^": "\\hat{}", "~": "\\sim ", "\u00a0": "\\ ",
          "\u2061": "", "\u2062": "", "\u2063": "", "\u2064": ""}  # fmt: skip
_ACCENTS = {"¯": "overline", "‾": "overline", "→": "vec", "^": "hat", "˙": "dot", "~": "tilde"}
_SCRIPTS = {"msup": "^", "msub": "_", "msubsup": "_^", "munder": "_", "munderover": "_^"}
_TEX = ("application/x-tex", "tex", "latex", "text/latex")


class Unknown(Exception):
    """A formula with something in it that has no counterpart."""


def latex_of(formula: Any) -> str | None:
    r"""The LaTeX of a `math` element (lxml, with or without namespace), `\(` and `\)` or `\[` and `\]` around it.

    None for a formula that can't be said, or not drawn.
    """
    said = next((str(one.text or "").strip() for one in formula.iter() if one.get("encoding", "").lower() in _TEX), "")
    try:
        text = said or _one(formula).strip()
    except Unknown:
        return None
    if not text or not mathml(text, "inline"):
        return None
    return f"\\[{text}\\]" if formula.get("display") == "block" else f"\\({text}\\)"


def with_latex(html: str) -> str:
    """HTML in which each formula in MathML that can be said is LaTeX; the others stay as they are."""
    if "«math" in html:  # as an editor for formulas stores them
        html = _SAFE_FORMULA.sub(lambda found: found[0].translate(_SAFE_SIGNS), html)
    return _FORMULA.sub(_replaced, html) if "<math" in html.lower() else html


def _replaced(found: re.Match[str]) -> str:
    text = _ENTITY.sub(
        lambda entity: entity[0] if entity[1] in _KNOWN_TO_XML else html5.get(entity[1] + ";", ""), found[0]
    )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    root = etree.fromstring(text.encode(), parser)
    said = latex_of(root) if root is not None else None
    return found[0] if said is None else said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _one(element: Any) -> str:
    name = re.sub(r"^\{[^}]*\}", "", str(element.tag))
    inner = [child for child in element if isinstance(child.tag, str)]
    words = " ".join((element.text or "").split()) or ("\u00a0" if element.text else "")
    if name in _ROWS:
        return "".join(map(_one, inner))
    if name == "semantics" and inner:
        return _one(inner[0])
    if name == "mi":
        return _named(words)
    if name in ("mn", "mo"):
        return "".join(_SIGNS.get(sign, sign) for sign in words)
    if name in ("mtext", "ms"):
        if set(words) & set("\\{}$"):
            raise Unknown
        return f"\\text{{{words}}}"
    if name == "mspace":
        return "\\ "
    if name == "msqrt":
        return f"\\sqrt{{{''.join(map(_one, inner))}}}"
    if name == "mfenced":
        return _fenced(element, inner)
    if name == "mtable":
        return "\\begin{matrix}" + "\\\\".join(map(_row, inner)) + "\\end{matrix}"
    return _with_parts(name, [_one(child) for child in inner], inner)


def _with_parts(name: str, parts: Sequence[str], inner: Sequence[Any]) -> str:
    signs = _SCRIPTS.get(name, "")
    if signs and len(parts) == len(signs) + 1:
        base = parts[0] if name.startswith("mu") else _grouped(parts[0])
        return base + "".join(f"{sign}{_grouped(part)}" for sign, part in zip(signs, parts[1:], strict=True))
    if name == "mfrac" and len(parts) == 2:
        return f"\\frac{{{parts[0]}}}{{{parts[1]}}}"
    if name == "mroot" and len(parts) == 2:
        return f"\\sqrt[{parts[1]}]{{{parts[0]}}}"
    if name == "mover" and len(parts) == 2:
        accent = _ACCENTS.get((inner[1].text or "").strip())
        return f"\\{accent}{{{parts[0]}}}" if accent else f"\\overset{{{parts[1]}}}{{{parts[0]}}}"
    raise Unknown


def _grouped(text: str) -> str:
    """A part in braces, unless it is one sign: braces around a name may mean a variable of a question."""
    return text if len(text) == 1 else f"{{{text}}}"


def _named(words: str) -> str:
    if _VARIABLE.fullmatch(words):
        return words
    if words in _FUNCTIONS:
        return f"\\{words} "
    return f"\\mathrm{{{words}}}" if len(words) > 1 and words.isalpha() else "".join(_SIGNS.get(c, c) for c in words)


def _fenced(element: Any, inner: Sequence[Any]) -> str:
    opened, closed = (_SIGNS.get(sign, sign) for sign in (element.get("open", "("), element.get("close", ")")))
    separator = (element.get("separators", ",").strip() or " ")[0]
    return f"\\left{opened or '.'}{separator.join(map(_one, inner))}\\right{closed or '.'}"


def _row(row: Any) -> str:
    return " & ".join("".join(map(_one, cell)) for cell in row)
