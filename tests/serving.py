"""A real server process for tests that kill it: granian with its workers, on a port of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from examhall.settings import PROJECT
from hall import Hall


@dataclass
class Server:
    """A running granian."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def workers(self) -> list[int]:
        """The pids of the processes that answer requests."""
        return [
            int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    def kill_a_worker(self) -> None:
        """`kill -9` the first worker; granian starts another."""
        for pid in self.workers()[:1]:
            os.kill(pid, signal.SIGKILL)

    def wait(self) -> None:
        """Return when it answers."""
        for _ in range(300):
            try:
                if httpx.get(f"{self.url}/health", timeout=1).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise TimeoutError("the server did not answer within 15 s")


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
