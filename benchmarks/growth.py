"""What years of use take in the database and in the archive: rows and bytes by table, before and after pruning.

Fills an empty database (SQLite in a folder of its own, or the one of DATABASE_URL) with so many years: commitments,
releases with four passages each of which a third is accepted, the pages as received, polls of each source, digests.
Evidence is accepted through the same door as staff's, so that the audit and the trail of decisions grow as they do.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

import django

#: Of a page as received: the text amid what every page of a site repeats.
PAGE_BYTES = 40_000
DIGEST_TEXT, DIGEST_HTML = 1_500, 9_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--years", type=int, default=3, help="years to fill (default 3)")
    parser.add_argument("--commitments", type=int, default=500, help="on record (default 500)")
    parser.add_argument("--releases", type=int, default=2_000, help="a year (default 2,000)")
    parser.add_argument("--sources", type=int, default=8, help="watched (default 8; no more are made)")
    parser.add_argument("--polls", type=int, default=24, help="of each source a day (default 24)")
    parser.add_argument("--subscribers", type=int, default=200, help="each with a digest a week (default 200)")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        django.setup()
        _fill(asked)
        _print("As it grew", asked.years)
        pruned = _prune()
        _print(f"After pruning ({pruned})", asked.years)
        size = sum(path.stat().st_size for path in (Path(folder) / "archive").rglob("*") if path.is_file())
        print(f"\nArchive: {size / 1e6:,.1f} MB, {size / 1e6 / asked.years:,.1f} MB a year")
    return 0


def _fill(asked: argparse.Namespace) -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from benchmarks import queue_record
    from commitments.decisions import Deed, accept_many
    from commitments.models import Evidence

    call_command("migrate", verbosity=0)
    queue_record.fill(asked.commitments, asked.releases * asked.years * queue_record.A_RELEASE)
    user = User.objects.create_user("editor")
    accept_many(Evidence.objects.suggested().filter(score__gte=0.78), Deed(user), 0, lambda: False)
    _pages()
    _polls(asked)
    _digests(asked)


def _pages() -> None:
    """The page of each release, as received: in the archive as the watch keeps it."""
    from tracker import archive
    from tracker.fetching.response import Response
    from tracker.models import Revision

    chance = random.Random(5)
    frame = " ".join(f"<li><a href='/{chance.getrandbits(64):x}'>{chance.getrandbits(48):x}</a>" for _ in range(600))
    for revision in Revision.objects.select_related("release", "snapshot").iterator(chunk_size=200):
        body = f"<html><nav>{frame}</nav><main>{revision.text}</main></html>".encode()[:PAGE_BYTES]
        answer = Response(200, revision.release.url, revision.release.url, {"Content-Type": "text/html"}, body, "")
        kept = archive.keep(answer, revision.seen_at)
        Revision.objects.filter(pk=revision.pk).update(snapshot=kept)


def _polls(asked: argparse.Namespace) -> None:
    from django.utils import timezone

    from tracker.models import Poll, Source

    now = timezone.now()
    every = dt.timedelta(days=1) / asked.polls
    for source in Source.objects.all()[: asked.sources]:
        times = (now - every * number for number in range(365 * asked.years * asked.polls))
        rows = (Poll(source=source, started_at=at, finished_at=at, outcome="not_modified") for at in times)
        Poll.objects.bulk_create(rows, batch_size=2_000)


def _digests(asked: argparse.Namespace) -> None:
    from django.utils import timezone

    from commitments.models import Digest, Subscriber, Subscription

    now = timezone.now()
    readers = Subscriber.objects.bulk_create(
        Subscriber(email=f"reader{number}@example.org", state="confirmed", confirmed_at=now)
        for number in range(asked.subscribers)
    )
    Subscription.objects.bulk_create(Subscription(subscriber=reader, scope="all") for reader in readers)
    Digest.objects.bulk_create(
        (
            Digest(
                subscriber=reader,
                date=now.date() - dt.timedelta(weeks=week),
                window_after=now - dt.timedelta(weeks=week + 1),
                window_until=now - dt.timedelta(weeks=week),
                moment=now - dt.timedelta(weeks=week),
                state=Digest.State.SENT,
                sent_at=now,
                subject="3 commitments overdue",
                message_id=f"<{week}-{reader.pk}@example.org>",
                text="x" * DIGEST_TEXT,
                html="x" * DIGEST_HTML,
            )
            for week in range(52 * asked.years)
            for reader in readers
        ),
        batch_size=500,
    )


def _prune() -> str:
    from django.utils import timezone

    from tracker.retention import Rules, prune

    done = prune(timezone.now(), Rules.from_settings())
    return f"{done.polls:,} polls and {done.snapshots:,} snapshots went"


def _print(title: str, years: int) -> None:
    sizes = _sizes()
    whole = sum(size for _, size in sizes.values())
    print(f"\n{title}: {whole / 1e6:,.1f} MB in {years} years, {whole / 1e6 / years:,.1f} MB a year")
    for table, (rows, size) in sorted(sizes.items(), key=lambda one: -one[1][1]):
        if size > whole / 200:
            print(f"  {table:40} {rows:>10,} rows {size / 1e6:>9,.1f} MB {size / max(rows, 1):>8,.0f} bytes a row")


def _sizes() -> dict[str, tuple[int, int]]:
    """Rows and bytes of each table with its indexes."""
    from django.db import connection

    tables = [name for name in connection.introspection.table_names() if "_" in name]
    found: dict[str, tuple[int, int]] = {}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute(
                "SELECT m.tbl_name, SUM(d.pgsize) FROM dbstat d JOIN sqlite_master m ON m.name = d.name GROUP BY 1"
            )
            bytes_of: dict[str, Any] = dict(cursor.fetchall())
        else:
            cursor.execute("SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r'")
            bytes_of = dict(cursor.fetchall())
        for table in tables:
            cursor.execute(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608 (names of our own tables)
            found[table] = (cursor.fetchone()[0], int(bytes_of.get(table) or 0))
    return found


if __name__ == "__main__":
    sys.exit(main())
