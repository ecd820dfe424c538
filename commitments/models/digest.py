"""Who gets mail, and what was sent."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def confirmed(self) -> SubscriberQuerySet:
        return self.filter(state=Subscriber.State.CONFIRMED)


class Subscriber(models.Model):
    """An address that asked for digests. Only a confirmed one gets any."""

    class State(models.TextChoices):
        PENDING = "pending", "waiting for confirmation"
        CONFIRMED = "confirmed", "confirmed"
        UNSUBSCRIBED = "unsubscribed", "unsubscribed"

    class Frequency(models.TextChoices):
        DAILY = "daily", "daily"
        WEEKLY = "weekly", "weekly"

    email = models.EmailField(max_length=254)
    state = models.CharField(max_length=20, choices=State, default=State.PENDING)
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.DAILY)
    scope = models.CharField(
        max_length=200,
        default="all",
        help_text="“all”, “department:SLUG”, “area:SLUG”, “administration:SLUG” or “commitment:SLUG”.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    unsubscribed_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="subscriber_once"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False), name="subscriber_confirmed_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.email


class SignUp(models.Model):
    """That a form was sent, kept a day so that nobody can flood others with confirmation mails.

    Client and address are kept as keyed hashes only.
    """

    client_key = models.CharField(max_length=64)
    address_key = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["client_key", "at"], name="sign_up_of_client"),
            models.Index(fields=["address_key", "at"], name="sign_up_of_address"),
        ]

    def __str__(self) -> str:
        return f"{self.client_key[:8]} at {self.at:%Y-%m-%d %H:%M}"


class DigestQuerySet(models.QuerySet["Digest"]):
    def claimable(self, now: dt.datetime) -> DigestQuerySet:
        """Rows that still need work and that no living process has."""
        unclaimed = Q(claimed_until=None) | Q(claimed_until__lt=now)
        return self.filter(unclaimed, state__in=[Digest.State.PENDING, Digest.State.SENDING])

    def undelivered(self, on: dt.date) -> DigestQuerySet:
        """Of the last 30 days, those that failed or of which nobody knows whether they arrived."""
        lost = self.filter(state__in=[Digest.State.FAILED, Digest.State.UNCERTAIN])
        return lost.filter(date__gt=on - dt.timedelta(days=30))


class Digest(models.Model):
    """One subscriber's mail for one day: claimed, sent, recorded. The pair is unique, so it is never sent twice.

    Subject and both bodies are frozen before the first attempt, so every retry says the same under the same
    `message_id`. `sending` past `claimed_until` means that the mail may or may not have been delivered: the
    process died, or the server did not answer. docs/digests.md says what is done then.
    """

    class State(models.TextChoices):
        PENDING = "pending", "waiting"
        SENDING = "sending", "being sent"
        SENT = "sent", "sent"
        NOTHING = "nothing", "nothing to say"
        FAILED = "failed", "failed"
        UNCERTAIN = "uncertain", "sent or not, unknown"
        WITHDRAWN = "withdrawn", "not wanted any more"

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="digests")
    date = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    resends = models.PositiveSmallIntegerField(
        default=0, help_text="How often it was sent again without knowing whether it had arrived; once at most."
    )
    error = models.TextField(blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True, help_text="Not tried again on the schedule before then.")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "subscriber"]
        indexes = [models.Index(fields=["date", "state"], name="digest_to_send")]
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "date"], name="digest_once_a_day"),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="digest_sent_at_a_time"),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "sent"]) | (~Q(subject="") & ~Q(message_id="")),
                name="digest_frozen_before_it_is_sent",
            ),
            models.CheckConstraint(condition=Q(resends__lte=1), name="digest_sent_again_once_at_most"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} on {self.date}: {self.get_state_display()}"
