"""What hosts ask of us in the headers of their answers: for how long to stay away. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

#: A host that asks for longer than this has made a mistake.
LONGEST_RETRY_AFTER = dt.timedelta(days=7)
LONGEST_FRESHNESS = dt.timedelta(hours=24)


def retry_after(headers: Mapping[str, str], now: dt.datetime) -> dt.timedelta | None:
    """How long Retry-After asks us to stay away, at most LONGEST_RETRY_AFTER. None if it does not ask.

    A date is taken against the server's own clock where it tells it.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        seconds = min(int(value), int(LONGEST_RETRY_AFTER.total_seconds())) if len(value) < 10 else None
        return LONGEST_RETRY_AFTER if seconds is None else dt.timedelta(seconds=seconds)
    until = _http_date(value)
    if until is None:
        return None
    wait = until - _their_now(headers, now)
    return min(max(wait, dt.timedelta(0)), LONGEST_RETRY_AFTER)


def fresh_for(headers: Mapping[str, str], now: dt.datetime) -> dt.timedelta | None:
    """How long the answer stays fresh by Cache-Control or else Expires, at most LONGEST_FRESHNESS.

    None if it does not say, or says that it must be asked for anew each time. A date is taken against the
    server's own clock where it tells it.
    """
    directives = {
        name.strip().lower(): value.strip().strip('"')
        for name, _, value in (part.partition("=") for part in headers.get("Cache-Control", "").split(","))
    }
    if {"no-cache", "no-store"} & directives.keys():
        return None
    seconds = _seconds(directives.get("max-age", ""))
    if seconds is not None:
        fresh = dt.timedelta(seconds=seconds - (_seconds(headers.get("Age", "")) or 0))
    else:
        expires = _http_date(headers.get("Expires", ""))
        if expires is None:  # also "0" and "-1", which say: at once
            return None
        fresh = expires - _their_now(headers, now)
    return min(max(fresh, dt.timedelta(0)), LONGEST_FRESHNESS)


def sent_at(headers: Mapping[str, str]) -> dt.datetime | None:
    """When the answer was sent by the server's own clock. None if it does not tell."""
    return _http_date(headers.get("Date", ""))


def _their_now(headers: Mapping[str, str], now: dt.datetime) -> dt.datetime:
    return sent_at(headers) or now


def _seconds(value: str) -> int | None:
    return int(value[:9]) if value.isascii() and value.isdigit() else None


def _http_date(value: str) -> dt.datetime | None:
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=dt.UTC)
