"""The cells of one row as values of the right kind, with a complaint for each that is none. Pure."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from commitments.bringing import cells
from commitments.bringing.complaints import Complaint

_LONGEST = 300


@dataclass(frozen=True)
class Row:
    """A checked row: every field of its kind with its value; `given` names those that the file had."""

    line: int
    values: Mapping[str, Any]
    given: frozenset[str] = frozenset()

    def __getitem__(self, column: str) -> Any:
        return self.values[column]


@dataclass
class Reading:
    """One row as it is read. `raw` has its cells by our fields; what is wrong gathers in `complaints`."""

    line: int
    raw: Mapping[str, object]
    complaints: list[Complaint] = field(default_factory=list)

    def complain(self, column: str, message: str) -> None:
        self.complaints.append(Complaint(self.line, column, message))

    def text(self, column: str, longest: int = _LONGEST) -> str:
        value = self.raw.get(column)
        if value is None:
            return ""
        if isinstance(value, (dict, list, bool)):
            self.complain(column, f"should be text, not {json.dumps(value)[:40]}")
            return ""
        text = str(value).strip()
        if cells.NOT_TEXT.search(text):
            self.complain(column, "holds a character that cannot be kept (NUL, or half of a pair); remove it")
            return ""
        if len(text) > longest:
            self.complain(column, f"has {len(text):,} characters; at most {longest:,} are kept")
        return text

    def require(self, values: Mapping[str, Any], *columns: str) -> None:
        said = {complaint.field for complaint in self.complaints}
        for column in columns:
            if values[column] in ("", None) and column not in said:
                self.complain(column, "is required and empty")

    def date(self, column: str) -> dt.date | None:
        text = self.text(column)
        if not text:
            return None
        value = self.raw.get(column)
        found = cells.day(value if isinstance(value, (int, float)) else text)
        if found is None:
            self.complain(column, f"“{text}” is not a date; write it as 2025-03-31 or 31/03/2025")
        return found

    def instant(self, column: str) -> dt.datetime | None:
        """A day and time of day, in the site's time zone unless it names another."""
        text = self.text(column)
        if not text:
            return None
        try:
            at = dt.datetime.fromisoformat(text)
        except ValueError:
            self.complain(column, f"“{text}” is not a day and time; write it as 2025-03-31T09:30")
            return None
        return (at if at.tzinfo else timezone.make_aware(at)).astimezone(dt.UTC)

    def number(self, column: str) -> Decimal | None:
        text = self.text(column)
        if not text:
            return None
        found = cells.number(text)
        if found is None:
            self.complain(column, f"“{text}” is not a number that can be kept; write it as 13000 or 2.5")
        return found

    def choice(self, column: str, choices: Mapping[str, str], default: str = "") -> str:
        text = self.text(column)
        if not text:
            return default
        found = cells.choice(text, choices)
        if found is None:
            self.complain(column, f"“{text}” is not known; use one of: {', '.join(filter(None, choices))}")
        return found or default

    def yes_or_no(self, column: str) -> bool | None:
        value = self.raw.get(column)
        if isinstance(value, bool):
            return value
        said = self.choice(column, {"yes": "true", "no": "false"})
        return {"yes": True, "no": False}.get(said)

    def address(self, column: str, longest: int = 2000) -> str:
        text = self.text(column, longest)
        if text and not text.startswith(("http://", "https://")):
            self.complain(column, "should begin with http:// or https://")
        return text

    def in_order(self, column: str, earliest: dt.date | None, latest: dt.date | None) -> None:
        """An interval has its earliest day before its latest, and none without the other."""
        if earliest and latest and earliest > latest:
            self.complain(column, f"{earliest} is after the latest day, {latest}")
        if earliest and not latest:
            self.complain(column, "is given without a latest day; give both, or only the latest")

    def has_come(self, column: str, day: dt.date | None, today: dt.date) -> None:
        if day and day > today:
            self.complain(column, f"{day} has not come yet")


def plain(value: object) -> object:
    """A value as it is compared and kept: numbers as numbers, dates as text, nothing as None."""
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list):
        return [{name: plain(part) for name, part in item.items()} for item in value]
    return None if value == "" else value
