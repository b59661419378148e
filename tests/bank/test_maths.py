"""Formulas become MathML and nothing else, whatever is written in them."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examhall.bank.content.maths import mathml

COMMANDS = [
    r"\frac", r"\sqrt", "[", "]", "{", "}", "^", "_", "a", "1", r"\left(", r"\right)", r"\begin{matrix}",
    r"\end{matrix}", "&", r"\\", r"\text{<script>alert(1)</script>}", r"\href{javascript:alert(1)}", r"\style{x:y}",
    r"\class{a}", r"\color{red}", r"\color{\" onclick=\"x}", r"\textcolor{red}", r"\hspace{1em}", r"\hspace{x\"}",
    r"\rule", "{1em}", r"\unicode{3c}", r"\mathbf", r"\over", "'", r"\limits", r"\sum", r"\verb|<b>|", r"\tag{<i>}",
    r"\operatorname{x}", r"\def\a{\a\a}", r"\a", r"\genfrac", "<", ">", '"', "&lt;", "&#x3c;", r"\colorbox{red}", "%",
]  # fmt: skip


class Page(HTMLParser):
    """The elements and the attributes' names of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open.append(tag)
        self.names |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_fraction_is_drawn() -> None:
    assert mathml(r"\frac{1}{x}") == (
        '<math display="inline"><mrow><mfrac><mrow><mn>1</mn></mrow><mrow><mi>x</mi></mrow></mfrac></mrow></math>'
    )


def test_limits_stand_above_and_below_where_a_formula_has_its_own_line() -> None:
    assert "<munderover>" in (mathml(r"\sum_{i=1}^n i", "block") or "")
    assert "<msubsup>" in (mathml(r"\sum_{i=1}^n i") or "")


@pytest.mark.parametrize(
    "latex",
    [r"\href{https://example.org}{x}", r"\style{color:red}{x}", r"\class{btn}{x}", r"\def\a{\a}\a", r"\hspace{999em}",
     r"\raise{99em}{x}", "{", r"\left(", "", " ", "x" * 2001, r"\color{url(x)}{y}"],
)  # fmt: skip
def test_what_leads_away_is_huge_or_wrong_is_not_drawn(latex: str) -> None:
    assert mathml(latex) is None


@given(st.lists(st.sampled_from(COMMANDS) | st.text(max_size=3), max_size=30).map("".join))
def test_whatever_is_written_only_mathematics_comes_out(latex: str) -> None:
    drawn = mathml(latex)
    if drawn is None:
        return
    page = Page(drawn)
    assert page.tags[0] == "math"
    assert page.tags.count("math") == 1
    assert not page.open
    assert all(tag.startswith("m") for tag in page.tags)
    assert not page.names & {"href", "style", "class", "id", "src"}
    assert not any(name.startswith("on") for name in page.names)


@pytest.mark.parametrize("piece", [r"\frac", r"\hbox{$", "'", "^", r"\sqrt[", r"\left(", r"\begin{matrix}", r"\not"])
def test_a_hostile_formula_costs_little(piece: str) -> None:
    started = time.process_time()
    mathml(piece * (2000 // len(piece)))
    assert time.process_time() - started < 0.5
