"""What the clock says of a commitment: computed from deadline, status and day; never stored, never an opinion."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

DUE_SOON = dt.timedelta(days=30)

FINAL = ("achieved", "partly_achieved", "not_achieved", "abandoned", "lapsed")


class Timing(models.TextChoices):
    NO_DEADLINE = "no_deadline", "No deadline"
    UPCOMING = "upcoming", "Upcoming"
    DUE = "due", "Due"
    DUE_SOON = "due_soon", "Due soon"
    OVERDUE = "overdue", "Overdue"
    ON_TIME = "on_time", "On time"
    LATE = "late", "Late"
    CLOSED = "closed", "Closed"


def timing(
    earliest: dt.date | None, latest: dt.date | None, status: str, status_since: dt.date | None, on: dt.date
) -> Timing:
    """The timing on a day.

    `earliest` and `latest` bound the day of the deadline; `status_since` is the day from which the
    status holds, which for an achieved commitment is the day it was achieved.
    """
    if status == "achieved" and latest is not None and status_since is not None:
        return Timing.ON_TIME if status_since <= latest else Timing.LATE
    if status in FINAL:
        return Timing.CLOSED
    if latest is None:
        return Timing.NO_DEADLINE
    if on > latest:
        return Timing.OVERDUE
    if on >= latest - DUE_SOON:
        return Timing.DUE_SOON
    if earliest is not None and on > earliest:
        return Timing.DUE
    return Timing.UPCOMING


def condition(wanted: Timing, on: dt.date) -> Q:
    """The same rule as a filter over `Commitment.objects.in_force(on)`."""
    final = Q(status__in=FINAL)
    dated = Q(due_by__isnull=False)
    judged = Q(status="achieved") & dated & Q(status_since__isnull=False)
    soon = on + DUE_SOON
    match wanted:
        case Timing.ON_TIME:
            return judged & Q(status_since__lte=F("due_by"))
        case Timing.LATE:
            return judged & Q(status_since__gt=F("due_by"))
        case Timing.CLOSED:
            return final & ~judged
        case Timing.NO_DEADLINE:
            return ~final & ~dated
        case Timing.OVERDUE:
            return ~final & Q(due_by__lt=on)
        case Timing.DUE_SOON:
            return ~final & Q(due_by__gte=on, due_by__lte=soon)
        case Timing.DUE:
            return ~final & Q(due_by__gt=soon, due_from__lt=on)
        case Timing.UPCOMING:
            return ~final & Q(due_by__gt=soon) & (Q(due_from=None) | Q(due_from__gte=on))


def as_sql(on: str | dt.date, soon: str | dt.date) -> tuple[str, list[str | dt.date]]:
    """The same rule as a CASE over columns named as `in_force` names them, for counting many rows at once.

    `on` and `soon`, the day and the last day that counts as soon, as the database takes them.
    """
    final = ", ".join(["%s"] * len(FINAL))
    steps: list[tuple[str, list[str | dt.date], Timing]] = [
        ("status = %s AND status_since <= due_by", ["achieved"], Timing.ON_TIME),
        ("status = %s AND status_since > due_by", ["achieved"], Timing.LATE),
        (f"status IN ({final})", [*FINAL], Timing.CLOSED),
        ("due_by IS NULL", [], Timing.NO_DEADLINE),
        ("due_by < %s", [on], Timing.OVERDUE),
        ("due_by <= %s", [soon], Timing.DUE_SOON),
        ("due_from < %s", [on], Timing.DUE),
    ]
    whens = " ".join(f"WHEN {condition} THEN '{key.value}'" for condition, _, key in steps)
    return f"CASE {whens} ELSE '{Timing.UPCOMING.value}' END", [value for _, values, _ in steps for value in values]
