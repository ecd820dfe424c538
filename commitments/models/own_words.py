"""What only the owner of this record can say of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse


class OwnWords(models.Model):
    """One page about the record in its owner's words. Public as soon as it is written."""

    class Subject(models.TextChoices):
        PUBLISHER = "publisher", "Who publishes this"
        FUNDING = "funding", "Who pays for it"
        CONFLICTS = "conflicts", "Conflicts of interest"
        PRIVACY = "privacy", "Privacy"
        ACCESSIBILITY = "accessibility", "Accessibility"
        CONTACT = "contact", "Contact"

    subject = models.CharField(max_length=20, choices=Subject, unique=True)
    text = models.TextField(help_text="Plain text. A blank line begins a new paragraph; addresses become links.")
    changed_at = models.DateTimeField("last changed", auto_now=True)

    class Meta:
        ordering = ["subject"]
        verbose_name = "page in your own words"
        verbose_name_plural = "pages in your own words"
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="own_words_are_not_empty"),
        ]

    def __str__(self) -> str:
        return self.get_subject_display()

    def get_absolute_url(self) -> str:
        return reverse("own_words", args=[self.subject])
