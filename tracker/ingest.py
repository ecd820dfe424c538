"""From an entry to a release, a revision and the signal that says so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Subquery, Value, When

from tracker import joining, signals
from tracker.attachments import NO_FILES, Files
from tracker.history import gives_notes, take_in_notes
from tracker.identity import Identity, Known, is_same
from tracker.marks import mark_present, mark_vanished, mark_withdrawal
from tracker.models import Appearance, Release, Revision, Snapshot, Source
from tracker.near_duplicates import sketch
from tracker.reading.dates import plausible
from tracker.revisions import own_text, says_nothing_new, text_hash
from tracker.sources import READ_OTHERWISE
from tracker.sources.entry import Entry, Version

#: A text read in another way than the one that is known is worth a revision when it is so many times as long.
LONGER_BY = 1.5
#: Documents that share a key and yet may be others: so many are looked at.
MOST_CANDIDATES = 50
#: Kinds whose publisher gives each document an id that is never given to another, nor changed.
NAMED_FOR_GOOD = {Source.Kind.GOVUK, Source.Kind.PARLIAMENT}
TOLD_BY_SOURCES = (
    *("title", "url", "published_at", "published_is_known", "locale"),
    *("withdrawn_at", "withdrawal", "vanished_since"),
)


class Seen(Enum):
    """Where an entry's document was seen."""

    IN_THE_SOURCE = "in the source that carries it"
    AT_ITS_ADDRESS = "at its own address"
    NOT_AT_ITS_ADDRESS = "announced, but missing at its own address"


@dataclass(frozen=True)
class Proof:
    """The bytes from which an entry was read: the document, what else went into its text, and its attachments.

    `files` is None where these were not looked at.
    """

    snapshot: Snapshot
    also: tuple[Snapshot, ...] = ()
    files: Files | None = None


@dataclass(frozen=True)
class Ingested:
    """What an entry brought: a new release, a new revision of a known one, or (None) only another place for it."""

    release: Release
    revision: Revision | None
    release_is_new: bool


def ingest(
    source: Source,
    entry: Entry,
    identity: Identity,
    proof: Proof,
    now: dt.datetime,
    keys_in_document: frozenset[str] = frozenset(),
    *,
    stub_hash: str = "",
    seen: Seen = Seen.IN_THE_SOURCE,
) -> Ingested:
    """Store what `entry` says that is not known yet, in one transaction.

    `keys_in_document` are the keys of all entries that came with it: a known key that is not among them was
    re-issued, one that is belongs to another item. `stub_hash` is announced_hash of the stub that the entry was
    completed from. `release_ingested` is sent after the commit.
    """
    runs = sketch(entry.text) if entry.complete else []
    published = plausible(entry.published_at, now)
    with transaction.atomic():
        joining.keep_others_out(identity, runs)
        known = _known_appearance(source, entry, identity)
        original = None if known else joining.original_of(source, identity.key, entry, runs, published or now)
        known = known or original
        if known:
            release = Release.objects.select_for_update().get(pk=known.release_id)
            known.refresh_from_db()
        else:
            release = _new_release(entry, now)
        publishers_own = known is not None and entry.complete and joining.is_the_publishers_own(source, release)
        here = _appearance_here(source, release, known, entry, identity, now, keys_in_document)
        from_its_page = bool(stub_hash) and entry.complete and source.kind in READ_OTHERWISE
        last_told, told = here.text_hash, text_hash(entry.title, entry.text)
        if from_its_page and last_told and not here.stub_hash:  # the source's own words so far
            same_until_now = told if _adds_little(entry, release) else last_told
            last_told = here.page_hash or same_until_now
        here.stub_hash = stub_hash
        if publishers_own:
            joining.give_way(release, here, entry, proof.snapshot, original)
        elif original:
            here.is_copy, here.copy_text, here.copy_snapshot = True, entry.text, proof.snapshot
            here.copy_published_at = published
        if here.is_copy:
            revision = None  # its frame may change, and is none of the release's words
            here.is_whole, here.title, here.text_hash = True, entry.title, told
        elif (
            not here.text_hash
            and known
            and not publishers_own
            and (from_its_page or not entry.complete)
            and _adds_little(entry, release)
        ):
            revision = None  # other words for what another source gave in full
            here.is_whole, here.title, here.text_hash = entry.complete, entry.title, told
        elif entry.complete or not (here.text_hash and here.is_whole):
            revision = _take_in(release, here, entry, last_told, proof, now, publishers_own=publishers_own)
            here.title, here.text_hash = entry.title, told
        else:
            revision = None  # an extract is no edit of the whole that we have
        _tell_release(release, here, entry, revision, now, seen, publishers_own=publishers_own)
        if revision and entry.complete:
            joining.remember(here, runs)
    return Ingested(release, revision, release_is_new=known is None)


def ingest_again(here: Appearance, entry: Entry, proof: Proof, now: dt.datetime, *, read_as_before: bool) -> Ingested:
    """Store what a look at the document itself shows, in one transaction, as `ingest` does.

    Where its text was not read in the same way before (a feed that carries all of it), the first look only
    learns how the document's own page words it; what changes there later is a revision.
    """
    told = text_hash(entry.title, entry.text)
    with transaction.atomic():
        release = Release.objects.select_for_update().get(pk=here.release_id)
        here = Appearance.objects.select_related("source").get(pk=here.pk)
        if here.is_copy:
            return Ingested(release, None, release_is_new=False)
        last_told = here.text_hash if read_as_before else here.page_hash or told
        revision = _take_in(release, here, entry, last_told, proof, now)
        if read_as_before:
            here.title, here.text_hash = entry.title, told
        else:
            here.page_hash = told
        _tell_release(release, here, entry, revision, now, Seen.AT_ITS_ADDRESS)
    return Ingested(release, revision, release_is_new=False)


def _adds_little(entry: Entry, release: Release) -> bool:
    """Whether `entry`, read in another way than what is known of `release`, has not much more to say."""
    latest = release.revisions.order_by("-number").first()
    return latest is not None and len(entry.text.split()) < LONGER_BY * len(own_text(latest.text).split())


def _take_in(
    release: Release,
    here: Appearance,
    entry: Entry,
    last_told: str,
    proof: Proof,
    now: dt.datetime,
    *,
    publishers_own: bool = False,
) -> Revision | None:
    """The notes that are new, and a revision if a reader sees something here that was not seen here last time.

    In its words or in its attachments. What the publisher itself says is one even where others have said more.
    """
    was_whole, is_new = here.is_whole, not last_told
    notes = take_in_notes(release, here, entry, now, is_new=is_new)
    here.is_whole = entry.complete
    files, files_before = proof.files or NO_FILES, here.files_hash
    same_words = last_told == text_hash(entry.title, entry.text)
    if proof.files is not None:
        here.files_hash = files.hash
    if same_words and here.files_hash == files_before:
        return None
    latest, text = release.revisions.order_by("-number").first(), files.after(entry.text)
    if latest and not publishers_own and not here.revisions.exists() and says_nothing_new(text, latest.text):
        return None
    if latest and not files.changed and latest.text_hash == text_hash(entry.title, text):
        return None  # another source has told of it before
    number = latest.number if latest else 0
    for version in entry.earlier:
        if not release.revisions.filter(text_hash=text_hash(version.title, version.text)).exists():
            number = _add_revision(release, here, version, number + 1, proof, now).number
    words = entry.note or "\n".join(note.text for note in notes)
    revision = _add_revision(
        release,
        here,
        entry,
        number + 1,
        proof,
        now,
        note=words,
        # Files that merely could be had at last were not edited.
        silent=not is_new
        and was_whole
        and entry.complete
        and not words
        and (files.changed or not files.files or not same_words)
        and gives_notes(here.source, here),
    )
    for note in notes:
        note.revision = revision
        note.save(update_fields=["revision"])
    return revision


def _add_revision(
    release: Release,
    here: Appearance,
    says: Entry | Version,
    number: int,
    proof: Proof,
    now: dt.datetime,
    **told: Any,
) -> Revision:
    files = (proof.files if isinstance(says, Entry) else None) or NO_FILES
    text = files.after(says.text)
    revision = Revision.objects.create(
        release=release,
        appearance=here,
        number=number,
        title=says.title,
        text=text,
        text_hash=text_hash(says.title, text),
        seen_at=now,
        snapshot=proof.snapshot,
        **told,
    )
    if proof.also:
        revision.also_from.set(proof.also)
    files.store(revision, says.text)
    signals.tell(revision)
    return revision


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
            named_otherwise=_named_otherwise(source, entry),
        )
        .order_by("strength", "first_seen_at", "pk")[:MOST_CANDIDATES]
    )
    for candidate in candidates.iterator(chunk_size=5):  # with their texts, which may be long
        known = Known(
            same_source=candidate.source_id == source.pk,
            key=candidate.key,
            url_key=candidate.url_key,
            content_key=candidate.content_key,
            title=candidate.title,
            text=candidate.copy_text if candidate.is_copy else own_text(candidate.text or ""),
            published_at=_published(candidate),
            named_otherwise=candidate.named_otherwise,
        )
        if is_same(entry, identity, known):
            return candidate
    return None


def _published(here: Appearance) -> dt.datetime | None:
    """When `here`, as far as that is told."""
    if here.is_copy:
        return here.copy_published_at
    return here.release.published_at if here.release.published_is_known else None


def _named_otherwise(source: Source, entry: Entry) -> Exists | Value:
    if source.kind not in NAMED_FOR_GOOD or not entry.guid:
        return Value(value=False)
    here = Appearance.objects.filter(release=OuterRef("release"), source__kind=source.kind)
    return Exists(here.exclude(guid__in=["", entry.guid]))


def _new_release(entry: Entry, now: dt.datetime) -> Release:
    published = plausible(entry.published_at, now)
    return Release.objects.create(
        title=entry.title,
        url=entry.url,
        published_at=published or now,
        published_is_known=published is not None,
        locale=entry.locale,
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
    if here._state.adding:
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


def _tell_release(
    release: Release,
    here: Appearance,
    entry: Entry,
    revision: Revision | None,
    now: dt.datetime,
    seen: Seen,
    *,
    publishers_own: bool = False,
) -> None:
    """What the release and its place learn from an entry.

    A date of publication once known is never overwritten, unless its publisher itself says another than who copied it.
    """
    before = {name: getattr(release, name) for name in TOLD_BY_SOURCES}
    first = here if revision and revision.number == 1 else release.own_appearance
    if publishers_own or (revision and here == first):
        release.title = entry.title
    if (publishers_own or not release.published_is_known) and (published := plausible(entry.published_at, now)):
        release.published_at, release.published_is_known = published, True
    if here.url and (here == first or not release.url):
        release.url = here.url
    release.locale = release.locale or entry.locale
    if entry.complete:
        mark_withdrawal(release, here, entry)
    if seen is Seen.AT_ITS_ADDRESS:
        mark_present(release, here)
    elif seen is Seen.NOT_AT_ITS_ADDRESS:
        mark_vanished(release, here, now)
    here.last_seen_at = now
    here.save()
    # What staff's decisions set meanwhile, in another process, stays.
    if changed := [name for name, value in before.items() if getattr(release, name) != value]:
        release.save(update_fields=changed)


def missed(here: Appearance, now: dt.datetime) -> Release:
    """Mark what is no longer at its address. Returns its release."""
    with transaction.atomic():
        release = Release.objects.select_for_update().get(pk=here.release_id)
        here = Appearance.objects.get(pk=here.pk)
        mark_vanished(release, here, now)
        here.save(update_fields=["vanished_since"])
        release.save(update_fields=["vanished_since"])
    return release
