"""Series of figures, and each figure as published."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from tracker.models import Revision


class Series(models.Model):
    """One thing that is counted, defined once. Only figures of one series are compared, drawn or subtracted."""

    class Measure(models.TextChoices):
        LEVEL = "level", "a level"
        FLOW = "flow", "a flow in a period"
        TOTAL = "total", "a total since a date"

    metric = models.CharField(max_length=200)
    unit = models.CharField(max_length=60, blank=True)
    population = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=100, blank=True)
    measure = models.CharField(max_length=10, choices=Measure, default=Measure.LEVEL)
    since = models.DateField(null=True, blank=True, help_text="The day a total counts from.")

    class Meta:
        ordering = ["metric", "pk"]
        verbose_name_plural = "series"
        constraints = [models.CheckConstraint(condition=~Q(metric=""), name="series_says_what_is_counted")]

    def __str__(self) -> str:
        return f"{self.metric} ({self.unit})" if self.unit else self.metric


class Qualifier(models.TextChoices):
    EXACT = "exact", ""
    MORE_THAN = "more than", "more than"
    AT_LEAST = "at least", "at least"
    LESS_THAN = "less than", "less than"
    ALMOST = "almost", "almost"
    NEARLY = "nearly", "nearly"
    AROUND = "around", "around"
    UP_TO = "up to", "up to"
    BETWEEN = "between", "between"


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    def shown(self) -> MeasurementQuerySet:
        """Points that stand: neither withdrawn nor superseded by a revised statistic."""
        return self.filter(withdrawn_at=None, superseded_by=None)


class Measurement(models.Model):
    """One published figure of a series: value, or low and high. A revised statistic is a further row."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="measurements")
    value = models.DecimalField(max_digits=24, decimal_places=6)
    high = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    qualifier = models.CharField(max_length=20, choices=Qualifier, default=Qualifier.EXACT)
    as_of = models.DateField(null=True, blank=True)
    period_start = models.DateField(null=True, blank=True)
    period_end = models.DateField(null=True, blank=True)
    published_on = models.DateField()
    evidence = models.ForeignKey(
        "commitments.Evidence", on_delete=models.PROTECT, related_name="measurements", null=True, blank=True
    )
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="measurements", null=True, blank=True)
    start = models.PositiveIntegerField(null=True, blank=True, help_text="Offset of the figure in the revision's text.")
    end = models.PositiveIntegerField(null=True, blank=True)
    table_figure = models.ForeignKey(
        "commitments.TableFigure", on_delete=models.PROTECT, related_name="measurements", null=True, blank=True
    )
    mark = models.CharField(max_length=60, blank=True, help_text="What its publisher says of it, such as provisional.")
    where_from = models.CharField(
        "where it is from", max_length=300, blank=True, help_text="Where no evidence says so: a table, a file."
    )
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True, blank=True
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        ordering = ["series", "published_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(high=None) | Q(high__gte=F("value")), name="measurement_low_before_high"
            ),
            models.CheckConstraint(
                condition=Q(period_start=None) | Q(period_end=None) | Q(period_end__gte=F("period_start")),
                name="measurement_period_in_order",
            ),
            models.UniqueConstraint(
                fields=["evidence", "series", "start"],
                condition=Q(withdrawn_at=None),
                name="measurement_once_for_a_figure",
            ),
            models.UniqueConstraint(
                fields=["table_figure"], condition=Q(withdrawn_at=None), name="measurement_once_for_a_table_figure"
            ),
            models.CheckConstraint(
                condition=Q(table_figure=None)
                | Q(evidence=None, start=None, end=None, high=None, qualifier="exact", revision__isnull=False),
                name="measurement_from_a_sentence_or_a_table",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_qualifier_display()} {self.value.normalize():f} {self.series}".strip()

    @property
    def point_date(self) -> dt.date:
        """The day the point is drawn at."""
        return self.as_of or self.period_end or self.published_on
