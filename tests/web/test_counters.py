"""Limits in memory: windows that begin with their first call, forgotten when they are over, and no thread for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from examhall.web.counters import SWEEP, Counters


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """Time that stands until it is moved."""
    with time_machine.travel(1000, tick=False) as clock:
        yield clock


def test_it_is_what_memory_means() -> None:
    assert isinstance(storage_from_string("memory://"), Counters)


def test_a_window_lasts_from_its_first_call(clock: time_machine.Coordinates) -> None:
    store = Counters()
    assert [store.incr("a", 60), store.incr("a", 60), store.incr("b", 60, 3)] == [1, 2, 3]
    clock.shift(59)
    assert (store.incr("a", 60), store.get("a"), store.get_expiry("a")) == (3, 3, 1060)
    clock.shift(1)
    assert (store.get("a"), store.get_expiry("a")) == (0, 1060)
    assert store.incr("a", 60) == 1
    assert store.get_expiry("a") == 1120


def test_what_was_never_called_has_no_window(clock: time_machine.Coordinates) -> None:
    store = Counters()
    assert (store.get("a"), store.get_expiry("a"), store.check()) == (0, 1000, True)


def test_windows_that_are_over_are_swept(clock: time_machine.Coordinates) -> None:
    store = Counters()
    for number in range(50):
        store.incr(f"short {number}", 1)
    store.incr("long", 3600)
    clock.shift(SWEEP)
    store.incr("new", 1)
    assert store.reset() == 2


def test_windows_are_forgotten_when_asked() -> None:
    store = Counters()
    store.incr("a", 60)
    store.incr("b", 60)
    store.clear("a")
    store.clear("never there")
    assert (store.get("a"), store.get("b")) == (0, 1)
    assert store.reset() == 1
    assert store.get("b") == 0


def test_a_limiter_counts_with_it() -> None:
    limiter, limit = FixedWindowRateLimiter(Counters()), RateLimitItemPerMinute(2)
    assert [limiter.hit(limit, "who") for _ in range(3)] == [True, True, False]
    assert limiter.get_window_stats(limit, "who").remaining == 0


def test_no_call_of_many_threads_is_lost_and_none_is_started() -> None:
    store, before = Counters(), threading.active_count()
    for _ in range(100):
        store.incr("a", 60)
    assert threading.active_count() == before
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.incr("a", 60), range(2000)))
    assert store.get("a") == 2100


def test_windows_are_forgotten_while_others_are_swept() -> None:
    store = Counters()
    for number in range(20_000):
        store.incr(str(number), 60)
    with ThreadPoolExecutor(1) as pool:
        forgetting = pool.submit(lambda: [store.clear(str(number)) for number in range(20_000)])
        while not forgetting.done():
            store._sweep_at = 0
            assert store.incr("a", 60)
    assert store.reset() == 1
