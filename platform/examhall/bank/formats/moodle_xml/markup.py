"""XML as Moodle writes it: texts in CDATA, their files in base64 beside them."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import quote

from examhall.bank.content.richtext import media_of
from examhall.bank.formats import Medium, Message
from examhall.errors import N_

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKUP = re.compile("[<>&]")


class Unsayable(Exception):
    """A question that Moodle XML cannot say: the message tells why."""

    def __init__(self, message: str, **params: Any) -> None:
        self.message, self.params = message, params
        super().__init__(message)


@dataclass
class Markup:
    """The lines of one question, and what of it the format can't say; `number` counts the questions from 1."""

    number: int
    media: Mapping[str, Medium]
    lines: list[str] = field(default_factory=list)
    losses: list[Message] = field(default_factory=list)

    def lose(self, message: str, /, **params: Any) -> None:
        loss = Message(self.number, message, params)
        if loss not in self.losses:
            self.losses.append(loss)

    def open(self, tag: str, **attributes: str) -> None:
        said = "".join(f' {name}="{escape(self._clean(value))}"' for name, value in attributes.items())
        self.lines.append(f"<{tag}{said}>")

    def close(self, tag: str) -> None:
        self.lines.append(f"</{tag}>")

    def element(self, tag: str, text: object) -> None:
        """An element with a plain value."""
        self.lines.append(f"<{tag}>{self._written(str(text))}</{tag}>")

    def text(self, text: str) -> None:
        """A <text>."""
        self.element("text", text)

    def named(self, tag: str, text: str) -> None:
        """An element with a <text>."""
        self.lines.append(f"<{tag}><text>{self._written(text)}</text></{tag}>")

    def rich(self, tag: str, html: str) -> None:
        """An element with a text in HTML and the files that it shows."""
        self.open(tag, format="html")
        self.html(html)
        self.close(tag)

    def html(self, html: str) -> None:
        """A <text> in HTML and the files that it shows."""
        files: list[tuple[str, str, bytes]] = []
        for place, digest in enumerate(sorted(media_of(html)), start=1):
            medium = self.media.get(digest)
            if medium is None:
                self.lose(N_("A picture, sound or film is not stored, so it is left out."))
                continue
            name = medium.name.replace("/", "_") or f"{digest[:12]}"
            html = html.replace(f"media:{digest}", f"@@PLUGINFILE@@/{place}/{quote(name, safe='')}")
            files.append((name, f"/{place}/", medium.data))
        self.text(html)
        for file in files:
            self.file(*file)

    def file(self, name: str, path: str, data: bytes) -> None:
        """A file that stands here, in base64."""
        written = base64.b64encode(data).decode("ascii")
        self.lines.append(f'<file name="{escape(self._clean(name))}" path="{path}" encoding="base64">{written}</file>')

    def _written(self, text: str) -> str:
        text = self._clean(text)
        if "\r" in text:  # a parser would read it as a line break
            return escape(text, quote=False).replace("\r", "&#13;")
        if not _MARKUP.search(text):
            return text
        return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"

    def _clean(self, text: str) -> str:
        clean = _UNWRITABLE.sub(" ", text)
        if clean != text:
            self.lose(N_("A space stands for a control character, which XML cannot hold."))
        return clean
