"""What is still to be done, and what the watch must remember to do it politely."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q

from .archive import Snapshot
from .release import Release
from .source import Source


class Backfill(models.Model):
    """A walk through a source's pages back to a day: how far it has come, so that it can be taken up again."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="backfills")
    since = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    next_url = models.URLField("page to go on with", max_length=2000, blank=True)
    pages = models.PositiveIntegerField(default=0)
    walked = models.BooleanField(default=False, help_text="All its pages have been read.")
    leased_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=Q(finished_at=None), name="backfill_one_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.source} back to {self.since}"


class PendingEntry(models.Model):
    """An item that a source has announced and that is not in the record yet, so that nothing announced is lost."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="pending")
    backfill = models.ForeignKey(Backfill, on_delete=models.CASCADE, null=True, blank=True, related_name="pending")
    key = models.CharField(max_length=64, help_text="As the appearance will have it.")
    stub_hash = models.CharField(max_length=64)
    entry = models.JSONField()
    has_own_address = models.BooleanField(help_text="Off when other items of the same document share its address.")
    published_at = models.DateTimeField(null=True, blank=True)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="pending")
    found_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    problem = models.TextField(blank=True)
    is_stored = models.BooleanField(
        default=False, help_text="In the record as the source shows it, until the whole of it can be had."
    )

    class Meta:
        verbose_name_plural = "pending entries"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="pending_once_in_a_source")]

    def __str__(self) -> str:
        return f"{self.entry.get('title', '')} in {self.source}"


class MailboxPlace(models.Model):
    """How far a mailbox has been read. Mails are numbered upwards there, anew when `uid_validity` is another.

    `senders_hash` is that of the list of senders by which it was read: with another list it is read from the
    beginning. `to_try_again` maps the number of a mail that could not be taken in to how often it was tried.
    """

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="mailbox_place")
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    senders_hash = models.CharField(max_length=64, blank=True)
    to_try_again = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.source} up to {self.last_uid}"


class Recheck(models.Model):
    """When a release that somebody relies on is looked at again at its own address, and how it went."""

    release = models.OneToOneField(Release, on_delete=models.CASCADE, related_name="recheck")
    next_at = models.DateTimeField(db_index=True)
    last_at = models.DateTimeField(null=True, blank=True)
    unchanged_in_a_row = models.PositiveIntegerField(default=0)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    detail = models.TextField(blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["next_at", "pk"]

    def __str__(self) -> str:
        return f"{self.release} next at {self.next_at:%Y-%m-%d %H:%M}"


class RobotsFile(models.Model):
    """What a host's robots.txt said when it was last asked for, kept for as long as it may be relied on.

    `origin` is scheme, host and port, as in https://www.example.org. With a `problem`, in words, the file could
    not be had and nobody knows what it asks.
    """

    origin = models.CharField(max_length=300, unique=True)
    text = models.TextField(blank=True)
    problem = models.TextField(blank=True)
    fetched_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.origin}/robots.txt at {self.fetched_at:%Y-%m-%d %H:%M}"


class Tick(models.Model):
    """When a scheduled job last ran: how the site knows that its schedule is alive."""

    name = models.CharField(max_length=50, primary_key=True)
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.last_at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    def record(cls, name: str, now: dt.datetime) -> None:
        cls.objects.update_or_create(name=name, defaults={"last_at": now})
