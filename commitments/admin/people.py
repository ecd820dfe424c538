"""Who promised, who owes it, what it is about."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from commitments.models import Administration, Department, PolicyArea


class _NamedAdmin(admin.ModelAdmin):
    list_display = ["name", "commitment_count"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counted: QuerySet[Any] = super().get_queryset(request).annotate(commitment_count=Count("commitments"))
        return counted

    @admin.display(description="commitments", ordering="commitment_count")
    def commitment_count(self, thing: Any) -> int:
        return int(thing.commitment_count)


@admin.register(Administration)
class AdministrationAdmin(_NamedAdmin):
    list_display = ["name", "took_office", "left_office", "commitment_count"]
    date_hierarchy = "took_office"


@admin.register(Department)
class DepartmentAdmin(_NamedAdmin):
    pass


@admin.register(PolicyArea)
class PolicyAreaAdmin(_NamedAdmin):
    pass
