"""Who promised, and what it is about. Who owes it has a module of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from commitments.models import Administration, PolicyArea


class NamedAdmin(admin.ModelAdmin):
    list_display = ["name", "commitment_count"]
    search_fields = ["name"]
    ordering = ["name"]  # counting loses the model's own
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counted: QuerySet[Any] = super().get_queryset(request).annotate(commitment_count=Count("commitments"))
        return counted

    @admin.display(description="commitments", ordering="commitment_count")
    def commitment_count(self, thing: Any) -> int:
        return int(thing.commitment_count)


@admin.register(Administration)
class AdministrationAdmin(NamedAdmin):
    list_display = ["name", "took_office", "left_office", "commitment_count"]
    ordering = ["-took_office", "name"]
    date_hierarchy = "took_office"


@admin.register(PolicyArea)
class PolicyAreaAdmin(NamedAdmin):
    pass
