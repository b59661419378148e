"""What a text in HTML loses when it is sanitised: formats tell their authors."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from examhall.bank.content.richtext import foreign_tags, sanitise
from examhall.bank.formats import Message
from examhall.bank.formats.tags import literal
from examhall.errors import N_

READ_AS_TEXT = N_("These tags are read as text: %(tags)s. Write &lt; for a less-than sign.")

_DISPLAYED = re.compile(r"\$\$(?P<formula>(?:[^$<>]|\$(?!\$)|<br ?/?>){1,2000}+)\$\$")
_TAG = re.compile(r"<[A-Za-z][^<>]*>")
_ATTRIBUTE = re.compile(r"""\s([A-Za-z][\w:-]{0,40})\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+)""")
_TAGS_SHOWN = 5
_WITH_CONTENT = frozenset({"iframe", "math", "noscript", "object", "script", "style", "svg", "template", "title"})
_OF_TABLE = re.compile(r"<(?:caption|tbody|td|tfoot|th|thead|tr)\b", re.IGNORECASE)


def settled(html: str, message: Callable[..., Message], warnings: list[Message], losses: list[Message]) -> str:
    """The text with its formulas between \\[ and \\] and with &lt; for what begins no tag, after telling what its type
    will leave out of it.

    `message` makes one about the text from a msgid and its params, as `Passage.message` and `Node.message` do.
    """
    if "$$" in html:
        html, count = _DISPLAYED.subn(r"\\[\g<formula>\\]", html)
        if count:
            warnings.append(message(N_("A formula between $$ is read as one between \\[ and \\].")))
    if "<" not in html:
        return html
    html, as_text = literal(html)
    if as_text:
        warnings.append(message(READ_AS_TEXT, tags=listed(as_text)))
    foreign = foreign_tags(html)
    if whole := [tag for tag in foreign if tag in _WITH_CONTENT]:
        note = N_("This may not stand in a question and is left out with all that it holds: %(tags)s.")
        losses.append(message(note, tags=", ".join(f"<{tag}>" for tag in whole)))
    if others := [tag for tag in foreign if tag not in _WITH_CONTENT]:
        note = N_("This may not stand in a question: %(tags)s. Its text stays; write &lt; for a less-than sign.")
        losses.append(message(note, tags=", ".join(f"<{tag}>" for tag in others)))
    if lost := lost_attributes(html):
        losses.append(message(N_("These attributes of HTML are left out: %(names)s."), names=", ".join(lost)))
    return html


def listed(tags: Sequence[str]) -> str:
    """Some tags as a message shows them."""
    shown = ", ".join(" ".join(tag.split())[:40] for tag in tags[:_TAGS_SHOWN])
    return shown + (", …" if len(tags) > _TAGS_SHOWN else "")


def lost_attributes(html: str) -> list[str]:
    """Names of the attributes in `html` that `sanitise` leaves out, each once, in order of the alphabet."""
    return sorted(set().union(*(_lost(tag) for tag in _TAG.findall(html)))) if "=" in html else []


@lru_cache(maxsize=4096)
def _lost(tag: str) -> frozenset[str]:
    names = {name.lower() for name in _ATTRIBUTE.findall(tag)}
    if not names:
        return frozenset()
    kept = _TAG.findall(sanitise(f"<table>{tag}" if _OF_TABLE.match(tag) else tag))
    return frozenset(names.difference(name for part in kept for name in _ATTRIBUTE.findall(part)))
