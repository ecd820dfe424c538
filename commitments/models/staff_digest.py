"""The morning mail to staff: who wants it, and what was sent."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .outgoing import Outgoing, OutgoingQuerySet


class StaffDigestWish(models.Model):
    """That somebody of the staff wants a mail on mornings when something needs them."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_digest_wish")
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.person}"


class StaffDigestQuerySet(OutgoingQuerySet["StaffDigest"]):
    def claimable(self, now: dt.datetime) -> Self:
        """Those to be sent now that no living process has."""
        return self.unclaimed(now).due(now).filter(state=StaffDigest.State.WAITING)


class StaffDigest(Outgoing):
    """One person's mail for one day. Its words are frozen before the first attempt, under the same `message_id`.

    Where it is not known whether it arrived it is sent again: a second copy harms nobody here.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        SENT = "sent", "sent"
        NOTHING = "nothing", "nothing to say"
        FAILED = "failed", "failed"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_digests")
    date = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = StaffDigestQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "person"]
        verbose_name = "digest to staff"
        verbose_name_plural = "digests to staff"
        indexes = [models.Index(fields=["date", "state"], name="staff_digest_to_send")]
        constraints = [
            models.UniqueConstraint(fields=["person", "date"], name="staff_digest_once_a_day"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False) & ~Q(message_id=""),
                name="staff_digest_sent_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.date}: {self.get_state_display()}"
