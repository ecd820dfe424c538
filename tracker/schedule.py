"""When to look next. Pure: facts and the clock in, a time out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

SHORTEST_INTERVAL = dt.timedelta(minutes=15)
LONGEST_INTERVAL = dt.timedelta(hours=24)
#: For a source of which nothing is known yet.
FIRST_INTERVAL = dt.timedelta(hours=1)
#: Looks between two publications, so that a release is seen after a fraction of the usual gap.
LOOKS_PER_GAP = 4
#: A source that asks for fewer requests without saying when to come again.
COOL_DOWN = dt.timedelta(minutes=15)
#: Of the interval, at random, so that sources added together do not stay together.
JITTER = 0.1
#: The schedule ticks in whole minutes; without this a source due a second after a tick would wait for the next.
TICK_SLACK = dt.timedelta(seconds=5)

RECENT = dt.timedelta(days=28)


@dataclass(frozen=True)
class Look:
    """How a look at a source went, as far as the next one depends on it.

    `published` are the times of the source's releases, in any order. `consecutive_failures` counts this one.
    `ttl` is for how long a feed says of itself that it need not be asked again.
    `unfinished` when the source holds more than one look could take in.
    """

    at: dt.datetime
    fixed_interval: dt.timedelta | None = None
    published: Sequence[dt.datetime] = ()
    consecutive_failures: int = 0
    asked_to_slow_down: bool = False
    retry_after: dt.timedelta | None = None
    max_age: dt.timedelta | None = None
    ttl: dt.timedelta | None = None
    unfinished: bool = False


def next_look(look: Look, luck: float) -> dt.datetime:
    """When to look again. `luck` is a random number from 0 to 1."""
    return look.at + max(_own_pace(look, luck), must_stay_away(look) or dt.timedelta(0))


def must_stay_away(look: Look) -> dt.timedelta | None:
    """How long the source asked us to stay away, however often we would look. None if it did not."""
    if look.retry_after is not None:
        return look.retry_after
    return COOL_DOWN if look.asked_to_slow_down else None


def host_by_host(due: Iterable[tuple[int, str]]) -> list[int]:
    """The keys of `due`, pairs of key and address, with no host's second before every host's first, and so on.

    A host is asked one thing at a time, so that those who take its sources together only wait for one another.
    """
    seen: Counter[str] = Counter()
    rounds: list[tuple[int, int]] = []
    for key, address in due:
        host = urlsplit(address).netloc.lower()
        rounds.append((seen[host], key))
        seen[host] += 1
    return [key for _, key in sorted(rounds, key=lambda pair: pair[0])]


def usual_gap(published: Sequence[dt.datetime], now: dt.datetime) -> dt.timedelta | None:
    """The mean time between releases in the last four weeks, or between the last two known. None if unknown."""
    past = sorted(moment for moment in published if moment <= now)
    recent = [moment for moment in past if moment >= now - RECENT]
    if len(recent) >= 2:
        return (now - recent[0]) / len(recent)
    if len(past) >= 2:
        return max(past[-1] - past[-2], now - past[-1])
    return None


#: Fewer days on which something was published show no rhythm.
DAYS_OF_A_RHYTHM = 3
#: Of so many silences one is left out, for a holiday, or an old item that is kept on top; of more, one in ten.
SILENCES_WITH_AN_EXCEPTION = 5


def usual_silence(published: Iterable[dt.datetime]) -> dt.timedelta | None:
    """The time without a release that is seldom exceeded, from day to day. None if no rhythm shows.

    Counted by days with a release, so that ten at once every other week are a rhythm of two weeks.
    """
    days = sorted({moment.date() for moment in published})
    if len(days) < DAYS_OF_A_RHYTHM:
        return None
    silences = sorted(after - before for before, after in pairwise(days))
    left_out = max(len(silences) // 10, int(len(silences) >= SILENCES_WITH_AN_EXCEPTION))
    return silences[-1 - left_out]


def _own_pace(look: Look, luck: float) -> dt.timedelta:
    if look.fixed_interval is not None:
        interval = look.fixed_interval
        if look.consecutive_failures == 0:
            return interval - min(TICK_SLACK, interval / 10)
    else:
        gap = usual_gap(look.published, look.at)
        interval = FIRST_INTERVAL if gap is None else gap / LOOKS_PER_GAP
        interval = min(max(interval, SHORTEST_INTERVAL), LONGEST_INTERVAL)
        for asked in (look.max_age, look.ttl):
            if asked is not None:
                interval = max(interval, min(asked, LONGEST_INTERVAL))
        if look.unfinished:
            interval = SHORTEST_INTERVAL
    if look.consecutive_failures > 1:
        doublings = min(look.consecutive_failures - 1, 20)
        interval = max(interval, min(interval * 2**doublings, LONGEST_INTERVAL))
    return interval * (1 + JITTER * luck)


#: A release that is relied on is looked at again daily for a week, then ever more rarely.
RECHECKED_EVERY = dt.timedelta(days=1)
RECHECKED_AT_LEAST_EVERY = dt.timedelta(days=28)
LOOKS_AT_EACH_PACE = 7


def next_recheck(now: dt.datetime, unchanged_in_a_row: int, failures_in_a_row: int, luck: float) -> dt.datetime:
    """When to look at a release again that did not change for so many looks. `luck` is a random number from 0 to 1."""
    doublings = min(unchanged_in_a_row // LOOKS_AT_EACH_PACE + max(0, failures_in_a_row - 1), 10)
    return now + min(RECHECKED_EVERY * 2.0**doublings, RECHECKED_AT_LEAST_EVERY) * (1 + JITTER * luck)
