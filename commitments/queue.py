"""The queue of suggestions, as one person works through it: filtered, in an order, from a place in it on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from django.db.models import F, Func, IntegerField, Q
from django.db.models.expressions import Combinable

from commitments.linking.reasons import LIKELY, VERY_LIKELY
from commitments.models import Commitment, Evidence
from commitments.models.evidence import LIKELIHOOD, EvidenceQuerySet

#: More than this do not come first: after that, the order of the queue serves.
MOST_FIRST = 20
MOST_WORDS = 10
#: What suggestions are narrowed down to by its key, each with its field.
NARROWED_BY = {
    "commitment": "commitment_id",
    "release": "release_id",
    "source": "revision__appearance__source_id",
    "department": "commitment__department_id",
}
#: What they can be put together by; those of no department come first.
GROUPS: dict[str, Combinable] = {
    "commitment": F("commitment_id"),
    "source": F("revision__appearance__source_id"),
    "department": Func(
        F("commitment__department_id"), template="COALESCE(%(expressions)s, 0)", output_field=IntegerField()
    ),
}
ORDERS = {"best": "likeliest first", **{name: f"by {name}, likeliest first" for name in GROUPS}}
#: How sure the machine is, in the words of its reasons: what each takes in.
SURENESS = {
    "very": ("very likely to belong", Q(likelihood__gte=VERY_LIKELY)),
    "likely": ("likely to belong", Q(likelihood__gte=LIKELY, likelihood__lt=VERY_LIKELY)),
    "may": ("may belong", Q(likelihood__lt=LIKELY)),
}


@dataclass(frozen=True)
class Place:
    """Of one suggestion in the queue: its group, how sure the machine is, its key. What follows it comes next."""

    group: int
    score: float
    key: int

    def __str__(self) -> str:
        return f"{self.group}:{self.score!r}:{self.key}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """The place that a page sent back; None for the beginning of the queue."""
        group, _, rest = text.partition(":")
        score, _, key = rest.partition(":")
        try:
            likelihood = float(score)
        except ValueError:
            return None
        numbers = _number(group), _number(key)
        if None in numbers or not 0 <= likelihood <= 1:
            return None
        return cls(numbers[0] or 0, likelihood, numbers[1] or 0)


@dataclass(frozen=True)
class Queue:
    """Which suggestions, in which order, from where. `first` are keys that come before all others (just moved).

    `person` is the key of somebody to whose commitments, those that they own or watch, it is narrowed down.
    """

    order: str = "best"
    commitment: int | None = None
    release: int | None = None
    source: int | None = None
    department: int | None = None
    person: int | None = None
    sure: str = ""
    words: str = ""
    after: Place | None = None
    first: tuple[int, ...] = ()

    @classmethod
    def asked(cls, said: Mapping[str, str]) -> Queue:
        """The queue of an address. What cannot be read is left out."""
        numbers = {name: _number(said.get(name, "")) or None for name in (*NARROWED_BY, "person")}
        first = tuple(number for word in said.get("first", "").split(",")[:MOST_FIRST] if (number := _number(word)))
        order, sure = said.get("order", "best"), said.get("sure", "")
        return cls(
            order=order if order in ORDERS else "best",
            sure=sure if sure in SURENESS else "",
            words=said.get("words", "").replace("\0", " ").strip()[:200],
            after=Place.parse(said.get("after", "")),
            first=first,
            **numbers,
        )

    def address(self) -> str:
        """As query parameters; empty for the whole queue from its beginning."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        said["order"] = "" if self.order == "best" else self.order
        said["first"] = ",".join(map(str, self.first))
        return urlencode({name: str(value) for name, value in said.items() if value})

    @property
    def is_narrowed(self) -> bool:
        """Whether some that wait are left out."""
        return bool(self.sure or self.words or self.person or any(getattr(self, name) for name in NARROWED_BY))

    def waiting(self) -> EvidenceQuerySet:
        """All that waits under the filters, wherever one is in the queue."""
        chosen = {field: getattr(self, name) for name, field in NARROWED_BY.items() if getattr(self, name)}
        rows = Evidence.objects.suggested().filter(**chosen)
        if self.person:
            rows = rows.filter(commitment__in=Commitment.objects.followed_by(self.person).order_by().values("pk"))
        if self.sure:
            rows = rows.annotate(likelihood=LIKELIHOOD).filter(SURENESS[self.sure][1])
        for word in self.words.split()[:MOST_WORDS]:
            rows = rows.filter(Q(quote__icontains=word) | Q(release__title__icontains=word))
        return rows

    def next(self) -> int | None:
        """The key of the suggestion to decide now; None at the end."""
        brought = self._first_that_wait()
        if brought:
            return brought[0]
        return self.in_order().values_list("pk", flat=True).first()

    def in_order(self) -> EvidenceQuerySet:
        """What waits under the filters from the place on, in the order of the queue."""
        rows = self.waiting().annotate(likelihood=LIKELIHOOD)
        by = ["-likelihood", "pk"]
        if self.order in GROUPS:
            rows = rows.annotate(group=GROUPS[self.order])
            by = ["group", *by]
        return (rows.filter(self._beyond(self.after)) if self.after else rows).order_by(*by)

    def _beyond(self, at: Place) -> Q:
        """What comes after a place. The bounds that are said twice are those by which an index is entered."""
        later = Q(likelihood__lt=at.score) | Q(pk__gt=at.key)
        if self.order not in GROUPS:
            return Q(likelihood__lte=at.score) & later
        return Q(group__gte=at.group) & (Q(group__gt=at.group) | Q(likelihood__lte=at.score) & later)

    def _first_that_wait(self) -> tuple[int, ...]:
        """Of `first`, those that still wait, whatever the filters."""
        if not self.first:
            return ()
        still = set(Evidence.objects.suggested().filter(pk__in=self.first).values_list("pk", flat=True))
        return tuple(key for key in self.first if key in still)

    def past(self, evidence: Evidence) -> Queue:
        """The queue after one has decided this suggestion, or passed it by. One that was put first keeps the place."""
        rest = tuple(key for key in self.first if key != evidence.pk)
        if evidence.pk in self.first:
            return replace(self, first=rest)
        group = 0
        if self.order in GROUPS:
            group = Evidence.objects.filter(pk=evidence.pk).values_list(GROUPS[self.order], flat=True)[0]
        return replace(self, after=Place(group, evidence.score or 0.0, evidence.pk), first=rest)

    def with_first(self, keys: Iterable[int]) -> Queue:
        """The queue with these before all others."""
        added = tuple(dict.fromkeys((*keys, *self.first)))
        return replace(self, first=added[:MOST_FIRST])

    def from_the_beginning(self) -> Queue:
        return replace(self, after=None, first=())


def _number(text: str) -> int | None:
    """A key out of an address, if it is one that a database can hold."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
