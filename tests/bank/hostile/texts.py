"""Texts, tables and JSON that nest, grow, hide or compute."""

from __future__ import annotations

import json
from collections.abc import Callable
from string import ascii_letters
from typing import Any

from bank.hostile.archives import packed

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{0}" Target="{1}"/></Relationships>'
)


def workbook(rows: str, before: str = "") -> bytes:
    """An XLSX file with one sheet."""
    return packed({
        "[Content_Types].xml": TYPES.encode(),
        "_rels/.rels": RELS.format("officeDocument", "xl/workbook.xml").encode(),
        "xl/workbook.xml": (before + BOOK).encode(),
        "xl/_rels/workbook.xml.rels": RELS.format("worksheet", "worksheets/sheet1.xml").encode(),
        "xl/worksheets/sheet1.xml": (before + SHEET.format(rows)).encode(),
    })  # fmt: skip


def of(type: str, **body: Any) -> bytes:
    """An Examhall file with one question."""
    question = {"name": "One", "type": type, "body": {"prompt": "Which?", **body}}
    return json.dumps({"examhall": 1, "questions": [question]}).encode()


def _short(pattern: str) -> bytes:
    return of("short_text", answers=[{"text": pattern, "pattern": True, "fraction": "1"}])


def _formula(text: str) -> bytes:
    return of(
        "calculated", prompt="What is {a}?", variables=[{"name": "a", "low": "1", "high": "2"}],
        answers=[{"formula": text, "tolerance": "0", "tolerance_type": "nominal", "fraction": "1"}],
    )  # fmt: skip


def _gift(count: int, answers: str) -> bytes:
    """A GIFT file with as many questions, all with these answers."""
    return "".join(f"Question {number}?{{{answers}}}\n\n" for number in range(count)).encode()


_PAIRS = [first + second for first in ascii_letters for second in ascii_letters]  # of letters
CSV = "type,question,a,b,right\n"

FILES: dict[str, Callable[[], bytes]] = {
    "braces": lambda: b"{" * 50_000,
    "braces and equals": lambda: b"a {" + b"=" * 90_000,
    "blanks before a brace": lambda: b" " * 3_000_000 + b"{",
    "answers without end": lambda: b"What? {" + b"~a " * 30_000 + b"}",
    "answers with a star": lambda: _gift(4_000, "".join(f"=*{pair}" for pair in _PAIRS[:100])),
    "stars and answers that they may match": lambda: _gift(
        2_500, "".join(f"=*{pair}" for pair in _PAIRS[:50]) + "".join(f"=%50%{pair}" for pair in _PAIRS[50:100])
    ),
    "plain answers": lambda: _gift(4_000, "".join(f"={pair}" for pair in _PAIRS[:100])),
    "numbers": lambda: _gift(4_000, "#" + "".join(f"={number}" for number in range(100))),
    "285,000 options of a letter": lambda: b"Which?{=x\n" + b"~a\n" * 285_000 + b"}",
    "options of a letter": lambda: _gift(9_000, "=x" + "".join(f"~{letter}" for letter in ascii_letters[:50])),
    "options of two letters": lambda: _gift(9_000, "=x" + "".join(f"~{pair}" for pair in _PAIRS[:49])),
    "pairs": lambda: _gift(3_000, "".join(f"={pair}->{pair}" for pair in _PAIRS[:50])),
    "answers between blank lines": lambda: b"Which?{\n\n" + b"~a\n\n" * 400_000 + b"}",
    "elements in elements": lambda: (b"[html]a" + b"<div>" * 3_900 + b"{T}\n\n") * 100,
    "one long question": lambda: b"What " * 30_000 + b"{T}",
    "emphasis that never closes": lambda: b"[markdown]" + b"*a **b " * 20_000 + b"{T}",
    "tags that never close": lambda: b"[html]" + b"<b><i>" * 9_000 + b"{T}",
    "colons": lambda: b"::" * 200_000 + b"{",
    "comments": lambda: b"// [tag:" * 100_000 + b"\n{",
    "13 MB": lambda: b"a {T}\n" + b"x" * 13_000_000,
    "no UTF-8": lambda: "::A\u00f1o:: \u00bfS\u00ed? {T}".encode("latin-1"),
    "UTF-16": lambda: "a {T}".encode("utf-16"),
    "UTF-32": lambda: "a {T}".encode("utf-32"),
    "NUL": lambda: b"::a" * 50 + b"\0 {T}",
    "nothing": lambda: b"",
    "white space": lambda: b" \n" * 100_000,
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "a program": lambda: b"\x7fELF" + bytes(range(256)) * 40,
    "a PDF": lambda: b"%PDF-1.7\n1 0 obj << /Type /Catalog /OpenAction << /S /JavaScript >> >>",
    "JSON: depth": lambda: b'{"examhall": 1, "questions": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "JSON: depth in a body": lambda: b'{"examhall": 1, "questions": [' + b'{"a":' * 40_000 + b"1" + b"}" * 40_002,
    "JSON: a number of a million digits": lambda: b'{"examhall": 1, "questions": [' + b"9" * 1_000_000 + b"]}",
    "JSON: no number": lambda: b'{"examhall": 1, "questions": [NaN, Infinity]}',
    "JSON: overflow": lambda: b'{"examhall": 1e400}',
    "JSON: the same key twice": lambda: b'{"examhall": 1, "questions": [], "questions": []}',
    "JSON: half a surrogate pair": lambda: b'{"examhall": 1, "questions": [{"name": "\\ud800", "type": "true_false", '
    b'"body": {"prompt": "x", "correct": true}}]}',
    "JSON: keys of the prototype": lambda: of("true_false", **{"__proto__": {"a": 1}, "constructor": "x"}),
    "JSON: 50,000 keys": lambda: of("true_false", correct=True, **{f"k{n}": n for n in range(50_000)}),
    "JSON: an answer of 10 MB": lambda: of("short_text", answers=[{"text": "x" * 10_000_000, "fraction": "1"}]),
    "JSON: 100,000 options": lambda: of("single_choice", options=[{"text": "a", "fraction": "0"}] * 100_000),
    "JSON: tags by the thousand": lambda: of("true_false", correct=True, feedback="<b>" * 9_000),
    "JSON: a newer schema": lambda: b'{"examhall": 99, "questions": []}',
    "23: pattern with a back reference": lambda: _short(r"(a+)\1"),
    "23: pattern that repeats without measure": lambda: _short("((a{1,100}){1,100}){1,100}"),
    "23: pattern that is none": lambda: _short("("),
    "23: formula that runs code": lambda: _formula("__import__('os').system('id')"),
    "23: formula that looks around": lambda: _formula("a.__class__.__mro__"),
    "23: formula without end": lambda: _formula("9^9^9^9^9"),
    "23: formula that nests": lambda: _formula("(" * 5_000 + "a" + ")" * 5_000),
    "80: lone quote": lambda: (CSV + 'single_choice,"Which?,a,b,A\n').encode() + b"x" * 200_000,
    "80: NUL": lambda: (CSV + "single_choice,Wh\0ich?,a,b,A\n").encode(),
    "80: one line of 10 MB": lambda: CSV.encode() + b"," * 10_000_000,
    "80: headings that look alike": lambda: "type,qu\u0435stion,a,b,right\nsingle_choice,Which?,a,b,A\n".encode(),
    "80: rows that are ragged": lambda: (CSV + "single_choice\n" * 50).encode(),
    "81: a workbook that is none": lambda: packed({"xl/workbook.xml": b"<x/>"}),
    "81: a million empty rows": lambda: workbook("".join(f'<row r="{n}"/>' for n in range(1, 1_048_577, 40))),
    "81: a cell at the far end": lambda: workbook('<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row>'),
    "81: entities": lambda: workbook("<row/>", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
}  # fmt: skip
