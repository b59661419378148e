"""Which attributes a text in HTML loses when it is sanitised: formats tell their authors."""

from __future__ import annotations

import re
from functools import lru_cache

from examhall.bank.content.richtext import sanitise

_TAG = re.compile(r"<[A-Za-z][^<>]*>")
_ATTRIBUTE = re.compile(r"""\s([A-Za-z][\w:-]{0,40})\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+)""")
_OF_TABLE = re.compile(r"<(?:caption|tbody|td|tfoot|th|thead|tr)\b", re.IGNORECASE)


def lost_attributes(html: str) -> list[str]:
    """Names of the attributes in `html` that `sanitise` leaves out, each once, in order of the alphabet."""
    return sorted(set().union(*(_lost(tag) for tag in _TAG.findall(html)))) if "=" in html else []


@lru_cache(maxsize=4096)
def _lost(tag: str) -> frozenset[str]:
    names = {name.lower() for name in _ATTRIBUTE.findall(tag)}
    if not names:
        return frozenset()
    kept = _TAG.findall(sanitise(f"<table>{tag}" if _OF_TABLE.match(tag) else tag))
    return frozenset(names.difference(name for part in kept for name in _ATTRIBUTE.findall(part)))
