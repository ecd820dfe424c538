"""What the responsible body was asked, and where the next figure is expected."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from .commitment import Commitment
from .deadline import Deadline
from .evidence import Evidence
from .measurement import Measurement, Series

#: A question is long unanswered from so many days on.
ANSWER_WITHIN = dt.timedelta(days=20)


class QuestionQuerySet(models.QuerySet["Question"]):
    def long_unanswered(self, on: dt.date) -> Self:
        """Without an answer after `ANSWER_WITHIN`, the longest first."""
        return self.filter(answered_on=None, asked_on__lte=on - ANSWER_WITHIN).order_by("asked_on", "pk")


class Question(models.Model):
    """A question put to the responsible body, and whether it answered."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="questions")
    asked_of = models.CharField(max_length=200)
    asked_on = models.DateField()
    question = models.TextField()
    answered_on = models.DateField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answer_url = models.URLField(max_length=2000, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on=None) | Q(answered_on__gte=F("asked_on")),
                name="question_answered_after_it_was_asked",
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_of}, {self.asked_on}: {self.question[:80]}"

    def unanswered_days(self, on: dt.date) -> int | None:
        """How long it has been without an answer; None once it has one."""
        return None if self.answered_on else (on - self.asked_on).days


class NextEvidenceQuerySet(models.QuerySet["NextEvidence"]):
    def late(self, on: dt.date) -> Self:
        """Still expected though its last day has passed, and nothing of its series has come; the longest late first."""
        expected = self.filter(outcome=NextEvidence.Outcome.EXPECTED, deadline_latest__lt=on)
        return expected.filter(~Exists(_come_since())).order_by("deadline_latest", "pk")

    def perhaps_here(self) -> Self:
        """Still expected, though a figure of its series was published since it was noted."""
        return self.filter(Exists(_come_since()), outcome=NextEvidence.Outcome.EXPECTED)


def _come_since() -> models.QuerySet[Measurement]:
    return Measurement.objects.shown().filter(series=OuterRef("series"), published_on__gte=OuterRef("noted_on"))


class NextEvidence(Deadline):
    """Where and when the next figure or decision is expected."""

    class Outcome(models.TextChoices):
        EXPECTED = "expected", "expected"
        APPEARED = "appeared", "appeared"
        POSTPONED = "postponed", "postponed"
        CANCELLED = "cancelled", "cancelled"

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="expected_evidence")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, blank=True)
    what = models.CharField(max_length=300)
    where_url = models.URLField("where it will appear", max_length=2000, blank=True)
    noted_on = models.DateField(
        default=timezone.localdate, help_text="A figure of the series that is published from this day on may be it."
    )
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.EXPECTED)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, null=True, blank=True)

    objects = NextEvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["deadline_latest", "pk"]
        verbose_name_plural = "next evidence"
        constraints = Deadline.constraints("next_evidence")

    def __str__(self) -> str:
        return self.what
