"""From an entry to a release, a revision and the signal that says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Case, IntegerField, Max, OuterRef, Q, Subquery, Value, When

from tracker import signals
from tracker.identity import Identity, Known, is_same
from tracker.models import Appearance, Release, Revision, Snapshot, Source, Voice
from tracker.reading.dates import plausible
from tracker.revisions import says_nothing_new, text_hash
from tracker.sources.entry import Entry

#: Documents that share a key and yet may be others: so many are looked at.
MOST_CANDIDATES = 50


@dataclass(frozen=True)
class Ingested:
    """What an entry brought: a new release, a new revision of a known one, or (None) only another place for it."""

    release: Release
    revision: Revision | None
    release_is_new: bool


def not_seen_before(
    source: Source, entries: Sequence[Entry], identities: Sequence[Identity], now: dt.datetime
) -> list[tuple[Entry, Identity]]:
    """The entries that `source` did not carry already just so, in order. The others are marked as seen again."""
    known = {seen.key: seen for seen in source.appearances.filter(key__in=[identity.key for identity in identities])}
    unseen: list[tuple[Entry, Identity]] = []
    again: list[int] = []
    for entry, identity in zip(entries, identities, strict=True):
        seen = known.get(identity.key)
        if seen and seen.url_key == identity.url_key and seen.text_hash == text_hash(entry.title, entry.text):
            again.append(seen.pk)
        else:
            unseen.append((entry, identity))
    Appearance.objects.filter(pk__in=again).update(last_seen_at=now)
    return unseen


def ingest(
    source: Source,
    entry: Entry,
    identity: Identity,
    snapshot: Snapshot,
    now: dt.datetime,
    keys_in_document: frozenset[str] = frozenset(),
) -> Ingested:
    """Store what `entry` says that is not known yet, in one transaction.

    `keys_in_document` are the keys of all entries that came with it: a known key that is not among them was
    re-issued, one that is belongs to another item. `release_ingested` is sent after the commit.
    """
    with transaction.atomic():
        _keep_others_out(identity)
        known = _known_appearance(source, entry, identity)
        release = known.release if known else _new_release(entry, now)
        here = _appearance_here(source, release, known, entry, identity, now, keys_in_document)
        revision = _revision(release, here, entry, snapshot, now)
        here.title, here.text_hash, here.last_seen_at = entry.title, text_hash(entry.title, entry.text), now
        here.save()
        if known:
            _tell_release(release, here, entry, revision, now)
        if revision:
            transaction.on_commit(
                lambda: signals.release_ingested.send(sender=Revision, revision=revision),
                robust=True,  # who listens finds the revision in the database too
            )
    return Ingested(release, revision, release_is_new=known is None)


def _keep_others_out(identity: Identity) -> None:
    """Two sources that bring the same new document at once must make one release. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        locks = sorted({int(key[:15], 16) for key in (identity.url_key, identity.content_key) if key})
        with connection.cursor() as cursor:
            for lock in locks:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])


def _known_appearance(source: Source, entry: Entry, identity: Identity) -> Appearance | None:
    by_id = Q(source=source, key=identity.key)
    by_address = Q(url_key=identity.url_key) if identity.url_key else Q(pk__in=[])
    candidates = (
        Appearance.objects.filter(by_id | by_address | Q(content_key=identity.content_key))
        .select_related("release")
        .annotate(
            strength=Case(
                When(by_id, then=Value(0)),
                When(by_address & Q(source=source), then=Value(1)),
                When(by_address, then=Value(2)),
                default=Value(3),
                output_field=IntegerField(),
            ),
            text=Subquery(Revision.objects.filter(release=OuterRef("release")).order_by("-number").values("text")[:1]),
        )
        .order_by("strength", "first_seen_at", "pk")[:MOST_CANDIDATES]
    )
    for candidate in candidates:
        known = Known(
            same_source=candidate.source_id == source.pk,
            key=candidate.key,
            url_key=candidate.url_key,
            content_key=candidate.content_key,
            title=candidate.title,
            text=candidate.text or "",
            published_at=candidate.release.published_at if candidate.release.published_is_known else None,
        )
        if is_same(entry, identity, known):
            return candidate
    return None


def _new_release(entry: Entry, now: dt.datetime) -> Release:
    published = plausible(entry.published_at, now)
    return Release.objects.create(
        title=entry.title,
        url=entry.url,
        published_at=published or now,
        published_is_known=published is not None,
        first_seen_at=now,
    )


def _appearance_here(
    source: Source,
    release: Release,
    known: Appearance | None,
    entry: Entry,
    identity: Identity,
    now: dt.datetime,
    keys_in_document: frozenset[str],
) -> Appearance:
    """The place of `release` in `source`: the one known, under its new id if it got one, or a new one."""
    if known and known.source_id == source.pk and _same_place(known, identity, keys_in_document):
        here = known
    else:
        here = Appearance(release=release, source=source, first_seen_at=now)
    _free_key(source, identity.key, here)
    here.key, here.url_key, here.content_key = identity.key, identity.url_key, identity.content_key
    here.guid, here.url = entry.guid[:2000], entry.url
    here.title, here.last_seen_at = entry.title, now
    here.save()
    return here


def _same_place(known: Appearance, identity: Identity, keys_in_document: frozenset[str]) -> bool:
    return (
        known.key == identity.key
        or known.key not in keys_in_document
        or bool(identity.url_key and identity.url_key == known.url_key)
    )


def _free_key(source: Source, key: str, taken_by: Appearance) -> None:
    """Take an id from the item that had it before: the feed has given it to another."""
    for earlier in source.appearances.filter(key=key).exclude(pk=taken_by.pk):
        earlier.key = f"given up by {earlier.pk}"
        earlier.save(update_fields=["key"])


def _revision(
    release: Release, here: Appearance, entry: Entry, snapshot: Snapshot, now: dt.datetime
) -> Revision | None:
    """A revision if a reader sees something here that was not seen here last time."""
    seen = text_hash(entry.title, entry.text)
    if here.text_hash == seen:
        return None
    latest = release.revisions.order_by("-number").first()
    if latest and not here.revisions.exists() and says_nothing_new(entry.text, latest.text):
        return None
    return Revision.objects.create(
        release=release,
        appearance=here,
        number=(release.revisions.aggregate(last=Max("number"))["last"] or 0) + 1,
        title=entry.title,
        text=entry.text,
        text_hash=seen,
        note=entry.note,
        seen_at=now,
        snapshot=snapshot,
    )


def _tell_release(
    release: Release, here: Appearance, entry: Entry, revision: Revision | None, now: dt.datetime
) -> None:
    """What a known release learns from an entry. A date of publication once known is never overwritten."""
    first = release.first_appearance
    if revision and here == first:
        release.title = entry.title
    if not release.published_is_known and (published := plausible(entry.published_at, now)):
        release.published_at, release.published_is_known = published, True
    official = here.source.voice == Voice.OFFICIAL and first.source.voice != Voice.OFFICIAL
    if here.url and (here == first or official or not release.url):
        release.url = here.url
    # What staff's decisions set meanwhile, in another process, stays.
    release.save(update_fields=["title", "url", "published_at", "published_is_known"])
