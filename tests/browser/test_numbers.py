"""How a typed number is read, in the module that reads it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from examhall.settings import PROJECT

pytestmark = pytest.mark.browser

#: (typed, decimal sign of the reader's language) -> as the server wants it
NUMBERS: dict[tuple[str, str], str | None] = {
    ("12.5", "."): "12.5", ("12,5", "."): "12.5", ("12,5", ","): "12.5", ("12.5", ","): "12.5",
    ("٢٥٫٢", "."): "25.2", ("۲۵٫۲", "."): "25.2", ("٢٥،٢", "٫"): "25.2", ("−3", "."): "-3", ("+7", "."): "+7",
    (" 1 234 567,5 ", ","): "1234567.5", ("1'234", "."): "1234", ("1,234.5", "."): "1234.5", ("1.234,5", "."): "1234.5",
    ("1,234,567", "."): "1234567", ("1.234", "."): "1.234", ("1,234", ","): "1.234", ("0,125", "."): "0.125",
    ("12,345678", "."): "12.345678", (".5", "."): ".5", ("5.", "."): "5.", ("1e-3", "."): "1e-3",
    ("1٬234", "."): "1234", ("", "."): None, ("   ", "."): None,
}  # fmt: skip
TWO_MEANINGS = [("1,234", "."), ("1.234", ","), ("12,345", ".")]
NO_NUMBERS = [
    "twelve",
    "1.2.3",
    "1,23,4",
    "12 cm",
    "1/2",
    "--5",
    ".",
    "1_000",
    "0x10",
    "1e999",
    "9" * 65,
    "NaN",
    "1,2345,678",
]
READ = "([text, decimal]) => import('/numbers.js').then(({read}) => read(text, decimal))"
READ_BACK = (
    "([text, decimal]) => import('/numbers.js').then(({read, written}) => read(written(text, decimal), decimal))"
)


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page that has the module."""
    source = (PROJECT / "platform/examhall/theme/static/js/attempt/numbers.js").read_text("utf-8")
    page = browser.new_page()
    page.route(
        "http://numbers.localhost/", lambda route: route.fulfill(body="<title>x</title>", content_type="text/html")
    )
    page.route("**/numbers.js", lambda route: route.fulfill(body=source, content_type="text/javascript"))
    page.goto("http://numbers.localhost/")
    yield page
    page.close()


def test_numbers_are_read_in_the_ways_in_which_people_write_them(page: Page) -> None:
    for typed, wanted in NUMBERS.items():
        assert page.evaluate(READ, list(typed)) == (wanted and {"number": wanted}), typed


def test_what_could_be_two_numbers_is_not_guessed(page: Page) -> None:
    for typed in TWO_MEANINGS:
        assert page.evaluate(READ, list(typed)) == {"fault": "thousands"}, typed


def test_what_is_no_number_is_refused(page: Page) -> None:
    for text in NO_NUMBERS:
        assert page.evaluate(READ, [text, "."]) == {"fault": "number"}, text


def test_what_is_shown_is_read_as_the_same_number(page: Page) -> None:
    for number in ("12.5", "1.234", "-0.125", "1234567", "1e-3", "1.5e10"):
        for decimal in (".", ",", "٫"):
            assert page.evaluate(READ_BACK, [number, decimal]) == {"number": number}
