"""What a commitment means: its words, target and deadline, in append-only versions."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from tracker.models import Revision

from .commitment import Commitment
from .deadline import Deadline
from .history import HistoryEntry, written


class Definition(Deadline, HistoryEntry):
    """One version of a commitment's meaning. `effective_from` is when it holds, `recorded_at` when we wrote it."""

    class Kind(models.TextChoices):
        ORIGINAL = "original", "as first promised"
        CLARIFICATION = "clarification", "clarified"
        NARROWING = "narrowing", "narrowed"
        WIDENING = "widening", "widened"
        DATE_CHANGE = "date_change", "date changed"
        BASELINE_SET = "baseline_set", "baseline set"
        RESTATED_MEASURE = "restated_measure", "measure restated"
        DROPPED = "dropped", "dropped"
        EDITORIAL_CORRECTION = "editorial_correction", "our own correction"

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="definitions")
    kind = models.CharField(max_length=30, choices=Kind, default=Kind.ORIGINAL)
    statement = models.TextField(help_text="What was promised, in our words.")
    quote = models.TextField(blank=True, help_text="What was promised, in theirs.")
    quote_url = models.URLField("where they said it", max_length=2000, blank=True)
    quote_title = models.CharField("title of where they said it", max_length=300, blank=True)
    source_revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="definitions", null=True, blank=True
    )
    announced_on = models.DateField(null=True, blank=True)
    explanation_given = models.BooleanField(null=True, blank=True, help_text="Did they say why it changed?")
    note = models.TextField(blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="definitions", null=True, blank=True
    )

    class Meta:
        ordering = ["commitment", "effective_from", "pk"]
        indexes = [
            models.Index(fields=["commitment", "effective_from", "id"], name="definition_in_force"),
            models.Index(fields=["deadline_latest"], name="definition_latest"),
        ]
        constraints = [
            *Deadline.constraints("definition"),
            models.CheckConstraint(condition=~Q(statement=""), name="definition_has_words"),
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(kind="original"), name="definition_one_original"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment.reference} {self.get_kind_display()}, from {written(self.effective_from)}"

    @property
    def target_or_none(self) -> Target | None:
        return getattr(self, "target", None)


class Comparator(models.TextChoices):
    AT_LEAST = "at least", "at least"
    AT_MOST = "at most", "at most"
    EXACTLY = "exactly", "exactly"
    INCREASE_BY = "increase by", "increase by"
    DECREASE_BY = "decrease by", "decrease by"


class Target(models.Model):
    """The number a definition aims at. A `value` in "per cent" with "decrease by" is relative to the baseline."""

    definition = models.OneToOneField(Definition, on_delete=models.CASCADE, related_name="target")
    series = models.ForeignKey("commitments.Series", on_delete=models.PROTECT, related_name="targets")
    comparator = models.CharField(max_length=20, choices=Comparator, default=Comparator.AT_LEAST)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    unit = models.CharField(max_length=60, blank=True, help_text="As worded: “per cent” for a relative change.")
    baseline_value = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    baseline_date = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.get_comparator_display()} {self.value or '…'} {self.unit} ({self.series.metric})"


class TargetComponent(models.Model):
    """A part of a target: so many officers, so many specials."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="components")
    name = models.CharField(max_length=100)
    value = models.DecimalField(max_digits=24, decimal_places=6, default=Decimal(0))

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["target", "name"], name="target_component_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class Milestone(Deadline):
    """A dated step of a commitment."""

    class Outcome(models.TextChoices):
        PENDING = "pending", "not yet known"
        MET = "met", "met"
        MET_LATE = "met_late", "met late"
        MISSED = "missed", "missed"
        DROPPED = "dropped", "dropped"

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField(max_length=300)
    position = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.PENDING)
    outcome_on = models.DateField(null=True, blank=True)
    evidence = models.ForeignKey(
        "commitments.Evidence", on_delete=models.PROTECT, related_name="milestones", null=True, blank=True
    )

    class Meta:
        ordering = ["commitment", "position", "pk"]
        constraints = [
            *Deadline.constraints("milestone"),
            models.UniqueConstraint(fields=["commitment", "title"], name="milestone_once"),
        ]

    def __str__(self) -> str:
        return self.title
