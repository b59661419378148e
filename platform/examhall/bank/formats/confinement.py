"""What a process that reads a stranger's file may do: take so much time and memory, and write in one folder.

The kernel holds the limits. An audit hook, which can't be taken back, refuses all that reads or writes elsewhere,
opens a socket, a database or a library, or starts a process.
"""

from __future__ import annotations

import mimetypes
import os
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MIB = 2**20
_FORBIDDEN = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile", "pty.",
    "ctypes.", "sqlite3.", "urllib.", "ftplib.", "http.", "smtplib.", "imaplib.", "poplib.", "telnetlib.", "nntplib.",
    "webbrowser.", "os.kill", "os.killpg", "signal.pthread_kill", "os.chroot", "os.setxattr", "fcntl.ioctl",
)  # fmt: skip
_CHANGES = (
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
    "os.chflags", "os.utime", "shutil.", "tempfile.", "pathlib.Path.rglob",
)  # fmt: skip
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds of CPU and of the clock, bytes of address space and of a file that is written."""

    cpu: int
    clock: int
    memory: int
    file: int = 160 * MIB

    @classmethod
    def for_file(cls, size: int) -> Bounds:
        """Enough for an honest file of this size (in bytes), several times over."""
        mib = -(-size // MIB)
        return cls(cpu=min(5 + 10 * mib, 120), clock=min(30 + 30 * mib, 400), memory=min(600 + 40 * mib, 1600) * MIB)


def confine(folder: Path, bounds: Bounds) -> None:
    """Confine the present process for good. Import what is needed before."""
    limit = resource.setrlimit
    limit(resource.RLIMIT_CORE, (0, 0))
    limit(resource.RLIMIT_CPU, (bounds.cpu, bounds.cpu + 1))
    limit(resource.RLIMIT_AS, (bounds.memory, bounds.memory))
    limit(resource.RLIMIT_FSIZE, (bounds.file, bounds.file))
    limit(resource.RLIMIT_NOFILE, (64, 64))
    signal.setitimer(signal.ITIMER_REAL, bounds.clock)  # whose signal ends a process that has no handler for it
    os.environ.clear()
    mimetypes.init(())  # which would look into /etc at its first use
    sys.addaudithook(_Watch(folder))


class _Watch:
    """The audit hook. Refuses by `PermissionError`, as the system would."""

    def __init__(self, folder: Path) -> None:
        self.folder = _real(folder)
        roots = [sys.prefix, sys.base_prefix, *filter(os.path.isabs, sys.path)]
        self.code = tuple({_real(root) for root in roots if os.path.isdir(root)} - {os.sep})

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = args
            if not isinstance(path, int) and not self._may_open(path, flags):
                raise PermissionError(f"{path!r} is none of an import's business")
        elif event.startswith(_FORBIDDEN):
            raise PermissionError(f"{event} is none of an import's business")
        elif event.startswith(_CHANGES) and not all(self._inside(path) for path in args if isinstance(path, str)):
            raise PermissionError(f"{event} outside the import's folder")

    def _may_open(self, path: Any, flags: int) -> bool:
        return self._inside(path) or (not flags & _WRITES and _real(path).startswith(self.code))

    def _inside(self, path: Any) -> bool:
        return _real(path).startswith(self.folder)


def _real(path: Any) -> str:
    return str(os.path.realpath(os.fsdecode(path))) + os.sep
