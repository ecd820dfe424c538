"""How often a feed says of itself that it is worth asking for: `ttl` of RSS, `updatePeriod` of RSS Syndication."""

from __future__ import annotations

import datetime as dt
import re

#: A feed says it before its items.
_HEAD_BYTES = 64 * 1024
_FIRST_ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_VALUE = rb"<(?:[\w.-]+:)?%s(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?\s*([\w.]{1,20})\s*(?:\]\]>)?\s*<"
_TTL, _PERIOD, _FREQUENCY = (
    re.compile(_VALUE % name, re.IGNORECASE) for name in (b"ttl", b"updatePeriod", b"updateFrequency")
)
_PERIODS = {
    b"hourly": dt.timedelta(hours=1),
    b"daily": dt.timedelta(days=1),
    b"weekly": dt.timedelta(weeks=1),
    b"monthly": dt.timedelta(days=30),
    b"yearly": dt.timedelta(days=365),
}
_LONGEST = dt.timedelta(days=365)


def stated_pace(body: bytes) -> dt.timedelta | None:
    """The longer of the two, at most a year. None if `body` says neither in a way that can be understood."""
    head = body[:_HEAD_BYTES]
    first = _FIRST_ITEM.search(head)
    head = head[: first.start()] if first else head
    paces = [pace for pace in (_ttl(head), _update_period(head)) if pace]
    return min(max(paces), _LONGEST) if paces else None


def _ttl(head: bytes) -> dt.timedelta | None:
    minutes = _number(_TTL, head)
    return dt.timedelta(minutes=minutes) if minutes else None


def _update_period(head: bytes) -> dt.timedelta | None:
    found = _PERIOD.search(head)
    period = _PERIODS.get(found[1].lower()) if found else None
    return period / (_number(_FREQUENCY, head) or 1) if period else None


def _number(pattern: re.Pattern[bytes], head: bytes) -> int | None:
    found = pattern.search(head)
    return int(found[1][:9]) if found and found[1].isdigit() else None
