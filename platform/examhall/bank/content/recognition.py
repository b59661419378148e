"""What kind of picture, sound or film a file is, told by its content alone, and without what it tells of its maker.

A picture is decoded, so that what is kept is one. One that carries more than its pixels (where and with what it was
taken, comments, a small copy of what was cut off) is written anew without that; animated ones stay as they are.
"""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageOps

from examhall.errors import N_, FieldError, Invalid

NAME_LIMIT = 200
PIXEL_LIMIT = 25_000_000
SIDE_LIMIT = 9_999
MEBIBYTE = 1024 * 1024
#: Bytes that a file may have, by what the media type begins with.
SIZE_LIMITS = {"image": 10 * MEBIBYTE, "audio": 20 * MEBIBYTE, "video": 50 * MEBIBYTE}
MEDIA_TYPES = frozenset({
    "image/png", "image/jpeg", "image/gif", "image/webp", "audio/mpeg", "audio/ogg", "audio/wav", "audio/mp4",
    "video/mp4", "video/webm",
})  # fmt: skip

_SOUND_BRANDS = frozenset({b"M4A ", b"M4B ", b"F4A "})
_FILM_BRANDS = re.compile(rb"iso[m2-9]|mp4[12]|avc1|M4V |dash|MSNV|F4V ")
_UNNAMEABLE = re.compile(r"[\x00-\x1f\x7f/\\\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PICTURE_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
_PNG_CHUNKS = frozenset({
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD", b"pHYs",
})  # fmt: skip
_WEBP_CHUNKS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"})


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file that may be kept; width and height in pixels where it is a picture."""

    name: str
    media_type: str
    data: bytes
    width: int | None = None
    height: int | None = None


def recognise(name: str, data: bytes) -> Recognised:
    """The medium that a file holds, its name made fit for lists.

    Raises Invalid, for the field `file`, when it is nothing that a question may show, too large, or damaged.
    """
    media_type = media_type_of(data)
    if media_type is None:
        message = N_(
            "This file is no picture (PNG, JPEG, GIF, WebP), sound (MP3, Ogg, WAV, M4A) or film (MP4, WebM). Save it "
            "as one of these; drawings (SVG) as PNG."
        )
        raise _refusal(message)
    limit = SIZE_LIMITS[media_type.partition("/")[0]]
    if len(data) > limit:
        message = N_("This file has more than %(limit)s MiB. Make it smaller and send it again.")
        raise _refusal(message, limit=limit // MEBIBYTE)
    if media_type in _PICTURE_FORMATS:
        return _picture(file_name(name), media_type, data)
    return Recognised(file_name(name), media_type, data)


def file_name(name: str) -> str:
    """A name without folders and control characters, of at most 200 characters; "file" where nothing is left."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name.encode(errors="ignore").decode()))[-1]
    line = " ".join(_UNNAMEABLE.sub(" ", last).split()).strip(". ")
    if len(line) > NAME_LIMIT:
        stem, dot, extension = line.rpartition(".")
        line = stem[: NAME_LIMIT - len(extension) - 1] + dot + extension if len(extension) < 10 else line[:NAME_LIMIT]
    return line or "file"


def media_type_of(data: bytes) -> str | None:
    """The type that the first bytes of a file tell; None for what is no picture, sound or film that we show."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(data[8:12])
    if data.startswith(b"OggS"):
        return None if b"\x80theora" in data[:1024] else "audio/ogg"
    if data.startswith(b"ID3") or _begins_mp3(data):
        return "audio/mpeg"
    if data[4:8] == b"ftyp":
        if data[8:12] in _SOUND_BRANDS:
            return "audio/mp4"
        return "video/mp4" if _FILM_BRANDS.fullmatch(data[8:12]) else None
    if data.startswith(b"\x1a\x45\xdf\xa3") and b"\x42\x82\x84webm" in data[:64]:
        return "video/webm"
    return None


def _begins_mp3(data: bytes) -> bool:
    """Whether a frame of MPEG layer III begins here: eleven bits of 1, a version that exists, that layer."""
    return len(data) > 3 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2 and data[1] & 0x18 != 0x08


def _picture(name: str, media_type: str, data: bytes) -> Recognised:
    kind = _PICTURE_FORMATS[media_type]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, about damaged metadata and sizes that are checked here
            with Image.open(io.BytesIO(data), formats=[kind]) as picture:
                width, height = picture.size
                if width * height > PIXEL_LIMIT or max(width, height) > SIDE_LIMIT:
                    message = N_("This picture has more than %(limit)s million pixels. Make it smaller.")
                    raise _refusal(message, limit=PIXEL_LIMIT // 1_000_000)
                picture.load()
                if not getattr(picture, "is_animated", False) and not _is_bare(media_type, data):
                    data, (width, height) = _written_anew(picture, kind)
    except Invalid:
        raise
    except Exception:  # decoders of Pillow fail on damaged files in many ways
        raise _refusal(N_("This picture is damaged. Open it in a drawing program and save it again.")) from None
    return Recognised(name, media_type, data, width, height)


def _written_anew(picture: Image.Image, kind: str) -> tuple[bytes, tuple[int, int]]:
    upright = ImageOps.exif_transpose(picture)
    profile = picture.info.get("icc_profile")
    for name in ("exif", "xmp", "comment", "photoshop", "mpoffset"):
        upright.info.pop(name, None)
    options = {"JPEG": {"quality": 90, "optimize": True}, "WEBP": {"quality": 90}}.get(kind, {})
    out = io.BytesIO()
    if kind == "PNG":
        upright.save(out, kind, icc_profile=profile, optimize=True)
    else:
        upright.save(out, kind, icc_profile=profile, **options)
    return out.getvalue(), upright.size


def _is_bare(media_type: str, data: bytes) -> bool:
    """Whether a picture carries nothing but its pixels and how to show them, so that it may stay byte for byte."""
    if media_type == "image/png":
        return {name for name, _ in _png_chunks(data)} <= _PNG_CHUNKS and data.endswith(b"IEND\xaeB`\x82")
    if media_type == "image/webp":
        return {name for name, _ in _webp_chunks(data)} <= _WEBP_CHUNKS
    if media_type == "image/jpeg":
        return all(_says_how(marker, data[start : start + 12]) for marker, start in _jpeg_segments(data)) and (
            data.endswith(b"\xff\xd9")
        )
    return False


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int]]:
    at = 8
    while at + 8 <= len(data):
        yield data[at + 4 : at + 8], at + 8
        at += 12 + int.from_bytes(data[at : at + 4], "big")


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, int]]:
    at = 12
    while at + 8 <= len(data):
        yield data[at : at + 4], at + 8
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + size + size % 2


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Markers before the first scan, each with where its content begins."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        yield data[at + 1], at + 4
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def _says_how(marker: int, beginning: bytes) -> bool:
    """Whether a segment of a JPEG says how to show it: tables, frames, JFIF, a colour profile, Adobe's colours."""
    if marker == 0xFE:
        return False
    if 0xE0 <= marker <= 0xEF:
        return beginning.startswith({0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}.get(marker, b"-"))
    return True


def _refusal(message: str, **params: object) -> Invalid:
    return Invalid(errors=[FieldError("file", message, params)])
