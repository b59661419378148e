"""Starts the readers of imports: it has imported what they need, which takes long, and forks one for each folder.

`python -m examhall.bank.formats.starter N`, where N is its end of a socket whose other end `launch` holds. It reads no
file itself and ends with whoever holds that other end; the readers go on.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from pathlib import Path
from traceback import print_exc
from typing import NoReturn

from examhall.bank.formats import worker


def serve(line: socket.socket) -> None:
    """Fork a reader for each byte that comes with descriptors of folder, lock and trace; answer with its number."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here asks how they end
    gc.collect()
    gc.freeze()  # else each reader would copy all of it as it looks for garbage
    while True:
        asked, descriptors, _, _ = socket.recv_fds(line, 1, 3)
        if not asked:
            return
        reader = os.fork()
        if not reader:
            line.close()
            _read(*descriptors)
        for descriptor in descriptors:  # the lock above all: it tells that the reader lives
            os.close(descriptor)
        line.sendall(b"%d" % reader)


def _read(place: int, lock: int, trace: int) -> NoReturn:
    """Be a reader, in a session of its own, and end. The lock stays open until then."""
    failed = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(trace, sys.stderr.fileno())
        os.fchdir(place)
        for descriptor in (place, trace):
            os.close(descriptor)
        worker.main(Path.cwd())
        failed = 0
    except BaseException:
        print_exc()
    finally:
        os._exit(failed)  # at once: there is nothing to tidy up, and no caller to return to


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
