"""A file as rows: CSV as newsrooms have it, XLSX, ODS or JSON Lines, within bounds of time and size."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from commitments.bringing import headers
from commitments.bringing.cells import as_written, keepable
from commitments.bringing.complaints import Complaint, UnreadableFile
from tracker.reading.documents import read_apart, sentence

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 50_000
#: Somebody has to say of each what it is.
MAX_COLUMNS = 500
MAX_SHEETS = 20
#: Of all sheets of a workbook together.
MAX_CELLS = 1_000_000
#: A merged cell that covers more is a background and no heading.
MAX_MERGED = 5_000

CSV, XLSX, JSON_LINES = "csv", "xlsx", "jsonl"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SEPARATORS = ",;\t|"
_ROWS_TRIED = 30

#: Which field of a kind of rows a name could be, or none.
FieldOf = Callable[[str], str]
Rows = Sequence[list[object]]


@dataclass(frozen=True)
class Table:
    """What a file holds. Each row is the number of its line and its cells by the name of their column.

    `columns` are the names as found, from left to right, each once. `complaints` are of lines that are no rows.
    `notes` say in sentences how it was read, where that could be wrong.
    """

    form: str
    columns: tuple[str, ...]
    rows: list[tuple[int, dict[str, object]]]
    complaints: list[Complaint] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    header_line: int = 0


def body_of(path: Path) -> bytes:
    """The bytes of a file of this machine. Raises UnreadableFile."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableFile(_too_large(str(path)))
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error


def read(body: bytes, name: str, field_of: FieldOf) -> Table:
    """Read what a file of this name holds. Raises UnreadableFile."""
    if len(body) > MAX_BYTES:
        raise UnreadableFile(_too_large(name))
    if body.startswith(_WORKBOOKS):
        return _workbook(body, name, field_of)
    text, notes = _decoded(body, name)
    if not text.strip():
        raise UnreadableFile(f"{name} is empty.")
    table = _json_lines(text) if text.lstrip().startswith("{") else _csv(text, field_of, notes)
    if len(table.rows) > MAX_ROWS:
        raise UnreadableFile(f"{name} has {len(table.rows):,} rows; bring at most {MAX_ROWS:,} at a time.")
    return table


def _too_large(name: str) -> str:
    return f"{name} is larger than {MAX_BYTES // 1024**2} MiB; bring it in parts."


def _decoded(body: bytes, name: str) -> tuple[str, list[str]]:
    try:
        if body.startswith((b"\xff\xfe", b"\xfe\xff")):
            return body.decode("utf-16"), []
        return body.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        if b"\0" not in body:
            try:
                return body.decode("cp1252"), ["It is not UTF-8 and was read as Windows-1252. Look at its accents."]
            except UnicodeDecodeError:
                pass
        raise UnreadableFile(f"{name} is not UTF-8; save it as “CSV UTF-8”.") from error


def _json_lines(text: str) -> Table:
    rows: list[tuple[int, dict[str, object]]] = []
    complaints = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            complaints.append(Complaint(number, "line", f"is not JSON ({error})"))
            continue
        if isinstance(row, dict):
            rows.append((number, {keepable(name): cell for name, cell in row.items()}))
        else:
            complaints.append(Complaint(number, "line", "is not a JSON object"))
    columns = tuple(dict.fromkeys(name for _, row in rows for name in row))
    _refuse_too_wide(len(columns))
    return Table(JSON_LINES, columns, rows, complaints)


def _csv(text: str, field_of: FieldOf, notes: list[str]) -> Table:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    lines: list[tuple[int, list[object]]] = []
    try:
        for cells in reader:
            lines.append((reader.line_num, [as_written(cell) for cell in cells]))
    except csv.Error as error:
        raise UnreadableFile(f"The CSV is broken at line {reader.line_num}: {error}.") from error
    return _table(CSV, lines, field_of, notes)


def _separator(text: str) -> str:
    """What stands between the cells: that by which most of the first rows have equally many, and most cells."""

    def evenness(separator: str) -> tuple[int, int]:
        widths: Counter[int] = Counter()
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
            for cells in itertools.islice(reader, _ROWS_TRIED):
                widths[len(cells)] += len(cells) > 1
        except csv.Error:
            return 0, 0
        return max(((count, width) for width, count in widths.items()), default=(0, 0))

    return max(_SEPARATORS, key=evenness)


def _workbook(body: bytes, name: str, field_of: FieldOf) -> Table:
    told = read_apart(body, "workbook", MAX_SHEETS, MAX_CELLS)
    if problem := told.get("problem"):
        raise UnreadableFile(f"{name}: {sentence(problem, 'a workbook of Excel or OpenDocument')}")
    sheets = [(sheet["name"], _filled(sheet["rows"], sheet["merged"])) for sheet in told["sheets"] if sheet["rows"]]
    if not sheets:
        if any(not sheet["whole"] for sheet in told["sheets"]):
            raise UnreadableFile(f"{name} has more than {MAX_CELLS:,} cells; bring it in parts.")
        raise UnreadableFile(f"{name} is empty.")

    def fit(sheet: tuple[str, Rows]) -> tuple[int, int]:
        return len(set(map(field_of, headers.find(sheet[1], field_of).names))), len(sheet[1])

    chosen, rows = max(sheets, key=fit)
    others = [other for other, _ in sheets if other != chosen]
    notes = [f"Read the sheet “{chosen}”; left {', '.join(f'“{each}”' for each in others)}."] if others else []
    lines = [
        (number, [as_written(cell) if isinstance(cell, str) else cell for cell in row])
        for number, row in enumerate(rows, start=1)
    ]
    return _table(XLSX, lines, field_of, notes)


def _filled(rows: Rows, merged: Sequence[Sequence[int]]) -> Rows:
    """With "" for an empty cell, and what stands in a merged cell in each of the cells that it covers."""
    filled = [["" if cell is None else cell for cell in row] for row in rows]
    for top, left, bottom, right in merged:
        if (bottom - top + 1) * (right - left + 1) > MAX_MERGED or top >= len(rows) or left >= len(filled[top]):
            continue
        value = filled[top][left]
        for row in filled[top : bottom + 1]:
            row += [""] * (right + 1 - len(row))
            row[left : right + 1] = [value] * (right + 1 - left)
    return filled


def _table(form: str, lines: Sequence[tuple[int, list[object]]], field_of: FieldOf, notes: list[str]) -> Table:
    width = max((_width(cells) for _, cells in lines), default=0)
    _refuse_too_wide(width)
    lines = [(line, cells[:width]) for line, cells in lines]
    header = headers.find([cells for _, cells in lines], field_of)
    body = lines[header.first_row :]
    names = _each_once(header.names, [cells for _, cells in body])
    rows: list[tuple[int, dict[str, object]]] = []
    complaints = []
    for line, cells in body:
        if all(cell == "" for cell in cells):
            continue
        if any(cell != "" for cell in cells[len(header.names) :]):
            complaints.append(Complaint(line, "line", "has more cells than the header has columns"))
        row = {name: cells[place] if place < len(cells) else "" for place, name in enumerate(names) if name}
        rows.append((line, row))
    columns = tuple(name for name in names if name)
    header_line = lines[header.first_row - 1][0] if lines else 0
    return Table(form, columns, rows, complaints, notes, header_line)


def _width(cells: Sequence[object]) -> int:
    """How many cells there are up to the last that is not empty."""
    return next((place for place in range(len(cells), 0, -1) if cells[place - 1] != ""), 0)


def _refuse_too_wide(columns: int) -> None:
    if columns > MAX_COLUMNS:
        raise UnreadableFile(f"The table has {columns:,} columns; bring at most {MAX_COLUMNS:,} at a time.")


def _each_once(names: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Names of columns, told apart where two are the same; one without a name has one where it has anything else."""
    given: list[str] = []
    for place, name in enumerate(names):
        unique = name = keepable(name)
        if not name and any(place < len(row) and row[place] != "" for row in rows):
            unique = f"column {place + 1}"
        number = 2
        while unique and unique in given:
            unique, number = f"{name} ({number})", number + 1
        given.append(unique)
    return given
