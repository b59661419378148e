"""CSV and XLSX: the template, what is refused at which row and column, what is written."""

from __future__ import annotations

import csv
import io
import time
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from bank.formats.table_rows import fault, one, read
from examhall.bank.formats import Item
from examhall.bank.formats.tables import CSV, XLSX, export_csv, export_xlsx, parse_csv, parse_xlsx
from examhall.bank.formats.tables.sheets import read_csv, write_csv
from examhall.bank.types import type_named
from examhall.errors import Invalid


class TestTemplate:
    def test_letters_of_options_and_the_letter_of_the_right_one(self) -> None:
        item = one("question,A,B,right", "What is 2 + 2?,3,4,B")
        assert (item.type, item.line, item.name) == ("single_choice", 2, "What is 2 + 2?")
        assert [(option["text"], option["fraction"]) for option in item.body["options"]] == [("3", "0"), ("4", "1")]

    def test_several_letters_share_the_mark(self) -> None:
        item = one("question,A,B,C,right", "Primes?,2,4,5,A; C")
        assert item.type == "multiple_choice"
        assert [option["fraction"] for option in item.body["options"]] == ["0.5", "0", "0.5"]

    def test_percents_say_what_each_is_worth(self) -> None:
        item = one("question,type,A,B,C,right", "Best?,single choice,x,y,z,B; A=50%; C=-25%")
        assert [option["fraction"] for option in item.body["options"]] == ["0.5", "1", "-0.25"]

    def test_true_and_false(self) -> None:
        assert one("question,right", "Wet?,TRUE").body["correct"] is True
        assert one("question;right", "Wet?;falso").body["correct"] is False

    def test_texts_and_numbers_to_write(self) -> None:
        short = one("question,type,a,b,right", "Capital?,short_text,Lima,Callao,A; B=20%")
        assert [(a["text"], a["fraction"]) for a in short.body["answers"]] == [("Lima", "1"), ("Callao", "0.2")]
        number = one("question,type,a,b,c", "g?,numeric,9.81 +- 0.02,9 .. 10,*")
        first, second, third = number.body["answers"]
        assert (first["value"], first["tolerance"], second["low"], second["high"], third["any"]) == (
            "9.81", "0.02", "9", "10", True,
        )  # fmt: skip

    def test_pairs_orders_rows_essays_and_descriptions(self) -> None:
        matching = one("question,type,a,b,c", "Which?,matching,Paris -> Seine,Cairo->Nile,-> Rhine").body
        assert [choice["text"] for choice in matching["choices"]] == ["Seine", "Nile", "Rhine"]
        assert [stem["text"] for stem in matching["stems"]] == ["Paris", "Cairo"]
        ordering = one("question,type,a,b", "Order?,ordering,first,second").body
        assert [item["text"] for item in ordering["items"]] == ["first", "second"]
        kprim = one("question,type,a,b,c,d,right", "Which?,kprim,1,2,3,4,B; D").body
        assert [row["correct"] for row in kprim["rows"]] == [False, True, False, True]
        assert one("question,type", "Why?,essay").type == "essay"
        assert one("question,type", "Read this.,Description").type == "description"

    def test_what_a_bank_keeps_beside_the_body(self) -> None:
        header = "question,right,name,id,category,tags,difficulty,language,points,status,feedback"
        item = one(header, 'Wet?,true,Rain,r-1,a/b,"x, y",Easy,en,2.5,draft,Because <b>so</b>')
        assert (item.name, item.external_id, item.category, item.tags) == ("Rain", "r-1", "a/b", ["x", "y"])
        assert (item.difficulty, item.language, str(item.points), item.status) == ("easy", "en", "2.5", "draft")
        assert item.body["feedback"] == "Because <b>so</b>"

    def test_plain_words_need_no_tags_and_keep_their_lines(self) -> None:
        item = one("question,right", '"1 < 2\n\nReally?",true')
        assert item.body["prompt"] == "<p>1 &lt; 2</p><p>Really?</p>"


@pytest.mark.parametrize(
    ("header", "row", "element", "words"),
    [
        ("question,a,b,right", "Q?,x,y,C", "row 2, column D", "no option C"),
        ("question,a,b,right", "Q?,x,y,first", "row 2, column D", "names no option"),
        ("question,a,b,right", "Q?,x,y,", "row 2, column D", "whole mark"),
        ("question,a,b,right", "Q?,x,y,A=1.1.1%", "row 2, column D", "no number"),
        ("question,type,a", "Q?,numeric,abc", "row 2, column C", "number"),
        ("question,type,a", "Q?,hotspot,x", "row 2, column B", "no type"),
        ("question,type,a", "Q?,matching,x", "row 2, column C", "pair"),
        ("question,right", "Q?,", "row 2", "of what type"),
        ("question,right", ",true", "row 2, column A", "text here"),
        ("question,right,points", "Q?,true,many", "row 2, column C", "no number"),
    ],
)
def test_what_is_wrong_is_told_with_row_and_column(header: str, row: str, element: str, words: str) -> None:
    where, said = fault(header, row)
    assert where == element
    assert words in said, said


class TestSheets:
    def test_the_delimiter_is_found_or_told(self) -> None:
        for sign in ",;\t|":
            assert read_csv(f"a{sign}b\n1{sign}2\n".encode()) == [(1, ["a", "b"]), (2, ["1", "2"])]
        assert read_csv(b"sep=#\na#b\n") == [(2, ["a", "b"])]

    def test_tags_within_tags_are_refused_where_they_are_too_deep(self) -> None:
        """These two megabytes took a parser ten seconds."""
        started = time.process_time()
        found = read("type,question", *[f"essay,{'<div>' * 3_900}"] * 100)
        assert len(found.errors) == 100
        assert "more than 300 deep" in found.errors[0].text % found.errors[0].params
        assert time.process_time() - started < 2

    def test_rows_are_counted_as_their_reader_counts_them(self) -> None:
        assert read_csv(b'a,b\n\n"x\ny",2\nz,3\n') == [(1, ["a", "b"]), (3, ["x\ny", "2"]), (5, ["z", "3"])]

    @pytest.mark.parametrize(
        "data",
        [b'a,b\n"open,2\n', b"", b"\n\n,,\n", b"a\xff\xfe", "a,b".encode("utf-16"), b"a,\0b", b"x" * 200_000,
         b",".join([b"x"] * 300)],
    )  # fmt: skip
    def test_what_is_no_table_is_refused(self, data: bytes) -> None:
        with pytest.raises(Invalid) as refused:
            read_csv(data)
        assert refused.value.errors[0].field == "file"

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-a", "@x", "\t=1", "＝1", "'=1", "''-x", " =1"])
    def test_no_cell_is_a_formula_and_what_was_written_comes_back(self, text: str) -> None:
        data = write_csv([["a", text]])
        (cell,) = [row[1] for row in csv.reader(io.StringIO(data.decode("utf-8-sig")))]
        assert cell.startswith("'")
        assert read_csv(data)[0][1][1] == text

    def test_negative_numbers_stay_numbers(self) -> None:
        assert write_csv([["-1.5"]]).decode("utf-8-sig") == "-1.5\r\n"

    def test_a_workbook_s_numbers_dates_and_blanks(self) -> None:
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
            sheet = workbook.add_worksheet()
            for place, name in enumerate(("question", "a", "b", "right")):
                sheet.write(0, place, name)
            for place, value in enumerate(("How many?", 3, 4.5, "A")):
                sheet.write(3, place, value)
        found = parse_xlsx(buffer.getvalue())
        assert [item.line for item in found.questions] == [4]
        assert [option["text"] for option in found.questions[0].body["options"]] == ["3", "4.5"]

    @pytest.mark.parametrize("data", [b"PK\3\4nonsense", b"", b"not a zip"])
    def test_a_broken_workbook_is_refused(self, data: bytes) -> None:
        with pytest.raises(Invalid):
            parse_xlsx(data)

    def test_each_is_known_by_its_content(self) -> None:
        workbook = export_xlsx([], {}, "Bank").data
        assert XLSX.recognises(workbook)
        assert not CSV.recognises(workbook)
        assert CSV.recognises(b"Question;Right\nWet?;true\n")
        assert not CSV.recognises(b"What is 2 + 2? {=4 ~3, or so}\n")


TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20).filter(
    lambda text: "->" not in text
)


@st.composite
def rows(draw: st.DrawFn) -> Item:
    kind = draw(st.sampled_from(["single_choice", "multiple_choice", "true_false", "short_text", "ordering", "essay"]))
    texts = draw(st.lists(TEXTS.map(escaped), min_size=2, max_size=6, unique_by=lambda text: " ".join(text.split())))
    fractions = ["1", *draw(st.lists(st.sampled_from(["0", "0.5", "-0.25"]), min_size=5, max_size=5))]
    data: dict[str, Any] = {"prompt": escaped(draw(TEXTS)), "feedback": escaped(draw(TEXTS))}
    if kind == "single_choice":
        data["options"] = [{"text": t, "fraction": f} for t, f in zip(texts, fractions, strict=False)]
    elif kind == "multiple_choice":
        data["options"] = [{"text": t, "fraction": str(int(n == 0))} for n, t in enumerate(texts)]
    elif kind == "true_false":
        data["correct"] = draw(st.booleans())
    elif kind == "short_text":
        data["answers"] = [
            {
                "text": draw(st.text("abcxyz -=+", min_size=1, max_size=9).filter(lambda text: text.strip() == text)),
                "fraction": "1",
            }
        ]
    elif kind == "ordering":
        data["items"] = [{"text": text} for text in texts]
    body = type_named(kind).validate(data).to_json()
    return Item(1, "Name", kind, body, "a/b", tags=draw(st.sampled_from([[], ["x", "y z"]])), external_id="7")


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class TestWriting:
    @given(st.lists(rows(), min_size=1, max_size=4))
    def test_what_a_row_can_say_comes_back_the_same(self, items: list[Item]) -> None:
        for export, parse in ((export_csv, parse_csv), (export_xlsx, parse_xlsx)):
            written = export(items, {}, "Bank")
            found = parse(written.data)
            assert found.errors == []
            assert [said(item) for item in found.questions] == [said(item) for item in items]

    def test_what_no_row_can_say_is_left_out_and_told(self) -> None:
        body = type_named("upload").validate({"prompt": "Hand up."}).to_json()
        written = export_csv([Item(1, "Name", "upload", body)], {}, "Bank")
        assert parse_csv_names(written.data) == ["question", "type", "right"]
        (loss,) = written.losses
        assert "left out" in loss.text

    def test_settings_that_are_lost_are_named(self) -> None:
        data = {"prompt": "x", "hints": ["h"], "answers": [{"text": "a", "fraction": "1"}], "case_sensitive": True}
        body = type_named("short_text").validate(data).to_json()
        assert len(export_csv([Item(1, "Name", "short_text", body)], {}, "Bank").losses) == 2


def parse_csv_names(data: bytes) -> list[str]:
    return read_csv(data)[0][1]


def said(item: Item) -> tuple[Any, ...]:
    return item.type, item.name, item.body, item.category, item.tags, item.external_id, item.points, item.status
