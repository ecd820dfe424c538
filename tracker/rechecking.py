"""Releases that somebody relies on are looked at again at their own address: what changed there silently is seen.

On GOV.UK a small edit reaches no feed, no search and no change note, so no poll of a source would show it.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
from dataclasses import replace

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from tracker.asking import Asker, Budget
from tracker.attachments import known_files, read_files
from tracker.fetching import FetchError
from tracker.ingest import ingest_again, missed
from tracker.leases import Lease, LeaseLost, take
from tracker.models import Appearance, Recheck, Release, Source, Voice
from tracker.schedule import next_recheck
from tracker.sources import READ_OTHERWISE, Entry, KindNotAvailable, NotUnderstood, Vanished
from tracker.taking import proof_of, whole

log = logging.getLogger(__name__)

#: What one look may ask for: a document and what belongs to it.
MAX_REQUESTS = 30
MAX_SECONDS = 60.0
#: At one time, so that a poll that is due need not wait long for its turn at the same host.
MOST_AT_A_TIME = 50
LONGEST_ROUND_SECONDS = 120.0


def due(now: dt.datetime) -> QuerySet[Release]:
    """Releases that are to be looked at again and whose time has come, longest waiting first."""
    free = Q(recheck__leased_until=None) | Q(recheck__leased_until__lt=now)
    waited = Q(recheck=None) | (Q(recheck__next_at__lte=now) & free)
    wanted = Release.objects.filter(waited, recheck_until__gte=timezone.localdate(now))
    return wanted.order_by(F("recheck__next_at").asc(nulls_first=True), "pk")


def recheck_due(now: dt.datetime) -> list[Recheck]:
    """Look at what is due, in this process: at most MOST_AT_A_TIME, for at most LONGEST_ROUND_SECONDS."""
    round_ = Budget(requests=MOST_AT_A_TIME, seconds=LONGEST_ROUND_SECONDS)
    looked = []
    for release in list(due(now)[:MOST_AT_A_TIME]):
        if round_.why_spent():
            break
        if checked := recheck(release, now):
            looked.append(checked)
    return looked


def recheck(release: Release, now: dt.datetime) -> Recheck | None:
    """Look at `release` at its own address and store what changed. None if somebody else is at it, or has been."""
    row, _ = Recheck.objects.get_or_create(release=release, defaults={"next_at": now})
    lease = take(Recheck.objects.filter(pk=row.pk, next_at__lte=now), now)
    if lease is None:
        return None
    row.refresh_from_db()
    here = _place(release)
    if here and here.source.not_before and now < here.source.not_before:
        row.detail = f"{here.source} asked to be left alone until {here.source.not_before:%d %B %Y %H:%M} UTC."
        return _record(row, lease, now, here.source.not_before)
    asker = Asker(
        here.source.kind if here else "", Budget(requests=MAX_REQUESTS, seconds=MAX_SECONDS), before=lease.renew
    )
    try:
        changed = _look(here, asker, now)
    except LeaseLost as lost:
        log.warning("%s: %s", release, lost)
        return None
    except Vanished as gone:
        if here:
            missed(here, now)
        row.detail, row.failures_in_a_row = f"{gone}", 0
        row.unchanged_in_a_row += 1
    except (FetchError, NotUnderstood, KindNotAvailable) as error:
        row.detail = str(error)
        row.failures_in_a_row += 1
    except Exception as error:  # one that trips us up must wait its turn, and not be the first for ever
        log.exception("%s could not be looked at again by a fault of ours", release)
        row.detail = f"The watch itself failed on this release: {type(error).__name__}: {error}."
        row.failures_in_a_row += 1
    else:
        row.failures_in_a_row = 0
        row.unchanged_in_a_row = 0 if changed else row.unchanged_in_a_row + 1
        row.detail = changed or "Unchanged."
    next_at = next_recheck(now, row.unchanged_in_a_row, row.failures_in_a_row, random.random())  # noqa: S311
    row.last_at = now
    return _record(row, lease, now, max(next_at, now + (asker.stay_away or dt.timedelta(0))))


def _place(release: Release) -> Appearance | None:
    """Where to look: at the publisher's own, with an address, and rather where only extracts come from.

    Not for a source that staff have paused.
    """
    places = [
        here
        for here in release.appearances.select_related("source")
        if here.url
        and here.source.state != Source.State.PAUSED
        and not (here.source.kind == Source.Kind.DESK and here.guid)  # its address is only what staff were told
        and (here.url_key or here.source.kind not in READ_OTHERWISE)  # a page of its own
    ]
    return min(
        places,
        key=lambda here: (
            here.source.voice != Voice.OFFICIAL,
            here.url != release.url,
            here.source.kind in READ_OTHERWISE and not here.stub_hash,
            here.first_seen_at,
        ),
        default=None,
    )


def _look(here: Appearance | None, asker: Asker, now: dt.datetime) -> str:
    """What has changed, as a sentence; empty if nothing has."""
    if here is None:
        raise NotUnderstood("It has no address to look at, or the source that knows it is paused.")
    told = Entry(
        guid=here.guid,
        url=here.url,
        title=here.title,
        text="",
        published_at=here.release.published_at if here.release.published_is_known else None,
        complete=False,
    )
    entry = whole(here.source, told, asker)
    proof = proof_of(asker, now)
    if proof is None:
        raise NotUnderstood("No answer came that could be kept as a proof.")
    read_as_before = bool(here.stub_hash) or here.source.kind not in READ_OTHERWISE
    if read_as_before:
        proof = replace(proof, files=read_files(entry, asker, known_files(here), now, insist=False))
    revision = ingest_again(here, entry, proof, now, read_as_before=read_as_before).revision
    if revision is None:
        return ""
    return f"Changed: revision {revision.number}{' was edited without a note' if revision.silent else ''}."


def _record(row: Recheck, lease: Lease, now: dt.datetime, next_at: dt.datetime) -> Recheck | None:
    """Write down how it went, unless the lease has passed to somebody else meanwhile."""
    row.next_at = next_at
    told = ("next_at", "last_at", "detail", "unchanged_in_a_row", "failures_in_a_row")
    ours = Recheck.objects.filter(pk=row.pk, lease_token=lease.token)
    if not ours.update(leased_until=None, lease_token=None, **{name: getattr(row, name) for name in told}):
        log.warning("%s: looking at it again took longer than its lease and is not recorded", row.release)
        return None
    row.refresh_from_db()
    return row
