"""Tables of questions, CSV and XLSX, by one template: a row for each question, a column for each field.

- `question`: what is asked; plain words will do, HTML is kept.
- `type`: the name of a type; where it is left out, letters at options tell a choice, `true` or `false` a statement.
- `a` to `z`: the options, answers, rows, or things in their right order; for matching `stem -> choice`, for a
  distractor `-> choice`.
- `right`: the letters of what is right, `B` or `A; C`, with percents where these differ, `B; C=50%; D=-25%`; or `true`,
  `false`. Short answers and numbers are all right where it is empty. The text of an option will do, or its number.
- `options`: all options in one cell instead, with letters before them or `|` between them.
- `a_feedback` to `z_feedback`: what is said to whoever chose that.
- `name`, `id`, `category` (a path `a/b`), `tags` (with commas), `difficulty`, `language`, `points`, `status`,
  `feedback`.

A number may have a tolerance, `9.81 +- 0.02`, or be a range, `9 .. 10`. Columns may bear other names: their author says
which is which before the import.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from examhall.bank.formats import Columns, Export, Format, Import, Item, Medium, Message, archive
from examhall.bank.formats.tables import fields, reading, sheets, writing
from examhall.errors import N_

_XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def parse_csv(data: bytes, mapping: Mapping[str, str] | None = None, **settings: Any) -> Import:
    """The questions of a CSV file."""
    return _parsed(sheets.read_csv(data), mapping)


def parse_xlsx(data: bytes, mapping: Mapping[str, str] | None = None, **settings: Any) -> Import:
    """The questions on the first sheet of a workbook."""
    return _parsed(sheets.read_xlsx(data), mapping)


def _parsed(rows: Sequence[sheets.Row], mapping: Mapping[str, str] | None) -> Import:
    below = fields.headed(rows)
    result = reading.parse(below, mapping)
    if len(below) < len(rows):
        message = N_("What stands above the names of the columns is left out.")
        result.losses.insert(0, Message(rows[0][0], message, {}, f"row {rows[0][0]}"))
    return result


def export_csv(items: Sequence[Item], media: Mapping[str, Medium], title: str) -> Export:
    """A CSV file with the columns that these questions need."""
    rows, losses = writing.table(items, "CSV")
    return Export(sheets.write_csv(rows), "text/csv", "csv", losses)


def export_xlsx(items: Sequence[Item], media: Mapping[str, Medium], title: str) -> Export:
    """A workbook with one sheet, with the columns that these questions need."""
    rows, losses = writing.table(items, "XLSX")
    return Export(sheets.write_xlsx(rows, title), _XLSX_TYPE, "xlsx", losses)


def _is_csv(data: bytes) -> bool:
    """Whether a text's first line names a column of questions, among others."""
    try:
        rows = fields.headed(sheets.read_csv(data[:100_000].rpartition(b"\n")[0] or data))
    except Exception:  # whatever else it is
        return False
    return len(rows[0][1]) > 1 and "question" in fields.columns(rows).proposed.values()


def _is_xlsx(data: bytes) -> bool:
    return archive.is_archive(data) and b"xl/workbook.xml" in data


def _columns_of_csv(data: bytes) -> Columns:
    return fields.columns(fields.headed(sheets.read_csv(data)))


def _columns_of_xlsx(data: bytes) -> Columns:
    return fields.columns(fields.headed(sheets.read_xlsx(data)))


_MAPPING = frozenset({"mapping"})
CSV = Format("csv", "CSV", _is_csv, parse_csv, export_csv, _MAPPING, _columns_of_csv)
XLSX = Format("xlsx", "XLSX", _is_xlsx, parse_xlsx, export_xlsx, _MAPPING, _columns_of_xlsx)
