"""How much waits for somebody, as far as that person may see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import User
from django.urls import reverse

from commitments.models import Commitment
from commitments.needs import NEEDS, Need


@dataclass(frozen=True)
class Counted:
    """`mine` of the `count` are of commitments that the person owns or watches; each has its address."""

    need: Need
    count: int
    address: str
    mine: int
    address_of_mine: str


def counted(person: User, today: dt.date) -> list[Counted]:
    """Every need whose list this person may open, with how many it holds: one query each, two for those who own or
    watch something."""
    followed = Commitment.objects.followed_by(person.pk).order_by().values("pk")
    follows = followed.exists()
    found = []
    for need in NEEDS:
        if not _may_view(person, need):
            continue
        rows = need.rows(today)
        mine = rows.filter(**{f"{need.to_commitment}__in": followed}).count() if follows and need.to_commitment else 0
        found.append(Counted(need, rows.count(), _address(need), mine, _address(need, person.pk)))
    return found


def _address(need: Need, of: int | None = None) -> str:
    """Where a need is seen to; `of` is the person to whose commitments it is narrowed down."""
    if need.seen_to_at:
        return reverse(f"admin:{need.seen_to_at}") + (f"?person={of}" if of else "")
    meta = need.model._meta
    address = f"{reverse(f'admin:{meta.app_label}_{meta.model_name}_changelist')}?needs={need.key}"
    return f"{address}&whose=mine" if of else address


def _may_view(person: User, need: Need) -> bool:
    meta = need.model._meta
    return any(
        person.has_perm(f"{meta.app_label}.{get_permission_codename(action, meta)}") for action in ("view", "change")
    )
