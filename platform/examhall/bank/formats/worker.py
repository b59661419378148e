"""The reader of an import, confined to its folder; `starter` forks it.

It reads what was uploaded and writes what it found (see `folder`), so that no file of a stranger is parsed where
tenants' data and keys are at hand.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from examhall.bank.comparison import duplicates
from examhall.bank.content.recognition import recognise
from examhall.bank.content.richtext import plain_text
from examhall.bank.content.texts import EXCERPT_LIMIT
from examhall.bank.content.wording import fingerprint_of, words_of
from examhall.bank.formats import Format, Import, Item, Message, folder, registry
from examhall.bank.formats.confinement import Bounds, confine
from examhall.bank.formats.filing import all_filed
from examhall.bank.formats.folder import Entry, Lost, Order, Refusal, Report, Stored, Twin
from examhall.errors import N_, FieldError, Invalid, Problem

#: Characters of the prompt that name a question whose author did not.
NAME_FROM_PROMPT = 60
_TOO_MUCH = N_("This file takes more memory to read than it may. Split it and import the parts.")


def work(place: Path) -> Report:
    """Read the file in an import's folder as ordered, and leave questions, media and report there."""
    order = folder.load_order(place)
    try:
        report = _read(place, order)
    except Problem as problem:
        error = next(iter(problem.errors), FieldError("file", problem.detail, problem.params))
        report = Report(order.format, Refusal(problem.code, error.field, Message(0, error.message, error.params)))
    except (MemoryError, RecursionError):
        report = Report(order.format, Refusal(Invalid.code, "file", Message(0, _TOO_MUCH)))
    folder.save_report(place, report)
    return report


def _read(place: Path, order: Order) -> Report:
    folder.save_progress(place, "reading")
    data = (place / folder.FILE).read_bytes()
    format = registry.format_named(order.format) if order.format else registry.format_of(data)
    settings: dict[str, Any] = {name: value for name, value in order.settings.items() if name in format.settings}
    if "progress" in format.settings:
        settings["progress"] = lambda share: folder.save_progress(place, "reading", share)
    columns = format.columns(data) if format.columns else None
    found = all_filed(_parsed(format, data, settings))
    del data
    found, media = _with_media(place, found)
    folder.save_progress(place, "comparing")
    twins, losses, warnings = Counter[str](), list(found.losses), 0

    def counted() -> Iterator[Entry]:
        nonlocal warnings
        for entry in _entries(place, found.questions):
            kinds = {twin.kind for twin in entry.twins}
            twins.update(["near"] if kinds == {"near"} else ["sure"] if kinds else [])
            warnings += len(entry.item.warnings)
            losses.extend(replace(loss, line=loss.line or entry.item.line, element=loss.element or entry.item.element)
                          for loss in entry.item.losses)  # fmt: skip
            yield entry

    folder.save_entries(place, counted())
    figures = {
        "questions": len(found.questions), "errors": len(found.errors), "warnings": warnings, "losses": len(losses),
        "duplicates": twins["sure"], "near": twins["near"],
    }  # fmt: skip
    return Report(
        format.name, errors=found.errors, losses=grouped(losses), figures=figures, media=media,
        categories=found.categories, columns=columns,
    )  # fmt: skip


def _parsed(format: Format, data: bytes, settings: Mapping[str, Any]) -> Import:
    """What the parser finds. A table whose columns it can't tell is not refused: its author can say what they are."""
    assert format.parse  # the registry names only those
    try:
        return format.parse(data, **settings)
    except Invalid as problem:
        if format.columns is None:
            raise
        return Import([], [Message(0, error.message, error.params) for error in problem.errors])


def grouped(losses: list[Message]) -> list[Lost]:
    """The losses by what they say, the most frequent first, each with its first places."""
    by_text: dict[str, list[Message]] = {}
    for loss in losses:
        by_text.setdefault(loss.text, []).append(loss)
    groups = [Lost(len(same), same[: folder.SAMPLES]) for same in by_text.values()]
    return sorted(groups, key=lambda lost: -lost.count)


def _entries(place: Path, items: list[Item]) -> Iterator[Entry]:
    """The questions with their words and twins. Each item is let go as soon as it is written."""
    known = list(folder.load_known(place))
    marks = [(words_of(item.name, item.body), fingerprint_of(item.body)) for item in items]
    ids: dict[str, Twin] = {}
    same: dict[str, list[Twin]] = {}
    for one in known:
        ids.setdefault(one.external_id, Twin("id", one.name, question=one.id.hex))
        same.setdefault(one.fingerprint, []).append(Twin("same", one.name, question=one.id.hex))
    names: dict[Any, str] = {one.id: one.name for one in known}
    asked: dict[Any, str] = {number: words for number, (words, _) in enumerate(marks, 1)}
    near = duplicates.near(asked, {one.id: one.words for one in known})
    for (number, alike), item, (words, fingerprint) in zip(near, items, marks, strict=True):
        name = item.name or plain_text(str(item.body.get("prompt", "")), NAME_FROM_PROMPT)
        names[number] = name
        twins = [ids[item.external_id]] if item.external_id and item.external_id in ids else []
        twins += same.get(fingerprint, [])[:3]
        told = {twin.question or twin.place for twin in twins}
        twins += [
            twin for one in alike[:3] if (twin := _near(one, names)) and (twin.question or twin.place) not in told
        ]
        if item.external_id:
            ids.setdefault(item.external_id, Twin("id", name, place=number))
        same.setdefault(fingerprint, []).append(Twin("same", name, place=number))
        excerpt = plain_text(str(item.body.get("prompt", "")), EXCERPT_LIMIT)
        yield Entry(number, replace(item, name=name), excerpt, words, fingerprint, twins)
        if number % 500 == 0:
            folder.save_progress(place, "comparing", number / len(items))


def _near(found: duplicates.Near[Any], names: Mapping[Any, str]) -> Twin:
    if isinstance(found.key, int):
        return Twin("near", names[found.key], found.similarity, place=found.key)
    return Twin("near", names[found.key], found.similarity, question=found.key.hex)


def _with_media(place: Path, found: Import) -> tuple[Import, dict[str, Stored]]:
    """Keep the pictures, sounds and films, as they may be kept; questions with one that may not become errors."""
    store, kept, renamed, refused = place / folder.MEDIA, dict[str, Stored](), dict[str, str](), dict[str, Message]()
    store.mkdir(exist_ok=True)
    for digest, medium in found.media.items():
        try:
            fit = recognise(medium.name, medium.data)
        except Invalid as problem:
            refused[digest] = Message(0, problem.errors[0].message, problem.errors[0].params, medium.name)
            continue
        name = hashlib.sha256(fit.data).hexdigest()
        (store / name).write_bytes(fit.data)
        kept[name] = Stored(fit.name, fit.media_type, len(fit.data), fit.width, fit.height)
        if name != digest:
            renamed[digest] = name
    found.media.clear()
    if not renamed and not refused:
        return found, kept
    questions, errors = [], list(found.errors)
    for item in found.questions:
        text = json.dumps(item.body)
        wrong = [message for digest, message in refused.items() if digest in text]
        if wrong:
            errors += [replace(message, line=item.line, element=_both(item.element, message.element))
                       for message in wrong]  # fmt: skip
            continue
        for digest, name in renamed.items():
            text = text.replace(digest, name)
        questions.append(replace(item, body=json.loads(text)))
    return replace(found, questions=questions, errors=errors), kept


def _both(question: str, file: str) -> str:
    return f"{question}: {file}" if question else file


def main(place: Path) -> None:
    """Confine this process to the folder, then read."""
    confine(place, Bounds.for_file((place / folder.FILE).stat().st_size))
    work(place)
