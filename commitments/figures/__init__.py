"""Numbers in a passage, tied to what they count. Pure: the day of publication comes in from outside."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Figure:
    """One number as a passage gives it.

    `unit` is "GBP", "per cent", "people", or the plural noun counted; `metric` says what is counted in
    the passage's own words ("returns flights"). `qualifier` is a key of models.Qualifier; `high` is the
    upper end of a range. `change` is on for an increase or decrease ("up 25 %"), off for a level.
    `modality` is "happened", "under_way", "promised" or "expected". `start` and `end` are offsets into
    the text that was searched.
    """

    metric: str
    value: Decimal
    unit: str
    qualifier: str
    start: int
    end: int
    high: Decimal | None = None
    as_of: dt.date | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    change: bool = False
    modality: str = "happened"


def find(text: str, published: dt.date) -> list[Figure]:
    """Every figure of a text, in order. Dates, times, telephone and section numbers are not figures."""
    return []
