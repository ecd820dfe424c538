"""Passages that promise something which is not on record."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from tracker.models import Release, Revision

from .commitment import Commitment
from .evidence import Evidence, quote_key


class PossibleCommitmentQuerySet(models.QuerySet["PossibleCommitment"]):
    def waiting(self) -> Self:
        """Nobody has said yet what they are, and the linker has not found since that one on record says it."""
        evidence = Evidence.objects.filter(release=OuterRef("release"), quote_key=OuterRef("quote_key"))
        linked = evidence.exclude(state=Evidence.State.REJECTED)
        return self.filter(Q(state=PossibleCommitment.State.WAITING), ~Exists(linked))

    def best_first(self) -> Self:
        return self.order_by("-score", "pk")

    def worse_than(self, possible: PossibleCommitment) -> Self:
        """Those that come after one, best first."""
        return self.filter(Q(score__lt=possible.score) | Q(score=possible.score, pk__gt=possible.pk))


class PossibleCommitment(models.Model):
    """A passage that promises something checkable, found by the machine. Never public.

    What was read in it stands beside it in its own words. `commitment` is the one recorded from it, or the one on
    record that it turned out to be.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RECORDED = "recorded", "recorded as a commitment"
        KNOWN = "known", "on record already"
        DISMISSED = "dismissed", "dismissed"

    # It goes with its release: nothing rests on it.
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="possible_commitments")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="possible_commitments")
    quote = models.TextField()
    quote_key = models.CharField(max_length=64, editable=False, unique=True)
    start = models.PositiveIntegerField(help_text="Offset of the quote in the revision's text.")
    end = models.PositiveIntegerField()
    score = models.FloatField(help_text="How plainly it promises, from 0 to 1.")
    reasons = models.JSONField(default=list)
    actor = models.CharField("who", max_length=200, blank=True)
    action = models.CharField("does what", max_length=100, blank=True)
    number = models.CharField(max_length=100, blank=True)
    deadline_text = models.CharField("by when", max_length=300)
    deadline_derivation = models.CharField("how that reads", max_length=300)
    deadline_earliest = models.DateField(null=True, blank=True)
    deadline_latest = models.DateField(null=True, blank=True)
    found_at = models.DateTimeField(default=timezone.now)

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was dismissed.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="possible_decided", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    commitment = models.ForeignKey(
        Commitment, on_delete=models.CASCADE, related_name="possible_commitments", null=True, blank=True
    )

    objects = PossibleCommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "pk"]
        verbose_name = "possible new commitment"
        indexes = [models.Index("state", F("score").desc(), "id", name="possible_queue")]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="possible_quote_has_length"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="possible_score_in_range"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | ~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="possible_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="dismissed") & ~Q(reason="") | ~Q(state="dismissed") & Q(reason=""),
                name="possible_dismissed_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["recorded", "known"], commitment__isnull=False)
                | ~Q(state__in=["recorded", "known"]) & Q(commitment=None),
                name="possible_became_a_commitment",
            ),
        ]

    def __str__(self) -> str:
        return f"“{self.quote[:80]}{'…' if len(self.quote) > 80 else ''}”"

    def as_evidence(self) -> Evidence:
        """The passage as a piece of evidence that is not stored, of no commitment yet."""
        return Evidence(
            release=self.release,
            revision=self.revision,
            quote=self.quote,
            quote_key=quote_key(self.quote),
            start=self.start,
            end=self.end,
        )

    def decide(
        self, state: str, by: int, at: dt.datetime, reason: str = "", commitment: Commitment | None = None
    ) -> bool:
        """Say what it is, unless somebody has said so already: then False, and nothing is changed."""
        waiting = PossibleCommitment.objects.filter(pk=self.pk, state=self.State.WAITING)
        return bool(
            waiting.update(state=state, decided_by=by, decided_at=at, reason=reason[:300], commitment=commitment)
        )

    def reopen(self) -> bool:
        """Let it wait again. False if it waits, or became a commitment, by now: then nothing is changed."""
        decided = PossibleCommitment.objects.filter(pk=self.pk, state__in=(self.State.KNOWN, self.State.DISMISSED))
        return bool(
            decided.update(state=self.State.WAITING, decided_by=None, decided_at=None, reason="", commitment=None)
        )
