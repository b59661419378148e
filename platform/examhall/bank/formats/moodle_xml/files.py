"""The files that a question carries in base64, and how its texts refer to them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from unicodedata import normalize
from urllib.parse import unquote

from examhall.bank.content.recognition import media_type_of
from examhall.bank.formats import Medium, Message
from examhall.bank.formats.moodle_xml.node import Node
from examhall.errors import N_

_NAME_LIMIT = 200
_SPACE = re.compile(r"\s+")


@dataclass(slots=True)
class _File:
    owner: str  # the path of the element it stands in
    name: str
    path: str
    node: Node
    used: bool = False


class Files:
    """The files of one question. A text finds those beside it first, then those of the question's other texts."""

    def __init__(self, question: Node, media: MutableMapping[str, Medium]) -> None:
        self._media = media
        self._files = list(_found(question))

    def digest(self, owner: str, reference: str) -> str | None:
        """The digest of the file that a text at this path refers to, which joins the media.

        None when it is not there, cannot be decoded or is no picture, sound or film.
        """
        file = self._found(owner, reference)
        return self._kept(file) if file else None

    def played(self, owner: str, reference: str) -> tuple[str, str] | None:
        """Whether that file is "audio" or "video", and its digest; None, and it joins nothing, if it is neither."""
        file = self._found(owner, reference)
        kind = (media_type_of(_bytes(file) or b"") or "").partition("/")[0] if file else ""
        digest = self._kept(file) if file and kind in ("audio", "video") else None
        return (kind, digest) if digest else None

    def _found(self, owner: str, reference: str) -> _File | None:
        wanted = normalize("NFC", unquote(reference.partition("?")[0]).lstrip("/"))
        fitting = [file for file in self._files if wanted in (file.path + file.name, file.name)]
        return next((file for file in fitting if file.owner == owner), next(iter(fitting), None))

    def first(self, owner: str) -> tuple[str, str] | None:
        """Digest and name of the first file that stands directly in an element."""
        file = next((file for file in self._files if file.owner == owner and not file.used), None)
        digest = self._kept(file) if file else None
        return (digest, file.name) if file and digest else None

    def embedded(self, name: str, text: str) -> str | None:
        """The digest of what stands in base64 in the question itself; None when it is no medium."""
        return self._joined(name.rpartition("/")[2], decoded(text))

    def data(self, digest: str) -> bytes:
        """The bytes of a file that joined the media."""
        return self._media[digest].data

    def unused(self) -> Iterator[Message]:
        """A message for each file to which no text refers."""
        for file in self._files:
            if not file.used:
                yield file.node.message(N_('No text shows the file "%(name)s", so it is left out.'), name=file.name)

    def _kept(self, file: _File) -> str | None:
        file.used = True
        return self._joined(file.name, _bytes(file))

    def _joined(self, name: str, data: bytes | None) -> str | None:
        media_type = media_type_of(data) if data else None
        if data is None or media_type is None:
            return None
        medium = Medium(name, media_type, data)
        digest = medium.digest
        self._media.setdefault(digest, medium)
        return digest


def _bytes(file: _File) -> bytes | None:
    return decoded(file.node.text) if file.node.attributes.get("encoding", "base64") == "base64" else None


def decoded(text: str) -> bytes | None:
    """The bytes of a text in base64, white space and missing padding forgiven; None when it is something else."""
    compact = _SPACE.sub("", text)
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _found(node: Node) -> Iterator[_File]:
    """The files in an element and in all below it, taken out of them."""
    if not node.holds_files:
        return
    files = node.take_all("file")
    node.children = [child for child in node.children if child.tag != "file"]
    for file in files:
        name = normalize("NFC", PurePosixPath(file.attributes.get("name", "")).name[:_NAME_LIMIT])
        path = normalize("NFC", file.attributes.get("path", "/").strip("/"))
        yield _File(node.path, name, path + "/" if path else "", file)
    for child in node.children:
        yield from _found(child)
