"""XML from strangers: what is refused, and that nothing is fetched or unfolded."""

from __future__ import annotations

import codecs
import socket
import time
from pathlib import Path

import pytest

from examhall.bank.formats import xml
from examhall.errors import Invalid, PayloadTooLarge

LAUGHS = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 10))


def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        xml.parse(data)
    (error,) = caught.value.errors
    assert error.field == "file"
    return error.message % error.params


def test_a_file_is_read_with_the_lines_of_its_elements() -> None:
    root = xml.parse(b'<?xml version="1.0"\n encoding="UTF-8"?>\n<!-- c --><a>\n<b>t<!-- c -->u<?p i?>v</b></a>')
    assert (xml.local(root), root[0].text, root[0].sourceline) == ("a", "tuv", 4)


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252", "ISO-8859-15", "iso-8859-2"])
def test_a_declared_encoding_is_taken(encoding: str) -> None:
    assert xml.parse(f'<?xml version="1.0" encoding="{encoding}"?><a>é</a>'.encode(encoding)).text == "é"


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1251", "utf-16", "us-ascii"])
def test_what_is_utf_8_is_read_so_whatever_is_declared(declared: str) -> None:
    assert xml.parse(f'<?xml version="1.0" encoding="{declared}"?><a>Où, что, ما</a>'.encode()).text == "Où, что, ما"


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_says_more_than_the_declaration(mark: str) -> None:
    assert xml.parse('<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>'.encode(mark)).text == "é"


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "utf-32", "x-user"])
def test_an_encoding_that_hides_its_signs_is_refused(encoding: str) -> None:
    assert encoding in refusal(f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode())


def test_bytes_that_are_not_the_encoding_are_named_by_line() -> None:
    assert "Line 2 holds bytes that are not UTF-8" in refusal(b"<a>\n\xe9</a>")
    assert "not UTF-16-LE" in refusal(codecs.BOM_UTF16_LE + b"<a/>\0")
    assert "Line 1" in refusal('<?xml version="1.0" encoding="cp037"?><a/>'.encode("cp037"))


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        '<?xml version="1.0"?><!-- > --><?p ?>\n<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]><a/>',
        f'<!DOCTYPE a [<!ENTITY x0 "ha">{LAUGHS}]><a>&x9;</a>',
        f'<!DOCTYPE a [<!ENTITY x "{"x" * 100_000}">]><a>{"&x;" * 10_000}</a>',
    ],
)
def test_a_document_type_is_refused_before_it_is_read(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", None)
    begun = time.process_time()
    assert "document type" in refusal(text.encode())
    assert "document type" in refusal(text.encode("utf-16"))
    assert time.process_time() - begun < 1


def test_an_entity_without_a_document_type_is_named_by_line() -> None:
    assert "Line 2" in refusal(b"<a>\n&nbsp;</a>")
    with pytest.raises(Invalid) as caught:
        list(xml.children(b"<a><b/>\n<b>&nbsp;</b>\n<b/></a>"))
    assert caught.value.errors[0].params == {"line": 2, "reason": "Entity 'nbsp' not defined"}


def test_what_looks_like_a_document_type_within_the_text_is_text() -> None:
    assert xml.parse(b"<a><![CDATA[<!DOCTYPE html>]]></a>").text == "<!DOCTYPE html>"


def test_nothing_is_included(tmp_path: Path) -> None:
    (tmp_path / "secret.xml").write_text("<secret/>")
    include = f'<a xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="{tmp_path}/secret.xml"/></a>'
    assert [xml.local(child) for child in xml.parse(include.encode())] == ["include"]


@pytest.mark.parametrize("text", ["", "   ", "text", "<a>", "<a></b>", "<a/><b/>", "<a\0/>", "<a b='1' b='2'/>", "<!-"])
def test_what_is_not_well_formed_is_refused_with_its_line(text: str) -> None:
    assert "is not well-formed XML" in refusal(b"\n" + text.encode())


def test_depth_size_and_number_are_limited() -> None:
    begun = time.process_time()
    assert "not well-formed" in refusal(b"<a>" * 1000 + b"</a>" * 1000)
    assert "too many" in refusal(b"<a>" + b"<b/>" * 500_000 + b"</a>")
    assert "too many" in refusal(b"<a " + b"".join(b'a%d="" ' % number for number in range(1_000_000)) + b"/>")
    with pytest.raises(PayloadTooLarge):
        xml.parse(b" " * (xml.SIZE_LIMIT + 1))
    assert time.process_time() - begun < 2


def test_parts_come_one_at_a_time_and_go() -> None:
    root, *parts = ((element.tag, element.text, element.sourceline) for element in xml.children(
        b"<?xml version='1.0'?><a>\n<b>1</b> tail <c>2<d/></c>\n<!-- x --><b>3</b></a>"))  # fmt: skip
    assert (root[0], parts) == ("a", [("b", "1", 2), ("c", "2", 2), ("b", "3", 3)])
    elements = xml.children(b"<a>" + b"<b><c/></b>" * 40_000 + b"</a>")
    top = next(elements)
    assert max(len(top) for _ in elements) < 10_000


@pytest.mark.parametrize("data", [b"<a/>", b"<x/>\n", b"<a><b/></a>", b"<a>" + b"<b/>" * 40_000 + b"</a>"])
def test_all_parts_come_however_long_the_file_is(data: bytes) -> None:
    assert len(list(xml.children(data))) == 1 + data.count(b"<b/>")


@pytest.mark.parametrize(
    "data",
    [
        b"<a><b></a>",
        b"<a><b/></a><c/>",
        b"<!DOCTYPE a><a/>",
        b"<a><b>" + b"<c/>" * (xml.PART_LIMIT + 1) + b"</b></a>",
        b"<a " + b" ".join(b'a%d=""' % number for number in range(xml.ATTRIBUTES_LIMIT + 1)) + b"/>",
        b"<a>" + b"<b><c/><c/><c/></b>" * (xml.TAGS_OF_PARTS_LIMIT // 5) + b"</a>",
        b"<a><b>" + b"<c>" * 300 + b"</c>" * 300 + b"</b></a>",
    ],
    ids=["open", "two roots", "doctype", "large part", "attributes", "tags", "deep"],
)
def test_parts_are_refused_as_a_whole_file_is(data: bytes) -> None:
    with pytest.raises(Invalid):
        list(xml.children(data))
