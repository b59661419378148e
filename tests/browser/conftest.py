"""A browser for the run, devices, and for each test a hall that a real server serves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from browser import chromium
from browser.devices import Device
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


@pytest.fixture(scope="session")
def server() -> Iterator[Live]:
    """The run's server of halls."""
    with Live.on_a_port() as server:
        yield server


@pytest.fixture
def live(server: Live, make_hall: MakeHall) -> Iterator[Live]:
    """A hall of both tenants on SQLite, served."""
    with server.serving(make_hall()) as live:
        yield live


@pytest.fixture(scope="session")
def devices() -> dict[tuple[str, int], list[Device]]:
    """The devices at which nobody sits, by tenant and width."""
    return defaultdict(list)


@pytest.fixture
def visit(browser: Browser, live: Live, devices: dict[tuple[str, int], list[Device]]) -> Iterator[MakeVisitor]:
    """`visit(person, width=1280)`: somebody at a device of their own, signed in. Errors in the console fail tests."""
    visits: list[tuple[Visitor, list[Device]]] = []

    def make(person: Person, width: int = 1280) -> Visitor:
        free = devices[person.tenant, width]
        device = free.pop() if free else Device(browser, person.tenant, width)
        visits.append((visitor := Visitor(live, person, device), free))
        return visitor

    yield make
    faults = [fault for visitor, _ in visits for fault in visitor.device.faults]
    for visitor, free in visits:
        if visitor.device.leave(visitor.base):
            free.append(visitor.device)
        else:
            visitor.context.close()
    assert faults == []


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
