"""Figures that staff have pointed at in tables, and what each edition of a table gave."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from tracker.models import Revision, Source

from .measurement import Series


class TablePointerQuerySet(models.QuerySet["TablePointer"]):
    def followed(self) -> Self:
        return self.filter(stopped_at=None)

    def lost(self) -> Self:
        """Followed, and not found in the last edition that was read."""
        last = TableReading.objects.filter(pointer=OuterRef("pk")).order_by("-revision__seen_at", "-revision_id")
        return self.followed().alias(last_problem=Subquery(last.values("problem")[:1])).filter(last_problem__gt="")


class TablePointer(models.Model):
    """A figure in the tables of a source, by the words of all its headings, and the series that it belongs to.

    In one of its paths, an empty heading stands where each figure has its period. `scales` are the words of
    magnitude ("thousands", "per cent") that stood over the table when it was pointed at.
    """

    class Mode(models.TextChoices):
        SUGGEST = "suggest", "put before staff"
        AT_ONCE = "at_once", "recorded at once"

    class Takes(models.TextChoices):
        ALL = "all", "every period that the table gives"
        NEWEST = "newest", "the newest period, and changes of those taken before"

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="table_pointers")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="table_pointers")
    sheet = models.CharField(max_length=200)
    stub = models.JSONField(default=list, help_text="The headings over the row headings.")
    row_path = models.JSONField(default=list)
    column_path = models.JSONField(default=list)
    grain = models.CharField("kind of period", max_length=20)
    unit_words = models.CharField("words that say the unit", max_length=300)
    population_words = models.CharField("words that say who is counted", max_length=300, blank=True)
    scales = models.JSONField(default=list)
    mode = models.CharField("new figures are", max_length=10, choices=Mode, default=Mode.SUGGEST)
    takes = models.CharField(max_length=10, choices=Takes, default=Takes.ALL)
    first_edition = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="pointed_at", help_text="Read from this edition on."
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="table_pointers")
    made_at = models.DateTimeField(default=timezone.now)
    stopped_at = models.DateTimeField("no longer followed since", null=True, blank=True)

    objects = TablePointerQuerySet.as_manager()

    class Meta:
        ordering = ["series__metric", "pk"]
        verbose_name = "figure in a table"
        verbose_name_plural = "figures in tables"
        constraints = [
            models.CheckConstraint(
                condition=~Q(sheet="") & ~Q(unit_words="") & ~Q(grain=""), name="table_pointer_says_where_and_what"
            ),
            models.UniqueConstraint(
                fields=["series", "grain"], condition=Q(stopped_at=None), name="table_pointer_one_for_a_series"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} in “{self.sheet}” of {self.source}"


class TableReadingQuerySet(models.QuerySet["TableReading"]):
    def waiting(self) -> Self:
        """With figures that nobody has decided on."""
        return self.filter(Exists(TableFigure.objects.waiting().filter(reading=OuterRef("pk"))))


class TableReading(models.Model):
    """What one edition gave for a pointer: figures that were not known so, or a `problem` and no figure at all.

    `notes` are sentences on what was passed over.
    """

    pointer = models.ForeignKey(TablePointer, on_delete=models.PROTECT, related_name="readings")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="table_readings")
    published_on = models.DateField()
    problem = models.TextField(blank=True)
    notes = models.JSONField(default=list)
    found = models.PositiveIntegerField(default=0, help_text="Figures in all, known ones included.")
    read_at = models.DateTimeField(default=timezone.now)

    objects = TableReadingQuerySet.as_manager()

    class Meta:
        ordering = ["-revision__seen_at", "-pk"]
        verbose_name = "edition of a table"
        verbose_name_plural = "editions of tables"
        constraints = [
            models.UniqueConstraint(fields=["pointer", "revision"], name="table_reading_once"),
            models.CheckConstraint(condition=Q(problem="") | Q(found=0), name="table_reading_problem_gives_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.pointer.series} in {self.revision.title}"


class TableFigureQuerySet(models.QuerySet["TableFigure"]):
    def waiting(self) -> Self:
        return self.filter(state=TableFigure.State.SUGGESTED)


class TableFigure(models.Model):
    """A figure that an edition gave and that was not known so: a new period, or another number for a known one.

    `before` is the number that an earlier edition gave. One that a later edition has changed before anybody decided
    is overtaken.
    """

    class State(models.TextChoices):
        SUGGESTED = "suggested", "waiting"
        ACCEPTED = "accepted", "accepted"
        REJECTED = "rejected", "rejected"
        OVERTAKEN = "overtaken", "overtaken by a later edition"

    reading = models.ForeignKey(TableReading, on_delete=models.PROTECT, related_name="figures")
    value = models.DecimalField(max_digits=24, decimal_places=6)
    before = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    mark = models.CharField(max_length=60, blank=True)
    period_start = models.DateField()
    period_end = models.DateField()
    sheet = models.CharField(max_length=200)
    cell = models.CharField(max_length=20, help_text="Where it stood in this edition.")
    row_words = models.CharField("row", max_length=1000)
    column_words = models.CharField("column", max_length=1000)
    state = models.CharField(max_length=10, choices=State, default=State.SUGGESTED)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was rejected.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="table_figures_decided",
        null=True,
        blank=True,
        help_text="Empty where it was recorded at once, as whoever pointed at it chose.",
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = TableFigureQuerySet.as_manager()

    class Meta:
        ordering = ["reading", "-period_end", "-period_start"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "period_start", "period_end"], name="table_figure_once"),
            models.CheckConstraint(condition=Q(period_end__gte=F("period_start")), name="table_figure_period_in_order"),
            models.CheckConstraint(
                condition=Q(state__in=["suggested", "overtaken"], decided_at=None, decided_by=None)
                | Q(state__in=["accepted", "rejected"], decided_at__isnull=False),
                name="table_figure_decided_when_it_says_so",
            ),
            models.CheckConstraint(
                condition=Q(state="rejected", decided_by__isnull=False) & ~Q(reason="")
                | ~Q(state="rejected") & Q(reason=""),
                name="table_figure_rejected_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value.normalize():f} in {self.cell}"
