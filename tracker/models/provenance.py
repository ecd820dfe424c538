"""How a document came that no source brought."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .release import Appearance


class Provenance(models.Model):
    """How staff came by a document: what it is, who received it and when. All of it is public."""

    class Way(models.TextChoices):
        FOI = "foi", "a reply to a freedom of information request"
        LETTER = "letter", "a letter"
        PRESS_MAIL = "press_mail", "an e-mail from a press office"
        BROADCAST = "broadcast", "a broadcast"
        HANDED_OVER = "handed_over", "a document that was handed over"
        SAVED_PAGE = "saved_page", "a web page saved by a reader"
        PASSAGES = "passages", "passages copied by hand; the rest of it was not kept"
        ADDRESS = "address", "a document at an address that staff named"

    appearance = models.ForeignKey(Appearance, on_delete=models.CASCADE, related_name="provenance")
    way = models.CharField("what it is", max_length=20, choices=Way)
    received_by = models.CharField(max_length=200, blank=True)
    received_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "provenance"
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(way="address") | ~Q(received_by="") & Q(received_on__isnull=False),
                name="provenance_says_who_and_when",
            )
        ]

    def __str__(self) -> str:
        return f"{self.appearance.title}: {self.get_way_display()}"
