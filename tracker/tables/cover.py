"""What a file says of itself on its first sheets: its title, and when it was published."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from .figures import marks_and_rest
from .workbook import Workbook, shown

#: Of the first sheets, so many rows are looked at.
SHEETS, ROWS = 3, 40
_PUBLISHED = re.compile(
    r"\b(?:publication date|date of publication|date published|release date|(?:first |date )?published|released)"
    r"(?: on)?\s*:?\s*(?:\w+day,? )?(\d{1,2} [A-Z][a-z]+ \d{4}|\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4})",
    re.IGNORECASE,
)
_FORMS = ("%d %B %Y", "%d %b %Y", "%Y-%m-%d", "%d/%m/%Y")


def title(workbook: Workbook) -> str:
    """The first line of the first sheet. Empty where it begins with a table."""
    rows = workbook.sheets[0].rows
    filled = [value for value in (rows[0] if rows else ()) if value is not None]
    return marks_and_rest(shown(filled[0]))[1] if len(filled) == 1 and isinstance(filled[0], str) else ""


def published_on(workbook: Workbook) -> dt.date | None:
    """The day of publication that the file states; None where it states none that can be read."""
    for line in _lines(workbook):
        if (said := _PUBLISHED.search(line)) and (day := _day(said[1])):
            return day
    return None


def _lines(workbook: Workbook) -> Iterator[str]:
    for sheet in workbook.sheets[:SHEETS]:
        for row in sheet.rows[:ROWS]:
            yield " ".join(shown(value) for value in row if value is not None)


def _day(said: str) -> dt.date | None:
    for form in _FORMS:
        try:
            return dt.datetime.strptime(said, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None
