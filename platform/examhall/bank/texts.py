"""The small texts around a question (names, categories, tags), in the one form in which they are stored."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from examhall.bank.types.contract import writable
from examhall.errors import N_, FieldError, Invalid

NAME_LIMIT = 200
CATEGORY_LIMIT = 200
TAG_LIMIT = 50
TAGS_LIMIT = 20
DESCRIPTION_LIMIT = 2_000
EXCERPT_LIMIT = 200

#: Stands between the tags of a question in the database, so it can't stand in one.
_BETWEEN_TAGS = "|"


def one_line(field: str, text: str, limit: int) -> str:
    """A text in NFC on one line. Raises `Invalid` for one that is too long or can't be stored."""
    return _checked(field, " ".join(unicodedata.normalize("NFC", text).split()), limit)


def needed(field: str, text: str, limit: int) -> str:
    """The same of a text that may not be empty."""
    line = one_line(field, text, limit)
    if not line:
        raise Invalid(errors=[FieldError(field, N_("This is needed. Fill it in."))])
    return line


def paragraphs(field: str, text: str, limit: int) -> str:
    """A text in NFC that keeps its line breaks. Raises `Invalid`."""
    return _checked(field, unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip(), limit)


def category(text: str) -> str:
    """A category as the path `a/b`, without empty steps; "" for none. Raises `Invalid`."""
    steps = (step.strip() for step in one_line("category", text, CATEGORY_LIMIT).split("/"))
    return "/".join(step for step in steps if step)


def tags(words: Iterable[str]) -> list[str]:
    """Tags, each once, in the given order. Raises `Invalid`."""
    kept = list(dict.fromkeys(one_line("tags", word, TAG_LIMIT) for word in words))
    kept = [word for word in kept if word]
    if any(_BETWEEN_TAGS in word for word in kept):
        raise Invalid(errors=[FieldError("tags", N_('A tag can\'t hold "|". Leave it out.'))])
    if len(kept) > TAGS_LIMIT:
        message = N_("A question takes at most %(limit)s tags. Leave some out.")
        raise Invalid(errors=[FieldError("tags", message, {"limit": TAGS_LIMIT})])
    return kept


def _checked(field: str, text: str, limit: int) -> str:
    if not writable(text):
        message = N_("This text holds a character that cannot be stored. Type it again without it.")
        raise Invalid(errors=[FieldError(field, message)])
    if len(text) > limit:
        raise Invalid(errors=[FieldError(field, N_("Shorten this to at most %(limit)s characters."), {"limit": limit})])
    return text
