"""Two ways to fill in an answer: with the keyboard alone, and with a finger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Locator, Page, expect

from browser.looking import tab_to

#: A file to hand up.
PAPER = {"name": "thoughts.txt", "mimeType": "text/plain", "buffer": b"A disc has one side."}
ARABIC = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")

Deed = tuple[str, str, Any]
"""What has to be done, where (a selector), and with which value."""


def deeds(here: str, response: dict[str, Any]) -> Iterator[Deed]:
    """A response as single deeds, those of its parts where it has parts."""
    for member, value in response.items():
        if member == "gaps":
            for key, part in value.items():
                yield from deeds(f'{here} [data-key="{key}"]', part)
        elif member in ("rows", "matches"):
            for key, part in value.items():
                yield "choice" if member == "rows" else "pick", f'{here} [data-key="{key}"]', part
        elif member == "number":
            yield "number", here, (value, response.get("unit"))
        elif member != "unit":
            yield {"value": "choice"}.get(member, member), here, value


class Hands:
    """What both have in common. A deed of that name does it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def answer(self, here: str, response: dict[str, Any]) -> None:
        """Give this response to the question at `here`."""
        for deed, place, value in deeds(here, response):
            getattr(self, deed)(place, value)

    def place_of(self, here: str, item: str) -> int:
        """Where an item stands now, from 0."""
        return self.values(f"{here} [data-item]", "data-item").index(item)

    def values(self, selector: str, name: str = "value") -> list[str]:
        """An attribute of all that is found, in their order."""
        read = "(all, name) => all.map(each => each.getAttribute(name))"
        found: list[str] = self.page.locator(selector).evaluate_all(read, name)
        return found

    def is_list(self, place: str) -> bool:
        """Whether a choice drops down."""
        return self.page.locator(f"{place} select").count() > 0


def written(value: object) -> str:
    """The value of the field that stands for an option."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Keyboard(Hands):
    """Tab, Space, Enter, arrows and letters; nothing is ever pointed at."""

    def on(self) -> None:
        """To the next question."""
        self.press("[data-next]", "Enter")

    def press(self, selector: str, key: str) -> None:
        tab_to(self.page, selector)
        self.page.keyboard.press(key)

    def type(self, selector: str, text: str) -> None:
        tab_to(self.page, selector)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def text(self, place: str, text: str) -> None:
        self.type(f"{place} .answer", text)

    def number(self, place: str, quantity: tuple[str, str | None]) -> None:
        kinds = "all => all.map(each => 'unit' in each.dataset ? 'data-unit' : 'data-number')"
        for kind in self.page.locator(f"{place} :is([data-number], [data-unit])").evaluate_all(kinds):
            text = quantity[kind == "data-unit"]
            if text:
                tab_to(self.page, f"{place} [{kind}]")
                self.page.keyboard.type(text)

    def choice(self, place: str, value: object) -> None:
        if self.is_list(place):
            self.pick(place, value)
            return
        self.press(f"{place} input", "Space")
        for _ in self.values(f"{place} input"):
            if self.page.evaluate("document.activeElement.value") != written(value):
                self.page.keyboard.press("ArrowDown")

    def pick(self, place: str, value: object) -> None:
        words = self.page.locator(f'{place} option[value="{value}"]').inner_text()
        tab_to(self.page, f"{place} select")
        self.page.keyboard.type(words)

    def choices(self, place: str, ids: list[str]) -> None:
        for value in self.values(f"{place} input"):
            if value in ids:
                self.press(f'{place} input[value="{value}"]', "Space")

    def regions(self, place: str, ids: list[str]) -> None:
        self.choice(place, ids[0])

    def order(self, place: str, ids: list[str]) -> None:
        for wanted, item in enumerate(ids[:-1]):
            tab_to(self.page, f'{place} [data-item="{item}"] [data-move="-1"]')
            while self.place_of(place, item) > wanted:
                self.page.keyboard.press("Enter")
        if self.page.locator(f'{place} [data-taken="false"]').count():
            self.press(f"{place} [data-take-order]", "Enter")

    def upload(self, place: str) -> None:
        """Choose a file and wait until the server has it."""
        with self.page.expect_file_chooser() as chooser:  # the browser is told to ask us a while before it has to
            tab_to(self.page, f"{place} input[type=file]")
            self.page.keyboard.press("Enter")
        chooser.value.set_files(PAPER)
        expect(self.page.locator(f"{place} [data-name]").first).to_have_text(PAPER["name"])


class Finger(Hands):
    """Taps, on things that are as large as a finger, and digits as an Arabic keyboard has them."""

    def on(self) -> None:
        """To the next question."""
        self.tap(self.page.locator("[data-next]"))

    def tap(self, target: Locator) -> None:
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, target
        target.tap()

    def text(self, place: str, text: str) -> None:
        self.page.locator(f"{place} .answer").fill(text)

    def number(self, place: str, quantity: tuple[str, str | None]) -> None:
        number, unit = quantity
        self.page.locator(f"{place} [data-number]").fill(number.translate(ARABIC))
        expect(self.page.locator(f"{place} [data-figure]")).to_have_text(number.replace(".", self.decimal()))
        field = self.page.locator(f"{place} [data-unit]")
        if unit and field.evaluate("field => field.matches('select')"):
            field.select_option(unit)
        elif unit:
            field.fill(unit)

    def decimal(self) -> str:
        """The decimal sign of the page's language."""
        found: str = self.page.evaluate("JSON.parse(document.getElementById('attempt-data').textContent).decimal")
        return found

    def choice(self, place: str, value: object) -> None:
        if self.is_list(place):
            self.pick(place, value)
            return
        inside = self.page.locator(f'input[value="{written(value)}"]')
        self.tap(self.page.locator(f"{place} label.option", has=inside))

    def pick(self, place: str, value: object) -> None:
        self.page.locator(f"{place} select").select_option(str(value))

    def choices(self, place: str, ids: list[str]) -> None:
        for id_ in ids:
            self.choice(place, id_)

    def regions(self, place: str, ids: list[str]) -> None:
        for id_ in ids:
            self.tap(self.page.locator(f'{place} [data-region="{id_}"]'))

    def order(self, place: str, ids: list[str]) -> None:
        for wanted, item in enumerate(ids):
            while self.place_of(place, item) > wanted:
                self.tap(self.page.locator(f'{place} [data-item="{item}"] [data-move="-1"]'))
        if self.page.locator(f'{place} [data-taken="false"]').count():
            self.tap(self.page.locator(f"{place} [data-take-order]"))

    def upload(self, place: str) -> None:
        """Choose a file and wait until the server has it."""
        self.page.locator(f"{place} input[type=file]").set_input_files(PAPER)
        expect(self.page.locator(f"{place} [data-name]").first).to_have_text(PAPER["name"])
