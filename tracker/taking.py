"""What a source has announced becomes part of the record: asked for in whole where need be, then ingested."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import QuerySet
from django.utils import timezone

from tracker import archive
from tracker.announcing import entry_of, identity_of
from tracker.asking import FORBIDDEN_STATUSES, Asker, Spent
from tracker.attachments import NO_FILES, Files, known_files, read_files
from tracker.fetching.errors import FetchError, FetchFailed, FetchPostponed, FetchRefused
from tracker.ingest import Ingested, Proof, Seen, ingest
from tracker.leases import LeaseLost
from tracker.looking import storable
from tracker.models import PendingEntry, Source
from tracker.revisions import text_hash
from tracker.sources import Entry, NotUnderstood, Vanished, kind_of

log = logging.getLogger(__name__)

#: After the first failure an item is tried at the next poll, after the second when an hour has passed, and so on.
WAITS = (dt.timedelta(0), dt.timedelta(hours=1), dt.timedelta(hours=4), dt.timedelta(hours=12), dt.timedelta(days=1))
#: A text that could not be had so often is stored as the source itself shows it.
MAX_TRIES = 5
SHOWN = 3


@dataclass
class Taken:
    """What came of the items of a poll. The lists hold a few words on each item."""

    items: int = 0
    new_releases: int = 0
    new_revisions: int = 0
    vanished: int = 0
    extracts: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    older: int = 0
    waiting: int = 0
    why_waiting: str = ""

    def add(self, more: Taken) -> None:
        """Take over what came of some of the same items."""
        self.new_releases += more.new_releases
        self.new_revisions += more.new_revisions
        self.vanished += more.vanished
        self.extracts += more.extracts
        self.unread += more.unread
        self.failed += more.failed
        self.older += more.older
        self.waiting += more.waiting
        self.why_waiting = more.why_waiting or self.why_waiting

    def sentences(self) -> list[str]:
        said = []
        if self.failed:
            said.append(
                f"{_of(self.failed, self.items)} could not be stored and will be tried again: {_some(self.failed)}."
            )
        if self.unread:
            said.append(
                f"{_of(self.unread, self.items)} could not be read in whole and will be tried again: "
                f"{_some(self.unread)}."
            )
        if self.extracts:
            said.append(
                f"{_of(self.extracts, self.items)} could not be read in whole and {_are(self.extracts)} kept as "
                f"shown in the source: {_some(self.extracts)}."
            )
        if self.vanished:
            said.append(f"{self.vanished} of {self.items} items are no longer at their address.")
        if self.waiting:
            said.append(f"{self.waiting} of {self.items} items wait for the next poll: {self.why_waiting}")
        return said


def take_in(
    source: Source,
    waiting: Sequence[int],
    asker: Asker,
    now: dt.datetime,
    keys: frozenset[str],
    before_each: Callable[[], None] = lambda: None,
    not_before: dt.date | None = None,
) -> Taken:
    """Take in the rows of PendingEntry with the primary keys `waiting`, in that order, as far as `asker` reaches.

    Each is stored by itself: one that cannot be does not keep the others out, and what was stored stays stored.
    `keys` identify what the source carries now. What turns out to have been published before the day
    `not_before` is left.
    """
    taken = Taken(items=len(waiting))
    for number, pk in enumerate(waiting):
        # What a feed shows of its items is stored at once, however little is left for their pages.
        if source.kind != Source.Kind.FEED and (why := asker.budget.why_late()):
            taken.waiting += len(waiting) - number
            taken.why_waiting = why
            break
        before_each()
        row = PendingEntry.objects.select_related("snapshot").filter(pk=pk).first()
        if row is not None:  # another process may have been faster
            _take_in(source, row, asker, now, keys, taken, not_before)
    return taken


def _take_in(
    source: Source,
    row: PendingEntry,
    asker: Asker,
    now: dt.datetime,
    keys: frozenset[str],
    taken: Taken,
    not_before: dt.date | None,
) -> None:
    entry = entry_of(row)
    try:
        brought = _ingest(source, row, entry, asker, now, keys, taken, not_before)
    except (FetchError, NotUnderstood) as error:
        if isinstance(error, Spent | FetchPostponed) or asker.stay_away is not None:
            taken.waiting += 1
            taken.why_waiting = str(error)
            _rows(row).update(next_try_at=now + (asker.stay_away or dt.timedelta(0)))
            return
        taken.unread.append(f"“{entry.title}” ({_clause(error)})")
        _try_later(row, now, str(error))
    except LeaseLost:
        raise
    except Exception as error:  # an item that trips us up must not stop the others, nor be forgotten
        log.exception("%s: an item could not be stored: %s", source, entry.title)
        taken.failed.append(f"“{entry.title}” ({type(error).__name__})")
        _try_later(row, now, f"The watch itself failed on this: {type(error).__name__}: {error}.")
    else:
        _rows(row).delete()
        if brought is None:
            taken.older += 1
            return
        taken.new_releases += brought.release_is_new
        taken.new_revisions += brought.revision is not None and not brought.release_is_new


def _store_meanwhile(
    source: Source,
    row: PendingEntry,
    entry: Entry,
    now: dt.datetime,
    keys: frozenset[str],
    taken: Taken,
    not_before: dt.date | None,
) -> None:
    """Store what a feed itself shows of an item whose page is still to be asked for, so that nobody waits for that."""
    if source.kind != Source.Kind.FEED or row.is_stored or (not_before and _is_before(not_before, entry.published_at)):
        return
    brought = ingest(source, entry, identity_of(row, entry), Proof(row.snapshot), now, keys, stub_hash=row.stub_hash)
    _rows(row).update(is_stored=True)
    taken.new_releases += brought.release_is_new
    taken.new_revisions += brought.revision is not None and not brought.release_is_new


def _ingest(
    source: Source,
    row: PendingEntry,
    announced: Entry,
    asker: Asker,
    now: dt.datetime,
    keys: frozenset[str],
    taken: Taken,
    not_before: dt.date | None,
) -> Ingested | None:
    """Raises FetchError or NotUnderstood where the whole is to be asked for again."""
    entry, seen, proof = announced, Seen.IN_THE_SOURCE, Proof(row.snapshot)
    if source.kind == Source.Kind.PAGE:
        seen = Seen.AT_ITS_ADDRESS
    elif not announced.complete:
        asker.forget()
        try:
            entry = whole(source, announced, asker)
            seen = Seen.AT_ITS_ADDRESS
            if not _is_known(source, row, entry):
                proof = proof_of(asker, now) or proof
        except Vanished as gone:
            if _may_still_appear(source, row, asker):
                _store_meanwhile(source, row, announced, now, keys, taken, not_before)
                raise FetchFailed(str(gone)) from gone
            seen = Seen.NOT_AT_ITS_ADDRESS
            taken.vanished += 1
        except (FetchError, NotUnderstood) as error:
            comes_later = isinstance(error, Spent | FetchPostponed) or asker.stay_away is not None
            if comes_later or not _is_final(error, asker, row):
                _store_meanwhile(source, row, announced, now, keys, taken, not_before)
                raise
            taken.extracts.append(f"“{announced.title}” ({_clause(error)})")
    if not_before and _is_before(not_before, entry.published_at, announced.updated_at):
        return None
    if entry.complete:
        proof = replace(proof, files=_files(source, row, entry, asker, now))
    return ingest(
        source,
        entry,
        identity_of(row, entry),
        proof,
        now,
        keys,
        stub_hash="" if announced.complete else row.stub_hash,
        seen=seen,
    )


def _may_still_appear(source: Source, row: PendingEntry, asker: Asker) -> bool:
    """Feeds announce pages a little before these are there."""
    return source.kind == Source.Kind.FEED and asker.last_status == 404 and row.tries + 1 < MAX_TRIES


def _files(source: Source, row: PendingEntry, entry: Entry, asker: Asker, now: dt.datetime) -> Files:
    """A document whose files cannot be had waits for the next poll, but for no longer."""
    if not entry.attachments:
        return NO_FILES
    known = known_files(source.appearances.filter(key=row.key).first())
    return read_files(entry, asker, known, now, insist=row.tries == 0)


def _is_before(day: dt.date, *moments: dt.datetime | None) -> bool:
    """Whether something is dated, and only before `day`."""
    dates = [timezone.localdate(moment) for moment in moments if moment]
    return bool(dates) and max(dates) < day


def _is_known(source: Source, row: PendingEntry, entry: Entry) -> bool:
    told = text_hash(entry.title, entry.text)
    return source.appearances.filter(key=row.key, text_hash=told).exists()


def whole(source: Source, entry: Entry, asker: Asker) -> Entry:
    """The whole of what `entry` names. Raises FetchError, NotUnderstood or Vanished."""
    return storable(replace(kind_of(source.kind).complete(source, entry, asker), complete=True))


def proof_of(asker: Asker, now: dt.datetime) -> Proof | None:
    """The answers since the last `forget`, archived."""
    kept = [archive.keep(answer, now) for answer in asker.answers]
    return Proof(kept[0], tuple(kept[1:])) if kept else None


def _is_final(error: Exception, asker: Asker, row: PendingEntry) -> bool:
    """Whether asking again would bring nothing better."""
    if isinstance(error, FetchRefused | NotUnderstood) or asker.last_status in FORBIDDEN_STATUSES:
        return True
    return row.tries + 1 >= MAX_TRIES


def _try_later(row: PendingEntry, now: dt.datetime, problem: str) -> None:
    next_try_at = now + WAITS[min(row.tries, len(WAITS) - 1)]
    _rows(row).update(next_try_at=next_try_at, tries=row.tries + 1, problem=problem)


def _rows(row: PendingEntry) -> QuerySet[PendingEntry]:
    """`row`, unless it is gone: a poll that outstayed its lease may find it taken in by another."""
    return PendingEntry.objects.filter(pk=row.pk)


def _of(some: list[str], items: int) -> str:
    return f"{len(some)} of {items} items"


def _are(some: list[str]) -> str:
    return "is" if len(some) == 1 else "are"


def _some(some: list[str]) -> str:
    return "; ".join(some[:SHOWN])


def _clause(error: Exception) -> str:
    return str(error).rstrip(".")
