"""Where a figure stands, by the words of all its headings, and the figures that stand there in a workbook. Pure.

All the words must be there exactly once. What is worded otherwise, or stands twice, is not looked for further: it
gives a sentence for staff, and no number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from commitments.statistics import periods
from commitments.statistics.periods import Period
from tracker.tables import Cell, Heading, Sheet, Table, Workbook, notes_in, same_words, tables

#: Stands in a path where each figure has its period.
PERIOD = ""
#: Headings that are named in a sentence that says that one is missing.
MOST_NAMED = 8
_SCALES = re.compile(
    r"%|£|\$|€|per ?cent(?:age)?|thousands?|000s|millions?|billions?|\bmn?\b|\bbn\b|\bindex\b|\brates?\b|\bratios?\b"
    r"|\bproportions?\b|\bshares?\b",
    re.IGNORECASE,
)


class NotFound(Exception):
    """The figure is not where it was pointed at, or not once. `str(error)` says what is there instead."""


@dataclass(frozen=True)
class Spot:
    """Where figures stand. One of the two paths has PERIOD in it, once or more; all periods are of kind `grain`."""

    sheet: str
    stub: tuple[str, ...]
    row_path: tuple[str, ...]
    column_path: tuple[str, ...]
    grain: str

    @property
    def runs_down(self) -> bool:
        """Whether each row is a period, and not each column."""
        return PERIOD in self.row_path


@dataclass(frozen=True)
class Meant:
    """What must be said over the table, or in its headings, for its figures to be the ones that are meant."""

    unit: str
    population: str
    scales: frozenset[str]


@dataclass(frozen=True)
class Found:
    """One figure with its period. `value` is None where a sign such as "[x]" stands in its place."""

    period: Period
    value: Decimal | None
    said: str
    marks: tuple[str, ...]
    cell: str
    row: tuple[str, ...]
    column: tuple[str, ...]


def words(path: Sequence[Heading]) -> tuple[str, ...]:
    return tuple(one.words for one in path)


def spot_of(sheet: Sheet, table: Table, cell: Cell) -> Spot:
    """Where `cell` stands. Raises NotFound where none of its headings is a period."""
    row, column = words(cell.row_path), words(cell.column_path)
    for path, other, runs_down in ((row, column, True), (column, row, False)):
        for first, last in _stretches(len(path)):
            period = periods.parse(" ".join(path[first:last]))
            if period is not None:
                timed = (*path[:first], *(PERIOD for _ in range(first, last)), *path[last:])
                rows, columns = (timed, other) if runs_down else (other, timed)
                return Spot(sheet.name, table.stub, rows, columns, period.grain)
    raise NotFound("None of its headings names a period, such as “2024 Q1” or “Year ending March 2024”.")


def _stretches(length: int) -> Iterator[tuple[int, int]]:
    """Two headings one after the other ("2024", "Q1") before one by itself, from the innermost on."""
    for size in (2, 1):
        for first in range(length - size, -1, -1):
            yield first, first + size


def scales(table: Table, spot: Spot) -> frozenset[str]:
    """The words of magnitude that stand over a table and in the headings of a spot."""
    said = [*table.preamble, *spot.stub, *spot.row_path, *spot.column_path]
    return frozenset(found.casefold() for line in said for found in _SCALES.findall(line))


def find(workbook: Workbook, spot: Spot, meant: Meant) -> list[Found]:
    """The figures of a spot, newest first, each period once. Raises NotFound."""
    sheet = _sheet(workbook, spot.sheet)
    notes = notes_in(workbook.sheets)
    there = tables(sheet, notes)
    if not there:
        raise NotFound(f"The sheet “{sheet.name}” holds no table that can be read.")
    table, fixed = _table(there, spot)
    _check_what_is_meant(table, spot, meant)
    found: dict[Period, Found] = {}
    for cell in table.cells:
        if (cell.column if spot.runs_down else cell.row) != fixed:
            continue
        path = cell.row_path if spot.runs_down else cell.column_path
        period = _period(words(path), spot.row_path if spot.runs_down else spot.column_path)
        if period is None or period.grain != spot.grain:
            continue
        if period in found:
            raise NotFound(f"“{' '.join(words(path))}” stands there twice: in {found[period].cell} and {cell.name}.")
        found[period] = _found(cell, period)
    if not found:
        axis = "row" if spot.runs_down else "column"
        raise NotFound(f"No {axis} of the table is a {spot.grain} any more, beside the same other headings.")
    return [found[period] for period in sorted(found, reverse=True)]


def _found(cell: Cell, period: Period) -> Found:
    marks = {mark.value for heading in (*cell.row_path, *cell.column_path) for mark in heading.marks}
    if cell.reading:
        marks |= {mark.value for mark in cell.reading.marks}
    return Found(
        period=period,
        value=cell.reading.value if cell.reading else None,
        said=" ".join(str(cell.value).split()),
        marks=tuple(sorted(marks)),
        cell=cell.name,
        row=words(cell.row_path),
        column=words(cell.column_path),
    )


def _sheet(workbook: Workbook, name: str) -> Sheet:
    named = [sheet for sheet in workbook.sheets if same_words(sheet.name) == same_words(name)]
    if not named:
        raise NotFound(
            f"There is no sheet “{name}” any more. There are: {_listed(one.name for one in workbook.sheets)}."
        )
    if len(named) > 1:
        raise NotFound(f"There are {len(named)} sheets named “{name}”.")
    if not named[0].whole:
        raise NotFound(f"The sheet “{name}” is too large to be read.")
    return named[0]


def _table(there: Sequence[Table], spot: Spot) -> tuple[Table, int]:
    """The one table with the headings that do not change with time, and the row or column that has them."""
    wanted = spot.column_path if spot.runs_down else spot.row_path
    lines = [
        (table, number)
        for table in there
        for number, path in _fixed_lines(table, spot).items()
        if _same(words(path), wanted) and _same(table.stub, spot.stub) and _has_periods(table, spot)
    ]
    if len(lines) == 1:
        return lines[0]
    if lines:
        raise NotFound(f"{_named(spot)} “{shown(wanted)}” stands on the sheet “{spot.sheet}” {len(lines)} times.")
    raise NotFound(_what_is_missing(there, spot, wanted))


def _fixed_lines(table: Table, spot: Spot) -> Mapping[int, tuple[Heading, ...]]:
    if spot.runs_down:
        return table.columns
    return {row.number: row.path for row in table.rows if row.path}


def _has_periods(table: Table, spot: Spot) -> bool:
    paths = [row.path for row in table.rows] if spot.runs_down else list(table.columns.values())
    wanted = spot.row_path if spot.runs_down else spot.column_path
    return any(_period(words(path), wanted) is not None for path in paths)


def _what_is_missing(there: Sequence[Table], spot: Spot, wanted: tuple[str, ...]) -> str:
    paths = [words(path) for table in there for path in _fixed_lines(table, spot).values()]
    if not any(_same(path, wanted) for path in paths):
        others = _listed(dict.fromkeys(map(shown, paths)))
        return f"{_named(spot)} “{shown(wanted)}” is not on the sheet “{spot.sheet}” any more. There are: {others}."
    if not any(_same(table.stub, spot.stub) for table in there):
        now = _listed(shown(table.stub) for table in there)
        return f"The row headings were headed “{shown(spot.stub)}”, and now: {now}."
    axis = "row" if spot.runs_down else "column"
    return f"No {axis} beside these headings names a period any more."


def _named(spot: Spot) -> str:
    return "The column" if spot.runs_down else "The row"


def _period(path: tuple[str, ...], wanted: tuple[str, ...]) -> Period | None:
    """The period in `path`, where its other headings are those that are `wanted`."""
    if len(path) != len(wanted):
        return None
    if any(same_words(one) != same_words(other) for one, other in zip(path, wanted, strict=True) if other != PERIOD):
        return None
    return periods.parse(" ".join(one for one, other in zip(path, wanted, strict=True) if other == PERIOD))


def _check_what_is_meant(table: Table, spot: Spot, meant: Meant) -> None:
    said = [*table.preamble, *spot.stub, *spot.row_path, *spot.column_path]
    for what, wanted in (("unit", meant.unit), ("population", meant.population)):
        if wanted and not is_said(wanted, said):
            raise NotFound(
                f"The words that say the {what}, “{wanted}”, do not stand over the table any more. "
                f"What stands there: {_listed(table.preamble) or 'nothing'}."
            )
    now = scales(table, spot)
    if now != meant.scales:
        changed = _listed(sorted(now ^ meant.scales))
        raise NotFound(f"What is said of the size of the figures has changed over the table: {changed}.")


def is_said(wanted: str, lines: Sequence[str]) -> bool:
    """Whether words stand, as they are, in one of some lines."""
    pattern = re.compile(rf"(?<!\w){re.escape(same_words(wanted))}(?!\w)")
    return any(pattern.search(same_words(line)) for line in lines)


def _same(one: Sequence[str], other: Sequence[str]) -> bool:
    return list(map(same_words, one)) == list(map(same_words, other))


def shown(path: Sequence[str]) -> str:
    """A path in one line."""
    return " › ".join(one or "(each period)" for one in path)


def _listed(names: Iterator[str] | Sequence[str] | Mapping[str, None]) -> str:
    named = [f"“{name}”" for name in names]
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return ", ".join(named[:MOST_NAMED]) + more
