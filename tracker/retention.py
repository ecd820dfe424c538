"""What is kept, and for how long. Revisions, and with them releases, are kept for ever; this is about the rest.

Polls go after a while, but for the last of each source. So do snapshots that nothing cites. If the settings say
so, the bytes of old snapshots are given up too, and their hashes, addresses and headers kept; never those of a
release that is pinned or still looked at again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from tracker import archive
from tracker.archive.storage import storage
from tracker.archive.verification import strays
from tracker.models import Attachment, PendingEntry, Poll, Release, Revision, Snapshot, SnapshotQuerySet, Source, Tick

#: What was kept in this time may be about to be cited.
GRACE = dt.timedelta(days=1)
EVERY = dt.timedelta(hours=23)
TICK = "prune"
_ROWS_AT_ONCE = 2000


@dataclass(frozen=True)
class Rules:
    """For how many days. No days is for ever, but for `uncited_days`, which is at least a day."""

    polls_days: int = 90
    polls_per_source: int = 100
    uncited_days: int = 7
    bytes_days: int = 0

    @classmethod
    def from_settings(cls) -> Rules:
        return cls(
            polls_days=settings.POLLS_KEPT_DAYS,
            polls_per_source=settings.POLLS_KEPT_PER_SOURCE,
            uncited_days=settings.SNAPSHOTS_UNCITED_KEPT_DAYS,
            bytes_days=settings.SNAPSHOTS_KEPT_DAYS,
        )


@dataclass(frozen=True)
class Pruned:
    """How many of each went. `discarded` are snapshots of which only the bytes did."""

    polls: int
    snapshots: int
    discarded: int
    strays: int


def prune(now: dt.datetime, rules: Rules, *, dry_run: bool = False) -> Pruned:
    """Remove what is past its time, a little at once, so that nobody waits long. A dry run changes nothing."""
    if not dry_run:
        return _pruned(now, rules, dry_run=False)
    with transaction.atomic():
        pruned = _pruned(now, rules, dry_run=True)
        transaction.set_rollback(True)
    return pruned


def prune_if_due(now: dt.datetime) -> Pruned | None:
    """What the schedule calls, as often as it likes: prunes once a day, also when several call at once."""
    tick, first = Tick.objects.get_or_create(name=TICK, defaults={"last_at": now})
    mine = first or Tick.objects.filter(pk=tick.pk, last_at__lte=now - EVERY).update(last_at=now)
    return prune(now, Rules.from_settings()) if mine else None


def _pruned(now: dt.datetime, rules: Rules, *, dry_run: bool) -> Pruned:
    return Pruned(
        polls=_prune_polls(now, rules),
        snapshots=_prune_uncited(now, rules),
        discarded=_discard_bytes(now, rules),
        strays=_remove_strays(now, dry_run=dry_run),
    )


def _prune_polls(now: dt.datetime, rules: Rules) -> int:
    if not rules.polls_days:
        return 0
    gone = 0
    for source in Source.objects.values_list("pk", flat=True):
        polls = Poll.objects.filter(source=source)
        kept = list(polls.order_by("-started_at", "-pk").values_list("pk", flat=True)[: rules.polls_per_source])
        old = polls.filter(started_at__lt=now - dt.timedelta(days=rules.polls_days)).exclude(pk__in=kept)
        while batch := list(old.order_by("pk").values_list("pk", flat=True)[:_ROWS_AT_ONCE]):
            Poll.objects.filter(pk__in=batch).delete()
            gone += len(batch)
    return gone


def _prune_uncited(now: dt.datetime, rules: Rules) -> int:
    before = now - max(GRACE, dt.timedelta(days=rules.uncited_days))
    gone = 0
    while True:  # what was a base until now may be unused thereafter
        uncited = _last_kept_before(before).unused().order_by("pk")
        removed = archive.remove_unused(list(uncited.values_list("pk", flat=True)[:_ROWS_AT_ONCE]))
        if not removed:
            return gone
        gone += removed


def _discard_bytes(now: dt.datetime, rules: Rules) -> int:
    if not rules.bytes_days:
        return 0
    before = now - max(GRACE, dt.timedelta(days=rules.bytes_days))
    old = _last_kept_before(before).filter(discarded_at=None)
    old = old.exclude(pk__in=_of_releases_relied_upon(now)).exclude(pk__in=PendingEntry.objects.values("snapshot"))
    gone = 0
    # Differences first: what they differ from can only go after them.
    for differences in (True, False):
        last = 0
        some = old.filter(base__isnull=not differences).order_by("pk")
        while batch := list(some.filter(pk__gt=last).values_list("pk", flat=True)[:_ROWS_AT_ONCE]):
            gone += archive.discard(batch, now)
            last = batch[-1]
    return gone


def _last_kept_before(moment: dt.datetime) -> SnapshotQuerySet:
    return Snapshot.objects.filter(Q(last_kept_at__lt=moment) | Q(last_kept_at=None), fetched_at__lt=moment)


def _of_releases_relied_upon(now: dt.datetime) -> QuerySet[Snapshot]:
    relied_upon = Release.objects.filter(Q(pinned=True) | Q(recheck_until__gte=now.date()))
    revisions = Revision.objects.filter(release__in=relied_upon)
    return Snapshot.objects.filter(
        Q(pk__in=revisions.values("snapshot"))
        | Q(pk__in=Revision.also_from.through.objects.filter(revision__in=revisions).values("snapshot"))
        | Q(pk__in=Attachment.objects.filter(revision__in=revisions, snapshot__isnull=False).values("snapshot"))
    )


def _remove_strays(now: dt.datetime, *, dry_run: bool) -> int:
    removed = 0
    for path in list(strays(now)):
        if not dry_run:
            storage().delete(path)
        removed += 1
    return removed
