"""Where the watch looks, each look, and what staff were told of it."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .rights import Licence, Republish, Voice, licence


class SourceQuerySet(models.QuerySet["Source"]):
    def on_the_web(self) -> SourceQuerySet:
        """Sources at an address that others could watch too."""
        return self.exclude(kind__in=(Source.Kind.DESK, Source.Kind.MAILBOX))

    def watched(self) -> SourceQuerySet:
        """Sources that are still looked at."""
        return self.filter(state=Source.State.ACTIVE).exclude(kind=Source.Kind.DESK)

    def failing(self) -> SourceQuerySet:
        """Sources whose last look went wrong, or that are no longer at their address."""
        return self.filter(Q(state=Source.State.ACTIVE, consecutive_failures__gt=0) | Q(state=Source.State.GONE))

    def listed(self) -> SourceQuerySet:
        """Sources on the web that are looked at, or will be again when staff say so."""
        return self.on_the_web().filter(state__in=(Source.State.ACTIVE, Source.State.PAUSED))

    def due(self, now: dt.datetime) -> SourceQuerySet:
        """Watched sources whose time has come and that nobody is polling, longest waiting first."""
        unclaimed = Q(leased_until=None) | Q(leased_until__lt=now)
        return self.watched().filter(unclaimed, next_due_at__lte=now).order_by("next_due_at", "pk")


class Source(models.Model):
    """A place where releases appear, and when to look there next.

    One of kind `desk` is no place: it stands for a publisher of whose documents staff brought some themselves.
    """

    class Kind(models.TextChoices):
        FEED = "feed", "feed (RSS, Atom or JSON)"
        GOVUK = "govuk", "GOV.UK search"
        LISTING = "listing", "listing page"
        PAGE = "page", "single page"
        PARLIAMENT = "parliament", "Parliament's questions and statements"
        MAILBOX = "mailbox", "mailbox"
        DESK = "desk", "added by hand"
        STATISTICS = "statistics", "statistics in tables"

    class State(models.TextChoices):
        ACTIVE = "active", "watched"
        PAUSED = "paused", "paused by staff"
        ENDED = "ended", "ended by its publisher"
        GONE = "gone", "gone from its address"

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind)
    url = models.URLField("address", max_length=2000)
    publisher = models.CharField(max_length=200, blank=True)
    voice = models.CharField(max_length=20, choices=Voice, default=Voice.OFFICIAL)
    republish = models.CharField(
        "may be republished",
        max_length=10,
        choices=Republish,
        default=Republish.QUOTES,
        help_text="What the public may see of its texts. In full only where its licence allows it.",
    )
    options = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.ACTIVE)

    fixed_interval_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="Leave empty to follow how often the source publishes."
    )

    etag = models.CharField(max_length=1000, blank=True, editable=False)
    last_modified = models.CharField(max_length=200, blank=True, editable=False)

    stated_pace = models.DurationField(
        null=True, blank=True, editable=False, help_text="How often the feed says of itself that it is worth asking."
    )
    next_due_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Until when the source itself asked to be left alone."
    )
    moved_to = models.URLField(max_length=2000, blank=True, editable=False)
    moved_since = models.DateTimeField(null=True, blank=True, editable=False)
    catch_up_url = models.URLField(
        max_length=2000, blank=True, editable=False, help_text="The page at which a poll had to break off its paging."
    )
    catch_up_page = models.PositiveIntegerField(default=0, editable=False)
    catch_up_until = models.PositiveIntegerField(
        default=0, editable=False, help_text="The page to go on to, though earlier ones end with something known."
    )
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)

    last_polled_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_success_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_new_at = models.DateTimeField(null=True, blank=True, editable=False)
    consecutive_failures = models.PositiveIntegerField(default=0, editable=False)
    latest_published_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="The date of its newest release."
    )
    usual_silence = models.DurationField(
        null=True, blank=True, editable=False, help_text="It seldom goes longer without a release than this."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["state", "next_due_at"], name="source_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(fixed_interval_minutes=None) | Q(fixed_interval_minutes__gte=1),
                name="source_interval_at_least_a_minute",
            ),
            models.CheckConstraint(
                condition=Q(leased_until=None, lease_token=None)
                | Q(leased_until__isnull=False, lease_token__isnull=False),
                name="source_lease_has_a_token",
            ),
            models.CheckConstraint(
                condition=Q(kind="desk", url="") | ~Q(kind="desk") & ~Q(url=""),
                name="source_has_an_address_unless_by_hand",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def licence(self) -> Licence:
        """On what terms the public gets what it may see of this source's texts."""
        return licence(self.republish, self.url)


class Poll(models.Model):
    """One look at a source and how it went."""

    class Outcome(models.TextChoices):
        NEW = "new", "something new"
        UNCHANGED = "unchanged", "nothing new"
        NOT_MODIFIED = "not_modified", "not modified"
        EMPTY = "empty", "no items"
        FAILED = "failed", "failed"
        REFUSED = "refused", "refused by us"
        GONE = "gone", "gone"

    FAILURES = (Outcome.FAILED, Outcome.REFUSED, Outcome.EMPTY, Outcome.GONE)

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="polls")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, choices=Outcome)
    detail = models.TextField(blank=True)
    blocked = models.BooleanField(default=False, help_text="The host answers, and will not let us in.")
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    received_bytes = models.PositiveIntegerField(default=0)
    entries = models.PositiveIntegerField(default=0)
    new_releases = models.PositiveIntegerField(default=0)
    new_revisions = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-started_at", "-pk"]
        get_latest_by = "started_at"
        indexes = [models.Index(fields=["source", "-started_at"], name="poll_latest")]
        constraints = [
            models.CheckConstraint(condition=Q(finished_at__gte=F("started_at")), name="poll_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return f"{self.source} at {self.started_at:%Y-%m-%d %H:%M}: {self.get_outcome_display()}"


class SourceAlert(models.Model):
    """What staff were last told of a source: that it is well again, gives trouble, or is no longer looked at.

    A row that is leased is in a mail that is being sent. `reason` is the state and the sentence that were told.
    """

    class Told(models.TextChoices):
        WELL = "well", "well"
        TROUBLE = "trouble", "in trouble"
        STOPPED = "stopped", "no longer looked at"

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="alert")
    told = models.CharField(max_length=10, choices=Told, default=Told.WELL)
    told_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-told_at", "pk"]

    def __str__(self) -> str:
        return f"{self.source}: {self.get_told_display()}"
