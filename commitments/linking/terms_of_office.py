"""When an administration began and ended, where nobody has recorded it: from the promises on record. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping


def inferred(promises: Iterable[tuple[str, str, dt.date]]) -> Mapping[str, tuple[dt.date, dt.date | None]]:
    """First day and, where another followed, last day of each administration.

    `promises` are administration, department and day. Who makes promises for the same department later, and
    only later, has followed.
    """
    first: dict[str, dt.date] = {}
    last: dict[str, dt.date] = {}
    departments: dict[str, set[str]] = {}
    for administration, department, day in promises:
        first[administration] = min(first.get(administration, day), day)
        last[administration] = max(last.get(administration, day), day)
        departments.setdefault(administration, set()).add(department)
    terms: dict[str, tuple[dt.date, dt.date | None]] = {}
    for name, began in first.items():
        followers = [
            first[other]
            for other in first
            if other != name and first[other] > last[name] and departments[other] & departments[name]
        ]
        terms[name] = (began, min(followers, default=None))
    return terms
