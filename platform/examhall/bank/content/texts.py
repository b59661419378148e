"""The small texts around a question (names, categories, tags), in the one form in which they are stored."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from examhall.bank.types.contract import writable
from examhall.errors import N_, FieldError, Invalid

NAME_LIMIT = 200
CATEGORY_LIMIT = 200
TAG_LIMIT = 50
TAGS_LIMIT = 20
DESCRIPTION_LIMIT = 2_000
EXCERPT_LIMIT = 200
POINTS_LIMIT = Decimal(10_000)
#: Written out, and not read off `models.Difficulty`: the readers of files use this and know no database.
DIFFICULTIES = ("", "easy", "medium", "hard")

#: A tag of BCP 47 as far as its form goes: language, script, region, variants, extensions.
_LANGUAGE = re.compile(r"[a-z]{2,8}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-[a-z0-9]{1,8})*", re.IGNORECASE)

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


def difficulty(text: str) -> str:
    """A difficulty; "" where nobody said. Raises `Invalid`."""
    if text not in DIFFICULTIES:
        message = N_("There is no such difficulty. Choose one of: %(known)s.")
        known = ", ".join(filter(None, DIFFICULTIES))
        raise Invalid(errors=[FieldError("difficulty", message, {"known": known})])
    return str(text)


def language(text: str) -> str:
    """A language tag (BCP 47) as it is written best: `en-GB`, `zh-Hant`; "" where nobody said. Raises `Invalid`."""
    text = text.strip()
    if not text:
        return ""
    if len(text) > 35 or not _LANGUAGE.fullmatch(text):
        message = N_("This is no language tag. Write one such as en, es-MX or zh-Hant.")
        raise Invalid(errors=[FieldError("language", message)])
    first, *rest = text.lower().split("-")
    return "-".join([first, *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    return part.upper() if len(part) == 2 else part.title() if len(part) == 4 and part.isalpha() else part


def points(number: Decimal) -> Decimal:
    """What a question is worth: 0 to 10,000, at most two decimals. Raises `Invalid`."""
    try:
        fits = 0 <= number <= POINTS_LIMIT and number == number.quantize(Decimal("0.01"))
    except InvalidOperation:
        fits = False
    if not fits:
        message = N_("A question is worth 0 to %(limit)s points, with two decimals at most. Correct the number.")
        raise Invalid(errors=[FieldError("points", message, {"limit": str(POINTS_LIMIT)})])
    return number


def _checked(field: str, text: str, limit: int) -> str:
    if not writable(text):
        message = N_("This text holds a character that cannot be stored. Type it again without it.")
        raise Invalid(errors=[FieldError(field, message)])
    if len(text) > limit:
        raise Invalid(errors=[FieldError(field, N_("Shorten this to at most %(limit)s characters."), {"limit": limit})])
    return text
