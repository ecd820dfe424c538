"""The map of the site (sitemaps.org): pages, commitments, releases, in files of at most 50,000 addresses."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse

from commitments import showing
from commitments.models import Commitment

PAGES = ("home", "commitments", "what-changed", "sources", "methodology", "data", "api-docs", "subscribe")


class _Part(Sitemap):
    limit = 50_000

    def get_latest_lastmod(self) -> None:
        """Not told: it would read every row each time the index is asked for."""


class Pages(_Part):
    def items(self) -> list[str]:
        return list(PAGES)

    def location(self, item: Any) -> str:
        return reverse(item)


class Commitments(_Part):
    def items(self) -> QuerySet[Commitment]:
        worded = Max("definitions__recorded_at")
        changed = Greatest(worded, Coalesce(Max("status_changes__recorded_at"), worded))
        return Commitment.objects.published().annotate(changed=changed).order_by("pk")

    def lastmod(self, item: Any) -> dt.datetime | None:
        changed: dt.datetime | None = item.changed
        return changed


class Releases(_Part):
    def items(self) -> QuerySet[Any]:
        return showing.now().releases().standing().only("pk").order_by("pk")


SITEMAPS = {"pages": Pages, "commitments": Commitments, "releases": Releases}
