"""So many mails a minute to the addresses of one domain, by however many workers: the turns are in the database."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from django.conf import settings

from commitments.models import Digest, DomainPace


def turns(rows: Sequence[Digest], now: dt.datetime) -> dict[int, dt.datetime]:
    """From when on each row may be sent, by key. The turns are taken with that."""
    if not settings.MAILS_PER_DOMAIN_A_MINUTE:
        return {row.pk: now for row in rows}
    pause = dt.timedelta(minutes=1) / settings.MAILS_PER_DOMAIN_A_MINUTE
    counts = Counter(domain(row.subscriber.email) for row in rows)
    free = {name: _reserve(name, count * pause, now) for name, count in sorted(counts.items())}
    found = {}
    for row in rows:
        name = domain(row.subscriber.email)
        found[row.pk] = free[name]
        free[name] += pause
    return found


def domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _reserve(name: str, length: dt.timedelta, now: dt.datetime) -> dt.datetime:
    """Take the next stretch of a domain's time. Returns when it begins."""
    while True:
        row, _ = DomainPace.objects.get_or_create(domain=name, defaults={"free_at": now})
        begin = max(row.free_at, now)
        # Only where nobody took it since it was read.
        if DomainPace.objects.filter(domain=name, free_at=row.free_at).update(free_at=begin + length):
            return begin
