"""The columns of import and export, and what a row of them means.

Pure: a row of text (CSV) or of JSON values in, a checked `Row` or complaints out.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from commitments import deadlines
from commitments.models import Commitment, Comparator, Publication, Status

REQUIRED = ("reference", "title", "statement")

#: Text columns and the most characters that each may have.
TEXT = {
    "reference": 60,
    "title": 300,
    "statement": 10_000,
    "quote": 10_000,
    "quote_url": 2000,
    "quote_title": 300,
    "made_by": 200,
    "extent": 100,
    "administration": 200,
    "department": 200,
    "policy_area": 200,
    "deadline_text": 300,
    "target_metric": 200,
    "target_unit": 60,
    "keywords": 5_000,
}
DATES = ("made_on", "deadline_earliest", "deadline_latest", "baseline_date", "status_on")
NUMBERS = ("target_value", "baseline_value")
CHOICES = {
    "kind": tuple(Commitment.Kind.values),
    "status": tuple(Status.values),
    "target_comparator": tuple(Comparator.values),
    "publication": tuple(Publication.values),
}

#: In the order in which they are exported. The columns after `milestones` are ours beyond the common ones.
COLUMNS = (
    "reference",
    "title",
    "statement",
    "quote",
    "quote_url",
    "made_on",
    "administration",
    "department",
    "policy_area",
    "kind",
    "status",
    "deadline_text",
    "deadline_earliest",
    "deadline_latest",
    "target_metric",
    "target_comparator",
    "target_value",
    "target_unit",
    "baseline_value",
    "baseline_date",
    "keywords",
    "milestones",
    "quote_title",
    "made_by",
    "extent",
    "status_on",
    "publication",
    "publish_at",
)


#: What databases do not take as text.
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Complaint:
    """What is wrong with one field, and what to do. `line` counts from 1, the header of a CSV included."""

    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.field}: {self.message}"


@dataclass(frozen=True)
class Row:
    """A checked row: every column of COLUMNS with its value; `given` names those that the file had."""

    line: int
    values: Mapping[str, Any]
    deadline: deadlines.ParsedDeadline
    given: frozenset[str]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]


@dataclass
class _Reading:
    line: int
    raw: Mapping[str, object]
    complaints: list[Complaint] = field(default_factory=list)

    def complain(self, column: str, message: str) -> None:
        self.complaints.append(Complaint(self.line, column, message))

    def text(self, column: str) -> str:
        value = self.raw.get(column)
        if value is None:
            return ""
        if isinstance(value, (dict, list, bool)):
            self.complain(column, f"should be text, not {json.dumps(value)[:40]}")
            return ""
        text = str(value).strip()
        if _NOT_TEXT.search(text):
            self.complain(column, "holds a character that cannot be kept (NUL, or half of a pair); remove it")
            return ""
        if len(text) > TEXT.get(column, 300):
            self.complain(column, f"has {len(text):,} characters; at most {TEXT.get(column, 300):,} are kept")
        return text

    def date(self, column: str) -> dt.date | None:
        text = self.text(column)
        if not text:
            return None
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            self.complain(column, f"“{text}” is not a date; write it as 2025-03-31")
            return None

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
        text = self.text(column).replace(",", "")
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) >= Decimal(10) ** 18:
            self.complain(column, f"“{text}” is not a number that can be kept; write it as 13000 or 2.5")
            return None
        return number

    def choice(self, column: str, default: str) -> str:
        text = self.text(column)
        if text and text not in CHOICES[column]:
            self.complain(column, f"“{text}” is not known; use one of: {', '.join(CHOICES[column])}")
        return text or default

    def milestones(self) -> list[dict[str, Any]]:
        value = self.raw.get("milestones")
        if value is None or value == "" or value == []:
            return []
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                self.complain("milestones", "is not JSON; write a list of {title, deadline_text, earliest, latest}")
                return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.complain("milestones", "should be a JSON list of {title, deadline_text, earliest, latest}")
            return []
        milestones, titles = [], set()
        for number, item in enumerate(value, start=1):
            step = _Reading(self.line, {**item, "title": item.get("title")})
            milestone: dict[str, Any] = {
                "title": step.text("title"),
                "deadline_text": step.text("deadline_text"),
                "earliest": step.date("earliest"),
                "latest": step.date("latest"),
            }
            self.complaints += [
                Complaint(self.line, "milestones", f"number {number}, {c.field}: {c.message}") for c in step.complaints
            ]
            if not milestone["title"]:
                self.complain("milestones", f"number {number} has no title")
            elif milestone["title"] in titles:
                self.complain("milestones", f"“{milestone['title']}” is there twice")
            titles.add(milestone["title"])
            _check_order(self, "milestones", milestone["earliest"], milestone["latest"])
            milestones.append(milestone)
        return milestones


def _check_order(reading: _Reading, column: str, earliest: dt.date | None, latest: dt.date | None) -> None:
    if earliest and latest and earliest > latest:
        reading.complain(column, f"{earliest} is after the latest day, {latest}")
    if earliest and not latest:
        reading.complain(column, "is given without a latest day; give both, or only the latest")


def read(line: int, raw: Mapping[str, object], today: dt.date) -> Row | list[Complaint]:
    """Check one row. `today` stands in for a missing `made_on` when the words of a deadline are read."""
    reading = _Reading(line, raw)
    values: dict[str, Any] = {column: reading.text(column) for column in TEXT}
    values |= {column: reading.date(column) for column in DATES}
    values |= {column: reading.number(column) for column in NUMBERS}
    values["kind"] = reading.choice("kind", Commitment.Kind.ACTION)
    values["status"] = reading.choice("status", "")
    values["target_comparator"] = reading.choice("target_comparator", "")
    values["publication"] = reading.choice("publication", Publication.PUBLISHED)
    values["publish_at"] = reading.instant("publish_at")
    values["milestones"] = reading.milestones()

    for column in REQUIRED:
        if not values[column]:
            reading.complain(column, "is required and empty")
    _check_order(reading, "deadline_earliest", values["deadline_earliest"], values["deadline_latest"])
    if not values["target_metric"]:
        for column in ("target_value", "target_comparator", "target_unit", "baseline_value", "baseline_date"):
            if values[column]:
                reading.complain("target_metric", f"is empty although {column} is given; say what is counted")
                break
    elif not values["target_comparator"]:
        values["target_comparator"] = Comparator.AT_LEAST.value
    is_scheduled = values["publication"] == Publication.SCHEDULED
    if is_scheduled and not reading.text("publish_at"):
        reading.complain("publish_at", "is empty although publication is scheduled; say from when it is to be public")
    elif values["publish_at"] and not is_scheduled:
        reading.complain("publish_at", "is given although publication is not scheduled; leave it empty")
    if values["status_on"] and values["status_on"] > today:
        reading.complain("status_on", f"{values['status_on']} has not come yet")
    if values["quote_url"] and not values["quote_url"].startswith(("http://", "https://")):
        reading.complain("quote_url", "should begin with http:// or https://")
    if reading.complaints:
        return reading.complaints

    deadline = deadlines.parse(values["deadline_text"], values["made_on"] or today)
    if values["deadline_latest"] is None:
        values["deadline_earliest"], values["deadline_latest"] = deadline.earliest, deadline.latest
    for milestone in values["milestones"]:
        if milestone["latest"] is None and milestone["deadline_text"]:
            parsed = deadlines.parse(milestone["deadline_text"], values["made_on"] or today)
            milestone["earliest"], milestone["latest"] = parsed.earliest, parsed.latest
    return Row(line, values, deadline, frozenset(raw) & frozenset(COLUMNS))
