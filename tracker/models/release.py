"""A published document, where it appears, and what tells its copies."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .archive import Snapshot
from .rights import Voice
from .source import Source

if TYPE_CHECKING:
    from .revision import Revision


class ReleaseQuerySet(models.QuerySet["Release"]):
    def published_between(self, first: dt.date, last: dt.date) -> ReleaseQuerySet:
        return self.filter(published_at__date__gte=first, published_at__date__lte=last)

    def standing(self) -> ReleaseQuerySet:
        """Those that staff have not joined to another."""
        return self.filter(joined_to=None)


class Release(models.Model):
    """A published document, one however many sources carry it."""

    title = models.CharField(max_length=500)
    url = models.URLField("publisher's address", max_length=2000, blank=True)
    published_at = models.DateTimeField(db_index=True)
    published_is_known = models.BooleanField(
        default=True, help_text="Off when the source gave no date and the time of first sight stands in."
    )
    first_seen_at = models.DateTimeField(default=timezone.now)
    locale = models.CharField(max_length=20, blank=True, help_text="A language tag such as cy; empty if not told.")
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="When its publisher said that it no longer holds."
    )
    withdrawal = models.TextField(blank=True, help_text="Why, in the publisher's words.")
    vanished_since = models.DateTimeField(
        null=True, blank=True, help_text="When it was first found missing at the publisher's address."
    )
    pinned = models.BooleanField(default=False, help_text="Never pruned: somebody relies on it.")
    recheck_until = models.DateField(null=True, blank=True)
    joined_to = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="joined",
        help_text="The release that this one only repeats, as staff said. It keeps its own revisions.",
    )

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(joined_to=F("pk")), name="release_not_joined_to_itself")]

    def __str__(self) -> str:
        return f"{self.title} ({self.published_at:%d %B %Y})"

    def get_absolute_url(self) -> str:
        return f"/releases/{self.pk}/"

    @property
    def latest_revision(self) -> Revision:
        return self.revisions.order_by("-number")[0]

    @property
    def own_appearance(self) -> Appearance:
        """Where its publisher has it, if we look there; else where it was first seen."""
        return min(
            self.appearances.all(),
            key=lambda here: (here.is_copy, here.source.voice != Voice.OFFICIAL, here.first_seen_at, here.pk),
        )

    @property
    def places(self) -> models.QuerySet[Appearance]:
        """Wherever it appears, those of the releases that were joined to it included."""
        return Appearance.objects.filter(Q(release=self) | Q(release__joined_to=self)).select_related("source")

    @property
    def publisher(self) -> str:
        """For display only."""
        source = self.own_appearance.source
        return source.publisher or source.name

    @property
    def voice(self) -> str:
        return self.own_appearance.source.voice


class Appearance(models.Model):
    """A release as one source carries it: its own address, id and voice."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="appearances")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="appearances")
    key = models.CharField(max_length=64, help_text="Hash of what identifies it within its source.")
    guid = models.CharField(max_length=2000, blank=True)
    url = models.URLField("address as linked", max_length=2000, blank=True)
    url_key = models.CharField(max_length=64, blank=True, db_index=True)
    content_key = models.CharField(max_length=64, db_index=True)
    title = models.CharField(max_length=500)
    text_hash = models.CharField(max_length=64, help_text="Hash of what a reader last saw of it here.")
    stub_hash = models.CharField(
        max_length=64, blank=True, help_text="Hash of the extract by which the source announces it, if it does."
    )
    is_whole = models.BooleanField(default=True, help_text="Off when only an extract of its text could be had.")
    page_hash = models.CharField(
        max_length=64, blank=True, help_text="Hash of its own page when looked at again, where its text came otherwise."
    )
    files_hash = models.CharField(
        max_length=64, blank=True, help_text="Hash of what a reader last saw in its attachments."
    )
    is_copy = models.BooleanField(
        default=False, help_text="It repeats the release in a frame of its own, whose changes are not the release's."
    )
    copy_text = models.TextField(blank=True, help_text="What was first said here, where it is a copy.")
    copy_snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="copies")
    copy_published_at = models.DateTimeField(null=True, blank=True)
    gives_notes = models.BooleanField(default=False, help_text="It came with the publisher's history of changes.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    vanished_since = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["first_seen_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="appearance_once_in_a_source")]

    def __str__(self) -> str:
        return f"{self.title} in {self.source}"


class Sketch(models.Model):
    """One of the runs of words by which copies of a release are found, as a number. See tracker.near_duplicates."""

    appearance = models.ForeignKey(Appearance, on_delete=models.CASCADE, related_query_name="sketch")
    run = models.BigIntegerField(db_index=True)

    class Meta:
        verbose_name_plural = "sketches"

    def __str__(self) -> str:
        return f"{self.run} of {self.appearance}"


class KeptApart(models.Model):
    """What staff said is no copy of a release: it is never joined with it again."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="kept_apart")
    key = models.CharField(max_length=64)
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="kept_apart")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "kept apart"
        constraints = [models.UniqueConstraint(fields=["source", "key", "release"], name="kept_apart_once")]

    def __str__(self) -> str:
        return f"{self.source} apart from {self.release}"
