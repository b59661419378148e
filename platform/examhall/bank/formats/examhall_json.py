"""Examhall JSON: everything that a question is, so that nothing is lost between two banks.

    {"examhall": 1, "title": "…", "categories": […], "questions": […], "media": […]}

With media it is a zip archive of `questions.json` and `media/<digest><ending>`. The number after `examhall` is the
version of the schema, `SCHEMA` in this module; a reader refuses those that it does not know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, NoReturn

from examhall.bank.content import texts
from examhall.bank.formats import CategoryInfo, Export, Exporter, Format, Import, Item, Medium, Message, archive, decode
from examhall.bank.formats.filing import EXTERNAL_ID_LIMIT
from examhall.bank.types import type_named
from examhall.bank.types.contract import as_text, exact
from examhall.errors import N_, FieldError, Invalid

VERSION = 1
QUESTIONS_LIMIT = 50_000
DEPTH_LIMIT = 32
#: Errors that are told of one question.
ERRORS_LIMIT = 20
CONTENT = "questions.json"

_BEGINS = re.compile(rb'\s*\{\s*"examhall"\s*:')
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
#: What a question says beside its name, type and body, with what holds where it says nothing.
_FILING: Mapping[str, Any] = {
    "category": "", "category_external_id": "", "tags": [], "external_id": "", "difficulty": "", "language": "",
    "points": "1", "status": "ready",
}  # fmt: skip

Path = list[int]


def recognises(data: bytes) -> bool:
    """Whether the data are an Examhall file, alone or in an archive."""
    if archive.is_archive(data):
        return CONTENT.encode() in data[:200] or data.rfind(CONTENT.encode()) >= 0
    return _BEGINS.match(data.removeprefix(b"\xef\xbb\xbf")) is not None


def parse(data: bytes, **settings: Any) -> Import:
    """The questions of an Examhall file, with their media. Raises `Invalid` for what is none."""
    files: Mapping[str, bytes] = {}
    if archive.is_archive(data):
        files = archive.read(data)
        if CONTENT not in files:
            raise _refused(N_("There is no %(name)s in this archive. Is it the right file?"), name=CONTENT)
        data = files[CONTENT]
    content = _content(data)
    reading = _Reading(content)
    media = dict(_media(content, files, reading))
    questions = [item for place, entry in enumerate(reading.entries("questions"), 1)
                 if (item := _question(place, entry, media, reading))]  # fmt: skip
    used = {digest for item in questions for digest in _shown(item)}
    categories = [info for entry in reading.entries("categories") if (info := _category(entry, reading))]
    return Import(
        questions, reading.errors, reading.losses, {name: media[name] for name in media if name in used}, categories
    )


def describing(categories: Sequence[CategoryInfo]) -> Exporter:
    """An exporter that says of these categories what is known of them."""
    return partial(export, categories=categories)


def export(
    items: Sequence[Item], media: Mapping[str, Medium], title: str, categories: Sequence[CategoryInfo] = ()
) -> Export:
    """All of the questions; nothing is lost. A zip archive where there are media, else plain JSON."""
    digests = sorted({digest for item in items for digest in _shown(item)} & media.keys())
    names = {digest: f"media/{digest}{_ending(media[digest])}" for digest in digests}
    infos = {item.category: CategoryInfo(item.category, item.category_external_id) for item in items}
    infos |= {info.path: info for info in categories}
    content: dict[str, Any] = {
        "examhall": VERSION,
        "title": title,
        "categories": [
            {name: text for name, text in asdict(info).items() if text} for path, info in sorted(infos.items()) if path
        ],
        "questions": [_written(item) for item in items],
    }
    if digests:
        content["media"] = [
            {"file": names[digest], "name": media[digest].name, "media_type": media[digest].media_type}
            for digest in digests
        ]
    data = (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
    missing = {digest for item in items for digest in _shown(item)} - media.keys()
    losses = [Message(0, N_("A picture or sound is missing from the media of this bank."), {}, name)
              for name in sorted(missing)]  # fmt: skip
    if not digests:
        return Export(data, "application/json", "json", losses)
    files = {CONTENT: data} | {names[digest]: media[digest].data for digest in digests}
    return Export(archive.write(files), "application/zip", "zip", losses)


def _written(item: Item) -> dict[str, Any]:
    filing = {name: getattr(item, name) for name in _FILING} | {"points": as_text(item.points)}
    said = {name: value for name, value in filing.items() if value != _FILING[name]}
    return {"name": item.name, "type": item.type, **said, "body": item.body}


@dataclass
class _Reading:
    """One file being read, and what is found to tell about it."""

    content: Mapping[str, Any]
    errors: list[Message] = field(default_factory=list)
    losses: list[Message] = field(default_factory=list)

    def entries(self, name: str) -> Iterator[Any]:
        """The entries of one of the lists at the top, as many as are read."""
        found = self.content.get(name, [])
        if not isinstance(found, list):
            self.error(name, N_("Give a list here."))
        elif len(found) > QUESTIONS_LIMIT:
            message = N_("There are more than %(limit)s questions. Split the file and import the parts.")
            self.error(name, message, limit=QUESTIONS_LIMIT)
        else:
            yield from found

    def error(self, element: str, text: str, **params: Any) -> None:
        """Something that has to be mended."""
        self.errors.append(Message(0, text, params, element))

    def loss(self, element: str, text: str, **params: Any) -> None:
        """Something that can't be kept."""
        self.losses.append(Message(0, text, params, element))


def _content(data: bytes) -> Mapping[str, Any]:
    text = decode(data)
    try:
        if _depth(text) > DEPTH_LIMIT:
            raise _refused(N_("The file is nested more than %(limit)s deep, which no bank is."), limit=DEPTH_LIMIT)
        content = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        message = N_("Line %(line)s is no JSON, at character %(column)s. Correct it there and try again.")
        raise _refused(message, line=error.lineno, column=error.colno) from None
    except (ValueError, RecursionError):
        raise _refused(N_("The file holds a number that is none, or too long. Correct it and try again.")) from None
    version = content.get("examhall") if isinstance(content, dict) else None
    if version != VERSION or isinstance(version, bool):
        message = N_('The file must begin with {"examhall": %(version)s}. Was it made by a newer Examhall?')
        raise _refused(message, version=VERSION)
    return dict(content)


def _depth(text: str) -> int:
    """How deep brackets nest; those within strings do not count."""
    depth = deepest = 0
    for found in _BRACKET.finditer(text):
        bracket = found[0]
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "]}":
            depth -= 1
    return deepest


def _question(place: int, entry: Any, media: Mapping[str, Medium], reading: _Reading) -> Item | None:
    element = f"questions[{place}]"
    if not isinstance(entry, dict):
        reading.error(element, N_("Give an object with named fields here."))
        return None
    for name in entry.keys() - _FILING.keys() - {"name", "type", "body"}:
        reading.loss(f"{element}/{name[:60]}", N_("This field is not known and was left out."))
    filing = {name: entry.get(name, default) for name, default in _FILING.items()}
    words = {"name": entry.get("name", ""), "type": entry.get("type", ""), **filing}
    points, tags = words.pop("points"), words.pop("tags")
    number = exact(points) if isinstance(points, str) else None
    wrong = [name for name, value in words.items() if not isinstance(value, str)]
    if number is None:
        reading.error(f"{element}/points", N_('Write a number as text, with digits and a point, such as "0.5".'))
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        wrong.append("tags")
    for name in wrong:
        reading.error(f"{element}/{name}", N_("Write a text here."))
    if wrong or number is None:
        return None
    try:
        kind = type_named(words["type"])
        body = kind.validate(entry.get("body"))
    except Invalid as problem:
        for error in problem.errors[:ERRORS_LIMIT]:
            where = error.field.replace(".", "/")
            reading.error(f"{element}/{where if where == 'type' else f'body/{where}'}", error.message, **error.params)
        return None
    for digest in sorted(kind.media(body) - media.keys()):
        reading.error(element, N_("The picture or sound %(name)s is not in the archive."), name=digest[:12])
    if kind.media(body) - media.keys():
        return None
    return Item(line=0, body=body.to_json(), points=Decimal(number), tags=tags, element=element, **words)


def _media(content: Mapping[str, Any], files: Mapping[str, bytes], reading: _Reading) -> Iterator[tuple[str, Medium]]:
    for place, entry in enumerate(reading.entries("media"), 1):
        element = f"media[{place}]"
        said = entry if isinstance(entry, dict) else {}
        name, file, media_type = (said.get(key) for key in ("name", "file", "media_type"))
        if not (isinstance(name, str) and isinstance(file, str) and isinstance(media_type, str)):
            reading.error(element, N_("Name the file, its media type and how it is called."))
        elif file not in files:
            reading.error(element, N_('There is no "%(name)s" in the archive.'), name=file[:100])
        else:
            medium = Medium(name, media_type, files[file])
            yield medium.digest, medium


def _category(entry: Any, reading: _Reading) -> CategoryInfo | None:
    said = entry if isinstance(entry, dict) else {}
    values = {name: said.get(name, "") for name in ("path", "external_id", "description")}
    if not values["path"] or not all(isinstance(value, str) for value in values.values()):
        reading.error("categories", N_("Give each category a path; its other fields are texts, too."))
        return None
    try:
        return CategoryInfo(
            texts.category(values["path"]),
            texts.one_line("external_id", values["external_id"], EXTERNAL_ID_LIMIT),
            texts.paragraphs("description", values["description"], texts.DESCRIPTION_LIMIT),
        )
    except Invalid as problem:
        for error in problem.errors:
            reading.error(f"categories/{values['path'][:60]}/{error.field}", error.message, **error.params)
        return None


def _shown(item: Item) -> frozenset[str]:
    kind = type_named(item.type)
    return kind.media(kind.load(item.body))


def _ending(medium: Medium) -> str:
    found = _ENDING.search(medium.name)
    return found[0].lower() if found else ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _refused(N_("A key stands twice in the same object. Send it once."))
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refused(message: str, **params: Any) -> Invalid:
    return Invalid(errors=[FieldError("file", message, params)])


FORMAT = Format("examhall", N_("Examhall JSON"), recognises, parse, export, describing=describing)
