"""This process's copies of what search and lists need, built from the record and kept fresh.

Nothing derived is stored. Whoever asks follows the record first (one question, `following.since`), reads what has
changed, and so answers by what is in the database now; what nobody has asked for yet is not built.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from commitments import following, showing
from commitments.following import EVERY, Subject
from commitments.linking.index import batches
from commitments.models import Commitment, Definition, Evidence
from tracker.models import Republish, Revision

from .index import Field, Index, Text
from .listing import Listing
from .synonyms import Names

#: Databases limit how many values one query may name.
_AT_A_TIME = 800
_CHUNK = 2_000
_LISTING = "listing"


@dataclass
class Copies:
    """What is held, and what of it has changed since. One of these serves all threads of a process.

    An index is built without holding up who needs the listing alone.
    """

    names: Names = field(default_factory=Names)
    _place: following.Place | None = None
    _listing: Listing | None = None
    _indexes: dict[Subject, Index] = field(default_factory=dict)
    _worded_on: dt.date | None = None
    _waiting: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _building: threading.Lock = field(default_factory=threading.Lock)

    def follow(self) -> Copies:
        """Take note of what has changed, to be read when it is asked for."""
        with self._turn:
            news = following.since(self._place)
            self._place = news.place
            everything = {subject.value: {EVERY} for subject in Subject}
            for subject, keys in (everything if news.changed is None else news.changed).items():
                self._waiting[subject] |= keys
                if subject == Subject.COMMITMENT:
                    self._waiting[_LISTING] |= keys
        return self

    def listing(self, on: dt.date) -> Listing:
        with self._turn:
            changed = self._waiting[_LISTING]
            if self._listing is None or self._listing.on != on or EVERY in changed:
                self._listing = Listing.of(on)
            elif changed:
                self._listing = self._listing.changed(changed)
            del self._waiting[_LISTING]
            return self._listing

    def commitments(self, on: dt.date) -> Index:
        """The index of all commitments, unseen ones included, in the words of a day."""
        with self._building:
            if self._worded_on is not None and self._worded_on != on:
                earlier, later = sorted((self._worded_on, on))
                turned = Definition.objects.filter(effective_from__gt=earlier, effective_from__lte=later)
                with self._turn:
                    self._waiting[Subject.COMMITMENT] |= set(turned.values_list("commitment", flat=True))
            self._worded_on = on
            return self._index(Subject.COMMITMENT)

    def texts_of_commitments(self, on: dt.date) -> Iterator[Text]:
        """What is indexed of all commitments, in the words of a day."""
        return self._worded(None, on)

    def evidence(self) -> Index:
        """The index of accepted evidence; its owners are the commitments."""
        with self._building:
            return self._index(Subject.EVIDENCE)

    def releases(self) -> Index:
        with self._building:
            return self._index(Subject.RELEASE)

    def _index(self, subject: Subject) -> Index:
        with self._turn:
            changed = self._waiting.pop(subject, set())
        try:
            index = None if EVERY in changed else self._indexes.get(subject)
            if index is not None and changed:
                texts = [text for some in batches(sorted(changed), _AT_A_TIME) for text in self._texts(subject, some)]
                index = index.changed(changed, texts)
            if index is None:
                index = Index.of(self._texts(subject, None))
        except BaseException:
            with self._turn:
                self._waiting[subject] |= changed  # not read yet
            raise
        self._indexes[subject] = index
        return index

    def _texts(self, subject: Subject, keys: Sequence[int] | None) -> Iterator[Text]:
        """The texts of some things, or of all."""
        if subject == Subject.COMMITMENT:
            assert self._worded_on is not None  # noqa: S101
            return self._worded(keys, self._worded_on)
        return _quoted(keys) if subject == Subject.EVIDENCE else _published(keys)

    def _worded(self, keys: Sequence[int] | None, on: dt.date) -> Iterator[Text]:
        """Title, names, and the words now and as first promised."""
        if keys is None:
            self.names = Names()
        for key in keys or ():
            self.names.put(key, ())
        show = showing.now()
        which = Q() if keys is None else Q(commitment__in=keys)
        definitions = Definition.objects.filter(which).order_by("effective_from", "pk")
        first: dict[int, int] = {}
        words: dict[int, str] = {}
        for key, owner, statement, quote in definitions.values_list("pk", "commitment", "statement", "quote").iterator(
            chunk_size=_CHUNK
        ):
            first.setdefault(owner, key)
            words[key] = f"{statement}\n{quote}"
        rows = Commitment.objects.in_force(on).order_by("pk")
        if keys is not None:
            rows = rows.filter(pk__in=keys)
        columns = ("pk", "made_on", "title", "reference", "keywords", "definition_id")
        for key, made_on, title, reference, keywords, current in rows.values_list(*columns).iterator(chunk_size=_CHUNK):
            names = [name for name in keywords.split(",") if name.strip()]
            self.names.put(key, names)
            texts = dict.fromkeys(show.words(words.get(one, "")) for one in (current, first.get(key, 0)))
            yield Text(
                key,
                key,
                made_on.toordinal() if made_on else 0,
                [
                    (Field.TITLE, title),
                    (Field.NAME, reference),
                    *((Field.NAME, name) for name in names),
                    *((Field.TEXT, text) for text in texts if text),
                ],
            )


def _quoted(keys: Collection[int] | None) -> Iterator[Text]:
    """Accepted passages in the words that may be shown of them. Whose commitment is public is asked of the clock."""
    show = showing.now()
    pieces = Evidence.objects.accepted().order_by("pk")
    if keys is not None:
        pieces = pieces.filter(pk__in=keys)
    columns = ("pk", "commitment", "release__published_at", "quote")
    full = Q(revision__appearance__source__republish=Republish.FULL)
    if not show:  # there are many, and of each the words are what may be shown
        for key, owner, published_at, quote in pieces.filter(full).values_list(*columns).iterator(chunk_size=_CHUNK):
            yield Text(key, owner, published_at.toordinal(), [(Field.TEXT, quote)])
        pieces = pieces.exclude(full)
    for piece in pieces.select_related("release", "revision__appearance__source").iterator(chunk_size=_CHUNK):
        if not show.note_on(piece):
            day = piece.release.published_at.toordinal()
            yield Text(piece.pk, piece.commitment_id, day, [(Field.TEXT, show.quote(piece))])


def _published(keys: Collection[int] | None) -> Iterator[Text]:
    """Releases that may be named, with their latest text where all of it may be shown."""
    show = showing.now()
    releases = show.releases().standing()
    if keys is not None:
        releases = releases.filter(pk__in=keys)
    texts = show.whole_texts().filter(pk__in=latest_revisions().filter(release__in=releases))
    columns = ("release", "release__published_at", "release__title", "text")
    for key, published_at, title, text in texts.values_list(*columns).iterator(chunk_size=_CHUNK):
        named = (Field.TITLE, show.title(key, title))
        yield Text(key, key, published_at.toordinal(), [named, (Field.TEXT, show.of_release(key, text).text)])
    without = releases.exclude(pk__in=texts.values("release")).values_list("pk", "published_at", "title")
    for key, published_at, title in without.iterator(chunk_size=_CHUNK):
        yield Text(key, key, published_at.toordinal(), [(Field.TITLE, show.title(key, title))])


def latest_revisions() -> QuerySet[Revision]:
    """The latest revision of each release."""
    later = Revision.objects.filter(release=OuterRef("release"), number__gt=OuterRef("number"))
    return Revision.objects.filter(~Exists(later))


_held = Copies()


def follow() -> Copies:
    """This process's copies, as fresh as the database."""
    return _held.follow()


def warm(on: dt.date) -> None:
    """Build what has not been asked for yet, so that nobody who searches has to wait for it."""
    held = follow()
    held.listing(on)
    held.commitments(on)
    held.evidence()
    held.releases()
