"""XML that reads files, calls home, grows, nests, or says wrong things of itself; and wrong questions in it."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable

ENTITY = (
    '<?xml version="1.0"?><!DOCTYPE quiz [{}]><quiz><question type="truefalse"><name><text>{}</text></name>'
    "</question></quiz>"
)
QUESTION = (
    '<question type="truefalse"><name><text>One</text></name>'
    '<questiontext format="html"><text>{}</text>{}</questiontext>'
    '<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question>'
)
ITEM = (
    '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="{id}" title="T" adaptive="false" '
    'timeDependent="false">{declarations}<itemBody>{body}</itemBody>{processing}</assessmentItem>'
)
CHOICE = (
    '<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Which?</prompt>'
    '<simpleChoice identifier="A">a</simpleChoice><simpleChoice identifier="B">b</simpleChoice></choiceInteraction>'
)


def quiz(*questions: str) -> bytes:
    """A Moodle XML file."""
    return f'<?xml version="1.0" encoding="UTF-8"?><quiz>{"".join(questions)}</quiz>'.encode()


def with_file(name: str, data: bytes) -> bytes:
    """A Moodle XML file whose question shows a file."""
    shown = f'&lt;p&gt;Is it?&lt;img src="@@PLUGINFILE@@/{name}" alt="it"&gt;&lt;/p&gt;'
    file = f'<file name="{name}" path="/" encoding="base64">{base64.b64encode(data).decode()}</file>'
    return quiz(QUESTION.format(shown, file))


def item(declarations: str = "", body: str = CHOICE, processing: str = "", id: str = "I") -> bytes:
    """A QTI item."""
    return ITEM.format(declarations=declarations, body=body, processing=processing, id=id).encode()


def declared(cardinality: str = "single", type: str = "identifier", inside: str = "") -> str:
    """A response declaration."""
    said = f'identifier="RESPONSE" cardinality="{cardinality}" baseType="{type}"'
    return f"<responseDeclaration {said}>{inside}</responseDeclaration>"


def png(width: int, height: int) -> bytes:
    """A picture that says it is so large, and is not."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def _laughs() -> str:
    lines = ['<!ENTITY a0 "ha">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    return "".join(lines)


FILES: dict[str, Callable[[], bytes]] = {
    "65 file": lambda: ENTITY.format('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;").encode(),
    "65 network": lambda: ENTITY.format('<!ENTITY x SYSTEM "http://127.0.0.1:9/x">', "&x;").encode(),
    "65 parameter entity": lambda: ENTITY.format('<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;', "").encode(),
    "65 external DTD": lambda: b'<!DOCTYPE quiz SYSTEM "http://127.0.0.1:9/x.dtd"><quiz/>',
    "65 public DTD": lambda: b'<!DOCTYPE quiz PUBLIC "-//X" "file:///etc/passwd"><quiz/>',
    "65 in a QTI item": lambda: b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + item(),
    "65 XInclude": lambda: quiz(
        '<question type="truefalse"><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" '
        'parse="text"/></question>'
    ),
    "66 billion laughs": lambda: ENTITY.format(_laughs(), "&a9;").encode(),
    "67 quadratic blow-up": lambda: ENTITY.format(f'<!ENTITY a "{"x" * 50_000}">', "&a;" * 5_000).encode(),
    "68 depth": lambda: quiz("<a>" * 5_000 + "</a>" * 5_000),
    "69 UTF-7": lambda: b'<?xml version="1.0" encoding="UTF-7"?><quiz>+ADw-</quiz>',
    "69 EBCDIC": lambda: '<?xml version="1.0" encoding="cp037"?><quiz/>'.encode("cp037"),
    "69 wrong declaration": lambda: '<?xml version="1.0" encoding="UTF-8"?><quiz>\u00e9</quiz>'.encode("latin-1"),
    "69 UTF-16 without a mark": lambda: '<?xml version="1.0" encoding="UTF-16"?><quiz/>'.encode("utf-16-le"),
    "69 mark that lies": lambda: b"\xff\xfe" + b"<quiz/>",
    "70 attributes": lambda: b"<quiz><a " + b" ".join(b'a%d=""' % n for n in range(700_000)) + b"/></quiz>",
    "70 elements": lambda: b"<quiz>" + b"<a/>" * 800_000 + b"</quiz>",
    "70 not closed": lambda: b"<quiz>" + b"<question>" * 200,
    "70 NUL": lambda: b"<quiz>\0</quiz>",
    "70 nothing in it": lambda: quiz(),
    "77 long identifier": lambda: item(declared(inside=""), id="I" * 10_000),
    "78 custom operator": lambda: item(
        declared(inside="<correctResponse><value>A</value></correctResponse>"),
        processing='<responseProcessing><setOutcomeValue identifier="SCORE"><customOperator class="java.lang.Runtime">'
        '<baseValue baseType="string">x</baseValue></customOperator></setOutcomeValue></responseProcessing>',
    ),
    "78 deep processing": lambda: item(
        declared(inside="<correctResponse><value>A</value></correctResponse>"),
        processing='<responseProcessing><setOutcomeValue identifier="SCORE">' + "<product>" * 200
        + '<baseValue baseType="float">9e99</baseValue>' + "</product>" * 200
        + "</setOutcomeValue></responseProcessing>",
    ),
    "79 no key": lambda: item(declared()),
    "79 key that is no option": lambda: item(declared(inside="<correctResponse><value>Z</value></correctResponse>")),
    "79 score that is no number": lambda: item(
        declared(inside='<mapping defaultValue="NaN"><mapEntry mapKey="A" mappedValue="NaN"/></mapping>')
    ),
    "79 another cardinality": lambda: item(
        declared("record", "pair", "<correctResponse><value>A</value><value>B</value></correctResponse>")
    ),
    "82 SVG": lambda: with_file("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "82 HTML named as a picture": lambda: with_file("a.png", b"<!DOCTYPE html><script>alert(1)</script>"),
    "82 huge picture": lambda: with_file("a.png", png(100_000, 100_000)),
    "82 picture cut off": lambda: with_file("a.png", png(60, 60)[:50]),
    "82 GIF that is a script": lambda: with_file("a.gif", b"GIF89a/*\x00*/=1;alert(1)"),

    "83 program named as a sound": lambda: with_file("a.mp3", b"MZ" + bytes(5_000)),
}  # fmt: skip
