"""That one commitment turned out to be another, and what went along."""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .commitment import Commitment


class MergeQuerySet(models.QuerySet["Merge"]):
    def standing(self) -> Self:
        return self.filter(undone_at=None)


class Merge(models.Model):
    """One merge of a commitment into another. Decisions on evidence that it took carry its `act`."""

    merged = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="merges")
    into = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="merges_here")
    reason = models.TextField(help_text="Shown to the public.")
    act = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="merges")
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="merges_undone", null=True, blank=True
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(merged=F("into")), name="merge_into_another"),
            models.CheckConstraint(condition=~Q(reason=""), name="merge_with_a_reason"),
            models.CheckConstraint(
                condition=Q(undone_by=None, undone_at=None) | Q(undone_by__isnull=False, undone_at__isnull=False),
                name="merge_undone_by_somebody",
            ),
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="merge_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.merged.reference} into {self.into.reference}"


class MovedRow(models.Model):
    """One value that a merge has changed: of the row `key` of `model` ("commitments.evidence"), in `field`.

    Where `field` is a relation to many, `after` was added to it and nothing was there before. `put_back` says what
    became of it when the merge was undone: False where it had been changed since and was left alone.
    """

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="moved")
    model = models.CharField(max_length=100)
    key = models.PositiveBigIntegerField()
    field = models.CharField(max_length=60)
    before = models.PositiveBigIntegerField(null=True, blank=True)
    after = models.PositiveBigIntegerField(null=True, blank=True)
    put_back = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.model} {self.key}: {self.field} {self.before} to {self.after}"
