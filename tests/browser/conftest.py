"""A browser for the run, and for each test a hall that a real server serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from browser import chromium
from browser.live import Live
from browser.visitor import Visitor
from hall import MakeHall, Person
from sitting import Exam, compose, started

MakeVisitor = Callable[..., Visitor]

expect.set_options(timeout=10_000)  # a busy machine is no fault


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The run's Chromium."""
    with sync_playwright() as playwright, chromium.launch(playwright) as browser:
        yield browser


def device(browser: Browser, slug: str, width: int) -> BrowserContext:
    """A device of somebody of this tenant, `width` pixels wide, on which nobody has signed in yet."""
    locale = "ar" if slug == "qalam" else "en"
    context = browser.new_context(viewport={"width": width, "height": 850}, locale=locale, has_touch=width < 600)
    context.set_default_timeout(10_000)
    return context


@pytest.fixture
def live(make_hall: MakeHall) -> Iterator[Live]:
    """A hall of both tenants on SQLite, served on a port of its own."""
    with Live(make_hall()) as live:
        yield live


@pytest.fixture
def visit(browser: Browser, live: Live) -> Iterator[MakeVisitor]:
    """`visit(person, width=1280)`: somebody at a device of their own, signed in. Errors in the console fail tests."""
    visitors: list[Visitor] = []

    def make(person: Person, width: int = 1280) -> Visitor:
        visitor = Visitor(live, person, device(browser, person.tenant, width))
        visitors.append(visitor)
        return visitor

    yield make
    for visitor in visitors:
        visitor.context.close()
    assert [fault for visitor in visitors for fault in visitor.faults] == []


@pytest.fixture
def exam(live: Live) -> Exam:
    """Northwind's exam of five questions, one of each type."""
    return compose(live.hall, pass_mark="50", time_limit_minutes=60)


@pytest.fixture
def candidate(live: Live, exam: Exam) -> Person:
    """Somebody who may sit it."""
    person = live.hall.person("candidate")
    exam.assign(person)
    return person


@pytest.fixture
def visitor(live: Live, visit: MakeVisitor, candidate: Person, exam: Exam) -> Visitor:
    """The candidate, who has just started."""
    visitor = visit(candidate)
    visitor.go(f"/attempts/{started(exam, live.hall.api(candidate))['id']}")
    return visitor
