"""A worker's hand in simulated time: it does what the tasks do, and nothing of it is replaced but the clock.

Reads a line of JSON at a time, `{"at": SECONDS, "do": NAME, …}`, and answers each with a line of JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

import django
import time_machine


def due(now: dt.datetime) -> dict[str, Any]:
    """What the tick would ring for, and when there is something to do next."""
    from django.db.models import Min

    from tracker import rechecking
    from tracker.models import Recheck, Source
    from tracker.schedule import host_by_host

    waiting = list(rechecking.due(now).values_list("pk", flat=True))
    moments = [
        Source.objects.watched().aggregate(Min("next_due_at"))["next_due_at__min"],
        Recheck.objects.filter(release__recheck_until__gte=now.date()).aggregate(Min("next_at"))["next_at__min"],
    ]
    return {
        "sources": host_by_host(Source.objects.due(now).values_list("pk", "url")),
        "rechecks": len(waiting),
        "next": min((moment.timestamp() for moment in moments if moment), default=None),
    }


def add(publishers: list[dict[str, Any]], now: dt.datetime) -> dict[str, Any]:
    from tracker.models import Source

    for one in publishers:
        slug = f"publisher-{one['number']}"
        Source.objects.create(slug=slug, name=slug, kind=one["kind"], url=one["url"], next_due_at=now)
    return {}


def rely_on(codes: list[str], until: str) -> dict[str, Any]:
    """Ask for releases to be looked at again, as the record does for its evidence. Returns those that are there."""
    from tracker.models import Release

    found = []
    for code in codes:
        for release in Release.objects.filter(revisions__text__contains=f"Reference {code}.").distinct():
            release.recheck_until = dt.date.fromisoformat(until)
            release.save(update_fields=["recheck_until"])
            found.append(code)
    return {"found": found}


def kept() -> dict[str, Any]:
    """All that the watch holds."""
    from tracker.models import Poll, Release, Source

    releases = [
        {
            "revisions": [
                {"title": one.title, "text": one.text, "silent": one.silent, "at": one.seen_at.timestamp()}
                for one in release.revisions.order_by("number")
            ],
            "sources": sorted(here.source.slug for here in release.appearances.all()),
        }
        for release in Release.objects.prefetch_related("appearances__source").order_by("pk")
    ]
    sources = {one.slug: {"state": one.state, "url": one.url} for one in Source.objects.all()}
    faults = Poll.objects.filter(detail__contains="The watch itself failed").values_list("detail", flat=True)
    return {"releases": releases, "sources": sources, "polls": Poll.objects.count(), "faults": list(faults)}


def do(order: dict[str, Any], now: dt.datetime) -> Any:
    from tracker import tasks

    match order["do"]:
        case "add":
            return add(order["publishers"], now)
        case "due":
            return due(now)
        case "poll":
            tasks.poll_source(order["pk"])
        case "recheck":
            tasks.recheck_due()
        case "prune":
            tasks.prune()
        case "rely on":
            return rely_on(order["codes"], order["until"])
        case "kept":
            return kept()
    return {}


def main() -> None:
    django.setup()
    for line in sys.stdin:
        order = json.loads(line)
        now = dt.datetime.fromtimestamp(order["at"], dt.UTC)
        with time_machine.travel(now, tick=True):
            answer = do(order, now)
        print(json.dumps(answer), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
