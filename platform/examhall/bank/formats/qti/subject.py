"""One item while it is read: its interactions, its texts, and its rules once somebody asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from html import escape
from typing import Any

from examhall.bank.formats.qti import tree
from examhall.bank.formats.qti.feedback import Probe, Texts, assigned
from examhall.bank.formats.qti.markup import Files, Markup, Replace
from examhall.bank.formats.qti.notes import Notes
from examhall.bank.formats.qti.scoring import UNSCORED, Feedback, Outcome, Scorer
from examhall.bank.formats.qti.values import Atom, Declaration, value
from examhall.errors import N_

_ELSEWHERE = ("feedbackInline", "feedbackBlock", "prompt", "endAttemptInteraction")
_BLANK = "_____"
_PLAIN_KEY = re.compile(r"[a-z0-9]{1,16}")
_UNTITLED = "modal feedback title"  # what TAO calls those that have none
_CANDIDATE = {"candidate", "testConstructor", "proctor"}


@dataclass
class Draft:
    """What an interaction makes of an item: a type and its body without prompt and feedback of everybody."""

    type: str
    data: dict[str, Any]
    texts: Texts = field(default_factory=Texts)
    points: Decimal = Decimal(1)
    #: The HTML of the prompt, where it is not simply what stands around the interaction.
    prompt: str | None = None


class Subject:
    """An assessmentItem in the vocabulary of 2.x."""

    def __init__(self, root: Any, notes: Notes, files: Files) -> None:
        self.root, self.notes, self.files = root, notes, files
        self.markup = Markup(notes, files)
        body = tree.child(root, "itemBody")
        if body is None:
            raise notes.fault(root, N_("This item has no body (itemBody)."))
        for block in reversed(list(tree.children(root, "rubricBlock"))):  # PIE writes it beside the body
            body.insert(0, block)
        self.body = body
        found = [element for element in body.iter() if _is_interaction(element) and not _is_part(element)]
        self.interactions = [element for element in found if element.tag not in UNSCORED]
        for element in found:
            if element.tag == "endAttemptInteraction":
                notes.loss(element, N_("A button that ends the attempt (endAttemptInteraction) is left out."))

    @cached_property
    def declaring(self) -> Scorer:
        """What the item declares; its rules need not be understood. Raises Fault."""
        return Scorer(self.root, self.notes, [self.response_of(element) for element in self.interactions])

    @cached_property
    def scorer(self) -> Scorer:
        """The rules of the item. Raises Fault."""
        self.declaring.prepare()
        return self.declaring

    def response_of(self, interaction: Any) -> str:
        """The identifier of the response of an interaction."""
        return str(interaction.get("responseIdentifier", ""))

    def declared(self, interaction: Any) -> Declaration:
        """The declaration of the response of an interaction. Raises Fault."""
        name = self.response_of(interaction)
        found = self.scorer.declarations.get(name)
        if found is None:
            raise self.notes.fault(interaction, N_('The response "%(name)s" is not declared.'), name=name[:100])
        return found

    def outcome(self, declared: Declaration, items: Sequence[Atom]) -> Outcome:
        """What a response with these members earns."""
        return self.scorer.outcome({declared.identifier: value(items, declared.base, declared.cardinality)})

    def prompt(self, gaps: dict[Any, str] | None = None) -> str:
        """The HTML around the interactions and in their own prompts; `gaps` holds what stands for interactions."""
        marks = gaps or {}
        around = self.markup.html(self.body, self._replacing(marks))
        asked = [self.text(tree.child(element, "prompt")) for element in self.interactions if element not in marks]
        parts = [part for part in (around, *asked) if part]
        return "".join(f"<div>{part}</div>" for part in parts) if len(parts) > 1 else "".join(parts)

    def text(self, element: Any, marks: dict[Any, str] | None = None) -> str:
        """The HTML of a part without the feedback within it; `marks` holds what stands for elements."""
        return self.markup.html(element, self._replacing(marks or {}))

    def _replacing(self, marks: dict[Any, str]) -> Replace:
        def replaced(element: Any) -> str | None:
            if element in marks:
                return marks[element]
            if element in self.interactions:
                return _BLANK if element.tag == "textEntryInteraction" and _is_within_words(element) else ""
            if (element.tag in _ELSEWHERE and not self._asks(element)) or self._is_hollow(element, marks):
                return ""
            if element.tag == "mediaInteraction":
                return self.markup.html(element, replaced)
            if element.tag == "rubricBlock" and _CANDIDATE & set(element.get("view", "candidate").split()):
                return f"<div>{self.markup.html(element, replaced)}</div>"
            return None

        return replaced

    def _asks(self, element: Any) -> bool:
        """Whether a block that is shown at some time holds what is to be answered, and so is no mere feedback."""
        return any(inner in self.interactions for inner in element.iter())

    def _is_hollow(self, element: Any, marks: dict[Any, str]) -> bool:
        """Whether an element only holds interactions that are shown elsewhere."""
        if element.tag not in ("p", "div", "span") or element is self.body:
            return False
        if not any(inner in self.interactions for inner in element.iter()) or any(
            one in marks for one in element.iter()
        ):
            return False
        return self._shows_nothing(element)

    def _shows_nothing(self, element: Any) -> bool:
        if (element.text or "").strip() or element.tag not in ("p", "div", "span"):
            return False
        return all(
            not (inner.tail or "").strip() and (inner in self.interactions or self._shows_nothing(inner))
            for inner in element
        )

    def marking_notes(self) -> str:
        """The HTML of what is for markers only."""
        blocks = [
            block
            for block in self.root.iter("rubricBlock")
            if not _CANDIDATE & set(block.get("view", "candidate").split())
        ]
        parts = [part for block in blocks if (part := self.text(block))]
        return "".join(f"<div>{part}</div>" for part in parts) if len(parts) > 1 else "".join(parts)

    def feedback(self, probes: Sequence[Probe]) -> Texts:
        """The feedback of the item by what was tried."""
        return assigned(self.scorer.feedbacks, probes, self._feedback_text, self.notes)

    def _counting(self, element: Any) -> str:
        """The HTML of a feedback, without the scores in it and without the feedback that it may hold."""
        within = self._replacing({})

        def replaced(inner: Any) -> str | None:
            if inner.tag != "printedVariable":
                return within(inner)
            self.notes.loss(inner, N_("%(name)s may not stand in a text and is left out."), name=inner.tag)
            return ""

        return self.markup.html(element, replaced)

    def _feedback_text(self, feedback: Feedback) -> str:
        """The HTML of a feedback, below its title."""
        text, title = self._counting(feedback.element), " ".join(feedback.element.get("title", "").split())
        heading = "" if title == _UNTITLED or not title else f"<b>{escape(title, quote=False)}</b>"
        return f"<div>{heading}</div><div>{text}</div>" if heading and text else heading or text


def key(identifier: str) -> str:
    """An identifier as the key of a part, "" where keys can't be written so."""
    name = identifier.removeprefix("_") if identifier[1:2].isdigit() else identifier
    return name if _PLAIN_KEY.fullmatch(name) else ""


def keys(identifiers: Sequence[str]) -> list[str]:
    """The keys of parts: all their identifiers or, where one can't be a key or stands twice, none."""
    found = [key(identifier) for identifier in identifiers]
    return found if all(found) and len(set(found)) == len(found) else [""] * len(found)


def hint(element: Any, kind: str) -> str:
    """What our own files say in a class such as `scheme-sum`."""
    found = re.search(rf"(?:^|\s){kind}-([a-z_]+)(?:\s|$)", element.get("class", ""))
    return found[1] if found else ""


def limit(element: Any, name: str) -> int:
    """A whole number such as maxChoices; 0, "without limit", where it is absent or none."""
    return tree.whole(element.get(name, "").strip())


def _is_interaction(element: Any) -> bool:
    return str(element.tag).endswith("Interaction")


def _is_part(element: Any) -> bool:
    """Whether an interaction is only a part of another one, as portable ones are of custom ones."""
    return any(_is_interaction(holder) for holder in element.iterancestors())


def _is_within_words(element: Any) -> bool:
    """Whether text stands directly before or after an interaction."""
    before = element.getprevious()
    lead = element.getparent().text if before is None else before.tail
    return bool((element.tail or "").strip() or (lead or "").strip())
