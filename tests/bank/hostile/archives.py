"""Zip archives that lead elsewhere, grow without measure or lie about themselves."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

CONTENT = b'{"examhall": 1, "questions": []}'
MANIFEST = (
    '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="M"><organizations/><resources>{}</resources>'
    "</manifest>"
)
RESOURCE = '<resource identifier="{0}" type="imsqti_item_xmlv2p1" href="{1}"><file href="{1}"/>{2}</resource>'


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive, whatever the names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return stream.getvalue()


def _with(name: str) -> bytes:
    return packed({"questions.json": CONTENT, name: b"x"})


def _link() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("questions.json", CONTENT)
        link = zipfile.ZipInfo("media/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return stream.getvalue()


def _twice() -> bytes:
    return packed({"questions.json": CONTENT, "media/aaaa": b"1", "media/bbbb": b"2"}).replace(b"bbbb", b"aaaa")


def _changed(at: bytes, offset: int, value: bytes, last: bool = False) -> bytes:
    """An archive with some bytes of a header replaced."""
    data = bytearray(packed({"questions.json": CONTENT}))
    place = (data.rfind(at) if last else data.find(at)) + offset
    data[place : place + len(value)] = value
    return bytes(data)


def _overlapping() -> bytes:
    data = packed({"questions.json": CONTENT, "media/a": b"x" * 100})
    second = data.rfind(b"PK\1\2")
    return data[: second + 42] + struct.pack("<I", 0) + data[second + 46 :]


def _many(count: int) -> bytes:
    return packed({f"{number}": b"" for number in range(count)} | {"questions.json": CONTENT}, zipfile.ZIP_STORED)


def _package(*resources: str, files: dict[str, bytes] | None = None) -> bytes:
    return packed({"imsmanifest.xml": MANIFEST.format("".join(resources)).encode(), **(files or {})})


FILES: dict[str, Callable[[], bytes]] = {
    "71 parent folder": lambda: _with("../../etc/cron.d/x"),
    "71 absolute": lambda: _with("/etc/passwd"),
    "71 drive": lambda: _with("C:/windows/x"),
    "71 backslashes": lambda: _with("..\\..\\x"),
    "71 dots inside": lambda: _with("media/../../x"),
    "71 control character": lambda: _with("media/\x1b[31m"),
    "71 long name": lambda: _with("m/" * 300 + "x"),
    "72 link": _link,
    "73 same name twice": _twice,
    "73 case twins": lambda: packed({"questions.json": CONTENT, "Media/a": b"", "media/A": b""}),
    "73 twins in Unicode": lambda: packed({"questions.json": CONTENT, "caf\u00e9": b"", "cafe\u0301": b""}),
    "74 bomb": lambda: packed({"questions.json": b" " * 50_000_000}),
    "74 bomb beside": lambda: packed({"questions.json": CONTENT, "media/a": b"\0" * 60_000_000}),
    "74 nested": lambda: packed({"questions.json": CONTENT, "inner.zip": packed({"a": b""})}),
    "74 nested without an ending": lambda: packed({"questions.json": packed({"questions.json": CONTENT})}),
    "74 too many entries": lambda: _many(6_000),
    "74 overlapping": _overlapping,
    "74 larger than it says": lambda: _changed(b"PK\1\2", 24, struct.pack("<I", 4)),
    "74 says 4 GB": lambda: _changed(b"PK\1\2", 24, struct.pack("<I", 0xFFFFFFF0)),
    "74 wrong checksum": lambda: _changed(b"PK\1\2", 16, b"\1\2\3\4"),
    "75 encrypted": lambda: _changed(b"PK\1\2", 8, struct.pack("<H", 1)),
    "75 cut off": lambda: packed({"questions.json": CONTENT * 100})[:-60],
    "75 only the beginning": lambda: b"PK\3\4" + bytes(range(255, 0, -1)) * 40,
    "75 something follows": lambda: packed({"questions.json": CONTENT}) + b"<script>",
    "75 polyglot": lambda: b"%PDF-1.4 " + packed({"questions.json": CONTENT}),
    "75 rare method": lambda: packed({"questions.json": CONTENT}, zipfile.ZIP_LZMA),
    "75 zip64 lie": lambda: _changed(b"PK\1\2", 20, b"\xff\xff\xff\xff\xff\xff\xff\xff"),
    "75 directory elsewhere": lambda: _changed(b"PK\5\6", 16, struct.pack("<I", 0x7FFFFFFF), last=True),
    "75 empty": lambda: packed({}),
    "76 no manifest": lambda: packed({"readme.txt": b"hello"}),
    "76 manifest of nothing": lambda: _package(),
    "76 file that is missing": lambda: _package(RESOURCE.format("A", "a.xml", "")),
    "76 http": lambda: _package(RESOURCE.format("A", "http://127.0.0.1:9/a.xml", "")),
    "76 file address": lambda: _package(RESOURCE.format("A", "file:///etc/passwd", "")),
    "76 data address": lambda: _package(RESOURCE.format("A", "data:text/xml,%3Ca/%3E", "")),
    "76 out of the package": lambda: _package(RESOURCE.format("A", "../../../../etc/passwd", "")),
    "76 cycle": lambda: _package(
        RESOURCE.format("A", "a.xml", '<dependency identifierref="B"/>'),
        RESOURCE.format("B", "b.xml", '<dependency identifierref="A"/>'),
    ),
    "76 manifest that is none": lambda: packed({"imsmanifest.xml": b"\xff\xfe\x00<"}),
}  # fmt: skip
