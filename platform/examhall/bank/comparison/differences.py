"""What one version of a question says otherwise than another: pure work on two bodies as they are stored.

Parts with a key (options, stems, gaps …) are matched by it, all others by their place. Texts are compared word by word:
as a reader sees them, or with their markup where only that differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from examhall.bank.content.richtext import plain_text

#: Words of a text that are compared; a longer one is shown as a whole.
WORDS_LIMIT = 3_000

_TOKEN = re.compile(r"<[^>]*>|\w+|\s+|[^\w\s<]+|<")
#: What names a part among its neighbours.
_KEYS = ("key", "name")


class Kind(StrEnum):
    """What became of a part; `moved` ones stand in another order."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


class Op(StrEnum):
    """What became of some words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Words:
    """Words of a text that stand one after the other and became the same."""

    op: Op
    text: str


@dataclass(frozen=True)
class Difference:
    """One part that differs. `path` leads to it: names of fields, keys of parts, places from 1.

    `words` are those of both texts, one stream; empty for what is no text.
    """

    path: tuple[str, ...]
    kind: Kind
    before: Any = None
    after: Any = None
    words: tuple[Words, ...] = ()


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What differs between two bodies, in the order in which they are written; nothing for equal ones."""
    return list(_differences((), before, after))


def words_between(before: str, after: str) -> tuple[Words, ...]:
    """Two texts word by word."""
    if before == after:
        return (Words(Op.SAME, before),) if before else ()
    shown = plain_text(before), plain_text(after)
    old, new = (_TOKEN.findall(text) for text in (shown if shown[0] != shown[1] else (before, after)))
    if max(len(old), len(new)) > WORDS_LIMIT:
        return tuple(Words(op, "".join(each)) for op, each in ((Op.REMOVED, old), (Op.ADDED, new)) if each)
    found: list[Words] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            found.append(Words(Op.SAME, "".join(old[old_from:old_to])))
            continue
        if old_from < old_to:
            found.append(Words(Op.REMOVED, "".join(old[old_from:old_to])))
        if new_from < new_to:
            found.append(Words(Op.ADDED, "".join(new[new_from:new_to])))
    return tuple(found)


def _differences(path: tuple[str, ...], before: Any, after: Any) -> Iterator[Difference]:
    if before == after and type(before) is type(after):
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            yield from _part((*path, name), name in before, name in after, before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list):
        key = _key_of(before, after)
        yield from _keyed(path, key, before, after) if key else _placed(path, before, after)
    elif isinstance(before, str) and isinstance(after, str):
        yield Difference(path, Kind.CHANGED, before, after, words_between(before, after))
    else:
        yield Difference(path, Kind.CHANGED, before, after)


def _part(path: tuple[str, ...], was: bool, is_: bool, before: Any, after: Any) -> Iterator[Difference]:
    if was and is_:
        yield from _differences(path, before, after)
    else:
        words = words_between(before or "", after or "") if isinstance(before or after, str) else ()
        yield Difference(path, Kind.REMOVED if was else Kind.ADDED, before, after, words)


def _keyed(path: tuple[str, ...], key: str, before: list[Any], after: list[Any]) -> Iterator[Difference]:
    old, new = ({str(part[key]): part for part in parts} for parts in (before, after))
    for name in dict.fromkeys([*old, *new]):
        yield from _part((*path, name), name in old, name in new, old.get(name), new.get(name))
    kept = [name for name in old if name in new], [name for name in new if name in old]
    if kept[0] != kept[1]:
        yield Difference(path, Kind.MOVED, list(old), list(new))


def _placed(path: tuple[str, ...], before: list[Any], after: list[Any]) -> Iterator[Difference]:
    for place in range(max(len(before), len(after))):
        was, is_ = place < len(before), place < len(after)
        one, other = before[place] if was else None, after[place] if is_ else None
        yield from _part((*path, str(place + 1)), was, is_, one, other)


def _key_of(*lists: Sequence[Any]) -> str | None:
    """What all parts of all lists are named by, each by another name; None where there is no such thing."""
    for key in _KEYS:
        if all(_named(parts, key) for parts in lists):
            return key
    return None


def _named(parts: Sequence[Any], key: str) -> bool:
    names = [part.get(key) if isinstance(part, Mapping) else None for part in parts]
    return all(isinstance(name, str) and name for name in names) and len(set(names)) == len(names)
