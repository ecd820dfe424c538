"""Where this desk's own tools are told of what happens, and what they were told."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .outgoing import Outgoing, OutgoingQuerySet


def new_secret() -> str:
    return secrets.token_urlsafe(32)


class Webhook(models.Model):
    """An address to which events are posted, signed with its `secret`. `person` narrows them down to the commitments
    that somebody owns or watches. What happened before `since` is not told."""

    class Shape(models.TextChoices):
        JSON = "json", "plain JSON"
        SLACK = "slack", "Slack"
        TEAMS = "teams", "Microsoft Teams"

    name = models.CharField(max_length=100, unique=True)
    url = models.URLField("address", max_length=2000)
    shape = models.CharField(max_length=10, choices=Shape, default=Shape.JSON)
    secret = models.CharField(
        max_length=200,
        default=new_secret,
        help_text="What messages are signed with. Whoever receives them needs it.",
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="webhooks",
        null=True,
        blank=True,
        verbose_name="only what is theirs",
        help_text="Only of commitments that they own or watch. Sources are everybody's.",
    )
    on_suggestion = models.BooleanField("a new suggestion that is very likely", default=True)
    on_goalpost = models.BooleanField("a goalpost that may have moved", default=True)
    on_overdue = models.BooleanField("a commitment that became overdue", default=True)
    on_source = models.BooleanField("a source that is failing", default=False)
    is_on = models.BooleanField("on", default=True)
    since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class WebhookMessageQuerySet(OutgoingQuerySet["WebhookMessage"]):
    def claimable(self, now: dt.datetime) -> Self:
        """Those to be sent now that no living process has."""
        return self.unclaimed(now).due(now).filter(state=WebhookMessage.State.WAITING)


class WebhookMessage(Outgoing):
    """One event for one webhook: noted once, then sent until it arrived or was given up.

    `body` is frozen when it is noted, so that each attempt says the same under the same `number`.
    """

    class Event(models.TextChoices):
        SUGGESTION = "suggestion", "a new suggestion"
        GOALPOST = "goalpost", "a goalpost"
        OVERDUE = "overdue", "overdue"
        SOURCE = "source", "a source"
        TEST = "test", "a test"

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        SENT = "sent", "sent"
        FAILED = "failed", "given up"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="messages")
    event = models.CharField(max_length=20, choices=Event)
    about = models.CharField(max_length=100, help_text="What happened to what, so that it is told once.")
    number = models.UUIDField(default=uuid.uuid4, unique=True)
    body = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    answer = models.PositiveSmallIntegerField("last answer", null=True, blank=True, help_text="HTTP status.")
    noted_at = models.DateTimeField(default=timezone.now)

    objects = WebhookMessageQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "message to a webhook"
        verbose_name_plural = "messages to webhooks"
        indexes = [models.Index(fields=["state", "retry_at"], name="webhook_message_to_send")]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event", "about"], name="webhook_message_once"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="webhook_message_sent_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.webhook}: {self.get_event_display()}, {self.noted_at:%Y-%m-%d %H:%M}"
