"""The index of commitments that linking asks: their entries from the database, held in memory and kept fresh."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, TypeVar

from django.db import models
from django.db.models import Count, Max, Min

from commitments.linking import places, terms_of_office
from commitments.linking.postings import Postings
from commitments.linking.profile import FORM, Profile

#: Databases limit how many values one query may name.
BATCH = 800
#: Profiles kept in memory; some 12 kB each.
PROFILES_KEPT = 500
#: Changes looked back on. Who is further behind reads the whole index again.
CHANGES_SEEN = 100

Item = TypeVar("Item")
#: A commitment and the mark of the change that wrote its profile.
Version = tuple[int, uuid.UUID | None]


class DatabaseIndex:
    """The index that `retrieval.candidates` asks, over every commitment that is not merged into another.

    One of these sees the record as it was when first asked: make a new one for each release.
    """

    @cached_property
    def postings(self) -> Postings[int]:
        return _held.fresh()

    @property
    def home(self) -> frozenset[str]:
        """The countries whose administrations are on record, told by what they promise; none where that is unknown."""
        return frozenset().union(*_held.homes(self.postings).values())

    def profiles(self, keys: Collection[int]) -> Mapping[int, Profile]:
        from commitments.models import LinkingProfile

        rows = [
            row
            for batch in batches(list(keys), BATCH)
            # The form is looked at below: asked for it too, SQLite walks through all rows of that form.
            for row in LinkingProfile.objects.filter(commitment__in=batch).values_list(
                "commitment_id",
                "mark",
                "form",
                "commitment__administration__name",
                "commitment__administration__took_office",
                "commitment__administration__left_office",
            )
        ]
        stored = _profiles.of([(key, mark) for key, mark, form, *_ in rows if form == FORM])
        inferred, homes = _terms_of_office_now(), _held.homes(self.postings)
        found: dict[int, Profile] = {}
        for key, mark, _, administration, took_office, left_office in rows:
            if one := stored.get((key, mark)):
                began, ended = inferred.get(administration, (None, None))
                home = one.where | homes.get(administration, frozenset())
                found[key] = replace(one, took_office=took_office or began, left_office=left_office or ended, home=home)
        return found


@dataclass
class _Profiles:
    """Profiles as stored; those last asked for are kept. Every change of one has a mark of its own."""

    kept: dict[Version, Profile] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def of(self, wanted: Collection[Version]) -> Mapping[Version, Profile]:
        """Those of some commitments that still have these marks."""
        from commitments.models import LinkingProfile

        with self._turn:
            found = {one: self.kept.pop(one) for one in wanted if one in self.kept}
        for batch in batches([key for key, mark in wanted if (key, mark) not in found], BATCH):
            rows = LinkingProfile.objects.filter(commitment__in=batch).values_list("commitment_id", "mark", "values")
            found |= {(key, mark): Profile.from_json(values) for key, mark, values in rows}
        with self._turn:
            self.kept |= found  # at the end, as what was asked for last
            for oldest in list(islice(self.kept, max(len(self.kept) - PROFILES_KEPT, 0))):
                del self.kept[oldest]
        return found


_profiles = _Profiles()


@dataclass
class _Held:
    """This process's copy of the index.

    Every change of the index leaves a mark of its own in the database. Marks that this copy does not know tell what to
    read; one that is no longer there was rolled back, and then all is read again.
    """

    postings: Postings[int] = field(default_factory=lambda: Postings.of(()))
    marks: Mapping[int, uuid.UUID] = field(default_factory=dict)
    _homes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _homes_of: Postings[int] | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def fresh(self) -> Postings[int]:
        from commitments.models import IndexChange

        with self._turn:
            newest = IndexChange.objects.order_by("-pk").values_list("pk", "mark")[:CHANGES_SEEN]
            marks = dict(newest)  # before the entries: what comes in between is read twice, not missed
            if marks == self.marks:
                return self.postings
            unknown = set(marks.values()) - set(self.marks.values())
            first = min(marks, default=0) if len(marks) == CHANGES_SEEN else 0
            expected = {pk: mark for pk, mark in self.marks.items() if pk >= first}
            if not expected or not expected.items() <= marks.items():
                self.postings = self._all()
            else:
                rows = self._rows().filter(mark__in=unknown)
                self.postings = self.postings.changed({key: bytes(packed) for key, packed in rows}, ())
                if self._rows().count() != len(self.postings):
                    there = {key for (key,) in self._rows().values_list("commitment_id")}
                    gone = set(self.postings.keys) - there
                    whole = there <= set(self.postings.keys)
                    self.postings = self.postings.changed({}, gone) if whole else self._all()
            self.marks = marks
            return self.postings

    def homes(self, postings: Postings[int]) -> Mapping[str, frozenset[str]]:
        """The countries that each administration governs, worked out anew when the index is not this one any more."""
        from commitments.models import LinkingProfile

        if self._homes_of is not postings:
            rows = (
                LinkingProfile.objects.filter(form=FORM, commitment__administration__isnull=False)
                .values_list("commitment__administration__name", "countries")
                .annotate(promises=Count("pk"))
                .order_by()
            )
            self._homes = places.homes(
                (administration, frozenset(countries.split()), promises) for administration, countries, promises in rows
            )
            self._homes_of = postings
        return self._homes

    def _all(self) -> Postings[int]:
        return Postings.of((key, bytes(packed)) for key, packed in self._rows().iterator(chunk_size=500))

    def _rows(self) -> models.QuerySet[Any, tuple[Any, ...]]:
        from commitments.models import LinkingProfile

        held = LinkingProfile.objects.filter(form=FORM).order_by("commitment_id")
        return held.values_list("commitment_id", "entries")


_held = _Held()


def _terms_of_office_now() -> Mapping[str, tuple[dt.date, dt.date | None]]:
    from commitments.models import Commitment

    if Commitment.objects.filter(linkable_since=None).exists():  # a change that nothing is dated by yet
        return _terms_of_office.__wrapped__(None)
    return _terms_of_office(Commitment.objects.aggregate(newest=Max("linkable_since"))["newest"])


@lru_cache(maxsize=1)
def _terms_of_office(as_of: dt.datetime | None) -> Mapping[str, tuple[dt.date, dt.date | None]]:
    """The administrations' terms as the promises on record tell them, worked out anew when the record has changed."""
    from commitments.models import Commitment

    rows = (
        Commitment.objects.filter(made_on__isnull=False, administration__isnull=False)
        .values_list("administration__name", "department__name")
        .annotate(first=Min("made_on"), last=Max("made_on"))
        .order_by()
    )
    return terms_of_office.inferred(
        (name, department or "", day) for name, department, first, last in rows for day in (first, last)
    )


def batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items in order, so many at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
