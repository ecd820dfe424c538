"""What a source has announced and the record does not have yet: kept in the database until it is taken in."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction
from django.db.models import Q

from tracker.identity import Identity, canonical_address, identities
from tracker.models import Appearance, Backfill, PendingEntry, Snapshot, Source
from tracker.revisions import text_hash
from tracker.sources import READ_OTHERWISE
from tracker.sources.entry import Attached, ChangeNote, Entry, Version

Announced = tuple[Entry, Identity]


def announced_hash(entry: Entry) -> str:
    """Equal for two entries by which a source announces the same version of a document."""
    said = [canonical_address(entry.url), text_hash(entry.title, entry.text)]
    if not entry.complete:
        said.append(entry.updated_at.isoformat() if entry.updated_at else "")
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def read_as_before(source: Source, entries: Sequence[Entry], found: Sequence[Identity]) -> list[Entry]:
    """`entries`, of which those that were read from their own pages once are extracts, whatever they hold now.

    What a feed carries and what the page says differ in their words; only like is compared with like.
    """
    if source.kind not in READ_OTHERWISE:
        return list(entries)
    keys = [identity.key for identity in found]
    from_pages = source.appearances.filter(key__in=keys).exclude(stub_hash="", page_hash="")
    extracts = set(from_pages.values_list("key", flat=True))
    return [
        replace(entry, complete=entry.complete and identity.key not in extracts)
        for entry, identity in zip(entries, found, strict=True)
    ]


def not_announced_before(
    source: Source, entries: Sequence[Entry], found: Sequence[Identity], now: dt.datetime
) -> list[Announced]:
    """The entries that `source` did not carry already just so, in order. Known ones are marked as seen again."""
    keys = [identity.key for identity in found]
    known = {seen.key: seen for seen in source.appearances.filter(key__in=keys)}
    pending = dict(source.pending.filter(key__in=keys).values_list("key", "stub_hash"))
    unseen: list[Announced] = []
    again: list[int] = []
    for entry, identity in zip(entries, found, strict=True):
        seen = known.get(identity.key)
        if seen and _carried_just_so(seen, entry, identity):
            again.append(seen.pk)
        elif pending.get(identity.key) != announced_hash(entry):
            unseen.append((entry, identity))
    Appearance.objects.filter(pk__in=again).update(last_seen_at=now)
    return unseen


def _carried_just_so(seen: Appearance, entry: Entry, identity: Identity) -> bool:
    if not entry.complete:
        return seen.stub_hash == announced_hash(entry)
    return (
        seen.url_key == identity.url_key
        and seen.text_hash == text_hash(entry.title, entry.text)
        and seen.withdrawn_at == entry.withdrawn_at
        and not entry.notes
    )


@transaction.atomic
def announce(
    source: Source,
    unseen: Sequence[Announced],
    snapshot: Snapshot,
    now: dt.datetime,
    backfill: Backfill | None = None,
) -> None:
    """Keep `unseen`, which is newest first and came with `snapshot`, until it is taken in."""
    rows = {identity.key: _row(source, entry, identity, snapshot, now, backfill) for entry, identity in unseen}
    replaced = PendingEntry.objects.filter(source=source, key__in=rows)
    if backfill:  # a poll is at these already, or an earlier page of this walk had them
        for key in replaced.values_list("key", flat=True):
            del rows[key]
    else:
        replaced.delete()
    PendingEntry.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=100)


def _row(
    source: Source, entry: Entry, identity: Identity, snapshot: Snapshot, now: dt.datetime, backfill: Backfill | None
) -> PendingEntry:
    return PendingEntry(
        source=source,
        backfill=backfill,
        key=identity.key,
        stub_hash=announced_hash(entry),
        entry=json.loads(json.dumps(asdict(entry), default=dt.datetime.isoformat)),
        has_own_address=bool(identity.url_key) or not canonical_address(entry.url),
        published_at=entry.published_at,
        snapshot=snapshot,
        found_at=now,
        next_try_at=now,
    )


def entry_of(row: PendingEntry) -> Entry:
    """The entry as it was announced."""
    fields: dict[str, Any] = dict(row.entry)
    for name in ("published_at", "updated_at", "withdrawn_at"):
        fields[name] = _moment(fields[name])
    fields["notes"] = tuple(ChangeNote(dt.datetime.fromisoformat(note["at"]), note["text"]) for note in fields["notes"])
    fields["attachments"] = tuple(Attached(**attached) for attached in fields["attachments"])
    fields["earlier"] = tuple(Version(**version) for version in fields.get("earlier", []))
    return Entry(**fields)


def identity_of(row: PendingEntry, entry: Entry) -> Identity:
    """What `entry`, which may have become whole meanwhile, is known by under the id it was announced with."""
    identity = replace(identities([entry])[0], key=row.key)
    return identity if row.has_own_address else replace(identity, url_key="")


def to_take_in(source: Source, now: dt.datetime) -> list[int]:
    """The keys of the rows of PendingEntry to try at a poll of `source`, oldest announcement first."""
    rows = PendingEntry.objects.filter(Q(next_try_at__lte=now), source=source, backfill=None)
    return list(rows.order_by("is_stored", "found_at", "-pk").values_list("pk", flat=True))


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
