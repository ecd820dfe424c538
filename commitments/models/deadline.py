"""When something is due, as worded and as an interval."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q


class Deadline(models.Model):
    """The columns of a deadline, shared by whatever has one.

    The last moment falls between `deadline_earliest` and `deadline_latest`, both days included. They are
    equal for a single day. `deadline_earliest` alone is never given; with `deadline_latest` alone, that
    day is the only one known.
    """

    class Precision(models.TextChoices):
        DAY = "day", "a day"
        MONTH = "month", "a month"
        QUARTER = "quarter", "a quarter"
        SEASON = "season", "a season"
        YEAR = "year", "a year"
        PERIOD = "period", "a longer period"
        EVENT = "event", "an event without a date yet"
        NONE = "none", "no date"

    deadline_text = models.CharField("deadline as worded", max_length=300, blank=True)
    deadline_earliest = models.DateField(null=True, blank=True)
    deadline_latest = models.DateField(null=True, blank=True)
    deadline_precision = models.CharField(max_length=20, choices=Precision, default=Precision.NONE)
    deadline_derivation = models.CharField(
        max_length=300, blank=True, help_text="How the interval follows from the words."
    )
    deadline_is_stated = models.BooleanField(
        default=True, help_text="On when the words give the date; off when an editor inferred it."
    )
    deadline_event = models.CharField(
        max_length=200, blank=True, help_text="The event it hangs on, where that has no date yet."
    )
    not_before = models.DateField(null=True, blank=True, help_text="When it is to begin.")

    class Meta:
        abstract = True

    @staticmethod
    def constraints(model: str) -> list[models.BaseConstraint]:
        return [
            models.CheckConstraint(
                condition=Q(deadline_earliest=None) | Q(deadline_latest__gte=F("deadline_earliest")),
                name=f"{model}_deadline_earliest_before_latest",
            ),
            models.CheckConstraint(
                condition=Q(deadline_earliest=None) | Q(deadline_latest__isnull=False),
                name=f"{model}_deadline_has_a_latest",
            ),
        ]

    @property
    def deadline_first_day(self) -> dt.date | None:
        """First day on which the last moment may fall."""
        return self.deadline_earliest or self.deadline_latest
