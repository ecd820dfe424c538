"""What has been linked, and the index that finds candidates."""

from __future__ import annotations

from django.db import models

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
    """A commitment's words as the linker compares them (`commitments.linking.profile.Profile.as_json`)."""

    commitment = models.OneToOneField(
        Commitment, on_delete=models.CASCADE, related_name="linking_profile", primary_key=True
    )
    values = models.JSONField()

    def __str__(self) -> str:
        return f"Profile of {self.commitment_id}"


class CommitmentTerm(models.Model):
    """One entry of the inverted index: a term in the words of a commitment, and how much it weighs there."""

    term = models.CharField(max_length=60)
    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="terms")
    weight = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["term", "commitment"], name="commitment_term_once")]

    def __str__(self) -> str:
        return f"{self.term} in {self.commitment_id}"


class TermFrequency(models.Model):
    """In how many commitments a term occurs."""

    term = models.CharField(max_length=60, primary_key=True)
    commitments = models.IntegerField(default=0)

    class Meta:
        verbose_name_plural = "term frequencies"

    def __str__(self) -> str:
        return f"{self.term}: {self.commitments}"
