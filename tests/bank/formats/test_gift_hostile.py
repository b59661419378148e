"""GIFT from strangers: other encodings, great size, repetition, nonsense."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank.formats.gift_texts import fails, parse, said
from examhall.bank.formats import SIZE_LIMIT, decode
from examhall.bank.formats.gift.blocks import QUESTION_LIMIT
from examhall.bank.formats.gift.reading import ANSWERS_LIMIT, QUESTIONS_LIMIT
from examhall.bank.types import type_named
from examhall.bank.types.nesting import DEPTH_LIMIT
from examhall.errors import Invalid, PayloadTooLarge

PIECES = [
    "a", "{", "}", "=", "~", "#", "####", ":", "::", "\\", "%50%", "%", "->", "..", "1", "T", "\n", "\n\n", " ", "//",
    "[id:x]", "[html]", "[markdown]", "<b>", "&", "*", "$CATEGORY:", "\ufdd0", "é",
]  # fmt: skip


class TestDecode:
    def test_utf_8_with_or_without_a_mark(self) -> None:
        assert decode("é\n".encode()) == "é\n"
        assert decode("\ufeffé".encode()) == "é"
        assert decode(b"") == ""

    @pytest.mark.parametrize(
        ("data", "offset", "line"),
        [(b"a\r\nb\xe9c", 4, 2), (b"\xef\xbb\xbfa\xff", 4, 1), (b"a\rb\n\xed\xa0\x80", 4, 3), (b"a\n\nb\0", 4, 3)],
    )
    def test_other_bytes_are_named_with_place_and_line(self, data: bytes, offset: int, line: int) -> None:
        with pytest.raises(Invalid) as refused:
            decode(data)
        (error,) = refused.value.errors
        assert (error.field, error.params) == ("file", {"offset": offset, "line": line})
        assert error.message % error.params

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
    def test_another_unicode_encoding_is_refused(self, encoding: str) -> None:
        with pytest.raises(Invalid):
            decode("What?{T}".encode(encoding))

    def test_a_file_that_is_too_large_is_refused(self) -> None:
        assert len(decode(b"a" * SIZE_LIMIT)) == SIZE_LIMIT
        with pytest.raises(PayloadTooLarge):
            decode(b"a" * (SIZE_LIMIT + 1))


class TestHostile:
    def test_ten_thousand_questions_take_a_few_seconds(self) -> None:
        text = "".join(
            f"// [id:q{number}]\n::Q{number}::Is <b>{number}</b> odd?{{={number}#a\\=b ~%-50%x{number}####g}}\n\n"
            for number in range(QUESTIONS_LIMIT)
        )
        started = time.process_time()
        assert len(parse(text).questions) == QUESTIONS_LIMIT
        assert time.process_time() - started < 10

    def test_more_questions_than_that_are_refused(self) -> None:
        found = parse("}\n\n" * (QUESTIONS_LIMIT + 5))
        assert len(found.errors) == QUESTIONS_LIMIT + 1
        assert "more than 10000 questions" in said(found)[-1][1]

    def test_more_answers_than_a_file_may_have_are_refused(self) -> None:
        question = "What = is{" + "".join(f"={number}" for number in range(100)) + "}\n\n"
        assert len(parse(question * (ANSWERS_LIMIT // 100)).questions) == ANSWERS_LIMIT // 100
        found = parse(question * (ANSWERS_LIMIT // 100 + 2))
        message = "There are more than 60000 answers. Split the file and import the parts."
        assert (said(found), found.questions) == ([(2 * ANSWERS_LIMIT // 100 + 1, message)], [])

    def test_escaped_signs_and_those_of_what_is_asked_are_no_answers(self) -> None:
        found = parse("What ~ is a = b?{=a\\=b\\~c\\=d\\=e\\=f\\=g\\=h}\n\n" * 9_000 + "Which?{" + "=a" * 100 + "}")
        assert len(found.questions) == 9_001
        assert found.errors == []

    def test_more_options_than_a_question_may_have_are_refused(self) -> None:
        fails("Which?{=x" + "".join(f"~a{number}" for number in range(50)) + "}", 1, "Give at most 50 entries here.")

    def test_tags_within_tags_are_refused_where_they_are_too_deep(self) -> None:
        deep = "[html]Which?{=x#%s~y}"
        fails(deep % ("<div>" * (DEPTH_LIMIT + 1)), 1, "tags within tags, more than 300 deep")
        assert len(parse(deep % ("<div>" * DEPTH_LIMIT)).questions) == 1
        assert len(parse(deep % ("<p>a<br><b>b</b><li>" * 300)).questions) == 1

    def test_blank_lines_join_no_more_than_one_question_may_hold(self) -> None:
        found = parse("Which?{\n\n" + "~ab\n\n" * 40_000 + "=b}")
        assert "more than 100000 characters" in said(found)[0][1]

    def test_a_question_of_great_length_is_refused(self) -> None:
        fails("a" * (QUESTION_LIMIT + 1), 1, "Is a blank line missing?")

    @pytest.mark.parametrize(
        "unit",
        ["{", "}", "{}", "a{", "~", "=", "#", "a{~", "\\", "\\\\", "\\n", "::", ":", "[", "[id:", "// [tag:\\]", "//\n",
         "$CATEGORY: ", "$a$/", "\n", " ", "a{#=1", "%50%", "a{=a#=", "[html]<b>", "[markdown]*a", "<", "&", " \n{",
         "\\(", "\\(a", "$$", "$", "$\\a{", "$x_{", "{1:SA:=", "::a::\n", "{=}\n",
     "<a b=\"", "<a b='c' ", "=a->", "=a=", " = ", "%5", "->"],
    )  # fmt: skip
    def test_repetition_costs_no_more_than_its_length(self, unit: str) -> None:
        for head in ("", "a{", "a{=a#", "a{#", "// ", "::", "[markdown]", "$CATEGORY: "):
            text = head + unit * (90_000 // len(unit))
            started = time.process_time()
            parse(text + "}")
            assert time.process_time() - started < 2

    @given(
        st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
        | st.text(st.characters(codec="utf-8", exclude_characters="\0"))
    )
    def test_any_text_is_read_without_a_crash(self, text: str) -> None:
        found = parse(text)
        count = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        for question in found.questions:
            json.dumps(question.body).encode()
            assert type_named(question.type).load(question.body).to_json() == question.body
            assert 1 <= question.line <= count
            assert question.name
        notes = [note for question in found.questions for note in [*question.warnings, *question.losses]]
        for message in [*found.errors, *found.losses, *notes]:
            assert 1 <= message.line <= count
            assert message.text % message.params if message.params else message.text
