"""Results as CSV: streamed, and safe to open in a spreadsheet (OWASP ASVS 5.0, 1.2.10)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

#: A cell that begins with one of these may be run as a formula.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def cell(value: Any) -> str:
    """A value as text that no spreadsheet runs: numbers stay numbers, a text like a formula gets a quote before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    text = str(value).replace("\0", "")
    # Full-width forms of the same signs are read as formulas by some spreadsheets, and so are signs behind white space
    probe = text.lstrip().translate({0xFF1D: "=", 0xFF0B: "+", 0xFF0D: "-", 0xFF20: "@"})
    return f"'{text}" if text.startswith(DANGEROUS) or probe.startswith(DANGEROUS) else text


def stream(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """RFC 4180 lines with a byte order mark before them, by which Excel knows that they are UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([cell(name) for name in header])
    for row in rows:
        writer.writerow([cell(value) for value in row])
        if buffer.tell() > 16_384:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
