"""Formulas that files bring in MathML become LaTeX; what has no counterpart is told and not guessed."""

from __future__ import annotations

import time

import pytest

from bank.formats import moodle_files
from bank.formats.gift_texts import body
from bank.formats.qti_files import choices, item, losses, one, response
from examhall.bank.formats import registry
from examhall.bank.formats.mathml import with_latex
from examhall.errors import Invalid

SQUARE = '<math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>x</mi><mn>2</mn></msup></math>'


@pytest.mark.parametrize(("inner", "latex"), [
    ("<msub><mi>a</mi><mrow><mi>i</mi><mn>1</mn></mrow></msub>", "a_{i1}"),
    ("<msup><mfenced><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow></mfenced><mn>2</mn></msup>",
     "{\\left(a+b\\right)}^2"),
    ("<mfrac><mn>1</mn><msqrt><mn>2</mn></msqrt></mfrac>", "\\frac{1}{\\sqrt{2}}"),
    ("<mroot><mi>x</mi><mn>3</mn></mroot>", "\\sqrt[3]{x}"),
    ("<munderover><mo>&sum;</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>",
     "\\sum _{i=1}^n"),
    ("<mi>sin</mi><mo>&#x2061;</mo><mi>&alpha;</mi>", "\\sin α"),
    ("<mn>50</mn><mo>%</mo><mspace width='1em'/><mtext>of it</mtext>", "50\\%\\ \\text{of it}"),
    ("<mover><mi>v</mi><mo>→</mo></mover><mo>&le;</mo><mn>3</mn>", "\\vec{v}\\le 3"),
    ("<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr></mtable>",
     "\\begin{matrix}1 &amp; 2\\end{matrix}"),
    ("<mi>{a}</mi><mo>+</mo><mn>1</mn>", "{a}+1"),
    ("<mi>a</mi><mo>&lt;</mo><mi>b</mi>", "a&lt;b"),
    ("<semantics><mi>q</mi><annotation encoding='LaTeX'>\\pi</annotation></semantics>", "\\pi"),
])  # fmt: skip
def test_elements_have_their_counterparts(inner: str, latex: str) -> None:
    assert with_latex(f"Is <math>{inner}</math>?") == f"Is \\({latex}\\)?"


@pytest.mark.parametrize(
    "inner", ["<menclose><mi>x</mi></menclose>", "<msup><mi>x</mi></msup>", "", "<mtext>$</mtext>"]
)
def test_what_has_none_stays_to_be_told(inner: str) -> None:
    assert with_latex(f"<math>{inner}</math>") == f"<math>{inner}</math>"


def test_a_line_of_its_own_stays_one() -> None:
    assert with_latex('<math display="block"><mi>x</mi></math>') == "\\[x\\]"


def test_an_editor_writes_other_brackets() -> None:
    assert with_latex("«math xmlns=¨urn:x¨»«mi»x«/mi»«mo»§#183;«/mo»«mi»y«/mi»«/math»") == "\\(x\\cdot y\\)"


def test_all_formats_keep_the_formula() -> None:
    assert moodle_files.body("description", text=f"See {SQUARE}")["prompt"] == "See \\(x^2\\)"
    assert body("[html]See " + SQUARE.replace("=", "\\=").replace(":", "\\:") + "{T}")["prompt"] == "See \\(x^2\\)"
    inner = SQUARE.partition(">")[2].removesuffix("</math>")
    told = f'<p><math xmlns="http://www.w3.org/1998/Math/MathML">{inner}</math></p>{choices("A", "B")}'
    assert "\\(x^2\\)" in one(item(response("A"), told)).body["prompt"]
    assert losses(item(response("A"), told)) == []


def test_formulas_that_nothing_closes_are_read_in_linear_time() -> None:
    start = time.process_time()
    assert with_latex("<math><mi>" * 50_000).count("<math>") == 50_000
    assert with_latex("«math»«mi»" * 50_000).count("«math»") == 50_000
    assert time.process_time() - start < 2


@pytest.mark.parametrize("text", ['[{"question": "a", "key": "b"}]', '{"a": {}}', "{\\rtf1 x}", "<html>{a}</html>"])
def test_braces_alone_do_not_make_gift(text: str) -> None:
    with pytest.raises(Invalid):
        registry.format_of(text.encode())
