"""Files of a tenant, found by the digest of what they hold: pictures of questions, and what candidates upload.

They lie in the instance folder of the tenant, beside its database, as `<id>.media/ab/abcdef…`. A file never
changes, so it is written once, by whoever comes first, and may be read by everybody at any time. Who may see it is told
by the records that name its digest: without such a record of the tenant nobody asks here.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from uuid import uuid4

from flask import current_app

from examhall.errors import Unavailable
from examhall.storage.records import tenant_id

#: How a digest is written.
DIGEST = re.compile(r"[0-9a-f]{64}")


def put(data: bytes) -> str:
    """Keep a file and return its digest, the SHA-256 of its bytes in hex. It is on the disk when this returns.

    Raises Unavailable when the disk is full or refuses.
    """
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(digest)
    try:
        if not path.is_file():
            _write(path, data)
    except OSError as error:
        raise Unavailable() from error
    return digest


def exists(digest: str) -> bool:
    """Whether the tenant keeps a file of this digest."""
    return path_of(digest).is_file()


def path_of(digest: str) -> Path:
    """Where a file of the present tenant lies, or would lie. Raises ValueError for what is no digest."""
    if not DIGEST.fullmatch(digest):
        raise ValueError("a digest has 64 hexadecimal digits")
    return Path(current_app.instance_path) / f"{tenant_id()}.media" / digest[:2] / digest


def _write(path: Path, data: bytes) -> None:
    """Write all or nothing: under another name first, which takes the right one when the disk has it all."""
    for folder in (path.parent.parent.parent, path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{uuid4().hex}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Have the disk know the new name, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
