"""The sheets of a file: OpenDocument and Excel workbooks in a process of their own, CSV as one sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tracker.reading.documents import read_apart, sentence
from tracker.reading.encoding import decoded
from tracker.reading.sanitise import without_control_characters

MAX_SHEETS = 200
#: Of all sheets together; a sheet that goes beyond is named and not read.
MAX_CELLS = 600_000
#: Of the text in which a reader sees the sheets.
MAX_CHARACTERS = 300_000

ENDINGS = (".ods", ".xlsx", ".csv")
_ZIP = b"PK\x03\x04"
_WORKBOOK_TYPES = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
}
_CSV_TYPES = {"text/csv", "application/csv"}
_SAYS_NOTHING = {"", "application/octet-stream", "binary/octet-stream", "application/force-download", "text/plain"}

#: What stands in a cell. Days are written as in 2024-03-31.
Value = str | int | float | None


@dataclass(frozen=True)
class Sheet:
    """One sheet from its first cell on. Rows may be of different lengths.

    `merged` are cells that are one for a reader: first row, first column, last row and last column, counting from 0.
    A sheet that is not `whole` was too large and has no rows.
    """

    name: str
    rows: tuple[tuple[Value, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    whole: bool = True


@dataclass(frozen=True)
class Workbook:
    """The sheets that a reader sees, in order. `problem` says in a sentence why there are none, or not all."""

    sheets: tuple[Sheet, ...]
    problem: str = ""


def is_table_file(body: bytes, content_type: str, url: str) -> bool:
    """Whether an answer may be a file of tables, by what it begins with and what it is said to be."""
    kind = content_type.partition(";")[0].strip().lower()
    if body.startswith(_ZIP):
        return True
    return kind in _WORKBOOK_TYPES | _CSV_TYPES or (kind in _SAYS_NOTHING and ending(url) in ENDINGS)


def ending(url: str) -> str:
    """ ".ods", in lower case."""
    return Path(unquote(urlsplit(url).path)).suffix.lower()


def read_workbook(body: bytes, content_type: str, url: str) -> Workbook:
    """The sheets of `body`, within limits of memory and time."""
    if not body.startswith(_ZIP):
        return _from_csv(body, content_type, url)
    told = read_apart(body, "workbook", MAX_SHEETS, MAX_CELLS)
    if problem := told.get("problem"):
        return Workbook((), sentence(problem, "an Excel or OpenDocument workbook"))
    sheets = tuple(
        Sheet(
            name=without_control_characters(sheet["name"]),
            rows=tuple(tuple(_clean(value) for value in row) for row in sheet["rows"]),
            merged=tuple(tuple(area) for area in sheet["merged"]),
            whole=sheet["whole"],
        )
        for sheet in told["sheets"]
    )
    problem = ""
    if any(not sheet.whole for sheet in sheets):
        problem = f"Of all sheets together at most {MAX_CELLS:,} cells are read."
    elif told["sheets_in_all"] > len(sheets):
        problem = f"Only the first {len(sheets)} of its {told['sheets_in_all']} sheets are read."
    return Workbook(sheets, problem)


def _clean(value: Value) -> Value:
    return without_control_characters(value) or None if isinstance(value, str) else value


def _from_csv(body: bytes, content_type: str, url: str) -> Workbook:
    """A file of comma, semicolon or tab separated values, as one sheet named for the file."""
    text = decoded(body, content_type)
    if "\0" in text[:1024]:
        return Workbook((), sentence("broken", "a table"))
    opening = text[:4096]
    separator = max(",;\t", key=opening.count)
    name = Path(unquote(urlsplit(url).path)).stem or "table"
    rows: list[tuple[Value, ...]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text), delimiter=separator):
            cells += len(row)
            if cells > MAX_CELLS:
                return Workbook((Sheet(name, (), whole=False),), f"At most {MAX_CELLS:,} cells are read.")
            rows.append(tuple(_clean(value.strip()) for value in row))
    except csv.Error:
        return Workbook((), sentence("broken", "a table"))
    return Workbook((Sheet(name, tuple(rows)),))


def as_text(workbook: Workbook) -> str:
    """The sheets for readers: each under its name, a line for each row, and what was left out at the end."""
    parts: list[str] = []
    room = MAX_CHARACTERS
    for part in _parts(workbook):
        if len(part) > room:
            parts.append(f"What follows is in the file alone: only its first {MAX_CHARACTERS:,} characters are here.")
            break
        parts.append(part)
        room -= len(part) + 2
    return "\n\n".join(parts)


def _parts(workbook: Workbook) -> Iterator[str]:
    for sheet in workbook.sheets:
        yield f"Sheet: {sheet.name}"
        lines = (" | ".join(shown(value) for value in row if value is not None) for row in sheet.rows)
        yield from filter(None, lines)
        if not sheet.whole:
            yield "This sheet is too large to be read here."


def shown(value: Value) -> str:
    """A cell on one line."""
    return " ".join(str(value).split()) if value is not None else ""
