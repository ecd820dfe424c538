"""Where the watch looks, and how well it sees."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tracker.health import Health, health
from tracker.models import Source


@dataclass(frozen=True)
class Watched:
    source: Source
    health: Health


@dataclass(frozen=True)
class SourcesPage:
    watched: list[Watched]


def sources_page(now: dt.datetime) -> SourcesPage:
    return SourcesPage(
        watched=[Watched(source, health(source, now)) for source in Source.objects.order_by("name")],
    )
