"""Rows are worked on by one process at a time, by a lease in the database that ends by itself."""

from __future__ import annotations

import datetime as dt
import uuid
from time import monotonic
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

#: A lease is renewed when so much of it has passed.
RENEWED_AFTER = 0.2


class LeaseLost(Exception):
    """Somebody else has taken the row meanwhile: what was begun under the lease must not be recorded."""


class Lease:
    """A lease on the one row of `row`, taken at `began` with `token`, both as the row's fields say."""

    def __init__(self, row: QuerySet[Any], token: uuid.UUID, began: dt.datetime) -> None:
        self._row = row
        self.token = token
        self.began = began
        self._started = monotonic()
        self._renewed = began

    def now(self) -> dt.datetime:
        """The time, by the clock that `began` was told by."""
        return self.began + dt.timedelta(seconds=monotonic() - self._started)

    def renew(self) -> None:
        """Keep the row, however long the work takes. Raises LeaseLost if it has passed to somebody else."""
        now = self.now()
        if now - self._renewed < settings.POLL_LEASE * RENEWED_AFTER:
            return
        if not self._row.filter(lease_token=self.token).update(leased_until=now + settings.POLL_LEASE):
            raise LeaseLost(f"The lease of {self.began:%Y-%m-%d %H:%M:%S} has passed to somebody else.")
        self._renewed = now

    def release(self) -> None:
        self._row.filter(lease_token=self.token).update(leased_until=None, lease_token=None)


def take(row: QuerySet[Any], now: dt.datetime, *conditions: Q) -> Lease | None:
    """Take the one row of `row`, which has `leased_until` and `lease_token`, if all `conditions` hold as it is taken.

    None if they do not, or somebody else has the row.

    What was killed in the middle is free again after settings.POLL_LEASE.
    """
    token = uuid.uuid4()
    free = row.filter(Q(leased_until=None) | Q(leased_until__lt=now), *conditions)
    return Lease(row, token, now) if free.update(leased_until=now + settings.POLL_LEASE, lease_token=token) else None
