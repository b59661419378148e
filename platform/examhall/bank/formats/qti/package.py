"""A content package: an archive with imsmanifest.xml, the files that it names and those that they refer to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from examhall.bank.content.recognition import media_type_of
from examhall.bank.formats import Medium, archive
from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.markup import media_type
from examhall.errors import N_, FieldError, Invalid

MANIFEST = "imsmanifest.xml"
LIMITS = archive.Limits(entries=25_000)
TAG_LIMIT = 50
TAGS_LIMIT = 20

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_FILE_BASE = re.compile(r"\A(\$IMS-CC-FILEBASE\$|%24IMS-CC-FILEBASE%24)/?", re.IGNORECASE)
_BASES = ("", "web_resources/")
_DIFFICULTIES = {"very easy": "easy", "easy": "easy", "medium": "medium", "difficult": "hard", "hard": "hard",
                 "very difficult": "hard"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that the manifest names: its path in the archive, "" where its address leads elsewhere."""

    href: str
    path: str
    tags: tuple[str, ...]
    difficulty: str
    line: int


class Package:
    """An opened package. Raises Invalid for an archive or a manifest that cannot be read."""

    def __init__(self, data: bytes) -> None:
        self.files: Mapping[str, bytes] = archive.read(data, LIMITS)
        self.size = len(data)
        manifests = sorted(name for name in self.files if name.rpartition("/")[2].lower() == MANIFEST)
        if not manifests:
            raise _refused(N_("There is no imsmanifest.xml in this archive. Export the whole package again."))
        depth = min(name.count("/") for name in manifests)
        outermost = [name for name in manifests if name.count("/") == depth]
        if len(outermost) > 1:
            raise _refused(N_("There are several imsmanifest.xml in this archive. Import one package at a time."))
        self.manifest = outermost[0]
        self.root = tree.read(self.files[self.manifest])
        self._media: dict[str, Medium | None] = {}

    def resources(self) -> Iterator[Resource]:
        """What the manifest names, each file once."""
        seen: set[str] = set()
        for element, href in self._addresses():
            path = resolved(self.manifest, href)
            if href and (path or href) not in seen:
                seen.add(path or href)
                tags = [tree.words(keyword) for keyword in element.iter("keyword")]
                difficulty = next((tree.words(tree.child(found, "value")) for found in element.iter("difficulty")), "")
                fitting = [" ".join(tag.split())[:TAG_LIMIT] for tag in tags if tag]
                yield Resource(
                    href=href,
                    path=path if path in self.files else "",
                    tags=tuple(dict.fromkeys(fitting))[:TAGS_LIMIT],
                    difficulty=_DIFFICULTIES.get(difficulty.lower(), ""),
                    line=element.sourceline or 0,
                )

    def _addresses(self) -> Iterator[tuple[Any, str]]:
        """Resources with their addresses; Canvas hides its own QTI among the other files of a resource."""
        for element in self.root.iter("resource"):
            held = [file.get("href", "") for file in tree.children(element, "file")]
            first = element.get("href") or next(iter(held), "")
            for href in dict.fromkeys([first, *(href for href in held if href.lower().endswith(".xml.qti"))]):
                yield element, href

    def medium(self, path: str) -> Medium | None:
        """The picture, sound or film at a path, told by its content or name; None where none is that we show."""
        if path not in self._media and path in self.files:
            try:
                data = self.files[path]
            except Invalid:
                data = b""
            kind = media_type_of(data) or media_type(path)
            self._media[path] = Medium(path.rpartition("/")[2], kind, data) if kind else None
        return self._media.get(path)

    def unnamed(self) -> list[str]:
        """XML files that the manifest does not name."""
        named = {resolved(self.manifest, href) for _, href in self._addresses()}
        return sorted(
            name
            for name in self.files
            if name.lower().endswith((".xml", ".xml.qti")) and name not in named and not name.lower().endswith(MANIFEST)
        )


class PackageFiles:
    """The media of a package as one of its files refers to them; those asked for are kept by digest."""

    def __init__(self, package: Package, path: str, kept: dict[str, Medium]) -> None:
        self.package, self.path, self.kept = package, path, kept

    def medium(self, href: str) -> Medium | None:
        """The medium at an address; None for one that leads elsewhere, is broken, or is no medium that we show."""
        found = next((medium for path in self._paths(href) if (medium := self.package.medium(path))), None)
        return found and self.kept.setdefault(found.digest, found)

    def _paths(self, href: str) -> list[str]:
        address, base = href.partition("?")[0].strip(), _FILE_BASE.match(href.strip())
        if base is None:
            return [path] if (path := resolved(self.path, address)) else []
        found = (resolved(self.package.manifest, start + address[base.end() :]) for start in _BASES)
        return [path for path in found if path]


class NoFiles:
    """What an item without a package may refer to: nothing."""

    def medium(self, href: str) -> Medium | None:
        """None."""
        return None


def resolved(path: str, href: str) -> str:
    """The path of an address relative to a file; "" for one that leads out of the archive or to a part of a file."""
    address = unquote(href.strip()).replace("\\", "/")
    if not address or "#" in href or _ELSEWHERE.match(address) or address.startswith("/"):
        return ""
    found = posixpath.normpath(posixpath.join(posixpath.dirname(path), address))
    return "" if found.startswith("..") else found


def _refused(message: str) -> Invalid:
    return Invalid(errors=[FieldError("file", message)])
