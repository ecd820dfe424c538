"""Passages of releases that bear on commitments."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, FloatField, Func, Q
from django.urls import reverse
from django.utils import timezone

from tracker.models import Release, Revision

from .commitment import Commitment


class Relation(models.TextChoices):
    ANNOUNCES = "announces", "announces it"
    RESTATES = "restates", "says it again"
    PROGRESS = "progress", "reports progress"
    FULFILS = "fulfils", "says it is done"
    SLIPS = "slips", "reports delay or retreat"
    CONTRADICTS = "contradicts", "contradicts it"
    CONTEXT = "context", "is context"


class Tier(models.TextChoices):
    ANNOUNCED = "announced", "announced"
    FUNDED = "funded", "funded or legislated"
    IN_OPERATION = "in_operation", "in operation"
    OUTCOME = "outcome", "outcome"


#: How sure the machine is; what a person has put somewhere has no score. The nought stands in the SQL itself: as a
#: parameter it would keep the database from seeing that this is what its index holds.
LIKELIHOOD = Func(F("score"), template="COALESCE(%(expressions)s, 0)", output_field=FloatField())


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def suggested(self) -> Self:
        """Waiting for a decision."""
        return self.filter(state=Evidence.State.SUGGESTED)

    def accepted(self) -> Self:
        return self.filter(state=Evidence.State.ACCEPTED)

    def newest_first(self) -> Self:
        return self.order_by("-release__published_at", "-pk")


class Evidence(models.Model):
    """A passage of one revision of one release that bears on one commitment.

    `figures` is a list of objects as in `commitments.figures.Figure.as_dict()`; `reasons` a list of
    sentences; `features` what the model saw, kept for learning.
    """

    class State(models.TextChoices):
        SUGGESTED = "suggested", "suggested"
        ACCEPTED = "accepted", "accepted"
        REJECTED = "rejected", "rejected"

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="evidence")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="evidence")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="evidence")
    quote = models.TextField()
    quote_key = models.CharField(max_length=64, editable=False)
    start = models.PositiveIntegerField(help_text="Offset of the quote in the revision's text.")
    end = models.PositiveIntegerField()
    gone_since = models.ForeignKey(
        Revision,
        on_delete=models.PROTECT,
        related_name="evidence_gone",
        null=True,
        blank=True,
        help_text="The revision from which the quote has disappeared.",
    )

    state = models.CharField(max_length=10, choices=State, default=State.SUGGESTED)
    relation = models.CharField(max_length=20, choices=Relation, default=Relation.CONTEXT)
    suggested_relation = models.CharField(
        max_length=20, choices=Relation, blank=True, editable=False, help_text="What the linker took it for."
    )
    tier = models.CharField(max_length=20, choices=Tier, default=Tier.ANNOUNCED)
    self_declared = models.BooleanField(default=True, help_text="Said by the body that promised it.")
    figures = models.JSONField(default=list, blank=True)
    reasons = models.JSONField(default=list, blank=True)
    features = models.JSONField(default=dict, blank=True, editable=False)
    score = models.FloatField(null=True, blank=True)
    model_version = models.CharField(max_length=60, blank=True, editable=False)
    suggested_at = models.DateTimeField(default=timezone.now, editable=False)

    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="evidence_decisions", null=True, blank=True
    )
    reject_reason = models.CharField(max_length=300, blank=True)
    teaches = models.BooleanField(
        default=True, editable=False, help_text="Off where the decision says nothing of whether the passage belongs."
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["-suggested_at", "-pk"]
        verbose_name_plural = "evidence"
        indexes = [
            models.Index("state", LIKELIHOOD.desc(), "id", name="evidence_queue"),
            models.Index("state", "commitment", LIKELIHOOD.desc(), "id", name="evidence_queue_by_commitment"),
            models.Index(fields=["commitment", "state"], name="evidence_of_commitment"),
            models.Index(fields=["-decided_at"], name="evidence_last_decided"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "release", "quote_key"], name="evidence_once_for_a_quote"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="evidence_quote_has_length"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=1), name="evidence_score_in_range"
            ),
            models.CheckConstraint(
                condition=Q(state="suggested", decided_at=None) | ~Q(state="suggested") & Q(decided_at__isnull=False),
                name="evidence_decided_when_not_suggested",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(reject_reason=""), name="evidence_rejected_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment.reference} in “{self.release.title}”"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.quote_key = quote_key(self.quote)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """Leads to where it stands among the evidence of its commitment, also when much has come since."""
        return f"{reverse('evidence', args=[self.commitment.slug])}?piece={self.pk}"

    def as_decided(self) -> dict[str, Any]:
        """What a person's decision can change, as JSON."""
        return {
            "state": self.state,
            "relation": self.relation,
            "tier": self.tier,
            "figures": self.figures,
            "reject_reason": self.reject_reason,
            "teaches": self.teaches,
            "decided_by": self.decided_by_id,
            "decided_at": self.decided_at and self.decided_at.isoformat(),
        }

    @property
    def mark(self) -> str:
        """Changes with anything that a person would decide on, so that a page can say which it showed."""
        return hashlib.sha256(json.dumps(self.as_decided(), sort_keys=True).encode()).hexdigest()[:16]


def quote_key(quote: str) -> str:
    """What makes two quotes the same: their words with the spaces evened out."""
    return hashlib.sha256(" ".join(quote.split()).encode()).hexdigest()
