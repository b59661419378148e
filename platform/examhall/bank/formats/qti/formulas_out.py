"""Formulas as MathML, in which QTI holds them; the LaTeX stands beside it, so that it can be read again as it was."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from examhall.bank.content.maths import mathml

_NAMESPACE = "http://www.w3.org/1998/Math/MathML"
_WITHIN = r"(?:[^\\]|\\[^][()])*+"
FORMULA = re.compile(rf"(?<!\\)(?:\\\({_WITHIN}\\\)|\\\[{_WITHIN}\\\])")
#: Elements in which a formula is not read.
LISTINGS = frozenset({"code", "kbd", "pre", "samp"})


def drawn(formula: str) -> Any | None:
    r"""A formula with its `\(` and `\)` or `\[` and `\]` as `math`; None for one that can't be drawn."""
    latex = formula[2:-2]
    written = mathml(latex, "block" if formula.startswith(r"\[") else "inline")
    if written is None:
        return None
    made = etree.fromstring(written.replace("<math", f'<math xmlns="{_NAMESPACE}"', 1))
    meaning = etree.Element(f"{{{_NAMESPACE}}}semantics")
    meaning.extend(made)
    etree.SubElement(meaning, f"{{{_NAMESPACE}}}annotation", encoding="application/x-tex").text = latex
    made.append(meaning)
    return made
