"""Who gets mail, and what was sent."""

from __future__ import annotations

import datetime as dt
from typing import Self
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from .outgoing import Outgoing, OutgoingQuerySet


def known_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(f"“{name}” is no time zone.")


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def confirmed(self) -> SubscriberQuerySet:
        return self.filter(state=Subscriber.State.CONFIRMED)

    def to_be_mailed(self, now: dt.datetime) -> SubscriberQuerySet:
        """Those that get what they subscribed to: confirmed, not paused and not suppressed."""
        paused = Q(paused_at__isnull=False) & (Q(paused_until=None) | Q(paused_until__gt=now))
        return self.confirmed().filter(~paused, suppressed_at=None)


class Subscriber(models.Model):
    """An address that asked for mail, and how it wants it. What it wants are its subscriptions.

    `SubscriberQuerySet.to_be_mailed` says who gets any.
    """

    class State(models.TextChoices):
        PENDING = "pending", "waiting for confirmation"
        CONFIRMED = "confirmed", "confirmed"
        UNSUBSCRIBED = "unsubscribed", "unsubscribed"

    class Frequency(models.TextChoices):
        AT_ONCE = "at_once", "at once"
        DAILY = "daily", "daily"
        WEEKLY = "weekly", "weekly"

    email = models.EmailField(max_length=254)
    state = models.CharField(max_length=20, choices=State, default=State.PENDING)
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.DAILY)
    moving_to = models.EmailField(
        max_length=254, blank=True, help_text="A new address that its owner has not confirmed yet."
    )
    time_zone = models.CharField(
        max_length=64,
        blank=True,
        validators=[known_time_zone],
        help_text="By its IANA name, such as Europe/London; blank is the site's own.",
    )
    quiet_note = models.BooleanField(default=False, help_text="Wants a monthly note when nothing has happened.")
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True, help_text="Blank while paused: until resumed.")
    suppressed_at = models.DateTimeField(null=True, blank=True)
    suppressed_because = models.CharField(
        max_length=500,
        blank=True,
        help_text="Why nothing is sent: mails bounced, a complaint, or your reason. Empty it, and mails go on.",
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
            models.CheckConstraint(
                condition=Q(paused_until=None) | Q(paused_at__isnull=False), name="subscriber_paused_from_a_time"
            ),
            models.CheckConstraint(
                condition=Q(suppressed_at=None, suppressed_because="")
                | Q(suppressed_at__isnull=False) & ~Q(suppressed_because=""),
                name="subscriber_suppressed_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def is_paused(self, now: dt.datetime) -> bool:
        return self.paused_at is not None and (self.paused_until is None or self.paused_until > now)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which its days begin."""
        return ZoneInfo(self.time_zone or settings.TIME_ZONE)


class Subscription(models.Model):
    """One thing that a subscriber wants to hear of."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    scope = models.CharField(
        max_length=250,
        default="all",
        help_text="“all”, “department:SLUG”, “area:SLUG”, “administration:SLUG”, “commitment:SLUG” or “search:WORDS”.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["scope"], name="subscription_by_scope")]
        constraints = [models.UniqueConstraint(fields=["subscriber", "scope"], name="subscription_once")]

    def __str__(self) -> str:
        return self.scope


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


class Erasure(models.Model):
    """That an address was erased: the proof of it, and what keeps an import from putting it back on the list.

    The address is kept as a keyed hash only (`digests/keyed_hashes.py`).
    """

    class Why(models.TextChoices):
        ASKED = "asked", "by the subscriber"
        STAFF = "staff", "by staff"
        LEFT = "left", "had unsubscribed long before"

    address_key = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField()
    why = models.CharField(max_length=10, choices=Why)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="erasures"
    )

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(why="staff") | Q(by__isnull=False), name="erasure_by_staff_by_somebody")
        ]

    def __str__(self) -> str:
        return f"{self.address_key[:12]} at {self.at:%Y-%m-%d %H:%M}"


class DigestQuerySet(OutgoingQuerySet["Digest"]):
    def open(self) -> Self:
        """Those that still need work."""
        return self.filter(state__in=Digest.OPEN)

    def told(self) -> Self:
        """Those whose time need not be told again. Of what was handed over and never answered, most has arrived."""
        return self.filter(state__in=[Digest.State.SENT, Digest.State.NOTHING, Digest.State.UNCERTAIN], again_of=None)

    def handed_over(self) -> Self:
        """Mails that went or may have gone, but for those that somebody asked to be sent again."""
        gone = [Digest.State.SENDING, Digest.State.SENT, Digest.State.UNCERTAIN]
        return self.filter(state__in=gone, again_of=None)

    def undelivered(self, on: dt.date) -> Self:
        """Of the last 30 days, those that failed or of which nobody knows whether they arrived."""
        lost = self.filter(state__in=[Digest.State.FAILED, Digest.State.UNCERTAIN], sent_again_as=None)
        return lost.filter(date__gt=on - dt.timedelta(days=30))


class Digest(Outgoing):
    """One subscriber's mail for one period: made, claimed, sent, recorded.

    It tells what was recorded after `window_after` until `window_until`; the times that were told of one subscriber
    join without a gap, and the database refuses a second row that begins where another does. The deadlines in it are
    reckoned for `date`: the day, or the Monday of the week. `number` counts what is sent at once on that day.

    Subject, both parts and headers are frozen before the first attempt, so every retry says the same under the same
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
        SUPERSEDED = "superseded", "told by the next one"

    OPEN = (State.PENDING, State.SENDING)
    #: Their time is left to the next one.
    UNTOLD = (State.FAILED, State.WITHDRAWN, State.SUPERSEDED)
    MOST_A_DAY = 2

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="digests")
    date = models.DateField()
    number = models.PositiveSmallIntegerField(default=1)
    date_before = models.DateField(null=True, blank=True, help_text="The day of what was told before; empty: nothing.")
    window_after = models.DateTimeField("tells what was recorded after")
    window_until = models.DateTimeField("and until")
    moment = models.DateTimeField(
        db_index=True,
        help_text="The moment for which it counts: when it was made, moved to the day that was asked for.",
    )
    #: Almost always empty, so an index over all would only mislead SQLite.
    again_of = models.ForeignKey(
        "self",
        db_index=False,
        on_delete=models.CASCADE,
        related_name="sent_again_as",
        null=True,
        blank=True,
        verbose_name="sent again on somebody's word",
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    message_id = models.CharField(max_length=200, blank=True, db_index=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.UUIDField(null=True, blank=True)
    resends = models.PositiveSmallIntegerField(
        default=0, help_text="How often it was sent again without knowing whether it had arrived; once at most."
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = DigestQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-number", "subscriber"]
        indexes = [
            models.Index(fields=["date", "state"], name="digest_to_send"),
            models.Index(fields=["state", "claimed_until"], name="digest_open"),
            models.Index(fields=["subscriber", "window_until"], name="digest_told_last"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["again_of"], condition=Q(again_of__isnull=False), name="digest_sent_again_once"
            ),
            models.UniqueConstraint(
                fields=["subscriber", "date", "number"], condition=Q(again_of=None), name="digest_once_a_period"
            ),
            models.UniqueConstraint(
                fields=["subscriber", "window_after"],
                condition=Q(again_of=None) & ~Q(state__in=["failed", "withdrawn", "superseded"]),
                name="digest_tells_a_time_once",
            ),
            models.UniqueConstraint(
                fields=["subscriber"],
                condition=Q(again_of=None, state__in=["pending", "sending"]),
                name="digest_one_open_at_a_time",
            ),
            models.CheckConstraint(condition=Q(window_until__gt=F("window_after")), name="digest_window_has_a_length"),
            models.CheckConstraint(condition=Q(number__range=(1, 2)), name="digest_two_a_day_at_most"),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="digest_sent_at_a_time"),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "sent"]) | (~Q(subject="") & ~Q(message_id="")),
                name="digest_frozen_before_it_is_sent",
            ),
            models.CheckConstraint(condition=Q(resends__lte=1), name="digest_sent_again_once_at_most"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} on {self.date}: {self.get_state_display()}"
