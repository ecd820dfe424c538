"""The time that a heading of a table is about: "2024 Q1", "Jan to Mar 2024", "Year ending March 2024", "2023/24". Pure.

What can be read in two ways ("2023 to 2024") is not read.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

#: A period of the same kind as others in its table: only these are one series.
DAY, MONTH, QUARTER, HALF = "day", "month", "quarter", "half-year"
YEAR, FINANCIAL_YEAR, YEAR_ENDING = "year", "financial year", "twelve months"


@dataclass(frozen=True, order=True)
class Period:
    """From `start` to `end`, both included. Of a single day (`grain` DAY) the figure is as of that day."""

    end: dt.date
    start: dt.date
    grain: str


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_M = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_Y = r"((?:19|20)\d\d)"
_TO = r"\s*(?:to|-|until|and)\s*"
_D = r"(\d{1,2})(?:st|nd|rd|th)?"
_FY = r"(?:fy\s*|financial year\s*)?((?:19|20)\d\d)\s*[/-]\s*((?:19|20)?\d\d)"


def parse(words: str) -> Period | None:
    """The period that `words` name, and nothing besides. None where they name none, or might name two."""
    text = " ".join(words.translate(_DASHES).casefold().replace(",", " ").split())
    for pattern, read in _READERS:
        if found := pattern.fullmatch(text):
            try:
                return read(*found.groups())
            except ValueError:
                return None
    return None


_DASHES = str.maketrans({"–": "-", "—": "-", "‑": "-", "−": "-"})


def _month(name: str) -> int:
    return _MONTHS.index(name[:3]) + 1


def _last(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _span(first_year: int, first: int, last_year: int, last: int) -> Period:
    """Whole months, named by what their number and beginning make of them."""
    start, end = dt.date(first_year, first, 1), _last(last_year, last)
    months = (last_year - first_year) * 12 + last - first + 1
    if months < 1:
        raise ValueError("A period ends before it begins.")
    grain = {1: MONTH, 3: QUARTER, 6: HALF}.get(months, f"{months} months")
    if months == 12:
        grain = {1: YEAR, 4: FINANCIAL_YEAR}.get(first, YEAR_ENDING)
    return Period(end, start, grain)


def _months_of_a_year(first: str, last: str, year: str) -> Period:
    return _span(int(year), _month(first), int(year), _month(last))


def _months_of_two_years(first: str, first_year: str, last: str, last_year: str) -> Period:
    return _span(int(first_year), _month(first), int(last_year), _month(last))


def _one_month(month: str, year: str) -> Period:
    return _months_of_a_year(month, month, year)


def _short_year(month: str, year: str) -> Period:
    return _one_month(month, f"20{year}")


def _quarter(number: str, year: str) -> Period:
    last = 3 * int(number)
    return _span(int(year), last - 2, int(year), last)


def _half(number: str, year: str) -> Period:
    last = 6 * int(number)
    return _span(int(year), last - 5, int(year), last)


def _year(year: str) -> Period:
    return _span(int(year), 1, int(year), 12)


def _financial_year(first: str, second: str) -> Period:
    year = int(first)
    if int(second) % 100 != (year + 1) % 100 or (len(second) == 4 and int(second) != year + 1):
        raise ValueError("Two years that do not follow on each other.")
    return _span(year, 4, year + 1, 3)


def _quarter_of_a_financial_year(number: str, first: str, second: str) -> Period:
    year = _financial_year(first, second).start.year
    begins = 3 * int(number) + 1
    if begins > 12:
        begins, year = begins - 12, year + 1
    return _span(year, begins, year, begins + 2)


def _year_ending(month: str, year: str) -> Period:
    end = _last(int(year), _month(month))
    after = end + dt.timedelta(days=1)
    start = after.replace(year=after.year - 1)
    return Period(end, start, YEAR_ENDING)


def _day(day: str, month: str, year: str) -> Period:
    on = dt.date(int(year), int(month) if month.isdigit() else _month(month), int(day))
    return Period(on, on, DAY)


def _end_of_month(month: str, year: str) -> Period:
    end = _last(int(year), _month(month))
    return Period(end, end, DAY)


def _swapped(read: Callable[..., Period], *order: int) -> Callable[..., Period]:
    return lambda *said: read(*(said[place] for place in order))


_READERS: list[tuple[re.Pattern[str], Callable[..., Period]]] = [
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"(?:calendar year\s*)?{_Y}", _year),
        (rf"{_Y}\s*-?\s*(?:q|quarter\s*)([1-4])", _swapped(_quarter, 1, 0)),
        (rf"(?:q|quarter\s*)([1-4])\s*-?\s*{_Y}", _quarter),
        (rf"(?:q|quarter\s*)([1-4])\s*{_FY}", _quarter_of_a_financial_year),
        (rf"{_FY}\s*(?:q|quarter\s*)([1-4])", _swapped(_quarter_of_a_financial_year, 2, 0, 1)),
        (rf"h([12])\s*{_Y}", _half),
        (rf"{_Y}\s*h([12])", _swapped(_half, 1, 0)),
        (rf"{_M}\s*-?\s*{_Y}", _one_month),
        (rf"{_Y}\s*-?\s*{_M}", _swapped(_one_month, 1, 0)),
        (rf"{_M}[- ](\d\d)", _short_year),
        (rf"{_M}{_TO}{_M}\s*{_Y}", _months_of_a_year),
        (rf"{_Y}\s*{_M}{_TO}{_M}", _swapped(_months_of_a_year, 1, 2, 0)),
        (rf"{_M}\s*{_Y}{_TO}{_M}\s*{_Y}", _months_of_two_years),
        (_FY, _financial_year),
        (
            rf"(?:the )?(?:12 months|twelve months|year|ye)\s*(?:ending|ended|ends|to|-)?\s*(?:in )?{_M}\s*{_Y}",
            _year_ending,
        ),
        (rf"(?:as )?(?:at|on|of)?\s*(?:the )?end (?:of )?{_M}\s*{_Y}", _end_of_month),
        (rf"(?:as )?(?:at|on|of)?\s*{_D}\s*{_M}\s*{_Y}", _day),
        (r"(?:as )?(?:at|on|of)?\s*((?:19|20)\d\d)-(\d\d)-(\d\d)", _swapped(_day, 2, 1, 0)),
        (r"(?:as )?(?:at|on|of)?\s*(\d\d)/(\d\d)/((?:19|20)\d\d)", _day),
    )
]
