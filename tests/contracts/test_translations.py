"""The catalogues: each holds every text of the product, whole; a tenant words only what is said."""

from __future__ import annotations

import gettext
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from babel.support import Translations

from examhall.attempts.views import STATES
from examhall.bank.forms import STATUSES
from examhall.bank.types import TYPES
from examhall.identity.roles import LABELS
from examhall.results.views import LATER
from examhall.settings import PROJECT
from examhall.tenancy.language import TRANSLATIONS
from hall import MakeHall
from portal import Portal

LANGUAGES = ("es", "ar")
PACKAGE = PROJECT / "platform" / "examhall"
TENANTS = sorted(folder.parent for folder in (PROJECT / "tenants").glob("*/tenant.toml"))
REMEDY = "type `make translate`, then fill in platform/examhall/translations"

#: Spanish that is English letter by letter, and right.
ALIKE = {
    "Error %(status)s",
    "factor",
    "Variable",
    "GIFT",
    "QTI 1.2 (Canvas)",
    "QTI 3.0",
    "Id",
    "%(size)s kB",
    "%(size)s MB",
}

languages = pytest.mark.parametrize("language", LANGUAGES)
tenants = pytest.mark.parametrize("folder", TENANTS, ids=lambda folder: folder.name)


def extracted(folder: Path) -> Catalog:
    """What `make translate` finds in a folder."""
    mappings = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    options = {
        mapping["pattern"]: {name: value for name, value in mapping.items() if name not in {"pattern", "method"}}
        for mapping in mappings
    }
    keywords = DEFAULT_KEYWORDS | {"lazy_gettext": None}
    found = Catalog()
    for file, line, text, _comments, _context in extract_from_dir(folder, methods, options, keywords):
        found.add(text, locations=[(file, line)])
    return found


@cache
def said() -> Catalog:
    """Every text of the product."""
    return extracted(PACKAGE)


@cache
def written(language: str) -> Catalog:
    """The catalogue of a language as its translator wrote it."""
    file = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as lines:
        return read_po(lines, locale=language)


def texts(catalogue: Iterable[Message]) -> dict[str, Message]:
    """The messages by their English, which of a plural is its singular; the head is none of them."""
    return {forms(message.id)[0]: message for message in catalogue if message.id}


def forms(text: str | Iterable[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def places(text: str) -> set[str]:
    """`%(name)s` and `%%`."""
    return set(re.findall(r"%(?:\(\w+\)[a-z]|%)", text))


def letters(text: str) -> str:
    return "".join(re.findall(r"[^\W\d_]", re.sub(r"%\(\w+\)[a-z]", "", text)))


def end(text: str) -> str:
    """The sign that closes a text, or nothing."""
    return text[-1].replace("؟", "?") if text[-1] in ".:…?؟" else ""


def pairs(language: str) -> Iterator[tuple[Message, tuple[str, ...]]]:
    """The translated messages with all forms of their translations."""
    for message in texts(written(language)).values():
        if all(forms(message.string)):
            yield message, forms(message.string)


def of_one_number(catalogue: Catalog) -> set[int]:
    """The plural forms that a single number alone asks for: they may say it as a word."""
    rule = gettext.c2py(catalogue.plural_expr)
    asked = [rule(number) for number in range(1000)]
    return {form for form in set(asked) if asked.count(form) == 1}


@languages
def test_every_text_is_translated(language: str) -> None:
    wanted, have = texts(said()), texts(written(language))
    faults = {
        "missing": sorted(wanted.keys() - have.keys()),
        "fuzzy": sorted(text for text, message in have.items() if message.fuzzy),
        "empty": sorted(text for text, message in have.items() if not all(forms(message.string))),
        "another plural": sorted(text for text in wanted.keys() & have.keys() if wanted[text].id != have[text].id),
        "no longer said": sorted([*(have.keys() - wanted.keys()), *texts(written(language).obsolete.values())]),
    }
    assert {kind: found for kind, found in faults.items() if found} == {}, REMEDY


@languages
def test_places_are_kept(language: str) -> None:
    alone = of_one_number(written(language))
    faults = []
    for message, translated in pairs(language):
        wanted = set().union(*map(places, forms(message.id)))
        for number, text in enumerate(translated):
            may_lack = {"%(num)s"} if len(translated) > 1 and number in alone else set()
            if not wanted - may_lack <= places(text) <= wanted:
                faults.append((message.id, text))
    assert faults == []


@languages
def test_every_plural_form_is_there(language: str) -> None:
    catalogue = written(language)
    plurals = [message for message in texts(catalogue).values() if message.pluralizable]
    short = [message.id for message in plurals if len(list(filter(None, message.string))) < catalogue.num_plurals]
    assert short == []


def test_arabic_counts_as_arabic_does() -> None:
    """Zero, one, two, few (3 to 10), many (11 to 99), other (hundreds): CLDR, plural rules of `ar`."""
    rule = gettext.c2py(written("ar").plural_expr)
    assert [rule(number) for number in (0, 1, 2, 3, 10, 11, 99, 100, 102, 103, 111)] == [
        0,
        1,
        2,
        3,
        3,
        4,
        4,
        5,
        5,
        3,
        4,
    ]


@languages
def test_a_translation_is_in_its_language(language: str) -> None:
    """An English text that was copied into the catalogue is not translated."""
    copied = []
    for message, translated in pairs(language):
        english = forms(message.id)
        for text in translated:
            if language == "ar" and letters(english[0]) and not re.search("[\u0621-\u064a]", text):
                copied.append(text)
            if text in english and letters(text) and text not in ALIKE:
                copied.append(text)
    assert copied == []


@languages
def test_the_sign_at_the_end_is_kept(language: str) -> None:
    """A question stays a question, a sentence a sentence."""
    ends = [(forms(message.id)[-1], text) for message, translated in pairs(language) for text in translated]
    assert [pair for pair in ends if end(pair[0]) != end(pair[1])] == []


@languages
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    compiled = Translations.load(str(TRANSLATIONS), [language])
    for message, translated in pairs(language):
        english = forms(message.id)
        for number, text in enumerate(translated):
            found = compiled._catalog.get((english[0], number) if message.pluralizable else english[0])
            assert found == text, REMEDY


@pytest.mark.parametrize(
    "spoken",
    [LABELS, STATES, STATUSES, LATER, {name: kind.label for name, kind in TYPES.items()}],
    ids=["roles", "states of attempts", "states of questions", "what comes later", "types of questions"],
)
def test_words_from_tables_are_known(spoken: dict[object, str]) -> None:
    """A template translates them by `_(table[key])`, which no extraction can follow."""
    assert sorted(spoken.values() - texts(said()).keys()) == []


@tenants
def test_a_tenant_words_only_what_is_said(folder: Path) -> None:
    known = texts(said()).keys() | texts(extracted(folder)).keys()
    wording = tomllib.loads((folder / "tenant.toml").read_text("utf-8")).get("wording", {})
    unknown = {language: words.keys() - known for language, words in wording.items() if words.keys() - known}
    assert unknown == {}


@tenants
def test_a_tenant_says_its_own_texts_in_all_its_languages(folder: Path) -> None:
    """The texts of its own templates are no business of the product's catalogue: they stand in its wording."""
    told = tomllib.loads((folder / "tenant.toml").read_text("utf-8"))
    own = texts(extracted(folder)).keys() - texts(said()).keys()
    wording = told.get("wording", {})
    missing = {language: own - wording.get(language, {}).keys() for language in told["locales"] if language != "en"}
    assert {language: found for language, found in missing.items() if found} == {}


class Visible(HTMLParser):
    """The texts of a page, and the names that a screen reader says."""

    named = ("aria-label", "title", "alt", "placeholder")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self.feed(page)

    def handle_data(self, data: str) -> None:
        if letters(data):
            self.texts.add(data.strip())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.texts |= {value for name, value in attributes if name in self.named and value}


@pytest.mark.parametrize(("slug", "language"), [("northwind", "es"), ("qalam", "ar")])
def test_a_page_has_no_english_left(make_hall: MakeHall, slug: str, language: str) -> None:
    """Only the names of the languages are the same on both, each in its own."""
    portal = Portal(make_hall(), slug=slug)
    english, translated = (
        Visible(portal.get("/sign-in", headers={"Accept-Language": tag}).text).texts for tag in ("en", language)
    )
    assert english & translated <= {"English", "Español", "العربية"}
    assert len(translated) == len(english) > 5
