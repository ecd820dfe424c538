"""A spreadsheet of promises as a newsroom keeps it: titles above, headings in two merged rows, columns with names of
its own, days in three styles, and rows that are wrong in forty ways and places. Made anew for each test."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter

ROWS, BAD_ROWS = 500, 40
FIRST_LINE = 6
#: Names of the columns, by the heading of their group.
GROUPS: list[tuple[str, list[str]]] = [
    ("", ["Pledge ID", "Headline", "Full text"]),
    ("Who and when", ["Ministry", "Topic", "Announced"]),
    ("Due", ["By when", "Latest"]),
    ("Goal", ["What we count", "Number", "Units"]),
    ("", ["Rating", "Rated on", "Reporter"]),
]
#: What staff say the columns are that nobody could guess.
SAID = {
    "Due – Latest": "deadline_latest",
    "Goal – What we count": "target_metric",
    "Goal – Number": "target_value",
    "Rated on": "status_on",
}

_Row = dict[str, Any]


def rows() -> list[_Row]:
    made = good_rows(ROWS)
    for place, number in enumerate(range(7, ROWS, ROWS // BAD_ROWS)):
        if place < BAD_ROWS:
            _SPOILT[place % len(_SPOILT)](made[number])
    return made


def good_rows(count: int) -> list[_Row]:
    """The same before anything is wrong with any."""
    return [_row(number) for number in range(1, count + 1)]


def bad_lines() -> set[int]:
    """The lines of the sheet that are wrong."""
    pairs = enumerate(zip(good_rows(ROWS), rows(), strict=True), start=FIRST_LINE)
    return {line for line, (before, after) in pairs if before != after}


def _row(number: int) -> _Row:
    announced = dt.date(2024, 7, 5) + dt.timedelta(days=number % 300)
    return {
        "Pledge ID": f"NR-{number:03}",
        "Headline": f"Open {number} libraries in county {number % 39}",
        "Full text": f"The ministry promised to open {number} public libraries, staffed, in county {number % 39}.",
        "Ministry": f"Ministry {number % 12}",
        "Topic": f"Topic {number % 9}",
        "Announced": _day(announced, number),
        "By when": ["by the end of 2027", "in spring 2028", ""][number % 3],
        "Latest": "",
        "What we count": "libraries open" if number % 2 else "",
        "Number": f"{number * 1000:,}" if number % 4 == 1 else number * 1000 if number % 2 else "",
        "Units": "libraries" if number % 2 else "",
        "Rating": ["In progress", "not started", "On track", ""][number % 4],
        "Rated on": _day(dt.date(2025, 6, 1), number + 1) if number % 4 != 3 else "",
        "Reporter": "Sam",
    }


def _day(day: dt.date, number: int) -> Any:
    return [day, f"{day:%d/%m/%Y}", f"{day.day} {day:%B %Y}", day.isoformat()][number % 4]


def _set(name: str, value: Any) -> Callable[[_Row], None]:
    return lambda row: row.update({name: value})


_SPOILT: list[Callable[[_Row], None]] = [
    _set("Announced", "12/31/2024"),
    _set("Announced", "some time in May"),
    _set("Headline", ""),
    _set("Full text", ""),
    _set("Rating", "Going well"),
    _set("Pledge ID", "NR-001"),
    lambda row: row.update({"What we count": "libraries open", "Number": "lots"}),
    lambda row: row.update({"What we count": "", "Number": 12}),
    _set("Rated on", "31/02/2025"),
    _set("Rated on", "1 June 2031"),
]


def workbook(said: Sequence[_Row] | None = None) -> bytes:
    """The spreadsheet with the rows `said`, or with `rows()`."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Tracker")
        book.add_worksheet("Notes").write(0, 0, "Ask Sam.")
        days = book.add_format({"num_format": "dd/mm/yyyy"})
        width = sum(len(names) for _, names in GROUPS)
        sheet.merge_range(0, 0, 0, width - 1, "The Gazette: promises of the government, as of November 2026")
        sheet.write(1, 0, "Not for publication")
        place = 0
        for group, names in GROUPS:
            for offset, name in enumerate(names):
                if group:
                    sheet.write(4, place + offset, name)
                else:
                    sheet.merge_range(3, place + offset, 4, place + offset, name)
            if group:
                sheet.merge_range(3, place, 3, place + len(names) - 1, group)
            place += len(names)
        for number, row in enumerate(said or rows(), start=FIRST_LINE - 1):
            for column, value in enumerate(row.values()):
                if isinstance(value, dt.date):
                    sheet.write_datetime(number, column, dt.datetime.combine(value, dt.time()), days)
                else:
                    sheet.write(number, column, value)
    return file.getvalue()
