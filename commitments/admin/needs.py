"""Lists of what needs somebody, and how many there are of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from commitments.needs import NEEDS, Need


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


@dataclass(frozen=True)
class Counted:
    need: Need
    count: int
    address: str


def counted(request: HttpRequest) -> list[Counted]:
    """Every need whose list this person may open, with how many it holds: one query each."""
    today = timezone.localdate()
    return [Counted(need, need.rows(today).count(), _address(need)) for need in NEEDS if _may_view(request, need)]


def _address(need: Need) -> str:
    if need.seen_to_at:
        return reverse(f"admin:{need.seen_to_at}")
    meta = need.model._meta
    return f"{reverse(f'admin:{meta.app_label}_{meta.model_name}_changelist')}?needs={need.key}"


def _may_view(request: HttpRequest, need: Need) -> bool:
    meta = need.model._meta
    return any(
        request.user.has_perm(f"{meta.app_label}.{get_permission_codename(action, meta)}")
        for action in ("view", "change")
    )
