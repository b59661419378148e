"""Reading QTI in any version: a single file or a content package."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from examhall.bank.formats import CategoryInfo, Import, Item, Message, archive, xml
from examhall.bank.formats.qti import item, qti12, tree
from examhall.bank.formats.qti.export import TOOL, UNCATEGORISED
from examhall.bank.formats.qti.item import About
from examhall.bank.formats.qti.markup import Files, Markup
from examhall.bank.formats.qti.notes import Fault, Notes
from examhall.bank.formats.qti.package import MANIFEST, NoFiles, Package, PackageFiles, Resource, resolved
from examhall.bank.types.contract import PROMPT_LIMIT
from examhall.errors import N_, FieldError, Invalid, PayloadTooLarge

QUESTIONS_LIMIT = 10_000
CATEGORY_LIMIT = 200

_ROOTS = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?(assessmentItem|assessmentTest|qti-assessment-[a-z]+|questestinterop)\b")
_VERSIONS = {b"assessmentItem": "2", b"assessmentTest": "2", b"questestinterop": "1"}
_TYPES = re.compile(rb"ims(?:qti|aqti|apip)\w*?_xmlv(\d)p\d|imsqti_\w*?_xmlv(\d)p\d|imsqti_v(\d)p\d|qti/qtiv(\d)p\d")
_OF_D2L = re.compile(rb"d2lquiz|d2lquestionlibrary")
_ITEMS = {b"assessmentItem", b"qti-assessment-item", b"questestinterop"}
_HEAD = 16_384
TAGS_AT_LEAST = 100_000
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
    if _OF_D2L.search(manifest):
        return "1"
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
        _read_root(tree.read(data), "", NoFiles(), About(), reading, {})
    if not reading.found.questions and not reading.found.errors:
        reading.error(Message(0, N_("There is no question in this file. Is it the right one?")))
    return reading.found


def _read_package(package: Package, reading: _Reading, progress: Progress) -> None:
    """The questions of a package. Only what items share is held; each of them comes and goes."""
    budget = _Budget(TAGS_AT_LEAST + package.size)
    resources = {resource.path: resource for resource in _named(package, reading)}
    shared = {
        path: root
        for path in resources
        if not _asks(package, path) and (root := _parsed(package, path, reading, budget)) is not None
    }
    categories, stimuli = dict(_places(shared)), _stimuli(package, shared, reading)
    if any(root.tag == "assessmentTest" for root in shared.values()):
        message = N_(
            "Of tests only the questions and their order are taken: no times, no choices, no rules between them."
        )
        reading.found.losses.append(Message(0, message))
    items = {path for path in resources if _asks(package, path)}
    ordered = [path for path in categories if path in items] + [
        path for path in resources if path in items and path not in categories
    ]
    for number, path in enumerate(ordered):
        root = _parsed(package, path, reading, budget)
        if root is not None:
            resource = resources[path]
            about = About(categories.get(path, ""), resource.tags, resource.difficulty)
            files = PackageFiles(package, path, reading.found.media)
            _read_root(root, path, files, about, reading, stimuli)
        progress((number + 1) / len(ordered))
    for name in package.unnamed():
        if _of_root(package.files[name]):
            reading.found.losses.append(
                Message(0, N_("The manifest does not name this file; it is left out."), {}, name)
            )


def _named(package: Package, reading: _Reading) -> Iterator[Resource]:
    """The QTI files that the manifest names; those that are not there are errors."""
    resources = list(package.resources())
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
            head = package.files[resource.path][:_HEAD]
        except Invalid as problem:
            reading.error(*(Message(0, error.message, error.params, resource.path) for error in problem.errors))
            continue
        if _of_root(head) or b"assessmentStimulus" in head:
            yield resource


def _asks(package: Package, path: str) -> bool:
    """Whether a file holds questions itself, not what several of them share."""
    named = _ROOTS.search(package.files[path][:_HEAD].replace(b"\0", b""))
    return named is not None and named[1] in _ITEMS


@dataclass
class _Budget:
    """How many tags are read in all: what is packed has a few bytes for each."""

    left: int

    def take(self, data: bytes) -> None:
        """Raises Invalid where it is spent."""
        self.left -= data.count(b"<")
        if self.left < 0:
            raise Invalid(errors=[FieldError("file", xml.TOO_MANY)])


def _parsed(package: Package, path: str, reading: _Reading, budget: _Budget) -> Any:
    """The root of a file, None where it is broken, which is an error."""
    try:
        data = package.files[path]
    except Invalid as problem:
        reading.error(*(Message(0, error.message, error.params, path) for error in problem.errors))
        return None
    budget.take(data)
    try:
        return tree.read(data)
    except (Invalid, PayloadTooLarge) as problem:
        messages = [(error.message, error.params) for error in problem.errors] or [(problem.detail, problem.params)]
        reading.error(*(Message(0, text, params, path) for text, params in messages))
        return None


def _places(roots: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The items that tests name, in order, with the title of their test as category."""
    for path, root in roots.items():
        if root.tag == "assessmentTest":
            ours = root.get("toolName") == TOOL
            title = root.get("title", "") if ours else root.get("title", "").replace("/", "∕")
            title = "" if ours and root.get("identifier") == UNCATEGORISED else " ".join(title.split())[:CATEGORY_LIMIT]
            for reference in root.iter("assessmentItemRef"):
                yield resolved(path, reference.get("href", "")), title


def _stimuli(package: Package, shared: Mapping[str, Any], reading: _Reading) -> dict[str, str]:
    """The HTML of the texts that items share, by the path of each; what they lose is told once."""
    found = {}
    for path, root in shared.items():
        if (body := tree.child(root, "stimulusBody")) is not None:
            notes = Notes(path, root.sourceline or 0)
            html = Markup(notes, PackageFiles(package, path, reading.found.media)).html(body)
            found[path] = html[: PROMPT_LIMIT + 1]  # with more no question is sound
            reading.found.losses.extend(notes.losses)
    return found


def _stimulus(root: Any, path: str, stimuli: Mapping[str, str], notes: Notes) -> str:
    """The HTML of the texts that an item shares with others (assessmentStimulusRef)."""
    references = {resolved(path, one.get("href", "")): one for one in tree.children(root, "assessmentStimulusRef")}
    for name, reference in references.items():
        if name not in stimuli:
            message = N_('The text "%(name)s" that belongs to the question is not in the file.')
            notes.loss(reference, message, name=reference.get("href", "")[:100])
    return "".join(f"<div>{stimuli[name]}</div>" for name in references if name in stimuli)


def _read_root(root: Any, path: str, files: Files, about: About, reading: _Reading, stimuli: Mapping[str, str]) -> None:
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
        question = item.read(root, notes, files, about, _stimulus(root, path, stimuli, notes))
    except Fault as fault:
        reading.error(*fault.messages)
        return
    if question.category and question.category not in {known.path for known in reading.found.categories}:
        reading.found.categories.append(CategoryInfo(question.category))
    reading.add(question)
