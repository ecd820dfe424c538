"""What the public must not see of what is stored."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from tracker.models import Release

from .history import written


class WithholdingQuerySet(models.QuerySet["Withholding"]):
    def standing(self) -> Self:
        """What is withheld now: neither lifted nor a lifting."""
        return self.filter(lifts=None, lifted_by=None)


class Withholding(models.Model):
    """A passage, the text of a release or the whole of it that no public door shows, or the end of that. Append-only.

    `words` are those of the passage, `sha256` the hash of them in UTF-8, or of the latest text where no passage is
    named. `note` stands, with the day, in the place of what is withheld. One that `lifts` another ends it.
    """

    class What(models.TextChoices):
        PASSAGE = "passage", "a passage"
        TEXT = "text", "the text of the release"
        RELEASE = "release", "the whole release"

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="withholdings")
    what = models.CharField(
        max_length=10,
        choices=What,
        default=What.PASSAGE,
        help_text="Of a text, nothing is quoted either, but title and link stay. Of a whole release, only the note.",
    )
    words = models.TextField("passage", blank=True, help_text="The words as they stand in the release.")
    sha256 = models.CharField("hash (SHA-256)", max_length=64, editable=False)
    note = models.TextField(
        "public note", help_text="Shown in its place, with the day: “Withheld by order of a court.”"
    )
    reason = models.TextField("reason, for staff only")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="withholdings")
    at = models.DateTimeField(default=timezone.now, editable=False)
    lifts = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="lifted_by", null=True, blank=True, editable=False
    )

    objects = WithholdingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(what="passage") & ~Q(words="") | ~Q(what="passage") & Q(words=""),
                name="withholding_of_a_passage_has_words",
            ),
            models.CheckConstraint(condition=~Q(note="") & ~Q(reason=""), name="withholding_says_why"),
            models.CheckConstraint(condition=~Q(lifts=F("pk")), name="withholding_does_not_lift_itself"),
        ]

    def __str__(self) -> str:
        done = "lifted" if self.lifts_id else "withheld"
        when = written(timezone.localdate(self.at))
        return f"{self.get_what_display().capitalize()} “{self.release.title}”, {done} {when}"

    @property
    def stands(self) -> bool:
        return self.lifts_id is None and not Withholding.objects.filter(lifts=self).exists()
