"""Reading QTI in any version: a single file or a content package."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from examhall.bank.formats import CategoryInfo, Import, Item, Message, archive
from examhall.bank.formats.qti import item, qti12, tree
from examhall.bank.formats.qti.export import TOOL, UNCATEGORISED
from examhall.bank.formats.qti.item import About
from examhall.bank.formats.qti.markup import Files, Markup
from examhall.bank.formats.qti.notes import Fault, Notes
from examhall.bank.formats.qti.package import MANIFEST, NoFiles, Package, PackageFiles, Resource, resolved
from examhall.errors import N_, Invalid, PayloadTooLarge

QUESTIONS_LIMIT = 10_000
CATEGORY_LIMIT = 200

_ROOTS = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?(assessmentItem|assessmentTest|qti-assessment-[a-z]+|questestinterop)\b")
_VERSIONS = {b"assessmentItem": "2", b"assessmentTest": "2", b"questestinterop": "1"}
_TYPES = re.compile(rb"ims(?:qti|aqti|apip)\w*?_xmlv(\d)p\d|imsqti_\w*?_xmlv(\d)p\d|imsqti_v(\d)p\d|qti/qtiv(\d)p\d")
_HEAD = 16_384
_ENDINGS = (".xml", ".qti", ".dat")  # the last one is Blackboard's
_OF_CANVAS, _OF_CARTRIDGE = ".xml.qti", "/assessment_qti.xml"
Progress = Callable[[float], object]


def version(data: bytes) -> str:
    """The version of QTI, "1", "2" or "3", that a file is written in, by its first bytes; "" where it is no QTI."""
    if not archive.is_archive(data):
        return _of_root(data)
    try:
        package = Package(data)
        manifest = package.files[package.manifest]
    except (Invalid, PayloadTooLarge):
        return "2" if MANIFEST.encode() in data else ""  # so that its reader says what is wrong with it
    named = _TYPES.search(manifest)
    if named is not None:
        return next(group for group in named.groups() if group).decode()
    paths = [resource.path for resource in package.resources() if resource.path.lower().endswith(_ENDINGS)]
    try:
        return next((found for path in paths[:20] if (found := _of_root(package.files[path]))), "")
    except Invalid:
        return ""


def _of_root(data: bytes) -> str:
    named = _ROOTS.search(data[:_HEAD].replace(b"\0", b""))
    return _VERSIONS.get(named[1], "3") if named else ""


@dataclass
class _Reading:
    """What has been read so far."""

    found: Import
    identifiers: dict[str, Item]

    def add_apart(self, question: Item) -> None:
        """Keep a question of QTI 1.2, whose identifiers name it within its file alone: a second one is left out."""
        first = self.identifiers.get(question.external_id)
        if first is not None and (first.type, first.body) != (question.type, question.body):
            message = N_('The identifier "%(id)s" is used in %(first)s too, so it is left out here.')
            params = {"id": question.external_id, "first": first.element}
            question.losses.append(Message(question.line, message, params, question.element))
            question = replace(question, external_id="")
        self.add(question)

    def add(self, question: Item) -> None:
        """Keep a question, unless another one has its identifier; the same one is kept once."""
        name = question.external_id
        first = self.identifiers.setdefault(name, question) if name else question
        if first is not question:
            params = {"id": name, "first": first.element}
            if (first.type, first.body) == (question.type, question.body):
                message = N_('The question "%(id)s" stands in %(first)s too, and is taken once.')
                self.found.losses.append(Message(question.line, message, params, question.element))
            else:
                message = N_('The identifier "%(id)s" is used in %(first)s too. Give each question its own.')
                self.error(Message(question.line, message, params, question.element))
        elif len(self.found.questions) < QUESTIONS_LIMIT:
            self.found.questions.append(question)
        elif not any(error.element == "" for error in self.found.errors):
            message = N_("There are more than %(limit)s questions. Split the file and import the parts.")
            self.error(Message(0, message, {"limit": QUESTIONS_LIMIT}))

    def error(self, *messages: Message) -> None:
        """Note what is wrong with a question."""
        self.found.errors.extend(messages)


def parse(data: bytes, *, progress: Progress = lambda _: None, **settings: Any) -> Import:
    """The questions of a QTI file or package of version 1.2, 2.0 to 2.2 or 3.0, and what is wrong with the others.

    Raises Invalid or PayloadTooLarge (field `file`) for a file that cannot be read at all.
    """
    reading = _Reading(Import([], []), {})
    if archive.is_archive(data):
        _read_package(Package(data), reading, progress)
    else:
        _read_root(tree.read(data), "", NoFiles(), About(), reading)
    if not reading.found.questions and not reading.found.errors:
        reading.error(Message(0, N_("There is no question in this file. Is it the right one?")))
    return reading.found


def _read_package(package: Package, reading: _Reading, progress: Progress) -> None:
    resources = list(package.resources())
    roots = {resource.path: root for resource, root in _roots(package, resources, reading)}
    named = {resource.path: resource for resource in resources}
    categories = dict(_places(roots))
    if any(root.tag == "assessmentTest" for root in roots.values()):
        message = N_(
            "Of tests only the questions and their order are taken: no times, no choices, no rules between them."
        )
        reading.found.losses.append(Message(0, message))
    ordered = [path for path in categories if path in roots] + [path for path in roots if path not in categories]
    for number, path in enumerate(ordered):
        resource = named[path]
        about = About(categories.get(path, ""), resource.tags, resource.difficulty)
        files = PackageFiles(package, path, reading.found.media)
        _read_root(roots[path], path, files, about, reading, _stimulus(roots, path, files))
        progress((number + 1) / len(ordered))
    for name in package.unnamed(set(named)):
        if name not in roots and _of_root(package.files[name]):
            reading.found.losses.append(
                Message(0, N_("The manifest does not name this file; it is left out."), {}, name)
            )


def _roots(package: Package, resources: list[Resource], reading: _Reading) -> Iterator[tuple[Resource, Any]]:
    """The roots of the QTI files that the manifest names; broken ones are errors."""
    twice = any(resource.path.endswith(_OF_CANVAS) for resource in resources)
    for resource in resources:
        if twice and resource.path.endswith(_OF_CARTRIDGE):
            continue  # the same questions as in the file that only Canvas reads, with less in them
        if not resource.href.partition("?")[0].partition("#")[0].lower().endswith(_ENDINGS):
            continue
        if not resource.path:
            message = N_('The manifest names "%(href)s", which is no file of this archive.')
            reading.error(Message(resource.line, message, {"href": resource.href[:200]}, package.manifest))
            continue
        try:
            data = package.files[resource.path]
            if _of_root(data) or b"assessmentStimulus" in data[:_HEAD]:
                yield resource, tree.read(data)
        except (Invalid, PayloadTooLarge) as problem:
            messages = [(error.message, error.params) for error in problem.errors] or [(problem.detail, problem.params)]
            reading.error(*(Message(0, text, params, resource.path) for text, params in messages))


def _places(roots: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The items that tests name, in order, with the title of their test as category."""
    for path, root in roots.items():
        if root.tag == "assessmentTest":
            ours = root.get("toolName") == TOOL
            title = root.get("title", "") if ours else root.get("title", "").replace("/", "∕")
            title = "" if ours and root.get("identifier") == UNCATEGORISED else " ".join(title.split())[:CATEGORY_LIMIT]
            for reference in root.iter("assessmentItemRef"):
                yield resolved(path, reference.get("href", "")), title


def _stimulus(roots: dict[str, Any], path: str, files: Files) -> str:
    """The HTML of the texts that an item shares with others (assessmentStimulusRef)."""
    parts = []
    for reference in tree.children(roots[path], "assessmentStimulusRef"):
        stimulus = roots.get(resolved(path, reference.get("href", "")))
        body = None if stimulus is None else tree.child(stimulus, "stimulusBody")
        if body is not None:
            parts.append(f"<div>{Markup(Notes(path), files).html(body)}</div>")
    return "".join(parts)


def _read_root(root: Any, path: str, files: Files, about: About, reading: _Reading, stimulus: str = "") -> None:
    if root.tag == "questestinterop":
        qti12.read(root, path, files, reading.add_apart, reading.error, reading.found.losses)
        return
    if root.tag != "assessmentItem":
        if not path:
            message = N_("This file holds no question. Import the package that it belongs to.")
            reading.error(Message(root.sourceline or 0, message))
        return
    notes = Notes(path, root.sourceline or 0)
    try:
        question = item.read(root, notes, files, about, stimulus)
    except Fault as fault:
        reading.error(*fault.messages)
        return
    if question.category and question.category not in {known.path for known in reading.found.categories}:
        reading.found.categories.append(CategoryInfo(question.category))
    reading.add(question)
