"""The bytes as received."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q


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
