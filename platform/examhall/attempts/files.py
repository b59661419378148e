"""Files that candidates hand up: stored under their digest, known by what is in them, given out as downloads only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import puremagic
import sqlalchemy as sa
from flask import current_app, url_for

from examhall.attempts.engine.paper import Slot
from examhall.attempts.engine.states import State
from examhall.attempts.models import Attempt, AttemptFile
from examhall.bank import operations as bank
from examhall.clock import now
from examhall.errors import N_, Conflict, FieldError, Invalid, NotFound, PayloadTooLarge
from examhall.extensions import db
from examhall.storage import media
from examhall.storage.records import tenant_id
from examhall.storage.transactions import writing

if TYPE_CHECKING:
    from examhall.attempts.operations import Found

#: How often a file of one slot may be replaced by another; what was handed up is never thrown away.
TRIES = 10
NAME_LIMIT = 200
#: Bytes that a form has beside its file.
AROUND = 64 * 1024

#: Kinds that have no signature: they must be text in UTF-8.
TEXTS = frozenset(
    ["txt", "csv", "md", "py", "c", "cpp", "h", "java", "js", "ts", "sql", "r", "tex", "json", "html", "css"]
)
#: Kinds whose signature is that of another: office documents are archives, and JPEG has two names.
CONTAINERS = {
    "docx": "zip", "xlsx": "zip", "pptx": "zip", "odt": "zip", "ods": "zip", "odp": "zip", "zip": "zip",
    "jpg": "jpeg", "jpeg": "jpeg", "doc": "ole", "xls": "ole", "ppt": "ole",
}  # fmt: skip
#: Kinds that can be told by their signature; of another that a question takes only programs are refused.
_KNOWN = {entry.extension.lstrip(".").lower() for entry in puremagic.main.magic_header_array}
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_FILE_ID = re.compile(r"[0-9a-f]{32}")
_SIGNATURES = {"zip": (b"PK\x03\x04",), "jpeg": (b"\xff\xd8\xff",), "ole": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)}


def hand_up(attempt: Found, number: int, name: str, data: bytes) -> AttemptFile:
    """Keep a file for a slot of an open attempt; the answer names it afterwards, by its id.

    Raises `Conflict` when the attempt has ended or holds all that it may, `Invalid` (fields `slot`, `file`) for a slot
    that takes no files, a kind that the question does not take or content of another kind, `PayloadTooLarge` beyond the
    question's limit.
    """
    if attempt.state_at(now()) is not State.OPEN:
        raise Conflict(N_("This attempt has ended: nothing can be handed up any more."))
    slot = attempt.paper.slot(number)
    if slot is None or slot.type != "upload":
        raise Invalid(errors=[FieldError("slot", N_("This question takes no files."))])
    body: Any = bank.bodies([slot.version_id])[slot.version_id]
    if len(data) > body.max_bytes:
        raise _too_large(body.max_bytes)
    name = _plain(name)
    _check_kind(name, data, body.accept)
    _check_room(attempt.id, slot, body.max_files, len(data))  # before it is on the disk; others may come meanwhile
    digest = media.put(data)
    with writing() as session:
        held = sa.select(Attempt.id).where(Attempt.tenant_id == tenant_id(), Attempt.id == attempt.id).with_for_update()
        session.execute(held)
        _check_room(attempt.id, slot, body.max_files, len(data))
        file = AttemptFile(
            attempt_id=attempt.id, slot=number, digest=digest, name=name,
            media_type="application/octet-stream", size=len(data),
        )  # fmt: skip
        session.add(file)
        session.flush()
    return file


def refuse_large(attempt: Found, length: int | None) -> int:
    """The most bytes that a form with a file for this attempt has. Raises `PayloadTooLarge` where `length` is more."""
    wanted = [slot.version_id for slot in attempt.paper.slots if slot.type == "upload"]
    bodies: Any = bank.bodies(wanted).values() if wanted else ()
    most = max((body.max_bytes for body in bodies), default=0)
    if length is not None and most and length > most + AROUND:
        raise _too_large(most)
    return int(most + AROUND)


def handed_up(attempt: Found, slots: Iterable[int]) -> dict[int, frozenset[str]]:
    """Ids of the files that were handed up for these slots; no statement where none takes files."""
    wanted = [slot for number in slots if (slot := attempt.paper.slot(number)) and slot.type == "upload"]
    found = files_of(attempt.id) if wanted else []
    return {slot.number: frozenset(file.id.hex for file in found if file.slot == slot.number) for slot in wanted}


def files_of(attempt_id: UUID) -> list[AttemptFile]:
    """All files of an attempt, in the order in which they came."""
    statement = sa.select(AttemptFile).where(AttemptFile.tenant_id == tenant_id(), AttemptFile.attempt_id == attempt_id)
    return list(db.session.scalars(statement.order_by(AttemptFile.id)))


def load_file(attempt_id: UUID, file_id: str, user_id: UUID | None = None) -> AttemptFile:
    """A file of an attempt by its id in hex; of one candidate only where `user_id` is given. Raises `NotFound`."""
    if not _FILE_ID.fullmatch(file_id):
        raise NotFound()
    statement = (
        sa.select(AttemptFile)
        .join(Attempt, sa.and_(Attempt.tenant_id == AttemptFile.tenant_id, Attempt.id == AttemptFile.attempt_id))
        .where(
            AttemptFile.tenant_id == tenant_id(), AttemptFile.attempt_id == attempt_id, AttemptFile.id == UUID(file_id)
        )
    )
    if user_id is not None:
        statement = statement.where(Attempt.user_id == user_id)
    file = db.session.scalars(statement).one_or_none()
    if file is None:
        raise NotFound()
    return file


def with_files(attempt_id: UUID, slots: list[dict[str, Any]], endpoint: str) -> list[dict[str, Any]]:
    """Slots as they are shown, those that take files with what was handed up: [{id, name, size, url}].

    `endpoint` gives out the files to whoever the slots are shown to.
    """
    if not any(slot["type"] == "upload" for slot in slots):
        return slots
    found: dict[int, list[dict[str, Any]]] = {}
    for file in files_of(attempt_id):
        id_ = file.id.hex
        shown = {"id": id_, "name": file.name, "size": file.size}
        found.setdefault(file.slot, []).append(shown | {"url": url_for(endpoint, id=attempt_id, file_id=id_)})
    return [slot | {"files": found.get(slot["slot"], [])} if slot["type"] == "upload" else slot for slot in slots]


def _check_room(attempt_id: UUID, slot: Slot, files: int, size: int) -> None:
    """Raise `Conflict` where a slot, or the attempt, holds as much as it may."""
    count, held = db.session.execute(
        sa.select(
            sa.func.count().filter(AttemptFile.slot == slot.number), sa.func.coalesce(sa.func.sum(AttemptFile.size), 0)
        ).where(AttemptFile.tenant_id == tenant_id(), AttemptFile.attempt_id == attempt_id)
    ).one()
    if count >= files * TRIES:
        raise Conflict(N_("Too many files were handed up for this question. Use one of those that are there."))
    most: int = current_app.settings.max_attempt_bytes  # type: ignore[attr-defined]
    if held + size > most:
        message = N_("An attempt takes files of %(limit)s MB together. Use those that are there, or a smaller one.")
        raise Conflict(message, code="files_full", limit=f"{most / 2**20:.3g}")


def _too_large(most: int) -> PayloadTooLarge:
    return PayloadTooLarge(N_("The file has more than %(limit)s MB."), limit=f"{most / 2**20:.3g}")


def _plain(name: str) -> str:
    """A file's name without its folder and without what can't be shown: control and direction marks."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in base if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    stem, dot, kind = shown.strip().rpartition(".")
    return (stem[: NAME_LIMIT - len(kind) - 1] + dot + kind[:20]) or "file"


def _check_kind(name: str, data: bytes, accepted: Iterable[str]) -> None:
    kind = name.rpartition(".")[2].lower()
    known = ", ".join(accepted)
    if kind not in set(accepted):
        message = N_("This question takes files of these kinds: %(kinds)s.")
        raise Invalid(errors=[FieldError("file", message, {"kinds": known})])
    if not data:
        raise Invalid(errors=[FieldError("file", N_("This file is empty. Choose another."))])
    if not _holds(kind, data):
        message = N_("What is in this file is not %(kind)s, whatever its name says. Save it again and hand that up.")
        raise Invalid(errors=[FieldError("file", message, {"kind": kind.upper()})])


def _holds(kind: str, data: bytes) -> bool:
    if kind in TEXTS:
        try:
            return "\0" not in data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return False
    if container := CONTAINERS.get(kind):
        return data.startswith(_SIGNATURES[container])
    try:
        found = {match.extension.lstrip(".").lower() for match in puremagic.magic_string(data)}
    except puremagic.PureError:
        found = set()
    return kind in found or (kind not in _KNOWN and not data.startswith(_PROGRAMS))
