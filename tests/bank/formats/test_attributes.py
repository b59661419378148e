"""What a text in HTML loses is told once for all formats, where the format says that it stands."""

from __future__ import annotations

from typing import Any

import pytest

from examhall.bank.content.richtext import sanitise
from examhall.bank.formats import Message
from examhall.bank.formats.attributes import settled


def message(text: str, /, **params: Any) -> Message:
    return Message(7, text, params, "question[2]")


def test_formulas_foreign_tags_and_attributes_are_told_where_they_stand() -> None:
    warnings: list[Message] = []
    losses: list[Message] = []
    html = settled('<p style="x">$$a_1$$ <font size="2">if x <y</font></p>', message, warnings, losses)
    assert html == '<p style="x">\\[a_1\\] <font size="2">if x &lt;y</font></p>'
    assert [(note.line, note.element, note.text) for note in warnings] == [
        (7, "question[2]", "A formula between $$ is read as one between \\[ and \\]."),
        (7, "question[2]", "These tags are read as text: %(tags)s. Write &lt; for a less-than sign."),
    ]
    assert [note.text % note.params for note in losses] == [
        "This may not stand in a question: <font>. Its text stays; write &lt; for a less-than sign.",
        "These attributes of HTML are left out: size, style.",
    ]
    assert {note.element for note in losses} == {"question[2]"}


def test_a_displayed_formula_may_go_over_lines_and_hold_others() -> None:
    told: list[Message] = []
    html = settled("$$<br>a = \\text{if $x$}<br />$$ and $5, $$b$$", message, told, told)
    assert html == "\\[<br>a = \\text{if $x$}<br />\\] and $5, \\[b\\]"


def test_nothing_is_told_of_a_text_that_keeps_all() -> None:
    told: list[Message] = []
    assert settled("<p>1 &lt; 2 for $5 and $$</p>", message, told, told) == "<p>1 &lt; 2 for $5 and $$</p>"
    assert told == []


@pytest.mark.parametrize("tag", [
    "iframe", "math", "noscript", "object", "script", "style", "svg", "template", "title", "font", "center", "button",
])  # fmt: skip
def test_what_is_told_of_a_foreign_tag_is_what_becomes_of_its_text(tag: str) -> None:
    losses: list[Message] = []
    html = settled(f"<p>Read: <{tag}>this</{tag}></p>", message, [], losses)
    (told,) = [note.text % note.params for note in losses]
    assert f"<{tag}>" in told
    assert ("Its text stays" in told) == ("this" in sanitise(html))
