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

from commitments.admin.person import signed_in
from commitments.models import Commitment
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
    """`mine` of the `count` are of commitments that the person owns or watches; each has its address."""

    need: Need
    count: int
    address: str
    mine: int
    address_of_mine: str


def counted(request: HttpRequest) -> list[Counted]:
    """Every need whose list this person may open, with how many it holds: one query each, two for those who own or
    watch something."""
    today, person = timezone.localdate(), signed_in(request).pk
    followed = Commitment.objects.followed_by(person).order_by().values("pk")
    follows = followed.exists()
    found = []
    for need in NEEDS:
        if not _may_view(request, need):
            continue
        rows = need.rows(today)
        mine = rows.filter(**{f"{need.to_commitment}__in": followed}).count() if follows and need.to_commitment else 0
        found.append(Counted(need, rows.count(), _address(need), mine, _address(need, person)))
    return found


def _address(need: Need, of: int | None = None) -> str:
    """Where a need is seen to; `of` is the person to whose commitments it is narrowed down."""
    if need.seen_to_at:
        return reverse(f"admin:{need.seen_to_at}") + (f"?person={of}" if of else "")
    meta = need.model._meta
    address = f"{reverse(f'admin:{meta.app_label}_{meta.model_name}_changelist')}?needs={need.key}"
    return f"{address}&whose=mine" if of else address


def _may_view(request: HttpRequest, need: Need) -> bool:
    meta = need.model._meta
    return any(
        request.user.has_perm(f"{meta.app_label}.{get_permission_codename(action, meta)}")
        for action in ("view", "change")
    )
