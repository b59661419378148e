"""The folder of an import: what its reader is told, and what it finds. The one language between the two processes.

file          what was uploaded               order.json      how it is to be read
known.jsonl   what the bank holds already     progress.json   how far the reader is
items.jsonl   the questions found             report.json     what else was found; written last
media/        their pictures, by digest       lock, trace     held while the reader lives; what it said at its end
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from examhall.bank.formats import CategoryInfo, Columns, Item, Message

FILE, ORDER, KNOWN, PROGRESS = "file", "order.json", "known.jsonl", "progress.json"
ITEMS, REPORT, MEDIA, LOCK, TRACE = "items.jsonl", "report.json", "media", "lock", "trace"
#: Places that the report names of each kind of loss.
SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Order:
    """How a file is to be read: as which format ("": tell by its content) and with which of that format's settings."""

    format: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """A question that the bank holds already."""

    id: UUID
    name: str
    external_id: str
    fingerprint: str
    words: str


@dataclass(frozen=True, slots=True)
class Twin:
    """A question that one of the file may repeat: another of the file (`place`) or one of the bank (`question`).

    `kind` is "id" (the same external id), "same" (asks the same) or "near"; `similarity` is 0 to 100.
    """

    kind: str
    name: str
    similarity: int = 100
    place: int = 0
    question: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A question found, counted from 1, with what the bank keeps of it for lists, searches and duplicates."""

    place: int
    item: Item
    excerpt: str
    words: str
    fingerprint: str
    twins: list[Twin] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Lost:
    """One kind of thing that can't be kept: how often it stands in the file, and the first of its places."""

    count: int
    samples: list[Message]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file can't be read at all: the code of a problem, and messages for the field that is named."""

    code: str
    field: str
    message: Message


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture, sound or film that lies in the folder under its digest."""

    name: str
    media_type: str
    size: int
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in a file, beside its questions. `figures` counts questions, errors, warnings, losses, twins."""

    format: str
    refusal: Refusal | None = None
    errors: list[Message] = field(default_factory=list)
    losses: list[Lost] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    #: By digest.
    media: dict[str, Stored] = field(default_factory=dict)
    categories: list[CategoryInfo] = field(default_factory=list)
    columns: Columns | None = None


def save_order(folder: Path, order: Order) -> None:
    """Tell the reader how to read."""
    _write(folder / ORDER, {"format": order.format, "settings": dict(order.settings)})


def load_order(folder: Path) -> Order:
    """What the reader was told."""
    return Order(**json.loads((folder / ORDER).read_text("utf-8")))


def save_known(folder: Path, known: Iterator[Known]) -> None:
    """Tell the reader what the bank holds."""
    with (folder / KNOWN).open("w", encoding="utf-8") as file:
        for one in known:
            row = [one.id.hex, one.name, one.external_id, one.fingerprint, one.words]
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def load_known(folder: Path) -> Iterator[Known]:
    """What the bank holds."""
    with (folder / KNOWN).open(encoding="utf-8") as file:
        for line in file:
            id, *rest = json.loads(line)
            yield Known(UUID(id), *rest)


def save_progress(folder: Path, stage: str, share: float = 0) -> None:
    """Say how far the reader is: `stage` is "reading" or "comparing", `share` 0 to 1."""
    _write(folder / PROGRESS, {"stage": stage, "share": round(min(max(share, 0.0), 1.0), 3)})


def load_progress(folder: Path) -> tuple[str, float]:
    """How far the reader is."""
    try:
        found = json.loads((folder / PROGRESS).read_text("utf-8"))
    except FileNotFoundError:
        return "reading", 0.0
    return found["stage"], found["share"]


def save_entries(folder: Path, entries: Iterator[Entry]) -> None:
    """Keep the questions, in their order."""
    with (folder / ITEMS).open("w", encoding="utf-8") as file:
        for entry in entries:
            file.write(json.dumps(_entry_out(entry), ensure_ascii=True, separators=(",", ":")) + "\n")


def load_entries(folder: Path, start: int = 0, count: int | None = None) -> Iterator[Entry]:
    """The questions from an offset on, in the file's order."""
    with (folder / ITEMS).open(encoding="utf-8") as file:
        for line in islice(file, start, None if count is None else start + count):
            yield _entry_in(json.loads(line))


def save_report(folder: Path, report: Report) -> None:
    """Keep the report. From then on the file is read."""
    _write(folder / REPORT, {
        "format": report.format,
        "refusal": report.refusal and [report.refusal.code, report.refusal.field, message_out(report.refusal.message)],
        "errors": [message_out(message) for message in report.errors],
        "losses": [[lost.count, [message_out(message) for message in lost.samples]] for lost in report.losses],
        "figures": report.figures,
        "media": {digest: asdict(stored) for digest, stored in report.media.items()},
        "categories": [asdict(category) for category in report.categories],
        "columns": report.columns and asdict(replace(report.columns, fields=dict(report.columns.fields))),
    })  # fmt: skip


def load_report(folder: Path) -> Report | None:
    """The report; None while there is none."""
    try:
        found = json.loads((folder / REPORT).read_text("utf-8"))
    except FileNotFoundError:
        return None
    refusal = found["refusal"]
    return Report(
        format=found["format"],
        refusal=refusal and Refusal(refusal[0], refusal[1], message_in(refusal[2])),
        errors=[message_in(message) for message in found["errors"]],
        losses=[Lost(count, [message_in(message) for message in samples]) for count, samples in found["losses"]],
        figures=found["figures"],
        media={digest: Stored(**stored) for digest, stored in found["media"].items()},
        categories=[CategoryInfo(**category) for category in found["categories"]],
        columns=found["columns"] and Columns(**found["columns"]),
    )


def message_out(message: Message) -> list[Any]:
    """A message as JSON that can be shown everywhere: parameters that are no plain values become texts."""
    params = {name: value if isinstance(value, int) else _shown(str(value)) for name, value in message.params.items()}
    return [message.line, message.text, params, _shown(message.element)]


def message_in(data: list[Any]) -> Message:
    """The message that `message_out` wrote."""
    return Message(*data)


def _shown(text: str) -> str:
    return text[:300].replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _entry_out(entry: Entry) -> dict[str, Any]:
    item = entry.item
    return {
        "place": entry.place, "excerpt": entry.excerpt, "words": entry.words, "fingerprint": entry.fingerprint,
        "twins": [asdict(twin) for twin in entry.twins],
        "item": {
            "line": item.line, "name": item.name, "type": item.type, "body": item.body, "category": item.category,
            "category_external_id": item.category_external_id, "tags": item.tags, "external_id": item.external_id,
            "difficulty": item.difficulty, "language": item.language, "points": str(item.points),
            "status": item.status, "element": _shown(item.element),
            "warnings": [message_out(message) for message in item.warnings],
            "losses": [message_out(message) for message in item.losses],
        },
    }  # fmt: skip


def _entry_in(data: dict[str, Any]) -> Entry:
    item = data["item"]
    item |= {name: [message_in(message) for message in item[name]] for name in ("warnings", "losses")}
    twins = [Twin(**twin) for twin in data["twins"]]
    return Entry(**{**data, "twins": twins, "item": Item(**{**item, "points": Decimal(item["points"])})})


def _write(path: Path, data: Any) -> None:
    """Write a file that is there whole or not at all."""
    half = path.with_suffix(".half")
    half.write_text(json.dumps(data, ensure_ascii=True), "utf-8")
    half.replace(path)
