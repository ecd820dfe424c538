"""What holds the sending of mails: the brake, the pace of each domain, and what came back."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from .digest import Digest


class BrakeQuerySet(models.QuerySet["Brake"]):
    def on(self) -> Self:
        return self.filter(released_at=None)


class Brake(models.Model):
    """That the sending of digests was stopped because more would have gone out than usual. One is on at a time."""

    what = models.CharField(max_length=20, default="digests", editable=False)
    reason = models.TextField()
    pulled_at = models.DateTimeField()
    told_at = models.DateTimeField("staff were told", null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = BrakeQuerySet.as_manager()

    class Meta:
        ordering = ["-pulled_at"]
        verbose_name = "stop of the sending"
        verbose_name_plural = "stops of the sending"
        constraints = [
            models.UniqueConstraint(fields=["what"], condition=Q(released_at=None), name="brake_on_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pulled_at:%Y-%m-%d %H:%M}: {self.reason}"


class DomainPace(models.Model):
    """From when on the next mail to addresses of a domain may go."""

    domain = models.CharField(max_length=255, primary_key=True)
    free_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.domain} from {self.free_at:%Y-%m-%d %H:%M:%S}"


class Bounce(models.Model):
    """That a digest came back, or that its reader complained. Each kind is recorded once of a digest."""

    class Kind(models.TextChoices):
        HARD = "hard", "the address takes no mail"
        SOFT = "soft", "not delivered this time"
        CONTENT = "content", "refused for what it says or who sent it"
        COMPLAINT = "complaint", "the reader called it spam"

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="bounces")
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=20, blank=True, help_text="As in 5.1.1.")
    said = models.TextField(blank=True, help_text="The other server's own words.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["digest", "kind"], name="bounce_once_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.said or self.status}"
