"""Tables as bytes: CSV and XLSX, read into rows of texts and written so that no spreadsheet runs a cell as a formula.

Rules: reference semantics §2.8, OWASP ASVS 5.0 1.2.10.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from examhall.bank.formats import archive, decode
from examhall.errors import N_, FieldError, Invalid

ROWS_LIMIT = 60_000
COLUMNS_LIMIT = 200
CELLS_LIMIT = 1_000_000
CELL_LIMIT = 100_000

Row = tuple[int, list[str]]
"""The number of a row as its reader counts them, from 1, and its cells."""

_DELIMITERS = ",;\t|"
_SEPARATOR_LINE = re.compile(r'\A"?sep=(.)"?\r?\n', re.IGNORECASE)
# Signs that make a cell a formula, their full-width forms as well, behind quotes of ours or of an author's.
_FORMULA = re.compile("'*[\\s\\0]*[=+\\-@＝＋－＠]|'*[\t\r\n]")
_GUARDED = re.compile("'('*(?:[\\s\\0]*[=+\\-@＝＋－＠]|[\t\r\n]))")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def read_csv(data: bytes) -> list[Row]:
    """The rows of a CSV file that hold anything. Raises `Invalid` (field `file`), `PayloadTooLarge`."""
    text = decode(data)
    delimiter = None
    if told := _SEPARATOR_LINE.match(text):
        delimiter, text = told[1], text[told.end() :]
    delimiter = delimiter or _delimiter(text)
    if text.count(delimiter) > CELLS_LIMIT:
        raise _refused(N_("A table has at most %(limit)s cells. Split it."), limit=CELLS_LIMIT)
    first_line = bool(told)
    csv.field_size_limit(CELL_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    try:
        line = reader.line_num
        for cells in reader:
            rows.append((line + 1 + first_line, [_unguarded(cell) for cell in cells]))
            line = reader.line_num
    except csv.Error as error:
        message = N_("Line %(line)s can't be read as CSV: %(reason)s. Look for a quote that is not closed.")
        raise _refused(message, line=reader.line_num + first_line, reason=str(error)) from None
    return _bounded(rows)


def read_xlsx(data: bytes) -> list[Row]:
    """The rows of the first sheet that hold anything, as they are shown. Raises `Invalid` (field `file`)."""
    archive.read(data)  # refuses what an archive from a stranger may not be
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        if sheet.total_height > ROWS_LIMIT or sheet.total_width > COLUMNS_LIMIT:
            message = N_(
                "A table has at most %(rows)s rows and %(columns)s columns. Remove what is far off, or split it."
            )
            raise _refused(message, rows=ROWS_LIMIT, columns=COLUMNS_LIMIT)
        rows = [(number, [_text(value) for value in cells]) for number, cells in enumerate(sheet.iter_rows(), start=1)]
    except (CalamineError, OSError, ValueError, IndexError):
        message = N_("This workbook can't be read. Save it again as XLSX, with the questions on the first sheet.")
        raise _refused(message) from None
    return _bounded(rows)


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """RFC 4180 with a byte order mark, by which Excel knows UTF-8."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([_guarded(cell) for cell in row])
    return buffer.getvalue().encode("utf-8-sig")


def write_xlsx(rows: Iterable[Sequence[str]], title: str) -> bytes:
    """A workbook with one sheet; every cell is a text, the first row stays in view."""
    buffer = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, settings) as workbook:
        # A fixed date: the same questions make the same file
        workbook.set_properties({"title": title[:200], "created": datetime(2000, 1, 1, tzinfo=UTC)})
        sheet = workbook.add_worksheet()
        heading, wrapped = (
            workbook.add_format({"bold": True}),
            workbook.add_format({"text_wrap": True, "valign": "top"}),
        )
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, place, _guarded(cell), wrapped if number else heading)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 50)
    return buffer.getvalue()


def _delimiter(text: str) -> str:
    """The sign that parts the names of the first row; outside quotes it stands there most often."""
    header = re.sub(r'"[^"]*"', "", text[:10_000].split("\n", 1)[0])
    return max(_DELIMITERS, key=header.count)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return _unguarded(str(value))[:CELL_LIMIT]


def _bounded(rows: list[Row]) -> list[Row]:
    rows = [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]
    if not rows:
        raise _refused(N_("There is nothing in this table. Is it the right file?"))
    if max(len(cells) for _, cells in rows) > COLUMNS_LIMIT:
        raise _refused(N_("This table has more than %(limit)s columns. Is it the right file?"), limit=COLUMNS_LIMIT)
    return rows


def _guarded(cell: str) -> str:
    cell = cell.replace("\0", "")
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell


def _refused(message: str, **params: Any) -> Invalid:
    return Invalid(errors=[FieldError("file", message, params)])
