"""What has been compared with the record, and the words by which commitments are found: to look at only."""

from __future__ import annotations

from django.contrib import admin

from commitments.models import CommitmentTerm, LinkedRevision, TermFrequency
from tracker.admin.read_only import ReadOnlyAdmin


@admin.register(LinkedRevision)
class LinkedRevisionAdmin(ReadOnlyAdmin):
    list_display = ["revision", "linked_at", "suggestions", "attempts", "retry_at", "error", "model_version"]
    list_filter = ["model_version", ("linked_at", admin.EmptyFieldListFilter), "attempts"]
    list_select_related = ["revision"]
    search_fields = ["revision__title", "error"]
    date_hierarchy = "linked_at"


@admin.register(CommitmentTerm)
class CommitmentTermAdmin(ReadOnlyAdmin):
    list_display = ["term", "commitment", "weight"]
    list_select_related = ["commitment"]
    search_fields = ["term", "commitment__reference", "commitment__title"]
    ordering = ["term", "-weight"]


@admin.register(TermFrequency)
class TermFrequencyAdmin(ReadOnlyAdmin):
    list_display = ["term", "commitments"]
    search_fields = ["term"]
    ordering = ["-commitments", "term"]
