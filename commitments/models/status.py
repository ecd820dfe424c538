"""What editors have judged, as an append-only history."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from commitments import timing

from .commitment import Commitment
from .evidence import Evidence
from .history import HistoryEntry


class Status(models.TextChoices):
    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    ON_TRACK = "on_track", "On track"
    OFF_TRACK = "off_track", "Off track"
    ACHIEVED = "achieved", "Achieved"
    PARTLY_ACHIEVED = "partly_achieved", "Partly achieved"
    NOT_ACHIEVED = "not_achieved", "Not achieved"
    ABANDONED = "abandoned", "Abandoned"
    UNCLEAR = "unclear", "Unclear"
    LAPSED = "lapsed", "Lapsed"


FINAL_STATUSES = tuple(Status(key) for key in timing.FINAL)


class StatusChange(HistoryEntry):
    """One decision on a commitment's status. `effective_from` is the day from which it holds."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="status_changes")
    from_status = models.CharField(max_length=20, choices=Status, blank=True)
    to_status = models.CharField(max_length=20, choices=Status)
    reason = models.TextField(help_text="Shown to the public.")
    private_note = models.TextField(blank=True)
    evidence = models.ForeignKey(
        Evidence,
        on_delete=models.PROTECT,
        related_name="status_changes",
        null=True,
        blank=True,
        help_text="The accepted evidence that decided it.",
    )
    absence = models.TextField(
        "documented absence",
        blank=True,
        help_text="Where no evidence can exist: what was looked for, where, and until when.",
    )
    effective_is_known = models.BooleanField(
        default=True, editable=False, help_text="Off where an import did not say from which day the status holds."
    )
    imported_from = models.CharField(max_length=300, blank=True, editable=False)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, related_name="corrections", null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="status_changes", null=True, blank=True
    )

    class Meta:
        ordering = ["commitment", "effective_from", "pk"]
        indexes = [models.Index(fields=["commitment", "effective_from", "id"], name="status_in_force")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="status_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(to_status__in=[s for s in timing.FINAL if s != "lapsed"])
                | Q(evidence__isnull=False)
                | ~Q(absence="")
                | ~Q(imported_from=""),
                name="status_final_only_with_what_decided_it",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by__isnull=False) | ~Q(imported_from=""), name="status_has_an_author"
            ),
            models.CheckConstraint(condition=~Q(corrects=F("pk")), name="status_does_not_correct_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.commitment.reference}: {self.get_to_status_display()} from {self.effective_from}"
