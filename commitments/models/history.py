"""Rows that are only ever added, each with the day from which it holds."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Case, F, Value, When
from django.utils import dateformat


class HistoryQuerySet(models.QuerySet[Any]):
    def latest_in_force_first(self, on: dt.date) -> Self:
        """What holds on a day first: the latest that has begun by then, else the earliest to come."""
        begun = Case(When(effective_from__lte=on, then=Value(0)), default=Value(1))
        return self.annotate(begun=begun).order_by(
            "begun",
            Case(When(begun=0, then=F("effective_from"))).desc(),
            Case(When(begun=1, then=F("effective_from"))).asc(),
            "-pk",
        )


class HistoryEntry(models.Model):
    """An entry of an append-only history. The database refuses to change or delete it (append_only.py)."""

    effective_from = models.DateField("holds from")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        abstract = True


def written(day: dt.date) -> str:
    """ "9 July 2029"."""
    return dateformat.format(day, "j F Y")
