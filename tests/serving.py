"""A real server process for tests that kill it: granian with its workers, on a port of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from examhall.settings import PROJECT
from hall import Hall

#: granian gives up on a worker that dies within 5.5 s after it took another's place, and leaves that to systemd.
GIVES_UP = 5.6
#: Seconds for what takes two: others may have the cores for long, and tests wait for events, not for the clock.
PATIENCE = 120


@dataclass
class Server:
    """A running granian."""

    process: subprocess.Popen[bytes]
    port: int
    #: From when on a worker that took another's place may be killed, by its pid.
    spared: dict[int, float] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def workers(self) -> list[int]:
        """The pids of the processes that answer requests."""
        return [
            int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    def kill_the_oldest_worker(self) -> None:
        """`kill -9` it, and return when granian has started another."""
        before = self.workers()
        time.sleep(max(0, self.spared.get(before[0], 0) - time.monotonic()))
        os.kill(before[0], signal.SIGKILL)
        wait_until(lambda: set(self.workers()) - set(before), "no worker took the killed one's place")
        self.spared[self.workers()[-1]] = time.monotonic() + GIVES_UP

    def wait(self) -> None:
        """Return when it answers."""
        wait_until(self._answers, "the server does not answer")

    def _answers(self) -> bool:
        assert self.process.poll() is None, "the server has ended"
        try:
            return httpx.get(f"{self.url}/health", timeout=PATIENCE).status_code == 200
        except httpx.HTTPError:
            return False


def wait_until(done: Callable[[], object], otherwise: str) -> None:
    """Return when it is so. Raises `TimeoutError` that says what is `otherwise`."""
    last = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > last:
            raise TimeoutError(f"after {PATIENCE} s {otherwise}")
        time.sleep(0.02)


@contextmanager
def serving(hall: Hall, *, workers: int) -> Iterator[Server]:
    """Serve the hall's tenants and database from processes of their own."""
    settings = hall.settings
    environment = os.environ | {
        "PYTHONPATH": f"{PROJECT / 'platform'}:{PROJECT}",
        "EXAMHALL_ENV": "testing",
        "EXAMHALL_LOG_LEVEL": "ERROR",
        "EXAMHALL_INSTANCE_FOLDER": str(settings.instance_folder),
        "EXAMHALL_DATABASE_URL": settings.database_url,
        "EXAMHALL_LIMITS_STORAGE": settings.limits_storage,
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = "--interface wsgi --blocking-threads 4 --no-ws --respawn-failed-workers --respawn-interval 0.1 --no-log"
    command = [sys.executable, "-m", "granian", *options.split(), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(workers), "wsgi:app"]
    process = subprocess.Popen(command, env=environment, cwd=PROJECT, start_new_session=True)
    server = Server(process, port)
    try:
        server.wait()
        yield server
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # a worker that is just starting holds up a gentler end
        process.wait()
