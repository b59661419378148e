"""Moodle XML, the format in which Moodle sites exchange questions (reference semantics §2.5)."""

from __future__ import annotations

import re

from examhall.bank.formats import Format
from examhall.bank.formats.moodle_xml.reading import parse
from examhall.bank.formats.moodle_xml.writing import describing, export
from examhall.errors import N_

_DOCTYPE = r"<!DOCTYPE[^>\[]{0,300}(?:\[[^\]]{0,1000}\]\s{0,10})?>"
_ROOT = re.compile(rf"(?:\ufeff|\s|<\?.*?\?>|<!--.*?-->|{_DOCTYPE})*+<(?:quiz|question)[\s>/]", re.DOTALL)
_HEAD = 4_000


def recognises(data: bytes) -> bool:
    """Whether a file begins as Moodle XML does."""
    utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    head = data[:_HEAD].decode("utf-16" if utf_16 else "utf-8", "replace")
    return _ROOT.match(head) is not None


FORMAT = Format("moodle_xml", N_("Moodle XML"), recognises, parse, export, describing=describing)
