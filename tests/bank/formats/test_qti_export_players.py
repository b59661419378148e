"""What players of others need of QTI as we write it: each promise stands for one that scored or showed it wrongly."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bank.formats.test_qti_export import FORMATS, back, content, question, told, written
from examhall.bank.formats import Format, archive

POINTS = pytest.mark.parametrize("points", ["1", "0.7", "3"])


def rules(format: Format, kind: str, body: dict[str, Any], points: str = "1") -> Any:
    """The rules of a question in the names of 2.x."""
    root = content(format, question(kind, {"prompt": "?!", **body}, points=Decimal(points)))
    for element in root.iter():
        first, *others = element.tag.removeprefix("qti-").split("-")
        element.tag = first + "".join(other.capitalize() for other in others)
    (found,) = root.iter("responseProcessing")
    return found


@FORMATS
@POINTS
def test_verdicts_are_counted_by_their_mapping(format: Format, points: str) -> None:
    """Amp-up's player has no constants that are pairs."""
    rows = [{"text": text, "correct": text == "a"} for text in "abcd"]
    found = rules(format, "kprim", {"rows": rows}, points)
    assert [constant.attrib.values() for constant in found.iter("baseValue")] == [["float"]] * 4
    limits = [Decimal(comparison.findtext("baseValue")) / Decimal(points) for comparison in found.iter("gte")]
    assert [Decimal("0.75") < limits[0] < 1, Decimal("0.5") < limits[1] < Decimal("0.75")] == [True, True]
    item = question("kprim", {"prompt": "?!", "rows": rows}, points=Decimal(points))
    assert (back(format, item).body, back(format, item).points) == (item.body, Decimal(points))


@FORMATS
def test_what_stands_at_a_place_comes_first_in_its_comparison(format: Format) -> None:
    """CitoLab's components take the kind of a comparison from its second side, and stop if that is none."""
    items = [{"text": text} for text in "abc"]
    found = rules(format, "ordering", {"items": items, "scheme": "position"})
    assert [[side.tag for side in match] for match in found.iter("match")] == [["index", "baseValue"]] * 3


@FORMATS
@pytest.mark.parametrize("feedback", ["", "Yes"])
def test_texts_are_compared_only_where_there_is_one(format: Format, feedback: str) -> None:
    """Amp-up's player stops at a comparison with no text at all."""
    answers = [{"text": "a", "fraction": "1", "feedback": feedback}, {"text": "b*", "fraction": "0.5"}]
    found = rules(format, "short_text", {"answers": answers, "case_sensitive": True})
    (condition,) = found
    assert [element.tag for element in condition.iter()][:5] == [
        "responseCondition", "responseIf", "not", "isNull", "variable",
    ]  # fmt: skip
    assert [one.tag for one in condition.find("responseIf").iter("stringMatch", "patternMatch")] == [
        "stringMatch", "patternMatch",
    ]  # fmt: skip


@FORMATS
def test_no_answer_that_earns_what_none_of_them_earns_is_told(format: Format) -> None:
    options = [{"text": "a", "fraction": "0"}, {"text": "b", "fraction": "0"}]
    export = written(
        format, question("multiple_choice", {"prompt": "?!", "options": options, "scheme": "all_or_nothing"})
    )
    assert told(export) == ["In the file a question that is left unanswered earns what leaving all options earns."]


@FORMATS
@POINTS
def test_thirds_that_were_rounded_are_right_together(format: Format, points: str) -> None:
    """CitoLab's components round every sum to three digits; and fractions may be written with three."""
    options = [{"text": text, "fraction": "0.333"} for text in "abc"] + [{"text": "d", "fraction": "0"}]
    body = {"options": options, "scheme": "sum", "right_feedback": "Yes", "partial_feedback": "Not all"}
    right, partial = (
        Decimal(rule[0].findtext("baseValue"))
        for rule in rules(format, "multiple_choice", body, points).iter("responseIf", "responseElseIf")
        if rule[0].tag in ("gt", "gte")
    )
    assert Decimal("0.998") * Decimal(points) < right <= Decimal("0.999") * Decimal(points)
    assert partial == 0


@FORMATS
@pytest.mark.parametrize(("html", "shown"), [
    (r"<p>Let \(x &lt; 2\) be.</p>", ["x<2"]), (r"\[\sum_i i\]", ["∑ii"]), (r"a\(b\)c\(d\)", ["b", "d"]),
    (r"<b>x</b> \(y\) z", ["y"]), (r"<code>\(x\)</code>", []), (r"<pre><b>\(x\)</b></pre>\(y\)", ["y"]),
    (r"\\(x\\)", []), (r"\(x", []), (r"\(\href{a}{b}\)", []),
])  # fmt: skip
def test_formulas_are_mathml_and_come_back_as_latex(format: Format, html: str, shown: list[str]) -> None:
    """Players show MathML; LaTeX they show as it is written."""
    options = [{"text": html, "fraction": "1", "feedback": html}, {"text": "?", "fraction": "0"}]
    item = question("single_choice", {"prompt": html, "feedback": html, "options": options})
    formulas = list(content(format, item).iter("math"))
    assert [formula.get("display") == "block" for formula in formulas] == [r"\[" in html] * len(shown) * 4
    assert ["".join(formula.find("semantics/mrow").itertext()) for formula in formulas] == shown * 4
    assert back(format, item).body == item.body


@FORMATS
def test_formulas_stand_in_their_namespace(format: Format) -> None:
    files = archive.read(written(format, question("description", {"prompt": r"\(x\)"})).data)
    (data,) = [files[name] for name in files if name.startswith("items/")]
    assert b'<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><semantics><mrow><mi>x</mi>' in data


@FORMATS
def test_a_gap_stays_a_gap_beside_formulas(format: Format) -> None:
    gaps = [{"key": key, "kind": "short_text", "answers": [{"text": key, "fraction": "1"}]} for key in "123"]
    item = question("cloze", {"prompt": r"<p>\(x\) {#1} {#2}\(z\){#3}</p>", "gaps": gaps})
    root = content(format, item)
    assert [formula.findtext(".//annotation") for formula in root.iter("math")] == ["x", "z"]
    assert back(format, item).body == item.body
