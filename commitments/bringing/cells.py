"""What one cell of somebody's spreadsheet means. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

#: Day 1 of a workbook is 1 January 1900, counting a 29 February that there was not.
_WORKBOOK_EPOCH = dt.date(1899, 12, 30)
#: A bare number is taken for a day of a workbook only in these years; 2025 is a year and no day of 1905.
_WORKBOOK_YEARS = range(1955, 2120)
_DAY_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_IN_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]+([a-z]+)\.?,?[ -]+(\d{4})", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.IGNORECASE)
_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]00:00(?::00(?:\.0+)?)?")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_IN_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:([, ’'\u00a0\u2009\u202f])\d{3})(?:\1\d{3})*(?:\.\d+)?")
#: What databases do not take as text.
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
#: What a spreadsheet would take for a formula, however many apostrophes stand before it.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def day(value: object) -> dt.date | None:
    """The day that is written as 2025-12-31, 31/12/2025, 31 December 2025 or as a workbook counts days; else None.

    The day comes before the month, as in Britain.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _workbook_day(value)
    text = " ".join(str(value).split())
    if found := _MIDNIGHT.fullmatch(text):
        text = found[1]
    try:
        if found := _DAY_FIRST.fullmatch(text):
            return dt.date(int(found[4]), int(found[3]), int(found[1]))
        if found := _IN_WORDS.fullmatch(text):
            return dt.date(int(found[3]), _month(found[2]), int(found[1]))
        if found := _MONTH_FIRST.fullmatch(text):
            return dt.date(int(found[3]), _month(found[1]), int(found[2]))
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _workbook_day(value: float) -> dt.date | None:
    if value != int(value) or not 0 < value < 100_000:
        return None
    found = _WORKBOOK_EPOCH + dt.timedelta(days=int(value))
    return found if found.year in _WORKBOOK_YEARS else None


def _month(name: str) -> int:
    """Raises ValueError for a word that is no month."""
    short = name.lower()
    if len(short) >= 3:
        for number, month in enumerate(_MONTHS, start=1):
            if month.startswith(short) or (month == "september" and short == "sept"):
                return number
    raise ValueError(f"{name} is no month")


def number(text: str) -> Decimal | None:
    """The number that is written as 13000, 13,000, 13 000 or 2.5; None for anything else, such as 2,5."""
    if found := _IN_THOUSANDS.fullmatch(text):
        text = text.replace(found[1], "")
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal(10) ** 18 else None


def choice(text: str, choices: Mapping[str, str]) -> str | None:
    """The key of the choice that is meant by its key or by its words, whatever the capitals; None for no choice."""
    if text in choices:
        return text
    meant = _plain(text)
    return next((key for key, words in choices.items() if meant in (_plain(key), _plain(words))), None)


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


def harmless(text: str) -> str:
    """Text as it goes into a cell: with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def as_written(text: str) -> str:
    """Text as it comes out of a cell: without the apostrophe that `harmless` put before it."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def keepable(value: Any) -> Any:
    """A cell, or a structure of JSON, with a mark in place of every character that no database takes."""
    if isinstance(value, str):
        return NOT_TEXT.sub("\ufffd", value)
    if isinstance(value, list):
        return [keepable(item) for item in value]
    if isinstance(value, dict):
        return {keepable(name): keepable(item) for name, item in value.items()}
    return value
