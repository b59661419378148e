"""The words of a question: what searches look in, and what tells that two questions ask the same."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from examhall.bank.content.richtext import plain_text

WORDS_LIMIT = 20_000
#: Characters of one word that count; what is longer is no word of a language.
WORD_LIMIT = 60

_ASKED = frozenset({"prompt", "text", "label", "alt", "template", "image", "formula", "true_label", "false_label"})
_EXPLAINED = frozenset({
    "feedback", "feedback_true", "feedback_false", "right_feedback", "partial_feedback", "wrong_feedback",
    "marking_notes",
})  # fmt: skip
#: What only colours the character before it; and the Arabic kashida, which only widens it.
_MARKS = dict.fromkeys([0x640, *(code for code in range(0x300, 0x20000) if unicodedata.category(chr(code)) == "Mn")])
_NO_WORD = re.compile(r"[\W_]+")


def words_of(name: str, body: Mapping[str, Any]) -> str:
    """All words of a question as `words_in` gives them, feedback included; beyond WORDS_LIMIT characters none."""
    texts = (plain_text(text) for text in _texts(body, _ASKED | _EXPLAINED))
    found = " ".join(words_in(" \n".join(dict.fromkeys([name, *texts]))[: 2 * WORDS_LIMIT]))
    return found if len(found) <= WORDS_LIMIT else found[:WORDS_LIMIT].rpartition(" ")[0]


def words_in(text: str) -> list[str]:
    """The words of a text as searches compare them: case, accents, harakat and punctuation do not count.

    So both engines find the same: they only compare words that were made here.
    """
    plain = text.lower()
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_MARKS)
    return [word[:WORD_LIMIT] for word in _NO_WORD.sub(" ", plain).split()]


def fingerprint_of(body: Mapping[str, Any]) -> str:
    """The same for two questions that ask the same: case, punctuation, tags and the order of options do not count."""
    prompt = _normal(str(body.get("prompt", "")))
    rest = sorted(_normal(text) for text in _texts({**body, "prompt": ""}, _ASKED))
    return hashlib.sha256("\0".join([prompt, *filter(None, rest)]).encode()).hexdigest()[:32]


def _normal(html: str) -> str:
    text = unicodedata.normalize("NFKC", plain_text(html)).casefold()
    return _NO_WORD.sub(" ", text).strip() or html.strip()


def _texts(value: Any, keys: frozenset[str], key: str = "") -> Iterator[str]:
    if isinstance(value, str):
        if key in keys and value:
            yield value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts(part, keys, name)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _texts(part, keys, key)
