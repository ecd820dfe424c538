"""What editors have judged, as an append-only history, and what they are about to judge."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from commitments import timing

from .commitment import Commitment
from .evidence import Evidence
from .history import HistoryEntry, HistoryQuerySet, written


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


class Verdict(models.Model):
    """What is judged, and why; and whether those whom it is about were asked for their reply beforehand."""

    to_status = models.CharField(max_length=20, choices=Status)
    reason = models.TextField(help_text="Shown to the public.")
    private_note = models.TextField(blank=True, help_text="For staff only.")
    absence = models.TextField(
        "documented absence",
        blank=True,
        help_text="Where no evidence can exist: what was looked for, where, and until when.",
    )
    reply_asked_of = models.CharField("asked for a reply", max_length=200, blank=True)
    reply_by = models.DateField("reply asked for by", null=True, blank=True)
    reply = models.TextField("their reply", blank=True, help_text="Shown to the public with the verdict.")

    class Meta:
        abstract = True

    @staticmethod
    def constraints(name: str) -> list[models.BaseConstraint]:
        asked = ~Q(reply_asked_of="") & Q(reply_by__isnull=False)
        return [
            models.CheckConstraint(condition=~Q(reason=""), name=f"{name}_has_a_reason"),
            models.CheckConstraint(
                condition=asked | Q(reply_asked_of="", reply_by=None, reply=""), name=f"{name}_reply_asked_of_by"
            ),
        ]


class StatusHistory(HistoryQuerySet):
    def latest_in_force_first(self, on: dt.date) -> Self:
        """As of any history; an entry that was corrected counts for nothing, on whatever day it was to hold."""
        # Asked apart from the row, because it is then looked up once and not for every commitment.
        corrected = StatusChange.objects.filter(corrects__isnull=False).values("corrects")
        return super().latest_in_force_first(on).exclude(pk__in=corrected)


class StatusChange(HistoryEntry, Verdict):
    """One decision on a commitment's status. `effective_from` is the day from which it holds."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="status_changes")
    from_status = models.CharField(max_length=20, choices=Status, blank=True)
    evidence = models.ForeignKey(
        Evidence,
        on_delete=models.PROTECT,
        related_name="status_changes",
        null=True,
        blank=True,
        help_text="The accepted evidence that decided it.",
    )
    effective_is_known = models.BooleanField(
        default=True, editable=False, help_text="Off where an import did not say from which day the status holds."
    )
    imported_from = models.CharField(max_length=300, blank=True, editable=False)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, related_name="corrections", null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="status_changes", null=True, blank=True
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="confirmed_status_changes",
        null=True,
        blank=True,
        help_text="The second pair of eyes.",
    )

    objects = StatusHistory.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["commitment", "effective_from", "pk"]
        indexes = [models.Index(fields=["commitment", "effective_from", "id"], name="status_in_force")]
        constraints = [
            *Verdict.constraints("status"),
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
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("recorded_by")), name="status_confirmed_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment.reference}: {self.get_to_status_display()} from {written(self.effective_from)}"


class StatusProposalQuerySet(models.QuerySet["StatusProposal"]):
    def waiting(self) -> Self:
        return self.filter(state=StatusProposal.State.WAITING)


class StatusProposal(Verdict):
    """A change of status that waits: for a second pair of eyes, for a reply, or for both. Never public.

    `change` is what it became when it was confirmed.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        CONFIRMED = "confirmed", "confirmed"
        WITHDRAWN = "withdrawn", "withdrawn"

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="status_proposals")
    effective_from = models.DateField("holds from")
    evidence = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, related_name="status_proposals", null=True, blank=True
    )
    corrects = models.ForeignKey(
        StatusChange, on_delete=models.PROTECT, related_name="proposed_corrections", null=True, blank=True
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="status_proposals")
    proposed_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decided_proposals", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField("why it was withdrawn", blank=True)
    change = models.OneToOneField(
        StatusChange, on_delete=models.PROTECT, related_name="proposal", null=True, blank=True
    )

    objects = StatusProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        verbose_name = "proposed status"
        verbose_name_plural = "proposed statuses"
        indexes = [models.Index(fields=["state", "-proposed_at"], name="status_proposal_waiting")]
        constraints = [
            *Verdict.constraints("status_proposal"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | ~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="status_proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", change__isnull=False) | ~Q(state="confirmed") & Q(change=None),
                name="status_proposal_became_a_change",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(decision_note=""), name="status_proposal_withdrawn_with_a_reason"
            ),
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(state="waiting"), name="status_proposal_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.commitment.reference}: {self.get_to_status_display()} from {written(self.effective_from)}, proposed"
        )

    def awaits_reply_on(self, day: dt.date) -> bool:
        """Whether those whom it is about still have time to reply on a day, and have not."""
        return self.reply_by is not None and not self.reply and day <= self.reply_by
