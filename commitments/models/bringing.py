"""What was brought from files: each import, what it made row by row, and which columns were which."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class ImportQuerySet(models.QuerySet["Import"]):
    def to_be_done(self) -> Self:
        """Those at which a worker has something to do, the oldest first."""
        return self.filter(state__in=[Import.State.CHECKING, Import.State.WRITING]).order_by("pk")

    def without_content(self) -> Self:
        return self.defer("content")


class Import(models.Model):
    """One file that somebody brought, from the first look at it until it is in the record, or taken back.

    `columns` are the names found, with `samples` of what stands in each; `mapping` says of each which field it is, ""
    for none; `notes` are sentences about how the file was read. `content` goes when the import has come to an end.
    `audit_mark` is the last entry of the audit when it was done: what is later was built on it.
    """

    class State(models.TextChoices):
        MAPPING = "mapping", "columns to be said"
        CHECKING = "checking", "being checked"
        CHECKED = "checked", "to be decided on"
        WRITING = "writing", "being brought in"
        DONE = "done", "brought in"
        LEFT = "left", "given up"
        UNDONE = "undone", "taken back"

    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State, default=State.MAPPING)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="imports", null=True, blank=True
    )
    at = models.DateTimeField("begun", default=timezone.now)
    file_name = models.CharField("file", max_length=300)
    sha256 = models.CharField("hash of the file", max_length=64)
    form = models.CharField(max_length=10)
    content = models.BinaryField(default=b"")
    header_line = models.PositiveIntegerField(default=0)
    columns = models.JSONField(default=list)
    samples = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    update = models.BooleanField("change what is recorded already", default=False)
    only_good = models.BooleanField("leave the rows that are refused", default=False)
    rows_in_all = models.PositiveIntegerField("rows", default=0)
    rows_checked = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True, help_text="Why it went no further.")
    done_at = models.DateTimeField(null=True, blank=True)
    audit_mark = models.BigIntegerField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="imports_undone", null=True, blank=True
    )

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["done", "undone"], done_at__isnull=False)
                | ~Q(state__in=["done", "undone"]) & Q(done_at=None),
                name="import_done_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="undone", undone_at__isnull=False) | ~Q(state="undone") & Q(undone_at=None),
                name="import_undone_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.kind})"

    @property
    def is_at_work(self) -> bool:
        """Whether it waits for a worker."""
        return self.state in (self.State.CHECKING, self.State.WRITING)


class ImportRow(models.Model):
    """One row of a file, and what becomes of it.

    `changes` is a list of [field, old, new]; `complaints` of [field, message]; `raw` has the cells as found, kept of
    rows that are refused; `made` is a list of [model, key] of what it made in the record.
    """

    class Outcome(models.TextChoices):
        MADE = "made", "new"
        CHANGED = "changed", "changed"
        UNCHANGED = "unchanged", "unchanged"
        REFUSED = "refused", "refused"

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    reference = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    changes = models.JSONField(default=list)
    complaints = models.JSONField(default=list)
    raw = models.JSONField(default=dict)
    made = models.JSONField(default=list)

    class Meta:
        ordering = ["of", "line", "pk"]
        indexes = [models.Index(fields=["of", "outcome", "line"], name="import_rows_by_outcome")]

    def __str__(self) -> str:
        return f"Line {self.line} of {self.of}"


class ColumnMapping(models.Model):
    """Which column is which field, as somebody said it once for files with these columns."""

    kind = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "fingerprint"], name="column_mapping_once")]

    def __str__(self) -> str:
        return f"Columns of {self.kind}: {', '.join(self.mapping)}"
