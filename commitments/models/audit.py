"""What has changed, as the database itself wrote it down."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from commitments.audit.audited import ADDED, CHANGED, REMOVED


class AuditEntry(models.Model):
    """One row added, changed or removed. Written by triggers alone (commitments/audit); append-only.

    `model` is as in "commitments.commitment" and `key` the row's key; `part_of`, where there is one, is model and
    key of the row it belongs to, as in "commitments.commitment/12". `changes` has a list of before and after for
    each field that differs. Without a `door` the change came from outside the program.
    """

    class Deed(models.TextChoices):
        ADDED = ADDED, "added"
        CHANGED = CHANGED, "changed"
        REMOVED = REMOVED, "removed"

    at = models.DateTimeField("when", db_index=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    door = models.CharField(max_length=100, blank=True)
    deed = models.CharField(max_length=10, choices=Deed)
    model = models.CharField(max_length=100)
    key = models.CharField(max_length=64)
    name = models.CharField(max_length=300, blank=True)
    part_of = models.CharField(max_length=120, blank=True)
    changes = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "entry of the audit"
        verbose_name_plural = "audit"
        indexes = [
            models.Index(fields=["model", "key"], name="audit_of_a_row"),
            models.Index(fields=["part_of"], name="audit_of_a_whole", condition=~models.Q(part_of="")),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.key} {self.deed} at {self.at:%Y-%m-%d %H:%M:%S}"
