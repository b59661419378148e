"""Tags that an author means as they stand: in questions about HTML, C++ or Java, written as if they were HTML."""

from __future__ import annotations

from time import process_time

import pytest

from bank.formats.gift_texts import one as gift
from bank.formats.moodle_files import answer, one, parse, question
from bank.formats.table_rows import one as row
from examhall.bank.content.richtext import sanitise
from examhall.bank.formats.tags import literal, told_apart_by_tags

WARNING = "These tags are read as text: %(tags)s. Write &lt; for a less-than sign."


@pytest.mark.parametrize(("said", "read"), [
    ("vector<int> v; map<string,int> m;", ["<int>", "<string,int>"]),
    ("#include <stdio.h>", ["<stdio.h>"]),
    ("Map<String, List<Integer>> x", ["<String,", "<Integer>"]),
    ("What does <script> do?", ["<script>"]),
    ("Which </h1> ends it?", ["</h1>"]),
    ("A <Component /> of React", ["<Component />"]),
    ("See <https://example.org/> or <a@example.org>", ["<https://example.org/>", "<a@example.org>"]),
    ("if (a<b && c>d)", ["<b && c>"]),
    ("Is a <b or not?", ["<b"]),
    ("<h1>What</h1> is <h2>?", ["<h2>"]),
    ("What does <b> do, and <table>?", ["<b>", "<table>"]),
    ('The tag (<pre>) or "<ul>" is', ["<pre>", "<ul>"]),
])  # fmt: skip
def test_what_begins_no_element_is_text(said: str, read: list[str]) -> None:
    html, tags = literal(said)
    assert tags == read
    words = sanitise(html).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert words == said.replace("<h1>What</h1>", "What")


@pytest.mark.parametrize("html", [
    "<p>One<br>two</p>", "<font>old", '<font size="2">old</font>', "a <o:p></o:p> b", "a <o:p> b", "<tt>x</tt>",
    "<nolink>x</nolink>", "<td nowrap>1</td>", '<img alt="a<b" src="x.png">', '<input type="checkbox">', "1 < 2 > 1",
    "<input disabled>", "<center>Title", "<b>open", "a <b>b", "<p> <b> all", "One <p> two",
    "One <pre>\n two", "Read <i> </p>", "What does <b> <i>do</i></b>?", r"\(a<b\) and \[x<y\]", "<p>a</p  <p>b</p>",
    "<p>One.</p></form>", "One</body></html>", "One?</object>",
])  # fmt: skip
def test_an_element_stays_one(html: str) -> None:
    assert literal(html) == (html, [])


@pytest.mark.parametrize("piece", ['<a "', "<a ", "<a ''", '<a"b"', "<", "</a", '<a b="' + "y" * 190])
def test_time_does_not_grow_faster_than_a_text(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    start = process_time()
    literal(text)
    assert process_time() - start < 2


@pytest.mark.parametrize(("texts", "apart"), [
    (["<br>", "<lb>", "<break>"], True),
    (["<h1>", "<h6>"], True),
    (["<b>x</b>", "<i>x</i>", "<b></b>"], True),
    (['<a href="u">x</a>', '<a url="u">x</a>'], True),
    (["<!-- x -->", "// x"], True),
    (["<b>yes</b>", "no"], False),
    (["<p>yes</p>", "<p><br></p>"], False),
    (['<img src="a.png">', '<img src="b.png">'], False),
    (["x", "x"], False),
    (["List<String>", "List<Integer>"], False),
])  # fmt: skip
def test_options_may_differ_by_their_tags_alone(texts: list[str], apart: bool) -> None:
    assert told_apart_by_tags(texts) is apart


class TestFormats:
    """Each of them reads such texts, and tells it."""

    def test_gift(self) -> None:
        item = gift("What does <head> hold?{\n=List<String>#<none>\n~x\n}")
        assert item.body["prompt"] == "What does &lt;head&gt; hold?"
        assert [(o["text"], o["feedback"]) for o in item.body["options"]] == [
            ("List&lt;String&gt;", "&lt;none&gt;"), ("x", ""),
        ]  # fmt: skip
        assert [(note.line, note.text, note.params["tags"]) for note in item.warnings] == [
            (1, WARNING, "<head>"), (2, WARNING, "<String>"), (2, WARNING, "<none>"),
        ]  # fmt: skip
        assert item.losses == []

    def test_options_of_gift(self) -> None:
        item = gift("A break?{\n=<br>\n~[markdown]<lb> *a*\n~[plain]<break>\n~none\n}")
        assert [option["text"] for option in item.body["options"]] == [
            "&lt;br&gt;", "&lt;lb&gt; <em>a</em>", "&lt;break&gt;", "none",
        ]  # fmt: skip
        assert [(note.line, note.params["tags"]) for note in item.warnings] == [(2, "<br>"), (3, "<lb>")]

    def test_pairs_of_gift(self) -> None:
        body = gift("Match.{\n=<br> -> line\n=<hr> -> rule\n= -> <i>\n}").body
        assert [stem["text"] for stem in body["stems"]] == ["&lt;br&gt;", "&lt;hr&gt;"]
        assert [choice["text"] for choice in body["choices"]] == ["line", "rule", "&lt;i&gt;"]

    def test_pairs_of_moodle_xml(self) -> None:
        pairs = "".join(
            f"<subquestion><text>{stem}</text><answer><text>{words}</text></answer></subquestion>"
            for stem, words in (("&lt;b&gt;", "bold"), ("&lt;i&gt;", "slanted"), ("&lt;br&gt;", "nothing"))
        )
        body = one(question("matching", pairs)).body
        assert [stem["text"] for stem in body["stems"]] == ["&lt;b&gt;", "&lt;i&gt;"]
        assert [choice["text"] for choice in body["choices"]] == ["bold", "slanted", "nothing"]

    def test_moodle_xml(self) -> None:
        options = answer("100", "<![CDATA[vector<int> v; v.size()]]>") + answer("0", "&lt;none&gt;")
        item = one(question("multichoice", options, "<p>Which <list>?</p>", "About &lt;list&gt;"))
        assert (item.name, item.body["prompt"]) == ("About <list>", "<p>Which &lt;list&gt;?</p>")
        assert [option["text"] for option in item.body["options"]] == [
            "vector&lt;int&gt; v; v.size()", "&lt;none&gt;",
        ]  # fmt: skip
        assert [note.params["tags"] for note in item.warnings] == ["<list>", "<int>", "<none>"]

    def test_options_of_moodle_xml(self) -> None:
        options = (
            answer("100", "&lt;br&gt;") + answer("0", "<![CDATA[<a href='x'>]]>") + answer("0", "&amp;lt;c&amp;gt;")
        )
        item = one(question("multichoice", options))
        assert [option["text"] for option in item.body["options"]] == [
            "&lt;br&gt;", "&lt;a href='x'&gt;", "&lt;c&gt;",
        ]  # fmt: skip
        assert [(note.element, note.params["tags"]) for note in item.warnings] == [
            ("question[1]/answer[1]", "<br>"), ("question[1]/answer[2]", "<a href='x'>"),
        ]  # fmt: skip
        assert item.losses == []

    def test_a_line_break_that_an_editor_left_makes_no_text_of_other_tags(self) -> None:
        options = (
            answer("100", "<![CDATA[<b>a</b>]]>") + answer("0", "<![CDATA[<i>b</i>]]>") + answer("0", "&lt;br&gt;")
        )
        found = parse(question("multichoice", options))
        assert (found.questions, [message.element for message in found.errors]) == ([], ["question[1]/answer[3]"])

    def test_options_of_plain_text_in_moodle_xml_need_no_mending(self) -> None:
        options = "".join(
            f'<answer fraction="{fraction}" format="plain_text"><text>{text}</text></answer>'
            for fraction, text in (("100", "&lt;br&gt;"), ("0", "&lt;lb&gt;"))
        )
        item = one(question("multichoice", options))
        assert [option["text"] for option in item.body["options"]] == ["&lt;br&gt;", "&lt;lb&gt;"]
        assert item.warnings == []

    def test_tables(self) -> None:
        item = row("question,a,b,right", "What is #include <stdio.h>?,List<int>,x <big>y</big>,A")
        assert item.body["prompt"] == "What is #include &lt;stdio.h&gt;?"
        assert [option["text"] for option in item.body["options"]] == ["List&lt;int&gt;", "x y"]
        assert [(note.element, note.params["tags"]) for note in (*item.warnings, *item.losses)] == [
            ("row 2, column A", "<stdio.h>"), ("row 2, column B", "<int>"), ("row 2, column C", "<big>"),
        ]  # fmt: skip

    def test_options_of_tables(self) -> None:
        item = row("question,a,b,right", "A break?,<br>,<lb>,A")
        assert [option["text"] for option in item.body["options"]] == ["&lt;br&gt;", "&lt;lb&gt;"]
        assert [(note.element, note.text) for note in item.warnings] == [
            ("row 2, column B", WARNING), ("row 2, column C", WARNING),
        ]  # fmt: skip
