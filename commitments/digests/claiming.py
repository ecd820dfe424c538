"""Rows of the outbox, taken by one process alone, a batch at a time, for a limited time."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Container, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Q

from commitments.models import Digest
from commitments.models.digest import DigestQuerySet

#: So few that a process that dies holds up few.
BATCH = 50

Clock = Callable[[], dt.datetime]


class ClaimLost(Exception):
    """The claim had run out, and another process has taken the row over."""


def batches(
    rows: DigestQuerySet,
    clock: Clock,
    *,
    retry_now: bool,
    done: Container[int] = (),
    stop_at: dt.datetime | None = None,
) -> Iterator[list[Digest]]:
    """What needs work and nobody has, by key, each row once, but for those in `done`. No batch begins at `stop_at`."""
    passed = 0
    while stop_at is None or clock() < stop_at:
        now = clock()
        ready = rows.open().unclaimed(now).filter(pk__gt=passed)
        if not retry_now:
            ready = ready.due(now)
        keys = list(ready.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not keys:
            return
        passed = keys[-1]
        claimed = _claim([key for key in keys if key not in done], now)
        if claimed:
            yield claimed


def _claim(keys: list[int], now: dt.datetime) -> list[Digest]:
    """One conditional update, which only one process can win for each row."""
    token = uuid.uuid4()
    free = Digest.objects.open().unclaimed(now).filter(pk__in=keys)
    if not keys or not free.update(claimed_by=token, claimed_until=now + settings.MAIL_CLAIM):
        return []
    mine = Digest.objects.filter(pk__in=keys, claimed_by=token)
    return list(mine.select_related("subscriber").prefetch_related("subscriber__subscriptions").order_by("pk"))


def write(row: Digest, *conditions: Q, **values: Any) -> None:
    """Change a row while its claim is ours and `conditions` hold. Raises ClaimLost if not."""
    if not Digest.objects.filter(*conditions, pk=row.pk, claimed_by=row.claimed_by).update(**values):
        raise ClaimLost
    for name, value in values.items():
        setattr(row, name, value)


def give_back(rows: Sequence[Digest], **values: Any) -> None:
    """End the claims on those rows that are still ours."""
    if tokens := {row.claimed_by for row in rows if row.claimed_by}:
        mine = Digest.objects.filter(pk__in=[row.pk for row in rows], claimed_by__in=tokens)
        mine.update(claimed_by=None, claimed_until=None, **values)
