"""Lists narrowed down to what the person at work looks after."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from commitments.admin.person import signed_in
from commitments.models import Commitment


class WhoseFilter(admin.SimpleListFilter):
    """Commitments that one owns or watches, and what belongs to them. `to_commitment` leads there from a row."""

    title = "whose"
    parameter_name = "whose"
    to_commitment = "commitment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mine", "mine: I own or watch it"), ("owned", "I own it"), ("nobodys", "nobody owns it")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        person = signed_in(request).pk
        commitments = {
            "mine": Commitment.objects.followed_by(person),
            "owned": Commitment.objects.filter(owner=person),
            "nobodys": Commitment.objects.filter(owner=None),
        }.get(self.value() or "")
        if commitments is None:
            return queryset
        return queryset.filter(**{f"{self.to_commitment}__in": commitments.order_by().values("pk")})


class WhoseCommitmentFilter(WhoseFilter):
    to_commitment = "pk"


class WhoseGoalpostFilter(WhoseFilter):
    to_commitment = "evidence__commitment"
