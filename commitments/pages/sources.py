"""Where the watch looks, and how well it sees."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tracker.health import Health, health_of
from tracker.models import Source


@dataclass(frozen=True)
class Watched:
    source: Source
    health: Health


@dataclass(frozen=True)
class SourcesPage:
    watched: list[Watched]


def sources_page(now: dt.datetime) -> SourcesPage:
    """All sources, in a constant number of queries."""
    sources = list(Source.objects.order_by("name"))
    states = health_of(sources, now)
    return SourcesPage(watched=[Watched(source, states[source.pk]) for source in sources])
