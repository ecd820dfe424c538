"""This process's copies of what search and lists need, built from the record and kept fresh.

Nothing derived is stored. Whoever asks follows the record first (one question, `following.since`), reads what has
changed, and so answers by what is in the database now; what nobody has asked for yet is not built.
"""

from __future__ import annotations

import datetime as dt
import gc
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from commitments import following, showing
from commitments.following import EVERY
from commitments.linking.index import batches
from commitments.models import Commitment, Definition

from .index import Field, Index, Text
from .listing import Listing
from .synonyms import Names

#: Databases limit how many values one query may name.
_AT_A_TIME = 800
_CHUNK = 2_000


@dataclass
class Copies:
    """What is held, and what of it has changed since. One of these serves all threads of a process.

    The index is built without holding up who needs the listing alone.
    """

    names: Names = field(default_factory=Names)
    _place: following.Place | None = None
    _listing: Listing | None = None
    _index: Index | None = None
    _worded_on: dt.date | None = None
    _not_listed: set[int] = field(default_factory=set)
    _not_indexed: set[int] = field(default_factory=set)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _building: threading.Lock = field(default_factory=threading.Lock)

    def follow(self) -> Copies:
        """Take note of what has changed, to be read when it is asked for."""
        with self._turn:
            news = following.since(self._place)
            self._place = news.place
            changed = {EVERY} if news.changed is None else news.changed
            self._not_listed |= changed
            self._not_indexed |= changed
        return self

    def listing(self, on: dt.date) -> Listing:
        with self._turn:
            if self._listing is None or self._listing.on != on or EVERY in self._not_listed:
                self._listing = Listing.of(on)
            elif self._not_listed:
                self._listing = self._listing.changed(self._not_listed)
            self._not_listed = set()
            return self._listing

    def commitments(self, on: dt.date) -> Index:
        """The index of all commitments, unseen ones included, in the words of a day."""
        with self._building:
            if self._worded_on is not None and self._worded_on != on:
                earlier, later = sorted((self._worded_on, on))
                turned = Definition.objects.filter(effective_from__gt=earlier, effective_from__lte=later)
                with self._turn:
                    self._not_indexed |= set(turned.values_list("commitment", flat=True))
            self._worded_on = on
            with self._turn:
                changed, self._not_indexed = self._not_indexed, set()
            try:
                index = None if EVERY in changed else self._index
                if index is not None and changed:
                    some = batches(sorted(changed), _AT_A_TIME)
                    index = index.changed(changed, [text for keys in some for text in self._worded(keys, on)])
                self._index = Index.of(self._worded(None, on)) if index is None else index
            except BaseException:
                with self._turn:
                    self._not_indexed |= changed  # not read yet
                raise
            return self._index

    def texts_of_commitments(self, on: dt.date) -> Iterator[Text]:
        """What is indexed of all commitments, in the words of a day."""
        return self._worded(None, on)

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


_held = Copies()


def follow() -> Copies:
    """This process's copies, as fresh as the database."""
    return _held.follow()


def warm(on: dt.date) -> None:
    """Build what has not been asked for yet, so that nobody who searches has to wait for it."""
    held = follow()
    held.listing(on)
    held.commitments(on)
    # What is held lives as long as the process. Looking for rubbish among it again and again would hold readers up.
    gc.collect()
    gc.freeze()
