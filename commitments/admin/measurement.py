"""Series of figures and the figures themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from commitments.models import Measurement, Series, Target, TargetComponent
from commitments.pages import phrases
from tracker.admin.read_only import ReadOnlyAdmin, ReadOnlyInline


@admin.register(Series)
class SeriesAdmin(admin.ModelAdmin):
    list_display = ["metric", "unit", "population", "place", "measure", "since", "measurement_count"]
    list_filter = ["measure", "unit"]
    search_fields = ["metric", "unit", "population", "place"]
    ordering = ["metric", "unit", "pk"]  # counting loses the model's own

    def get_queryset(self, request: HttpRequest) -> QuerySet[Series]:
        return Series.objects.annotate(measurement_count=Count("measurements"))

    @admin.display(description="figures", ordering="measurement_count")
    def measurement_count(self, series: Any) -> int:
        return int(series.measurement_count)


@admin.register(Measurement)
class MeasurementAdmin(ReadOnlyAdmin):
    """Figures enter the record with accepted evidence and leave it with a rejection: never by hand."""

    list_display = ["said", "series", "as_of", "period_start", "period_end", "published_on", "evidence", "withdrawn_at"]
    list_display_links = ["said"]
    list_filter = ["qualifier", ("withdrawn_at", admin.EmptyFieldListFilter)]
    list_select_related = ["series", "evidence__commitment", "evidence__release"]
    search_fields = ["series__metric", "evidence__commitment__reference", "evidence__commitment__title"]
    date_hierarchy = "published_on"

    @admin.display(description="figure", ordering="value")
    def said(self, measurement: Measurement) -> str:
        return phrases.measurement(measurement)


class TargetComponentInline(ReadOnlyInline):
    model = TargetComponent


@admin.register(Target)
class TargetAdmin(ReadOnlyAdmin):
    """Part of a definition, and recorded with it."""

    list_display = ["definition", "series", "comparator", "value", "unit", "baseline_value", "baseline_date"]
    list_filter = ["comparator"]
    list_select_related = ["definition__commitment", "series"]
    search_fields = ["definition__commitment__reference", "definition__commitment__title", "series__metric"]
    inlines = [TargetComponentInline]
