"""The pages that the owner of the record writes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from commitments.models import OwnWords
from commitments.pages.about import ASKED


class OwnWordsForm(forms.ModelForm):
    """Says of each page what readers look for on it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "subject" in self.fields:
            asked = "; ".join(f"{OwnWords.Subject(key).label}: {question}" for key, question in ASKED.items())
            self.fields["subject"].help_text = asked


@admin.register(OwnWords)
class OwnWordsAdmin(admin.ModelAdmin):
    form = OwnWordsForm
    list_display = ["subject", "changed_at"]
    search_fields = ["text"]
    readonly_fields = ["changed_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A page keeps its address."""
        return ["changed_at", "subject"] if obj else ["changed_at"]
