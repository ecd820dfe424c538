"""Who gets mail, and what was sent."""

from __future__ import annotations

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
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.WEEKLY)
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


class Digest(models.Model):
    """One subscriber's mail for one day: claimed, sent, recorded. The pair is unique, so it is never sent twice.

    `sending` for longer than its lease means that the process died between handing the mail over and
    recording it: whether it was delivered is unknown, and docs/operations.md says what we do.
    """

    class State(models.TextChoices):
        PENDING = "pending", "waiting"
        SENDING = "sending", "being sent"
        SENT = "sent", "sent"
        NOTHING = "nothing", "nothing to say"
        FAILED = "failed", "failed"

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="digests")
    date = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-date", "subscriber"]
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "date"], name="digest_once_a_day"),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="digest_sent_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} on {self.date}: {self.get_state_display()}"
