"""The past of a source: its paging walked back to a day, and what it held taken into the record, oldest first.

First all pages are read, newest first as they come, and what they announce is kept; then it is taken in from the
oldest on. Both can be broken off anywhere and are taken up again where they were.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from tracker import archive
from tracker.announcing import announce
from tracker.asking import Asker, Budget
from tracker.fetching import FetchError
from tracker.leases import Lease, LeaseLost, take
from tracker.looking import (
    BrokenOff,
    Page,
    address_after,
    ask,
    page_of,
    pages_after,
    pages_from,
    read,
    status_sentence,
)
from tracker.models import Backfill, PendingEntry, Source
from tracker.sources import Entry, KindNotAvailable, NotUnderstood, SourceEnded, Vanished
from tracker.taking import Taken, take_in, whole

#: A site whose paging has no end is left here; another run goes on from there.
MOST_PAGES = 2000
#: How often in a row a host may be busy with others before the walk is broken off.
MOST_POSTPONEMENTS = 10
#: What one item may ask for: a document and what belongs to it.
REQUESTS_FOR_AN_ITEM = 30

RUN_AGAIN = "Run it again to go on from there."


class BackfillDeclined(Exception):
    """The walk was not begun, and `str(error)` says why."""


@dataclass
class Progress:
    """What a walk has found so far. Of its pages, `found` counts the items that were news and `known` the others.

    `oldest` is the earliest date on the pages that were read, in the site's time zone. `remaining` items are
    still to be taken in. `finished` when the walk has come back to its day, or to the end of what the source
    offers, and everything was tried. `sentences` say what else is to be known.
    """

    since: dt.date
    pages: int = 0
    found: int = 0
    known: int = 0
    new_releases: int = 0
    new_revisions: int = 0
    older: int = 0
    remaining: int = 0
    oldest: dt.date | None = None
    finished: bool = False
    sentences: list[str] = field(default_factory=list)


def backfill(
    source: Source, since: dt.date, now: dt.datetime, tell: Callable[[Progress], None] = lambda progress: None
) -> Progress:
    """Walk back through the pages of `source` to `since` and take in what they held, oldest first.

    A walk that was broken off is taken up again. `tell` hears how it goes after each page and item. Raises
    BackfillDeclined where it cannot be begun.
    """
    walk = _begin(source, since, now)
    lease = take(Backfill.objects.filter(pk=walk.pk), now)
    if lease is None:
        raise BackfillDeclined(
            f"{source} is being walked back by another process, or was until a moment ago. "
            f"If that was broken off, it can be taken up again within {_minutes()} minutes."
        )
    progress = Progress(walk.since, pages=walk.pages)
    if walk.since != since:
        progress.sentences.append(f"A walk back to {walk.since} had been begun and is finished first.")
    try:
        if walk.walked or _walk(walk, lease, progress, tell):
            _take_in_all(walk, lease, progress, tell)
    except LeaseLost as lost:
        raise BackfillDeclined(str(lost)) from lost
    finally:
        lease.release()
    return progress


def _begin(source: Source, since: dt.date, now: dt.datetime) -> Backfill:
    """The walk to take up, or a new one. One that was to go less far back is begun again to go to `since`."""
    if source.not_before and now < source.not_before:
        raise BackfillDeclined(f"{source} asked to be left alone until {source.not_before:%d %B %Y %H:%M} UTC.")
    walk, is_new = Backfill.objects.get_or_create(
        source=source, finished_at=None, defaults={"since": since, "started_at": now}
    )
    if not is_new and since < walk.since:
        # From the first page again, for what was too old on the pages that were read; what was found is kept.
        walk.since, walk.walked, walk.pages, walk.next_url = since, False, 0, ""
        walk.save(update_fields=["since", "walked", "pages", "next_url"])
    return walk


def _walk(walk: Backfill, lease: Lease, progress: Progress, tell: Callable[[Progress], None]) -> bool:
    """Read the pages and keep what they announce. Whether the walk has come to its end."""
    asker = Asker(walk.source.kind, _unbounded(MOST_PAGES), lease.renew, most_postponements=MOST_POSTPONEMENTS)
    for found in _pages(walk, asker, lease.began):
        if isinstance(found, BrokenOff):
            progress.sentences.append(found.why)
            if not found.next_url:
                break
            walk.next_url = found.next_url
            walk.save(update_fields=["next_url"])
            progress.sentences.append(RUN_AGAIN)
            _stay_away(walk.source, asker, lease.began)
            return False
        reached = _keep(walk, found, progress, lease.now())
        walk.pages = progress.pages = found.number
        following = address_after(walk.source, found)
        walk.next_url = following if isinstance(following, str) else ""
        walk.save(update_fields=["pages", "next_url"])
        tell(progress)
        if reached or _probe(walk.source, found, asker) < walk.since:
            break
    else:
        progress.sentences.append(
            "The source offers no page after its first: what it holds now is all that can be had."
            if progress.pages <= 1
            else f"The source ends with page {progress.pages}."
        )
    walk.walked = True
    walk.save(update_fields=["walked"])
    return True


def _pages(walk: Backfill, asker: Asker, now: dt.datetime) -> Iterator[Page | BrokenOff]:
    source = walk.source
    if walk.pages:
        yield from pages_from(source, walk.next_url, walk.pages + 1, asker, now, MOST_PAGES, to_the_end=True)
        return
    try:
        response = ask(source, asker)
        if response.status != 200:
            _stay_away(source, asker, now)
            raise BackfillDeclined(status_sentence(response.status))
        entries = read(source, response)
    except (FetchError, NotUnderstood, SourceEnded, KindNotAvailable) as error:
        raise BackfillDeclined(str(error)) from error
    if not entries:
        raise BackfillDeclined("It holds no items.")
    first = page_of(source, response, entries, 1, now)
    yield first
    yield from pages_after(source, first, asker, now, MOST_PAGES - 1, to_the_end=True)


def _keep(walk: Backfill, page: Page, progress: Progress, now: dt.datetime) -> bool:
    """Keep what `page` announces from the day on. Whether all that it dates is older."""
    dates = [date for entry in page.entries if (date := _date(entry))]
    progress.oldest = min([*dates, *([progress.oldest] if progress.oldest else [])], default=None)
    wanted = [(entry, found) for entry, found in page.unseen if (_date(entry) or walk.since) >= walk.since]
    progress.older += len(page.unseen) - len(wanted)
    progress.known += len(page.entries) - len(page.unseen)
    progress.found += len(wanted)
    if page.left_out:
        progress.sentences.append(
            f"Page {page.number} holds more than {len(page.entries)} items, and only these were read."
        )
    if wanted:
        announce(walk.source, wanted, archive.keep(page.response, now), walk.started_at, walk)
    return bool(dates) and max(dates) < walk.since


def _probe(source: Source, page: Page, asker: Asker) -> dt.date:
    """The date of the last item of a page that dates none, by asking for it; today's if it cannot be had."""
    if any(map(_date, page.entries)) or page.entries[-1].complete:
        return dt.date.max
    try:
        return _date(whole(source, page.entries[-1], asker)) or dt.date.max
    except (FetchError, NotUnderstood, Vanished):  # it will be tried again when it is taken in
        return dt.date.max


def _take_in_all(walk: Backfill, lease: Lease, progress: Progress, tell: Callable[[Progress], None]) -> None:
    rows = PendingEntry.objects.filter(backfill=walk)
    oldest_first = list(rows.order_by(F("published_at").asc(nulls_last=True), "-pk").values_list("pk", flat=True))
    keys = frozenset(rows.values_list("key", flat=True))
    progress.remaining = len(oldest_first)
    whole_of_it = Taken(items=len(oldest_first))
    for pk in oldest_first:
        asker = Asker(
            walk.source.kind, _unbounded(REQUESTS_FOR_AN_ITEM), lease.renew, most_postponements=MOST_POSTPONEMENTS
        )
        lease.renew()
        taken = take_in(walk.source, [pk], asker, lease.now(), keys, not_before=walk.since)
        whole_of_it.add(taken)
        progress.new_releases, progress.new_revisions = whole_of_it.new_releases, whole_of_it.new_revisions
        progress.older += taken.older
        if asker.stay_away is not None:
            progress.sentences += [*whole_of_it.sentences(), RUN_AGAIN]
            _stay_away(walk.source, asker, lease.now())
            return
        progress.remaining -= 1
        tell(progress)
    progress.sentences += whole_of_it.sentences()
    _finish(walk, rows, lease.now())
    progress.finished = True


def _finish(walk: Backfill, left: QuerySet[PendingEntry], now: dt.datetime) -> None:
    """What could not be taken in is tried again with the polls of the source."""
    left.update(backfill=None)
    walk.finished_at = now
    walk.save(update_fields=["finished_at"])


def _date(entry: Entry) -> dt.date | None:
    """The day by which sources put `entry` in order."""
    moments = [moment for moment in (entry.published_at, entry.updated_at) if moment]
    return timezone.localdate(max(moments)) if moments else None


def _stay_away(source: Source, asker: Asker, now: dt.datetime) -> None:
    if asker.stay_away is not None:
        Source.objects.filter(pk=source.pk).update(not_before=now + asker.stay_away)


def _unbounded(requests: int) -> Budget:
    """A walk takes as long as it takes; only an endless one is stopped."""
    return Budget(requests=requests, received_bytes=10**15, seconds=float("inf"))


def _minutes() -> int:
    return -(-int(settings.POLL_LEASE.total_seconds()) // 60)
