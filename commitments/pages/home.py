"""The front page: where the record stands today."""

from __future__ import annotations

import datetime as dt
import heapq
from collections import Counter
from dataclasses import dataclass

import numpy as np
from django.db.models import Q, QuerySet
from django.utils import timezone

from commitments.models import Commitment, Definition, Evidence, Relation, Status, StatusChange, is_public
from commitments.search import copies
from commitments.showing import Showing
from commitments.timing import Timing

from . import meanings
from .bodies import Group, groups
from .standing import Line, lines_of

SHORT_LIST = 5
RECENT_CHANGES = 8
MOST_OF_A_GROUP = 8
A_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Bar:
    """One row of a table of counts. `percentage` is the length of its bar, of the longest one."""

    key: str
    label: str
    meaning: str
    count: int
    percentage: float


@dataclass(frozen=True)
class Change:
    """A judgement, with its reason, or a new wording, whichever is set."""

    at: dt.datetime
    commitment: Commitment
    judgement: StatusChange | None = None
    reason: str = ""
    wording: Definition | None = None


@dataclass(frozen=True)
class Newest:
    """A passage that adds something, in the words that may be shown."""

    evidence: Evidence
    quote: str
    title: str


@dataclass(frozen=True)
class Home:
    total: int
    by_status: list[Bar]
    by_timing: list[Bar]
    overdue: list[Line]
    overdue_count: int
    due_soon: list[Line]
    due_soon_count: int
    newest: list[Newest]
    changes: list[Change]
    changed_this_week: int
    groups: list[Group]
    most_of_a_group: int = MOST_OF_A_GROUP


def home(show: Showing, on: dt.date) -> Home:
    listing = copies.follow().listing(on)
    public = np.flatnonzero(listing.public())
    by_timing = listing.counts(public, "timing")

    def first_due(key: Timing) -> list[int]:
        places = listing.earliest_first(listing.chosen(public, {"timing": key.value}), "due_by")[:SHORT_LIST]
        first: list[int] = listing.rows["key"][places].tolist()
        return first

    overdue, due_soon = first_due(Timing.OVERDUE), first_due(Timing.DUE_SOON)
    lines = {line.commitment.pk: line for line in lines_of([*overdue, *due_soon], on)}

    return Home(
        total=len(public),
        by_status=_bars(listing.counts(public, "status"), {key: (key.label, meanings.STATUS[key]) for key in Status}),
        by_timing=_bars(by_timing, {key: (key.label, meanings.TIMING[key]) for key in Timing}),
        overdue=[lines[key] for key in overdue if key in lines],
        overdue_count=by_timing[Timing.OVERDUE],
        due_soon=[lines[key] for key in due_soon if key in lines],
        due_soon_count=by_timing[Timing.DUE_SOON],
        newest=newest_evidence(show, SHORT_LIST),
        changes=recent_changes(show, RECENT_CHANGES),
        changed_this_week=_count_of_changes(timezone.now() - A_WEEK),
        groups=groups(lambda name: listing.counts(public, name)),
    )


def newest_evidence(show: Showing, limit: int) -> list[Newest]:
    """The latest accepted passages that add something, by the date of their release."""
    pieces = (
        show.evidence()
        .exclude(relation=Relation.RESTATES)
        .filter(commitment__merged_into=None)
        .select_related("commitment", "release", "revision__appearance__source")
        .newest_first()[:limit]
    )
    return [Newest(piece, show.quote(piece), show.title(piece.release_id, piece.release.title)) for piece in pieces]


def recent_changes(show: Showing, limit: int) -> list[Change]:
    """The latest judgements and rewordings by when they were recorded; what was imported is no change."""
    judgements, wordings = _changes()
    return heapq.nlargest(
        limit,
        [
            *(
                Change(change.recorded_at, change.commitment, judgement=change, reason=show.words(change.reason))
                for change in judgements.select_related("commitment").order_by("-recorded_at", "-pk")[:limit]
            ),
            *(
                Change(definition.recorded_at, definition.commitment, wording=definition)
                for definition in wordings.select_related("commitment").order_by("-recorded_at", "-pk")[:limit]
            ),
        ],
        key=lambda change: change.at,
    )


def _changes() -> tuple[QuerySet[StatusChange], QuerySet[Definition]]:
    """All judgements and rewordings that the public may see."""
    public = is_public("commitment") & Q(commitment__merged_into=None)
    judgements = StatusChange.objects.filter(public, imported_from="")
    return judgements, Definition.objects.filter(public).exclude(kind=Definition.Kind.ORIGINAL)


def _count_of_changes(since: dt.datetime) -> int:
    return sum(changes.filter(recorded_at__gte=since).count() for changes in _changes())


def _bars(
    by: Counter[str | int | None], labels: dict[Status, tuple[str, str]] | dict[Timing, tuple[str, str]]
) -> list[Bar]:
    longest = max(by.values(), default=0) or 1
    return [
        Bar(
            key=key.value,
            label=label,
            meaning=meaning,
            count=by[key.value],
            percentage=round(100 * by[key.value] / longest, 1),
        )
        for key, (label, meaning) in labels.items()
    ]
