"""Zip archives from strangers, read within budgets and never unpacked to a disk; and our own, always the same bytes.

Everything that can be told from the directory of an archive is checked before any of it is read.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from examhall.errors import N_, FieldError, Invalid


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold: files, unpacked bytes of one and of all, how many times it may have shrunk them."""

    entries: int = 5_000
    entry_bytes: int = 24 * 2**20
    total_bytes: int = 120 * 2**20
    ratio: int = 200


_END = b"PK\5\6"
_LOCAL = struct.Struct("<4s22xHH")  # signature … length of the name, length of what is extra
_RATIO_MATTERS_FROM = 2**18  # a page of spaces shrinks a thousandfold and harms nobody
_NAME_LIMIT = 400
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")
_ARCHIVES = (".zip", ".imscc", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_LITTER = re.compile(r"(__MACOSX/.*|(.*/)?(\.DS_Store|Thumbs\.db|desktop\.ini))", re.DOTALL)


class Archive(Mapping[str, bytes]):
    """The files of an archive by their paths (with "/"), each unpacked when it is asked for.

    Asking raises KeyError for a path that is not there, Invalid where its bytes are not what the directory says.
    """

    def __init__(self, archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo]) -> None:
        self._archive, self._entries = archive, entries

    def __getitem__(self, name: str) -> bytes:
        entry = self._entries[name]
        try:
            with self._archive.open(entry) as file:
                data = file.read(entry.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
            raise _refused(_BROKEN_ENTRY, name=name) from None
        if len(data) != entry.file_size:
            raise _refused(_BROKEN_ENTRY, name=name)
        if data.startswith(b"PK\3\4"):
            raise _refused(_NESTED, name=name)
        return data

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


_BROKEN = N_("The archive is broken or cut off. Make it again and try once more.")
_BROKEN_ENTRY = N_('"%(name)s" in the archive is broken. Make the archive again and try once more.')
_NESTED = N_('The archive holds another archive, "%(name)s". Unpack that one and import it by itself.')


def is_archive(data: bytes) -> bool:
    """Whether the data begin as a zip archive does."""
    return data.startswith((b"PK\3\4", _END))


def read(data: bytes, limits: Limits = Limits()) -> Archive:
    """The archive that the data are. Writes nothing.

    Raises Invalid (field `file`) for an archive that is broken, goes beyond the limits, is encrypted, holds links,
    archives, names that lead elsewhere or twice the same name, whose entries overlap, or that something precedes or
    follows.
    """
    if data.count(b"PK\1\2") > limits.entries:
        raise _refused(
            N_("The archive holds more than %(limit)s files. Split it and import the parts."), limit=limits.entries
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, NotImplementedError, struct.error):
        raise _refused(_BROKEN) from None
    infos = archive.infolist()
    _check_layout(data, archive, infos)
    _check_sizes(infos, limits)
    entries: dict[str, zipfile.ZipInfo] = {}
    twins: dict[str, str] = {}
    for info in infos:
        name = _name(info)
        if _LITTER.fullmatch(name) or name.endswith("/"):
            continue
        _check_kind(info, name)
        twin = twins.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if name in entries or twin != name:
            message = N_('"%(name)s" and "%(twin)s" in the archive have the same name. Rename one of them.')
            raise _refused(message, name=name, twin=twin)
        entries[name] = info
    return Archive(archive, entries)


def write(files: Mapping[str, bytes]) -> bytes:
    """An archive of these files, in their order: the same bytes for the same files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return stream.getvalue()


def _check_layout(data: bytes, archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> None:
    """The entries lie one after the other from the first byte on, then comes the directory, then nothing."""
    if data[len(data) - 22 - len(archive.comment) :][:4] != _END:
        raise _refused(N_("Something follows the end of the archive. Make it again and try once more."))
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        start = info.header_offset
        if start < end or (end == 0 and start != 0):
            message = N_('"%(name)s" does not lie in the archive as it should. Make the archive again.')
            raise _refused(message, name=_shown(info.filename))
        header = data[start : start + _LOCAL.size]
        if len(header) < _LOCAL.size or not header.startswith(b"PK\3\4"):
            raise _refused(_BROKEN)
        _, name_length, extra_length = _LOCAL.unpack(header)
        end = start + _LOCAL.size + name_length + extra_length + info.compress_size
    if end > archive.start_dir:
        raise _refused(_BROKEN)


def _check_sizes(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    for info in infos:
        if info.file_size > limits.entry_bytes:
            message = N_('"%(name)s" in the archive has more than %(limit)s MB. Make it smaller.')
            raise _refused(message, name=_shown(info.filename), limit=limits.entry_bytes // 2**20)
        if info.file_size > _RATIO_MATTERS_FROM and info.file_size > limits.ratio * max(info.compress_size, 1):
            message = N_('"%(name)s" grows more than %(limit)s times when it is unpacked, which no honest file does.')
            raise _refused(message, name=_shown(info.filename), limit=limits.ratio)
    if sum(info.file_size for info in infos) > limits.total_bytes:
        message = N_("The archive unpacks to more than %(limit)s MB. Split it and import the parts.")
        raise _refused(message, limit=limits.total_bytes // 2**20)


def _check_kind(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & 0x2041:
        raise _refused(N_('"%(name)s" in the archive is encrypted. Make it without a password.'), name=name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        message = N_('"%(name)s" is packed by a method that is not read. Make the archive as an ordinary zip file.')
        raise _refused(message, name=name)
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        raise _refused(N_('"%(name)s" in the archive is a link and no file. Put the file itself there.'), name=name)
    if name.lower().endswith(_ARCHIVES):
        raise _refused(_NESTED, name=name)


def _name(info: zipfile.ZipInfo) -> str:
    """The path of an entry, as it is looked up."""
    name = info.orig_filename.replace("\\", "/")
    parts = name.removesuffix("/").split("/")
    if _CONTROL.search(name) or len(name) > _NAME_LIMIT or _DRIVE.match(name) or {"", ".", ".."} & set(parts):
        message = N_('The archive names a file "%(name)s", which leads elsewhere or nowhere. Rename it.')
        raise _refused(message, name=_shown(info.orig_filename))
    return name


def _shown(name: str) -> str:
    return _CONTROL.sub("\ufffd", name)[:100]


def _refused(message: str, **params: Any) -> Invalid:
    return Invalid(errors=[FieldError("file", message, params)])
