"""Questions as a content package: the manifest, an item for each question, a test for each category, the media."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from lxml import etree

from examhall.bank.formats import Export, Item, Medium, Message, archive
from examhall.bank.formats.qti.elements import element, rendered
from examhall.bank.formats.qti.markup import EXTENSIONS
from examhall.bank.formats.qti.types_out import WRITERS
from examhall.bank.formats.qti.writing import Unsayable, name_of, written
from examhall.errors import N_

TOOL = "Examhall"
UNCATEGORISED = "uncategorised"

_PACKAGING = {
    "2.1": ("http://www.imsglobal.org/xsd/imscp_v1p1", "QTIv2.1 Package", "1.0.0", "2p1"),
    "3.0": ("http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1", "QTI Package", "3.0.0", "3p0"),
}
_LOM = "http://www.imsglobal.org/xsd/imsmd_v1p2"
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_ENDINGS = {media_type: ending for ending, media_type in reversed(EXTENSIONS.items())}
_DIFFICULTIES = {"easy": "easy", "medium": "medium", "hard": "difficult"}


def export(items: Sequence[Item], media: Mapping[str, Medium], title: str, version: str) -> Export:
    """A package of QTI 2.1 or 3.0, the same bytes for the same questions, and what it does not say of each."""
    paths = {digest: _path(digest, medium) for digest, medium in media.items()}
    used: dict[str, list[str]] = {}
    files: dict[str, bytes] = {}
    losses: list[Message] = []
    kept: list[Item] = []

    for line, given in enumerate(items, start=1):
        shown: list[str] = []
        item = _writable(given)
        if item != given:
            losses.append(Message(line, N_("Control characters, which XML cannot hold, are left out.")))

        def address(digest: str, shown: list[str] = shown) -> tuple[str, str] | None:
            if digest not in paths:
                return None
            shown.append(digest)
            return f"../{paths[digest]}", media[digest].media_type

        name = name_of(item)
        if name in used:
            losses.append(Message(line, N_("This question says the same as another one, and stands in the file once.")))
            continue
        try:
            root, lost = written(item, WRITERS, version, address)
        except Unsayable as unsayable:
            losses.append(Message(line, str(unsayable)))
            continue
        losses += [Message(line, text, params) for text, params in lost]
        files[f"items/{name}.xml"] = rendered(root, version)
        used[name] = sorted(set(shown))
        kept.append(item)
    tests = _tests(kept, _UNWRITABLE.sub("", title))
    files |= {f"tests/{name}.xml": rendered(root, version) for name, root in tests.items()}
    for digest in sorted({digest for digests in used.values() for digest in digests}):
        files[paths[digest]] = media[digest].data
    manifest = _manifest(kept, used, tests, paths, version)
    return Export(archive.write({"imsmanifest.xml": manifest, **files}), "application/zip", "zip", losses)


def _writable(item: Item) -> Item:
    """The item without characters that no XML can hold."""

    def cleaned(value: Any) -> Any:
        if isinstance(value, str):
            return _UNWRITABLE.sub("", value)
        if isinstance(value, dict):
            return {key: cleaned(inner) for key, inner in value.items()}
        return [cleaned(inner) for inner in value] if isinstance(value, list) else value

    texts = {name: cleaned(getattr(item, name)) for name in ("name", "category", "tags", "external_id", "body")}
    return replace(item, **texts)


def _path(digest: str, medium: Medium) -> str:
    """The path of a medium: its own name, where that is safe, in a folder of its own."""
    stem = _UNSAFE.sub("-", medium.name.rpartition(".")[0] or medium.name).strip("-.")[:60] or "file"
    return f"media/{digest[:16]}/{stem}.{_ENDINGS.get(medium.media_type, 'bin')}"


def _tests(items: Sequence[Item], title: str) -> dict[str, Any]:
    """A test for each category, and one for the questions without."""
    by_category: dict[str, list[Item]] = {}
    for item in items:
        by_category.setdefault(item.category, []).append(item)
    made = {}
    for number, (category, held) in enumerate(by_category.items(), start=1):
        references = [
            element("assessmentItemRef", identifier=name_of(item), href=f"../items/{name_of(item)}.xml")
            for item in held
        ]
        section = element(
            "assessmentSection", *references, identifier="section", title=category or title or TOOL, visible="false"
        )
        part = element(
            "testPart", section, identifier="part", navigationMode="nonlinear", submissionMode="simultaneous"
        )
        name = f"test-{number}" if category else UNCATEGORISED
        made[name] = element("assessmentTest", part, identifier=name, title=category or title or TOOL, toolName=TOOL)
    return made


def _manifest(
    items: Sequence[Item],
    used: Mapping[str, Sequence[str]],
    tests: Mapping[str, Any],
    paths: Mapping[str, str],
    version: str,
) -> bytes:
    namespace, schema, schema_version, short = _PACKAGING[version]
    resources = element("resources")
    for name, test in tests.items():
        named = [reference.get("identifier") for reference in test.iter("assessmentItemRef")]
        held = [element("dependency", identifierref=f"item-{one}") for one in named]
        resources.append(_resource(f"test-{name}", f"imsqti_test_xmlv{short}", f"tests/{name}.xml", held))
    for item in items:
        name = name_of(item)
        held = [element("dependency", identifierref=f"media-{digest[:16]}") for digest in used[name]]
        made = _resource(f"item-{name}", f"imsqti_item_xmlv{short}", f"items/{name}.xml", held)
        if item.tags or item.difficulty:
            made.insert(0, _metadata(item))
        resources.append(made)
    for digest in sorted({digest for digests in used.values() for digest in digests}):
        resources.append(_resource(f"media-{digest[:16]}", "webcontent", paths[digest], []))
    about = element("metadata", element("schema", schema), element("schemaversion", schema_version))
    root = element("manifest", about, element("organizations"), resources, identifier="examhall")
    made = _in_namespace(root, namespace)
    return bytes(etree.tostring(made, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _resource(name: str, kind: str, path: str, held: Sequence[Any]) -> Any:
    return element("resource", element("file", href=path), *held, identifier=name, type=kind, href=path)


def _metadata(item: Item) -> Any:
    """Tags and difficulty in the words of LOM, whose elements are named `lom:` here until they get their namespace."""

    def said(text: str) -> Any:
        return element("lom.langstring", text)

    lom = element("lom.lom")
    if item.tags:
        lom.append(element("lom.general", *(element("lom.keyword", said(tag)) for tag in item.tags)))
    if item.difficulty:
        value = element("lom.value", said(_DIFFICULTIES[item.difficulty]))
        lom.append(element("lom.educational", element("lom.difficulty", element("lom.source", said("LOMv1.0")), value)))
    return element("metadata", lom)


def _in_namespace(found: Any, namespace: str) -> Any:
    own = found.tag.startswith("lom.")
    name = f"{{{_LOM}}}{found.tag[4:]}" if own else f"{{{namespace}}}{found.tag}"
    made = etree.Element(name, nsmap=cast(Any, {None: namespace, "lom": _LOM}))
    made.attrib.update(found.attrib)
    made.text = found.text
    for inner in found:
        made.append(_in_namespace(inner, namespace))
    return made
