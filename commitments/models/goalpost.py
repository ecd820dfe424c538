"""Where a release says a promise otherwise than it is recorded."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .definition import Definition
from .evidence import Evidence


class GoalpostQuerySet(models.QuerySet["Goalpost"]):
    def waiting(self) -> Self:
        """Nobody has said yet what they are, and their passage has not been rejected."""
        return self.filter(state=Goalpost.State.WAITING).exclude(evidence__state=Evidence.State.REJECTED)


class Goalpost(models.Model):
    """One aspect in which a passage differs from the definition that held when it was found. Never public by itself.

    `said` are the passage's own words. `became` is the definition that was recorded from it.
    """

    class Aspect(models.TextChoices):
        NUMBER = "number", "another number"
        UNIT = "unit", "another unit"
        BASELINE = "baseline", "another baseline"
        DATE = "date", "another date"

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RECORDED = "recorded", "recorded as a new definition"
        DISMISSED = "dismissed", "no moved goalpost"

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="goalposts")
    definition = models.ForeignKey(Definition, on_delete=models.CASCADE, related_name="goalposts")
    aspect = models.CharField(max_length=10, choices=Aspect)
    said = models.CharField(max_length=300)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    unit = models.CharField(max_length=60, blank=True)
    earliest = models.DateField(null=True, blank=True)
    latest = models.DateField(null=True, blank=True)
    found_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="goalposts_decided", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    became = models.ForeignKey(
        Definition, on_delete=models.CASCADE, related_name="recorded_goalposts", null=True, blank=True
    )

    objects = GoalpostQuerySet.as_manager()

    class Meta:
        ordering = ["-found_at", "-pk"]
        indexes = [models.Index(fields=["state"], name="goalpost_waiting")]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "aspect"], name="goalpost_once_for_a_passage"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | ~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="goalpost_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="recorded", became__isnull=False) | ~Q(state="recorded") & Q(became=None),
                name="goalpost_became_a_definition",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence.commitment.reference}: {self.get_aspect_display()}, “{self.said}”"

    def decide(self, state: str, by: int, at: dt.datetime, became: Definition | None = None) -> bool:
        """Say what it is, unless somebody has said so already: then False, and nothing is changed."""
        waiting = Goalpost.objects.filter(pk=self.pk, state=self.State.WAITING)
        return bool(waiting.update(state=state, decided_by=by, decided_at=at, became=became))
