"""Whatever bytes arrive, every reader answers with an import or a refusal, and soon. `make fuzz` goes on from here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examhall.bank.formats.registry import FORMATS, READ
from fuzz.oracle import read, recognise
from fuzz.seeds import seeds

CRASHERS = sorted(path for path in (Path(__file__).parent / "crashers").iterdir() if path.name[0] != ".")
SEEDS = {name: seeds(name) for name in READ}
NONSENSE = [
    b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\n\n", b" ", b"{", b"}", b"~", b"=", b"#", b"####", b"->",
    b"..", b"%50%", b"%", b"\\(", b"\\n", b"::", b"<", b">", b"</", b"&amp;", b"&x;", b"<!DOCTYPE a [", b"<![CDATA[",
    b"]]>", b'"', b"'", b",", b";", b"\t", b"[", b"]", b"null", b"1e400", b"-1", b"NaN", b"99999999999999999999",
    "\u0660\u202e\ufdd0".encode(), b"\xed\xa0\x80", b"PK\x03\x04", b"$CATEGORY:", b"// [id:", b"ANSWER: A", b"a" * 300,
]  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn, name: str) -> bytes:
    """A sound file of a format in which parts are cut out, doubled, moved and replaced by nonsense."""
    data = draw(st.sampled_from(SEEDS[name]))
    tokens = re.findall(rb"\w+|\s+|.", data, re.DOTALL) if not data.startswith(b"PK") else [data[:30], data[30:]]
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, max(0, len(tokens) - 1)))
        end = start + draw(st.integers(0, 12))
        change = draw(st.sampled_from(["cut", "double", "move", "nonsense", "truncate"]))
        if change == "truncate":
            tokens = tokens[:start] or tokens
        elif change == "nonsense":
            tokens[start:end] = [draw(st.sampled_from(NONSENSE))]
        elif change == "double":
            tokens[start:start] = tokens[start:end]
        else:
            part, tokens[start:end] = tokens[start:end], []
            if change == "move":
                place = draw(st.integers(0, len(tokens)))
                tokens[place:place] = part
    return b"".join(tokens)


@pytest.mark.parametrize("name", READ)
class TestEveryReader:
    def test_sound_files_are_read(self, name: str) -> None:
        found = read(name, SEEDS[name][0])
        assert found
        assert found.questions

    def test_a_spoilt_file_is_read_or_refused(self, name: str) -> None:
        @settings(suppress_health_check=[HealthCheck.too_slow])
        @given(spoilt(name))
        def check(data: bytes) -> None:
            recognise(data)
            read(name, data)

        check()

    @given(data=st.binary(max_size=300) | st.lists(st.sampled_from(NONSENSE), max_size=30).map(b"".join))
    def test_nonsense_is_read_or_refused(self, name: str, data: bytes) -> None:
        recognise(data)
        read(name, data)

    @pytest.mark.parametrize("other", READ)
    def test_a_file_of_another_format_is_read_or_refused(self, name: str, other: str) -> None:
        for data in SEEDS[other][:3]:
            read(name, data)


@pytest.mark.parametrize("path", CRASHERS, ids=lambda path: path.name)
def test_what_once_broke_a_reader_no_longer_does(path: Path) -> None:
    data = path.read_bytes()
    recognise(data)
    for name in FORMATS:
        if path.name.startswith(f"{name}-"):
            read(name, data)


@pytest.mark.parametrize("name", READ)
def test_each_format_is_recognised_by_what_its_exporter_writes(name: str) -> None:
    if FORMATS[name].export:
        assert recognise(SEEDS[name][0]) == name
