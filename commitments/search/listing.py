"""What lists of commitments are chosen, counted and sorted by, of all commitments, as columns in memory."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from django.utils import timezone

from commitments.linking.index import batches
from commitments.models import Commitment, Publication, Status
from commitments.models.commitment import CommitmentQuerySet
from commitments.timing import Timing, timing

STATUSES: tuple[str, ...] = tuple(Status.values)
TIMINGS: tuple[str, ...] = tuple(Timing.values)
#: What commitments are counted and filtered by.
DIMENSIONS = ("status", "timing", "department", "area", "administration")

_NEVER = float("inf")
#: Days are numbers, of which nought is none.
_COLUMNS = np.dtype(
    [
        ("key", np.int64),
        ("public_from", np.float64),
        ("status", np.int64),
        ("timing", np.int64),
        ("department", np.int64),
        ("area", np.int64),
        ("administration", np.int64),
        ("made_on", np.int32),
        ("due_by", np.int32),
        ("status_since", np.int32),
        ("title", object),
        ("reference", object),
    ]
)
#: Databases limit how many values one query may name.
_AT_A_TIME = 800

Rows = npt.NDArray[Any]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Listing:
    """All commitments as they stand on a day, ordered by key. Places are those of `rows`."""

    on: dt.date
    rows: Rows

    @classmethod
    def of(cls, on: dt.date) -> Listing:
        return cls(on, _read(Commitment.objects.all(), on))

    def changed(self, keys: Collection[int]) -> Listing:
        """As of now for some commitments, given by key, whether they are new, altered or gone."""
        kept = self.rows[~np.isin(self.rows["key"], np.fromiter(keys, np.int64, len(keys)))]
        read = [_read(Commitment.objects.filter(pk__in=some), self.on) for some in batches(sorted(keys), _AT_A_TIME)]
        rows = np.concatenate([kept, *read])
        return Listing(self.on, rows[np.argsort(rows["key"], kind="stable")])

    def public(self, now: float | None = None) -> npt.NDArray[np.bool_]:
        """Of each place, whether the public may see it: published, and not merged into another."""
        return np.asarray(self.rows["public_from"] <= (timezone.now().timestamp() if now is None else now), np.bool_)

    def places(self, keys: npt.NDArray[np.int64]) -> Places:
        """Where commitments stand; -1 for those that are not here."""
        if not len(self.rows):
            return np.full(len(keys), -1)
        at = np.minimum(np.searchsorted(self.rows["key"], keys), len(self.rows) - 1)
        return np.where(self.rows["key"][at] == keys, at, -1)

    def chosen(self, places: Places, wanted: Mapping[str, str | int]) -> Places:
        """Those that are as wanted in every dimension."""
        for name, value in wanted.items():
            places = places[self.rows[name][places] == _number(name, value)]
        return places

    def counts(
        self, places: Places, name: str, chosen: Mapping[str, str | int] | None = None
    ) -> Counter[str | int | None]:
        """How many of these there are by a dimension, among those that are as chosen in the others."""
        others = {other: value for other, value in (chosen or {}).items() if other != name}
        values, counts = np.unique(self.rows[name][self.chosen(places, others)], return_counts=True)
        return Counter(
            {_value(name, value): count for value, count in zip(values.tolist(), counts.tolist(), strict=True)}
        )

    def newest_first(self, places: Places, column: str) -> Places:
        """By a day, latest first and those without one last; of one day in the order of their keys."""
        return places[np.lexsort((places, -self.rows[column][places].astype(np.int64)))]

    def earliest_first(self, places: Places, column: str) -> Places:
        """By a day, earliest first and those without one last; of one day in the order of their keys."""
        days = self.rows[column][places].astype(np.int64)
        return places[np.lexsort((places, np.where(days == 0, np.iinfo(np.int64).max, days)))]

    def by_title(self, places: Places) -> Places:
        return places[np.argsort(self._rank_of_titles[places])]

    def by_reference(self, places: Places) -> Places:
        return places[np.argsort(self._rank_of_references[places])]

    @cached_property
    def _rank_of_titles(self) -> Places:
        titles = self.rows["title"].tolist()
        return _ranks(len(titles), lambda place: (titles[place].casefold(), place))

    @cached_property
    def _rank_of_references(self) -> Places:
        references = self.rows["reference"].tolist()
        return _ranks(len(references), lambda place: references[place])


def _ranks(count: int, key: Callable[[int], Any]) -> Places:
    ranks = np.empty(count, np.int64)
    ranks[sorted(range(count), key=key)] = np.arange(count)
    return ranks


def _number(name: str, value: str | int) -> int:
    if name == "status":
        return STATUSES.index(str(value))
    if name == "timing":
        return TIMINGS.index(str(value))
    return int(value)


def _value(name: str, number: int) -> str | int | None:
    if name == "status":
        return STATUSES[number]
    if name == "timing":
        return TIMINGS[number]
    return number or None


def _read(commitments: CommitmentQuerySet, on: dt.date) -> Rows:
    rows = (
        commitments.in_force(on)
        .order_by("pk")
        .values_list(
            *("pk", "publication", "publish_at", "merged_into", "department", "policy_area", "administration"),
            *("made_on", "title", "reference", "status", "due_from", "due_by", "status_since"),
        )
    )
    return np.array(list(_columns(rows.iterator(chunk_size=2_000), on)), _COLUMNS)


def _columns(rows: Iterable[Any], on: dt.date) -> Iterable[tuple[Any, ...]]:
    statuses = {value: number for number, value in enumerate(STATUSES)}
    timings = {value: number for number, value in enumerate(TIMINGS)}
    for (
        key,
        publication,
        publish_at,
        merged_into,
        department,
        area,
        administration,
        made_on,
        title,
        reference,
        status,
        due_from,
        due_by,
        since,
    ) in rows:
        if merged_into is not None or publication == Publication.DRAFT:
            public_from = _NEVER
        else:
            public_from = publish_at.timestamp() if publication == Publication.SCHEDULED else -_NEVER
        yield (
            key,
            public_from,
            statuses[status],
            timings[timing(due_from, due_by, status, since, on)],
            department or 0,
            area or 0,
            administration or 0,
            _day(made_on),
            _day(due_by),
            _day(since),
            title,
            reference,
        )


def _day(day: dt.date | None) -> int:
    return day.toordinal() if day else 0
