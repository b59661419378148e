"""GIFT as the tests of it write and read it."""

from __future__ import annotations

from typing import Any

from examhall.bank.formats import Import, Item, gift


def parse(text: str) -> Import:
    return gift.parse(text.encode())


def one(text: str) -> Item:
    """The only question of a text, which has no error."""
    found = parse(text)
    assert found.errors == []
    (question,) = found.questions
    return question


def body(text: str) -> dict[str, Any]:
    return one(text).body


def options(text: str) -> list[tuple[str, str, str]]:
    """Text, fraction and feedback of each option or answer."""
    found = body(text)
    parts = found.get("options") or found["answers"]
    return [(part.get("text", part.get("value")), part["fraction"], part["feedback"]) for part in parts]


def errors(text: str) -> list[tuple[int, str]]:
    """Line and text of each error of a text without a sound question."""
    found = parse(text)
    assert found.questions == []
    return said(found)


def said(found: Import) -> list[tuple[int, str]]:
    return [(error.line, error.text % error.params) for error in found.errors]


def fails(text: str, line: int, words: str) -> None:
    """The text has one error, on this line, that holds these words."""
    ((found_line, message),) = errors(text)
    assert (found_line, words in message) == (line, True), message


def warnings(text: str) -> list[tuple[int, str]]:
    return [(warning.line, warning.text % warning.params) for warning in one(text).warnings]


def lost(found: Import) -> list[tuple[int, str]]:
    """Line and text of each loss."""
    losses = [*found.losses, *(loss for question in found.questions for loss in question.losses)]
    return [(loss.line, loss.text % loss.params) for loss in losses]
