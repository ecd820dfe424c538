"""What is told to somebody outside, row by row: each is claimed, handed over, and what came of it recorded."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q

_Row = TypeVar("_Row", bound=models.Model)


class OutgoingQuerySet(models.QuerySet[_Row]):
    def unclaimed(self, now: dt.datetime) -> Self:
        """Those that no living process has. A claim that was not ended ends by itself."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lt=now))

    def due(self, now: dt.datetime) -> Self:
        """Those that are not to be tried again later only."""
        return self.filter(Q(retry_at=None) | Q(retry_at__lte=now))


class Outgoing(models.Model):
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True, help_text="Not tried again on the schedule before then.")
    sent_at = models.DateTimeField(null=True, blank=True)

    objects: Any

    class Meta:
        abstract = True
