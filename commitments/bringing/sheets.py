"""Rows as a file to take away: CSV, XLSX or JSON Lines. What a spreadsheet would run as a formula is made harmless."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from commitments.bringing.cells import harmless
from commitments.bringing.reading import CSV, JSON_LINES, XLSX

CONTENT_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    JSON_LINES: "application/jsonl; charset=utf-8",
}
#: More does not fit into a cell of a workbook.
_CELL = 32_767
_WIDTH = 24


@dataclass(frozen=True)
class File:
    name: str
    content_type: str
    body: bytes


def write(form: str, stem: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> File:
    """Rows in these columns as a file of one of the three forms.

    Raises ValueError for a text that is too long for the cell of a workbook.
    """
    body = {CSV: _csv, XLSX: _xlsx, JSON_LINES: _json_lines}[form](columns, rows)
    return File(f"{stem}.{form}", CONTENT_TYPES[form], body)


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(map(harmless, columns))
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in columns])
    # With the mark by which Excel knows UTF-8.
    return file.getvalue().encode("utf-8-sig")


def _xlsx(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(0, len(columns) - 1), _WIDTH)
        for place, name in enumerate(columns):
            sheet.write_string(0, place, harmless(name), bold)
        for number, row in enumerate(rows, start=1):
            for place, name in enumerate(columns):
                value = _cell(row.get(name))
                if isinstance(value, (int, float)):
                    sheet.write_number(number, place, value)
                elif len(value) > _CELL:
                    raise ValueError(f"“{name}” of row {number} is too long for a workbook; take CSV instead.")
                elif value:
                    sheet.write_string(number, place, value)
    return file.getvalue()


def _json_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    lines = (json.dumps({name: row.get(name) for name in columns}, ensure_ascii=False) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()


def _cell(value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return harmless(text)
