"""Zip archives from strangers: each hostile one is refused at once, with a reason, before it is unpacked."""

from __future__ import annotations

import io
import stat
import struct
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator

import pytest

from examhall.bank.formats import archive
from examhall.errors import Invalid


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < 2


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # duplicate names are what some tests are about
        for name, data in files:
            file.writestr(name, data, compress_type=method)
    return stream.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        archive.read(data)
    return _said(caught.value)


def _said(invalid: Invalid) -> str:
    (error,) = invalid.errors
    assert error.field == "file"
    return error.message % error.params


def test_files_are_read_when_they_are_asked_for() -> None:
    found = archive.read(zipped(("a.txt", b"A"), ("b/", b""), ("b\\c.txt", b"C"), ("__MACOSX/._a.txt", b"")))
    assert (list(found), found["a.txt"], found["b/c.txt"]) == (["a.txt", "b/c.txt"], b"A", b"C")
    with pytest.raises(KeyError):
        found["b/d.txt"]


def test_what_is_written_is_read_and_always_the_same() -> None:
    files = {"a.txt": b"A" * 1000, "b/ü.bin": bytes(range(256))}
    written = archive.write(files)
    assert dict(archive.read(written)) == files
    assert archive.write(files) == written
    assert archive.is_archive(written)
    assert not archive.is_archive(b"PK, wrote she")


@pytest.mark.parametrize(
    "name", ["../../x", "a/../x", "/etc/x", "C:\\x", "c:x", "..", "a//b", "./a", "\\\\host\\x", "a\nb", "a" * 500]
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    assert "leads elsewhere" in refusal(zipped((name, b"x")))


def test_a_name_with_nul_is_refused() -> None:
    assert "leads elsewhere" in refusal(zipped(("aXb.txt", b"x")).replace(b"aXb.txt", b"a\0b.txt"))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(kind: int) -> None:
    link = zipfile.ZipInfo("passwd")
    link.create_system, link.external_attr = 3, (kind | 0o777) << 16
    assert "link" in refusal(zipped((link, b"/etc/passwd")))


@pytest.mark.parametrize(("one", "other"), [("a.txt", "a.txt"), ("a.txt", "A.TXT"), ("é.txt", "e\u0301.txt")])
def test_names_that_are_the_same_on_some_system_are_refused(one: str, other: str) -> None:
    assert "same name" in refusal(zipped((one, b"1"), (other, b"2")))


def test_a_bomb_is_refused_by_its_ratio() -> None:
    bomb = zipped(("zeros.xml", b"\0" * 20_000_000))
    assert len(bomb) < 50_000
    assert "200 times" in refusal(bomb)


def test_budgets_are_kept() -> None:
    noise = bytes(range(256)) * 4096
    many = zipped(*((f"{number}.txt", b"") for number in range(65_536)), method=zipfile.ZIP_STORED)
    assert "more than 5000 files" in refusal(many)
    limits = archive.Limits(entries=3, entry_bytes=2**20, total_bytes=2**21)
    for files, words in [
        ([("a", b"")] * 4, "more than 3 files"),
        ([("a", noise + b"1")], "more than 1 MB"),
        ([("a", noise), ("b", noise), ("c", b"1")], "more than 2 MB"),
    ]:
        with pytest.raises(Invalid) as caught:
            archive.read(zipped(*files, method=zipfile.ZIP_STORED), limits)
        assert words in _said(caught.value)


def test_an_archive_within_an_archive_is_refused() -> None:
    inner = zipped(("a.txt", b"a"))
    assert "another archive" in refusal(zipped(("inner.zip", inner)))
    disguised = archive.read(zipped(("picture.png", inner)))
    with pytest.raises(Invalid) as caught:
        disguised["picture.png"]
    assert "another archive" in _said(caught.value)


def test_an_encrypted_entry_is_refused() -> None:
    data = bytearray(zipped(("a.txt", b"a")))
    data[data.index(b"PK\1\2") + 8] |= 1
    assert "encrypted" in refusal(bytes(data))


def test_an_unusual_method_is_refused() -> None:
    assert "method" in refusal(zipped(("a.txt", b"a"), method=zipfile.ZIP_BZIP2))


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_cut, "broken or cut off"),
        (lambda data: data[:-1], "broken or cut off"),
        (lambda data: data + b"trailing", "follows the end"),
        (lambda data: b"%PDF-1.4\n" + data, "as it should"),
        (lambda data: b"PK\3\4" + b"\0" * 100, "broken or cut off"),
        (lambda data: data[:4] + b"\xff" * 40 + data[44:], "as it should"),
    ],
)
def test_a_broken_or_ambiguous_archive_is_refused(spoil: Callable[[bytes], bytes], words: str) -> None:
    assert words in refusal(spoil(zipped(("a.txt", b"a" * 100), ("b.txt", b"b"))))


def test_entries_that_overlap_are_refused() -> None:
    """Both entries of the directory point to the same bytes: how a small file unpacks to very much."""
    data = bytearray(zipped(("a.txt", b"same"), ("b.txt", b"same")))
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 4)
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    assert "as it should" in refusal(bytes(data))


@pytest.mark.parametrize("claimed", [1, 100_000])
def test_a_size_that_lies_is_found_when_the_file_is_read(claimed: int) -> None:
    data = bytearray(zipped(("a.txt", b"0123456789" * 100)))
    directory = data.index(b"PK\1\2")
    data[directory + 24 : directory + 28] = struct.pack("<I", claimed)
    found = archive.read(bytes(data))
    with pytest.raises(Invalid) as caught:
        found["a.txt"]
    assert '"a.txt" in the archive is broken' in _said(caught.value)


def test_bytes_that_were_changed_are_found_when_the_file_is_read() -> None:
    data = bytearray(zipped(("a.txt", b"0123456789"), method=zipfile.ZIP_STORED))
    data[data.index(b"0123456789")] ^= 1
    with pytest.raises(Invalid):
        archive.read(bytes(data))["a.txt"]
