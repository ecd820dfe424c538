"""Each version of a release, with its files and its publisher's notes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .archive import Snapshot
from .release import Appearance, Release


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
