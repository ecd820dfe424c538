"""What the watch keeps: sources, each look at them, and every version of every release seen.

Nothing here knows what the releases are used for.
"""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone


class Voice(models.TextChoices):
    """Whose account a source gives."""

    OFFICIAL = "official", "official"
    PARLIAMENT = "parliament", "Parliament"
    INDEPENDENT = "independent", "independent"
    MEDIA = "media", "media"
    OPPONENT = "opponent", "opponent"


class SourceQuerySet(models.QuerySet["Source"]):
    def watched(self) -> SourceQuerySet:
        """Sources that are still looked at."""
        return self.filter(state=Source.State.ACTIVE)

    def failing(self) -> SourceQuerySet:
        """Sources whose last look went wrong, or that are no longer at their address."""
        return self.filter(Q(state=Source.State.ACTIVE, consecutive_failures__gt=0) | Q(state=Source.State.GONE))

    def listed(self) -> SourceQuerySet:
        """Sources that are looked at, or will be again when staff say so."""
        return self.filter(state__in=(Source.State.ACTIVE, Source.State.PAUSED))

    def due(self, now: dt.datetime) -> SourceQuerySet:
        """Watched sources whose time has come and that nobody is polling, longest waiting first."""
        unclaimed = Q(leased_until=None) | Q(leased_until__lt=now)
        return self.watched().filter(unclaimed, next_due_at__lte=now).order_by("next_due_at", "pk")


class Source(models.Model):
    """A place on the web where releases appear, and when to look there next."""

    class Kind(models.TextChoices):
        FEED = "feed", "feed (RSS, Atom or JSON)"
        GOVUK = "govuk", "GOV.UK search"
        LISTING = "listing", "listing page"
        PAGE = "page", "single page"
        PARLIAMENT = "parliament", "Parliament's questions and statements"

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
        ]

    def __str__(self) -> str:
        return self.name


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


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def unused(self) -> SnapshotQuerySet:
        """Those that nothing in the watch points to: no revision, attachment, pending item or other snapshot."""
        unused = self
        for relation in Snapshot._meta.related_objects:
            through = getattr(relation, "through", None)
            pointing, name = (
                (through, relation.field.m2m_reverse_field_name())  # type: ignore[attr-defined]
                if through
                else (relation.related_model, relation.field.name)
            )
            unused = unused.filter(~Exists(pointing._base_manager.filter(**{name: OuterRef("pk")})))
        return unused


class Snapshot(models.Model):
    """Bytes as received, kept once however often they came.

    `path` is relative to the archive. With a `base`, what is stored there is the difference from the bytes of
    that snapshot, which is itself stored whole. When `discarded_at` is set, the bytes are gone by the rules of
    retention and only what is said of them here remains.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    path = models.CharField(max_length=200, blank=True)
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="variants")
    size_bytes = models.PositiveIntegerField()
    stored_bytes = models.PositiveIntegerField(default=0, help_text="What it takes in the archive.")
    content_type = models.CharField(max_length=200, blank=True)
    url = models.URLField("address fetched", max_length=2000)
    url_key = models.CharField(max_length=64, blank=True, db_index=True, help_text="Hash of the address.")
    headers = models.JSONField(default=dict)
    fetched_at = models.DateTimeField()
    last_kept_at = models.DateTimeField(null=True, blank=True, help_text="When the same bytes last came.")
    discarded_at = models.DateTimeField(null=True, blank=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["-fetched_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(discarded_at=None) | Q(path="", base=None), name="snapshot_discarded_has_no_bytes"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} from {self.url}"


class ReleaseQuerySet(models.QuerySet["Release"]):
    def published_between(self, first: dt.date, last: dt.date) -> ReleaseQuerySet:
        return self.filter(published_at__date__gte=first, published_at__date__lte=last)


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

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.title} ({self.published_at:%d %B %Y})"

    def get_absolute_url(self) -> str:
        return f"/releases/{self.pk}/"

    @property
    def latest_revision(self) -> Revision:
        return self.revisions.order_by("-number")[0]

    @property
    def first_appearance(self) -> Appearance:
        return self.appearances.order_by("first_seen_at", "pk")[0]

    @property
    def publisher(self) -> str:
        """For display only."""
        source = self.first_appearance.source
        return source.publisher or source.name

    @property
    def voice(self) -> str:
        return self.first_appearance.source.voice


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


class Revision(models.Model):
    """One version of a release's text as a reader would see it, numbered from 1 within the release."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="revisions")
    appearance = models.ForeignKey(Appearance, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=500)
    text = models.TextField(help_text="Plain text, paragraphs separated by blank lines, list items led by a bullet.")
    text_hash = models.CharField(max_length=64)
    note = models.TextField("change note", blank=True)
    silent = models.BooleanField(
        "edited without a note", default=False, help_text="Its publisher gives change notes, and gave none for this."
    )
    seen_at = models.DateTimeField()
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="revisions")
    also_from = models.ManyToManyField(
        Snapshot, related_name="revisions_in_part", blank=True, help_text="Further bytes that its text was read from."
    )

    class Meta:
        ordering = ["release", "number"]
        constraints = [
            models.UniqueConstraint(fields=["release", "number"], name="revision_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_numbers_start_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, revision {self.number}"

    def get_absolute_url(self) -> str:
        return f"/releases/{self.release_id}/revisions/{self.number}/"


class Attachment(models.Model):
    """A file that belongs to one revision: where it is, its bytes as received, and what could be read of it.

    Its text stands at `start` to `end` in the revision's text. `problem` says in a sentence why there is none,
    or what of it is missing.
    """

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="files")
    position = models.PositiveSmallIntegerField()
    url = models.URLField("address", max_length=2000)
    title = models.CharField(max_length=500, blank=True)
    content_type = models.CharField(max_length=200, blank=True)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments")
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["revision", "position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="attachment_position_once"),
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(start__isnull=False, end__gte=F("start")),
                name="attachment_text_is_a_stretch",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.url


class ChangeNote(models.Model):
    """One line of the publisher's own history of a release. `revision` is the one that it came with, if any did."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="change_notes")
    revision = models.ForeignKey(
        Revision, on_delete=models.SET_NULL, null=True, blank=True, related_name="change_notes"
    )
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    text_key = models.CharField(max_length=64, help_text="Hash of the text.")
    first_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["release", "at", "pk"]
        constraints = [models.UniqueConstraint(fields=["release", "at", "text_key"], name="change_note_once")]

    def __str__(self) -> str:
        return f"{self.at:%d %B %Y}: {self.text}"


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
