"""What people have decided on evidence, entry by entry."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from .evidence import Evidence


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing(self) -> DecisionQuerySet:
        """Neither undone nor an undoing."""
        return self.filter(undone_by=None).exclude(kind=Decision.Kind.UNDONE)


class Decision(models.Model):
    """One change that a person made to one piece of evidence. Append-only.

    Entries with the same `act` were made together, and are undone together: all of a bulk decision, or both sides
    of a move. `before` and `after` are as of `Evidence.as_decided()`; `before` is empty where the piece was made.
    """

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", "accepted"
        REJECTED = "rejected", "rejected"
        CORRECTED = "corrected", "corrected"
        PLACED = "placed", "placed here"
        UNDONE = "undone", "undone"

    act = models.UUIDField(default=uuid.uuid4)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField(default=timezone.now)
    note = models.TextField(blank=True, help_text="The reason given, or what was changed, in words.")
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict)
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, related_name="undone_by", null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["act"], name="decision_act"),
            models.Index(fields=["by", "-id"], name="decision_last_of_a_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="undone", undoes__isnull=False)
                | ~models.Q(kind="undone") & models.Q(undoes=None),
                name="decision_undoes_when_it_is_an_undoing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence}: {self.get_kind_display()} by {self.by}"
