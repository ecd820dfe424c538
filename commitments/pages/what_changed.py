"""Everything that changed in the record, by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils import timezone

from commitments.changes import Change, Place, latest
from commitments.showing import Showing

ON_A_PAGE = 50


@dataclass(frozen=True)
class Day:
    day: dt.date
    changes: list[Change]


@dataclass(frozen=True)
class WhatChanged:
    """`older` is the place at which the next page begins, empty on the last one."""

    days: list[Day]
    is_newest: bool
    older: list[Any]


def what_changed(show: Showing, after: Sequence[Any] = ()) -> WhatChanged:
    """One page of changes, newest first; `after` is the `older` of the page before. Days are the site's."""
    before = Place.from_json(after) if after else None
    found = latest(show, ON_A_PAGE + 1, before=before)
    shown = found[:ON_A_PAGE]
    return WhatChanged(
        days=[Day(day, list(changes)) for day, changes in groupby(shown, lambda change: timezone.localdate(change.at))],
        is_newest=before is None,
        older=shown[-1].place.as_json() if len(found) > ON_A_PAGE else [],
    )
