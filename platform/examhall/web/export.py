"""Lists as CSV: streamed, and safe to open in a spreadsheet (OWASP ASVS 5.0, 1.2.10)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Response, request, stream_with_context

from examhall.errors import N_, BadRequest, FieldError
from examhall.extensions import Statement, db

#: A cell that begins with one of these may be run as a formula.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def csv_wanted() -> bool:
    """Whether the caller asks for CSV, by `?format=csv` or else by `Accept`. Raises `BadRequest` for another format."""
    asked = request.args.get("format")
    if asked not in (None, "", "csv", "json"):
        message = N_("There is no such format. Choose one of: %(known)s.")
        raise BadRequest(message, known="csv, json", errors=[FieldError("format", message, {"known": "csv, json"})])
    return asked == "csv" or (not asked and request.accept_mimetypes.best == "text/csv")


def csv_file(name: str, columns: Sequence[str], statement: Statement) -> Response:
    """These columns of a select as a file to download, named after what it holds; sent as the rows come in."""
    plain = "".join(character if character.isascii() and character.isalnum() else "-" for character in name).strip("-")
    headers = {"Content-Disposition": f'attachment; filename="{plain[:80]}.csv"'}

    def rows() -> Iterator[list[Any]]:
        # Asked for here, inside the stream: the session of the view has ended before the first line is sent
        with db.session.execute(statement.execution_options(yield_per=500)) as found:
            for row in found:
                yield [getattr(row, column) for column in columns]

    return Response(stream_with_context(stream(columns, rows())), mimetype="text/csv", headers=headers)


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
