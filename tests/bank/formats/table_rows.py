"""Tables of questions as the tests of them read them: rows as a CSV file has them."""

from __future__ import annotations

from examhall.bank.formats import Import, Item
from examhall.bank.formats.tables import parse_csv


def read(*rows: str, **mapping: str) -> Import:
    return parse_csv("\n".join(rows).encode(), mapping or None)


def one(header: str, row: str) -> Item:
    found = read(header, row)
    assert found.errors == []
    return found.questions[0]


def fault(header: str, row: str) -> tuple[str, str]:
    (message,) = read(header, row).errors
    return message.element, message.text % message.params
