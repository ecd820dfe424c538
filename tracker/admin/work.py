"""What the watch has still to do: items that wait, walks through the past, and looks at what is relied on."""

from __future__ import annotations

from django.contrib import admin

from tracker.models import Backfill, PendingEntry, Recheck

from .read_only import ReadOnlyAdmin


@admin.register(PendingEntry)
class PendingEntryAdmin(ReadOnlyAdmin):
    list_display = ("title", "source", "found_at", "tries", "next_try_at", "problem")
    list_filter = ("source", "is_stored", "tries")
    list_select_related = ("source",)
    search_fields = ("source__name", "problem")
    date_hierarchy = "found_at"

    @admin.display(description="title")
    def title(self, waiting: PendingEntry) -> str:
        return str(waiting.entry.get("title") or waiting.entry.get("url") or "Untitled")


@admin.register(Backfill)
class BackfillAdmin(ReadOnlyAdmin):
    list_display = ("source", "since", "started_at", "finished_at", "pages", "walked", "next_url")
    list_filter = (("finished_at", admin.EmptyFieldListFilter), "source")
    list_select_related = ("source",)
    search_fields = ("source__name",)


@admin.register(Recheck)
class RecheckAdmin(ReadOnlyAdmin):
    list_display = ("release", "last_at", "detail", "next_at", "unchanged_in_a_row", "failures_in_a_row")
    list_select_related = ("release",)
    search_fields = ("release__title", "release__url", "detail")
    date_hierarchy = "next_at"
