"""Dates as feeds write them."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import time
from email.utils import parsedate_to_datetime

import feedparser

#: Zones that feedparser takes for UTC. IST is Irish time: these are British sources.
ZONES = {"BST": "+0100", "IST": "+0100", "CET": "+0100", "CEST": "+0200", "EET": "+0200", "EEST": "+0300"}

EARLIEST_PLAUSIBLE = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
#: Sources with a wrong zone or clock are a little ahead; more than this is not the date of publication.
FUTURE_TOLERANCE = dt.timedelta(days=1)

_ZONE_AT_END = re.compile(rf"\b({'|'.join(ZONES)})\s*$")


def _european_zones(text: str) -> time.struct_time | None:
    """For feedparser: the UTC time of a date in one of ZONES. None leaves it to feedparser's own ways."""
    with_offset, found = _ZONE_AT_END.subn(lambda zone: ZONES[zone[1]], text.strip())
    if not found:
        return None
    for read in (parsedate_to_datetime, dt.datetime.fromisoformat, _iso_with_a_space):
        try:
            moment = read(with_offset)
        except ValueError:
            continue
        return moment.astimezone(dt.UTC).timetuple()
    return None


def _iso_with_a_space(text: str) -> dt.datetime:
    moment, _, offset = text.rpartition(" ")
    return dt.datetime.fromisoformat(f"{moment.strip()}{offset}")


feedparser.registerDateHandler(_european_zones)


def from_feedparser(parsed: time.struct_time | None) -> dt.datetime | None:
    """feedparser's UTC tuple as an instant, None where it is missing or no date."""
    if parsed is None:
        return None
    try:
        return dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def from_iso(text: object) -> dt.datetime | None:
    """An RFC 3339 date as an instant; without a zone it is UTC."""
    if not isinstance(text, str):
        return None
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def plausible(moment: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """`moment` if something can have been published then, seen from `now`."""
    if moment is None or not EARLIEST_PLAUSIBLE <= moment <= now + FUTURE_TOLERANCE:
        return None
    return moment
