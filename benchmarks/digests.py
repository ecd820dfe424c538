"""How long it takes to build and queue personal digests, beside a plain loop.

Fills a database, makes a row for each subscriber, and freezes the words of all, as `send_digests` does before it hands
the first mail over. Each subscriber follows a department and two commitments of their own. The plain loop reads what a
subscriber follows, renders the same templates and makes an EmailMultiAlternatives, one after the other; it is run for
a few hundred.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import resource
import sys
import tempfile
import time
from typing import Any

import django

DEPARTMENTS = 50
#: Seconds and bytes for 10,000 subscribers and 5,000 commitments; how many times as fast as the plain loop.
MARK_SECONDS, MARK_MEGABYTES, MARK_TIMES = 60.0, 300.0, 3.0
DAY = dt.date(2025, 6, 30)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.digests", description=__doc__)
    parser.add_argument("--subscribers", type=int, default=10_000)
    parser.add_argument("--commitments", type=int, default=5_000)
    parser.add_argument("--peer", type=int, default=200, help="subscribers of the plain loop (default 200)")
    parser.add_argument("--check", action="store_true", help="exit 1 if it misses a mark")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        django.setup()
        _fill(asked.commitments, asked.subscribers)
        processor = time.process_time()
        half, queries = _build(asked.subscribers // 2)
        whole, again = _build(asked.subscribers)
        processor = time.process_time() - processor
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        each = _plain_loop(asked.peer) / asked.peer
    seconds = half + whole
    times = each * asked.subscribers / seconds
    print(
        f"{asked.subscribers} digests over {asked.commitments} commitments: {seconds:.1f} s, {megabytes:.0f} MB at most"
    )
    print(f"of that {processor:.1f} s of the processor's time")
    print(f"first half {half:.1f} s and second half {whole:.1f} s; queries a batch {queries:.0f} and {again:.0f}")
    print(f"a plain loop: {1000 * each:.1f} ms each, so {times:.1f} times as long")
    missed = seconds > MARK_SECONDS or megabytes > MARK_MEGABYTES or times < MARK_TIMES
    return int(asked.check and missed)


def _fill(commitments: int, subscribers: int) -> None:
    from django.core.management import call_command

    from commitments.models import Commitment, Definition, Department, Subscriber, Subscription

    call_command("migrate", verbosity=0)
    dice = random.Random(7)
    departments = Department.objects.bulk_create(
        Department(name=f"Department {n}", slug=f"department-{n}") for n in range(DEPARTMENTS)
    )
    made = Commitment.objects.bulk_create(
        Commitment(
            reference=f"B-{n}",
            slug=f"b-{n}",
            title=f"Plant {n} trees in the parks of the county",
            made_on=dt.date(2024, 7, 5),
            department=dice.choice(departments),
        )
        for n in range(commitments)
    )
    Definition.objects.bulk_create(
        Definition(
            commitment=one,
            statement=f"{one.title}, all of them.",
            effective_from=one.made_on,
            deadline_latest=DAY + dt.timedelta(days=dice.randrange(-60, 600)),
        )
        for one in made
    )
    now = dt.datetime.now(dt.UTC)
    people = Subscriber.objects.bulk_create(
        Subscriber(email=f"p{n}@example.org", state="confirmed", confirmed_at=now) for n in range(subscribers)
    )
    Subscription.objects.bulk_create(
        (
            Subscription(subscriber=one, scope=scope)
            for one in people
            for scope in (
                f"department:{dice.choice(departments).slug}",
                *(f"commitment:{c.slug}" for c in dice.sample(made, 2)),
            )
        ),
        batch_size=1_000,
    )


def _build(count: int) -> tuple[float, float]:
    """Queue and word the digests of so many subscribers who have none yet: seconds, and queries for each batch."""
    from django.db import connection
    from django.utils import timezone

    from commitments.digests import claiming, making, wording
    from commitments.models import Digest, Subscriber

    asked = 0

    def counting(execute: Any, *query: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*query)

    waiting = Subscriber.objects.order_by("pk")[count:].values_list("pk", flat=True)
    Subscriber.objects.filter(pk__in=list(waiting)).update(paused_at=timezone.now())
    began = time.perf_counter()
    making.make_for(DAY, timezone.now())
    builder, batches = wording.Builder(timezone.now), 0
    for batch in claiming.batches(Digest.objects.filter(subject=""), timezone.now, retry_now=True):
        with connection.execute_wrapper(counting):
            builder.freeze(batch)
        asked = 0 if not batches else asked
        batches += 1
    seconds = time.perf_counter() - began
    Subscriber.objects.update(paused_at=None)
    return seconds, asked / max(1, batches - 1)


def _plain_loop(count: int) -> float:
    from django.core.mail import EmailMultiAlternatives
    from django.db.models import Q
    from django.utils import timezone

    from commitments.digests import build, record, render
    from commitments.models import Commitment, Subscriber

    began = time.perf_counter()
    now = timezone.now()
    for one in Subscriber.objects.order_by("pk")[:count]:
        department, *own = (each.scope.partition(":")[2] for each in one.subscriptions.all())
        theirs = Commitment.objects.published().filter(Q(department__slug=department) | Q(slug__in=own))
        known = record.read(now, theirs)
        content = build.content(known, frozenset(known.timelines), build.Window(DAY, None, now, now))
        words = render.render(content, one, render.subscriptions_in_words(one))
        mail = EmailMultiAlternatives(words.subject, words.text, to=[one.email])
        mail.attach_alternative(words.html, "text/html")
        mail.message()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
