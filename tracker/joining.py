"""Releases that are one: copies are found as they come, staff join what was not found, and each join can be undone.

A copy that is recognised when it comes never becomes a release: it is an appearance with the words that were first said
there. What staff join later stays a release with its own revisions, so that what was quoted from it stays provable;
that it is joined stands in `joined_to`, and who shows releases shows the two as one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q

from tracker import signals
from tracker.identity import Identity
from tracker.models import Appearance, KeptApart, Release, Revision, Sketch, Snapshot, Source, Voice
from tracker.near_duplicates import RUNS_SHARED, Said, is_copy, sketch
from tracker.revisions import own_text, seen_by_reader, text_hash
from tracker.sources.entry import Entry

#: Copies come out soon.
WITHIN = dt.timedelta(days=4)
#: So many that share runs are compared, those that share most first.
MOST_COMPARED = 10


class JoinRefused(ValueError):
    """Two releases must not be joined, or not be taken apart; the message says why."""


def keep_others_out(identity: Identity, runs: list[int]) -> None:
    """Two sources that bring a new document at once, or a copy of it, must make one release of it.

    Whoever brings the same address, the same words, or any of the same `runs` of them waits until the transaction is
    over. SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        locks = sorted({*runs, *(int(key[:15], 16) for key in (identity.url_key, identity.content_key) if key)})
        with connection.cursor() as cursor:
            for lock in locks:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])


def remember(here: Appearance, runs: list[int]) -> None:
    """Let copies of what is said `here` be recognised by its runs."""
    Sketch.objects.filter(appearance=here).delete()
    Sketch.objects.bulk_create(Sketch(appearance=here, run=run) for run in runs)


def original_of(source: Source, key: str, entry: Entry, runs: list[int], published: dt.datetime) -> Appearance | None:
    """Where another source carries what `entry` says too, in another frame. `key` is its identity within `source`."""
    if not runs:
        return None
    apart = KeptApart.objects.filter(source=source, key=key).values("release")
    official = Appearance.objects.filter(release=OuterRef("release"), source__voice=Voice.OFFICIAL)
    likely = (
        Appearance.objects.filter(sketch__run__in=runs)
        .filter(release__published_at__range=(published - WITHIN, published + WITHIN))
        .exclude(Q(release__in=apart) | Q(release__appearances__source=source))
        .annotate(shared=Count("sketch"), is_official=Exists(official))
        .filter(shared__gte=RUNS_SHARED)
        .order_by("-is_official", "-shared", "pk")
        .select_related("release", "source")
    )
    for candidate in likely[:MOST_COMPARED]:
        latest = candidate.release.revisions.order_by("-number").first()
        if latest and is_copy(Said(entry.title, entry.text), Said(latest.title, own_text(latest.text))):
            return candidate
    return None


def is_the_publishers_own(source: Source, release: Release) -> bool:
    """Whether `source` is the first official one to carry a release that was known from others only."""
    return source.voice == Voice.OFFICIAL and not release.appearances.filter(source__voice=Voice.OFFICIAL).exists()


def give_way(release: Release, here: Appearance, entry: Entry, snapshot: Snapshot, original: Appearance | None) -> None:
    """Make room for what the publisher of `release` itself says `here`, where others had it first.

    The same words are its revision from now on; a text in another frame, that of `original`, is a copy. What was stored
    stays stored.
    """
    latest = release.revisions.order_by("-number").first()
    if latest and seen_by_reader("", own_text(latest.text)) == seen_by_reader("", entry.text):
        latest.appearance, latest.title, latest.text_hash = here, entry.title, text_hash(entry.title, latest.text)
        latest.save(update_fields=["appearance", "title", "text_hash"])
        latest.also_from.add(snapshot)
        signals.revision_retold.send(sender=Revision, revision=latest)
    elif original:
        for copy in release.appearances.filter(content_key=original.content_key):
            if revision := copy.revisions.filter(release=release).order_by("-number").first():
                copy.is_copy, copy.copy_text, copy.copy_snapshot = True, own_text(revision.text), revision.snapshot
                copy.copy_published_at = release.published_at if release.published_is_known else None
                copy.save()


@transaction.atomic
def keep_apart(here: Appearance) -> Appearance:
    """Undo a join that was made when `here` was first seen: what it says becomes a release of its own, for good.

    Nothing else changes. Raises JoinRefused for what is no copy.
    """
    joined = _locked(here.release)[0]  # a poll that stores what is said here waits, and so do we for one
    here = Appearance.objects.select_related("source").get(pk=here.pk)
    if not here.is_copy or here.copy_snapshot is None or here.release_id != joined.pk:
        raise JoinRefused(f"{here} is no copy of another release.")
    KeptApart.objects.get_or_create(source=here.source, key=here.key, release=joined)
    here.release = Release.objects.create(
        title=here.title,
        url=here.url,
        published_at=here.copy_published_at or here.first_seen_at,
        published_is_known=here.copy_published_at is not None,
        locale=joined.locale,
        first_seen_at=here.first_seen_at,
    )
    text, snapshot = here.copy_text, here.copy_snapshot
    here.copy_text, here.copy_snapshot, here.copy_published_at, here.is_copy = "", None, None, False
    here.save()
    revision = Revision.objects.create(
        release=here.release,
        appearance=here,
        number=1,
        title=here.title,
        text=text,
        text_hash=text_hash(here.title, text),
        seen_at=here.first_seen_at,
        snapshot=snapshot,
    )
    remember(here, sketch(text))
    signals.tell(revision)
    return here


@transaction.atomic
def join(release: Release, to: Release) -> Release:
    """Say that `release` only repeats another, `to`. Returns that one, or the one that it was joined to itself.

    Both keep their appearances and revisions; what polls bring for either goes on being stored. Who relies on releases
    is told by `signals.releases_joined` and may refuse. Raises JoinRefused, and changes nothing, where it must not be.
    """
    locked = {one.pk: one for one in _locked(release, to, *filter(None, [to.joined_to]))}
    release, kept = locked[release.pk], locked[to.pk]
    if kept.joined_to_id:
        kept = locked.get(kept.joined_to_id) or Release.objects.select_for_update().get(pk=kept.joined_to_id)
    if release.joined_to_id:
        raise JoinRefused(f"“{release.title}” is joined to another release already. Take it apart first.")
    if kept == release:
        raise JoinRefused("A release cannot be joined to itself, nor to what is joined to it.")
    signals.releases_joined.send(sender=Release, kept=kept, joined=release)
    release.joined.update(joined_to=kept)
    Release.objects.filter(pk=release.pk).update(joined_to=kept)
    for here in release.appearances.all():
        KeptApart.objects.filter(release=kept, source=here.source, key=here.key).delete()
    return kept


@transaction.atomic
def take_apart(release: Release) -> Release:
    """Undo `join`: `release` is one of its own again, and nothing that it says is joined with the other by itself.

    Raises JoinRefused for what is not joined.
    """
    release = _locked(release)[0]
    if release.joined_to is None:
        raise JoinRefused(f"“{release.title}” is not joined to another release.")
    for here in release.appearances.all():
        KeptApart.objects.get_or_create(source=here.source, key=here.key, release=release.joined_to)
    Release.objects.filter(pk=release.pk).update(joined_to=None)
    release.refresh_from_db()
    signals.release_taken_apart.send(sender=Release, release=release)
    return release


def to_keep(releases: Collection[Release]) -> Release:
    """Which of several releases that are one the others are joined to: what its publisher says, then the oldest."""
    return min(releases, key=lambda one: (one.voice != Voice.OFFICIAL, one.published_at, one.pk))


def _locked(*releases: Release) -> list[Release]:
    """These rows as they are now, ours until the transaction ends."""
    return list(Release.objects.filter(pk__in=[one.pk for one in releases]).order_by("pk").select_for_update())
