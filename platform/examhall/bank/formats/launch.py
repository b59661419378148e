"""Starts the reader of an import as a process of its own, waits for it a little, and tells later whether it lives."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess  # the reader is kept apart from everything else by being a process
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from examhall.bank.formats import folder


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader that was started here."""

    process: subprocess.Popen[bytes]
    waiter: threading.Thread

    def wait(self, seconds: float) -> bool:
        """Wait for its end, so long at most; whether it has come."""
        self.waiter.join(seconds)
        return not self.waiter.is_alive()

    def stop(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.waiter.join()


def start(place: Path) -> Reader:
    """Start the reader of an import's folder, in a session of its own; it outlives this process if need be.

    It inherits no environment, no files but the lock, which it holds while it lives, and nothing to read from.
    """
    for name in (folder.REPORT, folder.PROGRESS):
        (place / name).unlink(missing_ok=True)
    code = [path for path in sys.path if os.path.isabs(path)]
    with (place / folder.LOCK).open("w") as lock, (place / folder.TRACE).open("wb") as trace:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = subprocess.Popen(  # noqa: S603  # no shell, and the folder is ours
            [sys.executable, "-P", "-m", "examhall.bank.formats.worker", str(place)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=trace, close_fds=True,
            pass_fds=(lock.fileno(),), start_new_session=True, cwd=place,
            env={"PYTHONPATH": os.pathsep.join(code), "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        lock.write(str(process.pid))
    waiter = threading.Thread(target=process.wait, name="import", daemon=True)
    waiter.start()
    return Reader(process, waiter)


def alive(place: Path) -> bool:
    """Whether a reader works in this folder, whoever started it."""
    try:
        lock = (place / folder.LOCK).open("r")
    except FileNotFoundError:
        return False
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def end(place: Path) -> None:
    """End the reader that works in this folder, if one does, whoever started it."""
    for _ in range(100):  # one that was told may take a moment to let go
        if not alive(place):
            return
        # Whoever holds the lock is the one whose number stands in it; while it is started there is none yet.
        with suppress(FileNotFoundError, ProcessLookupError):
            if number := (place / folder.LOCK).read_text("utf-8"):
                os.killpg(int(number), signal.SIGKILL)
        time.sleep(0.01)
