"""Which day's digest is due for a subscriber, and what time it tells. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from commitments.models import Digest, Subscriber

#: On the schedule nothing younger is told: it may not be written yet that was recorded with an earlier time.
WRITTEN_IN = dt.timedelta(seconds=10)
#: And nothing younger is told at once: whoever recorded it may still take it back.
SETTLES_IN = dt.timedelta(minutes=10)
#: What is sent at once comes so often at most; what happens in between gathers.
GATHERS_FOR = dt.timedelta(hours=6)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """What was recorded after `after` until `until`, and the day of what was told before; None if nothing was."""

    after: dt.datetime
    until: dt.datetime
    date_before: dt.date | None


def period(frequency: str, date: dt.date) -> dt.date:
    """The day that names a digest: a weekly one has the Monday of its week, whenever in it it is made."""
    return date - dt.timedelta(days=date.weekday()) if frequency == Subscriber.Frequency.WEEKLY else date


def due_on(now: dt.datetime, zone: ZoneInfo, hour: int) -> dt.date | None:
    """The day whose digests are due there, once its hour has come; None before.

    An hour that the clocks leave out comes with the next one that there is, and one that they repeat at its first.
    """
    local = now.astimezone(zone)
    return local.date() if local.hour >= hour else None


def moment(date: dt.date, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Now, moved to another day: for when a digest counts that somebody asked for by its date."""
    return now + (date - now.astimezone(zone).date())


def window(until: dt.datetime, since: dt.datetime, told_until: dt.datetime | None, told_date: dt.date | None) -> Window:
    """Where the last that was told ended, or where the subscriber came in, if that was later; never empty."""
    if told_until is None or told_until < since:
        after, date_before = since, None
    else:
        after, date_before = told_until, told_date
    return Window(after, max(until, after + dt.timedelta.resolution), date_before)


def may_go_at_once(now: dt.datetime, earlier: Iterable[dt.datetime]) -> bool:
    """Whether another one may, by the moments of those before: two in any 24 hours, and some hours between them."""
    lately = [each for each in earlier if now - DAY < each <= now]
    return len(lately) < Digest.MOST_A_DAY and all(now - each >= GATHERS_FOR for each in lately)
