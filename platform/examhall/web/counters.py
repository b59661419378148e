"""Counting calls in one process: what Flask-Limiter keeps its windows in where there is no Valkey."""

from __future__ import annotations

import threading

from limits.storage import Storage

from examhall.clock import now

#: Seconds between two looks for windows that are over.
SWEEP = 60.0


class Counters(Storage):
    """Fixed windows in memory, in place of the library's own store for `memory://`.

    That one starts a thread every 10 ms of traffic, which walks over every key: with the candidates of an exam day more
    work than the calls that it counts.
    """

    STORAGE_SCHEME = ["memory"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._lock = threading.Lock()
        #: Key to the calls so far and the moment, in seconds since 1970, when the window is over.
        self._windows: dict[str, tuple[int, float]] = {}
        self._sweep_at = 0.0

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """Nothing fails here."""
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` calls; gives how many there are in the window, which lasts `expiry` seconds from its first."""
        moment = now().timestamp()
        with self._lock:
            if moment >= self._sweep_at:
                self._windows = {name: window for name, window in self._windows.items() if window[1] > moment}
                self._sweep_at = moment + SWEEP
            calls, end = self._windows.get(key, (0, 0.0))
            if end <= moment:
                calls, end = 0, moment + expiry
            self._windows[key] = calls + amount, end
        return calls + amount

    def get(self, key: str) -> int:
        """How many calls there are in the window."""
        calls, end = self._windows.get(key, (0, 0.0))
        return calls if end > now().timestamp() else 0

    def get_expiry(self, key: str) -> float:
        """When the window is over, in seconds since 1970."""
        return max(self._windows.get(key, (0, 0.0))[1], now().timestamp())

    def check(self) -> bool:
        """Always in health."""
        return True

    def reset(self) -> int:
        """Forget all windows; gives how many there were."""
        with self._lock:
            count, self._windows = len(self._windows), {}
        return count

    def clear(self, key: str) -> None:
        """Forget one window."""
        with self._lock:
            self._windows.pop(key, None)
