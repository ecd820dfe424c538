"""Lists of what needs somebody."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from commitments.needs import NEEDS


class NeedsFilter(admin.SimpleListFilter):
    """Of a list, the rows of one need."""

    title = "needs somebody"
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(need.key, need.label) for need in NEEDS if need.model is model_admin.model]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = next((need for need in NEEDS if need.key == self.value() and need.model is queryset.model), None)
        if chosen is None:
            return queryset
        return queryset.filter(pk__in=chosen.rows(timezone.localdate()).order_by().values("pk"))
