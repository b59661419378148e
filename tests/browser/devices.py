"""The devices that visitors sit at. They stand ready between tests: starting one costs more than a short visit."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, ConsoleMessage

#: What the browser itself reports of an answer that a test provokes.
PROVOKED = re.compile(r"Failed to load resource|net::ERR_")


class Device:
    """A browser of somebody of this tenant, `width` pixels wide, with one tab, in which nobody has signed in yet."""

    def __init__(self, browser: Browser, slug: str, width: int) -> None:
        locale = "ar" if slug == "qalam" else "en"
        self.context = browser.new_context(
            viewport={"width": width, "height": 850}, locale=locale, has_touch=width < 600
        )
        self.context.set_default_timeout(10_000)
        self.faults: list[str] = []
        self.context.on("console", self._heard)
        self.context.on("weberror", lambda error: self.faults.append(f"{error.page and error.page.url}: {error.error}"))
        self.tab = self.context.new_page()
        self.untouched = self._heeded()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not PROVOKED.search(message.text):
            self.faults.append(f"{message.page and message.page.url}: {message.text}")

    def _heeded(self) -> tuple[set[str], int]:
        """What somebody listens to in the tab, and how many addresses are answered for there."""
        page = self.tab._impl_obj
        return set(page.event_names()), len(page._routes)

    def leave(self, portal: str) -> bool:
        """Forget the visit; tells whether the next one will find all as new.

        It will not where a test closed the tab, or listens or answers in it.
        """
        self.context.set_offline(False)
        for page in self.context.pages:
            if page is not self.tab:
                page.close()
        if self.tab.is_closed() or self._heeded() != self.untouched:
            return False
        self.tab.goto(f"{portal}/static/logo.svg")  # the portal still, whose storage it is, but without a script
        self.tab.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.context.clear_cookies()
        self.faults.clear()
        return True
