"""A person at a browser: signs in, sits an exam, looks at what the page says."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect
from werkzeug.http import parse_cookie

from browser.devices import Device
from browser.live import Live
from browser.wcag import violations
from hall import PASSWORD, Person
from portal import Portal


class Visitor:
    """Somebody at one device, signed in. `page` is the tab they look at."""

    def __init__(self, live: Live, person: Person, device: Device) -> None:
        self.live, self.person, self.device, self.context = live, person, device, device.context
        self.base = live.url(person.tenant)
        self.let_in()
        self.page = device.tab

    def new_tab(self) -> Page:
        """Another tab, whose faults count as well."""
        return self.context.new_page()

    def let_in(self) -> None:
        """Sign in without looking at the pages, for the many tests that begin later."""
        answer = Portal(self.live.hall, slug=self.person.tenant).sign_in(self.person.email)
        pairs = [parse_cookie(header) for header in answer.headers.getlist("Set-Cookie")]
        named = [next(iter(pair.items())) for pair in pairs]
        self.context.add_cookies([{"name": name, "value": value, "url": self.base} for name, value in named])

    def sign_in(self) -> None:
        """Fill in the form; ends on the start page."""
        self.page.goto(f"{self.base}/sign-in")
        self.page.fill("[name=email]", self.person.email)
        self.page.fill("[name=password]", PASSWORD)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def go(self, path: str) -> None:
        """Open an address of the portal."""
        self.page.goto(self.base + path)

    def question(self, number: int) -> Locator:
        """Go to a question by its cell."""
        cell = self.page.locator(f'#navigator a[data-slot="{number}"]')
        if not cell.is_visible():
            self.page.click(".navigator-button")
        cell.click()
        shown = self.page.locator(f"#q-{number}")
        expect(shown).to_be_visible()
        return shown

    def answer(self, number: int, text: str) -> None:
        """Type an answer."""
        self.question(number).locator(".answer").fill(text)

    def expect_state(self, state: str) -> None:
        """Wait until the page says `saved`, `saving`, `unsaved` or `offline`."""
        expect(self.page.locator("#save-state")).to_have_attribute("data-state", state)

    def open_finish(self) -> Locator:
        """Open the dialog in which one hands in."""
        if self.page.viewport_size and self.page.viewport_size["width"] < 900:
            self.page.click(".navigator-button")
        self.page.locator("#navigator [data-opens]").click()
        return self.page.locator("#submit-dialog")

    def hand_in(self) -> None:
        """Hand in; ends on the result."""
        self.open_finish().locator("[type=submit]").click()
        self.page.wait_for_url("**/result")

    def kept(self) -> list[str]:
        """The keys under which this browser keeps something of attempts."""
        keys: list[str] = self.page.evaluate("Object.keys(localStorage).filter(key => !key.endsWith('/renewed'))")
        return keys

    def stored(self) -> dict[int, Any]:
        """Slot to the response that the server holds for the attempt on the page."""
        url = self.page.evaluate("JSON.parse(document.getElementById('attempt-data').textContent).urls.attempt")
        answers = self.page.evaluate("url => fetch(url).then(answer => answer.json())", url)["answers"]
        return {answer["slot"]: answer["response"] for answer in answers}

    def expect_accessible(self) -> None:
        """Hold the page to WCAG by axe."""
        assert violations(self.page) == [], self.page.url
