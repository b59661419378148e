"""Has an import read by a process of its own, waits for it a little, and tells later whether it lives.

A reader is forked by the starter, a process that is there once for each process that asks, from its first import on.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import signal
import socket
import subprocess  # the reader is kept apart from everything else by being a process
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from examhall.bank.formats import folder

#: Seconds in which a reader is there: the starter imports all formats before it forks the first.
PATIENCE = 30

_asking = threading.Lock()
_line: socket.socket | None = None
_other_end: subprocess.Popen[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader that was started here."""

    place: Path
    waiter: threading.Thread

    def wait(self, seconds: float) -> bool:
        """Wait for its end, so long at most; whether it has come."""
        self.waiter.join(seconds)
        return not self.waiter.is_alive()

    def stop(self) -> None:
        """End it at once."""
        end(self.place)
        self.waiter.join()


def start(place: Path) -> Reader:
    """Start the reader of an import's folder, in a session of its own; it outlives this process if need be.

    It inherits no environment, no files but the lock, which it holds while it lives, and nothing to read from.
    """
    for name in (folder.REPORT, folder.PROGRESS):
        (place / name).unlink(missing_ok=True)
    with (place / folder.LOCK).open("w") as lock, (place / folder.TRACE).open("wb") as trace:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(_forked(place, lock, trace))
        held = (place / folder.LOCK).open("r")
    waiter = threading.Thread(target=_wait, args=[held], name="import", daemon=True)
    waiter.start()
    return Reader(place, waiter)


def _wait(held: TextIO) -> None:
    with held:
        fcntl.flock(held, fcntl.LOCK_SH)


def _forked(place: Path, lock: TextIO, trace: BinaryIO) -> str:
    """The number of a new reader; "" where none could be started, which looks as if it had ended at once."""
    global _line
    there = os.open(place, os.O_RDONLY)
    try:
        with _asking:
            for _ in range(2):  # a starter may have been killed since it was asked last
                _line = _line or _starter(trace)
                with suppress(OSError):
                    socket.send_fds(_line, [b"+"], [there, lock.fileno(), trace.fileno()])
                    if number := _line.recv(20).decode():
                        return number
                _forget()
                if _other_end:  # one that is only slow would fork a second reader for the folder
                    _other_end.kill()
    finally:
        os.close(there)
    return ""


def _starter(trace: BinaryIO) -> socket.socket:
    """Start the starter; gives the line to it. It knows no more than readers may."""
    global _other_end
    ours, theirs = socket.socketpair()
    ours.settimeout(PATIENCE)
    code = [path for path in sys.path if os.path.isabs(path)]
    with theirs:
        _other_end = subprocess.Popen(  # noqa: S603  # no shell
            [sys.executable, "-P", "-m", "examhall.bank.formats.starter", str(theirs.fileno())],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=trace, close_fds=True,
            pass_fds=(theirs.fileno(),), cwd="/",
            env={"PYTHONPATH": os.pathsep.join(code), "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
    threading.Thread(target=_other_end.wait, name="starter of imports", daemon=True).start()
    return ours


def _forget() -> None:
    global _line
    if _line:
        _line.close()
        _line = None


atexit.register(_forget)
os.register_at_fork(after_in_child=_forget)  # two that ask on one line would hear each other's answers


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
