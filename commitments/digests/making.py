"""Rows for whoever is due a digest: each with the time that it tells, and no words yet.

What of a subscriber was told joins without a gap: a row begins where the last one ended that was sent or had nothing
to say. A row of before that is still waiting is given up for the new one, which then tells its time as well; one that
is being sent is not, and the new row has to wait for what becomes of it. Two processes may make the same rows at the
same time: the database takes each once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from commitments.digests import periods
from commitments.models import Definition, Digest, Evidence, StatusChange, Subscriber

_AT_A_TIME = 500
Frequency = Subscriber.Frequency


def make_due(now: dt.datetime) -> None:
    """Rows for all whose day has come to its hour where they live."""
    written, settled = now - periods.WRITTEN_IN, now - periods.SETTLES_IN
    news_at = _newest(settled)
    for date, zones in _days(now):
        there = Subscriber.objects.to_be_mailed(now).filter(time_zone__in=zones)
        for frequency in (Frequency.DAILY, Frequency.WEEKLY):
            named = periods.period(frequency, date)
            _make(_without(there.filter(frequency=frequency), named), named, written, now, now)
        at_once = there.filter(frequency=Frequency.AT_ONCE)
        _make(_without(at_once, date), date, settled, now, now, is_at_once=True)
        if news_at is not None:
            _make_more(at_once, date, settled, now, news_at)


def make_for(date: dt.date, now: dt.datetime) -> None:
    """Rows for everybody, for a day that was asked for by hand, with all that was recorded until now."""
    moment = periods.moment(date, now, ZoneInfo(settings.TIME_ZONE))
    for named, those in missing(date, now):
        _make(those, named, now, moment, now)


def missing(date: dt.date, now: dt.datetime) -> Iterator[tuple[dt.date, QuerySet[Subscriber]]]:
    """Who has no digest of a day yet, by the day that names it."""
    for frequency in Frequency.values:
        named = periods.period(frequency, date)
        yield named, _without(Subscriber.objects.to_be_mailed(now).filter(frequency=frequency), named)


def of(date: dt.date) -> Q:
    """The digests of a day: weekly ones by their Monday."""
    wanted = Q()
    for frequency in Frequency.values:
        wanted |= Q(subscriber__frequency=frequency, date=periods.period(frequency, date))
    return wanted


def planned(date: dt.date, now: dt.datetime) -> Iterator[Digest]:
    """What `make_for` would make, as rows that are not stored."""
    moment = periods.moment(date, now, ZoneInfo(settings.TIME_ZONE))
    for named, those in missing(date, now):
        for keys in _batches(those):
            yield from _rows(keys, named, now, moment)


def planned_for(subscriber: Subscriber, now: dt.datetime) -> Digest:
    """One subscriber's next row as it would be now, not stored."""
    today = now.astimezone(subscriber.zone).date()
    (row,) = _rows([subscriber.pk], periods.period(subscriber.frequency, today), now, now)
    return row


def _days(now: dt.datetime) -> Iterator[tuple[dt.date, list[str]]]:
    """The days that have come to their hour, and the time zones in which they have."""
    days = defaultdict(list)
    for name in Subscriber.objects.to_be_mailed(now).order_by().values_list("time_zone", flat=True).distinct():
        date = periods.due_on(now, ZoneInfo(name or settings.TIME_ZONE), settings.DIGEST_HOUR)
        if date is not None:
            days[date].append(name)
    yield from sorted(days.items())


def _newest(until: dt.datetime) -> dt.datetime | None:
    """When anything was last written down of which a digest tells, until a moment."""
    latest = (
        StatusChange.objects.filter(recorded_at__lte=until).aggregate(at=Max("recorded_at")),
        Definition.objects.filter(recorded_at__lte=until).aggregate(at=Max("recorded_at")),
        Evidence.objects.accepted().filter(decided_at__lte=until).aggregate(at=Max("decided_at")),
    )
    return max((found["at"] for found in latest if found["at"]), default=None)


def _without(subscribers: QuerySet[Subscriber], date: dt.date) -> QuerySet[Subscriber]:
    """Those that have no digest of that day yet."""
    theirs = Digest.objects.filter(subscriber=OuterRef("pk"), date=date, again_of=None)
    return subscribers.filter(~Exists(theirs)).order_by("pk")


def _make(
    subscribers: QuerySet[Subscriber],
    date: dt.date,
    until: dt.datetime,
    moment: dt.datetime,
    now: dt.datetime,
    *,
    is_at_once: bool = False,
) -> None:
    for keys in _batches(subscribers):
        wanted = _may_have_more(keys, moment) if is_at_once else keys
        waiting = Digest.objects.filter(subscriber__in=wanted, state=Digest.State.PENDING, again_of=None)
        # Another process may just have made those of the same day.
        waiting.exclude(date=date).unclaimed(now).update(state=Digest.State.SUPERSEDED)
        Digest.objects.bulk_create(_rows(wanted, date, until, moment), ignore_conflicts=True)


def _batches(subscribers: QuerySet[Subscriber]) -> Iterator[list[int]]:
    keys = list(subscribers.order_by("pk").values_list("pk", flat=True))
    for begin in range(0, len(keys), _AT_A_TIME):
        yield keys[begin : begin + _AT_A_TIME]


def _rows(keys: Iterable[int], date: dt.date, until: dt.datetime, moment: dt.datetime) -> list[Digest]:
    told = Digest.objects.told().filter(subscriber=OuterRef("pk")).order_by("-window_until")
    those = Subscriber.objects.filter(pk__in=keys).annotate(
        told_until=Subquery(told.values("window_until")[:1]), told_date=Subquery(told.values("date")[:1])
    )
    rows = []
    for one in those.order_by("pk"):
        window = periods.window(until, one.confirmed_at or one.created_at, one.told_until, one.told_date)
        rows.append(
            Digest(
                subscriber=one,
                date=date,
                date_before=window.date_before,
                window_after=window.after,
                window_until=window.until,
                moment=moment,
            )
        )
    return rows


def _make_more(
    subscribers: QuerySet[Subscriber], date: dt.date, until: dt.datetime, now: dt.datetime, news_at: dt.datetime
) -> None:
    """For those who have had today's: another one, once something has happened since and enough time has passed.

    A row that had nothing to say is taken up again with a later end, so that looking often does not make many rows.
    """
    theirs = Digest.objects.filter(subscriber=OuterRef("pk"), date=date, again_of=None)
    told = Digest.objects.told().filter(subscriber=OuterRef("pk")).order_by("-window_until")
    behind = subscribers.annotate(told_until=Subquery(told.values("window_until")[:1])).filter(
        Exists(theirs), ~Exists(theirs.filter(state__in=Digest.OPEN)), told_until__lt=news_at
    )
    for keys in _batches(behind):
        wanted = _may_have_more(keys, now)
        last = Digest.objects.filter(subscriber__in=wanted, date=date, again_of=None).order_by("subscriber", "number")
        last_of = {row.subscriber_id: row for row in last.only("subscriber_id", "number", "state")}
        silent = [row.pk for row in last_of.values() if row.state == Digest.State.NOTHING]
        Digest.objects.filter(pk__in=silent, state=Digest.State.NOTHING, window_until__lt=until).update(
            state=Digest.State.PENDING, window_until=until, moment=now
        )
        next_number = {
            key: row.number + 1
            for key, row in last_of.items()
            if row.state != Digest.State.NOTHING and row.number < Digest.MOST_A_DAY
        }
        rows = _rows(next_number, date, until, now)
        for row in rows:
            row.number = next_number[row.subscriber_id]
        Digest.objects.bulk_create(rows, ignore_conflicts=True)


def _may_have_more(keys: Iterable[int], now: dt.datetime) -> list[int]:
    earlier: dict[int, list[dt.datetime]] = defaultdict(list)
    lately = Digest.objects.handed_over().filter(subscriber__in=keys, moment__gt=now - periods.DAY, moment__lte=now)
    for key, at in lately.values_list("subscriber_id", "moment"):
        earlier[key].append(at)
    return [key for key in keys if periods.may_go_at_once(now, earlier[key])]
