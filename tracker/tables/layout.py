"""A sheet as a reader sees it: tables, each figure under its column headings and beside its row headings.

Where headings end and figures begin is told by what stands in the cells, never by their numbers. Where a sheet is
built in a way that is not understood, it has no table: better none than headings that are not those of the figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from .figures import Reading, read_cell
from .headings import Heading, heading
from .workbook import Sheet, Value, shown

#: Numbers that may be years, and then headings.
YEARS = range(1900, 2101)
_WORDS_OF_TIME = ("year", "period", "quarter", "month", "date", "time", "ending")


def cell_name(row: int, column: int) -> str:
    """ "D14" for the row 13 and the column 3, counting from 0."""
    letters, number = "", column + 1
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return f"{letters}{row + 1}"


@dataclass(frozen=True)
class Cell:
    """A figure or a missing one, with its headings from the outermost on. `row` and `column` count from 0."""

    row: int
    column: int
    value: Value
    reading: Reading | None
    row_path: tuple[Heading, ...]
    column_path: tuple[Heading, ...]

    @property
    def name(self) -> str:
        return cell_name(self.row, self.column)


@dataclass(frozen=True)
class Row:
    """A row of figures. `path` is empty where nothing says what the row is."""

    number: int
    path: tuple[Heading, ...]


@dataclass(frozen=True)
class Table:
    """One table of a sheet.

    `preamble` are the lines above it: title, units, population. `stub` are the headings over its row headings.
    `columns` are its columns of figures by number, from left to right.
    """

    preamble: tuple[str, ...]
    stub: tuple[str, ...]
    columns: dict[int, tuple[Heading, ...]]
    rows: tuple[Row, ...]
    _grid: tuple[tuple[Value, ...], ...] = field(repr=False)

    def cell(self, row: Row, column: int) -> Cell:
        value = self._grid[row.number][column]
        return Cell(row.number, column, value, read_cell(value), row.path, self.columns[column])

    @cached_property
    def cells(self) -> list[Cell]:
        """All cells that have headings on both sides and are not empty."""
        return [
            cell
            for row in self.rows
            if row.path
            for column, path in self.columns.items()
            if path and (cell := self.cell(row, column)).value is not None
        ]


def tables(sheet: Sheet, notes: frozenset[str] = frozenset()) -> list[Table]:
    """The tables of a sheet, from top to bottom. `notes` are the numbers of the notes of its file."""
    grid = _filled(sheet)
    return [made for block in _blocks(grid) if (made := _table(block, grid, sheet, notes)) is not None]


@dataclass
class _Block:
    """The rows of what may be a table, by number."""

    preamble: list[str] = field(default_factory=list)
    header: list[int] = field(default_factory=list)
    body: list[int] = field(default_factory=list)
    sections: dict[int, int] = field(default_factory=dict)  # the row of the section heading of each row of the body


def _filled(sheet: Sheet) -> tuple[tuple[Value, ...], ...]:
    """The cells of a sheet, all rows equally long, without what merging says: that is for headings."""
    width = max(map(len, sheet.rows), default=0)
    return tuple(row + (None,) * (width - len(row)) for row in sheet.rows)


def _blocks(grid: Sequence[Sequence[Value]]) -> Iterator[_Block]:
    block, section = _Block(), None
    for number, row in enumerate(grid):
        filled = [column for column, value in enumerate(row) if value is not None]
        if not filled:
            if block.header and not block.body:  # lines above, after all, unless figures follow
                block.preamble += [_line(grid[above]) for above in block.header[:-1]]
                block.header = block.header[-1:]
            section = None
        elif _is_line(row, filled):
            if block.header:
                section = number
            else:
                block.preamble.append(_line(row))
        elif block.header and _is_body(row, filled, is_first=not block.body):
            block.body.append(number)
            if section is not None:
                block.sections[number] = section
        elif not _has_figures(row, filled) or _is_of_years(row):
            if block.body:
                yield block
                title = [_line(grid[section])] if section is not None else []
                block = _Block(preamble=block.preamble[:1] + title)
            block.header.append(number)
            section = None
    if block.body:
        yield block


def _line(row: Sequence[Value]) -> str:
    return " ".join(shown(value) for value in row if value is not None)


def _is_line(row: Sequence[Value], filled: Sequence[int]) -> bool:
    """Whether a row is a line of text: a title, a note, the heading of a section, “Unit: people”."""
    first = row[0]
    if not isinstance(first, str) or read_cell(first) is not None:
        return False
    return filled == [0] or (first.rstrip().endswith(":") and not _has_figures(row, filled))


def _has_figures(row: Sequence[Value], filled: Sequence[int]) -> bool:
    return any(read_cell(row[column]) is not None for column in filled if column)


def _is_of_years(row: Sequence[Value]) -> bool:
    """Whether the numbers in a row are years in order, as over the columns of a table."""
    numbers = [reading.value for value in row[1:] if (reading := read_cell(value)) is not None]
    if not numbers or any(not _is_year(number) for number in numbers):
        return False
    return len(numbers) == 1 or all(abs(one - other) == 1 for one, other in pairwise(numbers) if one and other)


def _is_year(number: object) -> bool:
    return number in YEARS


def _is_body(row: Sequence[Value], filled: Sequence[int], *, is_first: bool) -> bool:
    """Whether figures stand in a row, after words that say what it is."""
    if row[filled[0]] is None or not _has_figures(row, filled):
        return False
    return not (is_first and _is_of_years(row) and sum(read_cell(row[column]) is not None for column in filled) > 1)


def _table(block: _Block, grid: Sequence[Sequence[Value]], sheet: Sheet, notes: frozenset[str]) -> Table | None:
    first = _first_column_of_figures(block, grid)
    if not first or first >= len(grid[0]):
        return None
    merged = _merged_headings(block, grid, sheet)
    columns = {
        column: _column_path(block.header, column, first, merged, grid, notes) for column in range(first, len(grid[0]))
    }
    columns = {column: path for column, path in columns.items() if path}
    stub = tuple(
        " ".join(one.words for one in _column_path(block.header, column, column, merged, grid, notes))
        for column in range(first)
    )
    rows = tuple(_rows(block, grid, first, merged, notes))
    return Table(tuple(block.preamble), stub, columns, rows, tuple(map(tuple, grid)))


def _first_column_of_figures(block: _Block, grid: Sequence[Sequence[Value]]) -> int:
    """The number of columns of row headings; 0 where the first column holds figures already."""
    width = len(grid[0])
    for column in range(width):
        values = [grid[row][column] for row in block.body]
        title = " ".join(shown(grid[row][column]) for row in block.header).casefold()
        is_time = not title.strip() or any(word in title for word in _WORDS_OF_TIME)
        readings = [reading for value in values if (reading := read_cell(value)) is not None]
        words = sum(value is not None for value in values) - len(readings)
        years = bool(readings) and all(reading.value is not None and _is_year(reading.value) for reading in readings)
        if readings and not (years and (is_time or column == 0)) and not words:
            return column
        if readings and words and any(reading.value is not None for reading in readings) and not years:
            return column
        if not readings and not words:
            return column
    return width


def _merged_headings(block: _Block, grid: Sequence[Sequence[Value]], sheet: Sheet) -> dict[tuple[int, int], Value]:
    """What a reader sees in the cells that are part of a merged one."""
    rows = {*block.header, *block.body}
    return {
        (row, column): grid[top][left]
        for top, left, bottom, right in sheet.merged
        if top < len(grid) and left < len(grid[0])
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if row in rows and (row, column) != (top, left)
    }


def _column_path(
    header: Sequence[int],
    column: int,
    first: int,
    merged: dict[tuple[int, int], Value],
    grid: Sequence[Sequence[Value]],
    notes: frozenset[str],
) -> tuple[Heading, ...]:
    """The headings over a column. Where a file merges no headings, an empty cell in all but the last row of them
    belongs to the one on its left."""
    says_what_is_merged = any(row in header for row, _ in merged)
    path: list[Heading] = []
    for row in header:
        value = grid[row][column] if grid[row][column] is not None else merged.get((row, column))
        if value is None and not says_what_is_merged and row != header[-1]:
            value = next(
                (grid[row][left] for left in range(column, first - 1, -1) if grid[row][left] is not None), None
            )
        found = heading(value, notes)
        if found and (not path or path[-1] != found):
            path.append(found)
    return tuple(path)


def _rows(
    block: _Block,
    grid: Sequence[Sequence[Value]],
    first: int,
    merged: dict[tuple[int, int], Value],
    notes: frozenset[str],
) -> Iterator[Row]:
    """The rows of figures. A heading that is not written again goes on, until one on its left changes."""
    going_on: list[Heading | None] = [None] * first
    for number in block.body:
        own = False
        for column in range(first):
            value = grid[number][column] if grid[number][column] is not None else merged.get((number, column))
            found = heading(value, notes)
            if found is not None:
                own = True
                if found != going_on[column]:
                    going_on[column:] = [None] * (first - column)
                going_on[column] = found
            elif column == first - 1:
                going_on[column] = None
        section = heading(grid[block.sections[number]][0], notes) if number in block.sections else None
        path = [section, *going_on] if own else []
        yield Row(number, tuple(filter(None, path)))
