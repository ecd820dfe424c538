"""What changed in the record, newest first: judgements, our own corrections, wordings, accepted evidence.

The page of changes, the Atom feeds and the API all tell from here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from commitments.digests.coverage import Searches
from commitments.digests.scope import ALL, SEARCH, Scope
from commitments.models import Commitment, Definition, Evidence, Status, StatusChange
from commitments.models.commitment import CommitmentQuerySet
from commitments.pages import phrases
from commitments.showing import Showing


class Kind(models.TextChoices):
    ADDED = "added", "Added to the record"
    WORDING = "wording", "Reworded"
    STATUS = "status", "Judged"
    EVIDENCE = "evidence", "Evidence accepted"
    CORRECTION = "correction", "Correction"


class Place(NamedTuple):
    """Where a change stands among the others: when it was recorded, the rank of its table, its key there."""

    at: dt.datetime
    rank: int
    pk: int

    def as_json(self) -> list[Any]:
        return [self.at.isoformat(), self.rank, self.pk]

    @classmethod
    def from_json(cls, values: Sequence[Any]) -> Place:
        at, rank, pk = values
        return cls(dt.datetime.fromisoformat(at), rank, pk)


@dataclass(frozen=True)
class Change:
    """One entry of the record. `account` tells the whole of it in a sentence or two, in plain text and in the words
    that may be shown; `corrected_at` is when a later entry said that it was wrong."""

    kind: Kind
    place: Place
    commitment: Commitment
    entry: StatusChange | Definition | Evidence
    account: str
    corrected_at: dt.datetime | None = None

    @property
    def at(self) -> dt.datetime:
        return self.place.at

    @property
    def key(self) -> str:
        """What tells it from all others, for good: "status-12"."""
        return f"{_TABLES[self.place.rank].name}-{self.entry.pk}"

    @property
    def path(self) -> str:
        """Where it can be read."""
        if isinstance(self.entry, Evidence):
            return self.entry.get_absolute_url()
        return f"{self.commitment.get_absolute_url()}#changes"

    @property
    def headline(self) -> str:
        """What happened, in a few words: "Status: Off track"."""
        match self.entry:
            case StatusChange() as change:
                now = Status(change.to_status).label
                return f"Correction: {now}" if self.kind is Kind.CORRECTION else f"Status: {now}"
            case Definition() as definition if self.kind is Kind.ADDED:
                return "Added to the record"
            case Definition() as definition if self.kind is Kind.CORRECTION:
                return "Correction of the wording"
            case Definition() as definition:
                return f"Wording: {definition.get_kind_display()}"
            case Evidence() as piece:
                return f"Evidence: {piece.get_relation_display()}"


def _judged(show: Showing, change: StatusChange) -> str:
    since = f", from {phrases.day(change.effective_from)}" if change.effective_is_known else ""
    before = ""
    if change.corrects is not None:
        before = f" We had wrongly said: {change.corrects.get_to_status_display()}."
    elif change.from_status:
        before = f" Before: {change.get_from_status_display()}."
    return f"{change.get_to_status_display()}{since}.{before} {show.words(change.reason)}"


def _worded(show: Showing, definition: Definition) -> str:
    words = show.definition(definition)
    by_when = f" Deadline: {definition.deadline_text}." if definition.deadline_text else ""
    return f"{words.statement}{by_when} {words.note}".strip()


def _said(show: Showing, piece: Evidence) -> str:
    source = piece.revision.appearance.source
    published = phrases.day(timezone.localdate(piece.release.published_at))
    title = show.title(piece.release_id, piece.release.title)
    return f"“{show.quote(piece)}” ({source.publisher or source.name}, {published}: {title})"


@dataclass(frozen=True)
class _Table:
    """Rows of one model that are changes: `at` is the column that says when, `by_kind` which rows are which kind."""

    name: str
    at: str
    by_kind: dict[Kind, Q]
    all: Callable[[Showing], QuerySet[Any]]
    kind_of: Callable[[Any], Kind]
    account: Callable[[Showing, Any], str]

    def rows(self, show: Showing, kinds: Collection[Kind]) -> QuerySet[Any] | None:
        """Those of the kinds asked for, with what `Change` needs; None where there are none by nature."""
        wanted = [which for kind, which in self.by_kind.items() if kind in kinds]
        return self.all(show).filter(reduce(or_, wanted)) if wanted else None


def _judgements(show: Showing) -> QuerySet[Any]:
    """What was imported is where the record starts, not news."""
    corrections = StatusChange.objects.filter(corrects=OuterRef("pk")).order_by("recorded_at").values("recorded_at")
    own: QuerySet[Any] = StatusChange.objects.filter(imported_from="")
    told: QuerySet[Any] = own.annotate(corrected_at=Subquery(corrections[:1]))
    return told.select_related("commitment", "corrects")


def _wordings(show: Showing) -> QuerySet[Any]:
    return Definition.objects.select_related("commitment", "source_revision")


def _passages(show: Showing) -> QuerySet[Any]:
    return show.evidence().select_related("commitment", "release", "revision__appearance__source")


_FIRST, _OURS = Definition.Kind.ORIGINAL, Definition.Kind.EDITORIAL_CORRECTION

#: By rank: of several changes of one instant, those of the first table come first.
_TABLES = (
    _Table(
        "status",
        "recorded_at",
        {Kind.STATUS: Q(corrects=None), Kind.CORRECTION: Q(corrects__isnull=False)},
        _judgements,
        lambda change: Kind.STATUS if change.corrects_id is None else Kind.CORRECTION,
        _judged,
    ),
    _Table(
        "definition",
        "recorded_at",
        {Kind.ADDED: Q(kind=_FIRST), Kind.CORRECTION: Q(kind=_OURS), Kind.WORDING: ~Q(kind__in=(_FIRST, _OURS))},
        _wordings,
        lambda definition: {_FIRST: Kind.ADDED, _OURS: Kind.CORRECTION}.get(definition.kind, Kind.WORDING),
        _worded,
    ),
    _Table(
        "evidence",
        "decided_at",
        {Kind.EVIDENCE: Q(state=Evidence.State.ACCEPTED)},
        _passages,
        lambda piece: Kind.EVIDENCE,
        _said,
    ),
)


def latest(
    show: Showing,
    limit: int,
    *,
    before: Place | None = None,
    among: CommitmentQuerySet | None = None,
    kinds: Collection[Kind] = tuple(Kind),
) -> list[Change]:
    """The latest changes, newest first; with `before`, those that come after that place. One query a table.

    `among` are the commitments to tell of, of those that are published.
    """
    public = Commitment.objects.published() if among is None else among
    found: list[Change] = []
    for rank, table in enumerate(_TABLES):
        rows = table.rows(show, kinds)
        if rows is None:
            continue
        rows = rows.filter(commitment__in=public.order_by().values("pk"))
        if before is not None:
            rows = rows.filter(_later_than(before, rank, table.at))
        for entry in rows.order_by(f"-{table.at}", "-pk")[:limit]:
            place = Place(getattr(entry, table.at), rank, entry.pk)
            corrected_at = getattr(entry, "corrected_at", None)
            account = table.account(show, entry)
            found.append(Change(table.kind_of(entry), place, entry.commitment, entry, account, corrected_at))
    found.sort(key=lambda change: (change.place.at, -change.place.rank, change.place.pk), reverse=True)
    return found[:limit]


def _later_than(place: Place, rank: int, at: str) -> Q:
    """What of the table of this rank comes after a place in the common order."""
    earlier = Q(**{f"{at}__lt": place.at})
    if rank > place.rank:
        return earlier | Q(**{at: place.at})
    if rank == place.rank:
        return earlier | Q(**{at: place.at, "pk__lt": place.pk})
    return earlier


def covered(scope: Scope) -> CommitmentQuerySet:
    """The published commitments that a scope covers, as subscribers know them."""
    public = Commitment.objects.published()
    if scope.kind == ALL:
        return public
    if scope.kind == SEARCH:
        found = Searches(timezone.localdate()).found(scope.slug)
        return public.filter(pk__in=found)
    by: dict[str, Sequence[str]] = {
        "commitment": ("slug",),
        "department": ("department__slug", "other_departments__slug"),
        "area": ("policy_area__slug",),
        "administration": ("administration__slug", "adopted_by__slug"),
    }
    wanted = Q()
    for column in by[scope.kind]:
        wanted |= Q(**{column: scope.slug})
    return public.filter(pk__in=Commitment.objects.filter(wanted).values("pk"))
