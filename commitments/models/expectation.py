"""What the responsible body was asked, and where the next figure is expected."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .commitment import Commitment
from .deadline import Deadline
from .evidence import Evidence
from .measurement import Series


class Question(models.Model):
    """A question put to the responsible body, and whether it answered."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="questions")
    asked_of = models.CharField(max_length=200)
    asked_on = models.DateField()
    question = models.TextField()
    answered_on = models.DateField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answer_url = models.URLField(max_length=2000, blank=True)

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
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.EXPECTED)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ["deadline_latest", "pk"]
        verbose_name_plural = "next evidence"
        constraints = Deadline.constraints("next_evidence")

    def __str__(self) -> str:
        return self.what
