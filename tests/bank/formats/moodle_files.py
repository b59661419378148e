"""Moodle XML for tests, and what an import says of it."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from PIL import Image

from examhall.bank.formats import Export, Import, Item, Medium, Message
from examhall.bank.formats.moodle_xml import FORMAT
from examhall.bank.types import type_named

#: A red square of 10 by 10.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC"

PICTURE = base64.b64decode(PNG)
FILE = f'<file name="a b.png" path="/" encoding="base64">{PNG[:40]}\n  {PNG[40:]}</file>'


def question(kind: str, inner: str = "", text: str = "What?", name: str = "N") -> str:
    return (
        f'<question type="{kind}"><name><text>{name}</text></name>'
        f'<questiontext format="html"><text><![CDATA[{text}]]></text></questiontext>{inner}</question>'
    )


def answer(fraction: str, text: str, feedback: str = "", more: str = "") -> str:
    told = f'<feedback format="html"><text>{feedback}</text></feedback>' if feedback else ""
    return f'<answer fraction="{fraction}"><text>{text}</text>{told}{more}</answer>'


def parse(*questions: str, **settings: Any) -> Import:
    quiz = "<?xml version='1.0' encoding='UTF-8'?>\n<quiz>\n" + "\n".join(questions) + "\n</quiz>\n"
    assert FORMAT.parse is not None
    return FORMAT.parse(quiz.encode(), **settings)


def one(*questions: str, **settings: Any) -> Item:
    """The only question of a file without errors."""
    found = parse(*questions, **settings)
    assert said(found.errors) == []
    (item,) = found.questions
    return item


def body(kind: str, inner: str = "", text: str = "What?") -> dict[str, Any]:
    return one(question(kind, inner, text)).body


def said(messages: list[Message]) -> list[str]:
    """Messages as an author reads them."""
    return [message.text % message.params if message.params else message.text for message in messages]


def error(*questions: str, **settings: Any) -> Message:
    """The only error of a file without a sound question."""
    found = parse(*questions, **settings)
    assert found.questions == []
    (message,) = found.errors
    return message


def fails(element: str, words: str, *questions: str, **settings: Any) -> None:
    """The file has one error, at this element, that holds these words."""
    found = error(*questions, **settings)
    (text,) = said([found])
    assert (found.element, words in text) == (element, True), text


def losses(kind: str, inner: str = "", text: str = "What?") -> list[str]:
    return said(one(question(kind, inner, text)).losses)


def warnings(kind: str, inner: str = "", text: str = "What?") -> list[str]:
    return said(one(question(kind, inner, text)).warnings)


def described(text: str, files: str = "", text_format: str = "html") -> str:
    return (
        f'<question type="description"><name><text>N</text></name><questiontext format="{text_format}">'
        f"<text><![CDATA[{text}]]></text>{files}</questiontext></question>"
    )


def rows(scoring: str, count: int = 4, labels: tuple[str, ...] = ("Richtig", "Falsch"), named: str = "") -> str:
    """The rows, columns and weights of a question of the plug-ins of ETH Zürich: row 1 is right in column 2, row 2 in
    the next one, and so on round. `named` is the format of the labels."""
    parts = [f"<scoringmethod><text>{scoring}</text></scoringmethod><shuffleanswers>false</shuffleanswers>"]
    for row in range(1, count + 1):
        text = f"<optiontext><text>r{row}</text></optiontext><feedbacktext><text>f{row}</text></feedbacktext>"
        parts.append(f"<row number='{row}'>{text}</row>")
        for column in range(1, len(labels) + 1):
            value = f"<value> {int(column == 1 + row % len(labels))}.000 </value>"
            parts.append(f"<weight rownumber='{row}' columnnumber='{column}'>{value}</weight>")
    said = f' format="{named}"' if named else ""
    for number, label in enumerate(labels, start=1):
        parts.append(f"<column number='{number}'><responsetext{said}><text>{label}</text></responsetext></column>")
    return "".join(parts) + f"<numberofrows>{count}</numberofrows><numberofcolumns>{len(labels)}</numberofcolumns>"


def drawn(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "PNG")
    return out.getvalue()


RED = Medium("a b&c.png", "image/png", PICTURE)
SOUND = Medium("a b&c.png", "audio/mpeg", b"ID3 sound")
MAP = Medium("map.png", "image/png", drawn(100, 100))
MEDIA = {medium.digest: medium for medium in (RED, SOUND, MAP)}


def item(kind: str, data: dict[str, Any], **more: Any) -> Item:
    body = type_named(kind).validate({"prompt": "What?"} | data).to_json()
    points = Decimal(sum(gap["weight"] for gap in body["gaps"])) if kind == "cloze" else Decimal(1)
    return Item(**{"line": 1, "name": "N", "type": kind, "body": body, "points": points} | more)


def written(*items: Item, media: Mapping[str, Medium] = MEDIA) -> Export:
    assert FORMAT.export is not None
    export = FORMAT.export(items, media, "title")
    assert all(message.line in range(1, len(items) + 1) for message in export.losses)
    return export


def read(export: Export) -> Import:
    assert FORMAT.parse is not None
    found = FORMAT.parse(export.data)
    assert said(found.errors) == []
    return found


def told(asked: Item) -> list[str]:
    return said(written(asked).losses)
