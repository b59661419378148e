"""Plain words become HTML and come back as they were typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank.factories import BODIES
from examhall.bank.authoring.markup import to_html, to_number, to_text
from examhall.bank.content.richtext import plain_text, sanitise

TYPED = {
    "What is 2 + 2?": "What is 2 + 2?",
    "Is a < b & c > d?": "Is a &lt; b &amp; c &gt; d?",
    "if x<y": "if x&lt;y",
    "One\r\n\r\nTwo\r\n  \r\n\r\nThree": "<p>One</p><p>Two</p><p>Three</p>",
    "A\nB": "A<br>B",
    "A\nB\n\nC": "<p>A<br>B</p><p>C</p>",
    "H<sub>2</sub>O\nagain": "H<sub>2</sub>O<br>again",
    "Write &lt;b&gt; here": "Write &lt;b&gt; here",
    "": "",
}


@pytest.mark.parametrize(("text", "html"), TYPED.items())
def test_what_is_typed_becomes_html_and_comes_back(text: str, html: str) -> None:
    stored = sanitise(to_html(text))
    assert stored == html
    assert to_text(stored) == "\n\n".join(part.strip() for part in text.replace("\r\n", "\n").split("\n\n"))


def test_tags_that_plain_text_cannot_say_are_shown() -> None:
    for html in ("<ul><li>One</li></ul>", "<p>One <b>two</b></p>", "<p>One</p>", "<pre>a\nb</pre>", "a <br><br> b"):
        stored = sanitise(html)
        assert sanitise(to_html(to_text(stored))) == stored


@given(st.text(st.sampled_from("ab <>&;/p\n\"'é\u00a0") | st.characters(codec="utf-8")))
def test_going_on_where_one_stopped_changes_nothing(text: str) -> None:
    stored = sanitise(to_html(text))
    assert sanitise(to_html(to_text(stored))) == stored


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<br>", "<b>", "</b>", "\n", " ", "&lt;", "&amp;lt;", "a", "b"]),
        min_size=1,
        max_size=9,
    )
)
def test_stored_html_survives_being_edited_untouched(parts: list[str]) -> None:
    stored = sanitise("".join(parts))
    again = sanitise(to_html(to_text(stored)))
    has_block = any(tag in stored for tag in ("<p>", "<br>"))
    assert again == stored or (not has_block and again.split() == stored.split())


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P"], exclude_characters="<>&"), min_size=1))
def test_no_word_is_lost(text: str) -> None:
    assert plain_text(sanitise(to_html(text))) == " ".join(text.split())


def test_numbers_of_any_script_are_read() -> None:
    assert to_number(" ١٢٫٥ ") == to_number("۱۲٫۵") == "12.5"
    assert to_number("−3.1e2") == "-3.1e2"
    assert to_number("1,5") == "1,5"
    assert to_number("²") == "²"
    assert BODIES["numeric"]["answers"][0]["value"] == to_number("3.14159")
