"""An element of Moodle XML, read by taking from it: what is left at the end is what no rule knew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

from lxml import etree

from examhall.bank.content.richtext import TAGS
from examhall.bank.formats import Message

_SHOWN = 60


class Fault(Exception):
    """A question that cannot be read: what is wrong with it, and where."""

    def __init__(self, messages: Iterable[Message]) -> None:
        self.messages = tuple(messages)
        super().__init__(*self.messages)


@dataclass(slots=True)
class Node:
    """One element: its attributes, own text and children, each to be taken once. What is left of any is told."""

    tag: str
    line: int
    text: str
    attributes: dict[str, str]
    #: Its place among siblings of the same name, from 1; 0 where it is the only one.
    number: int = 0
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    #: The text was written as elements, not as CDATA or with &lt;.
    bare: bool = False
    holds_files: bool = False
    taken: bool = False

    @classmethod
    def of(cls, element: Any, number: int = 0, parent: Node | None = None) -> Node:
        """The element of an lxml tree (of bounded depth) and all in it."""
        items = element.items()
        attributes = {_bare(name): value for name, value in items} if items else {}
        node = cls(_bare(element.tag), element.sourceline or 0, element.text or "", attributes, number, parent)
        if len(element):
            node._take_in(list(element))
        node.text = node.text.strip()
        return node

    def _take_in(self, elements: list[Any]) -> None:
        """The children of the element, of which those of HTML are text."""
        names = [_bare(element.tag) for element in elements]
        html = {name for name in names if name != "text"} if self.tag == "text" else TAGS.intersection(names)
        if html:
            self.text, self.bare = escape(self.text, quote=False), True
        twice = len(set(names)) < len(names)
        counts: dict[str, int] = {}
        for name, element in zip(names, elements, strict=True):
            if name in html:
                self.text += etree.tostring(element, encoding="unicode")
                continue
            number = 0
            if twice:
                number = counts[name] = counts.get(name, 0) + 1
            part = Node.of(element, number, self)
            self.children.append(part)
            if tail := element.tail:
                self.text += escape(tail, quote=False) if html else tail
            if name == "file" or part.holds_files:
                self.holds_files = True
        if twice:
            for part in self.children:
                if counts[part.tag] == 1:
                    part.number = 0

    @property
    def path(self) -> str:
        """Where it stands, such as `question[3]/answer[2]`."""
        name = f"{self.tag}[{self.number}]" if self.number else self.tag
        return f"{self.parent.path}/{name}" if self.parent else name

    @property
    def speaker(self) -> Node:
        """The element that holds what this one says: its <text>, or itself."""
        return next((child for child in self.children if child.tag == "text"), self)

    def take(self, tag: str) -> Node | None:
        """The first child of this name that is left."""
        for child in self.children:
            if child.tag == tag and not child.taken:
                child.taken = True
                return child
        return None

    def take_all(self, tag: str) -> list[Node]:
        """All children of this name that are left."""
        found = [child for child in self.children if child.tag == tag and not child.taken]
        for child in found:
            child.taken = True
        return found

    def discard(self, *tags: str) -> None:
        """Let the first child of each name go with all in it, as it says nothing that matters here."""
        for tag in tags:
            if child := self.take(tag):
                child.forget()

    def forget(self) -> None:
        """Let go of all that is in here."""
        self.text = ""
        self.attributes.clear()
        self.children.clear()

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
        if self.text and not self.text.isspace():
            yield Message(self.line, "", {"name": f"<{self.tag}>", "value": shortened(self.text)}, self.path)
        for name, value in self.attributes.items():
            yield Message(self.line, "", {"name": f"{self.tag}@{name}", "value": shortened(value)}, self.path)
        for child in self.children:
            if child.text or child.children or child.attributes:
                yield from child.leftovers()
            elif not child.taken:
                yield Message(child.line, "", {"name": f"<{child.tag}>", "value": ""}, child.path)

    def message(self, text: str, /, **params: Any) -> Message:
        """A message about this element."""
        return Message(self.line, text, params, self.path)

    def fault(self, text: str, /, **params: Any) -> Fault:
        """The same as a fault, to raise."""
        return Fault([self.message(text, **params)])


def _bare(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2] if name[0] == "{" else name


def shortened(text: str) -> str:
    """A value as a message shows it: on one line and not too long."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
