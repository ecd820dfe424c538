"""The queue of suggestions, as one person works through it: filtered, in an order, from a place in it on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import F, FloatField, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from commitments.models import Evidence

#: What suggestions can be put together by, each with the field of its key.
GROUPS = {
    "commitment": "commitment_id",
    "source": "revision__appearance__source_id",
    "department": "commitment__department_id",
}
ORDERS = {"best": "likeliest first", **{name: f"by {name}, likeliest first" for name in GROUPS}}


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
            return cls(int(group), float(score), int(key))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True)
class Queue:
    """Which suggestions, in which order, from where. `first` are keys that come before all others (just moved)."""

    order: str = "best"
    commitment: int | None = None
    source: int | None = None
    department: int | None = None
    after: Place | None = None
    first: tuple[int, ...] = ()

    @classmethod
    def asked(cls, said: Mapping[str, str]) -> Queue:
        """The queue of an address. What cannot be read is left out."""
        numbers = {name: _number(said.get(name, "")) for name in GROUPS}
        first = tuple(number for word in said.get("first", "").split(",")[:20] if (number := _number(word)))
        order = said.get("order", "best")
        return cls(
            order=order if order in ORDERS else "best", after=Place.parse(said.get("after", "")), first=first, **numbers
        )

    def address(self) -> str:
        """As query parameters."""
        said = {name: str(value) for name in GROUPS if (value := getattr(self, name))}
        if self.order != "best":
            said["order"] = self.order
        if self.after:
            said["after"] = str(self.after)
        if self.first:
            said["first"] = ",".join(map(str, self.first))
        return urlencode(said)

    def waiting(self) -> QuerySet[Evidence]:
        """All that waits under the filters, wherever one is in the queue."""
        chosen = {field: getattr(self, name) for name, field in GROUPS.items() if getattr(self, name)}
        return Evidence.objects.suggested().filter(**chosen)

    def next(self) -> int | None:
        """The key of the suggestion to decide now; None at the end."""
        brought = self.waiting_first()
        if brought:
            return brought[0]
        rows = self.waiting().annotate(group=self._group(), likelihood=_LIKELIHOOD)
        if self.after:
            at = self.after
            rows = rows.filter(
                Q(group__gt=at.group)
                | Q(group=at.group, likelihood__lt=at.score)
                | Q(group=at.group, likelihood=at.score, pk__gt=at.key)
            )
        return rows.order_by("group", "-likelihood", "pk").values_list("pk", flat=True).first()

    def waiting_first(self) -> tuple[int, ...]:
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
        group = getattr(evidence, "group", None)
        if group is None:
            group = Evidence.objects.filter(pk=evidence.pk).values_list(self._group(), flat=True)[0]
        return replace(self, after=Place(group, evidence.score or 0.0, evidence.pk), first=rest)

    def from_the_beginning(self) -> Queue:
        return replace(self, after=None, first=())

    def _group(self) -> Coalesce | Value:
        if self.order in GROUPS:
            return Coalesce(F(GROUPS[self.order]), Value(0))
        return Value(0, output_field=IntegerField())


_LIKELIHOOD = Coalesce(F("score"), Value(0.0), output_field=FloatField())


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 16 else None
