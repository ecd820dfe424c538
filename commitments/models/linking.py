"""What has been linked, and the index that finds candidates."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tracker.models import Revision

from .commitment import Commitment


class LinkedRevision(models.Model):
    """That a revision was compared with the record, when and by which model.

    A revision without one is still to be linked; one linked before a commitment's words last changed
    is looked at again for that commitment. `attempts` counts those begun since it last went well; until
    `retry_at` it is left alone, so that one that fails, or kills its worker, does not hold up the others.
    """

    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, related_name="linking")
    linked_at = models.DateTimeField(null=True, blank=True, db_index=True)
    model_version = models.CharField(max_length=60, blank=True)
    suggestions = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.revision}: {'linked' if self.linked_at else 'not linked'}"


class LinkingProfile(models.Model):
    """A commitment's words as the linker compares them (`commitments.linking.profile.Profile.as_json`).

    `countries` are those that it names or that who made it governs, in order with spaces between; `entries` is the same
    for the index (`commitments.linking.postings.entries`); `mark` is that of the change that
    wrote it, and `form` the form (`profile.FORM`) in which it did.
    """

    commitment = models.OneToOneField(
        Commitment, on_delete=models.CASCADE, related_name="linking_profile", primary_key=True
    )
    values = models.JSONField()
    entries = models.BinaryField(default=b"")
    mark = models.UUIDField(null=True, db_index=True)
    countries = models.TextField(blank=True)
    form = models.PositiveSmallIntegerField(default=0, db_index=True)

    def __str__(self) -> str:
        return f"Profile of {self.commitment_id}"


class IndexChange(models.Model):
    """That the index has changed: by its mark every process knows whether its own copy has the change."""

    mark = models.UUIDField(default=uuid.uuid4, unique=True)

    def __str__(self) -> str:
        return f"Change {self.pk} of the index"


class LinkerVersion(models.Model):
    """A version of the linker's model made from staff's decisions: a correction of a base version. Never changed.

    `values` is `commitments.linking.model.Model.as_json`. `before` and `after` are figures by name, from 0 to 1, of the
    version that was in use and of this one; `decisions` counts what it was made from, `data_sha256` tells it apart.
    The base version itself is a file that comes with the program.
    """

    name = models.CharField(max_length=60, unique=True)
    base = models.CharField(max_length=40, help_text="The base version that it corrects.")
    values = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    command = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    decisions = models.JSONField(default=dict)
    data_sha256 = models.CharField(max_length=64)
    refused = models.TextField(blank=True, help_text="Why it must not come into use.")

    class Meta:
        ordering = ["-pk"]
        verbose_name = "version of the linker"
        verbose_name_plural = "versions of the linker"

    def __str__(self) -> str:
        return self.name


class LinkerSwitch(models.Model):
    """That a version came into use, when, by whom and why. The last one holds; without a version it is the base."""

    version = models.ForeignKey(LinkerVersion, on_delete=models.PROTECT, related_name="switches", null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "switch of the linker's version"
        verbose_name_plural = "switches of the linker's version"
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="linker_switch_with_a_reason")]

    def __str__(self) -> str:
        return f"{self.version or 'the base version'} from {self.at:%Y-%m-%d %H:%M}"
