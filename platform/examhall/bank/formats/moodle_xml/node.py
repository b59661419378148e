"""An element of Moodle XML that is read by taking from it: what is left at the end is what no rule knew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

from lxml import etree

from examhall.bank.formats import Message
from examhall.bank.formats.xml import local

_SHOWN = 60


class Fault(Exception):
    """A question that cannot be read: what is wrong with it, and where."""

    def __init__(self, messages: Iterable[Message]) -> None:
        self.messages = tuple(messages)
        super().__init__(*self.messages)


@dataclass(slots=True)
class Node:
    """One element: `path` such as `question[3]/answer[2]`, its attributes, own text and children, to be taken once."""

    tag: str
    path: str
    line: int
    text: str
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)
    #: The text was written as elements, not as CDATA or with &lt;.
    bare: bool = False

    @classmethod
    def of(cls, element: Any, path: str) -> Node:
        """The element of an lxml tree (of bounded depth) and all in it."""
        tag = local(element)
        attributes = {local_name(name): value for name, value in element.attrib.items()}
        if tag == "text" and any(local(child) != "text" for child in element):
            inner = escape(element.text or "", quote=False)
            inner += "".join(etree.tostring(child, encoding="unicode") for child in element)
            return cls(tag, path, element.sourceline or 0, inner.strip(), attributes, bare=True)
        own = (element.text or "") + "".join(child.tail or "" for child in element)
        node = cls(tag, path, element.sourceline or 0, own.strip(), attributes)
        count = Counter(local(child) for child in element)
        seen: Counter[str] = Counter()
        for child in element:
            name = local(child)
            seen[name] += 1
            place = f"{path}/{name}[{seen[name]}]" if count[name] > 1 else f"{path}/{name}"
            node.children.append(cls.of(child, place))
        return node

    def take(self, tag: str) -> Node | None:
        """The first child of this name, which is then gone."""
        for place, child in enumerate(self.children):
            if child.tag == tag:
                return self.children.pop(place)
        return None

    def take_all(self, tag: str) -> list[Node]:
        """All children of this name, which are then gone."""
        taken = [child for child in self.children if child.tag == tag]
        self.children = [child for child in self.children if child.tag != tag]
        return taken

    def take_attribute(self, name: str) -> str | None:
        """The value of an attribute, which is then gone."""
        value = self.attributes.pop(name, None)
        return None if value is None else value.strip()

    def take_text(self) -> str:
        """What the element says: in a <text> (or in one within another), or by itself as old files have it."""
        inner = self.take("text")
        if inner is not None:
            self.bare = inner.bare
            return inner.take_text()
        text, self.text = self.text, ""
        return text

    def setting(self, tag: str, default: str = "") -> str:
        """The text of a child, or the default where there is none or it is empty."""
        child = self.take(tag)
        return (child.take_text() if child else "") or default

    def flag(self, tag: str, default: bool = False) -> bool:
        """A child that says yes or no: true, 1 or an empty element for yes; false or 0 for no."""
        child = self.take(tag)
        if child is None:
            return default
        return child.take_text().lower() not in {"false", "0", "no", "off"}

    def leftovers(self) -> Iterator[Message]:
        """What nobody took, each with its path."""
        if self.text:
            yield Message(self.line, "", {"name": f"<{self.tag}>", "value": shortened(self.text)}, self.path)
        for name, value in self.attributes.items():
            yield Message(self.line, "", {"name": f"{self.tag}@{name}", "value": shortened(value)}, self.path)
        for child in self.children:
            bare = not (child.text or child.children or child.attributes)
            if bare:
                yield Message(child.line, "", {"name": f"<{child.tag}>", "value": ""}, child.path)
            else:
                yield from child.leftovers()

    def message(self, text: str, /, **params: Any) -> Message:
        """A message about this element."""
        return Message(self.line, text, params, self.path)

    def fault(self, text: str, /, **params: Any) -> Fault:
        """The same as a fault, to raise."""
        return Fault([self.message(text, **params)])


def local_name(name: str) -> str:
    """The name of an attribute without its namespace."""
    return name.rpartition("}")[2]


def shortened(text: str) -> str:
    """A value as a message shows it: on one line and not too long."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
