"""What hosts ask of us: how long to stay away, and one request at a time with a pause."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime

#: A host that asks for longer than this has made a mistake.
LONGEST_RETRY_AFTER = dt.timedelta(days=7)
LONGEST_MAX_AGE = dt.timedelta(hours=24)


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
    wait = until - (_http_date(headers.get("Date", "")) or now)
    return min(max(wait, dt.timedelta(0)), LONGEST_RETRY_AFTER)


def max_age(headers: Mapping[str, str]) -> dt.timedelta | None:
    """How long the answer stays fresh by Cache-Control, at most LONGEST_MAX_AGE. None if it does not say."""
    directives = {
        name.strip().lower(): value.strip().strip('"')
        for name, _, value in (part.partition("=") for part in headers.get("Cache-Control", "").split(","))
    }
    if {"no-cache", "no-store"} & directives.keys():
        return None
    seconds = _seconds(directives.get("max-age", ""))
    if seconds is None:
        return None
    fresh = dt.timedelta(seconds=seconds - (_seconds(headers.get("Age", "")) or 0))
    return min(max(fresh, dt.timedelta(0)), LONGEST_MAX_AGE)


def _seconds(value: str) -> int | None:
    return int(value[:9]) if value.isascii() and value.isdigit() else None


def _http_date(value: str) -> dt.datetime | None:
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, IndexError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=dt.UTC)


class Turns:
    """Gives each host one request at a time, with a pause between two. For the threads of one process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[tuple[str, int], threading.Lock] = {}
        self._free_at: dict[tuple[str, int], float] = {}

    @contextmanager
    def turn(self, host: str, port: int, pause: dt.timedelta) -> Iterator[None]:
        """Wait until nobody asks `host` at `port` and `pause` has passed since the last answer."""
        key = (host.rstrip("."), port)
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            time.sleep(max(0.0, self._free_at.get(key, 0.0) - time.monotonic()))
            try:
                yield
            finally:
                self._free_at[key] = time.monotonic() + pause.total_seconds()


turns = Turns()
