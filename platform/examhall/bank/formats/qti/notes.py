"""What is to be told about one question while it is read: faults end it, losses and warnings go with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from examhall.bank.formats import Message
from examhall.errors import FieldError


class Fault(Exception):
    """A question that cannot be read, and why."""

    def __init__(self, messages: Iterable[Message]) -> None:
        self.messages = tuple(messages)
        super().__init__(*self.messages)


@dataclass
class Notes:
    """Collects messages about the question of one file; `element` names the file within its package, or the item.

    `line` is where the question begins, for what has no place of its own.
    """

    element: str = ""
    line: int = 0
    losses: list[Message] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)
    _said: set[tuple[object, ...]] = field(default_factory=set)

    def loss(self, where: Any, text: str, /, **params: Any) -> None:
        """Note what cannot be kept; `where` is an XML element or None. The same note is kept once."""
        self._keep(self.losses, self.message(where, text, **params))

    def warn(self, where: Any, text: str, /, **params: Any) -> None:
        """Note what the author should look at."""
        self._keep(self.warnings, self.message(where, text, **params))

    def fault(self, where: Any, text: str, /, **params: Any) -> Fault:
        """A fault to raise."""
        return Fault([self.message(where, text, **params)])

    def invalid(self, where: Any, errors: Iterable[FieldError]) -> Fault:
        """A fault that says what a type found wrong."""
        line = self._line(where)
        return Fault(
            Message(line, error.message, error.params, ": ".join(part for part in (self.element, error.field) if part))
            for error in errors
        )

    def message(self, where: Any, text: str, /, **params: Any) -> Message:
        """A message about a place in this file."""
        return Message(self._line(where), text, params, self.element)

    def _keep(self, notes: list[Message], note: Message) -> None:
        said = (id(notes), note.text, *note.params.items())
        if said not in self._said:
            self._said.add(said)
            notes.append(note)

    def _line(self, where: Any) -> int:
        return self.line if where is None else int(where.sourceline or self.line)
