"""The proofs that somebody was erased."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from commitments.digests import keyed_hashes
from commitments.models import Erasure
from tracker.admin.read_only import ReadOnlyAdmin


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """Whether somebody was erased is found by their whole address, which is not kept."""

    list_display = ["address_key", "at", "why", "by"]
    list_filter = ["why"]
    list_select_related = ["by"]
    search_fields = ["address_key"]
    search_help_text = "A whole mail address, or the beginning of a proof."
    date_hierarchy = "at"

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        if "@" in search_term:
            return queryset.filter(address_key__in=keyed_hashes.ever_of_address(search_term.strip())), False
        return queryset.filter(address_key__startswith=search_term.strip()), False
